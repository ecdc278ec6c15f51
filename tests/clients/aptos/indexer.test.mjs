// What the SDK asks of an indexer, answered by the node itself.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { APTOS_COIN, Account, MoveVector } from '@aptos-labs/ts-sdk';
import { addressOf, aptos, call, eventsOf, feeOf, funded, published, send, submit, view, someone } from '../lib/aptos.mjs';

let basics;
before(async () => {
  basics = await published('basics');
});

test('funding an account, as the SDK does it unasked: it waits for the indexer', async () => {
  const bob = Account.generate();
  const transaction = await aptos.fundAccount({ accountAddress: bob.accountAddress, amount: 4_321 });
  assert.equal(transaction.success, true);
  assert.ok((await aptos.getIndexerLastSuccessVersion()) >= BigInt(transaction.version));
  assert.equal(await aptos.getAccountAPTAmount({ accountAddress: bob.accountAddress }), 4_321);
  assert.equal(await aptos.getAccountCoinAmount({ accountAddress: bob.accountAddress, coinType: APTOS_COIN }), 4_321);
});

test('balances of coins and fungible assets', async () => {
  const bob = await funded();
  await send(basics.account, call(basics.named('silver::mint'), [bob.accountAddress, 77]));
  const [{ inner: asset }] = await view(basics.named('silver::metadata'));
  const balances = await aptos.getCurrentFungibleAssetBalances({ options: { where: { owner_address: { _eq: bob.accountAddress.toStringLong() }, asset_type: { _eq: asset } } } });
  assert.deepEqual(balances.map(({ amount }) => Number(amount)), [77]);
  const coins = await aptos.getAccountCoinsData({ accountAddress: bob.accountAddress });
  assert.ok(coins.length >= 2);
  const [metadata] = await aptos.getFungibleAssetMetadata({ options: { where: { asset_type: { _eq: asset } } } });
  assert.deepEqual([metadata.name, metadata.symbol, metadata.decimals], ['Silver', 'SLVR', 3]);
});

test('events by type and by account', async () => {
  const own = await published('basics');
  const alice = await funded();
  for (const by of [1, 2, 3]) await send(alice, call(own.named('counter::raise'), [by]));
  const events = await aptos.getModuleEventsByEventType({ eventType: own.named('counter::Raised') });
  assert.deepEqual(events.map(({ data }) => Number(data.to)).sort((a, b) => a - b), [1, 3, 6]);
  assert.equal(events[0].data.by, addressOf(alice));
  const v1 = await aptos.getAccountEventsByEventType({ accountAddress: own.address, eventType: own.named('counter::RaisedV1') });
  assert.equal(v1.length, 3);
  const some = await aptos.getModuleEventsByEventType({ eventType: own.named('counter::Raised'), options: { limit: 2, orderBy: [{ transaction_version: 'desc' }] } });
  assert.deepEqual(some.map(({ data }) => Number(data.to)), [6, 3]);
});

test('transactions of an account are counted', async () => {
  const alice = await funded();
  const sent = await send(alice, call('0x1::aptos_account::transfer', [someone, 1]));
  assert.ok(feeOf(sent) > 0);
  // The faucet's, which paid her by Move, and her own.
  assert.equal(await aptos.getAccountTransactionsCount({ accountAddress: alice.accountAddress }), 2);
});

test('objects and tokens of an account', async () => {
  const creator = await funded();
  await submit(creator, await aptos.createCollectionTransaction({ creator, name: 'Indexed', description: 'd', uri: 'u' }));
  const minted = await submit(creator, await aptos.mintDigitalAssetTransaction({ creator, collection: 'Indexed', name: 'One', description: 'd', uri: 'u' }));
  const [{ token }] = eventsOf(minted, '0x4::collection::Mint');
  const owned = await aptos.getOwnedDigitalAssets({ ownerAddress: creator.accountAddress });
  assert.deepEqual(owned.map(({ token_data_id }) => BigInt(token_data_id)), [BigInt(token)]);
  assert.equal(owned[0].current_token_data.token_name, 'One');
  const collection = await aptos.getCollectionData({ creatorAddress: creator.accountAddress, collectionName: 'Indexed' });
  assert.equal(collection.collection_name, 'Indexed');
  const objects = await aptos.getAccountOwnedObjects({ accountAddress: creator.accountAddress });
  assert.ok(objects.some(({ object_address }) => BigInt(object_address) === BigInt(token)));
});

test('tokens of the first standard', async () => {
  const [creator, bob] = [await funded(), await funded()];
  const flags = (count) => Array(count).fill(false);
  await send(creator, call('0x3::token::create_collection_script', ['Dogs', 'All dogs', 'https://example.com', 100, flags(3)]));
  await send(creator, call('0x3::token::create_token_script', [
    'Dogs', 'Rex', 'A dog', 5, 0, 'https://example.com/rex', creator.accountAddress, 100, 0, flags(5), ['age'], [MoveVector.U8([3])], ['u8'],
  ]));
  const owned = async (account) => {
    const tokens = await aptos.getAccountOwnedTokens({ accountAddress: account.accountAddress, options: { tokenStandard: 'v1' } });
    return tokens.map(({ amount, property_version_v1, current_token_data: { token_name, token_properties, current_collection } }) =>
      [Number(amount), Number(property_version_v1), token_name, token_properties.age, current_collection.collection_name]);
  };
  assert.deepEqual(await owned(creator), [[5, 0, 'Rex', '3', 'Dogs']]);
  const collection = await aptos.getCollectionData({ creatorAddress: creator.accountAddress, collectionName: 'Dogs', options: { tokenStandard: 'v1' } });
  assert.deepEqual([collection.creator_address, Number(collection.current_supply), Number(collection.max_supply), collection.uri], [creator.accountAddress.toStringLong(), 1, 100, 'https://example.com']);

  await send(bob, call('0x3::token::opt_in_direct_transfer', [true]));
  await send(creator, call('0x3::token::transfer_with_opt_in', [creator.accountAddress, 'Dogs', 'Rex', 0, bob.accountAddress, 2]));
  assert.deepEqual(await owned(bob), [[2, 0, 'Rex', '3', 'Dogs']]);
  assert.deepEqual(await owned(creator), [[3, 0, 'Rex', '3', 'Dogs']]);
  assert.equal(await aptos.getAccountTokensCount({ accountAddress: bob.accountAddress }), 1);
  await send(creator, call('0x3::token::transfer_with_opt_in', [creator.accountAddress, 'Dogs', 'Rex', 0, bob.accountAddress, 3]));
  assert.deepEqual(await owned(creator), []);
});
