// Many transactions: the SDK's worker, batches, any order of arrival, and transactions without order.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Account, EntryFunction, Script, Serializer, TransactionWorkerEventsEnum, U64 } from '@aptos-labs/ts-sdk';
import { SIGNED, addressOf, aptos, balance, build, call, eventsOf, funded, published, rest, signedBytes, submit, submitBytes } from '../lib/aptos.mjs';
import { newNonce, orderless } from '../lib/orderless.mjs';

let basics;
before(async () => {
  basics = await published('basics');
});
const transfer = (to, amount = 1) => call('0x1::aptos_account::transfer', [to.accountAddress, amount]);

test("the SDK's worker sends thirty transactions of one account", async () => {
  const [alice, bob] = [await funded(), Account.generate()];
  const count = 30;
  const executed = [];
  const failures = [];
  const done = new Promise((resolve) => {
    aptos.transaction.batch.on(TransactionWorkerEventsEnum.TransactionExecuted, ({ transactionHash }) => {
      executed.push(transactionHash);
      if (executed.length === count) resolve();
    });
    for (const event of [TransactionWorkerEventsEnum.TransactionSendFailed, TransactionWorkerEventsEnum.TransactionExecutionFailed]) {
      aptos.transaction.batch.on(event, (failure) => {
        failures.push(failure);
        resolve();
      });
    }
  });
  const data = Array.from({ length: count }, () => transfer(bob));
  aptos.transaction.batch.forSingleAccount({ sender: alice, data, options: { maxGasAmount: 10_000 } });
  await done;
  assert.deepEqual(failures, []);
  assert.equal(new Set(executed).size, count);
  assert.equal(await balance(bob), count);
  assert.equal((await aptos.getAccountInfo({ accountAddress: alice.accountAddress })).sequence_number, String(count));
});

test('transactions arrive in any order and run in theirs', async () => {
  const [alice, bob] = [await funded(), Account.generate()];
  const numbers = [3, 1, 4, 2, 0];
  const hashes = new Map();
  for (const number of numbers) {
    const transaction = await build(alice, transfer(bob, number + 1), { accountSequenceNumber: number });
    hashes.set(number, (await aptos.signAndSubmitTransaction({ signer: alice, transaction })).hash);
  }
  const versions = [];
  for (const number of [0, 1, 2, 3, 4]) {
    const committed = await aptos.waitForTransaction({ transactionHash: hashes.get(number) });
    assert.equal(committed.sequence_number, String(number));
    versions.push(Number(committed.version));
  }
  assert.deepEqual(versions, [...versions].sort((a, b) => a - b));
  assert.equal(await balance(bob), 15);
});

test('accounts in parallel', async () => {
  const bob = Account.generate();
  const senders = await Promise.all(Array.from({ length: 8 }, () => funded()));
  await Promise.all(senders.map(async (sender) => submit(sender, await build(sender, transfer(bob, 10)))));
  assert.equal(await balance(bob), 80);
});

test('a batch in one request: all, and all but one', async () => {
  const [alice, bob] = [await funded(), Account.generate()];
  const bytes = async (number) => signedBytes(alice, await build(alice, transfer(bob), { accountSequenceNumber: number }));
  const batch = (transactions) => {
    const to = new Serializer();
    to.serializeU32AsUleb128(transactions.length);
    for (const each of transactions) to.serializeFixedBytes(each);
    return rest('/transactions/batch', { method: 'POST', body: to.toUint8Array(), type: SIGNED });
  };
  const all = await batch([await bytes(0), await bytes(1)]);
  assert.equal(all.status, 202, JSON.stringify(all.body));
  assert.deepEqual(all.body, { transaction_failures: [] });
  for (let tries = 0; (await balance(bob)) < 2 && tries < 100; tries++) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(await balance(bob), 2);
  const some = await batch([await bytes(2), await bytes(0)]);
  assert.equal(some.status, 206, JSON.stringify(some.body));
  assert.deepEqual(some.body.transaction_failures.map(({ transaction_index: index }) => index), [1]);
});

test('without order: a nonce protects, and no sequence number is used up', async () => {
  const [alice, bob] = [await funded(), Account.generate()];
  const executable = EntryFunction.build('0x1::aptos_account', 'transfer', [], [bob.accountAddress, new U64(7)]);
  const nonces = [newNonce(), newNonce(), newNonce()];
  for (const nonce of nonces) {
    const sent = await submit(alice, await orderless(alice, executable, nonce));
    assert.equal(sent.replay_protection_nonce, String(nonce));
    assert.equal(sent.payload.function, '0x1::aptos_account::transfer');
  }
  assert.equal(await balance(bob), 21);
  assert.equal((await aptos.getAccountInfo({ accountAddress: alice.accountAddress })).sequence_number, '0');

  const bytes = signedBytes(alice, await orderless(alice, executable, nonces[0], { seconds: 40 }));
  const replayed = await submitBytes(bytes);
  assert.equal(replayed.status, 400);
  assert.match(replayed.body.message, /NONCE_ALREADY_USED/);
  assert.equal(await balance(bob), 21);
  await submit(alice, await build(alice, transfer(bob), { accountSequenceNumber: 0 }));
});

test('without order: a script, and a nonce used by two accounts', async () => {
  const [alice, bob] = [await funded(), await funded()];
  const nonce = newNonce();
  const script = (by) => new Script(Buffer.from(basics.scripts.stops.slice(2), 'hex'), [], [new U64(by)]);
  const failed = await aptos.signAndSubmitTransaction({ signer: alice, transaction: await orderless(alice, script(3), nonce) });
  const committed = await aptos.waitForTransaction({ transactionHash: failed.hash, options: { checkSuccess: false } });
  assert.equal(committed.success, false);
  const raise = EntryFunction.build(`${basics.address}::counter`, 'raise', [], [new U64(1)]);
  const sent = await submit(bob, await orderless(bob, raise, nonce));
  assert.equal(eventsOf(sent, basics.named('counter::Raised'))[0].by, addressOf(bob));
});

test('without order: it must not stay valid for long', async () => {
  const alice = await funded();
  const executable = EntryFunction.build('0x1::aptos_account', 'transfer', [], [alice.accountAddress, new U64(1)]);
  const refused = await submitBytes(signedBytes(alice, await orderless(alice, executable, newNonce(), { seconds: 3_600 })));
  assert.equal(refused.status, 400);
  assert.match(refused.body.message, /TRANSACTION_EXPIRATION_TOO_FAR_IN_FUTURE/);
});

test('a large argument arrives whole', async () => {
  const alice = await funded();
  const bytes = Uint8Array.from({ length: 30_000 }, (_, n) => n % 251);
  await submit(alice, await build(alice, call(basics.named('kinds::generic'), [bytes], ['vector<u8>'])));
  const kept = await aptos.getAccountResource({ accountAddress: alice.accountAddress, resourceType: basics.named('kinds::Generic<vector<u8>>') });
  assert.equal(kept.value, `0x${Buffer.from(bytes).toString('hex')}`);
});
