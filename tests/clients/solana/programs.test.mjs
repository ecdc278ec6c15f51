// Programs by the upgradeable loader: write, deploy, upgrade, close; errors of programs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Keypair, PublicKey, SYSVAR_CLOCK_PUBKEY, SYSVAR_RENT_PUBKEY, SendTransactionError, SystemProgram, TransactionInstruction } from '@solana/web3.js';
import { connection, funded, programFixture, rpc, send, transactionOf } from '../lib/solana.mjs';

const LOADER = new PublicKey('BPFLoaderUpgradeab1e11111111111111111111111');
const BUFFER_HEAD = 37;
const PROGRAM = 36;
const CHUNK = 900;

/** An instruction of the loader: its number, then what follows it. */
const instruction = (number, keys, ...parts) => {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(number);
  return new TransactionInstruction({ programId: LOADER, keys, data: Buffer.concat([head, ...parts]) });
};
const u64 = (value) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
const u32 = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const key = (pubkey, isWritable = false, isSigner = false) => ({ pubkey, isWritable, isSigner });
const rent = (bytes) => connection.getMinimumBalanceForRentExemption(bytes);
const dataOf = (program) => PublicKey.findProgramAddressSync([program.toBuffer()], LOADER)[0];

/** A buffer account with code in it. */
async function written(payer, code) {
  const buffer = Keypair.generate();
  const space = BUFFER_HEAD + code.length;
  await send(
    [
      SystemProgram.createAccount({ fromPubkey: payer.publicKey, newAccountPubkey: buffer.publicKey, lamports: await rent(space), space, programId: LOADER }),
      instruction(0, [key(buffer.publicKey, true), key(payer.publicKey)]),
    ],
    payer,
    buffer,
  );
  for (let offset = 0; offset < code.length; offset += CHUNK) {
    const bytes = code.subarray(offset, offset + CHUNK);
    await send([instruction(1, [key(buffer.publicKey, true), key(payer.publicKey, false, true)], u32(offset), u64(bytes.length), bytes)], payer);
  }
  return buffer.publicKey;
}

async function deployed(payer, code, maxLength = code.length * 2) {
  const buffer = await written(payer, code);
  const program = Keypair.generate();
  await send(
    [
      SystemProgram.createAccount({ fromPubkey: payer.publicKey, newAccountPubkey: program.publicKey, lamports: await rent(PROGRAM), space: PROGRAM, programId: LOADER }),
      instruction(
        2,
        [
          key(payer.publicKey, true, true), key(dataOf(program.publicKey), true), key(program.publicKey, true), key(buffer, true), key(SYSVAR_RENT_PUBKEY), key(SYSVAR_CLOCK_PUBKEY),
          key(SystemProgram.programId), key(payer.publicKey, false, true),
        ],
        u64(maxLength),
      ),
    ],
    payer,
    program,
  );
  return program.publicKey;
}

async function upgrade(payer, program, code) {
  const buffer = await written(payer, code);
  return send(
    [
      instruction(3, [
        key(dataOf(program), true), key(program, true), key(buffer, true), key(payer.publicKey, true), key(SYSVAR_RENT_PUBKEY), key(SYSVAR_CLOCK_PUBKEY), key(payer.publicKey, false, true),
      ]),
    ],
    payer,
  );
}

let calls = 0;
/** Calls a program; the data only make each call another transaction. */
const call = (payer, program) => send([new TransactionInstruction({ programId: program, keys: [], data: u32(calls++) })], payer);
const returned = async (signature) => {
  const { meta } = await transactionOf(signature);
  const shown = await rpc('getTransaction', signature, { encoding: 'json', commitment: 'confirmed' });
  return { logs: meta.logMessages, text: Buffer.from(shown.meta.returnData.data[0], 'base64').toString() };
};

test('a program is deployed, called, upgraded and called again', async () => {
  const payer = await funded();
  const program = await deployed(payer, programFixture('first'));
  const first = await returned(await call(payer, program));
  assert.equal(first.text, 'first');
  assert.ok(first.logs.includes('Program log: first'), first.logs.join('\n'));
  assert.ok(first.logs.at(-1).endsWith('success'));

  const shown = (await rpc('getAccountInfo', program.toBase58(), { encoding: 'jsonParsed' })).value;
  assert.equal(shown.executable, true);
  assert.deepEqual(shown.data.parsed, { type: 'program', info: { programData: dataOf(program).toBase58() } });
  const code = (await rpc('getAccountInfo', dataOf(program).toBase58(), { encoding: 'jsonParsed' })).value.data.parsed;
  assert.equal(code.type, 'programData');
  assert.equal(code.info.authority, payer.publicKey.toBase58());

  await upgrade(payer, program, programFixture('second'));
  assert.equal((await returned(await call(payer, program))).text, 'second');
});

test('who is not the authority upgrades nothing, and what is no program is not deployed', async () => {
  const [payer, other] = [await funded(), await funded()];
  const program = await deployed(payer, programFixture('first'));
  const refused = await upgrade(other, program, programFixture('second')).catch((error) => error);
  assert.ok(refused instanceof SendTransactionError, refused.stack);
  assert.match(refused.message, /Incorrect authority provided/);
  assert.equal((await returned(await call(payer, program))).text, 'first');
  const broken = await deployed(payer, Buffer.from(programFixture('first')).fill(0xff, 0, 64)).catch((error) => error);
  assert.match(broken.message, /[Ii]nvalid account data/);
});

test('a closed program runs no more', async () => {
  const payer = await funded();
  const program = await deployed(payer, programFixture('first'));
  const before = await connection.getBalance(payer.publicKey);
  await send([instruction(5, [key(dataOf(program), true), key(payer.publicKey, true), key(payer.publicKey, false, true), key(program, true)])], payer);
  assert.ok((await connection.getBalance(payer.publicKey)) > before, 'its lamports came back');
  const gone = await call(payer, program).catch((error) => error);
  assert.match(gone.message, /Program is not deployed|UnsupportedProgramId|[Ii]nvalid/);
});

test('a custom error and its logs reach web3.js', async () => {
  const payer = await funded();
  const program = await deployed(payer, programFixture('fails'));
  const error = await call(payer, program).catch((error) => error);
  assert.ok(error instanceof SendTransactionError, error.stack);
  assert.match(error.message, /custom program error: 0x2a/);
  const logs = await error.getLogs(connection);
  assert.ok(logs.includes('Program log: this always fails'), logs.join('\n'));
  assert.ok(logs.includes(`Program ${program.toBase58()} failed: custom program error: 0x2a`), logs.join('\n'));
});
