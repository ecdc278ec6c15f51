// Who signs, and with which keys: every scheme, several signers, another who pays, multisig accounts.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  Account, AccountAddress, Ed25519PrivateKey, MultiEd25519Account, MultiEd25519PublicKey, MultiKey, MultiKeyAccount, SigningSchemeInput,
  U64, generateRawTransaction, generateTransactionPayload,
} from '@aptos-labs/ts-sdk';
import { ETH, addressOf, apiError, aptos, balance, build, call, eventsOf, feeOf, funded, published, rest, send, sendFailing, submit, submitBytes, signedBytes, view, someone } from '../lib/aptos.mjs';

let basics;
before(async () => {
  basics = await published('basics');
});

const ed25519 = () => Account.generate();
const single = () => Account.generate({ scheme: SigningSchemeInput.Ed25519, legacy: false });
const secp256k1 = () => Account.generate({ scheme: SigningSchemeInput.Secp256k1Ecdsa });
const multiEd25519 = () => {
  const keys = Array.from({ length: 3 }, () => Ed25519PrivateKey.generate());
  const publicKey = new MultiEd25519PublicKey({ publicKeys: keys.map((key) => key.publicKey()), threshold: 2 });
  return new MultiEd25519Account({ publicKey, signers: [keys[0], keys[2]] });
};
const multiKey = () => {
  const keys = [single(), secp256k1(), ed25519()];
  const several = new MultiKey({ publicKeys: keys.map(({ publicKey }) => publicKey), signaturesRequired: 2 });
  return new MultiKeyAccount({ multiKey: several, signers: [keys[1], keys[2]] });
};
const schemes = {
  ed25519: [ed25519, 'ed25519_signature'],
  'ed25519 as a single key': [single, 'single_sender'],
  'secp256k1 as a single key': [secp256k1, 'single_sender'],
  'two of three ed25519': [multiEd25519, 'multi_ed25519_signature'],
  'two of three keys of two schemes': [multiKey, 'single_sender'],
};
const raise = (by) => call(basics.named('counter::raise'), [by]);

for (const [name, [make, signature]] of Object.entries(schemes)) {
  test(`${name}: funded, sends, and is read back`, async () => {
    const account = await funded(make());
    const to = Account.generate();
    const sent = await send(account, call('0x1::aptos_account::transfer', [to.accountAddress, 55]));
    assert.equal(sent.sender, addressOf(account));
    assert.equal(sent.signature.type, signature);
    assert.equal(await balance(to), 55);
    assert.equal(await balance(account), ETH - 55 - feeOf(sent));
  });

  test(`${name}: a signature of something else is refused`, async () => {
    const account = await funded(make());
    const transaction = await build(account, call('0x1::aptos_account::transfer', [someone, 1]));
    const bytes = signedBytes(account, transaction);
    // The amount stands in the payload: what was signed is not what is sent.
    const at = Buffer.from(bytes).indexOf(Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]), 64);
    assert.ok(at > 0);
    bytes[at] = 2;
    const refused = await submitBytes(bytes);
    assert.equal(refused.status, 400);
    assert.equal(refused.body.error_code, 'vm_error');
    assert.match(refused.body.message, /INVALID_SIGNATURE/);
    assert.equal(refused.body.vm_error_code, 1);
    assert.equal(await balance(account), ETH);
  });

  test(`${name}: another's key is refused`, async () => {
    const [account, thief] = [await funded(make()), make()];
    const transaction = await build(account, call('0x1::aptos_account::transfer', [someone, 1]));
    const refused = await apiError(aptos.signAndSubmitTransaction({ signer: thief, transaction }));
    assert.match(refused.message, /INVALID_AUTH_KEY/);
    assert.equal(refused.vm_error_code, 2);
  });
}

const multiAgent = (sender, others, data, more = {}) =>
  aptos.transaction.build.multiAgent({
    sender: sender.accountAddress, secondarySignerAddresses: others.map(({ accountAddress }) => accountAddress), data, options: { maxGasAmount: 100_000 }, ...more,
  });

async function submitTogether(transaction, sender, others, payer) {
  const sign = (signer) => aptos.transaction.sign({ signer, transaction });
  const [senderAuthenticator, ...additionalSignersAuthenticators] = [sender, ...others].map(sign);
  const feePayerAuthenticator = payer && aptos.transaction.signAsFeePayer({ signer: payer, transaction });
  const { hash } = await aptos.transaction.submit.multiAgent({ transaction, senderAuthenticator, additionalSignersAuthenticators, feePayerAuthenticator });
  return aptos.waitForTransaction({ transactionHash: hash });
}

test('two accounts sign one transaction, with keys of different schemes', async () => {
  const [alice, bob] = [await funded(), secp256k1()];
  const transaction = await multiAgent(alice, [bob], call(basics.named('counter::raise_together')));
  const sent = await submitTogether(transaction, alice, [bob]);
  assert.equal(sent.signature.type, 'multi_agent_signature');
  assert.deepEqual(sent.signature.secondary_signer_addresses, [addressOf(bob)]);
  const raised = eventsOf(sent, basics.named('counter::Raised'));
  assert.deepEqual(raised.map(({ by }) => by), [addressOf(alice), addressOf(bob)]);
  assert.equal(await balance(alice), ETH - feeOf(sent));
});

test('two accounts sign a script', async () => {
  const [alice, bob] = [await funded(), multiEd25519()];
  const transaction = await multiAgent(alice, [bob], { bytecode: basics.scripts.together, functionArguments: [new U64(2)] });
  const sent = await submitTogether(transaction, alice, [bob]);
  assert.deepEqual(eventsOf(sent, basics.named('counter::Raised')).map(({ by }) => by), [addressOf(alice), addressOf(bob)]);
});

test('a second signer who did not sign is refused', async () => {
  const [alice, bob, eve] = [await funded(), ed25519(), ed25519()];
  const transaction = await multiAgent(alice, [bob], call(basics.named('counter::raise_together')));
  const refused = await apiError(submitTogether(transaction, alice, [eve]));
  assert.equal(refused.status, 400);
  assert.match(refused.message, /INVALID_AUTH_KEY/);
});

test('more or fewer signers than the function takes', async () => {
  const [alice, bob, carol] = [await funded(), ed25519(), ed25519()];
  const signedBy = async (others) => {
    const transaction = await multiAgent(alice, others, call(basics.named('counter::raise_together')));
    const sign = (signer) => aptos.transaction.sign({ signer, transaction });
    const { hash } = await aptos.transaction.submit.multiAgent({ transaction, senderAuthenticator: sign(alice), additionalSignersAuthenticators: others.map(sign) });
    return aptos.waitForTransaction({ transactionHash: hash, options: { checkSuccess: false } });
  };
  for (const others of [[], [bob, carol]]) {
    const failed = await signedBy(others);
    assert.equal(failed.success, false);
    assert.match(failed.vm_status, /NUMBER_OF_SIGNER_ARGUMENTS_MISMATCH|NUMBER_OF_ARGUMENTS_MISMATCH/);
  }
});

test('another account pays for the gas', async () => {
  const [alice, payer] = [ed25519(), await funded(secp256k1())];
  const transaction = await aptos.transaction.build.simple({ sender: alice.accountAddress, withFeePayer: true, data: raise(1), options: { maxGasAmount: 100_000 } });
  const senderAuthenticator = aptos.transaction.sign({ signer: alice, transaction });
  const feePayerAuthenticator = aptos.transaction.signAsFeePayer({ signer: payer, transaction });
  const { hash } = await aptos.transaction.submit.simple({ transaction, senderAuthenticator, feePayerAuthenticator });
  const sent = await aptos.waitForTransaction({ transactionHash: hash });
  assert.equal(sent.signature.type, 'fee_payer_signature');
  assert.equal(sent.signature.fee_payer_address, addressOf(payer));
  assert.equal(await balance(alice), 0);
  assert.equal(await balance(payer), ETH - feeOf(sent));
  const number = async (account) => (await aptos.getAccountInfo({ accountAddress: account.accountAddress })).sequence_number;
  assert.deepEqual([await number(alice), await number(payer)], ['1', '0']);
});

test('several sign and another pays', async () => {
  const [alice, bob, payer] = [ed25519(), multiKey(), await funded()];
  const transaction = await multiAgent(alice, [bob], call(basics.named('counter::raise_together')), { withFeePayer: true });
  const sent = await submitTogether(transaction, alice, [bob], payer);
  assert.equal(sent.signature.type, 'fee_payer_signature');
  assert.deepEqual(sent.signature.secondary_signer_addresses, [addressOf(bob)]);
  assert.equal(await balance(payer), ETH - feeOf(sent));
});

test('a payer without ETH is refused', async () => {
  const [alice, payer] = [await funded(), ed25519()];
  const transaction = await aptos.transaction.build.simple({ sender: alice.accountAddress, withFeePayer: true, data: raise(1), options: { maxGasAmount: 100_000 } });
  const senderAuthenticator = aptos.transaction.sign({ signer: alice, transaction });
  const feePayerAuthenticator = aptos.transaction.signAsFeePayer({ signer: payer, transaction });
  const refused = await apiError(aptos.transaction.submit.simple({ transaction, senderAuthenticator, feePayerAuthenticator }));
  assert.match(refused.message, /INSUFFICIENT_BALANCE_FOR_TRANSACTION_FEE/);
});

test('a multisig account does what all of its three owners approve', async () => {
  const owners = [await funded(), await funded(), await funded()];
  const [alice, bob, carol] = owners;
  const [multisig] = await view('0x1::multisig_account::get_next_multisig_account_address', [alice.accountAddress]);
  await send(alice, call('0x1::multisig_account::create_with_owners', [[bob.accountAddress, carol.accountAddress], 3, [], []]));
  assert.deepEqual(await view('0x1::multisig_account::num_signatures_required', [multisig]), ['3']);
  await send(alice, call('0x1::aptos_account::transfer', [multisig, 5_000]));

  const to = Account.generate();
  const data = { multisigAddress: multisig, ...call('0x1::aptos_account::transfer', [to.accountAddress, 1_500]) };
  const config = aptos.config;
  const payload = await generateTransactionPayload({ ...data, aptosConfig: config });
  await send(alice, call('0x1::multisig_account::create_transaction', [multisig, payload.multiSig.transaction_payload.bcsToBytes()]));
  // Creating it was one approval, and executing it is another.
  const early = (await apiError(send(bob, data))).message;
  assert.match(early, /MULTISIG_TRANSACTION_INSUFFICIENT_APPROVALS/);
  await send(bob, call('0x1::multisig_account::approve_transaction', [multisig, 1]));
  const sent = await send(carol, data);
  assert.equal(sent.payload.type, 'multisig_payload');
  assert.equal(sent.payload.multisig_address, AccountAddress.from(multisig).toString());
  assert.equal(await balance(to), 1_500);
  assert.equal(await balance(multisig), 3_500);
  assert.equal(eventsOf(sent, '0x1::multisig_account::TransactionExecutionSucceeded').length, 1);
});

test('a sender with a price and numbers of its own choice', async () => {
  const alice = await funded();
  const { gas_estimate: price } = await aptos.getGasPriceEstimation();
  const payload = await generateTransactionPayload({ ...raise(1), aptosConfig: aptos.config });
  const rawTransaction = await generateRawTransaction({
    aptosConfig: aptos.config, sender: alice.accountAddress, payload, options: { gasUnitPrice: price * 3, maxGasAmount: 20_000, accountSequenceNumber: 0 },
  });
  const transaction = await build(alice, raise(1), { gasUnitPrice: price * 3, maxGasAmount: 20_000 });
  assert.equal(transaction.rawTransaction.gas_unit_price, rawTransaction.gas_unit_price);
  const sent = await submit(alice, transaction);
  assert.equal(sent.gas_unit_price, String(price * 3));
  assert.equal(await balance(alice), ETH - feeOf(sent));
});

test('the signed transaction is answered in BCS to those who ask so', async () => {
  const alice = await funded();
  const transaction = await build(alice, raise(1));
  const bytes = signedBytes(alice, transaction);
  const { hash } = (await submitBytes(bytes)).body;
  await aptos.waitForTransaction({ transactionHash: hash });
  const answer = await rest(`/transactions/by_hash/${hash}`, { accept: 'application/x-bcs' });
  assert.equal(answer.status, 200);
  assert.ok(Buffer.from(answer.bytes).includes(Buffer.from(bytes)), 'the transaction that was sent is in the answer');
});

test('failing costs the sender too, and raises the sequence number', async () => {
  const alice = await funded();
  const failed = await sendFailing(alice, call(basics.named('counter::set_limit'), [1]));
  assert.match(failed.vm_status, /ENOT_PUBLISHER\(0x50008\)/);
  assert.equal(await balance(alice), ETH - feeOf(failed));
  assert.equal((await aptos.getAccountInfo({ accountAddress: alice.accountAddress })).sequence_number, '1');
});
