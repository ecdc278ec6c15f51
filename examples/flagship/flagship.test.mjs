// The trade, and what remains of it when any of its steps fails: nothing but the fee.
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseEther } from 'viem';
import { call, compile, deploy, ethereum, read, send, view, wallet } from '../lib/chain.mjs';
import { balances, market, trade, usdcOf } from './scenario.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const AMOUNT = usdcOf('15000');
let world;
let gas;

before(async () => {
  const { FailingToken } = compile(join(here, 'FailingToken.sol'));
  world = await market((admin) => deploy(admin, FailingToken));
});

const request = (method, ...params) => ethereum.request({ method, params });

/** Does something, and undoes it: a trade that succeeds closes the gap that it lives from. */
async function meanwhile(what) {
  const snapshot = await request('evm_snapshot');
  const result = await what();
  await request('evm_revert', snapshot);
  return result;
}

const feeOf = ({ gasUsed, effectiveGasPrice }) => gasUsed * effectiveGasPrice;

/** Why a transaction that failed has failed. */
async function reason({ transactionHash }) {
  const { error, revertReason, output } = await request('debug_traceTransaction', transactionHash, { tracer: 'callTracer' });
  return `${error} ${revertReason} ${output}`;
}

/** Trades so that it fails, and compares all balances. */
async function failing(what, options = {}) {
  const before = await balances(world);
  const receipt = await trade(world, { gas: gas * 2n, ...options });
  assert.equal(receipt.status, 'reverted', `${what}: the trade succeeded`);
  assert.equal(receipt.logs.length, 0, what);
  const after = await balances(world);
  for (const machine of ['the EVM', 'Move']) after[`trader: ETH in ${machine}`] += feeOf(receipt);
  assert.deepEqual(after, before, what);
  return reason(receipt);
}

/** What a text is in an answer's hex digits. */
const hex = (text) => Buffer.from(text).toString('hex');

test('the trade pays, and everybody has what is due', () => meanwhile(async () => {
  const before = await balances(world);
  const [quoted] = await view(`${world.dex}::pool::quote`, [world.pool, world.usdcAsset, AMOUNT]);
  const receipt = await trade(world, { minimum: BigInt(quoted), profit: parseEther('0.1') });
  assert.equal(receipt.status, 'success', await reason(receipt));
  gas = receipt.gasUsed;
  const after = await balances(world);

  const bought = BigInt(quoted) * 10n ** 10n;
  assert.equal(after['pool: ETH in Move'], before['pool: ETH in Move'] - bought);
  assert.equal(after['pool: ETH in the EVM'], after['pool: ETH in Move']);
  assert.equal(after['pool: USDC in Move'], before['pool: USDC in Move'] + AMOUNT);
  assert.equal(after['pool: USDC in the EVM'], after['pool: USDC in Move']);
  assert.equal(after['pair: USDC in the EVM'], before['pair: USDC in the EVM'] - AMOUNT);
  const paid = after['pair: WETH in the EVM'] - before['pair: WETH in the EVM'];
  const made = after['trader: ETH in the EVM'] - before['trader: ETH in the EVM'] + feeOf(receipt);
  assert.equal(made, bought - paid);
  assert.ok(made > parseEther('0.1'));
  // The loan is closed, and the contract keeps nothing.
  for (const token of ['ETH', 'USDC', 'WETH', 'aWETH', 'aUSDC', 'debt']) assert.equal(after[`contract: ${token} in the EVM`], 0n, token);
  assert.equal(after['supply of debt'], 0n);
  assert.equal(after['supply of USDC'], before['supply of USDC']);
  assert.equal(after['aUSDC: USDC in the EVM'], before['aUSDC: USDC in the EVM']);
}));

test('Aave takes no collateral', async () => {
  const { admin, aave, weth } = world;
  await send(admin, aave.configurator, 'setReserveFreeze', [weth.address, true]);
  assert.match(await failing('the reserve is frozen'), /28/);
  await send(admin, aave.configurator, 'setReserveFreeze', [weth.address, false]);
});

test('Aave is paused', async () => {
  await send(world.admin, world.aave.configurator, 'setPoolPause', [true]);
  assert.match(await failing('the pool is paused'), /29/);
  await send(world.admin, world.aave.configurator, 'setPoolPause', [false]);
});

test('the loan would be unhealthy', async () => {
  assert.match(await failing('too little collateral', { amount: usdcOf('16001') }), /36/);
});

test('Aave does not lend what it does not have', async () => {
  await failing('too little liquidity', { amount: usdcOf('1000001'), value: parseEther('900') });
});

test('the exchange in Move gives one octa less than what was asked for', async () => {
  const [quoted] = await view(`${world.dex}::pool::quote`, [world.pool, world.usdcAsset, AMOUNT]);
  const why = await failing('slippage', { minimum: BigInt(quoted) + 1n });
  assert.match(why, new RegExp(`ESLIPPAGE|${hex('ESLIPPAGE')}`));
});

test('the exchange in Move is paused', async () => {
  const { maker, dex, pool } = world;
  await call(maker, `${dex}::pool::set_paused`, [pool, true]);
  assert.match(await failing('the exchange is paused'), new RegExp(`EPAUSED|${hex('EPAUSED')}`));
  await call(maker, `${dex}::pool::set_paused`, [pool, false]);
});

test('Uniswap wants more ETH than there is', () => meanwhile(async () => {
  // Somebody has bought most of its USDC.
  const { uniswap, usdc, weth } = world;
  const somebody = wallet(2);
  const path = [weth.address, usdc.address];
  await send(somebody, uniswap, 'swapExactETHForTokens', [0n, path, somebody.account.address, 2n ** 255n], { value: parseEther('1000') });
  assert.match(await failing('Uniswap is dear'), /EXCESSIVE_INPUT/);
}));

test('the profit is one wei less than what was asked for', async () => {
  const dear = await failing('no profit', { profit: parseEther('5') });
  const selector = '0x' + dear.match(/0x([0-9a-f]{8})/)[1];
  const profit = BigInt('0x' + dear.match(/0x[0-9a-f]{8}([0-9a-f]{64})/)[1]);
  assert.ok(profit > 0n, selector);
  const again = await failing('no profit', { profit: profit + 1n });
  assert.ok(again.includes(profit.toString(16)), again);
});

test('USDC fails, at each of its transfers', async () => {
  const { admin, usdc } = world;
  await send(admin, usdc, 'failAt', [0n]);
  const transfers = await meanwhile(async () => {
    assert.equal((await trade(world)).status, 'success');
    return read(usdc, 'count');
  });
  // Lent, sold in Move (there and on), bought, paid back.
  assert.ok(transfers >= 5n, `${transfers}`);
  for (let n = 1n; n <= transfers; n++) {
    await send(admin, usdc, 'failAt', [n]);
    await failing(`transfer ${n} of ${transfers}`);
  }
  await send(admin, usdc, 'failAt', [0n]);
});

test('the gas runs out, anywhere', async () => {
  const steps = 16n;
  for (let step = 1n; step < steps; step++) {
    const floor = 60_000n;
    await failing(`${step}/${steps} of the gas`, { gas: floor + ((gas * 3n / 4n - floor) * step) / steps });
  }
});

test('and after all of that it works', async () => {
  assert.equal((await trade(world, { minimum: 1n, profit: 1n })).status, 'success');
});
