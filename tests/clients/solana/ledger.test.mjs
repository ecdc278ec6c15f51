// One ledger: viem, the Aptos SDK and kit see the same balances, each in its own unit, after a mix of transfers.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { Account, AccountAddress } from '@aptos-labs/ts-sdk';
import { createSolanaRpc, getAddressDecoder } from '@solana/kit';
import { Keypair, PublicKey, SystemProgram, Transaction, TransactionInstruction } from '@solana/web3.js';
import { hexToBytes, pad, parseAbi, toHex } from 'viem';
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

/** Numbers that are the same for the same seed (mulberry32). */
function random(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

const crossVm = '0x42000000000000000000000000000000000000FE';
const crossVmAbi = parseAbi(['function callSolana(bytes32 program, (bytes32 id, bool signer, bool writable)[] accounts, bytes data) returns (bytes)']);
const crossVmProgram = new PublicKey('CrossVm111111111111111111111111111111111111');
const crossVmVault = new PublicKey('CrossVmVau1t1111111111111111111111111111111');

/** A call of an Ethereum address, without input, by a Solana account, with lamports. */
function pays(from, address, value) {
  const data = Buffer.alloc(50);
  data.set(hexToBytes(pad(address)), 2);
  data.writeBigUInt64LE(value, 34);
  data.writeBigUInt64LE(1_000_000n, 42);
  const keys = [
    { pubkey: from.publicKey, isSigner: true, isWritable: true },
    { pubkey: crossVmVault, isSigner: false, isWritable: true },
    { pubkey: SystemProgram.programId, isSigner: false, isWritable: false },
  ];
  return new TransactionInstruction({ programId: crossVmProgram, keys, data });
}

// SEED=… repeats a run.
const seed = Number(process.env.SEED ?? randomInt(2 ** 31));

test(`a balance is the same for viem, the Aptos SDK and kit, whoever moves it (SEED=${seed})`, async () => {
  const below = random(seed);
  const evm = wallet(3);
  const mover = await move.funded(Account.generate(), 10 * move.ETH);
  const payer = await funded(20 * SOL);
  const payerKey = payer.publicKey;
  const evmKey = asKey(account(3).address);
  const moverKey = new PublicKey(mover.accountAddress.toUint8Array());
  const keys = [evmKey, moverKey, payerKey, Keypair.generate().publicKey, asKey(toHex(Keypair.generate().publicKey.toBytes().slice(0, 20)))];
  const addressOf = (key) => move.evmAddress(asMove(key));

  /** What each account must have, in wei. */
  const ledger = new Map();
  for (const key of keys) ledger.set(key, await publicClient.getBalance({ address: addressOf(key) }));
  const pay = (from, to, wei, fee) => {
    ledger.set(from, ledger.get(from) - wei - fee);
    ledger.set(to, ledger.get(to) + wei);
  };
  const agree = async (what) => {
    for (const key of keys) {
      const wei = ledger.get(key);
      const shown = {
        viem: await publicClient.getBalance({ address: addressOf(key) }),
        wei: await move.weiBalance(asMove(key)),
        octas: BigInt(await move.balance(asMove(key))),
        kit: await lamports(key),
        'web3.js': BigInt(await connection.getBalance(key)),
      };
      assert.deepEqual(shown, { viem: wei, wei, octas: wei / OCTA, kit: wei / LAMPORT, 'web3.js': wei / LAMPORT }, `${what}, ${key}`);
    }
  };
  /** Sends what may fail, and returns its fee in wei and whether it failed. */
  const onSolana = async (instruction) => {
    const latest = await connection.getLatestBlockhash();
    const transaction = new Transaction({ feePayer: payerKey, ...latest }).add(instruction);
    transaction.sign(payer);
    const signature = await connection.sendRawTransaction(transaction.serialize(), { skipPreflight: true });
    // It throws the error of a transaction that failed, which is in the block all the same.
    await connection.confirmTransaction({ signature, ...latest }, 'confirmed').catch((error) => assert.ok(error.InstructionError ?? error.InsufficientFundsForRent, error));
    const { meta } = await transactionOf(signature);
    return { fee: BigInt(meta.fee) * LAMPORT, failed: meta.err !== null };
  };
  const onEvm = async (hash) => {
    const receipt = await publicClient.waitForTransactionReceipt({ hash });
    assert.equal(receipt.status, 'success');
    return receipt.gasUsed * receipt.effectiveGasPrice + BigInt(receipt.l1Fee ?? 0);
  };
  const kinds = {
    async 'a Solana transfer'(target, units) {
      const { fee, failed } = await onSolana(transfer(payer, target, Number(units)));
      pay(payerKey, target, failed ? 0n : units * LAMPORT, fee);
    },
    async 'a Solana account that pays through the EVM'(target, units) {
      const { fee, failed } = await onSolana(pays(payer, addressOf(target), units));
      // Of itself it takes nothing by another name.
      assert.equal(failed && target !== payerKey, false);
      pay(payerKey, target, failed ? 0n : units * LAMPORT, fee);
    },
    async 'a Solana transfer of too much'(target) {
      const { fee, failed } = await onSolana(transfer(payer, target, 1_000 * SOL));
      assert.ok(failed);
      pay(payerKey, target, 0n, fee);
    },
    async 'a Move transfer'(target, units) {
      const sent = await move.send(mover, move.call('0x1::aptos_account::transfer', [asMove(target), units]));
      pay(moverKey, target, units * OCTA, BigInt(move.feeOf(sent)) * OCTA);
    },
    async 'a Move transfer of too much'(target) {
      const failed = await move.sendFailing(mover, move.call('0x1::aptos_account::transfer', [asMove(target), 10n ** 15n]));
      pay(moverKey, target, 0n, BigInt(move.feeOf(failed)) * OCTA);
    },
    async 'an Ethereum transfer'(target, units) {
      // With a remainder that the coarser units do not show.
      const value = units * LAMPORT + BigInt(below(1_000_000_000));
      pay(evmKey, target, value, await onEvm(await evm.sendTransaction({ to: addressOf(target), value })));
    },
    async 'an Ethereum account that pays on Solana'(target, units) {
      const data = Buffer.alloc(12);
      data.writeUInt32LE(2, 0);
      data.writeBigUInt64LE(units, 4);
      const accounts = [evmKey, target].map((key, at) => ({ id: toHex(key.toBytes()), signer: at === 0, writable: true }));
      const args = [toHex(SystemProgram.programId.toBytes()), accounts, toHex(data)];
      const hash = await evm.writeContract({ address: crossVm, abi: crossVmAbi, functionName: 'callSolana', args });
      pay(evmKey, target, units * LAMPORT, await onEvm(hash));
    },
    async 'an airdrop'(target, units) {
      const signature = await connection.requestAirdrop(target, Number(units));
      await connection.confirmTransaction(signature, 'confirmed');
      ledger.set(target, ledger.get(target) + units * LAMPORT);
    },
  };
  await agree('at the beginning');
  const names = Object.keys(kinds);
  // Each kind at least twice, in any order.
  const mix = [...names, ...names, ...Array.from({ length: 14 }, () => names[below(names.length)])];
  for (let at = mix.length - 1; at > 0; at--) {
    const other = below(at + 1);
    [mix[at], mix[other]] = [mix[other], mix[at]];
  }
  for (const [round, name] of mix.entries()) {
    const target = keys[below(keys.length)];
    // At least the rent of a new account.
    await kinds[name](target, BigInt(1_000_000 + below(SOL / 10)));
    await agree(`round ${round}, ${name}`);
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
