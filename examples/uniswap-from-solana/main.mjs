// A user of Solana, with web3.js and an ordinary Solana transaction, buys a token on Uniswap V2, and sends some of it on.
import assert from 'node:assert/strict';
import { encodeFunctionData, formatUnits, parseEther, parseUnits } from 'viem';
import {
  CROSS_VM, ERC20, WETH, deployUniswap, ethereum, read, send, wallet,
} from '../lib/chain.mjs';
import { callContract, connection, idOf, solanaAccount, transact } from '../lib/solana.mjs';
import { mintable } from '../flagship/aave.mjs';

const FOREVER = 2n ** 255n;
const [owner, carol] = [wallet(7), await solanaAccount(5)];

// Uniswap, with 100,000 USDC for 50 ETH.
const usdc = await mintable(owner, 'USD Coin', 'USDC', 6);
await send(owner, usdc, 'mint', [parseUnits('100000', 6)]);
const { router } = await deployUniswap(owner);
await send(owner, usdc, 'approve', [router.address, FOREVER]);
const provided = [usdc.address, parseUnits('100000', 6), 0n, 0n, owner.account.address, FOREVER];
await send(owner, router, 'addLiquidityETH', provided, { value: parseEther('50') });

// How the EVM knows her.
const abi = [{
  type: 'function', name: 'addressOf', stateMutability: 'view',
  inputs: [{ name: 'id', type: 'bytes32' }], outputs: [{ name: '', type: 'address' }],
}];
const inEvm = await read({ address: CROSS_VM, abi }, 'addressOf', [idOf(carol.publicKey)]);
const held = (account) => read({ address: usdc.address, abi: ERC20 }, 'balanceOf', [account]);

// One instruction: her lamports go along, and the router sees her as `msg.sender`.
const paid = parseEther('1');
const [, expected] = await read(router, 'getAmountsOut', [paid, [WETH, usdc.address]]);
const swap = (minimum) => callContract(
  carol.publicKey,
  router.address,
  encodeFunctionData({ abi: router.abi, functionName: 'swapExactETHForTokens', args: [minimum, [WETH, usdc.address], inEvm, FOREVER] }),
  paid / 10n ** 9n,
);
const before = await connection.getBalance(carol.publicKey);
const signature = await transact([carol], swap(expected));
console.log(`${signature}: bought ${formatUnits(expected, 6)} USDC for 1 ETH`);
assert.equal(await held(inEvm), expected);
assert.equal(await connection.getBalance(carol.publicKey), before - 1_000_000_000 - 5_000);
assert.equal(await ethereum.getBalance({ address: inEvm }), BigInt(await connection.getBalance(carol.publicKey)) * 10n ** 9n);

// She sends some on, as whoever has an address there.
const bob = '0xb0b0000000000000000000000000000000000b0b';
const five = encodeFunctionData({ abi: ERC20, functionName: 'transfer', args: [bob, 5_000_000n] });
const had = await held(bob);
const sent = await transact([carol], callContract(carol.publicKey, usdc.address, five));
console.log(`${sent}: sent ${formatUnits((await held(bob)) - had, 6)} USDC to ${bob}`);
assert.equal(await held(inEvm), expected - 5_000_000n);

// Nothing is bought below the price that she asks for, and nothing is paid but the fee.
const poorer = await connection.getBalance(carol.publicKey);
await assert.rejects(transact([carol], swap(expected)), /INSUFFICIENT_OUTPUT_AMOUNT/);
assert.ok(poorer - (await connection.getBalance(carol.publicKey)) <= 5_000);
assert.equal(await held(inEvm), expected - 5_000_000n);
