// Packages: published, read back, upgraded, refused; at accounts, objects and resource accounts.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { MoveVector, Serializer, createObjectAddress, createResourceAddress } from '@aptos-labs/ts-sdk';
import { addressOf, apiError, aptos, build, call, eventsOf, fixturePackage, funded, publish, published, rest, send, sendFailing, view } from '../lib/aptos.mjs';

let basics;
before(async () => {
  basics = await published('basics');
});

const bytes = (hex) => MoveVector.U8(hex);
const code = ({ modules }) => new MoveVector(modules.map(bytes));

test('a package is published, and its modules are what was sent', async () => {
  const alice = await funded();
  const sent = await publish(alice, 'basics');
  const address = addressOf(alice);
  const { modules } = fixturePackage('basics', alice);
  const onChain = await aptos.getAccountModules({ accountAddress: address });
  assert.deepEqual(onChain.map(({ bytecode }) => bytecode).sort(), [...modules].sort());
  assert.deepEqual(eventsOf(sent, '0x1::code::PublishPackage'), [{ code_address: address, is_upgrade: false }]);
  const written = sent.changes.filter(({ type }) => type === 'write_module');
  assert.deepEqual(written.map(({ data }) => data.abi.name).sort(), onChain.map(({ abi }) => abi.name).sort());
  assert.deepEqual(await view(`${address}::counter::value`), ['0']);
});

test('the registry tells what was published', async () => {
  const registry = await aptos.getAccountResource({ accountAddress: basics.address, resourceType: '0x1::code::PackageRegistry' });
  const [found] = registry.packages;
  assert.equal(found.name, 'Basics');
  assert.deepEqual(found.upgrade_policy, { policy: 1 });
  assert.equal(found.upgrade_number, '0');
  assert.deepEqual(found.modules.map(({ name }) => name), ['kinds', 'counter', 'tables', 'things', 'silver', 'bronze']);
  assert.ok(found.deps.some(({ account, package_name: name }) => account === '0x1' && name === 'AptosFramework'));
});

test('the ABI of a module', async () => {
  const { bytecode, abi } = await aptos.getAccountModule({ accountAddress: basics.address, moduleName: 'counter' });
  assert.match(bytecode, /^0xa11ceb0b/);
  assert.equal(abi.address, basics.address);
  assert.equal(abi.name, 'counter');
  assert.deepEqual(abi.friends, []);
  const raise = abi.exposed_functions.find(({ name }) => name === 'raise');
  assert.deepEqual(raise, {
    name: 'raise', visibility: 'public', is_entry: true, is_view: false, generic_type_params: [], params: ['&signer', 'u64'], return: [],
  });
  const value = abi.exposed_functions.find(({ name }) => name === 'value');
  assert.deepEqual([value.is_entry, value.is_view, value.return], [false, true, ['u64']]);
  assert.equal(abi.exposed_functions.some(({ name }) => name === 'init_module'), false);
  const raised = abi.structs.find(({ name }) => name === 'Raised');
  assert.deepEqual(raised, {
    name: 'Raised', is_native: false, is_event: true, is_enum: false, abilities: ['drop', 'store'], generic_type_params: [],
    fields: [{ name: 'by', type: 'address' }, { name: 'from', type: 'u64' }, { name: 'to', type: 'u64' }],
  });
  const counter = abi.structs.find(({ name }) => name === 'Counter');
  assert.deepEqual(counter.abilities, ['key']);
  assert.equal(counter.fields[2].type, `0x1::event::EventHandle<${basics.named('counter::RaisedV1')}>`);

  const kinds = await aptos.getAccountModule({ accountAddress: basics.address, moduleName: 'kinds' });
  const generic = kinds.abi.exposed_functions.find(({ name }) => name === 'generic');
  assert.deepEqual(generic.generic_type_params, [{ constraints: ['drop', 'store'] }]);
  assert.deepEqual(generic.params, ['&signer', 'T0']);
  const values = kinds.abi.exposed_functions.find(({ name }) => name === 'values');
  assert.deepEqual(values.params.slice(2), [
    '0x1::string::String', 'vector<u8>', 'vector<0x1::string::String>', 'vector<vector<u64>>', 'vector<address>',
    '0x1::option::Option<u64>', '0x1::option::Option<0x1::string::String>', 'vector<0x1::option::Option<u8>>',
  ]);
});

test('the modules of the framework are there, with their ABI', async () => {
  for (const [address, names] of [['0x1', ['coin', 'object', 'account', 'code', 'vector', 'table', 'fungible_asset', 'native_coin', 'aptos_coin']], ['0x3', ['token']], ['0x4', ['aptos_token', 'collection', 'token']]]) {
    const modules = await aptos.getAccountModules({ accountAddress: address });
    const found = new Set(modules.map(({ abi }) => abi.name));
    for (const name of names) assert.ok(found.has(name), `${address}::${name}`);
  }
  const { abi } = await aptos.getAccountModule({ accountAddress: '0x1', moduleName: 'aptos_account' });
  assert.ok(abi.exposed_functions.find(({ name }) => name === 'transfer').is_entry);
});

test('modules are listed by pages, in the past too', async () => {
  const all = await aptos.getAccountModules({ accountAddress: basics.address });
  const paged = [];
  let cursor;
  do {
    const page = await aptos.getAccountModulesPage({ accountAddress: basics.address, options: { cursor, limit: 4 } });
    assert.ok(page.modules.length <= 4);
    paged.push(...page.modules);
    ({ cursor } = page);
  } while (cursor);
  assert.deepEqual(paged.map(({ abi }) => abi.name), all.map(({ abi }) => abi.name));
  // The SDK leaves the version out when it lists.
  assert.deepEqual((await rest(`/accounts/${basics.address}/modules?ledger_version=1`)).body, []);
});

test('a compatible upgrade replaces code, adds a module and keeps resources', async () => {
  const alice = await funded();
  const address = addressOf(alice);
  await publish(alice, 'upgrade-1');
  await send(alice, call(`${address}::grows::keep`, [41]));
  assert.deepEqual(await view(`${address}::grows::version`), [1].map(String));
  const sent = await publish(alice, 'upgrade-2');
  assert.deepEqual(eventsOf(sent, '0x1::code::PublishPackage'), [{ code_address: address, is_upgrade: true }]);
  const json = async (name, args = []) => (await rest('/view', { method: 'POST', body: JSON.stringify({ function: `${address}::${name}`, type_arguments: [], arguments: args }) })).body;
  assert.deepEqual(await json('grows::version'), ['2']);
  assert.deepEqual(await json('grows::kept', [address]), ['41']);
  assert.deepEqual(await json('another::next_version'), ['3']);
  const registry = await aptos.getAccountResource({ accountAddress: address, resourceType: '0x1::code::PackageRegistry' });
  assert.equal(registry.packages[0].upgrade_number, '1');
});

test('an incompatible upgrade changes nothing', async () => {
  const alice = await funded();
  const address = addressOf(alice);
  await publish(alice, 'upgrade-1');
  const before = await aptos.getAccountModule({ accountAddress: address, moduleName: 'grows', options: { ledgerVersion: (await aptos.getLedgerInfo()).ledger_version } });
  const { metadata, modules } = fixturePackage('upgrade-broken', alice);
  const failed = await sendFailing(alice, call('0x1::code::publish_package_txn', [bytes(metadata), code({ modules })]));
  assert.match(failed.vm_status, /BACKWARD_INCOMPATIBLE_MODULE_UPDATE/);
  const { body: after } = await rest(`/accounts/${address}/module/grows`);
  assert.equal(after.bytecode, before.bytecode);
});

test('what does not verify, or is no module, is not published', async () => {
  const alice = await funded();
  const { metadata, modules } = fixturePackage('upgrade-1', alice);
  const publishing = (module) => call('0x1::code::publish_package_txn', [bytes(metadata), new MoveVector([bytes(module)])]);
  const garbage = await sendFailing(alice, publishing('0x00112233'));
  assert.match(garbage.vm_status, /CODE_DESERIALIZATION_ERROR|BAD_MAGIC/);
  const cut = await sendFailing(alice, publishing(modules[0].slice(0, -8)));
  assert.match(cut.vm_status, /CODE_DESERIALIZATION_ERROR|MALFORMED|UNEXPECTED|BAD_|UNKNOWN/);
  const notMine = fixturePackage('upgrade-1', basics.account);
  const foreign = await sendFailing(alice, publishing(notMine.modules[0]));
  assert.match(foreign.vm_status, /MODULE_ADDRESS_DOES_NOT_MATCH_SENDER/);
  assert.equal((await rest(`/accounts/${addressOf(alice)}/module/grows`)).body.error_code, 'module_not_found');
  await publish(alice, 'upgrade-1');
});

test('metadata that lies about its modules is refused', async () => {
  const alice = await funded();
  const { metadata } = fixturePackage('upgrade-1', alice);
  const { modules } = fixturePackage('upgrade-2', alice);
  const failed = await sendFailing(alice, call('0x1::code::publish_package_txn', [bytes(metadata), code({ modules })]));
  assert.ok(failed.vm_status.length > 0 && failed.success === false);
  const unreadable = await sendFailing(alice, call('0x1::code::publish_package_txn', [bytes('0x0102'), code({ modules })]));
  assert.match(unreadable.vm_status, /abort|deserialize|EINVALID|from_bcs|FAILED/i);
});

test('a package at an object, upgraded by its owner', async () => {
  const alice = await funded();
  const { sequence_number: next } = await aptos.getAccountInfo({ accountAddress: alice.accountAddress });
  const to = new Serializer();
  to.serializeStr('aptos_framework::object_code_deployment');
  to.serializeU64(BigInt(next) + 1n);
  const object = createObjectAddress(alice.accountAddress, to.toUint8Array());
  const first = fixturePackage('upgrade-1', object);
  const sent = await send(alice, call('0x1::object_code_deployment::publish', [bytes(first.metadata), code(first)]));
  assert.deepEqual(eventsOf(sent, '0x1::object_code_deployment::Publish'), [{ object_address: object.toString() }]);
  const { abi } = (await rest(`/accounts/${object}/module/grows`)).body;
  assert.equal(abi.address, object.toString());
  const second = fixturePackage('upgrade-2', object);
  await send(alice, call('0x1::object_code_deployment::upgrade', [bytes(second.metadata), code(second), object.toString()]));
  assert.deepEqual(await aptos.viewJson({ payload: { function: `${object}::another::next_version` } }), ['3']);
  const bob = await funded();
  const refused = await sendFailing(bob, call('0x1::object_code_deployment::upgrade', [bytes(second.metadata), code(second), object.toString()]));
  assert.match(refused.vm_status, /ENOT_CODE_OBJECT_OWNER/);
});

test('a package at a resource account that no key controls', async () => {
  const alice = await funded();
  const seed = new TextEncoder().encode('vault');
  const resource = createResourceAddress(alice.accountAddress, seed);
  const first = fixturePackage('upgrade-1', resource);
  await send(alice, call('0x1::resource_account::create_resource_account_and_publish_package', [MoveVector.U8(seed), bytes(first.metadata), code(first)]));
  assert.deepEqual(await aptos.viewJson({ payload: { function: `${resource}::grows::version` } }), ['1']);
  const { authentication_key: key } = await aptos.getAccountInfo({ accountAddress: resource });
  assert.equal(BigInt(key), 0n);
});

test('a resource account holds what it is given', async () => {
  const alice = await funded();
  const seed = new TextEncoder().encode('savings');
  const resource = createResourceAddress(alice.accountAddress, seed);
  await send(alice, call('0x1::resource_account::create_resource_account_and_fund', [MoveVector.U8(seed), MoveVector.U8([]), 4_000]));
  assert.deepEqual(await view('0x1::coin::balance', [resource], ['0x1::aptos_coin::AptosCoin']), ['4000']);
  const { authentication_key: key } = await aptos.getAccountInfo({ accountAddress: resource });
  assert.equal(key, alice.publicKey.authKey().toString());
});

test('a transaction larger than the limit is refused before it runs', async () => {
  const alice = await funded();
  const large = new MoveVector([MoveVector.U8(new Uint8Array(1_100_000))]);
  const transaction = await build(alice, call('0x1::code::publish_package_txn', [MoveVector.U8([]), large]));
  const refused = await apiError(aptos.signAndSubmitTransaction({ signer: alice, transaction }));
  assert.equal(refused.status, 400);
  assert.match(refused.message, /EXCEEDED_MAX_TRANSACTION_SIZE/);
});
