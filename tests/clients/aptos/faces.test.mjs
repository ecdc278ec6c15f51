// One token, two faces: an OpenZeppelin ERC-20 that the Aptos SDK sends, a fungible asset of Move that viem sends.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Account } from '@aptos-labs/ts-sdk';
import { getAddress, hexToSignature, pad, parseAbi, parseEventLogs, parseUnits } from 'viem';
import { addressOf, aptos, build, call, eventsOf, funded, published, rest, send, submit, view } from '../lib/aptos.mjs';
import { account, chainId, deploy, framework, publicClient, read, wallet, write } from '../lib/chain.mjs';

const ME = 7;
const me = account(ME).address;
const idOf = (address) => pad(address, { size: 32 }).toLowerCase();
const registry = { address: getAddress('0x42000000000000000000000000000000000000FD'), abi: framework('Faces').abi };
const crossVm = { address: getAddress('0x42000000000000000000000000000000000000FE'), abi: framework('ICrossVM').abi };
/** What any wallet knows of a token. */
const erc20 = (address) => ({
  address,
  abi: parseAbi([
    'function name() view returns (string)',
    'function symbol() view returns (string)',
    'function decimals() view returns (uint8)',
    'function totalSupply() view returns (uint256)',
    'function balanceOf(address) view returns (uint256)',
    'function allowance(address, address) view returns (uint256)',
    'function nonces(address) view returns (uint256)',
    'function transfer(address, uint256) returns (bool)',
    'function approve(address, uint256) returns (bool)',
    'function transferFrom(address, address, uint256) returns (bool)',
    'function permit(address, address, uint256, uint256, uint8, bytes32, bytes32)',
    'event Transfer(address indexed from, address indexed to, uint256 value)',
    'error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)',
  ]),
});
const transfersOf = ({ logs }, token) =>
  parseEventLogs({ abi: token.abi, logs, eventName: 'Transfer' })
    .filter(({ address }) => getAddress(address) === getAddress(token.address))
    .map(({ args }) => [args.from, args.to, args.value]);
const evmAddress = (id) => read(crossVm, 'addressOf', [addressOfLong(id)]);
const addressOfLong = (account) => `0x${addressOf(account).slice(2).padStart(64, '0')}`;
const restBalance = async (owner, asset) => Number((await rest(`/accounts/${addressOf(owner)}/balance/${asset}`)).body);
/** The Ethereum receipt of a Move transaction. */
async function receiptOf({ version }) {
  const block = await aptos.getBlockByVersion({ ledgerVersion: version });
  const { transactions } = await publicClient.getBlock({ blockNumber: BigInt(block.block_height) });
  const index = Number(version) - Number(block.first_version) - 1;
  return publicClient.getTransactionReceipt({ hash: transactions[index] });
}
/** A Move account that has sent a transaction, so that the chain knows whose its EVM address is. */
async function mover() {
  const alice = await funded();
  await send(alice, call('0x1::aptos_account::transfer', [alice.accountAddress, 1]));
  return alice;
}
const moveEvents = (transaction) =>
  ['Withdraw', 'Deposit'].flatMap((kind) => eventsOf(transaction, `0x1::fungible_asset::${kind}`).map(({ amount }) => [kind, Number(amount)]));

test('an ERC-20 that viem deploys is sent by the Aptos SDK', async () => {
  const token = erc20((await deploy(ME, 'Token', ['Gold', 'GLD', parseUnits('1000', 18)])).address);
  assert.equal((await write(ME, registry, 'createAsset', [token.address])).status, 'success');
  const asset = await read(registry, 'assetOf', [token.address]);
  assert.equal(asset, await read(registry, 'assetAddressOf', [token.address]));

  // To Alice, a Move account.
  const alice = await mover();
  const her = await evmAddress(alice);
  const receipt = await write(ME, token, 'transfer', [her, parseUnits('5', 18)]);
  assert.deepEqual(transfersOf(receipt, token), [[me, her, parseUnits('5', 18)]]);
  assert.equal(await restBalance(alice, asset), 500_000_000);
  const [metadata] = await aptos.getFungibleAssetMetadata({ options: { where: { asset_type: { _eq: asset } } } });
  assert.deepEqual([metadata.name, metadata.symbol, metadata.decimals], ['Gold', 'GLD', 8]);
  const coins = await aptos.getAccountCoinsData({ accountAddress: alice.accountAddress });
  assert.deepEqual(coins.filter((coin) => coin.asset_type === asset).map(({ amount }) => Number(amount)), [500_000_000]);
  const seen = await aptos.getTransactionByVersion({ ledgerVersion: (await aptos.getLedgerInfo()).ledger_version });
  assert.deepEqual(moveEvents(seen), [['Withdraw', 500_000_000], ['Deposit', 500_000_000]]);

  // From Alice to an Ethereum account and to another Move account.
  const bob = Account.generate();
  for (const to of [idOf('0xb0b0000000000000000000000000000000000b0b'), bob.accountAddress]) {
    const transaction = await aptos.transferFungibleAsset({ sender: alice, fungibleAssetMetadataAddress: asset, recipient: to, amount: 100_000_000 });
    const sent = await submit(alice, transaction);
    assert.deepEqual(moveEvents(sent), [['Withdraw', 100_000_000], ['Deposit', 100_000_000]]);
    const address = await evmAddress(to);
    assert.deepEqual(transfersOf(await receiptOf(sent), token), [[her, address, parseUnits('1', 18)]]);
    assert.equal(await read(token, 'balanceOf', [address]), parseUnits('1', 18));
    assert.equal(await restBalance(to, asset), 100_000_000);
  }
  assert.equal(await read(token, 'balanceOf', [her]), parseUnits('3', 18));
  const owners = await aptos.getCurrentFungibleAssetBalances({ options: { where: { asset_type: { _eq: asset } } } });
  const amounts = owners.map(({ owner_address, amount }) => [BigInt(owner_address), Number(amount)]);
  const expected = [[BigInt(addressOf(alice)), 3e8], [0xb0b0000000000000000000000000000000000b0bn, 1e8], [BigInt(addressOf(bob)), 1e8]];
  for (const [owner, amount] of expected) assert.deepEqual(amounts.filter(([of]) => of === owner), [[owner, amount]]);
  // More than she has: the SDK is told so before anything is sent.
  const [simulated] = await aptos.transaction.simulate.simple({
    signerPublicKey: alice.publicKey,
    transaction: await build(alice, call('0x1::primary_fungible_store::transfer', [asset, bob.accountAddress, 300_000_001], ['0x1::fungible_asset::Metadata'])),
  });
  assert.match(simulated.vm_status, /EINSUFFICIENT_BALANCE/);
});

let basics, silver, token;
before(async () => {
  basics = await published('basics');
  [{ inner: silver }] = await view(basics.named('silver::metadata'));
  silver = addressOfLong(silver);
  const expected = await read(registry, 'erc20AddressOf', [silver]);
  const receipt = await write(ME, registry, 'createErc20', [silver]);
  const [{ args }] = parseEventLogs({ abi: registry.abi, logs: receipt.logs, eventName: 'Erc20Created' });
  assert.deepEqual([args.metadata, args.erc20], [silver, expected]);
  token = erc20(expected);
});

test('a fungible asset of Move is sent by viem', async () => {
  assert.deepEqual([await read(token, 'name'), await read(token, 'symbol'), await read(token, 'decimals')], ['Silver', 'SLVR', 3]);
  const zero = getAddress(`0x${'00'.repeat(20)}`);
  const minted = await send(basics.account, call(basics.named('silver::mint'), [idOf(me), 1_000]));
  assert.deepEqual(transfersOf(await receiptOf(minted), token), [[zero, me, 1_000n]]);
  assert.equal(await read(token, 'totalSupply'), 1_000n);

  const alice = await mover();
  const her = await evmAddress(alice);
  const receipt = await write(ME, token, 'transfer', [her, 300n]);
  assert.deepEqual(transfersOf(receipt, token), [[me, her, 300n]]);
  const transaction = await aptos.getTransactionByVersion({ ledgerVersion: (await aptos.getLedgerInfo()).ledger_version });
  assert.deepEqual(moveEvents(transaction), [['Withdraw', 300], ['Deposit', 300]]);
  assert.equal(await restBalance(alice, silver), 300);
  const coins = await aptos.getAccountCoinsData({ accountAddress: alice.accountAddress });
  assert.deepEqual(coins.filter((coin) => coin.asset_type === silver).map(({ amount }) => Number(amount)), [300]);

  // Alice sends it back with the SDK; a contract would be told by the same log.
  const sent = await submit(alice, await aptos.transferFungibleAsset({ sender: alice, fungibleAssetMetadataAddress: silver, recipient: idOf(me), amount: 100 }));
  assert.deepEqual(transfersOf(await receiptOf(sent), token), [[her, me, 100n]]);
  assert.deepEqual([await read(token, 'balanceOf', [me]), await read(token, 'balanceOf', [her])], [800n, 200n]);
  const found = await publicClient.getContractEvents({ ...token, eventName: 'Transfer', args: { from: her }, fromBlock: 0n });
  assert.deepEqual(found.map(({ args }) => args.value), [100n]);

  await assert.rejects(
    publicClient.simulateContract({ ...token, functionName: 'transfer', args: [her, 801n], account: me }),
    /ERC20InsufficientBalance\(address sender, uint256 balance, uint256 needed\)\s+\(0x[0-9a-fA-F]{40}, 800, 801\)/,
  );
  // What Move freezes is frozen.
  await send(basics.account, call(basics.named('silver::set_frozen'), [idOf(me), true]));
  await assert.rejects(publicClient.simulateContract({ address: token.address, abi: [...token.abi, ...crossVm.abi], functionName: 'transfer', args: [her, 1n], account: me }), /ESTORE_IS_FROZEN/);
  await send(basics.account, call(basics.named('silver::set_frozen'), [idOf(me), false]));
});

test('a permit that a wallet signs', async () => {
  const spender = account(8).address;
  await send(basics.account, call(basics.named('silver::mint'), [idOf(me), 50]));
  const deadline = 2n ** 40n;
  const permit = { owner: me, spender, value: 40n, nonce: await read(token, 'nonces', [me]), deadline };
  const types = {
    Permit: ['address owner', 'address spender', 'uint256 value', 'uint256 nonce', 'uint256 deadline'].map((field) => {
      const [type, name] = field.split(' ');
      return { name, type };
    }),
  };
  const domain = { name: 'Silver', version: '1', chainId, verifyingContract: token.address };
  const { r, s, v, yParity } = hexToSignature(await wallet(ME).signTypedData({ domain, types, primaryType: 'Permit', message: permit }));
  const args = [me, spender, 40n, deadline, Number(v ?? BigInt(yParity) + 27n), r, s];
  assert.equal((await write(8, token, 'permit', args)).status, 'success');
  await assert.rejects(publicClient.simulateContract({ ...token, functionName: 'permit', args, account: spender }));
  assert.equal((await write(8, token, 'transferFrom', [me, spender, 30n])).status, 'success');
  assert.deepEqual([await read(token, 'allowance', [me, spender]), await read(token, 'balanceOf', [spender])], [10n, 30n]);
});

test('gas that viem estimates for a token of the other machine suffices', async () => {
  await send(basics.account, call(basics.named('silver::mint'), [idOf(me), 10]));
  const to = getAddress(`0x${'e5'.repeat(20)}`);
  for (const amount of [1n, 1n]) {
    const gas = await publicClient.estimateContractGas({ ...token, functionName: 'transfer', args: [to, amount], account: me });
    assert.equal((await write(ME, token, 'transfer', [to, amount], { gas })).status, 'success');
  }
  assert.equal(await read(token, 'balanceOf', [to]), 2n);
});
