//! What one client may cost.

use crate::{
    chain::{Chain, SLOW},
    client::{Api, SIGNED, config, exchange},
};
use lumio_rpc::aptos::ApiConfig;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_body_that_is_too_long_is_refused() {
    let limits = ApiConfig {
        max_request_bytes: 1000,
        ..config()
    };
    let api = Api::with(Chain::new(), limits).await;
    let answer = api
        .post_as("/transactions", SIGNED, &[0; 1001], "*/*")
        .await;
    assert_eq!(answer.error(), (413, "web_framework_error".into()));
    assert_eq!(answer.headers["x-aptos-chain-id"], "4");
    let answer = api
        .post_as("/transactions", SIGNED, &[0; 1000], "*/*")
        .await;
    assert_eq!(answer.error(), (400, "invalid_input".into()));
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let limits = ApiConfig {
        body_patience: Duration::from_millis(100),
        ..config()
    };
    let api = Api::with(Chain::new(), limits).await;
    let head =
        "POST /v1/view HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 10\r\n\r\n{";
    let answer = exchange(api.address, head.as_bytes()).await;
    assert_eq!(answer.error(), (400, "web_framework_error".into()));
}

#[tokio::test]
async fn executions_beyond_the_limit_are_refused_after_a_while() {
    let limits = ApiConfig {
        max_executions: 1,
        execution_patience: Duration::from_millis(50),
        ..config()
    };
    let api = Api::with(Chain::new(), limits).await;
    let call = json!({
        "function": "0xd::types::same",
        "type_arguments": ["u64"],
        "arguments": [SLOW.to_string()],
    });
    let (first, second) = tokio::join!(api.post("/view", &call), api.post("/view", &call));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 503]);
    // What only reads is not in the way.
    let (view, read) = tokio::join!(api.post("/view", &call), api.get("/accounts/0x1"));
    assert_eq!((view.status, read.status), (200, 200));
}

#[tokio::test]
async fn pages_are_no_longer_than_the_limit() {
    let limits = ApiConfig {
        default_page: 2,
        max_page: 3,
        max_state_page: 2,
        ..config()
    };
    let api = Api::with(Chain::new(), limits).await;
    let count = |json: serde_json::Value| json.as_array().unwrap().len();
    assert_eq!(count(api.get("/transactions").await.ok()), 2);
    assert_eq!(count(api.get("/transactions?limit=9").await.ok()), 3);
    assert_eq!(count(api.get("/accounts/0x1/modules").await.ok()), 2);
    let path = "/blocks/by_height/2?with_transactions=true";
    let block = api.get(path).await.ok();
    assert_eq!(count(block["transactions"].clone()), 3);
}

#[tokio::test]
async fn a_batch_is_no_longer_than_the_limit() {
    let limits = ApiConfig {
        max_batch: 1,
        ..config()
    };
    let api = Api::with(Chain::new(), limits).await;
    let answer = api
        .post_as("/transactions/batch", SIGNED, &[2, 0], "*/*")
        .await;
    assert_eq!(answer.error(), (400, "invalid_input".into()));
    assert!(answer.json()["message"].to_string().contains("too many"));
}

#[tokio::test]
async fn a_server_that_stops_answers_what_is_under_way() {
    let api = Api::start().await;
    let call = json!({
        "function": "0xd::types::same",
        "type_arguments": ["u64"],
        "arguments": [SLOW.to_string()],
    });
    let address = api.address;
    let body = call.to_string();
    let asking = tokio::spawn(async move {
        let request = crate::client::Request {
            method: "POST",
            path: "/v1/view",
            headers: &[("content-type", "application/json")],
            body: body.as_bytes(),
        };
        crate::client::send(address, request).await
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    api.server.stop(Duration::from_secs(10)).await;
    assert_eq!(asking.await.unwrap().ok(), json!([SLOW.to_string()]));
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
