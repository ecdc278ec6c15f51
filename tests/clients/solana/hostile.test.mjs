// Bad bodies, bad transactions, and a node that goes on.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Keypair, SystemProgram, Transaction, TransactionInstruction } from '@solana/web3.js';
import WebSocket from 'ws';
import { SOL, connection, funded, post, request, rpc, solanaWsUrl, transfer } from '../lib/solana.mjs';

after(async () => assert.equal(await rpc('getHealth'), 'ok'));

/** Numbers that are the same in each run (mulberry32). */
function random(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

test('bodies that are no requests', async () => {
  const codeOf = async (body) => JSON.parse((await post(body)).text).error.code;
  assert.equal(await codeOf('{'), -32700);
  assert.equal(await codeOf('null'), -32700);
  assert.equal(await codeOf('[]'), -32600);
  assert.equal(await codeOf('{"jsonrpc":"2.0","id":1}'), -32600);
  assert.equal((await post('{}', { headers: { 'content-type': 'text/plain' } })).status, 415);
  // The server may close before it has read so much.
  assert.equal(await post('x'.repeat(16 << 20)).then(({ status }) => status, () => 413), 413);
  const mixed = JSON.parse((await post(JSON.stringify([{ jsonrpc: '2.0', id: 1, method: 'getHealth' }, 7, { jsonrpc: '2.0', id: 2, method: 'nope' }]))).text);
  assert.deepEqual(mixed.map(({ result, error }) => result ?? error.code), ['ok', -32600, -32601]);
  const many = JSON.stringify(Array(1001).fill({ jsonrpc: '2.0', id: 1, method: 'getHealth' }));
  assert.ok(JSON.parse((await post(many)).text).error, 'too many in a batch');
});

test('parameters of the wrong form', async () => {
  const key = Keypair.generate().publicKey.toBase58();
  const wrong = [
    ['getBalance', []], ['getBalance', {}], ['getBalance', [5]], ['getBalance', ['']], ['getBalance', [key, 5]], ['getBalance', ['1'.repeat(100_000)]], ['getBlock', ['x']], ['getBlock', [-1]],
    ['getBlock', [1.5]], ['getAccountInfo', [key, { encoding: 'base99' }]], ['getAccountInfo', [key, { dataSlice: { offset: -1, length: 1 } }]], ['getMultipleAccounts', [key]],
    ['getProgramAccounts', [key, { filters: [{ memcmp: {} }] }]], ['getSignatureStatuses', [['x']]], ['sendTransaction', [{}]], ['sendTransaction', ['!!!']], ['sendTransaction', ['', { encoding: 'json' }]],
    ['simulateTransaction', ['AAAA', { encoding: 'base64' }]], ['getTokenAccountsByOwner', [key]], ['getTokenAccountsByOwner', [key, {}]], ['requestAirdrop', [key, -1]], ['requestAirdrop', [key]],
    ['getFeeForMessage', ['AA==']], ['getRecentPrioritizationFees', ['x']], ['isBlockhashValid', [key.slice(5)]],
  ];
  for (const [method, params] of wrong) {
    const { error } = await request(method, params);
    assert.equal(error?.code, -32602, `${method} ${JSON.stringify(params).slice(0, 80)}: ${JSON.stringify(error)}`);
    assert.ok(error.message.length > 5 && error.message.length < 400, error.message);
  }
});

test('an offset beyond all data is an empty slice', async () => {
  const { value } = await rpc('getAccountInfo', 'SysvarRent111111111111111111111111111111111', { encoding: 'base64', dataSlice: { offset: 2 ** 50, length: 2 ** 50 } });
  assert.deepEqual(value.data, ['', 'base64']);
});

test('transactions with damaged bytes are refused, and nobody loses anything', async () => {
  const below = random(11);
  const payer = await funded(SOL);
  const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash();
  const good = new Transaction({ feePayer: payer.publicKey, blockhash, lastValidBlockHeight }).add(transfer(payer, Keypair.generate().publicKey, 5));
  good.sign(payer);
  const wire = good.serialize();
  for (let round = 0; round < 150; round++) {
    const bytes = Buffer.from(below(4) === 0 ? wire.subarray(0, below(wire.length)) : wire);
    for (let count = 1 + below(3); count > 0 && bytes.length > 0; count--) bytes[below(bytes.length)] = below(256);
    if (bytes.equals(wire)) continue;
    const { error, result } = await request('sendTransaction', [bytes.toString('base64'), { encoding: 'base64', skipPreflight: below(2) === 0 }]);
    assert.ok([-32602, -32002, -32003].includes(error?.code), `${bytes.toString('hex')}: ${JSON.stringify(error ?? result)}`);
    await request('simulateTransaction', [bytes.toString('base64'), { encoding: 'base64', replaceRecentBlockhash: true, innerInstructions: true }]);
  }
  assert.equal(await connection.getBalance(payer.publicKey), SOL);
  const trailing = await request('sendTransaction', [Buffer.concat([wire, Buffer.from([0])]).toString('base64'), { encoding: 'base64' }]);
  assert.equal(trailing.error?.code, -32602);
  const long = await request('sendTransaction', [Buffer.alloc(1233).toString('base64'), { encoding: 'base64' }]);
  assert.match(long.error.message, /too large/);
});

test('instructions that make no sense fail with the errors that clients know', async () => {
  const payer = await funded();
  const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash();
  const tried = async (...instructions) => {
    const transaction = new Transaction({ feePayer: payer.publicKey, blockhash, lastValidBlockHeight }).add(...instructions);
    transaction.sign(payer);
    const { error } = await request('sendTransaction', [transaction.serialize().toString('base64'), { encoding: 'base64' }]);
    return error.data.err;
  };
  const instruction = (programId, data = Buffer.alloc(0), keys = []) => new TransactionInstruction({ programId, keys, data });
  assert.deepEqual(await tried(instruction(SystemProgram.programId, Buffer.from('zz'))), { InstructionError: [0, 'InvalidInstructionData'] });
  assert.equal(await tried(instruction(Keypair.generate().publicKey)), 'ProgramAccountNotFound');
  const other = (await funded(SOL)).publicKey;
  assert.equal(await tried(instruction(other)), 'InvalidProgramForExecution');
  const unsigned = SystemProgram.transfer({ fromPubkey: other, toPubkey: payer.publicKey, lamports: 1 });
  unsigned.keys[0].isSigner = false;
  assert.deepEqual(await tried(unsigned), { InstructionError: [0, 'MissingRequiredSignature'] });
});

test('the same transaction sent many times at once is one', async () => {
  const [payer, to] = [await funded(), Keypair.generate().publicKey];
  const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash();
  const transaction = new Transaction({ feePayer: payer.publicKey, blockhash, lastValidBlockHeight }).add(transfer(payer, to, SOL));
  transaction.sign(payer);
  const wire = transaction.serialize().toString('base64');
  const answers = await Promise.all(Array.from({ length: 20 }, () => request('sendTransaction', [wire, { encoding: 'base64', skipPreflight: true }])));
  for (const { result, error } of answers) assert.ok(result, JSON.stringify(error));
  assert.equal(new Set(answers.map(({ result }) => result)).size, 1);
  assert.equal(await connection.getBalance(to), SOL);
});

test('WebSocket: bad requests, unknown ids, and subscriptions that end', async () => {
  const socket = new WebSocket(solanaWsUrl);
  await new Promise((done, fail) => socket.once('open', done).once('error', fail));
  const waiting = new Map();
  socket.on('message', (text) => {
    const message = JSON.parse(text);
    waiting.get(message.id ?? 'none')?.(message);
  });
  let id = 0;
  const ask = (method, params) =>
    new Promise((done) => {
      waiting.set(++id, done);
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    });
  assert.equal((await ask('getHealth', [])).result, 'ok');
  assert.equal((await ask('accountSubscribe', [])).error.code, -32602);
  assert.equal((await ask('accountSubscribe', ['x'])).error.code, -32602);
  assert.equal((await ask('logsSubscribe', [{ mentions: [] }])).error.code, -32602);
  assert.match((await ask('voteSubscribe', [])).error.message, /no votes/);
  assert.equal((await ask('accountUnsubscribe', [12345])).result, false);
  const { result } = await ask('slotSubscribe', []);
  assert.equal(typeof result, 'number');
  assert.equal((await ask('slotUnsubscribe', [result])).result, true);
  socket.send(JSON.stringify({ jsonrpc: '2.0', method: 'ping' }));
  socket.send('nonsense');
  assert.equal((await ask('getHealth', [])).result, 'ok');
  socket.terminate();
  const overHttp = await request('slotSubscribe');
  assert.equal(overHttp.error.code, -32601);
});
