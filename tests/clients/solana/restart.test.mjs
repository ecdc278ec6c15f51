// What stays over a restart and what goes with a reverted snapshot; blocks by the clock.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { Connection, Keypair, LAMPORTS_PER_SOL, SystemProgram, Transaction } from '@solana/web3.js';
import { startDevelopmentChain } from '../lib/process.mjs';
import { until } from '../lib/solana.mjs';

const binary = process.env.LUMIO_BIN;
const only = { skip: binary ? false : 'LUMIO_BIN does not name the program' };

/** A node of this file's own, and a connection to it. */
async function start(t, ...flags) {
  const node = await startDevelopmentChain(binary, flags);
  let isStopped = false;
  const stop = async () => {
    if (isStopped) return;
    isStopped = true;
    // web3.js closes its WebSocket half a second after its last subscription, and would try again for ever after a stop.
    await setTimeout(700);
    const how = await node.stop();
    assert.equal(how.code, 0);
  };
  t.after(stop);
  return { node, stop, connection: new Connection(node.solana, 'confirmed') };
}

async function evm(node, method, ...params) {
  const response = await fetch(node.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) });
  const { result, error } = await response.json();
  assert.equal(error, undefined, JSON.stringify(error));
  return result;
}

async function funded(connection, lamports = 10 * LAMPORTS_PER_SOL) {
  const account = Keypair.generate();
  await connection.confirmTransaction(await connection.requestAirdrop(account.publicKey, lamports));
  return account;
}

async function signed(connection, from, to, lamports) {
  const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash();
  const transaction = new Transaction({ feePayer: from.publicKey, blockhash, lastValidBlockHeight }).add(
    SystemProgram.transfer({ fromPubkey: from.publicKey, toPubkey: to, lamports }),
  );
  transaction.sign(from);
  return transaction.serialize();
}

test('accounts, transactions and histories are there after a restart, and no transaction comes twice', only, async (t) => {
  const datadir = mkdtempSync(join(tmpdir(), 'lumio-'));
  t.after(() => rmSync(datadir, { recursive: true, force: true }));
  const first = await start(t, '--datadir', datadir);
  const [from, to] = [await funded(first.connection), Keypair.generate().publicKey];
  const wire = await signed(first.connection, from, to, LAMPORTS_PER_SOL);
  const signature = await first.connection.sendRawTransaction(wire);
  const before = await first.connection.getTransaction(signature, { maxSupportedTransactionVersion: 0 });
  const genesis = await first.connection.getGenesisHash();
  await first.stop();

  const { connection } = await start(t, '--datadir', datadir);
  assert.equal(await connection.getGenesisHash(), genesis);
  assert.equal(await connection.getBalance(to), LAMPORTS_PER_SOL);
  assert.deepEqual(await connection.getTransaction(signature, { maxSupportedTransactionVersion: 0 }), before);
  assert.deepEqual((await connection.getSignaturesForAddress(to)).map((found) => found.signature), [signature]);
  const again = await connection.sendRawTransaction(wire).catch((error) => error);
  assert.match(again.message, /already been processed/);
  await connection.confirmTransaction(await connection.requestAirdrop(to, LAMPORTS_PER_SOL));
  assert.equal(await connection.getBalance(to), 2 * LAMPORTS_PER_SOL);
});

test('what a reverted snapshot takes back is in no history, and its transaction may come again', only, async (t) => {
  const { node, connection } = await start(t, '--ephemeral');
  const [from, to] = [await funded(connection), Keypair.generate().publicKey];
  const heard = [];
  const id = connection.onAccountChange(to, ({ lamports }) => heard.push(lamports));
  const wire = await signed(connection, from, to, LAMPORTS_PER_SOL);
  const snapshot = await evm(node, 'evm_snapshot');
  const signature = await connection.sendRawTransaction(wire);
  await until(() => heard.length === 1, 'the transfer');
  assert.equal(await evm(node, 'evm_revert', snapshot), true);
  await until(() => heard.length === 2, 'its end');
  assert.equal(await connection.getBalance(to), 0);
  assert.equal(await connection.getTransaction(signature, { maxSupportedTransactionVersion: 0 }), null);
  assert.equal((await connection.getSignatureStatus(signature)).value, null);
  assert.deepEqual(await connection.getSignaturesForAddress(to), []);
  assert.equal(await connection.sendRawTransaction(wire), signature);
  await until(() => heard.length === 3, 'the same again');
  assert.deepEqual(heard, [LAMPORTS_PER_SOL, 0, LAMPORTS_PER_SOL]);
  await connection.removeAccountChangeListener(id);
});

test('where blocks come by the clock, a transaction is confirmed by the next one', only, async (t) => {
  const { connection } = await start(t, '--ephemeral', '--block-time', '0.3');
  const [from, to] = [await funded(connection), Keypair.generate().publicKey];
  const signature = await connection.sendRawTransaction(await signed(connection, from, to, LAMPORTS_PER_SOL));
  const { value } = await connection.confirmTransaction({ signature, ...(await connection.getLatestBlockhash()) });
  assert.equal(value.err, null);
  assert.equal(await connection.getBalance(to), LAMPORTS_PER_SOL);
  const slot = await connection.getSlot();
  await until(async () => (await connection.getSlot()) >= slot + 2, 'empty blocks');
});

test('without Solana, nothing listens', only, async (t) => {
  const { node, connection } = await start(t, '--ephemeral', '--no-solana');
  assert.equal(await evm(node, 'eth_chainId'), '0xe516');
  await assert.rejects(connection.getSlot(), /fetch failed/);
});
