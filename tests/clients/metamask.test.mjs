// What MetaMask asks when it adds a network and sends a transaction, in its order, from a browser's origin.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashMessage, parseEther, parseGwei, toHex } from 'viem';
import { account, chainId, deploy, eventually, post, rpc, url } from './lib/chain.mjs';

const me = account(8);
const other = '0x000000000000000000000000000000000000bEEF';
const hash = /^0x[0-9a-f]{64}$/;
const quantity = /^0x(0|[1-9a-f][0-9a-f]*)$/;

test('the browser may ask: CORS preflight and answer', async () => {
  for (const origin of ['https://app.example.org', 'chrome-extension://nkbihfbeogaeaoehlefnkodbefgpgknn', 'null']) {
    const preflight = await fetch(url, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-requested-with',
      },
    });
    assert.ok(preflight.ok, `preflight: ${preflight.status}`);
    assert.ok(['*', origin].includes(preflight.headers.get('access-control-allow-origin')));
    const methods = preflight.headers.get('access-control-allow-methods') ?? '';
    assert.ok(methods === '*' || methods.toUpperCase().includes('POST'), methods);
    const allowed = (preflight.headers.get('access-control-allow-headers') ?? '').toLowerCase();
    assert.ok(allowed === '*' || allowed.includes('content-type'), allowed);

    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] });
    const answer = await post(body, { 'content-type': 'application/json', origin });
    assert.equal(answer.status, 200);
    assert.ok(['*', origin].includes(answer.headers.get('access-control-allow-origin')));
    assert.match(answer.headers.get('content-type'), /application\/json/);
  }
});

test('a network is added: its chain id is asked in two ways', async () => {
  assert.equal(Number(await rpc('eth_chainId')), chainId);
  assert.equal(await rpc('net_version'), String(chainId));
  assert.match(await rpc('eth_blockNumber'), quantity);
  const block = await rpc('eth_getBlockByNumber', 'latest', false);
  assert.match(block.hash, hash);
  assert.match(block.baseFeePerGas, quantity);
});

test('ids of any kind come back as they went', async () => {
  for (const id of [0, 1, 9_007_199_254_740_991, 'a string', '7e2c9f0e-1d1b-4f6a', null]) {
    const { text } = await post(JSON.stringify({ jsonrpc: '2.0', id, method: 'eth_chainId', params: [] }));
    assert.deepEqual(JSON.parse(text).id, id);
  }
});

test('the account is shown, and its tokens', async () => {
  assert.equal(BigInt(await rpc('eth_getBalance', me.address, 'latest')) > 0n, true);
  assert.equal(await rpc('eth_getCode', other, 'latest'), '0x');
  const { address } = await deploy(8, 'Token', ['Shown', 'SHOW', 100n]);
  for (const data of ['0x06fdde03', '0x95d89b41', '0x313ce567']) {
    assert.match(await rpc('eth_call', { to: address, data }, 'latest'), /^0x[0-9a-f]{64,}$/);
  }
  const owner = me.address.slice(2).toLowerCase().padStart(64, '0');
  assert.equal(BigInt(await rpc('eth_call', { to: address, data: `0x70a08231${owner}` }, 'latest')), 100n);
});

test('a transaction is priced, signed, sent and followed', async () => {
  const latest = await rpc('eth_getBlockByNumber', 'latest', false);
  assert.match(await rpc('eth_gasPrice'), quantity);
  const history = await rpc('eth_feeHistory', '0x5', 'latest', [10, 20, 30]);
  assert.equal(history.baseFeePerGas.length, history.gasUsedRatio.length + 1);
  assert.ok(history.reward.every((row) => row.length === 3 && row.every((tip) => quantity.test(tip))));

  const value = parseEther('0.01');
  const gas = await rpc('eth_estimateGas', { from: me.address, to: other, value: toHex(value) });
  assert.equal(BigInt(gas), 21000n);
  const nonce = Number(await rpc('eth_getTransactionCount', me.address, 'pending'));
  const raw = await me.signTransaction({
    type: 'eip1559',
    chainId,
    nonce,
    gas: BigInt(gas),
    to: other,
    value,
    maxFeePerGas: BigInt(latest.baseFeePerGas) * 2n + parseGwei('2'),
    maxPriorityFeePerGas: parseGwei('1'),
  });
  const held = BigInt(await rpc('eth_getBalance', other, 'latest'));
  const sent = await rpc('eth_sendRawTransaction', raw);
  assert.match(sent, hash);
  const receipt = await eventually('the receipt', async () => (await rpc('eth_getTransactionReceipt', sent)) ?? undefined);
  assert.equal(receipt.status, '0x1');
  assert.equal(receipt.from, me.address.toLowerCase());
  assert.equal(BigInt(await rpc('eth_getBalance', other, 'latest')), held + value);
  const tx = await rpc('eth_getTransactionByHash', sent);
  assert.equal(Number(tx.nonce), nonce);
  assert.equal(tx.blockHash, receipt.blockHash);
  const block = await rpc('eth_getBlockByHash', receipt.blockHash, true);
  assert.equal(block.transactions.find((each) => each.hash === sent).input, '0x');
});

test('a message is signed by the wallet and recovered by the precompile', async () => {
  const signature = await me.signMessage({ message: 'hello' });
  assert.equal(signature.length, 132);
  const [r, s, v] = [signature.slice(2, 66), signature.slice(66, 130), signature.slice(130)];
  const data = hashMessage('hello') + v.padStart(64, '0') + r + s;
  const recovered = await rpc('eth_call', { to: '0x0000000000000000000000000000000000000001', data }, 'latest');
  assert.equal(recovered, `0x${me.address.slice(2).toLowerCase().padStart(64, '0')}`);
});
