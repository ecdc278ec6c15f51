// The SDK reads every kind of answer of a server at APTOS_URL. What stands behind it is a chain in
// memory that executes nothing (crates/rpc/tests/aptos), so this is about forms alone.
import assert from 'node:assert/strict';
import {
  AccountAddress,
  Account,
  Aptos,
  AptosApiError,
  AptosConfig,
  Network,
  U64,
} from '@aptos-labs/ts-sdk';

const { APTOS_URL, FAUCET_URL, ALICE } = process.env;
const aptos = new Aptos(
  new AptosConfig({ network: Network.CUSTOM, fullnode: APTOS_URL, faucet: FAUCET_URL }),
);

// The ledger, blocks, versions.
const info = await aptos.getLedgerInfo();
assert.equal(info.chain_id, 4);
assert.equal(await aptos.getChainId(), 4);
const block = await aptos.getBlockByHeight({ blockHeight: 1, options: { withTransactions: true } });
assert.equal(block.transactions.length, 3);
assert.equal((await aptos.getBlockByVersion({ ledgerVersion: 2 })).block_height, '1');
const listed = await aptos.getTransactions({ options: { offset: 0, limit: 9 } });
const types = new Set(listed.map((one) => one.type));
assert.deepEqual(
  [...types].sort(),
  ['block_metadata_transaction', 'genesis_transaction', 'state_checkpoint_transaction', 'user_transaction'],
);
const foreign = await aptos.getTransactionByHash({ transactionHash: `0x${'e1'.repeat(32)}` });
assert.equal(foreign.payload.function, '0x1::evm::call');
assert.equal(AccountAddress.from(foreign.sender).toString(), `0x${'aa'.padStart(64, '0')}`);

// Accounts, resources page by page, modules, tables, views.
assert.equal((await aptos.getAccountInfo({ accountAddress: ALICE })).authentication_key, ALICE);
assert.equal((await aptos.getAccountResources({ accountAddress: ALICE })).length, 3);
const pages = [];
for (let cursor; pages.length === 0 || cursor; ) {
  const page = await aptos.getAccountResourcesPage({ accountAddress: ALICE, options: { limit: 1, cursor } });
  pages.push(...page.resources);
  cursor = page.cursor;
}
assert.equal(pages.length, 3);
const point = await aptos.getAccountResource({ accountAddress: ALICE, resourceType: '0xd::types::Point' });
assert.deepEqual(point, { x: '3', y: -4 });
const modules = await aptos.getAccountModules({ accountAddress: '0x1' });
assert.ok(modules.length > 60 && modules.every((module) => module.abi.name));
assert.equal((await aptos.getAccountTransactions({ accountAddress: ALICE })).length, 1);
const item = await aptos.getTableItem({
  handle: '0x77',
  data: { key_type: 'u64', value_type: 'bool', key: '5' },
});
assert.equal(item, true);
const same = (tag, value) =>
  aptos.view({
    payload: { function: '0xd::types::same', typeArguments: [tag], functionArguments: [value] },
  });
assert.deepEqual(await same('u64', 7n), ['7']);
assert.deepEqual(await same('0x1::string::String', 'hello'), ['hello']);
assert.deepEqual(await same('vector<u64>', [1, 2]), [['1', '2']]);
assert.deepEqual(await same('address', ALICE), [ALICE]);
assert.deepEqual(
  await aptos.viewJson({
    payload: { function: '0xd::types::same', typeArguments: ['u128'], functionArguments: ['5'] },
  }),
  ['5'],
);

// Sending: built with the ABI, simulated, submitted, waited for.
const account = Account.generate();
const funded = await aptos.fundAccount({
  accountAddress: account.accountAddress,
  amount: 100,
  options: { waitForIndexer: false },
});
assert.equal(funded.success, true);
const transaction = await aptos.transaction.build.simple({
  sender: account.accountAddress,
  data: { function: '0x1::aptos_account::transfer', functionArguments: [ALICE, 5] },
});
const [simulated] = await aptos.transaction.simulate.simple({
  signerPublicKey: account.publicKey,
  transaction,
});
assert.equal(simulated.success, true);
const pending = await aptos.signAndSubmitTransaction({ signer: account, transaction });
const committed = await aptos.waitForTransaction({ transactionHash: pending.hash });
assert.deepEqual(committed.payload.arguments, [ALICE, '5']);
assert.equal(committed.signature.type, 'ed25519_signature');
const generic = await aptos.transaction.build.simple({
  sender: account.accountAddress,
  data: {
    function: '0x1::coin::transfer',
    typeArguments: ['0x1::aptos_coin::AptosCoin'],
    functionArguments: [ALICE, new U64(1)],
  },
});
const second = await aptos.signAndSubmitTransaction({ signer: account, transaction: generic });
const shown = await aptos.waitForTransaction({ transactionHash: second.hash });
assert.deepEqual(shown.payload.type_arguments, ['0x1::aptos_coin::AptosCoin']);

// A fee payer, and keys of the newer form.
const newer = Account.generate({ scheme: 2, legacy: false });
const sponsored = await aptos.transaction.build.simple({
  sender: newer.accountAddress,
  withFeePayer: true,
  data: { function: '0x1::aptos_account::transfer', functionArguments: [ALICE, 5] },
});
const senderAuthenticator = aptos.transaction.sign({ signer: newer, transaction: sponsored });
const feePayerAuthenticator = aptos.transaction.signAsFeePayer({ signer: account, transaction: sponsored });
const third = await aptos.transaction.submit.simple({
  transaction: sponsored,
  senderAuthenticator,
  feePayerAuthenticator,
});
const paid = await aptos.waitForTransaction({ transactionHash: third.hash });
assert.equal(paid.signature.type, 'fee_payer_signature');
assert.equal(paid.signature.sender.type, 'single_key_signature');

// Failures.
const fails = async (promise, status, code) => {
  const error = await promise.then(() => assert.fail('it should fail'), (error) => error);
  assert.ok(error instanceof AptosApiError, `${error}`);
  assert.deepEqual([error.status, error.data.error_code], [status, code]);
};
await fails(
  aptos.getAccountResource({ accountAddress: ALICE, resourceType: '0x1::coin::Nothing' }),
  404,
  'resource_not_found',
);
await fails(aptos.getAccountModule({ accountAddress: '0x1', moduleName: 'no' }), 404, 'module_not_found');
await fails(aptos.getTransactionByHash({ transactionHash: `0x${'99'.repeat(32)}` }), 404, 'transaction_not_found');
await fails(aptos.getBlockByHeight({ blockHeight: 999_999 }), 404, 'block_not_found');
await fails(aptos.signAndSubmitTransaction({ signer: account, transaction }), 400, 'vm_error');
console.log('the SDK reads every answer');
