// Subscriptions over WebSocket, through viem, ethers, and by hand.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Contract, WebSocketProvider } from 'ethers';
import Socket from 'ws';
import { createPublicClient, parseEther, webSocket } from 'viem';
import { account, chain, deploy, eventually, isLumio, publicClient, rpc, wallet, write, wsUrl } from './lib/chain.mjs';

const client = createPublicClient({ chain, transport: webSocket(wsUrl, { reconnect: false, keepAlive: false }) });
const other = account(7).address;
let token;
let logger;
before(async () => {
  token = await deploy(7, 'Token', ['Watched', 'WATCH', parseEther('1000')]);
  logger = await deploy(7, 'Logger');
});
after(async () => (await client.transport.getRpcClient()).close());

/** Collects what a watcher reports, and lets the subscription reach the node first. */
async function watching(t, start) {
  const seen = [];
  const failed = [];
  const stop = start((...items) => seen.push(...items), (error) => failed.push(error));
  t.after(stop);
  await client.getChainId();
  await new Promise((resolve) => setTimeout(resolve, 50));
  return {
    seen,
    stop,
    until: (what, test) => eventually(what, () => {
      if (failed.length > 0) throw failed[0];
      return test(seen);
    }),
  };
}

test('viem: every new head once', async (t) => {
  const watch = await watching(t, (onSeen, onError) => client.watchBlocks({ onBlock: (block) => onSeen(block), onError }));
  const receipts = [];
  for (let i = 0; i < 5; i++) receipts.push(await write(7, token, 'transfer', [other, 1n]));
  const last = receipts.at(-1).blockNumber;
  await watch.until('the last head', (seen) => seen.some(({ number }) => number === last));
  watch.stop();
  // viem asks for each block anew, and the answers may overtake each other.
  const numbers = watch.seen.map(({ number }) => number).sort((a, b) => Number(a - b));
  assert.deepEqual(numbers, numbers.map((_, i) => numbers[0] + BigInt(i)));
  for (const { hash, number } of watch.seen) assert.equal(hash, (await publicClient.getBlock({ blockNumber: number })).hash);
});

test('viem: contract events as they happen, filtered by topic', async (t) => {
  const watch = await watching(t, (onSeen, onError) =>
    client.watchContractEvent({ ...token, eventName: 'Transfer', args: { to: other }, onLogs: (logs) => onSeen(...logs), onError }));
  await write(7, token, 'approve', [other, 9n]);
  await write(7, token, 'transfer', ['0x000000000000000000000000000000000000bEEF', 2n]);
  const { transactionHash } = await write(7, token, 'transfer', [other, 3n]);
  await watch.until('the event', (seen) => seen.length > 0);
  watch.stop();
  assert.equal(watch.seen.length, 1);
  assert.equal(watch.seen[0].args.value, 3n);
  assert.equal(watch.seen[0].transactionHash, transactionHash);
});

test('viem: many logs of one block, in order', async (t) => {
  const watch = await watching(t, (onSeen, onError) =>
    client.watchContractEvent({ ...logger, eventName: 'Counted', onLogs: (logs) => onSeen(...logs), onError }));
  await write(7, logger, 'emitMany', [100n]);
  await watch.until('all events', (seen) => seen.length >= 100);
  watch.stop();
  assert.deepEqual(watch.seen.map(({ args }) => args.index), Array.from({ length: 100 }, (_, i) => BigInt(i)));
});

test('viem: pending transactions', async (t) => {
  const watch = await watching(t, (onSeen, onError) =>
    client.watchPendingTransactions({ onTransactions: (hashes) => onSeen(...hashes), onError }));
  const hash = await wallet(7).sendTransaction({ to: other, value: 1n });
  await watch.until('the hash', (seen) => seen.includes(hash));
  watch.stop();
});

test('ethers: blocks and contract events', async (t) => {
  const provider = new WebSocketProvider(wsUrl);
  t.after(() => provider.destroy());
  const contract = new Contract(token.address, token.abi, provider);
  const blocks = [];
  const values = [];
  await provider.on('block', (number) => blocks.push(number));
  await contract.on('Transfer', (from, to, value) => values.push(value));
  await provider.getBlockNumber();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const { blockNumber } = await write(7, token, 'transfer', [other, 42n]);
  await eventually('the block', () => blocks.includes(Number(blockNumber)));
  await eventually('the event', () => values.includes(42n));
  await provider.removeAllListeners();
  await new Promise((resolve) => setTimeout(resolve, 100));
});

test('by hand: requests, a batch, a subscription and its end on one socket', async (t) => {
  const socket = new WebSocketLike(wsUrl);
  t.after(() => socket.terminate());
  await socket.opened;
  assert.equal(Number(await socket.ask('eth_chainId')), chain.id);
  await assert.rejects(socket.ask('eth_nope'), isLumio ? /-32601/ : /-3260[12]/);
  await assert.rejects(socket.ask('eth_subscribe', 'nothing'), /-32602|-32000|-32601/);
  const id = await socket.ask('eth_subscribe', 'newHeads');
  for (let i = 0; i < 5; i++) await rpc('evm_mine');
  await eventually('five heads', () => socket.notes.length >= 5);
  const heads = socket.notes.map(({ params }) => params.result);
  assert.ok(socket.notes.every(({ params }) => params.subscription === id));
  heads.slice(1).forEach((head, i) => assert.equal(head.parentHash, heads[i].hash));
  assert.equal(await socket.ask('eth_unsubscribe', id), true);
  const count = socket.notes.length;
  await rpc('evm_mine');
  await socket.ask('eth_chainId');
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(socket.notes.length, count, 'no head after the end of the subscription');
  assert.notEqual(await socket.ask('eth_unsubscribe', id).catch(() => false), true);
  socket.send('{');
  assert.equal((await socket.nextWithoutId()).error.code < 0, true);
});

test('a client that goes away without a word harms nobody', async () => {
  const sockets = Array.from({ length: 20 }, () => new WebSocketLike(wsUrl));
  await Promise.all(sockets.map(async (socket) => {
    await socket.opened;
    await socket.ask('eth_subscribe', 'newHeads');
    await socket.ask('eth_subscribe', 'logs', {});
  }));
  for (const socket of sockets) socket.terminate();
  for (let i = 0; i < 3; i++) await write(7, logger, 'emitMany', [5n]);
  assert.equal(Number(await rpc('eth_chainId')), chain.id);
});

/** A JSON-RPC client over one socket, small enough to see everything on the wire. */
class WebSocketLike {
  notes = [];
  #others = [];
  #waiting = new Map();
  #next = 1;

  constructor(address) {
    this.socket = new Socket(address);
    this.opened = new Promise((resolve, reject) => {
      this.socket.on('open', resolve);
      this.socket.on('error', reject);
    });
    this.socket.on('message', (data) => {
      const message = JSON.parse(data);
      if (message.method === 'eth_subscription') this.notes.push(message);
      else if (this.#waiting.has(message.id)) this.#waiting.get(message.id)(message);
      else this.#others.push(message);
    });
  }

  send(text) {
    this.socket.send(text);
  }

  async ask(method, ...params) {
    const id = this.#next++;
    const answer = new Promise((resolve) => this.#waiting.set(id, resolve));
    this.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    const { result, error } = await answer;
    if (error) throw new Error(`${error.code} ${error.message}`);
    return result;
  }

  nextWithoutId = () => eventually('an answer without id', () => this.#others.shift());
  terminate = () => this.socket.terminate();
}
