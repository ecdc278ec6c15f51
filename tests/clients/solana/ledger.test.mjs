// One ledger: viem, the Aptos SDK and kit see the same balances, each in its own unit, after a mix of transfers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Account, AccountAddress } from '@aptos-labs/ts-sdk';
import { createSolanaRpc, getAddressDecoder } from '@solana/kit';
import { Keypair, PublicKey, Transaction } from '@solana/web3.js';
import { hexToBytes, pad, toHex } from 'viem';
import * as move from '../lib/aptos.mjs';
import { account, publicClient, wallet } from '../lib/chain.mjs';
import { SOL, connection, funded, rpc as solana, send, solanaUrl, transactionOf, transfer } from '../lib/solana.mjs';

const kit = createSolanaRpc(solanaUrl);
const LAMPORT = 10n ** 9n;
const OCTA = 10n ** 10n;

/** A key of Solana as the other machines write it: as a Move address. */
const asMove = (key) => AccountAddress.from(toHex(key.toBytes())).toStringLong();
/** An Ethereum address as Solana writes it: with zeros in front. */
const asKey = (address) => new PublicKey(hexToBytes(pad(address)));
const lamports = async (key) => (await kit.getBalance(getAddressDecoder().decode(key.toBytes())).send()).value;

/** Numbers that are the same in each run (mulberry32). */
function random(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

test('a balance is the same for viem, the Aptos SDK and kit, whoever moves it', async () => {
  const below = random(23);
  const evm = wallet(3);
  const mover = await move.funded(Account.generate(), 10 * move.ETH);
  const moverKey = new PublicKey(mover.accountAddress.toUint8Array());
  const payer = await funded(20 * SOL);
  const someone = Keypair.generate().publicKey;
  const evmKey = asKey(account(3).address);
  const keys = [evmKey, moverKey, payer.publicKey, someone];

  /** Each account's wei as Move tells it, and whether the others agree. */
  const agree = async () => {
    for (const key of keys) {
      const wei = await move.weiBalance(asMove(key));
      assert.equal(await lamports(key), wei / LAMPORT, `kit, ${key}`);
      assert.equal(BigInt(await connection.getBalance(key)), wei / LAMPORT, `web3.js, ${key}`);
      assert.equal(BigInt(await move.balance(asMove(key))), wei / OCTA, `octas of ${key}`);
    }
    const wei = await publicClient.getBalance({ address: account(3).address });
    assert.equal(await move.weiBalance(asMove(evmKey)), wei, 'viem');
  };
  await agree();
  for (let round = 0; round < 12; round++) {
    const target = keys[below(keys.length)];
    const amount = 1 + below(SOL / 4);
    switch (below(4)) {
      case 0:
        await send([transfer(payer, target, amount)], payer);
        break;
      case 1:
        // In Move's unit, which is ten times a lamport.
        await move.send(mover, move.call('0x1::aptos_account::transfer', [asMove(target), 1 + below(move.ETH / 10)]));
        break;
      case 2: {
        // In wei, so that there are remainders that the coarser units do not show.
        const hash = await evm.sendTransaction({ to: account(4).address, value: BigInt(amount) * 123n + 7n });
        await publicClient.waitForTransactionReceipt({ hash });
        break;
      }
      default:
        await connection.confirmTransaction(await connection.requestAirdrop(target, amount), 'confirmed');
    }
    await agree();
  }
});

test('viem pays an Ethereum address, and Solana sees it at once, with the remainder kept', async () => {
  const to = toHex(Keypair.generate().publicKey.toBytes().slice(0, 20));
  const value = 3n * 10n ** 18n + 999_999_999n;
  await publicClient.waitForTransactionReceipt({ hash: await wallet(3).sendTransaction({ to, value }) });
  assert.equal(await lamports(asKey(to)), 3n * 10n ** 9n);
  const payer = await funded(5 * SOL);
  await send([transfer(payer, asKey(to), SOL)], payer);
  assert.equal(await publicClient.getBalance({ address: to }), value + 10n ** 18n);
});

test('a Solana transaction is in an Ethereum block, and one in a carrier of MetaMask is a Solana transaction', async () => {
  const payer = await funded(5 * SOL);
  const to = Keypair.generate().publicKey;
  const signature = await send([transfer(payer, to, SOL)], payer);
  const { slot } = await transactionOf(signature);
  const block = await publicClient.getBlock({ blockNumber: BigInt(slot), includeTransactions: true });
  const carrier = block.transactions.find(({ input }) => input.startsWith(toHex('SVMT')));
  const receipt = await publicClient.getTransactionReceipt({ hash: carrier.hash });
  assert.equal(receipt.status, 'success');
  const solanaBlock = await solana('getBlock', slot, { maxSupportedTransactionVersion: 0 });
  assert.equal(new PublicKey(solanaBlock.blockhash).toBuffer().toString('hex'), block.hash.slice(2));

  const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash();
  const inner = new Transaction({ feePayer: payer.publicKey, blockhash, lastValidBlockHeight }).add(transfer(payer, to, SOL));
  inner.sign(payer);
  const data = `${toHex('SVMT')}${inner.serialize().toString('hex')}`;
  const hash = await wallet(3).sendTransaction({ data });
  assert.equal((await publicClient.waitForTransactionReceipt({ hash })).status, 'success');
  const [newest] = await connection.getSignaturesForAddress(payer.publicKey, { limit: 1 });
  const { value } = await connection.getSignatureStatus(newest.signature);
  assert.equal(value.err, null);
  assert.deepEqual(new PublicKey(to).toBase58(), (await transactionOf(newest.signature)).transaction.message.accountKeys[1].toBase58());
  assert.equal(await connection.getBalance(to), 2 * SOL);
});
