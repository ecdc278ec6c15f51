// The development accounts are unlocked in the node: it signs for them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JsonRpcProvider } from 'ethers';
import { getAddress, hashTypedData, keccak256, recoverAddress, recoverMessageAddress, recoverTypedDataAddress, toHex } from 'viem';
import { account, chainId, privateKey, publicClient, rpc, url } from './lib/chain.mjs';
import { program, succeed } from './lib/tools.mjs';

const me = account(6).address;
const other = '0x000000000000000000000000000000000000bEEF';

test('eth_accounts lists the mnemonic\'s accounts in order, each with funds', async () => {
  const listed = (await rpc('eth_accounts')).map((address) => getAddress(address));
  assert.deepEqual(listed.slice(0, 10), Array.from({ length: 10 }, (_, i) => account(i).address));
  for (const address of listed) assert.ok((await publicClient.getBalance({ address })) > 0n, address);
});

test('eth_sendTransaction fills in what is left out', async () => {
  const hash = await rpc('eth_sendTransaction', { from: me, to: other, value: '0x1' });
  const receipt = await publicClient.waitForTransactionReceipt({ hash });
  assert.equal(receipt.status, 'success');
  const tx = await publicClient.getTransaction({ hash });
  assert.equal(tx.chainId, chainId);
  assert.equal(getAddress(tx.from), me);
  await assert.rejects(rpc('eth_sendTransaction', { from: other, to: me, value: '0x1' }), 'no key for this account');
});

test('cast send --unlocked', async () => {
  const printed = await succeed(program('cast'), ['send', '--rpc-url', url, '--unlocked', '--from', me, '--value', '1', other, '--json']);
  assert.equal(BigInt(JSON.parse(printed).status), 1n);
});

test('ethers\' JsonRpcSigner sends and signs', async (t) => {
  const provider = new JsonRpcProvider(url, undefined, { pollingInterval: 50 });
  t.after(() => provider.destroy());
  const signer = await provider.getSigner(6);
  assert.equal(await signer.getAddress(), me);
  const receipt = await (await signer.sendTransaction({ to: other, value: 1n })).wait();
  assert.equal(receipt.status, 1);
  const signature = await signer.signMessage('hello');
  assert.equal(await recoverMessageAddress({ message: 'hello', signature }), me);
});

test('eth_sign and personal_sign sign the prefixed message', async () => {
  const data = toHex('some words');
  for (const signature of [await rpc('eth_sign', me, data), await rpc('personal_sign', data, me)]) {
    assert.equal(await recoverMessageAddress({ message: { raw: data }, signature }), me);
  }
});

test('eth_signTypedData_v4', async () => {
  const typed = {
    domain: { name: 'Mail', version: '1', chainId, verifyingContract: other },
    primaryType: 'Mail',
    types: {
      EIP712Domain: [['name', 'string'], ['version', 'string'], ['chainId', 'uint256'], ['verifyingContract', 'address']].map(([name, type]) => ({ name, type })),
      Person: [{ name: 'name', type: 'string' }, { name: 'wallet', type: 'address' }],
      Mail: [{ name: 'to', type: 'Person[]' }, { name: 'contents', type: 'string' }, { name: 'stamp', type: 'bytes32' }],
    },
    message: { to: [{ name: 'Bob', wallet: other }], contents: 'Hello', stamp: `0x${'5a'.repeat(32)}` },
  };
  const signature = await rpc('eth_signTypedData_v4', me, typed);
  assert.equal(await recoverTypedDataAddress({ ...typed, signature }), me);
  assert.equal(await recoverAddress({ hash: hashTypedData(typed), signature }), me);
});

test('eth_signTransaction gives bytes that can be sent later', async () => {
  const nonce = await publicClient.getTransactionCount({ address: me });
  const gasPrice = toHex((await publicClient.getGasPrice()) * 2n);
  const signed = await rpc('eth_signTransaction', { from: me, to: other, value: '0x2', gas: '0x5208', gasPrice, nonce: toHex(nonce) });
  const raw = typeof signed === 'string' ? signed : signed.raw;
  const hash = await rpc('eth_sendRawTransaction', raw);
  assert.equal(hash, keccak256(raw));
  assert.equal((await publicClient.waitForTransactionReceipt({ hash })).status, 'success');
});

test('the keys are the well-known ones', () => {
  assert.equal(privateKey(0), '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80');
});
