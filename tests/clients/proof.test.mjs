// Proofs that cast fetches hold against the header's state root: existing and missing keys, now and before.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { encodeAbiParameters, keccak256 } from 'viem';
import { deploy, rpc, unlessPeer, url, write } from './lib/chain.mjs';
import { verifyAccount } from './lib/proof.mjs';
import { program, succeed } from './lib/tools.mjs';

const file = program('cast');
const cast = (...args) => succeed(file, [args[0], '--rpc-url', url, ...args.slice(1).map(String)]);
const prove = async (address, slots, block) => JSON.parse(await cast('proof', '--block', block, address, ...slots));
const rootAt = async (block) => JSON.parse(await cast('block', block, '--json')).stateRoot;
const slotOf = (key) => keccak256(encodeAbiParameters([{ type: 'uint256' }, { type: 'uint256' }], [key, 1n]));

let store;
let oldBlock;
let newBlock;
before(async () => {
  store = await deploy(0, 'Store');
  await write(0, store, 'setMany', [0n, 40n, 111n]);
  oldBlock = Number((await write(0, store, 'set', [3n, 333n])).blockNumber);
  await write(0, store, 'set', [3n, 444n]);
  await write(0, store, 'setMany', [10n, 10n, 0n]);
  newBlock = Number((await write(0, store, 'increment')).blockNumber);
});

test('an existing account and slot', async () => {
  const answer = await prove(store.address, [slotOf(3n), '0x0'], newBlock);
  const proven = verifyAccount(await rootAt(newBlock), answer);
  assert.ok(proven.exists);
  assert.equal(BigInt(answer.storageProof[0].value), 444n);
  assert.equal(BigInt(answer.storageProof[1].value), 1n);
});

test('a slot that was never written, and one that was freed', async () => {
  const answer = await prove(store.address, [slotOf(1000n), slotOf(12n)], newBlock);
  verifyAccount(await rootAt(newBlock), answer);
  for (const { value } of answer.storageProof) assert.equal(BigInt(value), 0n);
});

test('an account that does not exist', async () => {
  const answer = await prove('0x0123456789012345678901234567890123456789', ['0x0'], newBlock);
  const proven = verifyAccount(await rootAt(newBlock), answer);
  assert.equal(proven.exists, false);
});

test('an older block proves what held then', async () => {
  const answer = await prove(store.address, [slotOf(3n), slotOf(12n), '0x0'], oldBlock);
  verifyAccount(await rootAt(oldBlock), answer);
  assert.deepEqual(answer.storageProof.map(({ value }) => BigInt(value)), [333n, 111n, 0n]);
  assert.notEqual(await rootAt(oldBlock), await rootAt(newBlock));
});

test('an old proof does not hold against a newer root', async () => {
  const answer = await prove(store.address, [slotOf(3n)], oldBlock);
  const root = await rootAt(newBlock);
  assert.throws(() => verifyAccount(root, answer), /another hash/);
});

test('many keys at once, by block hash', async () => {
  const { hash, stateRoot } = await rpc('eth_getBlockByNumber', `0x${newBlock.toString(16)}`, false);
  const keys = Array.from({ length: 40 }, (_, i) => slotOf(BigInt(i)));
  const answer = await rpc('eth_getProof', store.address, keys, { blockHash: hash });
  verifyAccount(stateRoot, answer);
  assert.equal(answer.storageProof.filter(({ value }) => BigInt(value) === 0n).length, 10);
});

test('a predeploy of genesis is proven at block zero', unlessPeer('its genesis carries no predeploys'), async () => {
  const answer = await prove('0x4200000000000000000000000000000000000006', ['0x2'], 0);
  assert.ok(verifyAccount(await rootAt(0), answer).exists);
  assert.equal(BigInt(answer.storageProof[0].value), 18n);
});
