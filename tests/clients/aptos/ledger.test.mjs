// The chain as the Aptos SDK sees it: ledger, blocks, transactions, gas price, headers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Account } from '@aptos-labs/ts-sdk';
import { aptos, call, eventsOf, funded, readinessUrl, rest, restUrl, send, signedBytes, build, submitBytes } from '../lib/aptos.mjs';
import { publicClient } from '../lib/chain.mjs';

const isNumber = (text) => /^\d+$/.test(text);
const transfer = () => call('0x1::aptos_account::transfer', [Account.generate().accountAddress, 1]);

test('ledger info names the chain', async () => {
  const info = await aptos.getLedgerInfo();
  assert.ok(Number.isInteger(info.chain_id) && info.chain_id > 0 && info.chain_id < 256);
  assert.equal(await aptos.getChainId(), info.chain_id);
  assert.equal(info.node_role, 'full_node');
  for (const field of ['epoch', 'ledger_version', 'oldest_ledger_version', 'ledger_timestamp', 'block_height', 'oldest_block_height']) {
    assert.ok(isNumber(info[field]), `${field}: ${info[field]}`);
  }
  assert.ok(Math.abs(Number(info.ledger_timestamp) / 1e6 - Date.now() / 1e3) < 3600);
});

test('every answer has the headers that clients need, errors too', async () => {
  for (const [path, status] of [['/', 200], ['', 200], ['/accounts/0x1', 200], ['/accounts/0x1/resource/0x1::no::Such', 404], ['/no/such', 404]]) {
    const answer = await rest(path);
    assert.equal(answer.status, status, path);
    if (path === '/no/such') continue;
    for (const name of ['chain-id', 'ledger-version', 'ledger-oldest-version', 'ledger-timestampusec', 'epoch', 'block-height', 'oldest-block-height']) {
      assert.ok(isNumber(answer.headers.get(`x-aptos-${name}`)), `${path}: ${name}`);
    }
  }
});

test('health, readiness and the description of the API', async () => {
  assert.equal((await rest('/-/healthy')).status, 200);
  const spec = await rest('/spec.json');
  assert.equal(spec.status, 200);
  assert.ok(spec.body.openapi && Object.keys(spec.body.paths).length > 20);
  const ready = await fetch(readinessUrl);
  assert.equal(ready.status, 200);
});

test('wallets of any origin may ask', async () => {
  const answer = await fetch(`${restUrl}/`, { method: 'OPTIONS', headers: { origin: 'https://wallet.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type,x-aptos-client' } });
  assert.ok(answer.ok, `${answer.status}`);
  assert.match(answer.headers.get('access-control-allow-origin'), /^(\*|https:\/\/wallet\.example)$/);
});

test('a gas price that a transaction is taken with', async () => {
  const { gas_estimate: price, deprioritized_gas_estimate: low, prioritized_gas_estimate: high } = await aptos.getGasPriceEstimation();
  assert.ok(Number.isInteger(price) && price > 0);
  assert.ok(low <= price && price <= high);
  const alice = await funded();
  assert.equal((await send(alice, transfer(), { gasUnitPrice: price })).gas_unit_price, String(price));
});

test('the first transaction is genesis, and blocks begin with their metadata', async () => {
  const genesis = await aptos.getTransactionByVersion({ ledgerVersion: 0 });
  assert.equal(genesis.type, 'genesis_transaction');
  assert.equal(genesis.success, true);
  const alice = await funded();
  const sent = await send(alice, transfer());
  const block = await aptos.getBlockByVersion({ ledgerVersion: sent.version, options: { withTransactions: true } });
  assert.equal(block.transactions[0].type, 'block_metadata_transaction');
  assert.equal(block.transactions[0].version, block.first_version);
  assert.equal(block.transactions.at(-1).version, block.last_version);
  assert.equal(block.transactions.length, Number(block.last_version) - Number(block.first_version) + 1);
  const found = block.transactions.find(({ version }) => version === sent.version);
  assert.deepEqual(found, sent);
});

test('a block is the Ethereum block of its height', async () => {
  const alice = await funded();
  const sent = await send(alice, transfer());
  const byVersion = await aptos.getBlockByVersion({ ledgerVersion: sent.version });
  const height = Number(byVersion.block_height);
  const byHeight = await aptos.getBlockByHeight({ blockHeight: height });
  assert.deepEqual(byHeight, byVersion);
  const ethereum = await publicClient.getBlock({ blockNumber: BigInt(height) });
  assert.equal(byHeight.block_hash, ethereum.hash);
  assert.equal(BigInt(byHeight.block_timestamp) / 1_000_000n, ethereum.timestamp);
  assert.equal(Number(byHeight.last_version) - Number(byHeight.first_version), ethereum.transactions.length);
  const next = await aptos.getBlockByHeight({ blockHeight: height - 1 });
  assert.equal(Number(next.last_version) + 1, Number(byHeight.first_version));
});

test('a committed transaction has all its fields', async () => {
  const alice = await funded();
  const to = Account.generate().accountAddress;
  const sent = await send(alice, call('0x1::aptos_account::transfer', [to, 12]), { maxGasAmount: 50_000 });
  assert.equal(sent.type, 'user_transaction');
  assert.equal(sent.vm_status, 'Executed successfully');
  assert.equal(sent.sender, alice.accountAddress.toString());
  assert.equal(sent.sequence_number, '0');
  assert.equal(sent.max_gas_amount, '50000');
  assert.deepEqual(sent.payload, {
    type: 'entry_function_payload',
    function: '0x1::aptos_account::transfer',
    type_arguments: [],
    arguments: [to.toString(), '12'],
  });
  assert.equal(sent.signature.type, 'ed25519_signature');
  assert.equal(sent.signature.public_key, alice.publicKey.toString());
  for (const field of ['hash', 'state_change_hash', 'event_root_hash', 'accumulator_root_hash']) assert.match(sent[field], /^0x[0-9a-f]{64}$/);
  for (const field of ['version', 'gas_used', 'gas_unit_price', 'expiration_timestamp_secs', 'timestamp']) assert.ok(isNumber(sent[field]), field);
  const [statement] = eventsOf(sent, '0x1::transaction_fee::FeeStatement');
  assert.equal(statement.total_charge_gas_units, sent.gas_used);
  assert.deepEqual(await aptos.getTransactionByHash({ transactionHash: sent.hash }), sent);
  assert.deepEqual(await aptos.getTransactionByVersion({ ledgerVersion: sent.version }), sent);
});

test('transactions are listed by pages, those of an account too', async () => {
  const alice = await funded();
  const sent = [];
  for (let n = 0; n < 5; n++) sent.push(await send(alice, transfer()));
  const start = Number(sent[0].version);
  const page = await aptos.getTransactions({ options: { offset: start, limit: 4 } });
  assert.deepEqual(page.map(({ version }) => Number(version)), [0, 1, 2, 3].map((n) => start + n));
  assert.deepEqual(page[0], sent[0]);
  const accountAddress = alice.accountAddress;
  const all = await aptos.getAccountTransactions({ accountAddress });
  assert.deepEqual(all, sent);
  const some = await aptos.getAccountTransactions({ accountAddress, options: { offset: 2, limit: 2 } });
  assert.deepEqual(some, sent.slice(2, 4));
  const answer = await rest(`/transactions?limit=3`);
  assert.equal(answer.body.length, 3);
  assert.ok(Number(answer.body[2].version) <= Number(answer.headers.get('x-aptos-ledger-version')));
});

test('waiting for a transaction: unknown, pending, committed', async () => {
  const unknown = `0x${'ab'.repeat(32)}`;
  const began = Date.now();
  const missing = await rest(`/transactions/wait_by_hash/${unknown}`);
  assert.equal(missing.status, 404);
  assert.equal(missing.body.error_code, 'transaction_not_found');
  assert.ok(Date.now() - began < 10_000);
  assert.equal((await rest(`/transactions/by_hash/${unknown}`)).status, 404);

  const alice = await funded();
  const accepted = await submitBytes(signedBytes(alice, await build(alice, transfer())));
  assert.equal(accepted.status, 202);
  assert.equal(accepted.body.sender, alice.accountAddress.toString());
  assert.equal(accepted.body.payload.function, '0x1::aptos_account::transfer');
  const waited = await rest(`/transactions/wait_by_hash/${accepted.body.hash}`);
  assert.equal(waited.body.type, 'user_transaction');
  assert.equal(waited.body.success, true);
});

test('a transaction whose turn has not come is pending', async () => {
  const alice = await funded();
  const early = await aptos.signAndSubmitTransaction({ signer: alice, transaction: await build(alice, transfer(), { accountSequenceNumber: 1 }) });
  assert.equal((await aptos.getTransactionByHash({ transactionHash: early.hash })).type, 'pending_transaction');
  assert.equal(await aptos.isPendingTransaction({ transactionHash: early.hash }), true);
  await send(alice, transfer(), { accountSequenceNumber: 0 });
  const late = await aptos.waitForTransaction({ transactionHash: early.hash });
  assert.equal(late.sequence_number, '1');
});

test('what is not there is said by its code', async () => {
  const cases = [
    ['/transactions/by_version/99999999999', 404, 'transaction_not_found'],
    ['/blocks/by_height/99999999999', 404, 'block_not_found'],
    ['/blocks/by_version/99999999999', 404, /version_not_found|block_not_found/],
    ['/accounts/0x1/resources?ledger_version=99999999999', 404, 'version_not_found'],
    ['/accounts/0x1/resource/0x1::coin::NoSuch', 404, 'resource_not_found'],
    ['/accounts/0x1/module/no_such', 404, 'module_not_found'],
    ['/accounts/no-address/resources', 400, /web_framework_error|invalid_input/],
    ['/accounts/0x1/resource/not-a-type', 400, /web_framework_error|invalid_input/],
    ['/transactions/by_hash/0x12', 400, /web_framework_error|invalid_input/],
  ];
  for (const [path, status, code] of cases) {
    const answer = await rest(path);
    assert.equal(answer.status, status, `${path}: ${JSON.stringify(answer.body)}`);
    assert.match(answer.body.error_code, code instanceof RegExp ? code : new RegExp(`^${code}$`), path);
    assert.equal(typeof answer.body.message, 'string');
  }
});
