//! Transactions by hash, version and sender, of every type; waiting.

use crate::{
    chain::Chain,
    client::{Api, config},
    samples::Wallet,
};
use lumio_move_engine::Address;
use lumio_rpc::aptos::{ApiConfig, Pending};
use serde_json::{Value, json};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
    format!("0x{}", digits.collect::<String>())
}

async fn at(api: &Api, version: u64) -> Value {
    let path = format!("/transactions/by_version/{version}");
    api.get(&path).await.ok()
}

#[tokio::test]
async fn a_user_transaction_has_every_field() {
    let api = Api::start().await;
    let shown = at(&api, 2).await;
    for (field, value) in [
        ("type", "user_transaction"),
        ("version", "2"),
        ("gas_used", "7"),
        ("vm_status", "Executed successfully"),
        ("sequence_number", "4"),
        ("max_gas_amount", "2000"),
        ("gas_unit_price", "100"),
        ("expiration_timestamp_secs", "4000000000"),
        ("timestamp", "1700000001000000"),
    ] {
        assert_eq!(shown[field], value, "{field}");
    }
    assert_eq!(shown["success"], true);
    assert_eq!(shown["state_checkpoint_hash"], Value::Null);
    for hash in [
        "hash",
        "state_change_hash",
        "event_root_hash",
        "accumulator_root_hash",
    ] {
        assert_eq!(shown[hash].as_str().unwrap().len(), 66, "{hash}");
    }
    let by_hash = format!("/transactions/by_hash/{}", shown["hash"].as_str().unwrap());
    assert_eq!(api.get(&by_hash).await.ok(), shown);
    // With or without the prefix.
    let bare = by_hash.replace("0x", "");
    assert_eq!(api.get(&bare).await.ok(), shown);
}

#[tokio::test]
async fn changes_of_every_kind_are_shown() {
    let api = Api::start().await;
    let shown = at(&api, 2).await;
    let changes = shown["changes"].as_array().unwrap();
    let kinds: Vec<_> = changes
        .iter()
        .map(|one| one["type"].as_str().unwrap())
        .collect();
    let expected = [
        "write_resource",
        "delete_resource",
        "write_module",
        "delete_module",
        "write_table_item",
        "write_table_item",
        "delete_table_item",
    ];
    assert_eq!(kinds, expected);
    for change in changes {
        assert_eq!(change["state_key_hash"].as_str().unwrap().len(), 66);
    }
    let point = json!({ "type": "0xd::types::Point", "data": { "x": "9", "y": -2 } });
    assert_eq!(changes[0]["data"], point);
    assert_eq!(changes[0]["address"], api.chain.alice.long());
    assert_eq!(changes[0]["state_key_hash"], changes[1]["state_key_hash"]);
    assert_eq!(changes[1]["resource"], "0xd::types::Point");
    assert_eq!(changes[2]["data"]["abi"]["name"], "types");
    assert_eq!(changes[3]["module"], "0xd::gone");
    let item = json!({ "key": "5", "key_type": "u64", "value": true, "value_type": "bool" });
    assert_eq!(changes[4]["data"], item);
    assert_eq!(changes[4]["key"], "0x0500000000000000");
    assert_eq!(changes[4]["value"], "0x01");
    assert_eq!(changes[5]["data"], Value::Null);
    assert_eq!(changes[6]["data"], json!({ "key": "5", "key_type": "u64" }));
    assert!(changes[6].get("value").is_none());
}

#[tokio::test]
async fn events_with_and_without_handles_are_shown() {
    let api = Api::start().await;
    let shown = at(&api, 2).await;
    let alice = api.chain.alice.long();
    let first = json!({
        "guid": { "creation_number": "1", "account_address": alice },
        "sequence_number": "0",
        "type": "u64",
        "data": "7",
    });
    assert_eq!(shown["events"][0], first);
    let module_event = json!({
        "guid": { "creation_number": "0", "account_address": "0x0" },
        "sequence_number": "0",
        "type": "0xd::types::Shape",
        "data": { "__variant__": "Dot" },
    });
    assert_eq!(shown["events"][1], module_event);
    let log = &shown["events"][2];
    assert_eq!(log["type"], "0x1::evm::Log");
    assert_eq!(log["data"]["topics"], json!([hex(&[0xab; 32])]));
    assert_eq!(log["data"]["data"], "0x010203");
}

#[tokio::test]
async fn events_of_a_handle_are_found_by_number_and_by_field() {
    let api = Api::start().await;
    let alice = api.chain.alice.long();
    let by_number = format!("/accounts/{alice}/events/1");
    let all = api.get(&by_number).await.ok();
    assert_eq!(all.as_array().unwrap().len(), 2);
    assert_eq!(all[0]["version"], "2");
    let by_field = format!("/accounts/{alice}/events/0x1::account::Account/key_rotation_events");
    assert_eq!(api.get(&by_field).await.ok(), all);
    let newest = api.get(&format!("{by_number}?limit=1")).await.ok();
    assert_eq!(newest[0]["sequence_number"], "1");
    let oldest = api.get(&format!("{by_number}?limit=1&start=0")).await.ok();
    assert_eq!(oldest[0]["sequence_number"], "0");
    let other = api.get(&format!("/accounts/{alice}/events/9")).await.ok();
    assert_eq!(other, json!([]));
    let wrong = [
        (
            "0x1::account::Account/sequence_number",
            "struct_field_not_found",
        ),
        ("0x1::account::Account/nothing", "struct_field_not_found"),
        ("0x1::coin::Nothing/events", "resource_not_found"),
    ];
    for (handle, code) in wrong {
        let path = format!("/accounts/{alice}/events/{handle}");
        let answer = api.get(&path).await;
        assert_eq!(answer.error(), (404, code.to_owned()));
    }
    assert_eq!(api.bcs(&by_number).await[0], 2);
}

#[tokio::test]
async fn what_the_chain_itself_does_has_its_types() {
    let api = Api::start().await;
    let genesis = at(&api, 0).await;
    assert_eq!(genesis["type"], "genesis_transaction");
    let write_set = &genesis["payload"]["write_set"];
    assert_eq!(write_set["type"], "direct_write_set");
    assert_eq!(write_set["changes"], genesis["changes"]);
    let metadata = at(&api, 1).await;
    assert_eq!(metadata["type"], "block_metadata_transaction");
    for (field, value) in [("epoch", "1"), ("round", "1"), ("proposer", "0x1")] {
        assert_eq!(metadata[field], value);
    }
    assert_eq!(metadata["id"], hex(&[1; 32]));
    assert_eq!(metadata["failed_proposer_indices"], json!([]));
    let checkpoint = at(&api, 3).await;
    assert_eq!(checkpoint["type"], "state_checkpoint_transaction");
    assert_eq!(checkpoint["state_checkpoint_hash"], hex(&[0x33; 32]));
    assert_eq!(checkpoint["timestamp"], "1700000001000000");
}

#[tokio::test]
async fn transactions_of_other_machines_are_readable() {
    let api = Api::start().await;
    let path = format!("/transactions/by_hash/{}", hex(&[0xe1; 32]));
    let call = api.get(&path).await.ok();
    assert_eq!(call["type"], "user_transaction");
    assert_eq!(call["sender"], format!("0x{:0>64}", "aa"));
    assert_eq!(call["sequence_number"], "3");
    assert!(call.get("signature").is_none());
    let payload = json!({
        "type": "entry_function_payload",
        "function": "0x1::evm::call",
        "type_arguments": [],
        "arguments": [format!("0x{:0>64}", "ee"), "1000000000000000000000", "0xa9059cbb"],
    });
    assert_eq!(call["payload"], payload);
    let create = at(&api, 6).await;
    assert_eq!(create["payload"]["function"], "0x1::evm::create");
    assert_eq!(create["success"], false);
    assert_eq!(create["vm_status"], "execution reverted: no");
    let solana = at(&api, 7).await;
    assert_eq!(solana["payload"]["function"], "0x1::svm::execute");
    assert_eq!(solana["payload"]["arguments"], json!(["0xa9059cbb"]));
}

#[tokio::test]
async fn transactions_are_listed_by_version_and_by_sender() {
    let api = Api::start().await;
    let versions = |list: Value| -> Vec<u64> {
        let list = list.as_array().unwrap().clone();
        let numbers = list
            .iter()
            .map(|one| one["version"].as_str().unwrap().parse());
        numbers.collect::<Result<_, _>>().unwrap()
    };
    let all = versions(api.get("/transactions").await.ok());
    assert_eq!(all, (0..9).collect::<Vec<_>>());
    let newest = versions(api.get("/transactions?limit=3").await.ok());
    assert_eq!(newest, [6, 7, 8]);
    let some = versions(api.get("/transactions?limit=3&start=2").await.ok());
    assert_eq!(some, [2, 3, 4]);
    let last = versions(api.get("/transactions?start=8").await.ok());
    assert_eq!(last, [8]);
    let late = api.get("/transactions?start=9").await.error();
    assert_eq!(late, (400, "invalid_input".into()));
    let none = api.get("/transactions?limit=0").await.error();
    assert_eq!(none, (400, "invalid_input".into()));
    let path = format!("/accounts/{}/transactions", api.chain.alice.long());
    assert_eq!(versions(api.get(&path).await.ok()), [2]);
    let later = api.get(&format!("{path}?start=5")).await.ok();
    assert_eq!(later, json!([]));
}

fn patient(patience: Duration) -> ApiConfig {
    ApiConfig {
        long_poll: patience,
        ..config()
    }
}

fn pending(chain: &Chain) -> String {
    let signed = Wallet::new(9).transfer(0, Address::small(0xb0), 1);
    let hash = signed.hash();
    chain.put(hash, Pending::Move(Arc::new(signed)));
    format!("/transactions/wait_by_hash/{}", hex(&hash))
}

#[tokio::test]
async fn who_waits_hears_of_the_commit_at_once() {
    let api = Api::with(Chain::new(), patient(Duration::from_secs(30))).await;
    let path = pending(&api.chain);
    let started = Instant::now();
    let chain = api.chain.clone();
    let (answer, ()) = tokio::join!(api.get(&path), async move {
        tokio::time::sleep(Duration::from_millis(100)).await;
        chain.commit();
    });
    assert_eq!(answer.ok()["type"], "user_transaction");
    assert!(started.elapsed() < Duration::from_secs(10));
    // And at once if it has been committed.
    assert_eq!(api.get(&path).await.ok()["type"], "user_transaction");
}

#[tokio::test]
async fn who_waits_too_long_hears_that_it_is_pending() {
    let api = Api::with(Chain::new(), patient(Duration::from_millis(50))).await;
    let path = pending(&api.chain);
    let shown = api.get(&path).await.ok();
    assert_eq!(shown["type"], "pending_transaction");
    let bcs = api.bcs(&path).await;
    assert_eq!(bcs[0], 1);
}

#[tokio::test]
async fn a_transaction_that_nobody_knows_is_not_waited_for() {
    let api = Api::with(Chain::new(), patient(Duration::from_secs(30))).await;
    let unknown = hex(&[0x99; 32]);
    for path in ["wait_by_hash", "by_hash"] {
        let answer = api.get(&format!("/transactions/{path}/{unknown}")).await;
        assert_eq!(answer.error(), (404, "transaction_not_found".into()));
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        let expected = format!("Transaction not found by Transaction hash({unknown})");
        assert_eq!(message, expected);
    }
    let late = api.get("/transactions/by_version/99").await.error();
    assert_eq!(late, (404, "transaction_not_found".into()));
}
