// An ERC-20 that viem deploys, as an SPL mint: unmodified spl-token sees and moves what MetaMask and Petra have.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Account } from '@aptos-labs/ts-sdk';
import {
  TOKEN_PROGRAM_ID, approve, burn, closeAccount, createAssociatedTokenAccount, createTransferCheckedInstruction, getAccount, getAssociatedTokenAddressSync, getMint, transfer,
  transferChecked,
} from '@solana/spl-token';
import { PublicKey, Transaction } from '@solana/web3.js';
import { getAddress, hexToBytes, pad, parseEther, parseEventLogs, toHex } from 'viem';
import * as move from '../lib/aptos.mjs';
import { account, deploy, framework, publicClient, read, write } from '../lib/chain.mjs';
import { connection, funded, rpc, transactionOf } from '../lib/solana.mjs';

const ME = 9;
const me = account(ME).address;
const confirm = { commitment: 'confirmed' };
const registry = { address: getAddress('0x42000000000000000000000000000000000000FD'), abi: framework('Faces').abi };
const crossVm = { address: getAddress('0x42000000000000000000000000000000000000FE'), abi: framework('ICrossVM').abi };
const CROSS_VM = new PublicKey('CrossVm111111111111111111111111111111111111');
const bytesOf = (address) => hexToBytes(pad(address));
const idOf = (key) => toHex(key.toBytes());
const evmAddress = (key) => read(crossVm, 'addressOf', [idOf(key)]);
const UNIT = 10n ** 10n;
const transfersOf = (logs, token) =>
  parseEventLogs({ abi: token.abi, logs, eventName: 'Transfer' })
    .filter(({ address }) => getAddress(address) === getAddress(token.address))
    .map(({ args }) => [args.from, args.to, args.value]);

/** An ERC-20 of 18 decimals, all of which is mine, and its mint. */
async function minted() {
  const token = await deploy(ME, 'Token', ['USD Coin', 'USDC', parseEther('1000')]);
  const [mint] = PublicKey.findProgramAddressSync([bytesOf(registry.address), bytesOf(token.address)], CROSS_VM);
  assert.equal(await read(registry, 'mintAddressOf', [token.address]), idOf(mint));
  const receipt = await write(ME, registry, 'createMint', [token.address], { value: parseEther('0.01') });
  const [{ args }] = parseEventLogs({ abi: registry.abi, logs: receipt.logs, eventName: 'MintCreated' });
  assert.deepEqual([args.mint, getAddress(args.erc20)], [idOf(mint), getAddress(token.address)]);
  return { token, mint };
}

test('spl-token moves an ERC-20, and every wallet sees it', async () => {
  const { token, mint } = await minted();
  const facts = await getMint(connection, mint, 'confirmed');
  assert.deepEqual([facts.decimals, facts.supply, facts.mintAuthority, facts.freezeAuthority], [8, 1000n * 10n ** 8n, null, null]);
  const supply = await connection.getTokenSupply(mint);
  assert.deepEqual(supply.value, { amount: '100000000000', decimals: 8, uiAmount: 1000, uiAmountString: '1000' });

  // What she got in the EVM before she had a token account is in it.
  const [alice, bob] = [await funded(), await funded()];
  const [her, his] = [await evmAddress(alice.publicKey), await evmAddress(bob.publicKey)];
  await write(ME, token, 'transfer', [her, parseEther('5') + 7n]);
  const from = await createAssociatedTokenAccount(connection, alice, mint, alice.publicKey, confirm);
  const to = await createAssociatedTokenAccount(connection, alice, mint, bob.publicKey, confirm);
  assert.equal((await getAccount(connection, from, 'confirmed')).amount, 500_000_000n);

  const signature = await transferChecked(connection, alice, from, mint, to, alice, 200_000_000n, 8, [], confirm);
  assert.deepEqual([await read(token, 'balanceOf', [her]), await read(token, 'balanceOf', [his])], [parseEther('3') + 7n, parseEther('2')]);
  const { meta, slot } = await transactionOf(signature);
  const shown = (balances) => Object.fromEntries(balances.map(({ owner, uiTokenAmount }) => [owner, uiTokenAmount.uiAmountString]));
  assert.deepEqual(shown(meta.preTokenBalances), { [alice.publicKey]: '5', [bob.publicKey]: '0' });
  assert.deepEqual(shown(meta.postTokenBalances), { [alice.publicKey]: '3', [bob.publicKey]: '2' });
  assert.deepEqual(meta.innerInstructions, []);
  const logs = await publicClient.getLogs({ address: token.address, fromBlock: BigInt(slot), toBlock: BigInt(slot) });
  assert.deepEqual(transfersOf(logs, token), [[her, his, parseEther('2')]]);

  // The API shows what the contract says, also after something happened elsewhere.
  await write(ME, token, 'transfer', [his, parseEther('1')]);
  assert.equal((await connection.getTokenAccountBalance(to)).value.uiAmountString, '3');
  const { value } = await connection.getParsedTokenAccountsByOwner(bob.publicKey, { mint });
  assert.deepEqual(value.map(({ pubkey, account: { data } }) => [pubkey.toBase58(), data.parsed.info.tokenAmount.amount]), [[to.toBase58(), '300000000']]);
  const largest = await connection.getTokenLargestAccounts(mint);
  assert.deepEqual(largest.value.map(({ amount }) => amount), ['300000000', '300000000']);
  const [one] = (await rpc('getMultipleAccounts', [to.toBase58()], { encoding: 'jsonParsed' })).value;
  assert.equal(one.data.parsed.info.tokenAmount.amount, '300000000');

  // A simulation comes to the same as the transaction.
  const pays = new Transaction().add(createTransferCheckedInstruction(to, mint, from, bob.publicKey, 50_000_000n, 8));
  const simulated = await connection.simulateTransaction(pays, [bob], [from]);
  assert.equal(simulated.value.err, null);
  const sent = await transferChecked(connection, bob, to, mint, from, bob, 50_000_000n, 8, [], confirm);
  assert.equal((await transactionOf(sent)).meta.computeUnitsConsumed, simulated.value.unitsConsumed);
});

test('an ERC-20 on Solana is the fungible asset, too, and obeys its contract alone', async () => {
  const { token, mint } = await minted();
  assert.equal((await write(ME, registry, 'createAsset', [token.address])).status, 'success');
  const asset = await read(registry, 'assetOf', [token.address]);
  const balance = async (owner) => Number((await move.rest(`/accounts/${owner}/balance/${asset}`)).body);

  const [alice, delegate] = [await funded(), await funded()];
  const bob = await move.funded(Account.generate());
  await move.send(bob, move.call('0x1::aptos_account::transfer', [bob.accountAddress, 1]));
  const bobKey = new PublicKey(bob.accountAddress.toUint8Array());
  await write(ME, token, 'transfer', [await evmAddress(bobKey), parseEther('4')]);
  const his = await createAssociatedTokenAccount(connection, alice, mint, bobKey, confirm, TOKEN_PROGRAM_ID, undefined, true);
  const from = await createAssociatedTokenAccount(connection, alice, mint, alice.publicKey, confirm);
  assert.equal((await getAccount(connection, his, 'confirmed')).amount, 400_000_000n);

  // Petra to Phantom.
  const aliceAsMove = idOf(alice.publicKey);
  const transaction = await move.aptos.transferFungibleAsset({ sender: bob, fungibleAssetMetadataAddress: asset, recipient: aliceAsMove, amount: 300_000_000 });
  await move.submit(bob, transaction);
  assert.equal((await getAccount(connection, from, 'confirmed')).amount, 300_000_000n);
  // And back, which gives Move's events.
  const signature = await transfer(connection, alice, from, his, alice, 100_000_000n, [], confirm);
  assert.equal(await balance(move.addressOf(bob)), 200_000_000);
  assert.equal((await transactionOf(signature)).meta.err, null);

  await approve(connection, alice, from, delegate.publicKey, alice, 10n, [], confirm);
  await transfer(connection, delegate, from, his, delegate, 10n, [], confirm);
  for (const refused of [
    () => transfer(connection, delegate, from, his, delegate, 1n, [], confirm),
    () => burn(connection, alice, from, mint, alice, 1n, [], confirm),
    () => closeAccount(connection, alice, from, alice.publicKey, alice, [], confirm),
  ]) {
    const error = await refused().catch((thrown) => thrown);
    assert.match(error.message, /custom program error/);
  }
  const burnt = await burn(connection, alice, from, mint, alice, 1n, [], confirm).catch((thrown) => thrown);
  assert.match(burnt.message, /0x5/);
  assert.match(burnt.logs.join('\n'), /which alone mints and burns/);
  await transfer(connection, alice, from, his, alice, 199_999_990n, [], confirm);
  await closeAccount(connection, alice, from, alice.publicKey, alice, [], confirm);
  assert.equal(await connection.getAccountInfo(from), null);
  assert.equal((await getMint(connection, mint, 'confirmed')).supply, 1000n * 10n ** 8n);
  assert.equal(getAssociatedTokenAddressSync(mint, bobKey, true).toBase58(), his.toBase58());
  assert.equal(await read(token, 'totalSupply'), 1000n * 10n ** 8n * UNIT);
});
