// What fails: before a block, with the codes that Aptos clients know; and in one, with words that say why.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Account, AccountAddress, ChainId, U64 } from '@aptos-labs/ts-sdk';
import { ETH, addressOf, apiError, aptos, balance, build, call, feeOf, funded, published, rest, send, sendFailing, signedBytes, submitBytes, someone } from '../lib/aptos.mjs';

let basics;
before(async () => {
  basics = await published('basics');
});

const transfer = (amount = 1) => call('0x1::aptos_account::transfer', [someone, amount]);
/** The answer to a transaction that is changed before it is signed. */
async function refusedAfter(change, sender, options) {
  const transaction = await build(sender, transfer(), options);
  change(transaction.rawTransaction);
  return submitBytes(signedBytes(sender, transaction));
}

test('an abort is told with its name and description', async () => {
  const alice = await funded();
  const failed = await sendFailing(alice, call(basics.named('counter::raise'), [2_000_000]));
  const [, module, words] = failed.vm_status.match(/^Move abort in (0x[0-9a-f]+)::counter: (.*)$/);
  assert.equal(BigInt(module), BigInt(basics.address));
  assert.equal(words, 'ELIMIT(0x20007): The counter must not pass its limit');
  assert.equal(await balance(alice), ETH - feeOf(failed));
  const error = await send(alice, call(basics.named('counter::raise'), [2_000_000])).then(assert.fail, (e) => e);
  assert.match(error.message, /ELIMIT/);
  assert.equal(error.transaction.success, false);
});

test('an abort of the framework is told likewise', async () => {
  const alice = await funded();
  const failed = await sendFailing(alice, transfer(2 * ETH));
  assert.match(failed.vm_status, /^Move abort in 0x1::coin: EINSUFFICIENT_BALANCE\(0x10006\): /);
});

test('an arithmetic error is told with its place', async () => {
  const alice = await funded();
  const failed = await sendFailing(alice, call(basics.named('counter::underflow'), [5]));
  assert.match(failed.vm_status, /^Execution failed in 0x[0-9a-f]+::counter::underflow at code offset \d+/);
});

test('a transaction that uses up its gas pays all of it', async () => {
  const alice = await funded();
  const failed = await sendFailing(alice, call(basics.named('counter::spin')), { maxGasAmount: 3_000 });
  assert.match(failed.vm_status, /Out of gas/i);
  assert.ok(Number(failed.gas_used) >= 2_990 && Number(failed.gas_used) <= 3_000, failed.gas_used);
  assert.equal(await balance(alice), ETH - feeOf(failed));
});

const discarded = [
  ['a sequence number that was used', 'SEQUENCE_NUMBER_TOO_OLD', 3, async (alice) => {
    await send(alice, transfer());
    return submitBytes(signedBytes(alice, await build(alice, transfer(), { accountSequenceNumber: 0 })));
  }],
  ['another chain', 'BAD_CHAIN_ID', 23, (alice) => refusedAfter((raw) => { raw.chain_id = new ChainId(raw.chain_id.chainId === 77 ? 78 : 77); }, alice)],
  ['an expired transaction', 'TRANSACTION_EXPIRED', 6, (alice) => refusedAfter(() => {}, alice, { expireTimestamp: 1_000 })],
  ['more gas than the balance can pay', 'INSUFFICIENT_BALANCE_FOR_TRANSACTION_FEE', 5, async () => {
    const poor = await funded(Account.generate(), 10);
    return submitBytes(signedBytes(poor, await build(poor, transfer())));
  }],
  ['a sender without ETH', 'INSUFFICIENT_BALANCE_FOR_TRANSACTION_FEE', 5, async () => {
    const nobody = Account.generate();
    return submitBytes(signedBytes(nobody, await build(nobody, transfer(), { accountSequenceNumber: 0 })));
  }],
  ['a gas price that is too low', 'GAS_UNIT_PRICE_BELOW_MIN_BOUND', undefined, (alice) => refusedAfter((raw) => { raw.gas_unit_price = 0n; }, alice)],
  ['more gas than a transaction may use', 'MAX_GAS_UNITS_EXCEEDS_MAX_GAS_UNITS_BOUND', undefined, (alice) => refusedAfter((raw) => { raw.max_gas_amount = 10n ** 9n; }, alice)],
  ['less gas than any transaction uses', 'MAX_GAS_UNITS_BELOW_MIN_TRANSACTION_GAS_UNITS', undefined, (alice) => refusedAfter((raw) => { raw.max_gas_amount = 1n; }, alice)],
  ["another's account", 'INVALID_AUTH_KEY', 2, (alice) => refusedAfter((raw) => { raw.sender = AccountAddress.from(`0x${'5e'.repeat(32)}`); }, alice)],
];

for (const [what, name, code, make] of discarded) {
  test(`refused: ${what}`, async () => {
    const alice = await funded();
    const refused = await make(alice);
    assert.equal(refused.status, 400, JSON.stringify(refused.body));
    assert.ok(['vm_error', 'sequence_number_too_old'].includes(refused.body.error_code), refused.body.error_code);
    assert.match(refused.body.message, new RegExp(name));
    if (code !== undefined && refused.body.error_code === 'vm_error') assert.equal(refused.body.vm_error_code, code);
    assert.ok(Number(refused.headers.get('x-aptos-chain-id')) > 0);
  });
}

test('the SDK shows a refusal as its own error', async () => {
  const nobody = Account.generate();
  const transaction = await build(nobody, transfer(), { accountSequenceNumber: 0 });
  const refused = await apiError(aptos.signAndSubmitTransaction({ signer: nobody, transaction }));
  assert.deepEqual([refused.status, refused.error_code, refused.vm_error_code], [400, 'vm_error', 5]);
  assert.match(refused.message, /Invalid transaction: Type: Validation Code: INSUFFICIENT_BALANCE_FOR_TRANSACTION_FEE/);
});

test('a transaction sent twice is one', async () => {
  const alice = await funded();
  const early = signedBytes(alice, await build(alice, transfer(), { accountSequenceNumber: 1 }));
  const first = await submitBytes(early);
  const again = await submitBytes(early);
  assert.deepEqual([first.status, again.status], [202, 202]);
  assert.equal(first.body.hash, again.body.hash);
});

test('a waiting transaction is replaced only for a higher price', async () => {
  const alice = await funded();
  const { gas_estimate: price } = await aptos.getGasPriceEstimation();
  const bytes = async (amount, factor) => signedBytes(alice, await build(alice, transfer(amount), { accountSequenceNumber: 1, gasUnitPrice: price * factor }));
  const first = await submitBytes(await bytes(1, 2));
  assert.equal(first.status, 202);
  const cheaper = await submitBytes(await bytes(2, 1));
  assert.deepEqual([cheaper.status, cheaper.body.error_code], [400, 'invalid_transaction_update']);
  const dearer = await submitBytes(await bytes(3, 4));
  assert.equal(dearer.status, 202);
  await send(alice, transfer(), { accountSequenceNumber: 0 });
  const committed = await aptos.waitForTransaction({ transactionHash: dearer.body.hash });
  assert.equal(committed.payload.arguments[1], '3');
});

test('bytes that are no transaction', async () => {
  const alice = await funded();
  const good = signedBytes(alice, await build(alice, transfer()));
  const cases = [new Uint8Array(), new Uint8Array([1, 2, 3]), new Uint8Array(2_000).fill(0xff), good.slice(0, -1), new Uint8Array([...good, 0])];
  for (const bytes of cases) {
    const answer = await submitBytes(bytes);
    assert.equal(answer.status, 400, `${bytes.length} bytes: ${JSON.stringify(answer.body)}`);
    assert.ok(['invalid_input', 'web_framework_error', 'vm_error'].includes(answer.body.error_code));
  }
  assert.equal((await submitBytes(good)).status, 202);
});

test('requests that are none', async () => {
  const post = (path, body, type) => rest(path, { method: 'POST', body, type });
  const cases = [
    [await post('/view', '{'), 400], [await post('/view', '{}'), 400], [await post('/view', '{"function":"0x1::coin","type_arguments":[],"arguments":[]}'), 400],
    [await post('/transactions', 'text', 'text/plain'), 415], [await post('/transactions', '[]'), 400], [await post('/tables/0x1/item', '{}'), 400],
    [await rest('/transactions?limit=0'), 400], [await rest('/transactions?start=x'), 400], [await rest('/view'), 405],
  ];
  for (const [{ status, body }, expected] of cases) {
    assert.equal(status, expected, JSON.stringify(body));
    assert.equal(typeof body.error_code, 'string');
  }
});

test('the node goes on after all of that', async () => {
  const alice = await funded();
  const sent = await send(alice, call(basics.named('counter::raise'), [new U64(1)]));
  assert.equal(sent.sender, addressOf(alice));
});
