// One chain, two faces: balances, transactions, blocks and events of Move and the EVM, from both sides.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Account, AccountAddress, Deserializer, EntryFunction, U64 } from '@aptos-labs/ts-sdk';
import { concatHex, getAddress, keccak256, numberToHex, pad, parseEther, stringToHex, toHex } from 'viem';
import { ETH, WEI, addressOf, aptos, balance, build, call, evmAddress, eventsOf, feeOf, funded, published, rest, send, sendFailing, signedBytes, view, weiBalance, someone } from '../lib/aptos.mjs';
import { account, deploy, publicClient, rpc, wallet, write } from '../lib/chain.mjs';
import { newNonce, orderless } from '../lib/orderless.mjs';

const MOVE = stringToHex('MOVE');
const long = (address) => AccountAddress.from(address).toStringLong();
/** The account id of an EVM address. */
const idOf = (address) => pad(address, { size: 32 }).toLowerCase();
/** The topic of an event type: addresses in it are written with all digits and without 0x. */
const topicOf = (type) => keccak256(stringToHex(type.replaceAll(/0x[0-9a-f]+/g, (address) => long(address).slice(2))));
const lastBytes = (address) => `0x${long(address).slice(26)}`;

let basics;
before(async () => {
  basics = await published('basics');
});
const raise = (by) => call(basics.named('counter::raise'), [by]);

/** The Ethereum receipt and transaction that stand at a version. */
async function ethereumSide({ version }) {
  const block = await aptos.getBlockByVersion({ ledgerVersion: version });
  const index = Number(version) - Number(block.first_version) - 1;
  const { transactions } = await publicClient.getBlock({ blockNumber: BigInt(block.block_height), includeTransactions: true });
  const transaction = transactions[index];
  return { transaction, receipt: await publicClient.getTransactionReceipt({ hash: transaction.hash }) };
}

/** The events of a Move transaction are the logs of its receipt, one by one. */
function assertSameEvents({ events }, { logs }) {
  assert.deepEqual(
    logs.map(({ address, topics }) => [address, topics]),
    events.map(({ type, guid }) => {
      const creator = BigInt(guid.account_address) === 0n ? type.split('::')[0] : guid.account_address;
      return [lastBytes(creator), [topicOf(type)]];
    }),
  );
}

test('ETH that viem sends is seen by the SDK, to the wei', async () => {
  const bob = Account.generate();
  const value = parseEther('1') + 123n;
  const hash = await wallet(5).sendTransaction({ to: evmAddress(addressOf(bob)), value });
  await publicClient.waitForTransactionReceipt({ hash });
  assert.equal(await weiBalance(bob), value);
  assert.equal(await balance(bob), ETH);
  const { body } = await rest(`/accounts/${addressOf(bob)}/balance/0x1::aptos_coin::AptosCoin`);
  assert.equal(Number(body), ETH);
});

test('ETH that viem sends to an Ethereum account is at its account id', async () => {
  const to = getAddress(`0x${'c1'.repeat(20)}`);
  const before = await publicClient.getBalance({ address: to });
  const hash = await wallet(5).sendTransaction({ to, value: 5n * WEI + 7n });
  await publicClient.waitForTransactionReceipt({ hash });
  assert.equal(await weiBalance(idOf(to)), before + 5n * WEI + 7n);
  assert.equal(BigInt(await balance(idOf(to))), (before + 5n * WEI + 7n) / WEI);
});

test('ETH that the SDK sends is seen by viem', async () => {
  const alice = await funded();
  const to = getAddress(`0x${'c2'.repeat(20)}`);
  const before = await publicClient.getBalance({ address: to });
  const sent = await send(alice, call('0x1::aptos_account::transfer', [idOf(to), 123_456]));
  assert.equal(await publicClient.getBalance({ address: to }), before + 123_456n * WEI);
  const own = await publicClient.getBalance({ address: evmAddress(addressOf(alice)) });
  assert.equal(own, BigInt(ETH - 123_456 - feeOf(sent)) * WEI);
  assert.equal(own, await weiBalance(alice));
});

/** Every way in which the SDK shows the octas of an account. */
async function faces(account) {
  const accountAddress = addressOf(account);
  const metadata = '0x1::fungible_asset::Metadata';
  const coinStore = (coin) => `0x1::coin::CoinStore<${coin}>`;
  const shown = await Promise.all([
    aptos.getAccountCoinAmount({ accountAddress, coinType: '0x1::aptos_coin::AptosCoin' }),
    aptos.getAccountCoinAmount({ accountAddress, faMetadataAddress: '0xa' }),
    aptos.getAccountAPTAmount({ accountAddress }),
    ...['0x1::aptos_coin::AptosCoin', '0x1::native_coin::NativeCoin', '0xa'].map(async (asset) =>
      (await rest(`/accounts/${accountAddress}/balance/${asset}`)).body),
    view('0x1::coin::balance', [accountAddress], ['0x1::native_coin::NativeCoin']).then(([octas]) => octas),
    view('0x1::primary_fungible_store::balance', [accountAddress, '0xa'], [metadata]).then(([octas]) => octas),
    ...['0x1::aptos_coin::AptosCoin', '0x1::native_coin::NativeCoin'].map(async (coin) =>
      (await aptos.getAccountResource({ accountAddress, resourceType: coinStore(coin) })).coin.value),
  ]);
  return [...new Set(shown.map(Number))];
}

test('every face of a balance that viem changes shows it, and the other way round', async () => {
  const alice = await funded();
  const address = evmAddress(addressOf(alice));
  for (const value of [1n, WEI - 1n, 3n * WEI + 1n]) {
    const hash = await wallet(5).sendTransaction({ to: address, value });
    await publicClient.waitForTransactionReceipt({ hash });
    const wei = await publicClient.getBalance({ address });
    assert.equal(await weiBalance(alice), wei);
    assert.deepEqual(await faces(alice), [Number(wei / WEI)]);
  }
  for (const data of [
    call('0x1::aptos_account::transfer', [someone, 7]),
    call('0x1::coin::transfer', [someone, 7], ['0x1::native_coin::NativeCoin']),
    call('0x1::primary_fungible_store::transfer', ['0xa', someone, 7], ['0x1::fungible_asset::Metadata']),
  ]) {
    const before = await publicClient.getBalance({ address });
    const sent = await send(alice, data);
    const wei = await publicClient.getBalance({ address });
    assert.equal(wei, before - BigInt(7 + feeOf(sent)) * WEI);
    assert.deepEqual(await faces(alice), [Number(wei / WEI)]);
  }
});

test('a contract pays into Move, and Move pays a contract', async () => {
  const alice = await funded();
  const before = await weiBalance(alice);
  // While it is created, it destroys itself in favour of Alice.
  const leaves = concatHex(['0x73', evmAddress(addressOf(alice)), '0xff']);
  const hash = await wallet(5).sendTransaction({ to: null, data: leaves, value: 5n * WEI + 3n });
  assert.equal((await publicClient.waitForTransactionReceipt({ hash })).status, 'success');
  assert.equal(await weiBalance(alice), before + 5n * WEI + 3n);
  const contract = await deploy(5, 'Reverter');
  await send(alice, call('0x1::aptos_account::transfer', [idOf(contract.address), 11]));
  assert.equal(await publicClient.getBalance({ address: contract.address }), 11n * WEI);
});

test('a Move transaction that spends its own fee fails on both sides, and pays', async () => {
  const alice = await funded();
  const failed = await sendFailing(alice, call('0x1::aptos_account::transfer', [someone, ETH]));
  assert.match(failed.vm_status, /spent what was to pay/);
  assert.equal(await balance(alice), ETH - feeOf(failed));
  const { receipt } = await ethereumSide(failed);
  assert.equal(receipt.status, 'reverted');
});

test('who wraps a transaction cannot make it run out of gas', async () => {
  const alice = await funded();
  const inner = signedBytes(alice, await build(alice, raise(1)));
  const carry = (gas) => wallet(6).sendTransaction({ to: null, data: concatHex([MOVE, toHex(inner)]), gas });
  await assert.rejects(carry(300_000n), /may use 10000000/);
  const hash = await carry(10_000_000n);
  assert.equal((await publicClient.waitForTransactionReceipt({ hash })).status, 'success');
});

test('what is less than an octa stays with its owner', async () => {
  const alice = await funded();
  const hash = await wallet(5).sendTransaction({ to: evmAddress(addressOf(alice)), value: 9_999_999_999n });
  await publicClient.waitForTransactionReceipt({ hash });
  assert.equal(await balance(alice), ETH);
  const sent = await send(alice, call('0x1::aptos_account::transfer', [someone, 1_000]));
  assert.equal(await weiBalance(alice), BigInt(ETH - 1_000 - feeOf(sent)) * WEI + 9_999_999_999n);
});

test('a Move transaction over REST has an Ethereum receipt with the same events', async () => {
  const alice = await funded();
  const sent = await send(alice, raise(6));
  const { transaction, receipt } = await ethereumSide(sent);
  assert.equal(receipt.status, 'success');
  assert.equal(transaction.to, null);
  assert.ok(transaction.input.startsWith(MOVE));
  assertSameEvents(sent, receipt);
  const log = receipt.logs.find(({ topics }) => topics[0] === topicOf(basics.named('counter::Raised')));
  const data = new Deserializer(Buffer.from(log.data.slice(2), 'hex'));
  const read = { by: AccountAddress.deserialize(data).toString(), from: String(data.deserializeU64()), to: String(data.deserializeU64()) };
  assert.deepEqual(read, eventsOf(sent, basics.named('counter::Raised'))[0]);
  const statement = receipt.logs.at(-1);
  assert.equal(statement.topics[0], topicOf('0x1::transaction_fee::FeeStatement'));
  assert.equal(new Deserializer(Buffer.from(statement.data.slice(2), 'hex')).deserializeU64(), BigInt(sent.gas_used));
  const found = await publicClient.getLogs({ address: lastBytes(basics.address), blockHash: receipt.blockHash });
  assert.deepEqual(found.map(({ logIndex }) => logIndex), receipt.logs.filter(({ address }) => address === lastBytes(basics.address)).map(({ logIndex }) => logIndex));
  const byTopic = await rpc('eth_getLogs', { fromBlock: numberToHex(receipt.blockNumber), toBlock: 'latest', topics: [topicOf(basics.named('counter::RaisedV1'))] });
  assert.ok(byTopic.some(({ transactionHash }) => transactionHash === transaction.hash));
});

test('a Move transaction that fails has a failed receipt with its fee', async () => {
  const alice = await funded();
  const failed = await sendFailing(alice, raise(5_000_000));
  const { receipt } = await ethereumSide(failed);
  assert.equal(receipt.status, 'reverted');
  assert.ok(receipt.gasUsed > 0n);
  assertSameEvents(failed, receipt);
});

const carriers = { legacy: { type: 'legacy' }, 'EIP-1559': { type: 'eip1559' } };
for (const [name, more] of Object.entries(carriers)) {
  test(`a Move transaction in a carrier that viem sends (${name}) does what it does over REST`, async () => {
    const [alice, bob] = [await funded(), await funded()];
    const overRest = await send(bob, raise(3));
    const inner = signedBytes(alice, await build(alice, raise(3)));
    const before = await balance(alice);
    const nonce = await publicClient.getTransactionCount({ address: account(6).address });
    const payer = await publicClient.getBalance({ address: account(6).address });
    const hash = await wallet(6).sendTransaction({ to: null, data: concatHex([MOVE, toHex(inner)]), gas: 20_000_000n, ...more });
    const receipt = await publicClient.waitForTransactionReceipt({ hash });
    assert.equal(receipt.status, 'success');
    assert.equal(receipt.to, null);
    assert.equal(receipt.contractAddress ?? null, null);
    assert.equal(await publicClient.getTransactionCount({ address: account(6).address }), nonce + 1);
    // The sender of the inner transaction pays for it.
    assert.equal(await publicClient.getBalance({ address: account(6).address }), payer);

    const sent = (await aptos.getAccountTransactions({ accountAddress: alice.accountAddress }))[0];
    assert.equal(sent.success, true);
    assert.equal(before - (await balance(alice)), feeOf(sent));
    assert.equal(sent.gas_used, overRest.gas_used);
    assert.deepEqual(sent.events.map(({ type }) => type), overRest.events.map(({ type }) => type));
    const kinds = ({ changes }) => changes.map(({ type, data }) => `${type} ${data?.type}`).sort();
    assert.deepEqual(kinds(sent), kinds(overRest));
    assertSameEvents(sent, receipt);
    const byCarrier = await aptos.getTransactionByHash({ transactionHash: hash });
    assert.equal(byCarrier.version, sent.version);
    assert.equal((await ethereumSide(sent)).transaction.hash, hash);
  });
}

test('a carrier without gas limit: viem asks the node for it', async () => {
  const alice = await funded();
  const inner = signedBytes(alice, await build(alice, raise(1)));
  const hash = await wallet(6).sendTransaction({ to: null, data: concatHex([MOVE, toHex(inner)]) });
  assert.equal((await publicClient.waitForTransactionReceipt({ hash })).status, 'success');
});

test('an orderless transaction in a carrier', async () => {
  const alice = await funded();
  const executable = EntryFunction.build(`${basics.address}::counter`, 'raise', [], [new U64(2)]);
  const inner = signedBytes(alice, await orderless(alice, executable, newNonce()));
  const hash = await wallet(6).sendTransaction({ to: null, data: concatHex([MOVE, toHex(inner)]), gas: 20_000_000n });
  assert.equal((await publicClient.waitForTransactionReceipt({ hash })).status, 'success');
});

test('carriers of what is no valid transaction are refused', async () => {
  const alice = await funded();
  const good = signedBytes(alice, await build(alice, raise(1)));
  const forged = Uint8Array.from(good);
  forged[forged.length - 1] ^= 1;
  const carry = (bytes) => wallet(6).sendTransaction({ to: null, data: concatHex([MOVE, toHex(bytes)]), gas: 20_000_000n });
  for (const bytes of [new Uint8Array(), new Uint8Array([1, 2]), good.slice(0, -3), forged]) await assert.rejects(carry(bytes));
  const hash = await carry(good);
  assert.equal((await publicClient.waitForTransactionReceipt({ hash })).status, 'success');
  await assert.rejects(carry(good), /SEQUENCE_NUMBER_TOO_OLD/);
});

test('an Ethereum transaction is seen by the SDK', async () => {
  const to = getAddress(`0x${'c3'.repeat(20)}`);
  const hash = await wallet(5).sendTransaction({ to, value: 42n * WEI });
  const receipt = await publicClient.waitForTransactionReceipt({ hash });
  const seen = await aptos.waitForTransaction({ transactionHash: hash });
  assert.equal(seen.type, 'user_transaction');
  assert.equal(seen.hash, hash);
  assert.equal(long(seen.sender), idOf(account(5).address));
  assert.equal(seen.success, true);
  const block = await aptos.getBlockByVersion({ ledgerVersion: seen.version, options: { withTransactions: true } });
  assert.equal(BigInt(block.block_height), receipt.blockNumber);
  assert.equal(Number(seen.version), Number(block.first_version) + 1 + receipt.transactionIndex);
  const reverter = await deploy(5, 'Reverter');
  const failed = await write(5, reverter, 'reason', [], { gas: 100_000n });
  assert.equal(failed.status, 'reverted');
  assert.equal((await aptos.getTransactionByHash({ transactionHash: failed.transactionHash })).success, false);
});

test('both kinds share blocks and one order', async () => {
  const senders = [await funded(), await funded(), await funded()];
  const work = senders.flatMap((sender, n) => [
    send(sender, raise(1)).then(({ version }) => Number(version)),
    wallet(7 + n).sendTransaction({ to: account(0).address, value: 1n }).then(async (hash) => Number((await aptos.waitForTransaction({ transactionHash: hash })).version)),
  ]);
  const versions = await Promise.all(work);
  assert.equal(new Set(versions).size, versions.length);
  const { ledger_version: newest } = await aptos.getLedgerInfo();
  const first = Math.min(...versions);
  const listed = await aptos.getTransactions({ options: { offset: first, limit: Math.min(100, Number(newest) - first + 1) } });
  assert.deepEqual(listed.map(({ version }) => Number(version)), listed.map((_, n) => first + n));
  for (const version of versions) assert.equal(listed.find((each) => Number(each.version) === version).type, 'user_transaction');
});
