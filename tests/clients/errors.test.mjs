// Bad input over raw JSON-RPC: each gets the code and words that wallets look for, and the node goes on.
import assert from 'node:assert/strict';
import { afterEach, before, test } from 'node:test';
import { encodeFunctionData, parseEther, parseGwei, toHex } from 'viem';
import { account, chainId, deploy, eventually, isLumio, post, publicClient, request, rpc, unlessPeer, url } from './lib/chain.mjs';
import { depositTransaction, signContradiction, signHighS } from './lib/raw.mjs';

const me = account(6);
const poor = '0x00000000000000000000000000000000000Bad01';
const other = '0x000000000000000000000000000000000000bEEF';

before(async () => {
  assert.ok((await publicClient.getBalance({ address: me.address })) > 0n, 'the test account must be funded');
});

afterEach(async () => {
  assert.equal(Number(await rpc('eth_chainId')), chainId, 'the node must answer after this');
});

async function refused(method, params, code, words) {
  const { error, result } = await request(method, params);
  assert.ok(error, `${method} answered ${JSON.stringify(result)}`);
  if (code !== undefined) assert.equal(error.code, code, JSON.stringify(error));
  if (words) assert.match(error.message, words);
  return error;
}

const fees = async () => {
  const { baseFeePerGas } = await publicClient.getBlock();
  return { maxFeePerGas: baseFeePerGas * 2n + parseGwei('2'), maxPriorityFeePerGas: parseGwei('1') };
};
async function signed(overrides = {}) {
  const nonce = await publicClient.getTransactionCount({ address: me.address, blockTag: 'pending' });
  return me.signTransaction({ type: 'eip1559', chainId, nonce, gas: 21000n, to: other, value: 1n, ...(await fees()), ...overrides });
}

test('malformed JSON', unlessPeer('it answers -32600'), async () => {
  for (const body of ['{', '', 'hello', '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[}', '\u0000\u0001']) {
    const { text } = await post(body);
    assert.equal(JSON.parse(text).error.code, -32700, `${JSON.stringify(body)}: ${text}`);
  }
});

test('JSON that is no request', async () => {
  for (const body of ['{}', '1', '"x"', '{"jsonrpc":"2.0","id":1}', '[]', '[1]', 'null']) {
    const { text } = await post(body);
    const answer = JSON.parse(text);
    const { error } = Array.isArray(answer) ? answer[0] : answer;
    assert.ok([-32600, -32700].includes(error.code), `${body}: ${text}`);
  }
});

test('an unknown method', async () => {
  await refused('eth_doesNotExist', [], -32601, /not found|does not exist|not supported|not available/i);
  await refused('', [], -32601);
  await refused('eth_chainid', [], -32601);
});

test('bad parameters', async () => {
  for (const [method, params] of [
    ['eth_getBalance', []],
    ['eth_getBalance', ['0x12', 'latest']],
    ['eth_getBalance', ['hello', 'latest']],
    ['eth_getBalance', [me.address, 'lastest']],
    ['eth_getBalance', [me.address, '0xzz']],
    ['eth_getBlockByNumber', []],
    ['eth_getBlockByHash', ['0x12', false]],
    ['eth_getTransactionByHash', [7]],
    ['eth_call', ['0x', 'latest']],
    ['eth_call', [{ to: other, data: 'zz' }, 'latest']],
    ['eth_call', [{ to: other, data: '0x123' }, 'latest']],
    ['eth_sendRawTransaction', []],
    ['eth_sendRawTransaction', ['no hex']],
    ['eth_getStorageAt', [other, 'x', 'latest']],
    ['eth_feeHistory', ['x', 'latest', []]],
  ]) {
    await refused(method, params, -32602);
  }
});

test('parameters that contradict themselves', unlessPeer('it ignores them'), async () => {
  for (const [method, params] of [
    ['eth_feeHistory', ['0x2', 'latest', [50, 10]]],
    ['eth_feeHistory', ['0x2', 'latest', [-1, 101]]],
    ['eth_getLogs', [{ blockHash: `0x${'1'.repeat(64)}`, fromBlock: '0x1' }]],
    ['eth_getLogs', [{ fromBlock: '0x2', toBlock: '0x1' }]],
  ]) {
    const { code } = await refused(method, params);
    assert.ok([-32602, -32000].includes(code), `${method}: ${code}`);
  }
});

test('a block that is not there', async () => {
  assert.equal(await rpc('eth_getBlockByNumber', '0xffffff', false), null);
  assert.equal(await rpc('eth_getBlockByHash', `0x${'1'.repeat(64)}`, false), null);
  assert.equal(await rpc('eth_getTransactionByHash', `0x${'1'.repeat(64)}`), null);
  assert.equal(await rpc('eth_getTransactionReceipt', `0x${'1'.repeat(64)}`), null);
  for (const method of ['eth_getBalance', 'eth_getTransactionCount', 'eth_getCode']) {
    await refused(method, [me.address, '0xffffff']);
  }
});

test('a filter that is not there', async () => {
  await refused('eth_getFilterChanges', ['0xdeadbeef'], isLumio ? -32000 : undefined, isLumio ? /filter not found/ : undefined);
  assert.equal(await rpc('eth_uninstallFilter', '0xdeadbeef'), false);
});

test('another chain id', async () => {
  await refused('eth_sendRawTransaction', [await signed({ chainId: chainId + 1 })], isLumio ? -32000 : undefined, /chain[ -]?id/i);
});

test('a nonce below the account\'s', async () => {
  const raw = await signed();
  const hash = await rpc('eth_sendRawTransaction', raw);
  await publicClient.waitForTransactionReceipt({ hash });
  const nonce = (await publicClient.getTransactionCount({ address: me.address })) - 1;
  const error = await refused('eth_sendRawTransaction', [await signed({ nonce, value: 2n })], undefined, /nonce too low/);
  if (isLumio) assert.equal(error.code, -32000);
});

test('the same transaction twice', async () => {
  const nonce = (await publicClient.getTransactionCount({ address: me.address, blockTag: 'pending' })) + 5;
  const raw = await signed({ nonce });
  const hash = await rpc('eth_sendRawTransaction', raw);
  await refused('eth_sendRawTransaction', [raw], isLumio ? -32000 : undefined, /already known|already imported/);
  await rpc('anvil_dropTransaction', hash);
});

test('a replacement that pays too little, and one that pays enough', async () => {
  const nonce = (await publicClient.getTransactionCount({ address: me.address, blockTag: 'pending' })) + 7;
  const { maxFeePerGas, maxPriorityFeePerGas } = await fees();
  const first = await rpc('eth_sendRawTransaction', await signed({ nonce }));
  // The usual rule asks for a tenth more; the peer asks for anything more.
  const raise = isLumio ? 1n : 0n;
  const raised = { maxFeePerGas: maxFeePerGas + raise, maxPriorityFeePerGas: maxPriorityFeePerGas + raise };
  await refused(
    'eth_sendRawTransaction', [await signed({ nonce, value: 3n, ...raised })],
    isLumio ? -32000 : undefined, /replacement transaction underpriced/,
  );
  const doubled = { maxFeePerGas: maxFeePerGas * 2n, maxPriorityFeePerGas: maxPriorityFeePerGas * 2n };
  const second = await rpc('eth_sendRawTransaction', await signed({ nonce, value: 4n, ...doubled }));
  if (isLumio) assert.equal(await rpc('eth_getTransactionByHash', first), null);
  assert.equal((await rpc('eth_getTransactionByHash', second)).blockNumber, null);
  await rpc('anvil_dropTransaction', second);
});

test('more than the account has', async () => {
  const held = await publicClient.getBalance({ address: me.address });
  await refused(
    'eth_sendRawTransaction', [await signed({ value: held })],
    isLumio ? -32000 : undefined, /insufficient funds for gas \* price \+ value/i,
  );
  if (isLumio) await refused('eth_estimateGas', [{ from: poor, to: other, value: '0x1' }], undefined, /insufficient funds/i);
});

test('too little gas for the transaction itself, and too much for a block', async () => {
  await refused('eth_sendRawTransaction', [await signed({ gas: 20_000n })], isLumio ? -32000 : undefined, /intrinsic gas too low/);
  const data = `0x${'ff'.repeat(1000)}`;
  if (isLumio) await refused('eth_sendRawTransaction', [await signed({ data, gas: 22_000n })], undefined, /intrinsic gas too low|floor data gas|gas floor/i);
  await refused('eth_sendRawTransaction', [await signed({ gas: 1n << 40n })], undefined, /exceeds block gas limit|gas limit too high|exceeds.*gas limit|intrinsic gas too high/i);
});

test('a tip above the fee cap', async () => {
  const { maxFeePerGas } = await fees();
  const tip = { maxFeePerGas, maxPriorityFeePerGas: maxFeePerGas + 1n };
  const nonce = await publicClient.getTransactionCount({ address: me.address });
  await refused('eth_sendRawTransaction', [await signContradiction(me, chainId, nonce, tip)], undefined, /max priority fee per gas higher than max fee per gas/i);
});

test('bytes that are no transaction', async () => {
  const raw = await signed();
  const flip = (at) => raw.slice(0, at) + (raw[at] === '0' ? '1' : '0') + raw.slice(at + 1);
  for (const bad of ['0x', '0x00', '0x02', '0xc0', '0x7e', '0x05c0', raw.slice(0, -2), `0x02f9ffff${raw.slice(6)}`, `0x${'ff'.repeat(64)}`]) {
    await refused('eth_sendRawTransaction', [bad]);
  }
  if (isLumio) await refused('eth_sendRawTransaction', [`${raw}00`]);
  // A changed bit in the signature gives another sender, who owns nothing, or no sender at all.
  for (const at of [raw.length - 3, raw.length - 70]) await refused('eth_sendRawTransaction', [flip(at)]);
});

test('a signature with the upper half of s', unlessPeer('it takes these'), async () => {
  const nonce = await publicClient.getTransactionCount({ address: me.address, blockTag: 'pending' });
  const raw = await signHighS(me, { type: 'eip1559', chainId, nonce, gas: 21000n, to: other, value: 1n, ...(await fees()) });
  await refused('eth_sendRawTransaction', [raw]);
});

test('a deposit cannot be sent by a user', unlessPeer('it is not an OP chain'), async () => {
  await refused('eth_sendRawTransaction', [depositTransaction(me.address, other, parseEther('1'))]);
});

test('a blob transaction has no place on an L2', unlessPeer('it is an L1'), async () => {
  const blob = { type: 'eip4844', blobVersionedHashes: [`0x01${'22'.repeat(31)}`], maxFeePerBlobGas: parseGwei('1') };
  await refused('eth_sendRawTransaction', [await signed(blob)], undefined, /blob|type/i);
});

test('init code over the limit, and code over the limit', async () => {
  const tooLong = `0x${'00'.repeat(49_153)}`;
  await refused('eth_sendRawTransaction', [await signed({ to: undefined, value: 0n, data: tooLong, gas: 10_000_000n })], undefined, /init ?code/i);
  // RETURN of 24577 bytes is a contract that is one byte too long.
  const { error } = await request('eth_call', [{ from: me.address, data: '0x6160016000f3' }, 'latest']);
  assert.ok(error);
});

test('reverts carry code 3, the reason and the data', async () => {
  const { address, abi } = await deploy(6, 'Reverter');
  const call = (functionName, args = []) => [{ from: me.address, to: address, data: encodeFunctionData({ abi, functionName, args }) }, 'latest'];
  for (const method of ['eth_call', 'eth_estimateGas']) {
    const reason = await refused(method, call('reason'), 3, /execution reverted: the reason/);
    assert.ok(reason.data.startsWith('0x08c379a0'));
    const custom = await refused(method, call('custom', [1n, 2n]), 3, /execution reverted/);
    assert.equal(custom.data.length, 2 + 8 + 3 * 64);
    const panic = await refused(method, call('division', [0n]), 3, /execution reverted/);
    assert.equal(panic.data, `0x4e487b71${'12'.padStart(64, '0')}`);
    const silent = await refused(method, call('silent'), 3, /execution reverted/);
    assert.ok(silent.data === undefined || silent.data === '0x');
  }
  await refused('eth_call', call('invalid'), isLumio ? -32000 : undefined, isLumio ? /invalid opcode/i : undefined);
  const [tx] = call('burnAllGas');
  await refused('eth_call', [{ ...tx, gas: toHex(100_000) }, 'latest'], isLumio ? -32000 : undefined, isLumio ? /out of gas/i : undefined);
});

test('an oversized body', async () => {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_call', params: [{ to: other, data: `0x${'00'.repeat(40 << 20)}` }, 'latest'] });
  const answer = await post(body).catch((error) => ({ status: 0, text: String(error) }));
  // A server may also close the connection while the body is still being sent.
  if (answer.status === 200) assert.ok(JSON.parse(answer.text).error, answer.text.slice(0, 100));
  else assert.ok([0, 400, 413].includes(answer.status), String(answer.status));
});

test('an oversized batch', unlessPeer('it takes batches of any size'), async () => {
  const one = { jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] };
  const { text } = await post(JSON.stringify(Array(20_000).fill(one)));
  const answer = JSON.parse(text);
  const { error } = Array.isArray(answer) ? answer[0] : answer;
  assert.ok(error.code < 0 && /batch/i.test(error.message), text.slice(0, 200));
});

test('a batch answers each request in order, errors among results', async () => {
  const batch = [
    { jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] },
    { jsonrpc: '2.0', id: 2, method: 'eth_nope', params: [] },
    { jsonrpc: '2.0', id: 'three', method: 'eth_getBalance', params: ['0x12', 'latest'] },
    { jsonrpc: '2.0', id: 4, method: 'eth_blockNumber' },
  ];
  const answers = JSON.parse((await post(JSON.stringify(batch))).text);
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  assert.equal(Number(byId.get(1).result), chainId);
  assert.equal(byId.get(2).error.code, -32601);
  assert.equal(byId.get('three').error.code, -32602);
  assert.match(byId.get(4).result, /^0x/);
});

test('other content types and verbs are refused without harm', async () => {
  const text = await post('{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}', { 'content-type': 'text/plain' });
  assert.ok(text.status < 500);
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const { status } = await fetch(url, { method });
    assert.ok(status >= 200 && status < 500, `${method}: ${status}`);
  }
});

test('a call that never ends is stopped', async () => {
  const loop = '0x5b600056';
  const began = Date.now();
  const { error } = await request('eth_call', [{ to: other, gas: toHex(30_000_000) }, 'latest', { [other]: { code: loop } }]);
  assert.ok(error);
  assert.ok(Date.now() - began < 20_000);
});

test('deeply nested JSON and a storm of bad requests', async () => {
  await post('['.repeat(100_000));
  await post(`{"jsonrpc":"2.0","id":1,"method":"eth_call","params":${'['.repeat(5000)}${']'.repeat(5000)}}`);
  const storm = await Promise.all(Array.from({ length: 200 }, (_, i) => request(`eth_bad${i}`, [i])));
  assert.ok(storm.every(({ error }) => error.code === -32601));
  const fine = await eventually('an answer', () => rpc('eth_blockNumber'));
  assert.match(fine, /^0x/);
});
