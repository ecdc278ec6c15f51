// Arguments of every kind: to entry functions, views and scripts, as plain values and as BCS.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  Account, AccountAddress, Bool, MoveOption, MoveString, MoveVector, TypeTagU64, U8, U16, U32, U64, U128, U256, createObjectAddress, parseTypeTag,
} from '@aptos-labs/ts-sdk';
import { addressOf, aptos, balance, build, call, funded, published, rest, send, sendFailing, submit, view } from '../lib/aptos.mjs';

const MAX = { u64: 2n ** 64n - 1n, u128: 2n ** 128n - 1n, u256: 2n ** 256n - 1n };
let basics;
let alice;
before(async () => {
  basics = await published('basics');
  alice = await funded();
});

const resource = (name) => aptos.getAccountResource({ accountAddress: alice.accountAddress, resourceType: basics.named(name) });
const largest = [true, 255, 65_535, 4_294_967_295, MAX.u64, MAX.u128, MAX.u256];
const largestSeen = {
  truth: true, small: 255, short: 65_535, medium: 4_294_967_295, long: String(MAX.u64), wide: String(MAX.u128), widest: String(MAX.u256),
};

test('numbers and booleans: the largest, the smallest', async () => {
  const sent = await send(alice, call(basics.named('kinds::numbers'), largest));
  assert.deepEqual(await resource('kinds::Numbers'), largestSeen);
  assert.deepEqual(sent.payload.arguments, Object.values(largestSeen));
  await send(alice, call(basics.named('kinds::numbers'), [false, 0, 0, 0, 0, 0, 0]));
  assert.deepEqual(await resource('kinds::Numbers'), { truth: false, small: 0, short: 0, medium: 0, long: '0', wide: '0', widest: '0' });
  const encoded = [new Bool(true), new U8(1), new U16(2), new U32(3), new U64(4), new U128(5), new U256(6)];
  await send(alice, call(basics.named('kinds::numbers'), encoded));
  assert.deepEqual(await resource('kinds::Numbers'), { truth: true, small: 1, short: 2, medium: 3, long: '4', wide: '5', widest: '6' });
});

const bob = AccountAddress.from(`0x${'b0'.repeat(32)}`);
const values = [
  bob, 'ünïcode 🦀', new Uint8Array([0, 1, 255]), ['a', '', 'ccc'], [[1, 2], [], [MAX.u64]], [bob, AccountAddress.ONE], 7, null, [1, null, 255],
];
const valuesSeen = {
  owner: bob.toString(), text: 'ünïcode 🦀', bytes: '0x0001ff', texts: ['a', '', 'ccc'], nested: [['1', '2'], [], [String(MAX.u64)]],
  addresses: [bob.toString(), '0x1'], some: { vec: ['7'] }, text_or_none: { vec: [] }, maybe: [{ vec: '0x01' }, { vec: '0x' }, { vec: '0xff' }],
};

test('addresses, strings, vectors, nested vectors, options', async () => {
  await send(alice, call(basics.named('kinds::values'), values));
  assert.deepEqual(await resource('kinds::Values'), valuesSeen);
});

test('the same as BCS values', async () => {
  const encoded = [
    bob, new MoveString('ünïcode 🦀'), MoveVector.U8([0, 1, 255]), MoveVector.MoveString(['a', '', 'ccc']),
    new MoveVector([MoveVector.U64([1, 2]), MoveVector.U64([]), MoveVector.U64([MAX.u64])]), new MoveVector([bob, AccountAddress.ONE]),
    new MoveOption(new U64(7)), new MoveOption(), new MoveVector([new MoveOption(new U8(1)), new MoveOption(), new MoveOption(new U8(255))]),
  ];
  const sent = await send(alice, call(basics.named('kinds::values'), encoded));
  assert.deepEqual(await resource('kinds::Values'), valuesSeen);
  assert.deepEqual(sent.payload.arguments, Object.values(valuesSeen));
});

test('objects, and vectors of them', async () => {
  const seed = new TextEncoder().encode('an object');
  await send(alice, call(basics.named('things::make_named'), [MoveVector.U8(seed), 'named']));
  const object = createObjectAddress(alice.accountAddress, seed).toString();
  await send(alice, call(basics.named('kinds::objects'), [object, [object, object]]));
  assert.deepEqual(await resource('kinds::Pointed'), { object: { inner: object }, objects: [{ inner: object }, { inner: object }] });
  const none = Account.generate().accountAddress.toString();
  const failed = await sendFailing(alice, call(basics.named('kinds::objects'), [none, []]));
  assert.match(failed.vm_status, /EOBJECT_DOES_NOT_EXIST/);
});

test('generic functions, by their type arguments', async () => {
  const cases = [
    ['u64', 12, '12'], ['bool', true, true], ['vector<address>', [bob], [bob.toString()]], ['0x1::string::String', 'text', 'text'],
    ['0x1::option::Option<u8>', 9, { vec: '0x09' }], ['0x1::option::Option<u16>', 9, { vec: [9] }], ['vector<vector<u8>>', [new Uint8Array([1]), new Uint8Array()], ['0x01', '0x']],
  ];
  for (const [type, value, seen] of cases) {
    const sent = await send(alice, call(basics.named('kinds::generic'), [value], [type]));
    assert.deepEqual(sent.payload.type_arguments, [type]);
    assert.deepEqual(await resource(`kinds::Generic<${type}>`), { value: seen }, type);
  }
});

test('a function without arguments or signers', async () => {
  assert.equal((await send(alice, call(basics.named('kinds::nothing')))).success, true);
});

test('views give back what they are given, by BCS and by JSON', async () => {
  const numbers = await view(basics.named('kinds::echo_numbers'), largest);
  assert.deepEqual(numbers, Object.values(largestSeen));
  const asked = [bob, 'text', new Uint8Array([1, 2]), ['a'], [[1], []], 5, null];
  const seen = [bob.toString(), 'text', '0x0102', ['a'], [['1'], []], { vec: ['5'] }, { vec: [] }];
  assert.deepEqual(await view(basics.named('kinds::echo_values'), asked), seen);
  const viewJson = (name, functionArguments, typeArguments) => aptos.viewJson({ payload: { function: basics.named(name), functionArguments, typeArguments } });
  assert.deepEqual(await viewJson('kinds::echo_numbers', [true, 255, 65_535, 4_294_967_295, String(MAX.u64), String(MAX.u128), String(MAX.u256)]), numbers);
  assert.deepEqual(await viewJson('kinds::echo_values', [bob.toString(), 'text', '0x0102', ['a'], [['1'], []], { vec: ['5'] }, { vec: [] }]), seen);
  assert.deepEqual(await viewJson('kinds::pair', ['1', 'two'], ['0x1::string::String']), [{ first: '1', second: 'two' }]);
  assert.deepEqual(await viewJson('kinds::pair', ['1', '0x2'], ['address']), [{ first: '1', second: '0x2' }]);
});

test('a view may answer in BCS, and at a version of the past', async () => {
  const body = JSON.stringify({ function: basics.named('kinds::echo_numbers'), type_arguments: [], arguments: [true, 1, 2, 3, '4', '5', '6'] });
  const answer = await rest('/view', { method: 'POST', body, accept: 'application/x-bcs' });
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type'), /application\/x-bcs/);
  assert.ok(Buffer.from(answer.bytes).includes(Buffer.from([4, 0, 0, 0, 0, 0, 0, 0])));
  assert.ok(Number(answer.headers.get('x-aptos-gas-used')) > 0);

  await send(alice, call(basics.named('kinds::numbers'), [true, 1, 1, 1, 100, 1, 1]));
  const { version } = await send(alice, call(basics.named('kinds::numbers'), [true, 1, 1, 1, 200, 1, 1]));
  await send(alice, call(basics.named('kinds::numbers'), [true, 1, 1, 1, 300, 1, 1]));
  const at = (ledgerVersion) => aptos.view({ payload: { function: basics.named('kinds::long_of'), functionArguments: [alice.accountAddress] }, options: { ledgerVersion } });
  assert.deepEqual(await at(), ['300']);
  assert.deepEqual(await at(version), ['200']);
  assert.deepEqual(await at(BigInt(version) - 1n), ['100']);
});

test('a view that fails says why', async () => {
  const ask = (name, args = [], types = []) => rest('/view', { method: 'POST', body: JSON.stringify({ function: basics.named(name), type_arguments: types, arguments: args }) });
  const aborted = await ask('counter::fails');
  assert.equal(aborted.status, 400);
  assert.match(aborted.body.message, /ELIMIT/);
  assert.equal((await ask('kinds::nothing')).status, 400);
  assert.ok([400, 404].includes((await ask('kinds::no_such')).status));
  assert.equal((await ask('kinds::echo_numbers', [true])).status, 400);
  assert.equal((await ask('kinds::echo_numbers', [true, 256, 1, 1, '1', '1', '1'])).status, 400);
  assert.equal((await ask('kinds::pair', ['1', '2'])).status, 400);
  await assert.rejects(view(basics.named('counter::fails')), /ELIMIT/);
});

test('a script takes arguments of every kind', async () => {
  const sent = await send(alice, {
    bytecode: basics.scripts.arguments,
    functionArguments: [
      new Bool(true), new U8(255), new U16(65_535), new U32(4_294_967_295), new U64(MAX.u64), new U128(MAX.u128), new U256(MAX.u256),
      bob, MoveVector.U8([9, 8]), new MoveString('from a script'),
    ],
  });
  assert.equal(sent.payload.type, 'script_payload');
  assert.deepEqual(await resource('kinds::Numbers'), largestSeen);
  const kept = await resource('kinds::Values');
  assert.deepEqual([kept.owner, kept.bytes, kept.text, kept.some], [bob.toString(), '0x0908', 'from a script', { vec: [String(MAX.u64)] }]);
});

test('a script with a type argument moves coins', async () => {
  const [first, second] = [Account.generate(), Account.generate()];
  await send(alice, {
    bytecode: basics.scripts.transfer,
    typeArguments: ['0x1::aptos_coin::AptosCoin'],
    functionArguments: [first.accountAddress, second.accountAddress, new U64(333)],
  });
  assert.deepEqual([await balance(first), await balance(second)], [333, 333]);
});

test('a script that aborts or is none fails, and pays', async () => {
  const failed = await sendFailing(alice, { bytecode: basics.scripts.stops, functionArguments: [new U64(77)] });
  assert.match(failed.vm_status, /Move abort( in script)?: .*0x4d|Move abort: code 77|77/);
  assert.ok(Number(failed.gas_used) > 0);
  const garbage = await sendFailing(alice, { bytecode: '0x00', functionArguments: [] });
  assert.match(garbage.vm_status, /CODE_DESERIALIZATION_ERROR|BAD_MAGIC|deserializ/i);
  const wrong = await sendFailing(alice, { bytecode: basics.scripts.stops, functionArguments: [] });
  assert.match(wrong.vm_status, /NUMBER_OF_ARGUMENTS_MISMATCH/);
});

test('arguments that the function does not take', async () => {
  // What the SDK is told of the function is wrong, so that it sends what it would refuse otherwise.
  const lying = (name, tags, args, typeParameters = []) => ({ ...call(basics.named(name), args), abi: { typeParameters, parameters: tags.map((tag) => parseTypeTag(tag)) } });
  const cases = [
    [lying('counter::raise', [], []), /NUMBER_OF_ARGUMENTS_MISMATCH/],
    [lying('counter::raise', ['u64', 'u64'], [1, 2]), /NUMBER_OF_ARGUMENTS_MISMATCH/],
    [lying('counter::raise', ['u8'], [1]), /FAILED_TO_DESERIALIZE_ARGUMENT/],
    [lying('counter::raise', ['vector<u64>'], [[1, 2]]), /FAILED_TO_DESERIALIZE_ARGUMENT/],
    [{ ...call(basics.named('kinds::generic'), [1]), abi: { typeParameters: [], parameters: [new TypeTagU64()] } }, /NUMBER_OF_TYPE_ARGUMENTS_MISMATCH/],
    [lying('kinds::not_entry', [], []), /EXECUTE_ENTRY_FUNCTION_CALLED_ON_NON_ENTRY_FUNCTION/],
    [lying('kinds::no_such', [], []), /FUNCTION_RESOLUTION_FAILURE/],
    [lying('no_such::function', [], []), /LINKER_ERROR/],
  ];
  for (const [data, status] of cases) {
    const failed = await sendFailing(alice, data);
    assert.match(failed.vm_status, status, data.function);
    assert.ok(Number(failed.gas_used) > 0);
  }
  const text = lying('kinds::generic', ['vector<u8>'], [new Uint8Array([0xff, 0xfe])], [{ constraints: [] }]);
  const notUtf8 = await sendFailing(alice, { ...text, typeArguments: ['0x1::string::String'] });
  assert.match(notUtf8.vm_status, /EINVALID_UTF8|FAILED_TO_DESERIALIZE_ARGUMENT/);
});

test('a transaction is built first and sent later', async () => {
  const carol = await funded();
  const transaction = await build(carol, call(basics.named('counter::raise'), [3]));
  assert.equal(transaction.rawTransaction.sender.toString(), addressOf(carol));
  const sent = await submit(carol, transaction);
  assert.equal(sent.payload.arguments[0], '3');
});
