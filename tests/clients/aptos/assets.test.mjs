// Coins, fungible assets, objects and tokens.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Account, MoveVector, createObjectAddress } from '@aptos-labs/ts-sdk';
import { addressOf, aptos, call, eventsOf, funded, published, send, sendFailing, submit, view } from '../lib/aptos.mjs';

let basics;
let bronze;
before(async () => {
  basics = await published('basics');
  bronze = basics.named('bronze::Bronze');
});

test('a managed coin is made, minted, transferred and burnt', async () => {
  const own = await published('basics');
  const coin = own.named('bronze::Bronze');
  const managed = (name, args) => send(own.account, call(`0x1::managed_coin::${name}`, args, [coin]));
  const holds = async (account) => (await view('0x1::coin::balance', [addressOf(account)], [coin]))[0];
  await managed('initialize', ['Bronze', 'BRNZ', 6, true]);
  assert.deepEqual(await view('0x1::coin::name', [], [coin]), ['Bronze']);
  assert.deepEqual(await view('0x1::coin::symbol', [], [coin]), ['BRNZ']);
  assert.deepEqual(await view('0x1::coin::decimals', [], [coin]), [6]);
  await managed('register', []);
  await managed('mint', [own.account.accountAddress, 1_000]);
  const bob = await funded();
  await send(own.account, call('0x1::aptos_account::transfer_coins', [bob.accountAddress, 400], [coin]));
  assert.deepEqual([await holds(own.account), await holds(bob)], ['600', '400']);
  const transfer = await aptos.transferCoinTransaction({ sender: bob.accountAddress, recipient: own.account.accountAddress, amount: 150, coinType: coin });
  await submit(bob, transfer);
  await managed('burn', [50]);
  assert.deepEqual([await holds(own.account), await holds(bob)], ['700', '250']);
  assert.deepEqual(await view('0x1::coin::supply', [], [coin]), [{ vec: ['950'] }]);
  const failed = await sendFailing(bob, call('0x1::managed_coin::mint', [bob.accountAddress, 1], [coin]));
  assert.match(failed.vm_status, /0x1::managed_coin: ENO_CAPABILITIES/);
  const poor = await sendFailing(bob, call('0x1::coin::transfer', [own.account.accountAddress, 1_000], [coin]));
  assert.match(poor.vm_status, /EINSUFFICIENT_BALANCE/);
});

test('a coin that was not made has no functions', async () => {
  const failed = await sendFailing(basics.account, call('0x1::managed_coin::mint', [basics.address, 1], [bronze]));
  assert.match(failed.vm_status, /Move abort in 0x1::managed_coin/);
});

test('a fungible asset is minted, transferred by the SDK, burnt and frozen', async () => {
  const [metadata] = await view(basics.named('silver::metadata'));
  const asset = metadata.inner;
  assert.equal(asset, createObjectAddress(basics.account.accountAddress, 'SLVR').toString());
  const fields = await aptos.getAccountResource({ accountAddress: asset, resourceType: '0x1::fungible_asset::Metadata' });
  assert.deepEqual([fields.name, fields.symbol, fields.decimals], ['Silver', 'SLVR', 3]);
  const bob = await funded();
  const carol = Account.generate();
  const holds = async (account) => (await view('0x1::primary_fungible_store::balance', [addressOf(account), asset], ['0x1::fungible_asset::Metadata']))[0];
  const silver = (name, args) => send(basics.account, call(basics.named(`silver::${name}`), args));
  const minted = await silver('mint', [bob.accountAddress, 1_000]);
  assert.equal(eventsOf(minted, '0x1::fungible_asset::Deposit')[0].amount, '1000');
  await submit(bob, await aptos.transferFungibleAsset({ sender: bob, fungibleAssetMetadataAddress: asset, recipient: carol.accountAddress, amount: 300 }));
  assert.deepEqual([await holds(bob), await holds(carol)], ['700', '300']);

  const [from] = await view('0x1::primary_fungible_store::primary_store_address', [bob.accountAddress, asset], ['0x1::fungible_asset::Metadata']);
  const [to] = await view('0x1::primary_fungible_store::primary_store_address', [carol.accountAddress, asset], ['0x1::fungible_asset::Metadata']);
  await submit(bob, await aptos.transferFungibleAssetBetweenStores({ sender: bob, fromStore: from, toStore: to, amount: 100 }));
  assert.deepEqual([await holds(bob), await holds(carol)], ['600', '400']);
  const store = await aptos.getAccountResource({ accountAddress: to, resourceType: '0x1::fungible_asset::FungibleStore' });
  assert.deepEqual([store.balance, store.frozen, store.metadata.inner], ['400', false, asset]);

  await silver('burn', [bob.accountAddress, 50]);
  assert.deepEqual(await view('0x1::fungible_asset::supply', [asset], ['0x1::fungible_asset::Metadata']), [{ vec: ['950'] }]);
  assert.deepEqual(await view('0x1::fungible_asset::maximum', [asset], ['0x1::fungible_asset::Metadata']), [{ vec: ['1000000000'] }]);
  await silver('set_frozen', [bob.accountAddress, true]);
  const frozen = await sendFailing(bob, call('0x1::primary_fungible_store::transfer', [asset, carol.accountAddress, 1], ['0x1::fungible_asset::Metadata']));
  assert.match(frozen.vm_status, /ESTORE_IS_FROZEN/);
  const tooMuch = await sendFailing(basics.account, call(basics.named('silver::mint'), [basics.address, 2_000_000_000]));
  assert.match(tooMuch.vm_status, /EMAX_SUPPLY_EXCEEDED/);
  const thief = await sendFailing(bob, call(basics.named('silver::mint'), [bob.accountAddress, 1]));
  assert.match(thief.vm_status, /silver: 0x1|silver.*\(0x1\)/);
});

test('objects are made, changed, transferred, and owned', async () => {
  const [alice, bob] = [await funded(), await funded()];
  const sent = await send(alice, call(basics.named('things::make'), ['chair', 3]));
  const [{ thing: { inner: thing } }] = eventsOf(sent, basics.named('things::Made'));
  const owner = async () => (await view('0x1::object::owner', [thing], [basics.named('things::Thing')]))[0];
  assert.equal(await owner(), addressOf(alice));
  await send(alice, call(basics.named('things::set'), [thing, 4]));
  assert.deepEqual(await view(basics.named('things::value'), [thing]), ['4']);
  const moved = await send(alice, call('0x1::object::transfer', [thing, bob.accountAddress], [basics.named('things::Thing')]));
  assert.deepEqual(eventsOf(moved, '0x1::object::Transfer'), [{ object: thing, from: addressOf(alice), to: addressOf(bob) }]);
  assert.equal(await owner(), addressOf(bob));
  const failed = await sendFailing(alice, call('0x1::object::transfer', [thing, alice.accountAddress], [basics.named('things::Thing')]));
  assert.match(failed.vm_status, /ENOT_OBJECT_OWNER/);
  await send(bob, call('0x1::object::transfer_call', [thing, alice.accountAddress]));
  assert.equal(await owner(), addressOf(alice));
  const outer = eventsOf(await send(alice, call(basics.named('things::make'), ['room', 1])), basics.named('things::Made'))[0].thing.inner;
  await send(alice, call('0x1::object::transfer_to_object', [thing, outer], [basics.named('things::Thing'), basics.named('things::Thing')]));
  assert.equal(await owner(), outer);
  assert.deepEqual(await view('0x1::object::owns', [thing, alice.accountAddress], [basics.named('things::Thing')]), [true]);
});

/** The BCS of a token's property. */
async function property(token, name) {
  const { inner } = await aptos.getAccountResource({ accountAddress: token, resourceType: '0x4::property_map::PropertyMap' });
  return inner.data.find(({ key }) => key === name).value.value;
}

test('a collection of tokens: made, minted, changed, transferred, burnt', async () => {
  const [creator, bob] = [await funded(), await funded()];
  const collection = 'Cats';
  const made = await submit(creator, await aptos.createCollectionTransaction({
    creator, name: collection, description: 'All cats', uri: 'https://example.com/cats', maxSupply: 10, royaltyNumerator: 5, royaltyDenominator: 100,
  }));
  const collectionAddress = createObjectAddress(creator.accountAddress, collection).toString();
  const about = () => aptos.getAccountResource({ accountAddress: collectionAddress, resourceType: '0x4::collection::Collection' });
  assert.deepEqual([(await about()).name, (await about()).creator, (await about()).uri], [collection, addressOf(creator), 'https://example.com/cats']);
  assert.ok(made.changes.length > 0);

  const minted = await submit(creator, await aptos.mintDigitalAssetTransaction({
    creator, collection, name: 'Tom', description: 'A cat', uri: 'https://example.com/tom',
    propertyKeys: ['lives', 'colour', 'tame'], propertyTypes: ['U64', 'STRING', 'BOOLEAN'], propertyValues: [9, 'grey', true],
  }));
  const [mint] = eventsOf(minted, '0x4::collection::Mint');
  const token = mint.token;
  assert.equal(mint.collection, collectionAddress);
  const resources = await aptos.getAccountResources({ accountAddress: token });
  const data = (type) => resources.find((each) => each.type === type)?.data;
  assert.equal(data('0x4::token::Token').description, 'A cat');
  assert.equal(data('0x4::token::Token').uri, 'https://example.com/tom');
  assert.equal(data('0x4::token::Token').collection.inner, collectionAddress);
  assert.deepEqual(data('0x4::property_map::PropertyMap').inner.data.map(({ key }) => key).sort(), ['colour', 'lives', 'tame']);
  assert.deepEqual(await view('0x4::token::name', [token], ['0x4::token::Token']), ['Tom']);
  assert.equal(await property(token, 'lives'), '0x0900000000000000');
  assert.deepEqual(await view('0x4::collection::count', [collectionAddress], ['0x4::collection::Collection']), [{ vec: ['1'] }]);

  await submit(creator, await aptos.setDigitalAssetDescriptionTransaction({ creator, digitalAssetAddress: token, description: 'A grey cat' }));
  await submit(creator, await aptos.updateDigitalAssetPropertyTransaction({ creator, digitalAssetAddress: token, propertyKey: 'lives', propertyType: 'U64', propertyValue: 8 }));
  assert.deepEqual(await view('0x4::token::description', [token], ['0x4::token::Token']), ['A grey cat']);
  assert.equal(await property(token, 'lives'), '0x0800000000000000');

  await submit(creator, await aptos.freezeDigitalAssetTransaferTransaction({ creator, digitalAssetAddress: token }));
  const transfer = () => aptos.transferDigitalAssetTransaction({ sender: creator, digitalAssetAddress: token, recipient: bob.accountAddress });
  await assert.rejects(submit(creator, await transfer()), /ENO_UNGATED_TRANSFERS/);
  await submit(creator, await aptos.unfreezeDigitalAssetTransaferTransaction({ creator, digitalAssetAddress: token }));
  await submit(creator, await transfer());
  assert.deepEqual(await view('0x1::object::owner', [token], ['0x4::token::Token']), [addressOf(bob)]);

  await submit(creator, await aptos.burnDigitalAssetTransaction({ creator, digitalAssetAddress: token }));
  assert.equal((await aptos.getAccountResources({ accountAddress: token })).some(({ type }) => type === '0x4::token::Token'), false);
  assert.deepEqual(await view('0x4::collection::count', [collectionAddress], ['0x4::collection::Collection']), [{ vec: ['0'] }]);
});

test('a soul-bound token stays with its owner', async () => {
  const [creator, bob] = [await funded(), await funded()];
  await submit(creator, await aptos.createCollectionTransaction({ creator, name: 'Badges', description: '', uri: '' }));
  const sent = await submit(creator, await aptos.mintSoulBoundTransaction({
    account: creator, collection: 'Badges', name: 'First', description: 'The first', uri: '', recipient: bob.accountAddress,
  }));
  const [{ token }] = eventsOf(sent, '0x4::collection::Mint');
  assert.deepEqual(await view('0x1::object::owner', [token], ['0x4::token::Token']), [addressOf(bob)]);
  const transfer = await aptos.transferDigitalAssetTransaction({ sender: bob, digitalAssetAddress: token, recipient: creator.accountAddress });
  await assert.rejects(submit(bob, transfer), /ENO_UNGATED_TRANSFERS|EOBJECT_NOT_TRANSFERRABLE/);
});

test('tokens of the first version', async () => {
  const creator = await funded();
  const u8 = (bytes) => MoveVector.U8(bytes);
  await send(creator, call('0x3::token::create_collection_script', ['Dogs', 'All dogs', 'https://example.com', 100, [false, false, false]]));
  await send(creator, call('0x3::token::create_token_script', [
    'Dogs', 'Rex', 'A dog', 5, 0, 'https://example.com/rex', creator.accountAddress, 100, 0, [false, false, false, false, false], ['age'], [u8([3])], ['u8'],
  ]));
  const { collection_data: collections } = await aptos.getAccountResource({ accountAddress: creator.accountAddress, resourceType: '0x3::token::Collections' });
  const item = await aptos.getTableItem({
    handle: collections.handle, data: { key_type: '0x1::string::String', value_type: '0x3::token::CollectionData', key: 'Dogs' },
  });
  assert.deepEqual([item.name, item.supply, item.maximum], ['Dogs', '1', '100']);
});
