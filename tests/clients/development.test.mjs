// What Foundry's and Hardhat's users change on a development chain, through viem's test clients.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { parseEther, parseGwei, toHex } from 'viem';
import { account, deploy, eventually, fixture, isLumio, publicClient, read, rpc, testClient, unlessPeer, wallet, write } from './lib/chain.mjs';
import { verifyAccount } from './lib/proof.mjs';

const me = account(9).address;
const other = '0x00000000000000000000000000000000000D5171';
const word = (n) => toHex(n, { size: 32 });
const anvil = testClient('anvil');
const hardhat = testClient('hardhat');

let store;
let id;
before(async () => {
  store = await deploy(9, 'Store');
});
beforeEach(async () => {
  id = await anvil.snapshot();
});
afterEach(async () => {
  await rpc('evm_setIntervalMining', 0);
  await rpc('evm_setAutomine', true);
  if (id) await anvil.revert({ id });
});
after(async () => {
  assert.ok((await publicClient.getBlockNumber()) > 0n);
});

for (const client of [anvil, hardhat]) {
  const { mode } = client;

  test(`${mode}: balance, code, nonce, storage`, async () => {
    await client.setBalance({ address: other, value: parseEther('3') });
    assert.equal(await publicClient.getBalance({ address: other }), parseEther('3'));
    const { deployedBytecode, abi } = fixture('Compute');
    await client.setCode({ address: other, bytecode: deployedBytecode });
    assert.equal(await publicClient.getCode({ address: other }), deployedBytecode);
    assert.equal(await read({ address: other, abi }, 'fibonacci', [20n]), 6765n);
    const stranger = '0x00000000000000000000000000000000000d5172';
    await client.setNonce({ address: stranger, nonce: 7 });
    assert.equal(await publicClient.getTransactionCount({ address: stranger }), 7);
    await client.setStorageAt({ address: store.address, index: 0, value: word(99) });
    assert.equal(await read(store, 'counter'), 99n);
  });

  test(`${mode}: what is set by hand is in the next state root`, async () => {
    await client.setBalance({ address: other, value: 12345n });
    await client.mine({ blocks: 1 });
    const { stateRoot, number } = await publicClient.getBlock();
    const proof = await publicClient.getProof({ address: other, storageKeys: [], blockNumber: number });
    assert.equal(verifyAccount(stateRoot, proof).balance, 12345n);
  });

  test(`${mode}: an impersonated account sends without its key`, async () => {
    await client.setBalance({ address: other, value: parseEther('1') });
    const send = () => rpc('eth_sendTransaction', { from: other, to: me, value: '0x5' });
    await client.impersonateAccount({ address: other });
    const hash = await send();
    const receipt = await publicClient.waitForTransactionReceipt({ hash });
    assert.equal(receipt.from, other.toLowerCase());
    assert.equal(receipt.status, 'success');
    await client.stopImpersonatingAccount({ address: other });
    await assert.rejects(send());
  });

  test(`${mode}: mine blocks, with an interval between them`, async () => {
    const before = await publicClient.getBlock();
    await client.mine({ blocks: 3, interval: 10 });
    const block = await publicClient.getBlock();
    assert.equal(block.number, before.number + 3n);
    assert.ok(block.timestamp >= before.timestamp + 20n, `${block.timestamp} after ${before.timestamp}`);
  });

  test(`${mode}: snapshot and revert`, async () => {
    const held = await read(store, 'counter');
    const number = await publicClient.getBlockNumber();
    const first = await client.snapshot();
    const { transactionHash } = await write(9, store, 'increment');
    const second = await client.snapshot();
    await write(9, store, 'increment');
    await client.revert({ id: second });
    assert.equal(await read(store, 'counter'), held + 1n);
    await client.revert({ id: first });
    assert.equal(await read(store, 'counter'), held);
    assert.equal(await publicClient.getBlockNumber(), number);
    assert.equal(await rpc('eth_getTransactionReceipt', transactionHash), null);
    assert.notEqual(await rpc('evm_revert', first).catch(() => false), true, 'a snapshot is used up');
  });

  test(`${mode}: time`, async () => {
    const { timestamp } = await publicClient.getBlock();
    await client.increaseTime({ seconds: 1000 });
    await client.mine({ blocks: 1 });
    const later = (await publicClient.getBlock()).timestamp;
    assert.ok(later >= timestamp + 1000n && later < timestamp + 1100n, `${later} after ${timestamp}`);
    await client.setNextBlockTimestamp({ timestamp: later + 500n });
    await client.mine({ blocks: 1 });
    assert.equal((await publicClient.getBlock()).timestamp, later + 500n);
    await assert.rejects(async () => {
      await client.setNextBlockTimestamp({ timestamp: 1n });
      await client.mine({ blocks: 1 });
    });
  });

  test(`${mode}: by hand: transactions wait, are seen in the pool, and are mined in nonce order`, async () => {
    await client.setAutomine(false);
    assert.equal(await client.getAutomine(), false);
    const nonce = await publicClient.getTransactionCount({ address: me });
    const hashes = [];
    for (const step of [1, 0]) hashes[step] = await wallet(9).sendTransaction({ to: other, value: 1n, nonce: nonce + step, gas: 21000n });
    assert.equal((await rpc('eth_getTransactionByHash', hashes[0])).blockNumber, null);
    assert.equal(await publicClient.getTransactionCount({ address: me, blockTag: 'pending' }), nonce + 2);
    await client.mine({ blocks: 1 });
    const block = await publicClient.getBlock();
    assert.deepEqual(block.transactions, hashes);
    await client.setAutomine(true);
    assert.equal(await client.getAutomine(), true);
  });

  test(`${mode}: a waiting transaction is dropped`, async () => {
    await client.setAutomine(false);
    const hash = await wallet(9).sendTransaction({ to: other, value: 1n, gas: 21000n });
    await client.dropTransaction({ hash });
    await client.mine({ blocks: 1 });
    assert.deepEqual((await publicClient.getBlock()).transactions, []);
    assert.equal(await rpc('eth_getTransactionByHash', hash), null);
  });

  test(`${mode}: coinbase and base fee of the next block`, async () => {
    await client.setCoinbase({ address: other });
    await client.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei('3') });
    await client.mine({ blocks: 1 });
    const { miner, baseFeePerGas } = await publicClient.getBlock();
    assert.equal(baseFeePerGas, parseGwei('3'));
    assert.equal(miner, other.toLowerCase());
  });
}

test('pool: content, status, inspect', async () => {
  await anvil.setAutomine(false);
  const nonce = await publicClient.getTransactionCount({ address: me });
  const fees = { to: other, value: 1n, gas: 21000n };
  const hash = await wallet(9).sendTransaction({ ...fees, nonce });
  const queued = await wallet(9).sendTransaction({ ...fees, nonce: nonce + 5 });
  assert.deepEqual(await anvil.getTxpoolStatus(), { pending: 1, queued: 1 });
  const of = (pool) => Object.fromEntries(Object.entries(pool).map(([address, value]) => [address.toLowerCase(), value]))[me.toLowerCase()];
  const content = await anvil.getTxpoolContent();
  assert.equal(of(content.pending)[nonce].hash, hash);
  assert.equal(of(content.queued)[nonce + 5].hash, queued);
  const inspect = await anvil.inspectTxpool();
  assert.match(of(inspect.pending)[nonce], new RegExp(`${other}: 1 wei .* 21000 gas`, 'i'));
  await anvil.dropTransaction({ hash: queued });
  await anvil.dropTransaction({ hash });
});

test('interval mining makes blocks by itself, and stops', async () => {
  await anvil.setAutomine(false);
  await anvil.setIntervalMining({ interval: 1 });
  const number = await publicClient.getBlockNumber();
  const hash = await wallet(9).sendTransaction({ to: other, value: 1n, gas: 21000n });
  await eventually('two blocks', async () => (await publicClient.getBlockNumber()) >= number + 2n);
  assert.ok(await rpc('eth_getTransactionReceipt', hash));
  await anvil.setIntervalMining({ interval: 0 });
  const stopped = await publicClient.getBlockNumber();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assert.ok((await publicClient.getBlockNumber()) <= stopped + 1n);
});

test('the pending block shows what waits', async () => {
  await anvil.setAutomine(false);
  await wallet(9).writeContract({ ...store, functionName: 'increment', gas: 100_000n });
  const now = await read(store, 'counter');
  assert.equal(await read(store, 'counter', [], { blockTag: 'pending' }), now + 1n);
  assert.equal(await read(store, 'counter', [], { blockTag: 'latest' }), now);
});

test('a dumped state is loaded again', async () => {
  await write(9, store, 'set', [55n, 56n]);
  const state = await anvil.dumpState();
  await write(9, store, 'set', [55n, 57n]);
  await anvil.setCode({ address: store.address, bytecode: '0x' });
  await anvil.loadState({ state });
  assert.equal(await read(store, 'values', [55n]), 56n);
});

test('the methods under each of their names', async () => {
  const number = await publicClient.getBlockNumber();
  for (const method of ['evm_mine', 'anvil_mine', 'hardhat_mine']) await rpc(method);
  assert.equal(await publicClient.getBlockNumber(), number + 3n);
  for (const prefix of ['anvil', 'hardhat']) {
    await rpc(`${prefix}_setBalance`, other, '0x7');
    await rpc(`${prefix}_setNonce`, other, '0x9');
    await rpc(`${prefix}_setCode`, other, '0x00');
    await rpc(`${prefix}_setStorageAt`, other, '0x0', word(1));
    await rpc(`${prefix}_impersonateAccount`, other);
    await rpc(`${prefix}_stopImpersonatingAccount`, other);
  }
  assert.equal(BigInt(await rpc('eth_getBalance', other, 'latest')), 7n);
  const { timestamp } = await publicClient.getBlock();
  await rpc('evm_increaseTime', 60);
  await rpc('evm_mine');
  assert.ok((await publicClient.getBlock()).timestamp >= timestamp + 60n);
  await rpc('evm_setNextBlockTimestamp', toHex(timestamp + 500n));
  await rpc('evm_mine');
  assert.equal((await publicClient.getBlock()).timestamp, timestamp + 500n);
});

test('an account that is empty again is not in the trie', unlessPeer('it keeps empty accounts'), async () => {
  const untouched = '0x00000000000000000000000000000000000d5199';
  const proven = async () => {
    await anvil.mine({ blocks: 1 });
    const { stateRoot, number } = await publicClient.getBlock();
    return verifyAccount(stateRoot, await publicClient.getProof({ address: untouched, storageKeys: [], blockNumber: number }));
  };
  assert.equal((await proven()).exists, false);
  await anvil.setBalance({ address: untouched, value: 5n });
  assert.equal((await proven()).balance, 5n);
  await anvil.setBalance({ address: untouched, value: 0n });
  assert.equal((await proven()).exists, false);
});

test('an absurd balance is refused or taken, and the chain goes on', async () => {
  await rpc('anvil_setBalance', other, `0x${'f'.repeat(64)}`).catch(({ code }) => assert.ok([-32602, -32000].includes(code), String(code)));
  const number = await publicClient.getBlockNumber();
  await anvil.mine({ blocks: 1 });
  assert.equal((await write(9, store, 'increment')).status, 'success');
  assert.equal(await publicClient.getBlockNumber(), number + 2n);
});

test('every sender is impersonated when that is asked for', async () => {
  await anvil.setBalance({ address: other, value: parseEther('1') });
  await rpc('anvil_autoImpersonateAccount', true);
  const hash = await rpc('eth_sendTransaction', { from: other, to: me, value: '0x5' });
  assert.equal((await publicClient.waitForTransactionReceipt({ hash })).status, 'success');
  await rpc('anvil_autoImpersonateAccount', false);
  await assert.rejects(rpc('eth_sendTransaction', { from: other, to: me, value: '0x5' }));
});

test('reset goes back to genesis', async () => {
  await write(9, store, 'increment');
  const genesis = await publicClient.getBlock({ blockNumber: 0n });
  await rpc('anvil_reset');
  id = undefined;
  assert.equal(await publicClient.getBlockNumber(), 0n);
  assert.equal(await publicClient.getCode({ address: store.address }), undefined);
  assert.equal(await publicClient.getTransactionCount({ address: me }), 0);
  if (isLumio) assert.equal((await publicClient.getBlock({ blockNumber: 0n })).stateRoot, genesis.stateRoot);
  // The chain goes on from there.
  store = await deploy(9, 'Store');
  await write(9, store, 'increment');
  assert.equal(await read(store, 'counter'), 1n);
});
