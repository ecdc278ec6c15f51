// One token, three faces: an SPL mint that spl-token makes, viem sends as an ERC-20, and the Aptos SDK as a fungible asset.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Account, AccountAddress } from '@aptos-labs/ts-sdk';
import {
  ExtensionType, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID, createAssociatedTokenAccount, createInitializeMintInstruction, createInitializeTransferFeeConfigInstruction,
  createMint, freezeAccount, getAccount, getAssociatedTokenAddressSync, getMintLen, mintTo, transferChecked,
} from '@solana/spl-token';
import { Keypair, PublicKey, SystemProgram } from '@solana/web3.js';
import { BaseError, ContractFunctionRevertedError, getAddress, hexToBytes, pad, parseAbi, parseEther, parseEventLogs, toHex } from 'viem';
import * as move from '../lib/aptos.mjs';
import { account, deploy, framework, publicClient, read, rpc, write } from '../lib/chain.mjs';
import { connection, funded, send, transactionOf } from '../lib/solana.mjs';
import { amountOut, farAway } from '../lib/uniswap.mjs';

const ME = 8;
const me = account(ME).address;
const confirm = { commitment: 'confirmed' };
const registry = { address: getAddress('0x42000000000000000000000000000000000000FD'), abi: framework('Faces').abi };
const crossVm = { address: getAddress('0x42000000000000000000000000000000000000FE'), abi: framework('ICrossVM').abi };
const keyOf = (address) => new PublicKey(hexToBytes(pad(address)));
const idOf = (key) => toHex(key.toBytes());
const evmAddress = (key) => read(crossVm, 'addressOf', [idOf(key)]);
const restBalance = async (owner, asset) => Number((await move.rest(`/accounts/${owner}/balance/${asset}`)).body);
const transfersOf = (logs, token) =>
  parseEventLogs({ abi: token.abi, logs, eventName: 'Transfer' })
    .filter(({ address }) => getAddress(address) === token.address)
    .map(({ args }) => [args.from, args.to, args.value]);
const refusal = async (call) => {
  const error = await call.catch((thrown) => thrown);
  assert.ok(error instanceof BaseError, error?.stack ?? 'it must fail');
  const reverted = error.walk((it) => it instanceof ContractFunctionRevertedError);
  assert.ok(reverted, error.message);
  return [reverted.data?.errorName ?? reverted.reason, reverted.data?.args];
};

/** Each log of a transaction is in one frame of its trace. */
async function traced(hash) {
  const frame = await rpc('debug_traceTransaction', hash, { tracer: 'callTracer', tracerConfig: { withLog: true } });
  const all = ({ logs = [], calls = [] }) => [...logs, ...calls.flatMap(all)];
  const { logs } = await publicClient.getTransactionReceipt({ hash });
  const plain = ({ address, topics, data }) => JSON.stringify([address.toLowerCase(), topics, data]);
  assert.deepEqual(all(frame).map(plain).sort(), logs.map(plain).sort());
}

/** The face of a mint for Solidity, and the one for Move. */
async function faces(mint) {
  const expected = await read(registry, 'erc20AddressOfMint', [idOf(mint)]);
  const receipt = await write(ME, registry, 'createErc20OfMint', [idOf(mint)], { value: parseEther('0.01') });
  const [{ args }] = parseEventLogs({ abi: registry.abi, logs: receipt.logs, eventName: 'Erc20OfMintCreated' });
  assert.deepEqual([args.mint, args.erc20], [idOf(mint), expected]);
  const token = { address: expected, abi: framework('MintERC20').abi };
  assert.equal((await write(ME, registry, 'createAsset', [token.address])).status, 'success');
  return { token, asset: await read(registry, 'assetOf', [token.address]) };
}

for (const [name, program] of [['SPL Token', TOKEN_PROGRAM_ID], ['Token-2022', TOKEN_2022_PROGRAM_ID]]) {
  test(`${name}: spl-token, viem and the Aptos SDK send one token`, async () => {
    const alice = await funded();
    const mint = await createMint(connection, alice, alice.publicKey, alice.publicKey, 6, Keypair.generate(), confirm, program);
    const accountOf = (owner) => getAssociatedTokenAddressSync(mint, owner, true, program);
    const from = await createAssociatedTokenAccount(connection, alice, mint, alice.publicKey, confirm, program);
    await mintTo(connection, alice, mint, from, alice, 1_000_000n, [], confirm, program);
    const { token, asset } = await faces(mint);
    const her = await evmAddress(alice.publicKey);
    assert.deepEqual([await read(token, 'totalSupply'), await read(token, 'decimals'), await read(token, 'balanceOf', [her])], [1_000_000n, 6, 1_000_000n]);
    assert.equal(await read(token, 'name'), `SPL token ${mint.toBase58().slice(0, 8)}`);
    const amount = async (owner) => (await getAccount(connection, accountOf(owner), 'confirmed', program)).amount;

    // From Solana to an Ethereum account: what a wallet of either side sees.
    const opened = await write(ME, token, 'open', [me], { value: parseEther('0.01') });
    assert.equal(opened.status, 'success');
    const signature = await transferChecked(connection, alice, from, mint, accountOf(keyOf(me)), alice, 500_000n, 6, [], confirm, program);
    assert.equal(await read(token, 'balanceOf', [me]), 500_000n);
    const { slot } = await transactionOf(signature);
    const logs = await publicClient.getLogs({ address: token.address, fromBlock: BigInt(slot), toBlock: BigInt(slot) });
    assert.deepEqual(transfersOf(logs, token), [[her, me, 500_000n]]);
    await traced(logs[0].transactionHash);

    // From there to a Move account, which has no token account and needs none.
    const bob = await move.funded(Account.generate());
    await move.send(bob, move.call('0x1::aptos_account::transfer', [bob.accountAddress, 1]));
    const bobKey = new PublicKey(bob.accountAddress.toUint8Array());
    const his = await evmAddress(bobKey);
    const receipt = await write(ME, token, 'transfer', [his, 200_000n]);
    assert.deepEqual(transfersOf(receipt.logs, token), [[me, his, 200_000n]]);
    await traced(receipt.transactionHash);
    assert.equal(await restBalance(move.addressOf(bob), asset), 200_000);
    assert.deepEqual([await amount(keyOf(me)), await read(token, 'kept', [his])], [300_000n, 200_000n]);

    // And by the Aptos SDK back to Solana.
    const aliceAsMove = AccountAddress.from(idOf(alice.publicKey)).toStringLong();
    const transaction = await move.aptos.transferFungibleAsset({ sender: bob, fungibleAssetMetadataAddress: asset, recipient: aliceAsMove, amount: 50_000 });
    const sent = await move.submit(bob, transaction);
    for (const kind of ['Withdraw', 'Deposit']) {
      const amounts = move.eventsOf(sent, `0x1::fungible_asset::${kind}`).map((data) => Number(data.amount));
      assert.deepEqual(amounts, [50_000], kind);
    }
    assert.equal(await amount(alice.publicKey), 550_000n);
    const balance = await connection.getTokenAccountBalance(from);
    assert.equal(balance.value.uiAmountString, '0.55');

    // Once Bob has a token account, his tokens go there.
    await createAssociatedTokenAccount(connection, alice, mint, bobKey, confirm, program, undefined, true);
    assert.equal((await write(ME, token, 'open', [his])).status, 'success');
    assert.deepEqual([await amount(bobKey), await read(token, 'balanceOf', [his]), await read(token, 'totalKept')], [150_000n, 150_000n, 0n]);
    const sum = 550_000n + 300_000n + 150_000n;
    assert.equal(await read(token, 'totalSupply'), sum);

    // What cannot be: too much, and out of a frozen account.
    const transfer = (to, value) => publicClient.simulateContract({ ...token, functionName: 'transfer', args: [to, value], account: account(ME) });
    assert.deepEqual(await refusal(transfer(her, 300_001n)), ['ERC20InsufficientBalance', [me, 300_000n, 300_001n]]);
    await freezeAccount(connection, alice, accountOf(keyOf(me)), mint, alice, [], confirm, program);
    const frozen = await publicClient.call({ to: token.address, data: '0xa9059cbb' + pad(her).slice(2) + pad('0x01').slice(2), account: me }).catch((error) => error);
    assert.match(frozen.message, /revert/i);
    assert.equal(await amount(keyOf(me)), 300_000n);
  });
}

test('Uniswap trades an SPL token, and what is bought is in a wallet of Solana', async () => {
  const alice = await funded();
  const mint = await createMint(connection, alice, alice.publicKey, null, 9, Keypair.generate(), confirm);
  const hers = await createAssociatedTokenAccount(connection, alice, mint, alice.publicKey, confirm);
  const mine = await createAssociatedTokenAccount(connection, alice, mint, keyOf(me), confirm, TOKEN_PROGRAM_ID, undefined, true);
  const reserve = 5_000_000_000_000n;
  await mintTo(connection, alice, mint, mine, alice, reserve, [], confirm);
  const { token } = await faces(mint);

  // As its authors compiled it; a pair has no token account.
  const factory = await deploy(ME, 'UniswapV2Factory', [me]);
  const weth = await deploy(ME, 'UniswapWETH9');
  const router = await deploy(ME, 'UniswapV2Router02', [factory.address, weth.address]);
  await write(ME, token, 'approve', [router.address, reserve]);
  const added = await write(ME, router, 'addLiquidityETH', [token.address, reserve, 0n, 0n, me, farAway], { value: parseEther('1') });
  assert.equal(added.status, 'success');
  const pair = await read(factory, 'getPair', [token.address, weth.address]);
  assert.deepEqual([await read(token, 'balanceOf', [pair]), await read(token, 'kept', [pair])], [reserve, reserve]);

  const paid = parseEther('0.1');
  const bought = amountOut(paid, parseEther('1'), reserve);
  const swap = await write(ME, router, 'swapExactETHForTokens', [bought, [weth.address, token.address], await evmAddress(alice.publicKey), farAway], { value: paid });
  assert.equal(swap.status, 'success');
  assert.equal((await getAccount(connection, hers, 'confirmed')).amount, bought);
  assert.equal(await publicClient.getBalance({ address: token.address }), 0n);
});

test('a mint that an ERC-20 cannot show gets none, and the reason is said', async () => {
  const payer = await funded();
  const mint = Keypair.generate();
  const space = getMintLen([ExtensionType.TransferFeeConfig]);
  await send([
    SystemProgram.createAccount({
      fromPubkey: payer.publicKey, newAccountPubkey: mint.publicKey, space, programId: TOKEN_2022_PROGRAM_ID,
      lamports: await connection.getMinimumBalanceForRentExemption(space),
    }),
    createInitializeTransferFeeConfigInstruction(mint.publicKey, payer.publicKey, payer.publicKey, 100, 10n, TOKEN_2022_PROGRAM_ID),
    createInitializeMintInstruction(mint.publicKey, 2, payer.publicKey, null, TOKEN_2022_PROGRAM_ID),
  ], payer, mint);
  const abi = [...registry.abi, ...parseAbi(['error UnsupportedExtension(bytes32 mint, uint16 extension)', 'error NoMint(bytes32 mint)'])];
  const create = (key) =>
    publicClient.simulateContract({ address: registry.address, abi, functionName: 'createErc20OfMint', args: [idOf(key)], value: parseEther('0.01'), account: account(ME) });
  assert.deepEqual(await refusal(create(mint.publicKey)), ['UnsupportedExtension', [idOf(mint.publicKey), 1]]);
  assert.deepEqual(await refusal(create(payer.publicKey)), ['NoMint', [idOf(payer.publicKey)]]);
});
