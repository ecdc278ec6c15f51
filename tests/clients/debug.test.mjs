// Traces: of mined transactions, of calls, of blocks, by each tracer.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { encodeFunctionData, encodeFunctionResult, getAddress, hexToString, keccak256, parseEther, toFunctionSelector, toHex } from 'viem';
import { account, deploy, isLumio, publicClient, read, rpc, unlessPeer, write } from './lib/chain.mjs';

const me = account(5).address;
const lower = (address) => address.toLowerCase();
let store;
let reverter;
let token;
before(async () => {
  store = await deploy(5, 'Store');
  reverter = await deploy(5, 'Reverter');
  token = await deploy(5, 'Token', ['Traced', 'TRACE', parseEther('5')]);
});
const trace = (hash, options) => rpc('debug_traceTransaction', hash, options);

test('struct logs: every step, its gas adding up to the receipt\'s', async () => {
  const { transactionHash, gasUsed } = await write(5, store, 'set', [1n, 2n]);
  const result = await trace(transactionHash, {});
  assert.equal(result.failed, false);
  assert.equal(BigInt(result.gas), gasUsed);
  assert.ok(result.structLogs.length > 50);
  assert.equal(result.structLogs[0].pc, 0);
  assert.equal(result.structLogs[0].depth, 1);
  const store1 = result.structLogs.find(({ op }) => op === 'SSTORE');
  assert.equal(BigInt(store1.stack.at(-2)), 2n);
  assert.ok(store1.gasCost >= 20_000);
});

test('struct logs: parts can be left out', async () => {
  const { transactionHash } = await write(5, store, 'set', [3n, 4n]);
  const { structLogs } = await trace(transactionHash, { disableStack: true, disableStorage: true, disableMemory: true });
  assert.ok(structLogs.every((step) => !step.stack && !step.storage && !step.memory));
});

test('callTracer: the tree of calls, with the failing one marked', async () => {
  const { transactionHash, gasUsed } = await write(5, store, 'setThenRevertInside', [1n, 2n, 3n]);
  const top = await trace(transactionHash, { tracer: 'callTracer' });
  assert.equal(top.type, 'CALL');
  assert.equal(top.from, lower(me));
  assert.equal(top.to, lower(store.address));
  assert.equal(BigInt(top.gasUsed), gasUsed);
  assert.equal(top.output, encodeFunctionResult({ abi: store.abi, functionName: 'setThenRevertInside', result: 2n }));
  assert.equal(top.error, undefined);
  const [inner] = top.calls;
  assert.equal(top.calls.length, 1);
  assert.equal(inner.from, lower(store.address));
  assert.equal(inner.error, 'execution reverted');
  assert.equal(inner.revertReason, 'always');
});

test('callTracer: logs when asked, only the top call when asked', async () => {
  const { transactionHash } = await write(5, token, 'transfer', [store.address, 5n]);
  const { logs } = await trace(transactionHash, { tracer: 'callTracer', tracerConfig: { withLog: true } });
  assert.equal(logs.length, 1);
  assert.equal(logs[0].topics[0], keccak256(toHex('Transfer(address,address,uint256)')));
  const undone = await write(5, store, 'setThenRevertInside', [1n, 2n, 3n]);
  const top = await trace(undone.transactionHash, { tracer: 'callTracer', tracerConfig: { onlyTopCall: true } });
  assert.ok(top.calls === undefined || top.calls.length === 0);
});

test('callTracer: a creation, and a transaction that failed', async () => {
  const { receipt } = await deploy(5, 'Compute');
  const created = await trace(receipt.transactionHash, { tracer: 'callTracer' });
  assert.equal(created.type, 'CREATE');
  assert.equal(getAddress(created.to), getAddress(receipt.contractAddress));
  const failed = await write(5, reverter, 'custom', [1n, 2n], { gas: 200_000n });
  assert.equal(failed.status, 'reverted');
  const top = await trace(failed.transactionHash, { tracer: 'callTracer' });
  assert.equal(top.error, 'execution reverted');
  assert.ok(top.output.startsWith(toFunctionSelector('InsufficientFunds(address,uint256,uint256)')));
});

test('prestateTracer: what was there before, and the difference', async () => {
  const slot = `0x${'0'.repeat(64)}`;
  const word = (n) => toHex(n, { size: 32 });
  await write(5, store, 'increment');
  const counter = await read(store, 'counter');
  const { transactionHash } = await write(5, store, 'increment');
  const before = await trace(transactionHash, { tracer: 'prestateTracer' });
  assert.equal(BigInt(before[lower(store.address)].storage[slot]), counter);
  assert.ok(BigInt(before[lower(me)].balance) > 0n);
  const diff = await trace(transactionHash, { tracer: 'prestateTracer', tracerConfig: { diffMode: true } });
  assert.equal(diff.pre[lower(store.address)].storage[slot], word(counter));
  assert.equal(diff.post[lower(store.address)].storage[slot], word(counter + 1n));
  assert.equal(diff.post[lower(me)].nonce, diff.pre[lower(me)].nonce + 1);
});

test('4byteTracer: selectors and how often', async () => {
  const { transactionHash } = await write(5, store, 'setThenRevertInside', [1n, 2n, 3n]);
  const counts = await trace(transactionHash, { tracer: '4byteTracer' });
  const id = (signature, bytes) => `${toFunctionSelector(signature)}-${bytes}`;
  assert.equal(counts[id('setThenRevertInside(uint256,uint256,uint256)', 96)], 1);
  assert.equal(counts[id('setAndFail(uint256,uint256)', 64)], 1);
});

test('traceCall traces what was never sent, on changed state too', async () => {
  const data = encodeFunctionData({ abi: store.abi, functionName: 'setThenRevertInside', args: [1n, 2n, 3n] });
  const top = await rpc('debug_traceCall', { from: me, to: store.address, data }, 'latest', { tracer: 'callTracer' });
  assert.equal(top.calls[0].error, 'execution reverted');
  const before = await read(store, 'values', [1n]);
  const steps = await rpc('debug_traceCall', { from: me, to: store.address, data }, 'latest', {});
  assert.ok(steps.structLogs.some(({ op, depth }) => op === 'REVERT' && depth === 2));
  assert.equal(await read(store, 'values', [1n]), before);
  const code = '0x60005460005260206000f3';
  const overridden = await rpc('debug_traceCall', { to: me }, 'latest', {
    tracer: 'callTracer',
    stateOverrides: { [me]: { code, stateDiff: { [`0x${'0'.repeat(64)}`]: toHex(9, { size: 32 }) } } },
  });
  assert.equal(BigInt(overridden.output), 9n);
});

test('traceBlock by number and by hash: each transaction once', async () => {
  const { blockNumber, blockHash, transactionHash } = await write(5, store, 'increment');
  const byNumber = await rpc('debug_traceBlockByNumber', toHex(blockNumber), { tracer: 'callTracer' });
  const byHash = await rpc('debug_traceBlockByHash', blockHash, { tracer: 'callTracer' });
  for (const results of [byNumber, byHash]) {
    assert.equal(results.length, 1);
    assert.equal(results[0].result.to, lower(store.address));
    if (isLumio) assert.equal(results[0].txHash, transactionHash);
  }
});

test('a trace of an older transaction runs on the state of its time', async () => {
  const before = await read(store, 'counter');
  const { transactionHash } = await write(5, store, 'increment');
  for (let i = 0; i < 3; i++) await write(5, store, 'increment');
  const top = await trace(transactionHash, { tracer: 'callTracer' });
  assert.equal(BigInt(top.output), before + 1n);
});

test('raw header, block, transaction and receipts agree with their hashes', unlessPeer('it has not all of them'), async () => {
  const { blockHash, transactionHash, blockNumber } = await write(5, store, 'increment');
  assert.equal(keccak256(await rpc('debug_getRawHeader', toHex(blockNumber))), blockHash);
  assert.equal(keccak256(await rpc('debug_getRawTransaction', transactionHash)), transactionHash);
  assert.ok((await rpc('debug_getRawBlock', toHex(blockNumber))).length > 1000);
  assert.equal((await rpc('debug_getRawReceipts', toHex(blockNumber))).length, 1);
});

test('an unknown tracer and an unknown transaction are refused', unlessPeer('it answers null'), async () => {
  const { transactionHash } = await write(5, store, 'increment');
  await assert.rejects(trace(transactionHash, { tracer: 'noSuchTracer' }));
  await assert.rejects(trace(`0x${'12'.repeat(32)}`, {}));
});

test('a reason in a trace can be read', async () => {
  const data = encodeFunctionData({ abi: reverter.abi, functionName: 'reason' });
  const top = await rpc('debug_traceCall', { from: me, to: reverter.address, data }, 'latest', { tracer: 'callTracer' });
  assert.equal(hexToString(`0x${top.output.slice(2 + 8 + 128, 2 + 8 + 128 + 20)}`), 'the reason');
  assert.equal((await publicClient.getBlock()).number > 0n, true);
});
