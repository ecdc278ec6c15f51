//! Blocks, transactions, accounts.

use crate::{
    chain::{key, transaction},
    client::Rpc,
};
use serde_json::{Value, json};

#[tokio::test]
async fn a_block_is_shown_in_as_much_detail_as_asked_for() {
    let rpc = Rpc::start().await;
    rpc.chain.append(&[12, 13]);
    let block = async |details: &str| {
        let config = json!({ "transactionDetails": details, "maxSupportedTransactionVersion": 0 });
        rpc.ok("getBlock", json!([3, config])).await
    };
    let full = block("full").await;
    assert_eq!(
        (&full["parentSlot"], &full["blockHeight"]),
        (&json!(2), &json!(3))
    );
    let sent = full["transactions"].as_array().unwrap();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0]["meta"]["err"], Value::Null);
    assert_eq!(sent[1]["meta"]["err"], "AccountInUse");
    assert_eq!(sent[0]["version"], "legacy");
    let signatures = block("signatures").await;
    let expected: Vec<String> = [12, 13]
        .map(|number| transaction(number).signatures[0].to_string())
        .to_vec();
    assert_eq!(signatures["signatures"], json!(expected));
    assert!(block("none").await.get("transactions").is_none());
    let accounts = block("accounts").await;
    assert_eq!(
        accounts["transactions"][0]["transaction"]["accountKeys"][0]["signer"],
        true
    );
    assert_eq!(rpc.ok("getBlocks", json!([1, 9])).await, json!([1, 2, 3]));
    assert_eq!(rpc.ok("getBlocks", json!([2])).await, json!([2, 3]));
    assert_eq!(
        rpc.ok("getBlocksWithLimit", json!([1, 2])).await,
        json!([1, 2])
    );
    assert_eq!(rpc.ok("getBlocksWithLimit", json!([1, 0])).await, json!([]));
    assert_eq!(rpc.ok("getTransactionCount", json!([])).await, 6);
}

#[tokio::test]
async fn statuses_are_final_at_once() {
    let rpc = Rpc::start().await;
    let of = |number| transaction(number).signatures[0].to_string();
    let statuses = rpc
        .ok("getSignatureStatuses", json!([[of(10), of(11), of(99)]]))
        .await;
    let value = &statuses["value"];
    assert_eq!(value[0]["confirmationStatus"], "finalized");
    assert_eq!(value[0]["status"], json!({ "Ok": null }));
    assert_eq!(value[1]["err"], "AccountInUse");
    assert_eq!(value[2], Value::Null);
    let listed = rpc
        .ok(
            "getSignaturesForAddress",
            json!([key(1).to_string(), { "limit": 2 }]),
        )
        .await;
    assert_eq!(listed[0]["slot"], 2);
    assert_eq!(listed[1]["err"], "AccountInUse");
}

#[tokio::test]
async fn accounts_are_encoded_as_asked_for() {
    let rpc = Rpc::start().await;
    rpc.chain.put(key(30), key(31), b"some data");
    rpc.chain.put(key(33), key(31), &[7; 200]);
    let data = async |account: u8, config: Value| {
        let shown = rpc
            .ok("getAccountInfo", json!([key(account).to_string(), config]))
            .await;
        shown["value"]["data"].clone()
    };
    assert_eq!(
        data(30, Value::Null).await,
        bs58::encode("some data").into_string()
    );
    assert_eq!(
        data(30, json!({ "encoding": "base64" })).await[0],
        "c29tZSBkYXRh"
    );
    let slice = json!({ "encoding": "base64", "dataSlice": { "offset": 5, "length": 99 } });
    assert_eq!(data(30, slice).await[0], "ZGF0YQ==");
    // Nobody parses what belongs to an unknown program.
    assert_eq!(
        data(30, json!({ "encoding": "jsonParsed" })).await[1],
        "base64"
    );
    let long = rpc
        .fails("getAccountInfo", json!([key(33).to_string()]))
        .await;
    assert_eq!(long.code, -32600);
    let program = key(31).to_string();
    let filters = json!({ "encoding": "base64", "filters": [{ "memcmp": { "offset": 5, "bytes": bs58::encode("data").into_string() } }] });
    let owned = rpc
        .ok("getProgramAccounts", json!([program, filters]))
        .await;
    assert_eq!(owned.as_array().unwrap().len(), 1);
    assert_eq!(owned[0]["pubkey"], key(30).to_string());
    let sized =
        json!({ "encoding": "base64", "filters": [{ "dataSize": 200 }], "withContext": true });
    let owned = rpc.ok("getProgramAccounts", json!([program, sized])).await;
    assert_eq!(owned["value"][0]["pubkey"], key(33).to_string());
}

#[tokio::test]
async fn recent_fees_are_the_lowest_that_got_each_account_written() {
    let rpc = Rpc::start().await;
    rpc.chain
        .append_priced(&[(20, 50), (20, 40), (22, 700), (24, 10)]);
    rpc.chain.append_priced(&[(22, 30), (24, 60)]);
    let fees = async |keys: &[u8]| {
        let keys: Vec<String> = keys.iter().map(|number| key(*number).to_string()).collect();
        let fees = rpc.ok("getRecentPrioritizationFees", json!([keys])).await;
        let fees = fees.as_array().unwrap().iter();
        let fees = fees.map(|fee| fee["prioritizationFee"].as_u64().unwrap());
        // The first three blocks have transactions without an offer.
        let fees: Vec<u64> = fees.skip(3).collect();
        (fees[0], fees[1])
    };
    assert_eq!(fees(&[]).await, (10, 30));
    assert_eq!(fees(&[20]).await, (40, 30));
    assert_eq!(fees(&[22]).await, (700, 30));
    // No transaction writes both: each has a price of its own.
    assert_eq!(fees(&[20, 22]).await, (700, 30));
    assert_eq!(fees(&[20, 24]).await, (40, 60));
    // Of the newest block, what the account costs now.
    assert_eq!(fees(&[24, 77]).await, (10, 900));
}
