// A market over two virtual machines: Aave and Uniswap as their authors compiled them, an exchange in Move, one USDC,
// one ETH; and the contract that trades over all of them in one transaction.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAbi, parseEther, parseUnits } from 'viem';
import {
  ERC20, ETH, FACES, WETH, accountOf, call, compile, deploy, deployUniswap, ethereum, lumio, moveAccount, publish, read, scratch, send, view, wallet,
} from '../lib/chain.mjs';
import { deployAave, mintable } from './aave.mjs';

const here = dirname(fileURLToPath(import.meta.url));

const FOREVER = 2n ** 255n;
const usdcOf = (text) => parseUnits(text, 6);
const FACES_ABI = parseAbi(['function createAsset(address erc20) returns (bytes32)', 'function assetOf(address erc20) view returns (bytes32)']);

/** Builds the market. `makeUsdc(admin)` deploys USDC; whoever calls `mint(amount)` or `mint(to, amount)` gets it. */
export async function market(makeUsdc = (admin) => mintable(admin, 'USD Coin', 'USDC', 6)) {
  const [admin, trader] = [wallet(0), wallet(1)];
  const usdc = await makeUsdc(admin);
  const weth = { address: WETH, abi: [...ERC20, ...parseAbi(['function deposit() payable'])] };
  await send(admin, usdc, 'mint', [usdcOf('10000000')]);

  // Aave: 1,000,000 USDC to borrow; one ETH is 2,000 USDC.
  const aave = await deployAave(
    admin,
    { address: WETH, symbol: 'WETH', decimals: 18, price: 2_000n * 10n ** 8n },
    { address: usdc.address, symbol: 'USDC', decimals: 6, price: 10n ** 8n },
  );
  await send(admin, usdc, 'approve', [aave.pool.address, FOREVER]);
  await send(admin, aave.pool, 'supply', [usdc.address, usdcOf('1000000'), admin.account.address, 0]);

  // Uniswap: one ETH costs 2,000 USDC.
  const { factory, router: uniswap } = await deployUniswap(admin);
  await send(admin, usdc, 'approve', [uniswap.address, FOREVER]);
  const provided = [usdc.address, usdcOf('2000000'), 0n, 0n, admin.account.address, FOREVER];
  await send(admin, uniswap, 'addLiquidityETH', provided, { value: parseEther('1000') });
  const pair = { address: await read(factory, 'getPair', [usdc.address, WETH]) };

  // Move: USDC as a fungible asset, and an exchange at which one ETH costs only 1,900 USDC.
  const faces = { address: FACES, abi: FACES_ABI };
  await send(admin, faces, 'createAsset', [usdc.address]);
  const usdcAsset = await read(faces, 'assetOf', [usdc.address]);
  const maker = await moveAccount(1_010);
  const makerId = maker.accountAddress.toString();
  await send(admin, usdc, 'transfer', [await evmAddress(makerId), usdcOf('1900000')]);
  const { address: dex, named } = await publish(maker, join(here, 'dex'), ['dex']);
  await call(maker, `${dex}::pool::create`, [usdcAsset, ETH, 30]);
  const [{ inner: pool }] = await view(`${dex}::pool::pool_of`, [dex, usdcAsset, ETH]);
  await call(maker, `${dex}::pool::provide`, [pool, usdcOf('1900000'), 1_000n * 10n ** 8n, 0]);

  // The contract that trades, with a library for the Move module.
  const bindings = scratch();
  lumio('bindings', 'solidity', join(here, 'dex'), '--named-addresses', named, '--output', bindings);
  const { Trader } = compile(join(here, 'Trader.sol'), bindings);
  const contract = await deploy(trader, Trader, [
    aave.pool.address, uniswap.address, WETH, usdc.address, aave.debtToken, pool, usdcAsset,
  ]);
  return { admin, trader, maker, usdc, usdcAsset, weth, aave, uniswap, pair, dex, pool, contract };
}

/** The address by which the EVM knows an account of Move. */
export async function evmAddress(account) {
  const [bytes] = await view('0x1::vms::evm_address', [account]);
  return bytes;
}

/** Trades with 10 ETH: by default 15,000 USDC. */
export async function trade({ trader, contract }, { amount = usdcOf('15000'), minimum = 0n, profit = 0n, value = parseEther('10'), gas } = {}) {
  const { address, abi } = contract;
  const hash = await trader.writeContract({ address, abi, functionName: 'trade', args: [amount, minimum, profit], value, gas });
  return ethereum.waitForTransactionReceipt({ hash });
}

/** All balances of everybody, in both virtual machines, by name. */
export async function balances(world) {
  const { admin, trader, maker, usdc, usdcAsset, aave, uniswap, pair, dex, pool, contract } = world;
  const parties = {
    admin: admin.account.address,
    trader: trader.account.address,
    contract: contract.address,
    aave: aave.pool.address,
    aWETH: aave.aTokens[0],
    aUSDC: aave.aTokens[1],
    router: uniswap.address,
    pair: pair.address,
    WETH,
  };
  const accounts = Object.fromEntries(Object.entries(parties).map(([name, address]) => [name, accountOf(address)]));
  Object.assign(accounts, { maker: maker.accountAddress.toString(), pool });
  for (const name of ['maker', 'pool']) parties[name] = await evmAddress(accounts[name]);
  const tokens = { USDC: usdc.address, WETH, aWETH: aave.aTokens[0], aUSDC: aave.aTokens[1], debt: aave.debtToken, liquidity: pair.address };

  const asked = {};
  for (const [name, address] of Object.entries(parties)) {
    asked[`${name}: ETH in the EVM`] = ethereum.getBalance({ address });
    asked[`${name}: ETH in Move`] = view('0x1::native_coin::wei_balance', [accounts[name]]).then(([wei]) => BigInt(wei));
    for (const [symbol, token] of Object.entries(tokens)) {
      asked[`${name}: ${symbol} in the EVM`] = read({ address: token, abi: ERC20 }, 'balanceOf', [address]);
    }
    for (const [symbol, asset] of Object.entries({ USDC: usdcAsset, shares: pool })) {
      const held = view('0x1::primary_fungible_store::balance', [accounts[name], asset], ['0x1::fungible_asset::Metadata']);
      asked[`${name}: ${symbol} in Move`] = held.then(([amount]) => BigInt(amount));
    }
  }
  asked['the pool in Move'] = view(`${dex}::pool::state`, [pool]);
  for (const [name, token] of Object.entries(tokens)) asked[`supply of ${name}`] = read({ address: token, abi: ERC20 }, 'totalSupply');
  const allowances = [[usdc, contract, aave.pool], [usdc, contract, uniswap], [{ address: WETH }, contract, aave.pool]];
  for (const [number, [token, owner, spender]] of allowances.entries()) {
    asked[`allowance ${number}`] = read({ address: token.address, abi: ERC20 }, 'allowance', [owner.address, spender.address]);
  }
  const names = Object.keys(asked);
  const values = await Promise.all(Object.values(asked));
  return Object.fromEntries(names.map((name, number) => [name, values[number]]));
}

export { usdcOf };
