// Every helper of @aptos-labs/ts-sdk that asks the indexer, over the chain of `sample.rs`.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const [url, packages, alice, bob, gold, collection, token, table] = process.argv.slice(2);
const { Aptos, AptosConfig, Network } = createRequire(`${packages}/x.js`)('@aptos-labs/ts-sdk');
const aptos = new Aptos(new AptosConfig({ network: Network.CUSTOM, indexer: url, fullnode: 'http://127.0.0.1:9/v1' }));
const COIN = '0x1::aptos_coin::AptosCoin';

// Who follows, and how far.
assert.equal(await aptos.getIndexerLastSuccessVersion(), 5n);
for (const processorType of ['default_processor', 'fungible_asset_processor', 'token_v2_processor', 'events_processor', 'objects_processor', 'account_transactions_processor', 'stake_processor']) {
  assert.equal((await aptos.getProcessorStatus(processorType)).last_success_version, 5);
}
assert.deepEqual(await aptos.getChainTopUserTransactions({ limit: 2 }), [{ version: 5 }, { version: 4 }]);

// Coins and fungible assets.
const account = { accountAddress: alice };
const coins = await aptos.getAccountCoinsData(account);
assert.deepEqual(coins.map(({ asset_type, amount }) => [asset_type, amount]).sort(), [[COIN, 500000000], ['0xcafe::moon::Moon', 77], [gold, 700]].sort());
assert.equal(coins.find(({ asset_type }) => asset_type === gold).metadata.name, 'Gold');
assert.equal(await aptos.getAccountCoinsCount(account), 3);
assert.equal(await aptos.getAccountAPTAmount(account), 500000000);
assert.equal(await aptos.getAccountCoinAmount({ ...account, coinType: '0xcafe::moon::Moon' }), 77);
assert.equal(await aptos.getAccountCoinAmount({ accountAddress: bob, faMetadataAddress: gold }), 300);
const balances = await aptos.getCurrentFungibleAssetBalances({ options: { where: { asset_type: { _eq: gold } }, limit: 10 } });
assert.deepEqual(balances.map(({ amount }) => amount).sort(), [300, 700]);
assert.equal((await aptos.getFungibleAssetMetadataByAssetType({ assetType: gold })).symbol, 'GLD');
assert.equal((await aptos.getFungibleAssetMetadataByCreatorAddress({ creatorAddress: alice })).length, 1);
const activities = await aptos.getFungibleAssetActivities({ options: { where: { owner_address: { _eq: bob } } } });
assert.deepEqual(activities.map(({ type, amount }) => [type, amount]), [['0x1::fungible_asset::Deposit', 300]]);

// Tokens.
const [owned] = await aptos.getAccountOwnedTokens({ accountAddress: bob, options: { tokenStandard: 'v2', orderBy: [{ last_transaction_version: 'desc' }] } });
assert.equal(owned.current_token_data.current_collection.collection_name, 'Swords');
assert.deepEqual(await aptos.getAccountOwnedTokens(account), []);
assert.equal(await aptos.getAccountTokensCount({ accountAddress: bob }), 1);
assert.equal((await aptos.getAccountOwnedTokensFromCollectionAddress({ accountAddress: bob, collectionAddress: collection })).length, 1);
assert.equal((await aptos.getAccountCollectionsWithOwnedTokens({ accountAddress: bob }))[0].collection_id, collection);
assert.equal((await aptos.getCollectionData({ creatorAddress: alice, collectionName: 'Swords' })).max_supply, 10);
assert.equal((await aptos.getCollectionDataByCollectionId({ collectionId: collection })).uri, 'swords');
assert.equal(await aptos.getCollectionId({ creatorAddress: alice, collectionName: 'Swords' }), collection);
assert.equal((await aptos.getDigitalAssetData({ digitalAssetAddress: token })).token_name, 'Sting');
assert.equal((await aptos.getCurrentDigitalAssetOwnership({ digitalAssetAddress: token })).owner_address, bob);
assert.equal((await aptos.getOwnedDigitalAssets({ ownerAddress: bob })).length, 1);
assert.deepEqual((await aptos.getDigitalAssetActivity({ digitalAssetAddress: token })).map(({ type }) => type), ['0x4::collection::Mint', '0x1::object::Transfer']);

// Objects, events, tables, transactions.
assert.ok((await aptos.getAccountOwnedObjects({ accountAddress: bob })).some(({ object_address }) => object_address === token));
assert.equal((await aptos.getObjectDataByObjectAddress({ objectAddress: token })).owner_address, bob);
assert.equal((await aptos.getAccountEventsByEventType({ ...account, eventType: '0xcafe::game::Scored' })).length, 2);
assert.equal((await aptos.getAccountEventsByCreationNumber({ ...account, creationNumber: 4n })).length, 2);
assert.equal((await aptos.getModuleEventsByEventType({ eventType: '0xcafe::game::Scored', minimumLedgerVersion: 5 })).length, 1);
assert.equal((await aptos.getEvents({ options: { limit: 3, offset: 1, orderBy: [{ transaction_version: 'desc' }] } })).length, 3);
const [item] = await aptos.table.getTableItemsData({ options: { where: { table_handle: { _eq: table } } } });
assert.deepEqual([item.decoded_key, item.decoded_value], ['points', '12']);
assert.equal((await aptos.table.getTableItemsMetadata({ options: { where: { handle: { _eq: table } } } }))[0].value_type, 'u64');
assert.equal(await aptos.getAccountTransactionsCount(account), 2);

// What this chain does not have.
assert.equal(await aptos.getNumberOfDelegators({ poolAddress: alice }), 0);
assert.deepEqual(await aptos.getNumberOfDelegatorsForAllPools(), []);
assert.deepEqual(await aptos.getDelegatedStakingActivities({ delegatorAddress: alice, poolAddress: bob }), []);
