//! Pushed events over WebSocket, on the port that also serves HTTP.

use crate::{
    chain::{Chain, deposit, log, transfer},
    client::{Rpc, config},
};
use jsonrpsee::{
    core::client::{ClientT as _, Error, Subscription, SubscriptionClientT as _},
    rpc_params,
    ws_client::{WsClient, WsClientBuilder},
};
use lumio_rpc::eth::EthConfig;
use serde_json::{Value, json};
use std::time::Duration;

async fn connect(rpc: &Rpc) -> WsClient {
    WsClientBuilder::default()
        .build(format!("ws://{}", rpc.address))
        .await
        .unwrap()
}

async fn subscribe(client: &WsClient, params: Vec<Value>) -> Result<Subscription<Value>, Error> {
    client
        .subscribe("eth_subscribe", params, "eth_unsubscribe")
        .await
}

async fn next(subscription: &mut Subscription<Value>) -> Value {
    let next = tokio::time::timeout(Duration::from_secs(5), subscription.next()).await;
    next.expect("no event within five seconds")
        .expect("subscription ended")
        .unwrap()
}

#[tokio::test]
async fn heads_logs_and_transactions_are_pushed() {
    let rpc = Rpc::start().await;
    let client = connect(&rpc).await;
    let mut heads = subscribe(&client, vec![json!("newHeads")]).await.unwrap();
    let filter = json!({ "topics": [format!("0x{:064x}", 5)] });
    let mut logs = subscribe(&client, vec![json!("logs"), filter])
        .await
        .unwrap();
    let mut hashes = subscribe(&client, vec![json!("newPendingTransactions")])
        .await
        .unwrap();
    let mut whole = subscribe(&client, vec![json!("newPendingTransactions"), json!(true)])
        .await
        .unwrap();
    let mut syncing = subscribe(&client, vec![json!("syncing")]).await.unwrap();
    let hash: Value = client
        .request(
            "eth_sendRawTransaction",
            rpc_params![transfer(&rpc.chain.signer, 2, 1)],
        )
        .await
        .unwrap();
    let head = next(&mut heads).await;
    let block = rpc
        .ok("eth_getBlockByNumber", json!(["latest", false]))
        .await;
    for (field, value) in head.as_object().unwrap() {
        assert_eq!(block[field], *value, "{field}");
    }
    assert_eq!(next(&mut hashes).await, hash);
    assert_eq!(next(&mut whole).await["hash"], hash);
    assert_eq!(next(&mut syncing).await, false);
    rpc.chain
        .seal(vec![(deposit(), vec![log(&[4]), log(&[5])])]);
    let added = next(&mut logs).await;
    assert_eq!(
        (&added["logIndex"], &added["removed"]),
        (&json!("0x1"), &json!(false))
    );
    rpc.chain.set_back(1);
    let removed = next(&mut logs).await;
    assert_eq!(
        (&removed["logIndex"], &removed["removed"]),
        (&json!("0x1"), &json!(true))
    );
}

#[tokio::test]
async fn ids_are_hex_and_unsubscribing_ends() {
    let rpc = Rpc::start().await;
    let client = connect(&rpc).await;
    let heads = subscribe(&client, vec![json!("newHeads")]).await.unwrap();
    let id = format!("{:?}", heads.kind());
    assert!(id.contains("0x"), "{id}");
    heads.unsubscribe().await.unwrap();
    let unknown: bool = client
        .request("eth_unsubscribe", rpc_params!["0x1"])
        .await
        .unwrap();
    assert!(!unknown);
}

#[tokio::test]
async fn wrong_subscriptions_are_refused() {
    let rpc = Rpc::start().await;
    let client = connect(&rpc).await;
    for (params, code) in [
        (vec![json!("newSomething")], -32601),
        (vec![], -32602),
        (vec![json!("logs"), json!({ "address": "0x1" })], -32602),
    ] {
        match subscribe(&client, params).await {
            Err(Error::Call(error)) => assert_eq!(error.code(), code, "{error:?}"),
            other => panic!("{other:?}"),
        }
    }
    let over_http = rpc.fails("eth_subscribe", json!(["newHeads"])).await;
    assert_eq!(over_http.code, -32601);
    assert!(over_http.message.starts_with("notifications not supported"));
}

#[tokio::test]
async fn subscriptions_of_a_connection_are_bounded() {
    let rpc = Rpc::with(
        Chain::new(),
        EthConfig {
            max_subscriptions: 2,
            ..config()
        },
    )
    .await;
    let client = connect(&rpc).await;
    let _first = subscribe(&client, vec![json!("newHeads")]).await.unwrap();
    let second = subscribe(&client, vec![json!("newHeads")]).await.unwrap();
    assert!(matches!(
        subscribe(&client, vec![json!("newHeads")]).await,
        Err(Error::Call(_))
    ));
    second.unsubscribe().await.unwrap();
    let mut free = subscribe(&client, vec![json!("newHeads")]).await;
    for _ in 0..50 {
        if free.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        free = subscribe(&client, vec![json!("newHeads")]).await;
    }
    free.unwrap();
}

/// The chain keeps four events for those who lag; the server must say goodbye
/// rather than leave a hole.
#[tokio::test]
async fn a_subscriber_that_cannot_keep_up_is_told() {
    let rpc = Rpc::with(Chain::with_events(4), config()).await;
    let client = connect(&rpc).await;
    let mut heads = subscribe(&client, vec![json!("newHeads")]).await.unwrap();
    // No await in between: the server's task cannot run on this one thread.
    for _ in 0..50 {
        rpc.chain.seal(vec![]);
    }
    let mut seen = 0;
    while let Ok(Some(Ok(_))) = tokio::time::timeout(Duration::from_secs(5), heads.next()).await {
        seen += 1;
        assert!(seen < 50, "events were lost in silence");
    }
    let mut again = subscribe(&client, vec![json!("newHeads")]).await.unwrap();
    rpc.chain.seal(vec![]);
    next(&mut again).await;
}

#[tokio::test]
async fn requests_under_way_on_a_connection_are_bounded() {
    let rpc = Rpc::with(
        Chain::new(),
        EthConfig {
            max_in_flight: 3,
            ..config()
        },
    )
    .await;
    rpc.chain.set_sealing(crate::chain::Sealing::Held);
    let client = connect(&rpc).await;
    let sends = (0..5).map(|nonce| {
        let raw = transfer(&rpc.chain.signer, nonce, 1);
        client.request::<Value, _>("eth_sendRawTransaction", rpc_params![raw])
    });
    let release = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(rpc.chain.held(), 3);
        rpc.chain.release(Ok(()));
    };
    let (answers, ()) = tokio::join!(futures::future::join_all(sends), release);
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 3);
    // Their places are free again once their answers are sent.
    rpc.chain.set_sealing(crate::chain::Sealing::AtOnce);
    for _ in 0..10 {
        client
            .request::<Value, _>("eth_chainId", rpc_params![])
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn malformed_messages_do_not_end_the_connection() {
    let rpc = Rpc::start().await;
    let client = connect(&rpc).await;
    for method in ["", "eth_nothing", "💥"] {
        assert!(matches!(
            client.request::<Value, _>(method, rpc_params![]).await,
            Err(Error::Call(_))
        ));
    }
    let id: Value = client.request("eth_chainId", rpc_params![]).await.unwrap();
    assert_eq!(id, "0x20b5");
}

/// A client that subscribes and then never reads fills the sockets; the server
/// must forget it instead of remembering its messages.
#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_that_does_not_read_is_dropped() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let patience = Duration::from_millis(200);
    let limits = EthConfig {
        subscriber_patience: patience,
        ..config()
    };
    let rpc = Rpc::with(Chain::with_events(50_000), limits).await;
    let before = rpc.chain.listeners();
    let mut socket = tokio::net::TcpStream::connect(rpc.address).await.unwrap();
    let upgrade = "GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    socket.write_all(upgrade.as_bytes()).await.unwrap();
    let request = r#"{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["newHeads"]}"#;
    // A text frame whose mask is all zeros.
    let mut frame = vec![0x81, 0x80 | request.len() as u8, 0, 0, 0, 0];
    frame.extend_from_slice(request.as_bytes());
    socket.write_all(&frame).await.unwrap();
    let mut answer = [0; 16];
    socket.read_exact(&mut answer).await.unwrap();
    while rpc.chain.listeners() == before {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for _ in 0..30_000 {
        rpc.chain.seal(vec![]);
    }
    let dropped = async {
        while rpc.chain.listeners() > before {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), dropped)
        .await
        .expect("still subscribed");
    assert!(rpc.ok("eth_blockNumber", json!([])).await.is_string());
}
