// Accounts: faucet, transfers of ETH by its Aptos names, balances in every form, key rotation.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APTOS_COIN, Account, Ed25519PrivateKey, MultiKey, MultiKeyAccount } from '@aptos-labs/ts-sdk';
import { ETH, WEI, addressOf, apiError, aptos, balance, build, call, eventsOf, faucetUrl, feeOf, funded, rest, send, submit, view, weiBalance, someone } from '../lib/aptos.mjs';

test('the faucet funds an account that did not exist', async () => {
  const bob = Account.generate();
  assert.equal(await balance(bob), 0);
  const transaction = await aptos.fundAccount({ accountAddress: bob.accountAddress, amount: 12_345, options: { waitForIndexer: false } });
  assert.equal(transaction.type, 'user_transaction');
  assert.equal(transaction.success, true);
  assert.equal(await balance(bob), 12_345);
  await funded(bob, 5);
  assert.equal(await balance(bob), 12_350);
  const info = await aptos.getAccountInfo({ accountAddress: bob.accountAddress });
  assert.deepEqual(info, { sequence_number: '0', authentication_key: bob.publicKey.authKey().toString() });
});

test('the faucet refuses what it cannot read', async () => {
  const ask = (body) => rest('/fund', { base: faucetUrl, method: 'POST', body });
  for (const body of ['{}', '{"address":"0xzz","amount":1}', '{"address":"0x1","amount":-1}', 'no json']) {
    const { status } = await ask(body);
    assert.ok(status >= 400 && status < 500, `${body}: ${status}`);
  }
});

test('an account that nobody used is shown as new', async () => {
  const nobody = Account.generate();
  const info = await aptos.getAccountInfo({ accountAddress: nobody.accountAddress });
  assert.deepEqual(info, { sequence_number: '0', authentication_key: nobody.accountAddress.toString() });
});

const transfers = {
  'aptos_account::transfer': (to, amount) => call('0x1::aptos_account::transfer', [to, amount]),
  'coin::transfer<AptosCoin>': (to, amount) => call('0x1::coin::transfer', [to, amount], [APTOS_COIN]),
  'coin::transfer<NativeCoin>': (to, amount) => call('0x1::coin::transfer', [to, amount], ['0x1::native_coin::NativeCoin']),
  'aptos_account::transfer_coins<AptosCoin>': (to, amount) => call('0x1::aptos_account::transfer_coins', [to, amount], [APTOS_COIN]),
  'primary_fungible_store::transfer of 0xa': (to, amount) => call('0x1::primary_fungible_store::transfer', ['0xa', to, amount], ['0x1::fungible_asset::Metadata']),
  'aptos_account::transfer_fungible_assets of 0xa': (to, amount) => call('0x1::aptos_account::transfer_fungible_assets', ['0xa', to, amount]),
};

for (const [name, make] of Object.entries(transfers)) {
  test(`${name} moves ETH, and the sender pays for the gas`, async () => {
    const alice = await funded();
    const bob = Account.generate();
    const sent = await send(alice, make(bob.accountAddress, 1_234));
    assert.equal(await balance(bob), 1_234);
    assert.equal(await balance(alice), ETH - 1_234 - feeOf(sent));
    assert.equal((await aptos.getAccountInfo({ accountAddress: alice.accountAddress })).sequence_number, '1');
  });
}

test("the SDK's own transfer transactions", async () => {
  const alice = await funded();
  const bob = Account.generate();
  const recipient = bob.accountAddress;
  await submit(alice, await aptos.transferCoinTransaction({ sender: alice.accountAddress, recipient, amount: 10 }));
  await submit(alice, await aptos.transferFungibleAsset({ sender: alice, fungibleAssetMetadataAddress: '0xa', recipient, amount: 20 }));
  assert.equal(await balance(bob), 30);
  const carol = Account.generate();
  await send(alice, call('0x1::aptos_account::batch_transfer', [[bob.accountAddress, carol.accountAddress], [1, 2]]));
  assert.deepEqual([await balance(bob), await balance(carol)], [31, 2]);
});

test('a transfer to oneself costs the fee only', async () => {
  const alice = await funded();
  const sent = await send(alice, call('0x1::aptos_account::transfer', [alice.accountAddress, 500]));
  assert.equal(await balance(alice), ETH - feeOf(sent));
});

test('one balance, whatever it is asked by', async () => {
  const bob = await funded(Account.generate(), 777);
  const at = addressOf(bob);
  const store = await aptos.getAccountResource({ accountAddress: at, resourceType: `0x1::coin::CoinStore<${APTOS_COIN}>` });
  assert.equal(store.coin.value, '777');
  assert.equal(store.frozen, false);
  const native = await aptos.getAccountResource({ accountAddress: at, resourceType: '0x1::coin::CoinStore<0x1::native_coin::NativeCoin>' });
  assert.equal(native.coin.value, '777');
  for (const asset of [APTOS_COIN, '0x1::native_coin::NativeCoin', '0xa']) {
    const { status, body } = await rest(`/accounts/${at}/balance/${asset}`);
    assert.deepEqual([status, Number(body)], [200, 777], asset);
  }
  assert.deepEqual(await view('0x1::coin::balance', [at], ['0x1::native_coin::NativeCoin']), ['777']);
  assert.deepEqual(await view('0x1::primary_fungible_store::balance', [at, '0xa'], ['0x1::fungible_asset::Metadata']), ['777']);
  assert.equal(await weiBalance(bob), 777n * WEI);
  assert.deepEqual(await view('0x1::coin::decimals', [], [APTOS_COIN]), [8]);
  const [paired] = await view('0x1::coin::paired_metadata', [], [APTOS_COIN]);
  assert.deepEqual(paired, { vec: [{ inner: '0xa' }] });
});

test('resources of an account contain its coin', async () => {
  const alice = await funded();
  const before = await aptos.getAccountResources({ accountAddress: alice.accountAddress });
  const store = before.find(({ type }) => type === `0x1::coin::CoinStore<${APTOS_COIN}>`);
  assert.equal(store?.data.coin.value, String(ETH));
  const sent = await send(alice, call('0x1::aptos_account::transfer', [someone, 1]));
  const after = await aptos.getAccountResources({ accountAddress: alice.accountAddress });
  const account = after.find(({ type }) => type === '0x1::account::Account');
  assert.equal(account?.data.sequence_number, '1');
  assert.equal(after.find(({ type }) => type === store.type).data.coin.value, String(ETH - 1 - feeOf(sent)));
});

test('the key of an account changes, and only the new one signs', async () => {
  const alice = await funded();
  const newKey = Ed25519PrivateKey.generate();
  const pending = await aptos.rotateAuthKey({ fromAccount: alice, toNewPrivateKey: newKey });
  const rotated = await aptos.waitForTransaction({ transactionHash: pending.hash });
  assert.equal(rotated.payload.function, '0x1::account::rotate_authentication_key');
  const renewed = Account.fromPrivateKey({ privateKey: newKey, address: alice.accountAddress, legacy: true });
  const info = await aptos.getAccountInfo({ accountAddress: alice.accountAddress });
  assert.equal(info.authentication_key, renewed.publicKey.authKey().toString());
  const refused = await apiError(send(alice, call('0x1::aptos_account::transfer', [someone, 1])));
  assert.equal(refused.status, 400);
  assert.equal(refused.error_code, 'vm_error');
  assert.match(refused.message, /INVALID_AUTH_KEY/);
  await send(renewed, call('0x1::aptos_account::transfer', [someone, 1]));
  const original = await aptos.lookupOriginalAccountAddress({ authenticationKey: renewed.publicKey.authKey().derivedAddress() });
  assert.equal(original.toString(), alice.accountAddress.toString());
  const [event] = eventsOf(rotated, '0x1::account::KeyRotation');
  assert.equal(event.account, alice.accountAddress.toString());
});

test('a key becomes several keys', async () => {
  const alice = await funded();
  const keys = [Account.generate(), Account.generate(), Account.generate()];
  const multiKey = new MultiKey({ publicKeys: keys.map(({ publicKey }) => publicKey), signaturesRequired: 2 });
  const several = new MultiKeyAccount({ multiKey, signers: [keys[0], keys[2]], address: alice.accountAddress });
  const pending = await aptos.rotateAuthKey({ fromAccount: alice, toAccount: several });
  await aptos.waitForTransaction({ transactionHash: pending.hash });
  const sent = await send(several, call('0x1::aptos_account::transfer', [someone, 1]));
  assert.equal(sent.sender, alice.accountAddress.toString());
  assert.equal(sent.signature.type, 'single_sender');
});

test('an account that others pay for needs no ETH of its own to be seen', async () => {
  const alice = await funded();
  const bob = Account.generate();
  await send(alice, call('0x1::aptos_account::create_account', [bob.accountAddress]));
  const account = await aptos.getAccountResource({ accountAddress: bob.accountAddress, resourceType: '0x1::account::Account' });
  assert.equal(account.sequence_number, '0');
  const transaction = await build(alice, call('0x1::aptos_account::create_account', [bob.accountAddress]));
  await assert.rejects(submit(alice, transaction), /EACCOUNT_ALREADY_EXISTS/);
});
