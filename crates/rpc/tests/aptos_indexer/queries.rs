use crate::{
    Running,
    sample::{
        ALICE, BOB, CAROL, COLLECTION, CONTRACT, EVM_USER, GOLD, TABLE, TOKEN, burn, store_of,
    },
};
use serde_json::{Value, json};

const COIN: &str = "0x1::aptos_coin::AptosCoin";
const METADATA: &str = "0x000000000000000000000000000000000000000000000000000000000000000a";

async fn balances(running: &Running, filter: &Value) -> Value {
    let query = "query($w: current_fungible_asset_balances_bool_exp) {
        current_fungible_asset_balances(where: $w, order_by: [{amount: desc}]) {
            amount asset_type is_primary owner_address token_standard metadata { symbol decimals }
        } }";
    let answer = running.ask(query, &json!({"w": filter})).await;
    answer["current_fungible_asset_balances"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_query_tells_eth_coins_and_assets_of_an_account() {
    let running = Running::sample().await;
    let found = balances(&running, &json!({"owner_address": {"_eq": ALICE}})).await;
    let row = |amount: u64, asset: &str, standard: &str, metadata: Value| {
        json!({"amount": amount, "asset_type": asset, "is_primary": true, "owner_address": ALICE,
            "token_standard": standard, "metadata": metadata})
    };
    let ether = json!({"symbol": "ETH", "decimals": 8});
    let gold = json!({"symbol": "GLD", "decimals": 2});
    let expected = json!([
        row(500_000_000, COIN, "v1", ether.clone()),
        row(700, GOLD, "v2", gold),
        row(77, "0xcafe::moon::Moon", "v1", Value::Null),
    ]);
    assert_eq!(found, expected);

    // Those who know ETH as a fungible asset alone find it as one.
    let filter = json!({"owner_address": {"_eq": ALICE}, "asset_type": {"_eq": METADATA}});
    let found = balances(&running, &filter).await;
    assert_eq!(found, json!([row(500_000_000, METADATA, "v2", ether)]));
    let both = json!({"owner_address": {"_eq": ALICE}, "asset_type": {"_in": [COIN, METADATA]}});
    assert_eq!(balances(&running, &both).await.as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn eth_is_as_the_ledger_has_it_now_of_accounts_nobody_met_too() {
    let running = Running::sample().await;
    let of = |account: &str| json!({"owner_address": {"_eq": account}});
    assert_eq!(balances(&running, &of(CAROL)).await[0]["amount"], 7);
    running.chain.fund(CAROL, 9);
    assert_eq!(balances(&running, &of(CAROL)).await[0]["amount"], 9);
    running.chain.fund(CAROL, 0);
    assert_eq!(balances(&running, &of(CAROL)).await, json!([]));
    // An account that acted is shown without ETH, too.
    assert_eq!(balances(&running, &of(EVM_USER)).await[0]["amount"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_are_of_all_rows() {
    let running = Running::sample().await;
    let query = format!(
        r#"{{ current_fungible_asset_balances_aggregate(where: {{owner_address: {{_eq: "{ALICE}"}}}}) {{
            aggregate {{ count }} nodes {{ amount }} }}
            account_transactions_aggregate(where: {{account_address: {{_eq: "{BOB}"}}}}) {{
            aggregate {{ count }} }} }}"#
    );
    let answer = running.query(&query).await;
    let aggregate = &answer["current_fungible_asset_balances_aggregate"];
    assert_eq!(aggregate["aggregate"]["count"], 3);
    assert_eq!(aggregate["nodes"].as_array().unwrap().len(), 3);
    let transactions = &answer["account_transactions_aggregate"]["aggregate"];
    assert_eq!(transactions["count"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_tells_supply_and_its_bound() {
    let running = Running::sample().await;
    let query = format!(
        r#"{{ fungible_asset_metadata(where: {{asset_type: {{_in: ["{GOLD}", "{METADATA}"]}}}}) {{
        asset_type creator_address decimals icon_uri maximum_v2 name project_uri supply_v2 symbol
        token_standard last_transaction_version }} }}"#
    );
    let answer = running.query(&query).await;
    assert_eq!(
        answer["fungible_asset_metadata"][1],
        json!({"asset_type": GOLD, "creator_address": ALICE, "decimals": 2, "icon_uri": "i",
            "maximum_v2": 5000, "name": "Gold", "project_uri": "p", "supply_v2": 1000,
            "symbol": "GLD", "token_standard": "v2", "last_transaction_version": 2})
    );
    let ether = &answer["fungible_asset_metadata"][0];
    assert_eq!(ether["name"], "Ether");
    assert_eq!(ether["supply_v2"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn activities_tell_moves_and_fees() {
    let running = Running::sample().await;
    let query = "{ fungible_asset_activities(where: {transaction_version: {_eq: 4}}) {
        amount asset_type event_index is_gas_fee owner_address storage_id type
        entry_function_id_str block_height } }";
    let answer = running.query(query).await;
    let row = |amount: u64, asset: &str, index: i64, fee: bool, owner: &str, kind: &str| {
        let store = store_of(owner, if fee { METADATA } else { asset });
        json!({"amount": amount, "asset_type": asset, "event_index": index, "is_gas_fee": fee,
            "owner_address": owner, "storage_id": store, "type": kind,
            "entry_function_id_str": "0xcafe::game::give", "block_height": 2})
    };
    let expected = json!([
        row(900, COIN, -1, true, ALICE, "0x1::aptos_coin::GasFeeEvent"),
        row(300, GOLD, 1, false, ALICE, "0x1::fungible_asset::Withdraw"),
        row(300, GOLD, 2, false, BOB, "0x1::fungible_asset::Deposit"),
    ]);
    assert_eq!(answer["fungible_asset_activities"], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_follows_its_owner_until_it_is_burnt() {
    let running = Running::sample().await;
    let query = "query($w: current_token_ownerships_v2_bool_exp!) {
        current_token_ownerships_v2(where: $w) {
            amount owner_address is_soulbound_v2 token_data_id last_transaction_version
            current_token_data { token_name token_uri is_fungible_v2 token_properties
                current_collection { collection_name creator_address current_supply max_supply
                    total_minted_v2 } } } }";
    let of = |owner: &str| {
        json!({"w": {"owner_address": {"_eq": owner}, "amount": {"_gt": 0},
            "current_token_data": {"collection_id": {"_eq": COLLECTION}}}})
    };
    let alice = running.ask(query, &of(ALICE)).await;
    assert_eq!(alice["current_token_ownerships_v2"], json!([]));
    let bob = running.ask(query, &of(BOB)).await;
    let expected = json!([{
        "amount": 1, "owner_address": BOB, "is_soulbound_v2": false, "token_data_id": TOKEN,
        "last_transaction_version": 4,
        "current_token_data": {"token_name": "Sting", "token_uri": "sting",
            "is_fungible_v2": false, "token_properties": {"level": "high"},
            "current_collection": {"collection_name": "Swords", "creator_address": ALICE,
                "current_supply": 1, "max_supply": 10, "total_minted_v2": 1}},
    }]);
    assert_eq!(bob["current_token_ownerships_v2"], expected);

    let body = crate::chain::call(BOB, 0, "0x4::aptos_token::burn");
    running.chain.block(0, vec![(body, burn())]);
    running.wait().await;
    let bob = running.ask(query, &of(BOB)).await;
    assert_eq!(bob["current_token_ownerships_v2"], json!([]));
    let answer = running
        .query(
            "{ current_token_datas_v2 { is_deleted_v2 token_name }
            current_objects(where: {is_deleted: {_eq: true}}) { object_address owner_address }
            token_activities_v2(order_by: [{transaction_version: desc}]) {
                type from_address to_address token_amount transaction_version } }",
        )
        .await;
    let token = json!([{"is_deleted_v2": true, "token_name": "Sting"}]);
    assert_eq!(answer["current_token_datas_v2"], token);
    let object = json!([{"object_address": TOKEN, "owner_address": BOB}]);
    assert_eq!(answer["current_objects"], object);
    let activity = |kind: &str, from: Value, to: Value, version: u64| {
        json!({"type": kind, "from_address": from, "to_address": to, "token_amount": 1,
            "transaction_version": version})
    };
    let expected = json!([
        activity("0x4::collection::Burn", json!(BOB), Value::Null, 7),
        activity("0x1::object::Transfer", json!(ALICE), json!(BOB), 4),
        activity("0x4::collection::Mint", Value::Null, json!(ALICE), 2),
    ]);
    assert_eq!(answer["token_activities_v2"], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn collections_of_an_owner_are_counted() {
    let running = Running::sample().await;
    let query = "query($o: String) { current_collection_ownership_v2_view(
        where: {owner_address: {_eq: $o}, current_collection: {token_standard: {_eq: \"v2\"}}}) {
        collection_id collection_name creator_address distinct_tokens single_token_uri
        current_collection { uri } } }";
    let answer = running.ask(query, &json!({"o": BOB})).await;
    let expected = json!([{"collection_id": COLLECTION, "collection_name": "Swords",
        "creator_address": ALICE, "distinct_tokens": 1, "single_token_uri": "sting",
        "current_collection": {"uri": "swords"}}]);
    assert_eq!(answer["current_collection_ownership_v2_view"], expected);
    let answer = running.ask(query, &json!({"o": ALICE})).await;
    assert_eq!(answer["current_collection_ownership_v2_view"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_found_by_account_number_and_type() {
    let running = Running::sample().await;
    let query =
        "query($w: events_bool_exp) { events(where: $w, order_by: [{transaction_version: desc}]) {
        account_address creation_number sequence_number data type indexed_type event_index
        transaction_version transaction_block_height } }";
    let number = json!({"account_address": {"_eq": ALICE}, "creation_number": {"_eq": "4"}});
    let answer = running.ask(query, &json!({"w": number})).await;
    let event =
        |sequence: u64, player: &str, points: &str, index: u64, version: u64, height: u64| {
            json!({"account_address": ALICE, "creation_number": 4, "sequence_number": sequence,
            "data": {"player": player, "points": points}, "type": "0xcafe::game::Scored",
            "indexed_type": "0xcafe::game::Scored", "event_index": index,
            "transaction_version": version, "transaction_block_height": height})
        };
    let expected = json!([event(1, BOB, "13", 3, 4, 2), event(0, ALICE, "12", 3, 2, 1)]);
    assert_eq!(answer["events"], expected);

    // By type, as the SDK asks for module events; whatever form the address has.
    let kind = "0x000000000000000000000000000000000000000000000000000000000000cafe::game::Scored";
    let zero = format!("0x{}", "0".repeat(64));
    let module = json!({"_or": [{"account_address": {"_eq": "0xcafe"}},
        {"account_address": {"_eq": zero}, "sequence_number": {"_eq": 0}, "creation_number": {"_eq": 0}}],
        "indexed_type": {"_eq": kind}});
    let answer = running.ask(query, &json!({"w": module})).await;
    assert_eq!(answer["events"].as_array().unwrap().len(), 1);
    assert_eq!(answer["events"][0]["data"]["points"], "1");

    let log = json!({"type": {"_like": "%evm%"}, "data": {"_contains": {"address": CONTRACT}}});
    let answer = running.ask(query, &json!({"w": log})).await;
    assert_eq!(answer["events"][0]["data"]["data"], "0x0102");
}

#[tokio::test(flavor = "multi_thread")]
async fn transactions_of_every_vm_are_listed_newest_first() {
    let running = Running::sample().await;
    let query = "query($n: Int) { user_transactions(limit: $n, order_by: {version: desc}) {
        version sender sequence_number entry_function_id_str timestamp
        expiration_timestamp_secs parent_signature_type } }";
    let answer = running.ask(query, &json!({"n": 2})).await;
    let expected = json!([
        {"version": 5, "sender": EVM_USER, "sequence_number": 3,
            "entry_function_id_str": "0x1::evm::call", "timestamp": "2026-11-21T09:02:03.5",
            "expiration_timestamp_secs": "9999-12-31T23:59:59",
            "parent_signature_type": "foreign_signature"},
        {"version": 4, "sender": ALICE, "sequence_number": 1,
            "entry_function_id_str": "0xcafe::game::give", "timestamp": "2026-11-21T09:02:03.5",
            "expiration_timestamp_secs": "2026-11-21T09:02:03",
            "parent_signature_type": "ed25519_signature"},
    ]);
    assert_eq!(answer["user_transactions"], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn items_of_tables_are_decoded() {
    let running = Running::sample().await;
    let query = format!(
        r#"{{ table_items(where: {{table_handle: {{_eq: "{TABLE}"}}}}) {{ decoded_key
        decoded_value key transaction_version }} table_metadatas {{ handle key_type value_type }} }}"#
    );
    let answer = running.query(&query).await;
    let item = json!([{"decoded_key": "points", "decoded_value": "12",
        "key": "0x06706f696e7473", "transaction_version": 4}]);
    assert_eq!(answer["table_items"], item);
    let types = json!([{"handle": TABLE, "key_type": "0x1::string::String", "value_type": "u64"}]);
    assert_eq!(answer["table_metadatas"], types);
}

#[tokio::test(flavor = "multi_thread")]
async fn conditions_orders_and_pages_combine_as_in_sql() {
    let running = Running::sample().await;
    let rows = async |arguments: &str| {
        let query = format!("{{ events({arguments}) {{ transaction_version event_index }} }}");
        let answer = running.query(&query).await;
        let rows = answer["events"].as_array().unwrap().clone();
        let rows = rows.iter().map(|row| {
            let number = |name: &str| row[name].as_u64().unwrap();
            (number("transaction_version"), number("event_index"))
        });
        rows.collect::<Vec<_>>()
    };
    let all = rows("order_by: [{transaction_version: asc}, {event_index: asc}]").await;
    assert_eq!(all.len(), 10);
    assert_eq!(rows("").await, all);
    let mut reversed = all.clone();
    reversed.sort_by_key(|(version, index)| (std::cmp::Reverse(*version), *index));
    assert_eq!(
        rows("order_by: [{transaction_version: desc}, {event_index: asc}]").await,
        reversed
    );
    assert_eq!(rows("offset: 2, limit: 3").await, all[2..5]);
    assert_eq!(
        rows("where: {_and: [{transaction_version: {_gte: 4}}, {event_index: {_lt: 2}}]}").await,
        [(4, 0), (4, 1), (5, 0)]
    );
    assert_eq!(
        rows("where: {_not: {transaction_version: {_in: [2, 4]}}}").await,
        [(5, 0)]
    );
    assert_eq!(
        rows("where: {_or: [{transaction_version: {_gt: 4}}, {event_index: {_eq: 3}}]}").await,
        [(2, 3), (4, 3), (5, 0)]
    );
    assert_eq!(
        rows("distinct_on: [transaction_version]").await,
        [(2, 0), (4, 0), (5, 0)]
    );
    assert_eq!(
        rows("where: {type: {_ilike: \"%COIN::%\"}}").await,
        [(2, 2)]
    );
    assert_eq!(
        rows("where: {transaction_version: {_is_null: true}}").await,
        []
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_this_chain_does_not_have_is_empty_and_not_an_error() {
    let running = Running::sample().await;
    let answer = running
        .query(
            "{ delegated_staking_activities { amount } num_active_delegator_per_pool { pool_address }
            current_aptos_names { domain is_primary } ledger_infos { chain_id }
            current_collections_v2 { cdn_asset_uris { cdn_image_uri } } }",
        )
        .await;
    assert_eq!(answer["delegated_staking_activities"], json!([]));
    assert_eq!(answer["num_active_delegator_per_pool"], json!([]));
    assert_eq!(answer["current_aptos_names"], json!([]));
    assert_eq!(answer["ledger_infos"], json!([{"chain_id": 4}]));
    assert_eq!(
        answer["current_collections_v2"],
        json!([{"cdn_asset_uris": null}])
    );
}
