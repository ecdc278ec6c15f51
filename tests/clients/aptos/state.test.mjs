// What is in the state: resources, tables, events; pages and versions of the past.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { AptosApiError } from '@aptos-labs/ts-sdk';
import { addressOf, aptos, call, eventsOf, funded, published, rest, send } from '../lib/aptos.mjs';

let basics;
before(async () => {
  basics = await published('basics');
});

const raise = (account, by) => send(account, call(basics.named('counter::raise'), [by]));

test('a resource changes, and its past stays', async () => {
  const alice = await funded();
  const resource = (ledgerVersion) =>
    aptos.getAccountResource({ accountAddress: basics.address, resourceType: basics.named('counter::Counter'), options: ledgerVersion && { ledgerVersion } });
  const first = await raise(alice, 5);
  const { value } = await resource();
  const second = await raise(alice, 7);
  assert.equal(BigInt((await resource()).value), BigInt(value) + 7n);
  assert.deepEqual(await resource(first.version), { ...(await resource(first.version)), value });
  assert.equal((await resource(Number(second.version) - 1)).value, value);
  const change = second.changes.find(({ data }) => data?.type === basics.named('counter::Counter'));
  assert.equal(change.type, 'write_resource');
  assert.equal(change.address, basics.address);
  assert.equal(BigInt(change.data.data.value), BigInt(value) + 7n);
  assert.match(change.state_key_hash, /^0x[0-9a-f]{64}$/);
});

test('resources are listed by pages', async () => {
  const alice = await funded();
  await send(alice, call(basics.named('kinds::numbers'), [true, 1, 2, 3, 4, 5, 6]));
  for (const type of ['u8', 'u16', 'u32', 'u64', 'bool']) await send(alice, call(basics.named('kinds::generic'), [type === 'bool' ? true : 1], [type]));
  const accountAddress = alice.accountAddress;
  const all = await aptos.getAccountResources({ accountAddress });
  const types = new Set(all.map(({ type }) => type));
  for (const type of ['u8', 'u16', 'u32', 'u64', 'bool']) assert.ok(types.has(basics.named(`kinds::Generic<${type}>`)), type);
  assert.equal(types.size, all.length);
  const paged = [];
  let cursor;
  let pages = 0;
  do {
    const page = await aptos.getAccountResourcesPage({ accountAddress, options: { cursor, limit: 3 } });
    assert.ok(page.resources.length <= 3);
    paged.push(...page.resources);
    ({ cursor } = page);
    pages += 1;
  } while (cursor && pages < 20);
  assert.deepEqual(paged.map(({ type }) => type).sort(), [...types].sort());
});

test('members of a resource group are resources like others', async () => {
  const alice = await funded();
  const sent = await send(alice, call(basics.named('things::make'), ['a thing', 9]));
  const [{ thing, maker }] = eventsOf(sent, basics.named('things::Made'));
  assert.equal(maker, addressOf(alice));
  const resources = await aptos.getAccountResources({ accountAddress: thing.inner });
  const names = resources.map(({ type }) => type);
  assert.ok(names.includes('0x1::object::ObjectCore') && names.includes(basics.named('things::Thing')), names.join());
  assert.ok(!names.includes('0x1::object::ObjectGroup'));
  const one = await aptos.getAccountResource({ accountAddress: thing.inner, resourceType: basics.named('things::Thing') });
  assert.deepEqual(one, { name: 'a thing', value: '9' });
  const core = await aptos.getAccountResource({ accountAddress: thing.inner, resourceType: '0x1::object::ObjectCore' });
  assert.deepEqual([core.owner, core.allow_ungated_transfer], [addressOf(alice), true]);
  const written = sent.changes.filter(({ address }) => address === thing.inner).map(({ data }) => data.type);
  assert.ok(written.includes('0x1::object::ObjectCore') && written.includes(basics.named('things::Thing')), written.join());
});

test('a resource in BCS', async () => {
  const alice = await funded();
  await send(alice, call(basics.named('kinds::numbers'), [true, 1, 2, 3, 4, 5, 6]));
  const answer = await rest(`/accounts/${addressOf(alice)}/resource/${basics.named('kinds::Numbers')}`, { accept: 'application/x-bcs' });
  assert.equal(Buffer.from(answer.bytes).toString('hex'), `01${'01'}${'0200'}${'03000000'}${'04'.padEnd(16, '0')}${'05'.padEnd(32, '0')}${'06'.padEnd(64, '0')}`);
});

test('tables: items of several types, written, read, removed', async () => {
  const alice = await funded();
  await send(alice, call(basics.named('tables::create')));
  const sent = await send(alice, call(basics.named('tables::put'), ['first', [1, 2, 3], 2n ** 100n]));
  const accountAddress = alice.accountAddress;
  const { numbers, lists, entries } = await aptos.getAccountResource({ accountAddress, resourceType: basics.named('tables::Tables') });
  const item = ({ handle }, key_type, value_type, key, options) => aptos.getTableItem({ handle, data: { key_type, value_type, key }, options });
  assert.equal(await item(numbers, 'address', 'u64', addressOf(alice)), '3');
  assert.deepEqual(await item(lists, '0x1::string::String', 'vector<u64>', 'first'), ['1', '2', '3']);
  assert.deepEqual(await item(entries, 'u64', basics.named('tables::Entry'), '3'), { name: 'first', amount: String(2n ** 100n) });
  const writes = sent.changes.filter(({ type }) => type === 'write_table_item');
  assert.deepEqual(new Set(writes.map(({ handle }) => handle)), new Set([numbers.handle, lists.handle, entries.handle]));
  // Decoded, although the resource that holds the tables was written earlier.
  const dataOf = ({ handle }) => writes.find((write) => write.handle === handle).data;
  assert.deepEqual(dataOf(numbers), { key: addressOf(alice), key_type: 'address', value: '3', value_type: 'u64' });
  assert.deepEqual(dataOf(lists), { key: 'first', key_type: '0x1::string::String', value: ['1', '2', '3'], value_type: 'vector<u64>' });
  assert.deepEqual(dataOf(entries), { key: '3', key_type: 'u64', value: { name: 'first', amount: String(2n ** 100n) }, value_type: basics.named('tables::Entry') });

  const { version, changes } = await send(alice, call(basics.named('tables::remove'), ['first']));
  const removed = changes.find(({ type, handle }) => type === 'delete_table_item' && handle === lists.handle);
  assert.deepEqual(removed.data, { key: 'first', key_type: '0x1::string::String' });
  const missing = await item(lists, '0x1::string::String', 'vector<u64>', 'first').then(assert.fail, (error) => error);
  assert.ok(missing instanceof AptosApiError);
  assert.deepEqual([missing.status, missing.data.error_code], [404, 'table_item_not_found']);
  assert.deepEqual(await item(lists, '0x1::string::String', 'vector<u64>', 'first', { ledgerVersion: Number(version) - 1 }), ['1', '2', '3']);
  const wrongKey = await rest(`/tables/${lists.handle}/item`, { method: 'POST', body: JSON.stringify({ key_type: 'u64', value_type: 'u64', key: 'text' }) });
  assert.equal(wrongKey.status, 400);
});

test('events of both kinds, in a transaction', async () => {
  const alice = await funded();
  const sent = await raise(alice, 2);
  const [v2] = sent.events.filter(({ type }) => type === basics.named('counter::Raised'));
  assert.equal(v2.data.by, addressOf(alice));
  assert.equal(Number(v2.data.to) - Number(v2.data.from), 2);
  assert.deepEqual([v2.guid.creation_number, BigInt(v2.guid.account_address), v2.sequence_number], ['0', 0n, '0']);
  const [v1] = sent.events.filter(({ type }) => type === basics.named('counter::RaisedV1'));
  assert.equal(v1.guid.account_address, basics.address);
  assert.deepEqual(v1.data, { value: v2.data.to });
});

test('events of a handle, by its number and by its field', async () => {
  const own = await published('basics');
  const raisedBy = [];
  for (const by of [1, 2, 3, 4]) raisedBy.push(await send(own.account, call(own.named('counter::raise'), [by])));
  const { raised } = await aptos.getAccountResource({ accountAddress: own.address, resourceType: own.named('counter::Counter') });
  assert.equal(raised.counter, '4');
  const { creation_num: number, addr } = raised.guid.id;
  assert.equal(addr, own.address);
  const byNumber = await rest(`/accounts/${own.address}/events/${number}`);
  assert.equal(byNumber.status, 200);
  assert.deepEqual(byNumber.body.map(({ data }) => data.value), ['1', '3', '6', '10']);
  assert.deepEqual(byNumber.body.map(({ version }) => version), raisedBy.map(({ version }) => version));
  assert.deepEqual(byNumber.body.map((event) => event.sequence_number), ['0', '1', '2', '3']);
  const byField = await rest(`/accounts/${own.address}/events/${own.named('counter::Counter')}/raised?start=1&limit=2`);
  assert.deepEqual(byField.body, byNumber.body.slice(1, 3));
  const noField = await rest(`/accounts/${own.address}/events/${own.named('counter::Counter')}/nothing`);
  assert.equal(noField.status, 404);
});

test('a deleted resource and a deleted object are gone', async () => {
  const alice = await funded();
  const sent = await send(alice, call(basics.named('things::make'), ['short-lived', 1]));
  const [{ thing }] = eventsOf(sent, basics.named('things::Made'));
  const gone = await send(alice, call(basics.named('things::destroy'), [thing.inner]));
  assert.deepEqual(await aptos.getAccountResources({ accountAddress: thing.inner }), []);
  const deleted = gone.changes.filter(({ type, address }) => type === 'delete_resource' && address === thing.inner);
  assert.ok(deleted.length > 0, JSON.stringify(gone.changes.map(({ type }) => type)));
  // The SDK leaves the version out when it lists.
  const { body: before } = await rest(`/accounts/${thing.inner}/resources?ledger_version=${Number(gone.version) - 1}`);
  assert.ok(before.some(({ type }) => type === basics.named('things::Thing')));
});
