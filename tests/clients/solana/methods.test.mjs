// The methods that no other file asks for, and that each method of the documentation answers.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Keypair, SYSVAR_RENT_PUBKEY, SYSVAR_SLOT_HASHES_PUBKEY } from '@solana/web3.js';
import { here } from '../lib/tools.mjs';
import { connection, funded, post, request, rpc, rpcError, send, transfer } from '../lib/solana.mjs';

const documented = [...readFileSync(join(here, '../../docs/solana-rpc.md'), 'utf8').matchAll(/^### `(\w+)\(/gm)].map(([, name]) => name);

test('each documented method is known to the server', async () => {
  assert.ok(documented.length > 60, `${documented.length} methods`);
  for (const name of documented) {
    const { error } = await request(name, []);
    const isUnknown = error?.code === -32601 && !name.endsWith('Subscribe');
    assert.ok(!isUnknown, `${name}: ${JSON.stringify(error)}`);
  }
  assert.equal((await rpcError('getNothing')).code, -32601);
});

test('what clients ask a cluster about is answered', async () => {
  assert.equal(await rpc('getHealth'), 'ok');
  const health = await post(undefined, { method: 'GET', base: `${connection.rpcEndpoint}/health` });
  assert.deepEqual([health.status, health.text], [200, 'ok']);
  const version = await connection.getVersion();
  assert.match(version['solana-core'], /^\d+\.\d+\.\d+$/);
  assert.ok(version['feature-set'] > 0);
  const { identity } = await rpc('getIdentity');
  const nodes = await connection.getClusterNodes();
  assert.deepEqual(nodes.map(({ pubkey }) => pubkey), [identity]);
  assert.equal(await connection.getSlotLeader(), identity);
  assert.deepEqual((await connection.getSlotLeaders(0, 3)).map(String), [identity, identity, identity]);
  const schedule = await connection.getLeaderSchedule();
  assert.equal(schedule[identity].length, 432000);
  assert.equal(await rpc('getLeaderSchedule', 432000 * 9), null);
  const info = await connection.getEpochInfo();
  assert.equal(info.epoch, 0);
  assert.equal(info.slotIndex, info.absoluteSlot);
  assert.equal(info.blockHeight, info.absoluteSlot);
  assert.equal((await connection.getEpochSchedule()).slotsPerEpoch, 432000);
  const production = await connection.getBlockProduction();
  assert.deepEqual(Object.keys(production.value.byIdentity), [identity]);
  assert.deepEqual(await connection.getVoteAccounts(), { current: [], delinquent: [] });
  assert.equal((await connection.getInflationGovernor()).initial, 0);
  assert.equal((await connection.getInflationRate()).total, 0);
  assert.deepEqual(await connection.getInflationReward([Keypair.generate().publicKey]), [null]);
  assert.equal((await connection.getStakeMinimumDelegation()).value, 0);
  assert.equal(await connection.getMinimumLedgerSlot(), 0);
  assert.equal(await connection.getFirstAvailableBlock(), 0);
  assert.equal((await rpcError('getHighestSnapshotSlot')).code, -32008);
  assert.deepEqual(await rpc('getBlockCommitment', 0), { commitment: null, totalStake: 0 });
  assert.equal(await rpc('getMaxRetransmitSlot'), await rpc('getSlot'));
});

test('supply and rich accounts count the ETH of all machines', async () => {
  const { value: supply } = await connection.getSupply();
  assert.equal(supply.total, supply.circulating);
  assert.equal(supply.nonCirculating, 0);
  const { value: largest } = await connection.getLargestAccounts();
  assert.ok(largest.length > 10 && largest.length <= 20);
  const sorted = [...largest].sort((a, b) => b.lamports - a.lamports);
  assert.deepEqual(largest, sorted);
  assert.equal(await connection.getBalance(largest[0].address), largest[0].lamports);
});

test('transactions are counted, and performance is sampled', async () => {
  const payer = await funded();
  const before = await connection.getTransactionCount();
  await send([transfer(payer, payer.publicKey, 1)], payer);
  assert.equal(await connection.getTransactionCount(), before + 1);
  for (const sample of await connection.getRecentPerformanceSamples(5)) assert.ok(sample.samplePeriodSecs >= 60 && sample.numSlots > 0);
});

test('encodings and slices of data', async () => {
  const token = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA';
  const of = async (config) => (await rpc('getAccountInfo', token, config)).value;
  const slice = { offset: 0, length: 4 };
  assert.deepEqual((await of({ encoding: 'base64', dataSlice: slice })).data[1], 'base64');
  assert.equal(Buffer.from((await of({ encoding: 'base64', dataSlice: slice })).data[0], 'base64').length, 4);
  assert.equal((await of({ encoding: 'base58', dataSlice: slice })).data[1], 'base58');
  assert.equal((await of({ encoding: 'base64+zstd', dataSlice: slice })).data[1], 'base64+zstd');
  const { code, message } = await rpcError('getAccountInfo', SYSVAR_SLOT_HASHES_PUBKEY.toBase58(), { encoding: 'base58' });
  assert.equal(code, -32600);
  assert.match(message, /less than 128 bytes/);
  assert.equal(typeof (await rpc('getAccountInfo', SYSVAR_RENT_PUBKEY.toBase58())).value.data, 'string');
});

test('limits are said', async () => {
  const keys = (count) => Array.from({ length: count }, () => Keypair.generate().publicKey.toBase58());
  const message = async (...args) => {
    const { code, message } = await rpcError(...args);
    assert.equal(code, -32602, message);
    return message;
  };
  assert.match(await message('getMultipleAccounts', keys(101)), /max 100/);
  assert.match(await message('getSignatureStatuses', Array(257).fill('1'.repeat(64))), /max 256/);
  assert.match(await message('getSignaturesForAddress', keys(1)[0], { limit: 1001 }), /max 1000/);
  assert.match(await message('getBlocks', 0, 500_001), /max 500000/);
  assert.match(await message('getBlocksWithLimit', 0, 500_001), /max 500000/);
  assert.match(await message('getSlotLeaders', 0, 5001), /max 5000/);
  assert.match(await message('getRecentPrioritizationFees', keys(129)), /max 128/);
  assert.match(await message('getProgramAccounts', keys(1)[0], { filters: Array(5).fill({ dataSize: 1 }) }), /max 4/);
  assert.match(await message('getProgramAccounts', keys(1)[0], { filters: [{ memcmp: { offset: 0, bytes: '0OIl' } }] }), /base58/);
  assert.match(await message('getTransaction', '1'.repeat(64), { commitment: 'processed' }), /below `confirmed`/);
  assert.match(await message('getMinimumBalanceForRentExemption', 2 ** 40), /10485760/);
});
