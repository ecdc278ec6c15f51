// Uniswap V2 from its npm packages, deployed and used by cast alone; every amount is checked exactly.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { getAddress, parseEther, toEventSelector } from 'viem';
import { account, fixture, privateKey, url } from './lib/chain.mjs';
import { program, run, succeed } from './lib/tools.mjs';
import { amountOut, farAway, firstLiquidity } from './lib/uniswap.mjs';

const file = program('cast');
const cast = (command, ...args) => succeed(file, [command, '--rpc-url', url, ...args.map(String)]);
const key = ['--private-key', privateKey(1)];
const me = account(1).address;
const send = async (...args) => {
  const receipt = JSON.parse(await cast('send', ...key, ...args, '--json'));
  assert.equal(BigInt(receipt.status), 1n, `${args}`);
  return receipt;
};
const read = async (...args) => (await cast('call', ...args)).split('\n').map((line) => line.split(' ')[0]);
const create = async (name, signature = '', ...args) =>
  (await send('--create', fixture(name).bytecode, ...(signature ? [signature, ...args] : []))).contractAddress;

const supply = parseEther('1000000');
const lent = { a: parseEther('1000'), b: parseEther('4000') };
let a;
let b;
let weth;
let factory;
let router;
let pair;
before(async () => {
  const token = (name) => create('Token', 'constructor(string,string,uint256)', name, name, supply);
  [a, b] = [await token('A'), await token('B')];
  weth = await create('UniswapWETH9');
  factory = await create('UniswapV2Factory', 'constructor(address)', me);
  router = await create('UniswapV2Router02', 'constructor(address,address)', factory, weth);
  for (const address of [a, b]) await send(address, 'approve(address,uint256)', router, supply);
});

/** The pair's reserves of A and B, in this order. */
async function reserves() {
  const [zero, one] = (await read(pair, 'getReserves()(uint112,uint112,uint32)')).map(BigInt);
  return BigInt(a) < BigInt(b) ? [zero, one] : [one, zero];
}
const balance = async (of, owner = me) => BigInt((await read(of, 'balanceOf(address)(uint256)', owner))[0]);

test('the factory makes the pair where CREATE2 says', async () => {
  const receipt = await send(factory, 'createPair(address,address)', a, b);
  [pair] = await read(factory, 'getPair(address,address)(address)', a, b);
  assert.equal(receipt.logs[0].topics[0], toEventSelector('PairCreated(address,address,address,uint256)'));
  assert.equal(getAddress(`0x${receipt.logs[0].data.slice(26, 66)}`), pair);
  assert.notEqual(await cast('code', pair), '0x');
  const again = await run(file, ['send', '--rpc-url', url, ...key, factory, 'createPair(address,address)', a, b]);
  assert.match(again.stderr, /UniswapV2: PAIR_EXISTS/);
});

test('liquidity mints the geometric mean', async () => {
  await send(
    router, 'addLiquidity(address,address,uint256,uint256,uint256,uint256,address,uint256)',
    a, b, lent.a, lent.b, 0, 0, me, farAway,
  );
  assert.deepEqual(await reserves(), [lent.a, lent.b]);
  assert.equal(await balance(pair), firstLiquidity(lent.a, lent.b));
});

test('a swap pays what the constant product says, to the wei', async () => {
  const paid = parseEther('10');
  const [reserveA, reserveB] = await reserves();
  const expected = amountOut(paid, reserveA, reserveB);
  const [quoted] = await read(router, 'getAmountOut(uint256,uint256,uint256)(uint256)', paid, reserveA, reserveB);
  assert.equal(BigInt(quoted), expected);
  const held = await balance(b);
  await send(
    router, 'swapExactTokensForTokens(uint256,uint256,address[],address,uint256)',
    paid, expected, `[${a},${b}]`, me, farAway,
  );
  assert.equal(await balance(b), held + expected);
  assert.deepEqual(await reserves(), [reserveA + paid, reserveB - expected]);
});

test('a swap that would give one wei too little reverts with the reason', async () => {
  const paid = parseEther('10');
  const least = amountOut(paid, ...(await reserves())) + 1n;
  const before = await reserves();
  const { code, stderr } = await run(file, [
    'send', '--rpc-url', url, ...key, router, 'swapExactTokensForTokens(uint256,uint256,address[],address,uint256)',
    String(paid), String(least), `[${a},${b}]`, me, String(farAway),
  ]);
  assert.notEqual(code, 0);
  assert.match(stderr, /UniswapV2Router: INSUFFICIENT_OUTPUT_AMOUNT/);
  assert.deepEqual(await reserves(), before);
});

test('ETH goes in and out through WETH', async () => {
  const [tokens, ether] = [parseEther('500'), parseEther('5')];
  await send(
    router, 'addLiquidityETH(address,uint256,uint256,uint256,address,uint256)',
    a, tokens, 0, 0, me, farAway, '--value', ether,
  );
  const paid = parseEther('1');
  const expected = amountOut(paid, ether, tokens);
  const held = await balance(a);
  await send(router, 'swapExactETHForTokens(uint256,address[],address,uint256)', expected, `[${weth},${a}]`, me, farAway, '--value', paid);
  assert.equal(await balance(a), held + expected);
});

test('all liquidity can be taken out again', async () => {
  const mine = await balance(pair);
  const [reserveA, reserveB] = await reserves();
  const total = mine + 1000n;
  await send(pair, 'approve(address,uint256)', router, mine);
  const held = [await balance(a), await balance(b)];
  await send(router, 'removeLiquidity(address,address,uint256,uint256,uint256,address,uint256)', a, b, mine, 0, 0, me, farAway);
  const got = [(mine * reserveA) / total, (mine * reserveB) / total];
  assert.deepEqual([await balance(a), await balance(b)], [held[0] + got[0], held[1] + got[1]]);
});
