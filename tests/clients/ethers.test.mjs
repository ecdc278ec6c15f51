// ethers: the same everyday work as viem's tests, by the other library.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Contract, ContractFactory, HDNodeWallet, JsonRpcProvider, NonceManager, parseEther, Signature, verifyTypedData, ZeroAddress } from 'ethers';
import { chainId, fixture, url } from './lib/chain.mjs';
import { amountOut, farAway } from './lib/uniswap.mjs';

const phrase = 'test test test test test test test test test test test junk';
const signerAt = (index) => HDNodeWallet.fromPhrase(phrase, undefined, `m/44'/60'/0'/0/${index}`).connect(provider);
const provider = new JsonRpcProvider(url, undefined, { pollingInterval: 50, cacheTimeout: -1 });
const me = new NonceManager(signerAt(4));
const other = signerAt(3);

async function deploy(name, ...args) {
  const { abi, bytecode } = fixture(name);
  const contract = await new ContractFactory(abi, bytecode, me).deploy(...args);
  return contract.waitForDeployment();
}
const sent = async (response) => (await response).wait();

let token;
let reverter;
let store;
before(async () => {
  token = await deploy('Token', 'Ethers Token', 'ETHERS', parseEther('1000'));
  reverter = await deploy('Reverter');
  store = await deploy('Store');
});
after(() => provider.destroy());

test('the network and its fees', async () => {
  assert.equal((await provider.getNetwork()).chainId, BigInt(chainId));
  const { maxFeePerGas, gasPrice } = await provider.getFeeData();
  assert.ok(maxFeePerGas > 0n && gasPrice > 0n);
});

test('an ERC-20: read, static call, write, events', async () => {
  assert.equal(await token.symbol(), 'ETHERS');
  assert.equal(await token.transfer.staticCall(other.address, 3n), true);
  const receipt = await sent(token.transfer(other.address, 3n));
  assert.equal(receipt.status, 1);
  assert.equal(await token.balanceOf(other.address), 3n);
  const events = await token.queryFilter(token.filters.Transfer(null, other.address), 0);
  assert.deepEqual(events.map(({ args, transactionHash }) => [args.value, transactionHash]), [[3n, receipt.hash]]);
});

test('each type of transaction is mined as what it is', async () => {
  const { gasPrice } = await provider.getFeeData();
  for (const [type, fields] of [[0, { gasPrice: gasPrice * 2n }], [1, { gasPrice: gasPrice * 2n, accessList: [] }], [2, {}]]) {
    const receipt = await sent(me.sendTransaction({ to: other.address, value: 1n, type, ...fields }));
    assert.equal(receipt.type, type);
    assert.equal((await provider.getTransaction(receipt.hash)).type, type);
  }
});

test('an estimate, then a write with it', async () => {
  const gasLimit = await store.setMany.estimateGas(1n, 5n, 9n);
  const receipt = await sent(store.setMany(1n, 5n, 9n, { gasLimit }));
  assert.equal(receipt.status, 1);
  assert.equal(await store.sum(1n, 5n), 45n);
  assert.equal(await store.sum(1n, 5n, { blockTag: receipt.blockNumber - 1 }), 0n);
});

test('custom errors, reasons and panics decode', async () => {
  const owner = await me.getAddress();
  const failure = (name, ...args) => reverter[name].staticCall(...args).then(assert.fail, (error) => error);
  const custom = await failure('custom', 1n, 2n);
  assert.equal(custom.code, 'CALL_EXCEPTION');
  assert.equal(custom.revert.name, 'InsufficientFunds');
  assert.deepEqual([...custom.revert.args], [owner, 1n, 2n]);
  assert.equal((await failure('reason')).reason, 'the reason');
  assert.match((await failure('division', 0n)).reason, /Panic|DIVIDE/i);
  const estimate = await reverter.custom.estimateGas(1n, 2n).then(assert.fail, (error) => error);
  assert.equal(reverter.interface.parseError(estimate.data).name, 'InsufficientFunds');
  const mined = await (await reverter.custom(1n, 2n, { gasLimit: 200_000n })).wait().then(assert.fail, (error) => error);
  assert.equal(mined.receipt.status, 0);
});

test('the words that ethers looks for: nonce, funds, replacement', async () => {
  const nonce = await provider.getTransactionCount(other.address);
  const { maxFeePerGas } = await provider.getFeeData();
  const fields = { to: ZeroAddress, value: 1n, gasLimit: 21_000n, maxFeePerGas: maxFeePerGas * 2n, maxPriorityFeePerGas: 1n };
  await sent(other.sendTransaction({ ...fields, nonce }));
  await assert.rejects(other.sendTransaction({ ...fields, nonce, value: 2n }), { code: 'NONCE_EXPIRED' });
  await assert.rejects(other.sendTransaction({ ...fields, value: parseEther('100000000') }), { code: 'INSUFFICIENT_FUNDS' });
  const waiting = await other.sendTransaction({ ...fields, nonce: nonce + 3 });
  await assert.rejects(other.sendTransaction({ ...fields, nonce: nonce + 3, value: 2n }), { code: 'REPLACEMENT_UNDERPRICED' });
  await provider.send('anvil_dropTransaction', [waiting.hash]);
});

test('a permit by typed data', async () => {
  const owner = await me.getAddress();
  const { timestamp } = await provider.getBlock('latest');
  const domain = { name: 'Ethers Token', version: '1', chainId, verifyingContract: await token.getAddress() };
  const types = { Permit: ['owner:address', 'spender:address', 'value:uint256', 'nonce:uint256', 'deadline:uint256'].map((each) => {
    const [name, type] = each.split(':');
    return { name, type };
  }) };
  const value = { owner, spender: other.address, value: 5n, nonce: await token.nonces(owner), deadline: timestamp + 3600 };
  const signature = await signerAt(4).signTypedData(domain, types, value);
  assert.equal(verifyTypedData(domain, types, value, signature), owner);
  const { v, r, s } = Signature.from(signature);
  await sent(token.connect(other).permit(owner, other.address, 5n, value.deadline, v, r, s));
  assert.equal(await token.allowance(owner, other.address), 5n);
});

test('EIP-7702: a delegated account sends two transfers at once', async () => {
  const account = await deploy('BatchAccount');
  const owner = signerAt(4);
  const nonce = await provider.getTransactionCount(owner.address);
  const authorization = await owner.authorize({ address: await account.getAddress(), nonce: nonce + 1 });
  const data = token.interface.encodeFunctionData('transfer', [other.address, 1n]);
  const call = { to: await token.getAddress(), value: 0n, data };
  const held = await token.balanceOf(other.address);
  const receipt = await sent(owner.sendTransaction({
    type: 4, nonce, to: owner.address, authorizationList: [authorization],
    data: account.interface.encodeFunctionData('execute', [[call, call]]),
  }));
  assert.equal(receipt.status, 1);
  assert.equal(await token.balanceOf(other.address), held + 2n);
  const revoke = await owner.authorize({ address: ZeroAddress, nonce: nonce + 3 });
  await sent(owner.sendTransaction({ type: 4, nonce: nonce + 2, to: other.address, authorizationList: [revoke] }));
  assert.equal(await provider.getCode(owner.address), '0x');
  me.reset();
});

test('Uniswap V2: a swap through the router', async () => {
  const owner = await me.getAddress();
  const [a, b] = [await deploy('Token', 'A', 'A', parseEther('100')), await deploy('Token', 'B', 'B', parseEther('100'))];
  const weth = await deploy('UniswapWETH9');
  const factory = await deploy('UniswapV2Factory', owner);
  const router = await deploy('UniswapV2Router02', factory, weth);
  for (const each of [a, b]) await sent(each.approve(router, parseEther('100')));
  const [inA, inB] = [parseEther('7'), parseEther('21')];
  await sent(router.addLiquidity(a, b, inA, inB, 0n, 0n, owner, farAway));
  const paid = parseEther('0.5');
  const held = await b.balanceOf(other.address);
  await sent(router.swapExactTokensForTokens(paid, 0n, [a, b], other.address, farAway));
  assert.equal(await b.balanceOf(other.address), held + amountOut(paid, inA, inB));
});

test('events are seen by polling too', async () => {
  const seen = new Promise((resolve) => token.once('Transfer', (from, to, value) => resolve(value)));
  await provider.getBlockNumber();
  await new Promise((resolve) => setTimeout(resolve, 100));
  await sent(token.transfer(other.address, 1234n));
  assert.equal(await seen, 1234n);
});

test('blocks come with their transactions', async () => {
  const receipt = await sent(me.sendTransaction({ to: other.address, value: 1n }));
  const block = await provider.getBlock(receipt.blockNumber, true);
  assert.ok(block.prefetchedTransactions.some(({ hash }) => hash === receipt.hash));
  assert.equal((await provider.getBlock(block.parentHash)).number, block.number - 1);
  const raw = new Contract(await token.getAddress(), token.interface, provider);
  assert.equal(await raw.decimals(), 18n);
});
