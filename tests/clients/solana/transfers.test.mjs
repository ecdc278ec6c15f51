// web3.js: airdrops, transfers, statuses, history, blocks, fees, and how its errors read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ComputeBudgetProgram, Keypair, PublicKey, SendTransactionError, SystemProgram, Transaction, TransactionInstruction, TransactionMessage, VersionedTransaction,
} from '@solana/web3.js';
import { SOL, airdrop, connection, funded, rpcError, send, transactionOf, transfer, until } from '../lib/solana.mjs';

const MEMO = new PublicKey('MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr');
const memo = (text, ...signers) =>
  new TransactionInstruction({ programId: MEMO, keys: signers.map((key) => ({ pubkey: key.publicKey, isSigner: true, isWritable: false })), data: Buffer.from(text) });

test('an airdrop is a transfer that is confirmed', async () => {
  const { publicKey } = Keypair.generate();
  assert.equal(await connection.getBalance(publicKey), 0);
  assert.equal(await connection.getAccountInfo(publicKey), null);
  const signature = await airdrop(publicKey, 3 * SOL);
  assert.equal(await connection.getBalance(publicKey), 3 * SOL);
  const { meta, transaction, slot, blockTime } = await transactionOf(signature);
  assert.equal(meta.err, null);
  assert.equal(meta.fee, 5000);
  const place = transaction.message.getAccountKeys().staticAccountKeys.findIndex((key) => key.equals(publicKey));
  assert.equal(meta.postBalances[place] - meta.preBalances[place], 3 * SOL);
  assert.equal(await connection.getBlockTime(slot), blockTime);
  const account = await connection.getAccountInfo(publicKey);
  assert.deepEqual({ ...account, owner: account.owner.toBase58(), data: account.data.length }, {
    lamports: 3 * SOL, owner: SystemProgram.programId.toBase58(), data: 0, executable: false, rentEpoch: account.rentEpoch, space: 0,
  });
});

test('two equal airdrops at once are two', async () => {
  const { publicKey } = Keypair.generate();
  const signatures = await Promise.all([1, 2, 3].map(() => airdrop(publicKey, SOL)));
  assert.equal(new Set(signatures).size, 3);
  assert.equal(await connection.getBalance(publicKey), 3 * SOL);
});

test('a transfer costs its sender the amount and 5000 lamports', async () => {
  const [from, to] = [await funded(), Keypair.generate().publicKey];
  const signature = await send([transfer(from, to, SOL)], from);
  assert.equal(await connection.getBalance(to), SOL);
  assert.equal(await connection.getBalance(from.publicKey), 9 * SOL - 5000);
  const { value: status } = await connection.getSignatureStatus(signature);
  assert.equal(status.confirmationStatus, 'finalized');
  assert.equal(status.err, null);
  assert.equal(status.confirmations, null);
  const shown = await transactionOf(signature);
  assert.equal(shown.slot, status.slot);
  assert.deepEqual(shown.meta.logMessages, ['Program 11111111111111111111111111111111 invoke [1]', 'Program 11111111111111111111111111111111 success']);
  assert.equal(shown.meta.computeUnitsConsumed, 150);
  const parsed = await connection.getParsedTransaction(signature, { commitment: 'confirmed', maxSupportedTransactionVersion: 0 });
  const [instruction] = parsed.transaction.message.instructions;
  assert.equal(instruction.program, 'system');
  assert.deepEqual(instruction.parsed, {
    type: 'transfer', info: { source: from.publicKey.toBase58(), destination: to.toBase58(), lamports: SOL },
  });
});

test('a block lists its Solana transactions', async () => {
  const from = await funded();
  const signature = await send([transfer(from, Keypair.generate().publicKey, SOL)], from);
  const { slot } = await transactionOf(signature);
  const block = await connection.getBlock(slot, { commitment: 'confirmed', maxSupportedTransactionVersion: 0 });
  assert.equal(block.parentSlot, slot - 1);
  assert.ok(block.transactions.some(({ transaction }) => transaction.signatures[0] === signature));
  const before = await connection.getBlock(slot - 1, { commitment: 'confirmed', maxSupportedTransactionVersion: 0, transactionDetails: 'none' });
  assert.equal(before.blockhash, block.previousBlockhash);
  const { signatures } = await connection.getBlockSignatures(slot, 'confirmed');
  assert.ok(signatures.includes(signature));
  assert.deepEqual(await connection.getBlocks(slot - 1, slot, 'confirmed'), [slot - 1, slot]);
  const genesis = await connection.getBlock(0, { maxSupportedTransactionVersion: 0 });
  assert.equal(genesis.blockhash, await connection.getGenesisHash());
});

test('the history of an account is newest first, in pages, with memos', async () => {
  const [from, to] = [await funded(), Keypair.generate().publicKey];
  const signatures = [];
  for (const number of [1, 2, 3, 4]) signatures.unshift(await send([transfer(from, to, SOL / 10), memo(`number ${number}`)], from));
  const all = await connection.getSignaturesForAddress(to);
  assert.deepEqual(all.map(({ signature }) => signature), signatures);
  assert.equal(all[0].memo, '[8] number 4');
  assert.equal(all[0].err, null);
  const page = await connection.getSignaturesForAddress(to, { before: signatures[0], until: signatures[3], limit: 10 });
  assert.deepEqual(page.map(({ signature }) => signature), signatures.slice(1, 3));
  const first = await connection.getSignaturesForAddress(to, { limit: 1 });
  assert.deepEqual(first.map(({ signature }) => signature), signatures.slice(0, 1));
  const older = await connection.getSignaturesForAddress(from.publicKey);
  assert.equal(older.length, 5, 'the airdrop, too');
});

test('a transaction that would fail is refused with its logs', async () => {
  const from = await funded(SOL);
  const error = await send([transfer(from, Keypair.generate().publicKey, 5 * SOL)], from).catch((error) => error);
  assert.ok(error instanceof SendTransactionError, error.stack);
  assert.match(error.message, /custom program error: 0x1/);
  const logs = await error.getLogs(connection);
  assert.ok(logs.some((line) => /insufficient lamports/.test(line)), logs.join('\n'));
  assert.equal(await connection.getBalance(from.publicKey), SOL, 'it costs nothing');
});

test('one that skips the preflight fails in a block, and pays its fee', async () => {
  const from = await funded(SOL);
  const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash();
  const transaction = new Transaction({ feePayer: from.publicKey, blockhash, lastValidBlockHeight }).add(transfer(from, Keypair.generate().publicKey, 5 * SOL));
  transaction.sign(from);
  const wire = transaction.serialize();
  const signature = await connection.sendRawTransaction(wire, { skipPreflight: true });
  // It resolves or rejects, by which of its two ways web3.js learns first.
  const err = await connection.confirmTransaction({ signature, blockhash, lastValidBlockHeight }).then(({ value }) => value.err, (err) => err);
  assert.deepEqual(err, { InstructionError: [0, { Custom: 1 }] });
  assert.equal(await connection.getBalance(from.publicKey), SOL - 5000);
  const [listed] = await connection.getSignaturesForAddress(from.publicKey);
  assert.deepEqual(listed.err, err);
  // Whoever sends again to be sure is not told off; who asks for a preflight learns why.
  assert.equal(await connection.sendRawTransaction(wire, { skipPreflight: true }), signature);
  const again = await connection.sendRawTransaction(wire).catch((error) => error);
  assert.match(again.message, /already been processed/);
});

test('a payer without lamports, a blockhash of nobody and a bad signature are told apart', async () => {
  const from = Keypair.generate();
  const poor = await send([transfer(from, Keypair.generate().publicKey, 1)], from).catch((error) => error);
  assert.match(poor.message, /debit an account but found no record of a prior credit/);
  const rich = await funded(SOL);
  const stale = new Transaction({ feePayer: rich.publicKey, blockhash: Keypair.generate().publicKey.toBase58(), lastValidBlockHeight: 1 }).add(transfer(rich, from.publicKey, 1));
  stale.sign(rich);
  const refused = await connection.sendRawTransaction(stale.serialize()).catch((error) => error);
  assert.match(refused.message, /Blockhash not found/);
  const { blockhash } = await connection.getLatestBlockhash();
  const forged = new Transaction({ feePayer: rich.publicKey, blockhash, lastValidBlockHeight: 1e9 }).add(transfer(rich, from.publicKey, 1));
  forged.sign(rich);
  const wire = forged.serialize();
  wire[10] ^= 1;
  for (const skipPreflight of [false, true]) {
    const { code, message } = await rpcError('sendTransaction', wire.toString('base64'), { encoding: 'base64', skipPreflight });
    assert.deepEqual({ code, message }, { code: -32003, message: 'Transaction signature verification failure' });
  }
});

test('simulation shows logs, units, accounts and inner instructions, and keeps nothing', async () => {
  const [from, to] = [await funded(), Keypair.generate().publicKey];
  const message = new TransactionMessage({
    payerKey: from.publicKey,
    recentBlockhash: Keypair.generate().publicKey.toBase58(),
    instructions: [transfer(from, to, SOL), memo('tried', from)],
  }).compileToV0Message();
  const transaction = new VersionedTransaction(message);
  const { value } = await connection.simulateTransaction(transaction, {
    replaceRecentBlockhash: true, innerInstructions: true, accounts: { encoding: 'base64', addresses: [to.toBase58(), from.publicKey.toBase58()] },
  });
  assert.equal(value.err, null, JSON.stringify(value));
  assert.ok(value.unitsConsumed > 150);
  assert.ok(value.logs.includes('Program log: tried'), value.logs.join('\n'));
  assert.deepEqual(value.accounts.map(({ lamports }) => lamports), [SOL, 9 * SOL - 5000]);
  assert.deepEqual(value.innerInstructions, []);
  assert.equal(await connection.getBalance(to), 0);
  const stale = await connection.simulateTransaction(transaction);
  assert.equal(stale.value.err, 'BlockhashNotFound');
  const unsigned = await connection.simulateTransaction(transaction, { sigVerify: true }).catch((error) => error);
  assert.match(unsigned.message, /signature verification failure/);
  const both = await connection.simulateTransaction(transaction, { sigVerify: true, replaceRecentBlockhash: true }).catch((error) => error);
  assert.match(both.message, /may not be used with/);
});

test('fees follow the signatures and the price of a unit', async () => {
  const [from, other] = [await funded(), await funded()];
  const { blockhash } = await connection.getLatestBlockhash();
  const message = (...instructions) => new TransactionMessage({ payerKey: from.publicKey, recentBlockhash: blockhash, instructions }).compileToV0Message();
  const plain = message(transfer(from, other.publicKey, 1));
  assert.equal((await connection.getFeeForMessage(plain)).value, 5000);
  assert.equal((await connection.getFeeForMessage(message(transfer(other, from.publicKey, 1)))).value, 10_000);
  const offer = [ComputeBudgetProgram.setComputeUnitLimit({ units: 10_000 }), ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 2_000_000 })];
  const priced = message(...offer, transfer(from, other.publicKey, 1));
  assert.equal((await connection.getFeeForMessage(priced)).value, 5000 + 20_000);
  const expired = new TransactionMessage({ payerKey: from.publicKey, recentBlockhash: Keypair.generate().publicKey.toBase58(), instructions: [] }).compileToV0Message();
  assert.equal((await connection.getFeeForMessage(expired)).value, null);
  const before = await connection.getBalance(from.publicKey);
  await send([...offer, transfer(from, other.publicKey, 1)], from);
  assert.equal(await connection.getBalance(from.publicKey), before - 25_001);
  const recent = await connection.getRecentPrioritizationFees({ lockedWritableAccounts: [from.publicKey] });
  assert.ok(recent.some(({ prioritizationFee }) => prioritizationFee === 2_000_000), JSON.stringify(recent));
  assert.equal(await connection.getMinimumBalanceForRentExemption(165), 2_039_280);
});

test('a blockhash is valid until it is 150 blocks old', async () => {
  const { context, value } = await connection.getLatestBlockhashAndContext();
  assert.equal(value.lastValidBlockHeight, context.slot + 150);
  assert.equal((await connection.isBlockhashValid(value.blockhash)).value, true);
  assert.equal((await connection.isBlockhashValid(Keypair.generate().publicKey.toBase58())).value, false);
});

test('what happens is told to web3.js as it happens', async (t) => {
  const [from, to] = [await funded(), Keypair.generate().publicKey];
  const heard = { account: [], logs: [], slots: [], roots: [], signature: [] };
  const ids = [
    connection.onAccountChange(to, (account, { slot }) => heard.account.push([account.lamports, slot])),
    connection.onLogs(to, (logs) => heard.logs.push(logs)),
    connection.onSlotChange((slot) => heard.slots.push(slot)),
    connection.onRootChange((root) => heard.roots.push(root)),
  ];
  t.after(async () => {
    await connection.removeAccountChangeListener(ids[0]);
    await connection.removeOnLogsListener(ids[1]);
    await connection.removeSlotChangeListener(ids[2]);
    await connection.removeRootChangeListener(ids[3]);
  });
  // Subscriptions are made behind the back of who asks for them.
  await until(async () => (await send([transfer(from, from.publicKey, 1)], from), heard.slots.length > 0 && heard.roots.length > 0), 'a slot');
  const signature = await send([transfer(from, to, SOL)], from);
  await until(() => heard.account.length > 0 && heard.logs.length > 0, 'the account and its logs');
  const { slot } = await transactionOf(signature);
  assert.deepEqual(heard.account, [[SOL, slot]]);
  assert.deepEqual(heard.logs.map(({ signature, err }) => ({ signature, err })), [{ signature, err: null }]);
  await until(() => heard.slots.some((heardOf) => heardOf.slot === slot), 'the slot of the transfer');
  assert.deepEqual(heard.slots.find((heardOf) => heardOf.slot === slot), { slot, parent: slot - 1, root: slot });
});
