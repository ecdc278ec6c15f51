// The small methods that tools call in passing, and the shapes of what the large ones answer.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { keccak256, toHex } from 'viem';
import { account, chainId, deploy, isLumio, publicClient, rpc, wallet, write } from './lib/chain.mjs';

const quantity = /^0x(0|[1-9a-f][0-9a-f]*)$/;
const hash = /^0x[0-9a-f]{64}$/;
const me = account(5).address;
let store;
before(async () => {
  store = await deploy(5, 'Store');
});

test('net_, web3_, and other one-word answers', async () => {
  assert.equal(await rpc('net_version'), String(chainId));
  assert.equal(typeof (await rpc('net_listening')), 'boolean');
  assert.equal(await rpc('eth_syncing'), false);
  assert.equal(await rpc('web3_sha3', '0x68656c6c6f'), keccak256('0x68656c6c6f'));
  assert.match(await rpc('eth_maxPriorityFeePerGas'), quantity);
  assert.match(await rpc('eth_blobBaseFee'), quantity);
  assert.match(await rpc('eth_gasPrice'), quantity);
});

test('a block has every field, in the right form', async () => {
  await write(5, store, 'increment');
  const block = await rpc('eth_getBlockByNumber', 'latest', false);
  for (const name of ['hash', 'parentHash', 'sha3Uncles', 'stateRoot', 'transactionsRoot', 'receiptsRoot', 'mixHash']) {
    assert.match(block[name], hash, name);
  }
  for (const name of ['number', 'gasLimit', 'gasUsed', 'timestamp', 'baseFeePerGas', 'difficulty', 'size', 'blobGasUsed', 'excessBlobGas']) {
    assert.match(block[name], quantity, name);
  }
  assert.match(block.logsBloom, /^0x[0-9a-f]{512}$/);
  assert.match(block.nonce, /^0x0{16}$/);
  assert.deepEqual(block.uncles, []);
  assert.match(block.parentBeaconBlockRoot, hash);
  assert.match(block.withdrawalsRoot, hash);
  assert.equal(await rpc('eth_getUncleCountByBlockNumber', 'latest'), '0x0');
  assert.equal(await rpc('eth_getBlockTransactionCountByNumber', 'latest'), '0x1');
});

test('a receipt has every field, in the right form', async () => {
  const { transactionHash } = await write(5, store, 'set', [1n, 2n]);
  const receipt = await rpc('eth_getTransactionReceipt', transactionHash);
  for (const name of ['blockNumber', 'transactionIndex', 'cumulativeGasUsed', 'gasUsed', 'effectiveGasPrice', 'type', 'status']) {
    assert.match(receipt[name], quantity, name);
  }
  assert.equal(receipt.contractAddress, null);
  assert.match(receipt.logsBloom, /^0x[0-9a-f]{512}$/);
  const [log] = receipt.logs;
  assert.equal(log.removed, false);
  assert.equal(log.blockHash, receipt.blockHash);
  assert.equal(log.logIndex, '0x0');
  assert.equal(log.transactionIndex, receipt.transactionIndex);
});

test('a transaction by block and position', async () => {
  const { blockHash, blockNumber, transactionHash } = await write(5, store, 'increment');
  const number = toHex(blockNumber);
  assert.equal((await rpc('eth_getTransactionByBlockNumberAndIndex', number, '0x0')).hash, transactionHash);
  assert.equal((await rpc('eth_getTransactionByBlockHashAndIndex', blockHash, '0x0')).hash, transactionHash);
  assert.equal(await rpc('eth_getTransactionByBlockHashAndIndex', blockHash, '0x5'), null);
  const raw = await rpc('eth_getRawTransactionByHash', transactionHash);
  assert.equal(keccak256(raw), transactionHash);
});

test('a block can be named by hash, with and without EIP-1898', async () => {
  const { blockHash, blockNumber } = await write(5, store, 'increment');
  const byObject = await rpc('eth_getStorageAt', store.address, '0x0', { blockHash });
  const byNumber = await rpc('eth_getStorageAt', store.address, '0x0', { blockNumber: toHex(blockNumber) });
  assert.equal(byObject, byNumber);
  assert.match(byObject, hash);
  await assert.rejects(rpc('eth_getBalance', me, { blockHash: `0x${'77'.repeat(32)}` }));
});

test('logs: by topic alternatives, wildcards, several addresses, and nothing', async () => {
  const [one, two] = [await deploy(5, 'Logger'), await deploy(5, 'Logger')];
  const { blockNumber: from } = await write(5, one, 'emitMany', [3n]);
  const { blockNumber: to } = await write(5, two, 'emitMany', [2n]);
  const range = { fromBlock: toHex(from), toBlock: toHex(to) };
  const topic = keccak256(toHex('Counted(uint256)'));
  const word = (n) => toHex(n, { size: 32 });
  const count = async (filter) => (await rpc('eth_getLogs', { ...range, ...filter })).length;
  assert.equal(await count({}), 5);
  assert.equal(await count({ address: one.address }), 3);
  assert.equal(await count({ address: [one.address, two.address] }), 5);
  assert.equal(await count({ topics: [topic] }), 5);
  assert.equal(await count({ topics: [null, word(1)] }), 2);
  assert.equal(await count({ topics: [[topic, word(9)], [word(0), word(2)]] }), 3);
  assert.equal(await count({ topics: [word(9)] }), 0);
  if (isLumio) assert.equal(await count({ topics: [topic, null, null] }), 0);
  const logs = await rpc('eth_getLogs', { ...range, address: one.address });
  assert.deepEqual(logs.map(({ logIndex }) => Number(logIndex)), [0, 1, 2]);
});

test('the pending block and the pending nonce', async () => {
  const nonce = await rpc('eth_getTransactionCount', me, 'pending');
  assert.equal(nonce, await rpc('eth_getTransactionCount', me, 'latest'));
  const pending = await rpc('eth_getBlockByNumber', 'pending', false);
  const latest = await rpc('eth_getBlockByNumber', 'latest', false);
  assert.equal(Number(pending.number), Number(latest.number) + 1);
  assert.equal(pending.parentHash, latest.hash);
});

test('unknown fields, and both names of the input, are taken', async () => {
  const data = '0x61bc221a';
  for (const field of ['data', 'input']) {
    assert.match(await rpc('eth_call', { to: store.address, [field]: data, unknown: 1 }, 'latest'), hash);
  }
  assert.match(await rpc('eth_call', { to: store.address, data }), hash);
  if (isLumio) assert.equal(await rpc('eth_estimateGas', { from: me, to: account(6).address, value: '0x1' }), '0x5208');
});

test('a burst: ten accounts at once, every transaction mined once and in order', async () => {
  // Other files leave transactions with later nonces behind where a node does not drop them.
  await rpc('anvil_dropAllTransactions');
  const each = 20;
  const target = '0x00000000000000000000000000000000000b0057';
  const fees = await publicClient.estimateFeesPerGas();
  const sends = await Promise.all(Array.from({ length: 10 }, async (_, index) => {
    const nonce = await publicClient.getTransactionCount({ address: account(index).address });
    const client = wallet(index);
    return Promise.all(Array.from({ length: each }, (_, i) => client.sendTransaction({
      to: target, value: 1n, gas: 21000n, nonce: nonce + i, maxFeePerGas: fees.maxFeePerGas * 100n, maxPriorityFeePerGas: 1n,
    })));
  }));
  const receipts = await Promise.all(sends.flat().map((each) => publicClient.waitForTransactionReceipt({ hash: each })));
  assert.ok(receipts.every(({ status }) => status === 'success'));
  assert.equal(new Set(receipts.map(({ blockNumber, transactionIndex }) => `${blockNumber}/${transactionIndex}`)).size, 10 * each);
  assert.ok((await publicClient.getBalance({ address: target })) >= BigInt(10 * each));
});
