// A user of Move, with the Aptos SDK and an ordinary Aptos transaction, buys a token on Uniswap V2, and sends some of it
// on with Move's own functions.
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatUnits, parseEther, parseUnits } from 'viem';
import {
  ERC20, WETH, accountOf, aptos, bindMove, call, deployUniswap, moveAccount, publish, read, scratch, send, view, wallet,
} from '../lib/chain.mjs';
import { mintable } from '../flagship/aave.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const FOREVER = 2n ** 255n;
const [owner, alice] = [wallet(4), await moveAccount(5)];
const aliceId = alice.accountAddress.toString();

// Uniswap, with 100,000 USDC for 50 ETH.
const usdc = await mintable(owner, 'USD Coin', 'USDC', 6);
await send(owner, usdc, 'mint', [parseUnits('100000', 6)]);
const { router } = await deployUniswap(owner);
await send(owner, usdc, 'approve', [router.address, FOREVER]);
const provided = [usdc.address, parseUnits('100000', 6), 0n, 0n, owner.account.address, FOREVER];
await send(owner, router, 'addLiquidityETH', provided, { value: parseEther('50') });

// The package, with a module for Uniswap's router.
const shop = scratch(join(here, 'shop'));
bindMove(shop, router, 'Router', 'shop');
const { address } = await publish(alice, shop, ['shop']);

const paid = parseEther('1');
const [, expected] = await read(router, 'getAmountsOut', [paid, [WETH, usdc.address]]);
const contracts = [router.address, WETH, usdc.address].map(accountOf);
const wei = async () => BigInt((await view('0x1::native_coin::wei_balance', [aliceId]))[0]);
const before = await wei();
const bought = await call(alice, `${address}::shop::buy`, [...contracts, paid, expected]);
const fee = BigInt(bought.gas_used) * BigInt(bought.gas_unit_price) * 10n ** 10n;
console.log(`${bought.hash}: bought ${formatUnits(expected, 6)} USDC for 1 ETH`);
assert.equal(await wei(), before - paid - fee);
assert.ok(bought.events.some(({ type, data }) => type === `${address}::shop::Bought` && BigInt(data.got) === expected));

// She holds it in Move and in the EVM, where the contract knows her by her address there.
const [asset] = await view('0x1::faces::asset_of', [accountOf(usdc.address)]);
const metadata = asset.inner;
const held = async (account) => BigInt((await view('0x1::primary_fungible_store::balance', [account, metadata], ['0x1::fungible_asset::Metadata']))[0]);
const [inEvm] = await view('0x1::vms::evm_address', [aliceId]);
assert.equal(await held(aliceId), expected);
assert.equal(await read({ address: usdc.address, abi: ERC20 }, 'balanceOf', [inEvm]), expected);

// And sends it as any fungible asset: to an account of the EVM.
const bob = '0xb0b0000000000000000000000000000000000b0b';
const transaction = await aptos.transferFungibleAsset({ sender: alice, fungibleAssetMetadataAddress: metadata, recipient: accountOf(bob), amount: 5_000_000 });
const { hash } = await aptos.signAndSubmitTransaction({ signer: alice, transaction });
await aptos.waitForTransaction({ transactionHash: hash });
console.log(`${hash}: sent ${formatUnits(await read({ address: usdc.address, abi: ERC20 }, 'balanceOf', [bob]), 6)} USDC to ${bob}`);
assert.equal(await held(aliceId), expected - 5_000_000n);

// Nothing is bought below the price that she asks for, and nothing is paid.
const poorer = await wei();
await assert.rejects(call(alice, `${address}::shop::buy`, [...contracts, paid, expected]), /INSUFFICIENT_OUTPUT_AMOUNT|ECALL_FAILED/);
assert.ok(poorer - (await wei()) < parseEther('0.1'));
assert.equal(await held(aliceId), expected - 5_000_000n);
