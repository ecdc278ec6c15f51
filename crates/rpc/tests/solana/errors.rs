//! Codes, words and data of errors.

use crate::{
    chain::key,
    client::{Failure, Rpc},
};
use serde_json::{Value, json};

fn failure(code: i64, message: &str, data: Value) -> Failure {
    Failure {
        code,
        message: message.into(),
        data,
    }
}

#[tokio::test]
async fn what_is_not_there_is_told_apart() {
    let rpc = Rpc::start().await;
    let unknown = rpc.fails("getNothing", json!([])).await;
    assert_eq!(unknown, failure(-32601, "Method not found", Value::Null));
    let unsubscribe = rpc.fails("slotUnsubscribe", json!([1])).await;
    assert_eq!(unsubscribe.code, -32601);
    let block = rpc.fails("getBlock", json!([99])).await;
    assert_eq!(
        block,
        failure(-32004, "Block not available for slot 99", Value::Null)
    );
    assert_eq!(rpc.fails("getBlockTime", json!([99])).await.code, -32004);
    let snapshot = rpc.fails("getHighestSnapshotSlot", json!([])).await;
    assert_eq!(snapshot, failure(-32008, "No snapshot", Value::Null));
    let missing = rpc.ok("getTransaction", json!(["1".repeat(64)])).await;
    assert_eq!(missing, Value::Null);
}

#[tokio::test]
async fn a_slot_that_is_not_there_yet_is_said_with_the_newest() {
    let rpc = Rpc::start().await;
    let account = key(1).to_string();
    for (method, params) in [
        ("getSlot", json!([{ "minContextSlot": 3 }])),
        ("getBalance", json!([account, { "minContextSlot": 3 }])),
        ("getAccountInfo", json!([account, { "minContextSlot": 3 }])),
        (
            "getMultipleAccounts",
            json!([[account], { "minContextSlot": 3 }]),
        ),
        (
            "getProgramAccounts",
            json!([account, { "minContextSlot": 3 }]),
        ),
        ("getLatestBlockhash", json!([{ "minContextSlot": 3 }])),
        (
            "getSignaturesForAddress",
            json!([account, { "minContextSlot": 3 }]),
        ),
    ] {
        let failed = rpc.fails(method, params).await;
        let expected = failure(
            -32016,
            "Minimum context slot has not been reached",
            json!({ "contextSlot": 2 }),
        );
        assert_eq!(failed, expected, "{method}");
    }
    assert_eq!(rpc.ok("getSlot", json!([{ "minContextSlot": 2 }])).await, 2);
}

#[tokio::test]
async fn too_much_to_look_through_is_refused() {
    let rpc = Rpc::start().await;
    let program = key(99).to_string();
    let failed = rpc.fails("getProgramAccounts", json!([program])).await;
    assert_eq!(failed, failure(-32012, "too many accounts", Value::Null));
}

#[tokio::test]
async fn parameters_of_the_wrong_form_are_named() {
    let rpc = Rpc::start().await;
    let message = async |method: &str, params: Value| {
        let failed = rpc.fails(method, params).await;
        assert_eq!(failed.code, -32602, "{method}: {failed:?}");
        failed.message
    };
    assert_eq!(
        message("getBalance", json!(["abc"])).await,
        "Invalid param: WrongSize"
    );
    assert_eq!(
        message("getBalance", json!(["0OIl"])).await,
        "Invalid param: Invalid"
    );
    assert_eq!(
        message("getBalance", json!({ "account": 1 })).await,
        "`params` should be an array"
    );
    assert!(
        message("getBalance", json!([1]))
            .await
            .starts_with("Invalid params: invalid type")
    );
}

#[tokio::test]
async fn a_batch_keeps_its_order_and_bad_entries_their_places() {
    let rpc = Rpc::start().await;
    let request = |id: u64, method: &str| json!({ "jsonrpc": "2.0", "id": id, "method": method });
    let batch = json!([
        request(1, "getSlot"),
        5,
        request(2, "nope"),
        request(3, "getHealth")
    ]);
    let (_, body) = rpc.exchange("POST /", &batch.to_string()).await;
    let answers: Vec<Value> = serde_json::from_str(&body).unwrap();
    assert_eq!(answers[0]["result"], 2);
    assert_eq!(answers[1]["error"]["code"], -32600);
    assert_eq!(answers[2]["error"]["code"], -32601);
    assert_eq!(answers[3]["result"], "ok");
}
