// The development chain as Solana's clients see it, and what the examples do there: pay, deploy programs, call contracts.
import assert from 'node:assert/strict';
import {
  Connection, Keypair, LAMPORTS_PER_SOL, PublicKey, SYSVAR_CLOCK_PUBKEY, SYSVAR_RENT_PUBKEY,
  SystemProgram, Transaction, TransactionInstruction, sendAndConfirmTransaction,
} from '@solana/web3.js';
import { hexToBytes, toHex } from 'viem';

export const connection = new Connection(process.env.SOLANA_URL ?? 'http://127.0.0.1:8899', 'confirmed');

/** What stands for the other machines on Solana: a program, and an account through which lamports go to them. */
export const CROSS_VM_PROGRAM = new PublicKey('CrossVm111111111111111111111111111111111111');
export const CROSS_VM_VAULT = new PublicKey('CrossVmVau1t1111111111111111111111111111111');
const LOADER = new PublicKey('BPFLoaderUpgradeab1e11111111111111111111111');

/** A Solana account as the other machines name it: 32 bytes. */
export const idOf = (key) => toHex(key.toBytes());
/** An account of the other machines as Solana names it. */
export const keyOf = (id) => new PublicKey(hexToBytes(id));

/** A new Solana account with some ETH, of which Solana counts a billionth as a lamport. */
export async function solanaAccount(ether = 1) {
  const account = Keypair.generate();
  const signature = await connection.requestAirdrop(account.publicKey, ether * LAMPORTS_PER_SOL);
  const { value } = await connection.confirmTransaction({ signature, ...(await connection.getLatestBlockhash()) });
  assert.equal(value.err, null);
  return account;
}

/** Sends instructions in a transaction that must succeed; the first signer pays. */
export const transact = (signers, ...instructions) =>
  sendAndConfirmTransaction(connection, new Transaction().add(...instructions), signers);

/** An account that a program owns, exempt from rent. */
export async function makeAccount(payer, account, space, program) {
  const lamports = await connection.getMinimumBalanceForRentExemption(space);
  const from = { fromPubkey: payer.publicKey, newAccountPubkey: account.publicKey };
  await transact([payer, account], SystemProgram.createAccount({ ...from, lamports, space, programId: program }));
}

/** Deploys a program by the upgradeable loader: a buffer, its content, the program. */
export async function deployProgram(payer, elf) {
  const [buffer, program] = [Keypair.generate(), Keypair.generate()];
  const number = (value, bytes) => Buffer.from(toHex(value, { size: bytes }).slice(2), 'hex').reverse();
  const meta = (pubkey, isSigner = false, isWritable = false) => ({ pubkey, isSigner, isWritable });
  const loader = (keys, ...data) => new TransactionInstruction({ programId: LOADER, keys, data: Buffer.concat(data) });
  const space = 37 + elf.length;
  const rent = (bytes) => connection.getMinimumBalanceForRentExemption(bytes);
  const made = (account, lamports, bytes) => SystemProgram.createAccount({
    fromPubkey: payer.publicKey, newAccountPubkey: account.publicKey, lamports, space: bytes, programId: LOADER,
  });
  await transact([payer, buffer], made(buffer, await rent(space), space),
    loader([meta(buffer.publicKey, false, true), meta(payer.publicKey)], number(0, 4)));
  for (let at = 0; at < elf.length; at += 900) {
    const part = elf.subarray(at, at + 900);
    await transact([payer], loader([meta(buffer.publicKey, false, true), meta(payer.publicKey, true)],
      number(1, 4), number(at, 4), number(part.length, 8), part));
  }
  const [code] = PublicKey.findProgramAddressSync([program.publicKey.toBytes()], LOADER);
  await transact([payer, program], made(program, await rent(36), 36), loader([
    meta(payer.publicKey, true, true), meta(code, false, true), meta(program.publicKey, false, true),
    meta(buffer.publicKey, false, true), meta(SYSVAR_RENT_PUBKEY), meta(SYSVAR_CLOCK_PUBKEY),
    meta(SystemProgram.programId), meta(payer.publicKey, true),
  ], number(2, 4), number(elf.length, 8)));
  // A program runs from the block after its own on.
  const slot = await connection.getSlot();
  while ((await connection.getSlot()) <= slot) {
    await transact([payer], SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: payer.publicKey, lamports: 1 }));
  }
  return program.publicKey;
}

/** An instruction that calls a contract of the EVM on behalf of an account, which signs. `paid` may get lamports. */
export function callContract(caller, contract, input, lamports = 0n, paid = []) {
  // The EVM, no flags; the contract's account; lamports that go along; as much gas as there is.
  const data = Buffer.alloc(50);
  data.set(hexToBytes(contract), 14);
  data.writeBigUInt64LE(lamports, 34);
  data.writeBigUInt64LE(2n ** 64n - 1n, 42);
  const writable = (pubkey, isSigner = false) => ({ pubkey, isSigner, isWritable: true });
  return new TransactionInstruction({
    programId: CROSS_VM_PROGRAM,
    keys: [
      writable(caller, true),
      writable(CROSS_VM_VAULT),
      { pubkey: SystemProgram.programId, isSigner: false, isWritable: false },
      ...paid.map((key) => writable(key)),
    ],
    data: Buffer.concat([data, hexToBytes(input)]),
  });
}
