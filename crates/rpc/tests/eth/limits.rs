//! What one client may cost the node.

use crate::{
    chain::{Chain, SLOW, log},
    client::{Rpc, config, outcome},
};
use lumio_rpc::eth::EthConfig;
use serde_json::{Value, json};
use std::{sync::atomic::Ordering, time::Duration};

#[tokio::test]
async fn oversized_bodies_are_refused() {
    let rpc = Rpc::with(
        Chain::new(),
        EthConfig {
            max_request_bytes: 1000,
            ..config()
        },
    )
    .await;
    let padding = "0".repeat(2000);
    let body =
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":"web3_sha3","params":["0x{padding}"]}}"#);
    assert_eq!(rpc.post(&body).await.status, 413);
    assert_eq!(rpc.ok("eth_chainId", json!([])).await, "0x20b5");
}

#[tokio::test]
async fn oversized_batches_are_refused() {
    let rpc = Rpc::with(
        Chain::new(),
        EthConfig {
            max_batch: 3,
            ..config()
        },
    )
    .await;
    let one = json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_chainId" });
    let three = rpc
        .post(&Value::from(vec![one.clone(); 3]).to_string())
        .await
        .json();
    assert_eq!(three.as_array().unwrap().len(), 3);
    let four = rpc
        .post(&Value::from(vec![one; 4]).to_string())
        .await
        .json();
    assert!(
        outcome(&four).unwrap_err().message.contains("too large"),
        "{four}"
    );
}

#[tokio::test]
async fn oversized_answers_are_refused() {
    let rpc = Rpc::with(
        Chain::new(),
        EthConfig {
            max_response_bytes: 500,
            ..config()
        },
    )
    .await;
    let failure = rpc
        .fails("eth_getBlockByNumber", json!(["0x1", true]))
        .await;
    assert!(failure.message.contains("too big"), "{failure:?}");
}

#[tokio::test]
async fn log_queries_are_bounded() {
    let chain = Chain::new();
    for _ in 0..20 {
        chain.seal(vec![(crate::chain::deposit(), vec![log(&[5])])]);
    }
    let limits = EthConfig {
        max_log_blocks: 10,
        max_logs: 4,
        ..config()
    };
    let rpc = Rpc::with(chain, limits).await;
    let wide = rpc
        .fails(
            "eth_getLogs",
            json!([{ "fromBlock": "0x0", "toBlock": "latest" }]),
        )
        .await;
    assert_eq!(wide.code, -32005);
    assert!(
        wide.message.contains("22 blocks is larger than 10"),
        "{}",
        wide.message
    );
    let many = rpc
        .fails(
            "eth_getLogs",
            json!([{ "fromBlock": "0x2", "toBlock": "0x9" }]),
        )
        .await;
    assert_eq!(many.code, -32005);
    assert!(
        many.message.contains("more than 4 results"),
        "{}",
        many.message
    );
    let few = rpc
        .ok(
            "eth_getLogs",
            json!([{ "fromBlock": "0x2", "toBlock": "0x5" }]),
        )
        .await;
    assert_eq!(few.as_array().unwrap().len(), 4);
    let absurd = rpc
        .fails(
            "eth_getLogs",
            json!([{ "fromBlock": "0x0", "toBlock": "0xffffffffffffffff" }]),
        )
        .await;
    assert_eq!(absurd.code, -32005);
}

#[tokio::test]
async fn fee_history_is_bounded() {
    let rpc = Rpc::start().await;
    let huge = rpc
        .ok(
            "eth_feeHistory",
            json!(["0xffffffffffffffffffff", "latest", []]),
        )
        .await;
    assert_eq!(huge["gasUsedRatio"].as_array().unwrap().len(), 2);
    let many: Vec<f64> = (0..101).map(f64::from).map(|n| n / 2.0).collect();
    let failure = rpc
        .fails("eth_feeHistory", json!([1, "latest", many]))
        .await;
    assert!(
        failure.message.contains("over the query limit"),
        "{}",
        failure.message
    );
    for wrong in [json!([50, 10]), json!([-1]), json!([101])] {
        assert_eq!(
            rpc.fails("eth_feeHistory", json!([1, "latest", wrong]))
                .await
                .code,
            -32602
        );
    }
}

#[tokio::test]
async fn filters_are_bounded_and_expire() {
    let limits = EthConfig {
        max_filters: 2,
        filter_idle: Duration::from_millis(200),
        ..config()
    };
    let rpc = Rpc::with(Chain::new(), limits).await;
    let first = rpc.ok("eth_newBlockFilter", json!([])).await;
    rpc.ok("eth_newBlockFilter", json!([])).await;
    assert_eq!(
        rpc.fails("eth_newBlockFilter", json!([])).await.code,
        -32005
    );
    tokio::time::sleep(Duration::from_millis(400)).await;
    let gone = rpc.fails("eth_getFilterChanges", json!([first])).await;
    assert_eq!(
        (gone.code, gone.message.as_str()),
        (-32000, "filter not found")
    );
    rpc.ok("eth_newBlockFilter", json!([])).await;
}

#[tokio::test]
async fn a_filter_that_is_polled_stays() {
    let limits = EthConfig {
        filter_idle: Duration::from_millis(300),
        ..config()
    };
    let rpc = Rpc::with(Chain::new(), limits).await;
    let id = rpc.ok("eth_newBlockFilter", json!([])).await;
    for _ in 0..8 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        rpc.ok("eth_getFilterChanges", json!([id])).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn executions_are_bounded_and_reads_go_on() {
    let rpc = Rpc::with(
        Chain::new(),
        EthConfig {
            max_executions: 2,
            ..config()
        },
    )
    .await;
    let slow = (0..10).map(|_| rpc.call("eth_call", json!([{ "to": SLOW }])));
    let reads = async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let started = std::time::Instant::now();
        rpc.ok("eth_chainId", json!([])).await;
        started.elapsed()
    };
    let (answers, waited) = tokio::join!(futures::future::join_all(slow), reads);
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(rpc.chain.most_running.load(Ordering::SeqCst), 2);
    // All ten calls take a quarter of a second.
    assert!(
        waited < Duration::from_millis(100),
        "a read waited {waited:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_execution_does_not_wait_forever() {
    let limits = EthConfig {
        max_executions: 1,
        execution_patience: Duration::from_millis(120),
        ..config()
    };
    let rpc = Rpc::with(Chain::new(), limits).await;
    let slow = (0..10).map(|_| rpc.call("eth_call", json!([{ "to": SLOW }])));
    let answers = futures::future::join_all(slow).await;
    let refused: Vec<_> = answers
        .iter()
        .filter_map(|answer| answer.as_ref().err())
        .collect();
    assert!((5..10).contains(&refused.len()), "{answers:?}");
    assert!(
        refused
            .iter()
            .all(|failure| failure.code == -32005 && failure.message.contains("busy"))
    );
    rpc.ok("eth_call", json!([{ "to": SLOW }])).await;
}

#[tokio::test]
async fn storage_and_proof_requests_are_bounded() {
    let rpc = Rpc::start().await;
    let slots = vec!["0x1"; 1025];
    let zero = format!("0x{:040x}", 1);
    let failure = rpc
        .fails("eth_getProof", json!([zero, slots, "latest"]))
        .await;
    assert!(
        failure.message.contains("too many slots"),
        "{}",
        failure.message
    );
    let failure = rpc
        .fails("eth_getStorageValues", json!([{ zero: slots }]))
        .await;
    assert!(
        failure.message.contains("too many slots"),
        "{}",
        failure.message
    );
    assert_eq!(
        rpc.fails("anvil_mine", json!(["0xffffffff"])).await.code,
        -32005
    );
}

#[tokio::test]
async fn connections_beyond_the_limit_wait() {
    let rpc = Rpc::with(
        Chain::new(),
        EthConfig {
            max_connections: 1,
            ..config()
        },
    )
    .await;
    let idle = tokio::net::TcpStream::connect(rpc.address).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let request = rpc.ok("eth_chainId", json!([]));
    tokio::pin!(request);
    let early = tokio::time::timeout(Duration::from_millis(100), &mut request).await;
    assert!(early.is_err(), "a second connection was served");
    drop(idle);
    assert_eq!(request.await, "0x20b5");
}

#[tokio::test]
async fn a_stop_lets_requests_finish() {
    let rpc = Rpc::start().await;
    rpc.chain.set_sealing(crate::chain::Sealing::Held);
    let chain = rpc.chain.clone();
    let address = rpc.address;
    let raw = crate::chain::transfer(&chain.signer, 0, 1);
    let client = jsonrpsee::http_client::HttpClientBuilder::default()
        .build(format!("http://{address}"))
        .unwrap();
    let send = tokio::spawn(async move {
        use jsonrpsee::core::client::ClientT as _;
        client
            .request::<String, _>("eth_sendRawTransaction", [raw])
            .await
    });
    while chain.held() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let stop = tokio::spawn(rpc.server.stop(Duration::from_secs(5)));
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(
        tokio::net::TcpStream::connect(address).await.is_err(),
        "still accepts"
    );
    chain.release(Ok(()));
    assert!(send.await.unwrap().unwrap().starts_with("0x"));
    stop.await.unwrap();
}

#[tokio::test]
async fn a_stop_ends_websocket_sessions() {
    use jsonrpsee::core::client::SubscriptionClientT as _;
    let rpc = Rpc::start().await;
    let client = jsonrpsee::ws_client::WsClientBuilder::default()
        .build(format!("ws://{}", rpc.address))
        .await
        .unwrap();
    let mut heads = client
        .subscribe::<Value, _>(
            "eth_subscribe",
            jsonrpsee::rpc_params!["newHeads"],
            "eth_unsubscribe",
        )
        .await
        .unwrap();
    let stopping = std::time::Instant::now();
    rpc.server.stop(Duration::from_secs(5)).await;
    assert!(
        stopping.elapsed() < Duration::from_secs(4),
        "the session held the stop up"
    );
    assert!(heads.next().await.is_none_or(|event| event.is_err()));
}
