// Builds the market and trades once.
import { formatEther, formatUnits } from 'viem';
import { ethereum, view } from '../lib/chain.mjs';
import { market, trade, usdcOf } from './scenario.mjs';

console.log('building a market: Aave V3, Uniswap V2, an exchange in Move …');
const world = await market();
const amount = usdcOf('15000');
const [minimum] = await view(`${world.dex}::pool::quote`, [world.pool, world.usdcAsset, amount]);
console.log(`the exchange in Move pays ${formatUnits(minimum, 8)} ETH for 15,000 USDC`);

const address = world.trader.account.address;
const before = await ethereum.getBalance({ address });
const receipt = await trade(world, { amount, minimum: BigInt(minimum), profit: 1n });
if (receipt.status !== 'success') throw new Error('the trade failed');
const fee = receipt.gasUsed * receipt.effectiveGasPrice;
const made = (await ethereum.getBalance({ address })) - before + fee;
console.log(`one transaction, ${receipt.transactionHash}:`);
console.log(`  ${receipt.gasUsed} gas, ${receipt.logs.length} events of both machines, ${formatEther(made)} ETH made`);
