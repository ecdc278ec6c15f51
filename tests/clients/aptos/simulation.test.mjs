// Transactions that are only tried.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Account, AccountAddress, SigningSchemeInput } from '@aptos-labs/ts-sdk';
import { ETH, SIGNED, addressOf, aptos, balance, build, call, eventsOf, funded, published, rest, signedBytes, submit } from '../lib/aptos.mjs';

let basics;
before(async () => {
  basics = await published('basics');
});
const raise = (by) => call(basics.named('counter::raise'), [by]);
const simulate = async (transaction, signer, options) =>
  (await aptos.transaction.simulate.simple({ transaction, signerPublicKey: signer?.publicKey, options }))[0];

test('a simulation tells what the transaction will do, and does nothing', async () => {
  const alice = await funded();
  const transaction = await build(alice, raise(4));
  const shown = await simulate(transaction, alice);
  assert.equal(shown.type, 'user_transaction');
  assert.equal(shown.success, true);
  assert.equal(eventsOf(shown, basics.named('counter::Raised'))[0].by, addressOf(alice));
  assert.ok(shown.changes.length > 0);
  assert.equal(await balance(alice), ETH);
  assert.equal((await aptos.getAccountInfo({ accountAddress: alice.accountAddress })).sequence_number, '0');
  const sent = await submit(alice, transaction);
  assert.equal(sent.gas_used, shown.gas_used);
});

test('without a public key, too', async () => {
  const alice = await funded();
  const transaction = await build(alice, raise(1));
  const [known, unknown] = [await simulate(transaction, alice), await simulate(transaction)];
  assert.equal(unknown.success, true);
  // It is shorter by a key and a signature.
  assert.ok(Math.abs(unknown.gas_used - known.gas_used) <= known.gas_used / 10, `${unknown.gas_used} and ${known.gas_used}`);
});

test('every kind of key is simulated', async () => {
  for (const scheme of [SigningSchemeInput.Ed25519, SigningSchemeInput.Secp256k1Ecdsa]) {
    const account = await funded(Account.generate({ scheme, legacy: false }));
    assert.equal((await simulate(await build(account, raise(1)), account)).success, true);
  }
});

test('the node sets price and amount of gas where it is asked to', async () => {
  const alice = await funded();
  const transaction = await build(alice, raise(1), { gasUnitPrice: 7_777, maxGasAmount: 1 });
  const shown = await simulate(transaction, alice, { estimateGasUnitPrice: true, estimateMaxGasAmount: true });
  assert.equal(shown.success, true, shown.vm_status);
  assert.equal(Number(shown.gas_unit_price), (await aptos.getGasPriceEstimation()).gas_estimate);
  assert.ok(Number(shown.max_gas_amount) >= Number(shown.gas_used));
  const prioritized = await simulate(transaction, alice, { estimateGasUnitPrice: true, estimatePrioritizedGasUnitPrice: true, estimateMaxGasAmount: true });
  assert.ok(Number(prioritized.gas_unit_price) >= Number(shown.gas_unit_price));
});

test('a simulation that fails says why', async () => {
  const alice = await funded();
  const aborted = await simulate(await build(alice, raise(2_000_000)), alice);
  assert.equal(aborted.success, false);
  assert.match(aborted.vm_status, /ELIMIT\(0x20007\)/);
  const noGas = await simulate(await build(alice, call(basics.named('counter::spin')), { maxGasAmount: 2_000 }), alice);
  assert.match(noGas.vm_status, /Out of gas/i);
  const old = await simulate(await build(alice, raise(1), { expireTimestamp: 1_000 }), alice);
  assert.match(old.vm_status, /TRANSACTION_EXPIRED/);
  const nobody = Account.generate();
  const poor = await simulate(await build(nobody, raise(1), { accountSequenceNumber: 0 }), nobody);
  assert.match(poor.vm_status, /INSUFFICIENT_BALANCE_FOR_TRANSACTION_FEE/);
  assert.equal(poor.success, false);
});

test('several signers and a payer are simulated', async () => {
  const [alice, bob, payer] = [Account.generate(), Account.generate(), await funded()];
  const transaction = await aptos.transaction.build.multiAgent({
    sender: alice.accountAddress, secondarySignerAddresses: [bob.accountAddress], withFeePayer: true,
    data: call(basics.named('counter::raise_together')), options: { maxGasAmount: 100_000 },
  });
  transaction.feePayerAddress = payer.accountAddress;
  const [shown] = await aptos.transaction.simulate.multiAgent({
    transaction, signerPublicKey: alice.publicKey, secondarySignersPublicKeys: [bob.publicKey], feePayerPublicKey: payer.publicKey,
  });
  assert.equal(shown.success, true, shown.vm_status);
  assert.deepEqual(eventsOf(shown, basics.named('counter::Raised')).map(({ by }) => by), [addressOf(alice), addressOf(bob)]);

  const unknown = await aptos.transaction.build.simple({ sender: alice.accountAddress, withFeePayer: true, data: raise(1), options: { maxGasAmount: 100_000 } });
  assert.equal(unknown.feePayerAddress.toString(), AccountAddress.ZERO.toString());
  const [without] = await aptos.transaction.simulate.simple({ transaction: unknown, signerPublicKey: alice.publicKey });
  assert.equal(without.success, true, without.vm_status);
});

test('a signed transaction is not simulated: whoever sees it could send it', async () => {
  const alice = await funded();
  const bytes = signedBytes(alice, await build(alice, raise(1)));
  const answer = await rest('/transactions/simulate', { method: 'POST', body: bytes, type: SIGNED });
  assert.equal(answer.status, 400);
  assert.match(answer.body.message, /signature/i);
});
