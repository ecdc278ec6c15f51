//! What is pushed over WebSocket.

use crate::{
    chain::{key, transaction},
    client::Rpc,
};
use jsonrpsee::core::client::{ClientT as _, Subscription, SubscriptionClientT as _};
use serde_json::{Value, json, value::RawValue};
use std::time::Duration;

async fn subscribe(
    client: &jsonrpsee::ws_client::WsClient,
    name: &str,
    params: &[Value],
) -> Result<Subscription<Value>, String> {
    let mut list = jsonrpsee::core::params::ArrayParams::new();
    for param in params {
        list.insert(param).unwrap();
    }
    let (begin, end) = (format!("{name}Subscribe"), format!("{name}Unsubscribe"));
    let made = client.subscribe(&begin, list, &end).await;
    made.map_err(|error| error.to_string())
}

async fn next(subscription: &mut Subscription<Value>) -> Option<Value> {
    let notice = tokio::time::timeout(Duration::from_secs(5), subscription.next());
    notice.await.expect("no notice").map(Result::unwrap)
}

#[tokio::test]
async fn blocks_become_notices() {
    let rpc = Rpc::start().await;
    let client = rpc.websocket().await;
    let mut slots = subscribe(&client, "slot", &[]).await.unwrap();
    let mut roots = subscribe(&client, "root", &[]).await.unwrap();
    let mention = json!({ "mentions": [key(40).to_string()] });
    let mut logs = subscribe(&client, "logs", &[mention]).await.unwrap();
    let mut blocks = subscribe(
        &client,
        "block",
        &[json!("all"), json!({ "transactionDetails": "signatures" })],
    )
    .await
    .unwrap();
    let mut steps = subscribe(&client, "slotsUpdates", &[]).await.unwrap();
    rpc.chain.append(&[40, 42]);
    let slot = next(&mut slots).await.unwrap();
    assert_eq!(slot, json!({ "slot": 3, "parent": 2, "root": 3 }));
    assert_eq!(next(&mut roots).await.unwrap(), 3);
    let said = next(&mut logs).await.unwrap();
    assert_eq!(
        said["value"]["signature"],
        transaction(40).signatures[0].to_string()
    );
    assert_eq!(said["value"]["logs"], json!(["Program log: hello"]));
    let block = next(&mut blocks).await.unwrap();
    assert_eq!(
        block["value"]["block"]["signatures"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let mut kinds = Vec::new();
    for _ in 0..4 {
        kinds.push(next(&mut steps).await.unwrap()["type"].clone());
    }
    assert_eq!(
        kinds,
        ["createdBank", "frozen", "optimisticConfirmation", "root"]
    );
}

#[tokio::test]
async fn an_account_is_told_when_it_differs() {
    let rpc = Rpc::start().await;
    rpc.chain.put(key(50), key(51), b"old");
    let client = rpc.websocket().await;
    let of = [json!(key(50).to_string()), json!({ "encoding": "base64" })];
    let mut account = subscribe(&client, "account", &of).await.unwrap();
    let program = [
        json!(key(51).to_string()),
        json!({ "encoding": "base64", "filters": [{ "dataSize": 3 }] }),
    ];
    let mut program = subscribe(&client, "program", &program).await.unwrap();
    rpc.chain.append(&[]);
    rpc.chain.put(key(50), key(51), b"new");
    rpc.chain.append(&[]);
    let told = next(&mut account).await.unwrap();
    assert_eq!(
        told["context"]["slot"], 4,
        "the block without a change is not told"
    );
    assert_eq!(told["value"]["data"][0], "bmV3");
    assert_eq!(
        next(&mut program).await.unwrap()["value"]["pubkey"],
        key(50).to_string()
    );
    rpc.chain.accounts.lock().clear();
    rpc.chain.put(key(52), key(51), b"longer");
    rpc.chain.accounts.lock().remove(&key(52));
    rpc.chain.put(key(50), key(51), b"last");
    rpc.chain.append(&[]);
    assert_eq!(
        next(&mut account).await.unwrap()["value"]["data"][0],
        "bGFzdA=="
    );
}

#[tokio::test]
async fn a_signature_is_told_once_whether_it_came_before_or_comes_later() {
    let rpc = Rpc::start().await;
    let client = rpc.websocket().await;
    let of = |number: u8| json!(transaction(number).signatures[0].to_string());
    let mut early = subscribe(&client, "signature", &[of(11)]).await.unwrap();
    assert_eq!(
        next(&mut early).await.unwrap()["value"],
        json!({ "err": "AccountInUse" })
    );
    assert_eq!(next(&mut early).await, None, "the subscription has ended");
    let both = json!({ "enableReceivedNotification": true });
    let mut later = subscribe(&client, "signature", &[of(60), both])
        .await
        .unwrap();
    rpc.chain.append(&[61]);
    rpc.chain.append(&[60]);
    assert_eq!(
        next(&mut later).await.unwrap()["value"],
        "receivedSignature"
    );
    let ended = next(&mut later).await.unwrap();
    assert_eq!(
        (&ended["context"]["slot"], &ended["value"]),
        (&json!(4), &json!({ "err": null }))
    );
}

#[tokio::test]
async fn what_cannot_be_subscribed_to_is_refused() {
    let rpc = Rpc::start().await;
    let client = rpc.websocket().await;
    let refused =
        async |name: &str, params: &[Value]| subscribe(&client, name, params).await.unwrap_err();
    assert!(refused("vote", &[]).await.contains("no votes"));
    assert!(
        refused("account", &[json!("x")])
            .await
            .contains("WrongSize")
    );
    assert!(
        refused("logs", &[json!({ "mentions": [] })])
            .await
            .contains("Only 1 address")
    );
    let unknown = client
        .request::<Box<RawValue>, _>("blocksSubscribe", jsonrpsee::rpc_params![])
        .await;
    assert!(
        unknown
            .unwrap_err()
            .to_string()
            .contains("Method not found")
    );
    assert_eq!(
        client
            .request::<String, _>("getHealth", jsonrpsee::rpc_params![])
            .await
            .unwrap(),
        "ok"
    );
}
