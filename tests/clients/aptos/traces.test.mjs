// One transaction through both machines, as tracers, the REST API and the indexer show it.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { AccountAddress, MoveVector } from '@aptos-labs/ts-sdk';
import { concatHex, encodeAbiParameters, encodeFunctionData, hexToBytes, pad, parseAbi, stringToHex, toHex } from 'viem';
import { addressOf, aptos, build, call, funded, published, rest, signedBytes, submit } from '../lib/aptos.mjs';
import { account, deploy, publicClient, rpc, url, write } from '../lib/chain.mjs';
import { program, run, succeed } from '../lib/tools.mjs';

const ENTRY = '0x42000000000000000000000000000000000000fe';
const crossVm = parseAbi(['function callMove(bytes32 module, string name, string fn, string[] typeArgs, bytes args) returns (bytes)']);
const MOVE_TRANSACTION = 'script';
const WRITE = 0;
const CALL = 1;
const TRY = 2;
const lower = (address) => address.toLowerCase();
const long = (address) => AccountAddress.from(address).toStringLong();
const idOf = (address) => pad(address, { size: 32 });

let basics;
let store;
let traveller;
before(async () => {
  basics = await published('basics');
  store = await deploy(6, 'Store');
  traveller = await deploy(6, 'Traveller');
});

const callMove = (module, name, fn, types, values) =>
  encodeFunctionData({ abi: crossVm, functionName: 'callMove', args: [long(module), name, fn, [], encodeAbiParameters(types, values)] });
const raise = (by) => callMove(basics.address, 'counter', 'raise', [{ type: 'uint64' }], [by]);
const set = (key, value) => encodeFunctionData({ abi: store.abi, functionName: 'set', args: [key, value] });
/** A contract's call of a contract, by way of `0x1::evm`. */
const there = (to, data) =>
  callMove('0x1', 'evm', 'call_raw', [{ type: 'bytes32' }, { type: 'uint256' }, { type: 'bytes' }], [idOf(to), 0n, data]);
const travel = (steps, more) =>
  write(6, traveller, 'run', [steps.map(([kind, to, data]) => ({ kind, to, number: 0n, data }))], more);
const trace = (hash, config = { withLog: true }) =>
  publicClient.request({ method: 'debug_traceTransaction', params: [hash, { tracer: 'callTracer', tracerConfig: config }] });

/** All logs of a tree, in their order. */
function logsOf(frame) {
  const below = (frame.calls ?? []).flatMap(logsOf);
  return [...(frame.logs ?? []), ...below].sort((a, b) => Number(a.index) - Number(b.index));
}

function assertLogs(root, receipt) {
  const logs = logsOf(root);
  assert.deepEqual(logs.map(({ index }) => Number(index)), receipt.logs.map((_, index) => index));
  assert.deepEqual(logs.map(({ address, topics, data }) => ({ address, topics, data })),
    receipt.logs.map(({ address, topics, data }) => ({ address: lower(address), topics, data })));
}

test('a transaction of a wallet through the EVM, Move and the EVM again', async () => {
  const receipt = await travel([[WRITE, ENTRY, '0x'], [CALL, ENTRY, raise(2n)], [CALL, ENTRY, there(store.address, set(5n, 6n))]]);
  assert.equal(receipt.status, 'success');
  const root = await trace(receipt.transactionHash);
  assert.equal(BigInt(root.gasUsed), receipt.gasUsed);
  assert.deepEqual(root.calls.map(({ to }) => to), [ENTRY, ENTRY]);
  const [raised] = root.calls[0].calls;
  assert.equal(raised.vm, 'move');
  assert.equal(raised.type, 'CALL');
  assert.equal(raised.function, `${basics.address}::counter::raise`);
  assert.deepEqual([raised.arguments, raised.returns], [['2'], []]);
  const [relay] = root.calls[1].calls;
  assert.equal(relay.function, '0x1::evm::call_raw');
  assert.deepEqual(relay.arguments, [AccountAddress.from(idOf(store.address)).toString(), '0', set(5n, 6n)]);
  const [stored] = relay.calls;
  assert.equal(stored.to, lower(store.address));
  assert.equal(stored.from, lower(traveller.address));
  assertLogs(root, receipt);
  const flat = await rpc('debug_traceTransaction', receipt.transactionHash, { tracer: 'flatCallTracer' });
  assert.deepEqual(flat.map(({ traceAddress }) => traceAddress.join()), ['', '0', '0,0', '1', '1,0', '1,0,0']);
  const { structLogs } = await rpc('debug_traceTransaction', receipt.transactionHash, {});
  assert.deepEqual(structLogs.filter(({ pc }) => pc === 0).map(({ depth }) => depth), [1, 4]);
  const diff = await rpc('debug_traceTransaction', receipt.transactionHash, { tracer: 'prestateTracer', tracerConfig: { diffMode: true } });
  assert.deepEqual(Object.values(diff.post[lower(store.address)].storage), [toHex(6, { size: 32 })]);
});

test('the same transaction in the API of Aptos: events of both machines, and changes', async () => {
  const receipt = await travel([[CALL, ENTRY, raise(3n)], [CALL, ENTRY, there(store.address, set(7n, 8n))]]);
  const { body } = await rest(`/transactions/by_hash/${receipt.transactionHash}`);
  assert.equal(body.success, true);
  assert.deepEqual(body.events.map(({ type }) => type), [basics.named('counter::RaisedV1'), basics.named('counter::Raised'), '0x1::evm::Log']);
  const [byHandle, byModule, log] = body.events;
  assert.equal(lower(long(byHandle.guid.account_address)), long(basics.address));
  assert.equal(byModule.data.by, AccountAddress.from(idOf(traveller.address)).toString());
  assert.equal(Number(byModule.data.to) - Number(byModule.data.from), 3);
  assert.equal(byHandle.data.value, byModule.data.to);
  assert.deepEqual([log.data.address, log.data.topics], [AccountAddress.from(idOf(store.address)).toString(), receipt.logs[2].topics]);
  const counter = body.changes.find(({ data }) => data?.type === basics.named('counter::Counter'));
  assert.equal(counter.type, 'write_resource');
  assert.equal(counter.data.data.value, byModule.data.to);
  assert.equal(Number(counter.data.data.raised.counter), Number(byHandle.sequence_number) + 1);
  assert.deepEqual((await rest(`/transactions/by_version/${body.version}`)).body, body);
  const handle = `/accounts/${basics.address}/events/${basics.named('counter::Counter')}/raised?limit=1`;
  const [newest] = (await rest(handle)).body;
  assert.deepEqual([newest.version, newest.sequence_number, newest.data], [body.version, byHandle.sequence_number, byHandle.data]);
  const events = await aptos.getModuleEventsByEventType({
    eventType: basics.named('counter::Raised'),
    minimumLedgerVersion: Number(body.version),
    options: { orderBy: [{ transaction_version: 'desc' }], limit: 1 },
  });
  assert.deepEqual([events[0].transaction_version, events[0].data], [Number(body.version), byModule.data]);
});

test('a script of Move that calls a contract and queues a call', async () => {
  const alice = await funded();
  const data = {
    bytecode: basics.scripts.visit,
    functionArguments: [AccountAddress.from(idOf(store.address)), MoveVector.U8(hexToBytes(set(9n, 10n)))],
  };
  const sent = await submit(alice, await build(alice, data));
  assert.deepEqual(sent.events.map(({ type }) => type), [
    basics.named('counter::RaisedV1'), basics.named('counter::Raised'), '0x1::evm::Log', '0x1::evm::CallEvent', '0x1::transaction_fee::FeeStatement',
  ]);
  const called = sent.events[3].data;
  assert.equal(called.eth_address, lower(store.address));
  assert.equal(called.move_address, addressOf(alice));
  const receipt = await receiptOf(sent);
  const root = await trace(receipt.transactionHash);
  assert.deepEqual([root.vm, root.function, root.type], ['move', MOVE_TRANSACTION, 'CALL']);
  assert.equal(BigInt(root.gasUsed), receipt.gasUsed);
  assert.deepEqual(root.calls.map(({ to, queued }) => [to, queued]), [[lower(store.address), undefined], [lower(store.address), true]]);
  assert.equal(root.calls[1].from, root.from);
  assertLogs(root, receipt);
  const diff = await rpc('debug_traceTransaction', receipt.transactionHash, { tracer: 'prestateTracer', tracerConfig: { diffMode: true } });
  assert.equal(Object.keys(diff.post[lower(store.address)].storage).length, 2);
});

test('what a simulation says of a call of a contract comes true', async () => {
  const alice = await funded();
  const data = {
    bytecode: basics.scripts.visit,
    functionArguments: [AccountAddress.from(idOf(store.address)), MoveVector.U8(hexToBytes(set(11n, 12n)))],
  };
  const transaction = await build(alice, data);
  const [simulated] = await aptos.transaction.simulate.simple({ signerPublicKey: alice.publicKey, transaction });
  const sent = await submit(alice, transaction);
  const shown = ({ success, vm_status, gas_used, events }) => ({ success, vm_status, gas_used, events });
  assert.deepEqual(shown(simulated), shown(sent));
});

/** The Ethereum receipt of what stands at a version. */
async function receiptOf({ version }) {
  const block = await aptos.getBlockByVersion({ ledgerVersion: version });
  const index = Number(version) - Number(block.first_version) - 1;
  const { transactions } = await publicClient.getBlock({ blockNumber: BigInt(block.block_height) });
  return publicClient.getTransactionReceipt({ hash: transactions[index] });
}

test('a failure in the other machine has its reason, all the way up', async () => {
  const receipt = await travel([[TRY, ENTRY, raise(2_000_000n)], [CALL, ENTRY, raise(3_000_000n)]], { gas: 900_000n });
  assert.equal(receipt.status, 'reverted');
  const root = await trace(receipt.transactionHash);
  assert.equal(logsOf(root).length, 0);
  for (const frame of [root, ...root.calls, ...root.calls.flatMap(({ calls }) => calls)]) {
    assert.equal(frame.error, 'execution reverted');
    assert.match(frame.revertReason, /ELIMIT\(0x20007\): The counter must not pass its limit/);
  }
  const { body } = await rest(`/transactions/by_hash/${receipt.transactionHash}`);
  assert.deepEqual([body.success, body.events], [false, []]);
});

test('a carrier that was never sent', async () => {
  const alice = await funded();
  const signed = signedBytes(alice, await build(alice, call(basics.named('counter::raise'), [4])));
  const data = concatHex([stringToHex('MOVE'), toHex(signed)]);
  const root = await rpc('debug_traceCall', { from: account(6).address, data }, 'latest', { tracer: 'callTracer', tracerConfig: { withLog: true } });
  assert.deepEqual([root.vm, root.function, root.arguments], ['move', `${basics.address}::counter::raise`, ['4']]);
  assert.equal(root.input, data);
  assert.equal(root.logs.length, 3, 'both events and the statement of the fee');
});

test('traceCall and cast see it, too', async () => {
  const step = { kind: CALL, to: ENTRY, number: 0n, data: raise(1n) };
  const data = encodeFunctionData({ abi: traveller.abi, functionName: 'run', args: [[step]] });
  const tried = await rpc('debug_traceCall', { from: account(6).address, to: traveller.address, data }, 'latest', { tracer: 'callTracer' });
  assert.equal(tried.calls[0].calls[0].function, `${basics.address}::counter::raise`);
  const { transactionHash } = await travel([[CALL, ENTRY, raise(1n)]]);
  const cast = program('cast');
  const shown = await succeed(cast, ['rpc', '--rpc-url', url, 'debug_traceTransaction', transactionHash, '{"tracer":"callTracer"}']);
  assert.equal(JSON.parse(shown).calls[0].calls[0].vm, 'move');
  // It runs the transaction on an EVM of its own, which stands alone: the code at the entry point says so.
  const again = await run(cast, ['run', '--rpc-url', url, '--quick', transactionHash]);
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stdout, /ICrossVM is not part of this chain/);
  assert.match(again.stdout, new RegExp(lower(ENTRY).slice(2), 'i'));
});
