// The Solana side of the node under test, through unmodified clients.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Connection, Keypair, LAMPORTS_PER_SOL, SystemProgram, Transaction, sendAndConfirmTransaction } from '@solana/web3.js';
import { here } from './tools.mjs';

export const solanaUrl = process.env.SOLANA_URL ?? 'http://127.0.0.1:8899';
/** Where WebSocket is: on the next port, as clients expect it. */
export const solanaWsUrl = `ws://${new URL(solanaUrl).hostname}:${Number(new URL(solanaUrl).port) + 1}`;

/** A connection of web3.js; it finds the WebSocket by itself. */
export const connection = new Connection(solanaUrl, 'confirmed');

export const SOL = LAMPORTS_PER_SOL;

/** A new account with lamports from the faucet. */
export async function funded(lamports = 10 * SOL) {
  const account = Keypair.generate();
  await airdrop(account.publicKey, lamports);
  return account;
}

export async function airdrop(key, lamports = 10 * SOL) {
  const signature = await connection.requestAirdrop(key, lamports);
  const { value } = await connection.confirmTransaction({ signature, ...(await connection.getLatestBlockhash()) });
  assert.equal(value.err, null);
  return signature;
}

/** Signs, sends, and waits for success. */
export const send = (instructions, ...signers) =>
  sendAndConfirmTransaction(connection, new Transaction().add(...instructions), signers, { commitment: 'confirmed' });

export const transfer = (from, to, lamports) =>
  SystemProgram.transfer({ fromPubkey: from.publicKey, toPubkey: to, lamports });

/** A committed transaction. */
export const transactionOf = (signature, more = {}) =>
  connection.getTransaction(signature, { commitment: 'confirmed', maxSupportedTransactionVersion: 0, ...more });

/** The binary of a program of tests/fixtures/solana. */
export const programFixture = (name) => readFileSync(join(here, `../fixtures/solana/${name}.so`));

/** Sends a body, however wrong it is. */
export async function post(body, { headers = { 'content-type': 'application/json' }, base = solanaUrl, method = 'POST' } = {}) {
  const response = await fetch(base, { method, headers, body });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

/** Sends one request and returns the whole response object. */
export async function request(method, params = [], id = 1) {
  const { text } = await post(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
  return JSON.parse(text);
}

/** Sends one request and returns its result. */
export async function rpc(method, ...params) {
  const { result, error } = await request(method, params);
  assert.equal(error, undefined, `${method}: ${JSON.stringify(error)}`);
  return result;
}

/** The error of a request that must fail. */
export async function rpcError(method, ...params) {
  const { error, result } = await request(method, params);
  assert.ok(error, `${method} must fail, and is ${JSON.stringify(result)}`);
  return error;
}

/** Waits until a condition holds. */
export async function until(condition, what, seconds = 10) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const value = await condition();
    if (value) return value;
    assert.ok(Date.now() < deadline, `not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
