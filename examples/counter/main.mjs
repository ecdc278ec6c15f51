// One counter, a Solana program, that a user of each machine increments: by Solana's client, by a contract of the EVM, by
// a Move module. The program sees who has called it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Keypair, TransactionInstruction } from '@solana/web3.js';
import { accountOf, call, compile, deploy, moveAccount, publish, read, scratch, send, view, wallet } from '../lib/chain.mjs';
import { connection, deployProgram, idOf, makeAccount, solanaAccount, transact } from '../lib/solana.mjs';

const here = dirname(fileURLToPath(import.meta.url));

// The program, and an account for its count, made with Solana's client.
const carol = await solanaAccount(10);
const program = await deployProgram(carol, readFileSync(join(here, 'program/counter.so')));
const counter = Keypair.generate();
await makeAccount(carol, counter, 40, program);
const [programId, counterId] = [idOf(program), idOf(counter.publicKey)];
const stored = async () => {
  const { data } = await connection.getAccountInfo(counter.publicKey);
  return [data.readBigUInt64LE(0), `0x${data.subarray(8, 40).toString('hex')}`];
};
const click = (by) => {
  const data = Buffer.alloc(8);
  data.writeBigUInt64LE(by);
  const keys = [
    { pubkey: counter.publicKey, isSigner: false, isWritable: true },
    { pubkey: carol.publicKey, isSigner: true, isWritable: false },
  ];
  return new TransactionInstruction({ programId: program, keys, data });
};
await transact([carol], click(1n));
assert.deepEqual(await stored(), [1n, idOf(carol.publicKey)]);
console.log(`Solana: ${(await stored())[0]}`);

// A contract, which reads the account, too.
const { Clicker } = compile(join(here, 'Clicker.sol'));
const alice = wallet(6);
const clicker = await deploy(alice, Clicker, [programId, counterId]);
await send(alice, clicker, 'click', [10n]);
assert.deepEqual(await read(clicker, 'read'), [11n, accountOf(clicker.address).toLowerCase()]);
console.log(`Solidity: ${(await stored())[0]}`);

// The program refuses what would be too much, and a contract may go on.
await send(alice, clicker, 'tryClick', [2n ** 64n - 1n]);
await assert.rejects(send(alice, clicker, 'click', [2n ** 64n - 1n]));
await send(alice, clicker, 'clickLater', [100n]);
assert.deepEqual(await stored(), [111n, accountOf(clicker.address).toLowerCase()]);

// A Move module.
const bob = await moveAccount(5);
const { address } = await publish(bob, scratch(join(here, 'clicker')), ['clicker']);
await call(bob, `${address}::clicker::click`, [programId, counterId, 1000]);
await call(bob, `${address}::clicker::click_later`, [programId, counterId, 10_000]);
const [count, last] = await view(`${address}::clicker::read`, [counterId]);
assert.deepEqual([BigInt(count), last], [11_111n, bob.accountAddress.toString()]);
console.log(`Move: ${count}`);
