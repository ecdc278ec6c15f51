// Address lookup tables, and transactions that wait: durable nonces.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AddressLookupTableProgram, Keypair, NONCE_ACCOUNT_LENGTH, NonceAccount, SystemProgram, Transaction, TransactionMessage, VersionedTransaction,
} from '@solana/web3.js';
import { SOL, connection, funded, request, rpc, send, transactionOf, transfer } from '../lib/solana.mjs';

/** A table with addresses in it, one block old so that it can be used. */
async function table(payer, addresses) {
  const recentSlot = (await connection.getSlot('finalized')) - 1;
  const [create, key] = AddressLookupTableProgram.createLookupTable({ authority: payer.publicKey, payer: payer.publicKey, recentSlot });
  await send([create], payer);
  await send([AddressLookupTableProgram.extendLookupTable({ payer: payer.publicKey, authority: payer.publicKey, lookupTable: key, addresses })], payer);
  await send([transfer(payer, payer.publicKey, 1)], payer);
  return (await connection.getAddressLookupTable(key)).value;
}

const versioned = async (payer, instructions, tables, blockhash) => {
  const recentBlockhash = blockhash ?? (await connection.getLatestBlockhash()).blockhash;
  const transaction = new VersionedTransaction(new TransactionMessage({ payerKey: payer.publicKey, recentBlockhash, instructions }).compileToV0Message(tables));
  transaction.sign([payer]);
  return transaction;
};

test('a transaction names its receivers by their places in a table', async () => {
  const payer = await funded();
  const receivers = Array.from({ length: 30 }, () => Keypair.generate().publicKey);
  const lookup = await table(payer, receivers.slice(0, 20));
  assert.deepEqual(lookup.state.addresses.map(String), receivers.slice(0, 20).map(String));
  const parsed = (await rpc('getAccountInfo', lookup.key.toBase58(), { encoding: 'jsonParsed' })).value.data.parsed;
  assert.equal(parsed.type, 'lookupTable');
  assert.equal(parsed.info.addresses.length, 20);

  const transaction = await versioned(payer, receivers.slice(0, 20).map((key) => transfer(payer, key, SOL / 100)), [lookup]);
  const signature = await connection.sendTransaction(transaction);
  const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash();
  assert.equal((await connection.confirmTransaction({ signature, blockhash, lastValidBlockHeight })).value.err, null);
  const { meta, version } = await transactionOf(signature);
  assert.equal(version, 0);
  assert.deepEqual(meta.loadedAddresses.writable.map(String), receivers.slice(0, 20).map(String));
  assert.deepEqual(meta.loadedAddresses.readonly, []);
  assert.equal(meta.postBalances.length, 22);
  for (const key of [receivers[0], receivers[19]]) {
    assert.equal(await connection.getBalance(key), SOL / 100);
    // Who came by way of a table finds the transaction, too.
    assert.deepEqual((await connection.getSignaturesForAddress(key)).map(({ signature }) => signature), [signature]);
  }
  const accounts = await rpc('getBlock', (await transactionOf(signature)).slot, { transactionDetails: 'accounts', maxSupportedTransactionVersion: 0, commitment: 'confirmed' });
  const shown = accounts.transactions.find(({ transaction }) => transaction.signatures[0] === signature);
  assert.equal(shown.transaction.accountKeys.filter(({ source }) => source === 'lookupTable').length, 20);
});

test('a place that a table does not have is refused', async () => {
  const payer = await funded();
  const receivers = Array.from({ length: 3 }, () => Keypair.generate().publicKey);
  const lookup = await table(payer, receivers);
  const transaction = await versioned(payer, [transfer(payer, receivers[2], 1)], [lookup]);
  transaction.message.addressTableLookups[0].writableIndexes[0] = 200;
  transaction.sign([payer]);
  const error = await connection.sendTransaction(transaction).catch((error) => error);
  assert.match(error.message, /address table account that doesn't exist|invalid index|Transaction address table lookup/i);
});

test('a table is deactivated, and closed once nobody can use it', async () => {
  const payer = await funded();
  const lookup = await table(payer, [Keypair.generate().publicKey]);
  const keys = { lookupTable: lookup.key, authority: payer.publicKey };
  await send([AddressLookupTableProgram.deactivateLookupTable(keys)], payer);
  const early = await send([AddressLookupTableProgram.closeLookupTable({ ...keys, recipient: payer.publicKey })], payer).catch((error) => error);
  assert.match(early.message, /failed|invalid/i);
});

/** A durable nonce of an account. */
async function nonceOf(key) {
  const account = await connection.getAccountInfo(key, 'confirmed');
  return NonceAccount.fromAccountData(account.data).nonce;
}

async function nonceAccount(payer) {
  const nonce = Keypair.generate();
  await send(
    [
      SystemProgram.createAccount({
        fromPubkey: payer.publicKey, newAccountPubkey: nonce.publicKey, space: NONCE_ACCOUNT_LENGTH, programId: SystemProgram.programId,
        lamports: await connection.getMinimumBalanceForRentExemption(NONCE_ACCOUNT_LENGTH),
      }),
      SystemProgram.nonceInitialize({ noncePubkey: nonce.publicKey, authorizedPubkey: payer.publicKey }),
    ],
    payer,
    nonce,
  );
  return nonce.publicKey;
}

function nonced(payer, nonceKey, nonce, ...instructions) {
  const nonceInstruction = SystemProgram.nonceAdvance({ noncePubkey: nonceKey, authorizedPubkey: payer.publicKey });
  const transaction = new Transaction({ feePayer: payer.publicKey, nonceInfo: { nonce, nonceInstruction } }).add(...instructions);
  transaction.sign(payer);
  return transaction.serialize();
}

test('a durable nonce lets a transaction in once, however old it is', async () => {
  const [payer, to] = [await funded(), Keypair.generate().publicKey];
  const key = await nonceAccount(payer);
  const first = await nonceOf(key);
  const wire = nonced(payer, key, first, transfer(payer, to, SOL));
  const shown = (await rpc('getAccountInfo', key.toBase58(), { encoding: 'jsonParsed' })).value.data;
  assert.equal(shown.program, 'nonce');
  assert.equal(shown.parsed.info.blockhash, first);
  await send([transfer(payer, payer.publicKey, 1)], payer);

  const signature = await connection.sendRawTransaction(wire);
  const { value } = await connection.confirmTransaction({ signature, nonceAccountPubkey: key, nonceValue: first, minContextSlot: await connection.getSlot() });
  assert.equal(value.err, null);
  assert.equal(await connection.getBalance(to), SOL);
  const second = await nonceOf(key);
  assert.notEqual(second, first);
  const again = await request('sendTransaction', [wire.toString('base64'), { encoding: 'base64' }]);
  assert.equal(again.error.code, -32002);
  assert.match(again.error.message, /Blockhash not found|already been processed/);
  assert.equal(await connection.getBalance(to), SOL);
});

test('a transaction with a durable nonce that fails uses the nonce up', async () => {
  const [payer, to] = [await funded(), Keypair.generate().publicKey];
  const key = await nonceAccount(payer);
  const nonce = await nonceOf(key);
  const wire = nonced(payer, key, nonce, transfer(payer, to, 100 * SOL));
  const signature = await connection.sendRawTransaction(wire, { skipPreflight: true });
  const status = (await connection.getSignatureStatus(signature)).value;
  assert.deepEqual(status.err, { InstructionError: [1, { Custom: 1 }] });
  assert.notEqual(await nonceOf(key), nonce);
});
