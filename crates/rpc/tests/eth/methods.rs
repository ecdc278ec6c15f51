//! Simple answers, and how leniently parameters are read.

use crate::{
    chain::{Chain, TOKEN, transfer},
    client::Rpc,
};
use serde_json::{Value, json};

#[tokio::test]
async fn facts_about_the_node() {
    let rpc = Rpc::start().await;
    for (method, expected) in [
        ("eth_chainId", json!("0x20b5")),
        ("net_version", json!("8373")),
        ("eth_blockNumber", json!("0x1")),
        ("eth_syncing", json!(false)),
        ("eth_mining", json!(false)),
        ("eth_hashrate", json!("0x0")),
        (
            "eth_coinbase",
            json!("0x4242424242424242424242424242424242424242"),
        ),
        ("eth_accounts", json!([rpc.chain.signer.address()])),
        ("net_listening", json!(true)),
        ("net_peerCount", json!("0x0")),
        ("web3_clientVersion", json!("lumio/v0.1.0/test")),
        ("eth_blobBaseFee", json!("0x1")),
        ("debug_getBadBlocks", json!([])),
        // Block 1's tips are 0.1 and 0.5 gwei; the lower of two is suggested.
        ("eth_maxPriorityFeePerGas", json!("0x5f5e100")),
        ("eth_gasPrice", json!("0x4190ab00")),
    ] {
        assert_eq!(rpc.ok(method, json!([])).await, expected, "{method}");
    }
    let hash = rpc.ok("web3_sha3", json!(["0x68656c6c6f"])).await;
    assert_eq!(
        hash,
        "0x1c8aff950685c2ed4bc3174f3472287b56d9517b9c948127319a09a7a36deac8"
    );
}

#[tokio::test]
async fn hot_resources_and_what_a_call_must_bid_for_them() {
    let rpc = Rpc::start().await;
    let hot = json!([{
        "kind": "storage",
        "owner": format!("0x{}", "11".repeat(20)),
        "key": format!("0x{}", "00".repeat(32)),
        "price": "0x77359400",
        "gas": "0xaae60",
        "waiting": "0xc",
    }]);
    assert_eq!(rpc.ok("lumio_hotResources", json!([])).await, hot);
    for (to, expected) in [("11", "0x77359400"), ("12", "0x5f5e100")] {
        let call = json!([{ "to": format!("0x{}", to.repeat(20)) }]);
        let bid = rpc.ok("lumio_maxPriorityFeePerGas", call).await;
        assert_eq!(bid, expected, "{to}");
    }
}

#[tokio::test]
async fn parameters_may_be_missing() {
    let rpc = Rpc::start().await;
    for body in [
        r#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":null}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}"#,
        r#"{"jsonrpc":"2.0","id":"a","method":"eth_chainId","params":[ ]}"#,
        r#" {"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[null, 5]}"#,
    ] {
        assert_eq!(rpc.post(body).await.json()["result"], "0x20b5", "{body}");
    }
    for params in [
        json!([TOKEN]),
        json!([TOKEN, null]),
        json!([TOKEN, "latest"]),
    ] {
        assert_eq!(rpc.ok("eth_getBalance", params).await, "0x0");
    }
    assert_eq!(
        rpc.ok("eth_call", json!([{ "to": TOKEN, "data": "0x1234" }]))
            .await,
        "0x1234"
    );
    let numbers = json!([{ "to": TOKEN, "input": "0x12", "data": null, "gas": 21000, "value": 1, "nonce": "0x00", "chainId": 1, "type": "0x2", "unknown": {} }]);
    assert_eq!(rpc.ok("eth_call", numbers).await, "0x12");
    assert_eq!(
        rpc.ok(
            "eth_call",
            json!([{ "to": TOKEN, "input": "0x12" }, null, null])
        )
        .await,
        "0x12"
    );
    assert_eq!(
        rpc.ok(
            "eth_call",
            json!([{ "to": TOKEN, "input": "0x1234", "data": "0x1234" }])
        )
        .await,
        "0x1234"
    );
}

#[tokio::test]
async fn blocks_have_many_names() {
    let rpc = Rpc::start().await;
    let block = rpc.ok("eth_getBlockByNumber", json!(["0x1", false])).await;
    let hash = &block["hash"];
    for name in [
        json!("latest"),
        json!("safe"),
        json!("finalized"),
        json!("0x01"),
        json!(1),
        json!("1"),
        hash.clone(),
        json!({ "blockNumber": "0x1" }),
        json!({ "blockHash": hash }),
        json!({ "blockHash": hash, "requireCanonical": true }),
    ] {
        assert_eq!(
            rpc.ok("eth_getBlockByNumber", json!([name])).await,
            block,
            "{name}"
        );
        rpc.ok("eth_getBalance", json!([TOKEN, name])).await;
    }
    let genesis = rpc
        .ok("eth_getBlockByNumber", json!(["earliest", false]))
        .await;
    assert_eq!(genesis["number"], "0x0");
    let both = json!({ "blockHash": hash, "blockNumber": "0x1" });
    assert_eq!(
        rpc.fails("eth_getBalance", json!([TOKEN, both])).await.code,
        -32602
    );
}

#[tokio::test]
async fn what_is_not_there_is_null() {
    let rpc = Rpc::start().await;
    let hash = format!("0x{:064x}", 5);
    for (method, params) in [
        ("eth_getBlockByNumber", json!(["0x99", true])),
        ("eth_getBlockByHash", json!([hash, true])),
        ("eth_getHeaderByNumber", json!(["0x99"])),
        ("eth_getBlockReceipts", json!(["0x99"])),
        ("eth_getBlockTransactionCountByHash", json!([hash])),
        ("eth_getTransactionByHash", json!([hash])),
        (
            "eth_getTransactionByBlockNumberAndIndex",
            json!(["0x1", "0x3"]),
        ),
        (
            "eth_getTransactionByBlockHashAndIndex",
            json!([hash, "0x0"]),
        ),
        ("eth_getRawTransactionByHash", json!([hash])),
        ("eth_getTransactionReceipt", json!([hash])),
        ("eth_getUncleByBlockNumberAndIndex", json!(["0x1", "0x0"])),
        ("eth_getUncleCountByBlockHash", json!([hash])),
    ] {
        assert_eq!(rpc.ok(method, params).await, Value::Null, "{method}");
    }
    assert_eq!(
        rpc.ok("eth_getBlockTransactionCountByNumber", json!(["0x1"]))
            .await,
        "0x3"
    );
    assert_eq!(
        rpc.ok("eth_getUncleCountByBlockNumber", json!(["0x1"]))
            .await,
        "0x0"
    );
}

#[tokio::test]
async fn slots_may_have_any_zeros() {
    let rpc = Rpc::start().await;
    rpc.ok("anvil_setStorageAt", json!([TOKEN, "0x0001", "0x2a"]))
        .await;
    let expected = format!("0x{:064x}", 42);
    for slot in [
        json!("0x1"),
        json!("0x01"),
        json!(1),
        json!(format!("0x{:064x}", 1)),
    ] {
        assert_eq!(
            rpc.ok("eth_getStorageAt", json!([TOKEN, slot, "latest"]))
                .await,
            expected
        );
    }
    let values = rpc
        .ok(
            "eth_getStorageValues",
            json!([{ TOKEN.to_string(): ["0x1", "0x2"] }]),
        )
        .await;
    let token = format!("{TOKEN:#x}");
    assert_eq!(values[token], json!([expected, format!("0x{:064x}", 0)]));
    let long = format!("0x{:066x}", 1);
    assert_eq!(
        rpc.fails("eth_getStorageAt", json!([TOKEN, long]))
            .await
            .code,
        -32602
    );
}

#[tokio::test]
async fn nonces_count_pending_transactions() {
    let rpc = Rpc::start().await;
    let sender = rpc.chain.signer.address();
    assert_eq!(
        rpc.ok("eth_getTransactionCount", json!([sender, "earliest"]))
            .await,
        "0x0"
    );
    assert_eq!(
        rpc.ok("eth_getTransactionCount", json!([sender])).await,
        "0x2"
    );
    rpc.chain.set_sealing(crate::chain::Sealing::ByHand);
    rpc.ok(
        "eth_sendRawTransaction",
        json!([transfer(&rpc.chain.signer, 2, 1)]),
    )
    .await;
    assert_eq!(
        rpc.ok("eth_getTransactionCount", json!([sender, "latest"]))
            .await,
        "0x2"
    );
    assert_eq!(
        rpc.ok("eth_getTransactionCount", json!([sender, "pending"]))
            .await,
        "0x3"
    );
}

#[tokio::test]
async fn transactions_are_found_by_sender_and_nonce() {
    let chain = Chain::new();
    let rpc = Rpc::with(chain, crate::client::config()).await;
    let sender = rpc.chain.signer.address();
    for nonce in 2..12 {
        rpc.ok(
            "eth_sendRawTransaction",
            json!([transfer(&rpc.chain.signer, nonce, 1)]),
        )
        .await;
    }
    rpc.chain.set_sealing(crate::chain::Sealing::ByHand);
    rpc.ok(
        "eth_sendRawTransaction",
        json!([transfer(&rpc.chain.signer, 12, 1)]),
    )
    .await;
    for nonce in 0..13u64 {
        let found = rpc
            .ok("eth_getTransactionBySenderAndNonce", json!([sender, nonce]))
            .await;
        assert_eq!(found["nonce"], format!("{nonce:#x}"));
        assert_eq!(found["blockNumber"].is_null(), nonce == 12);
    }
    let none = rpc
        .ok(
            "eth_getTransactionBySenderAndNonce",
            json!([sender, "0x50"]),
        )
        .await;
    assert_eq!(none, Value::Null);
}

#[tokio::test]
async fn simulations_reach_the_node() {
    let rpc = Rpc::start().await;
    assert_eq!(
        rpc.ok("eth_estimateGas", json!([{ "to": TOKEN }])).await,
        "0x5208"
    );
    let list = rpc
        .ok("eth_createAccessList", json!([{ "to": TOKEN }, "latest"]))
        .await;
    assert_eq!(list, json!({ "accessList": [], "gasUsed": "0x7530" }));
    let calls = json!([{ "blockStateCalls": [{ "calls": [] }, {}] }, "latest"]);
    assert_eq!(
        rpc.ok("eth_simulateV1", calls)
            .await
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        rpc.fails("eth_simulateV1", json!([{ "blockStateCalls": [] }]))
            .await
            .code,
        -32602
    );
    let overrides = json!([{ "to": TOKEN }, "latest", { TOKEN.to_string(): { "balance": "0x1" } }, { "number": "0x5" }]);
    rpc.ok("eth_call", overrides).await;
}

#[tokio::test]
async fn traces_reach_the_node() {
    let rpc = Rpc::start().await;
    let block = rpc.ok("eth_getBlockByNumber", json!(["0x1", false])).await;
    let options = json!({ "tracer": "callTracer", "tracerConfig": { "onlyTopCall": true } });
    rpc.ok(
        "debug_traceTransaction",
        json!([block["transactions"][0], options]),
    )
    .await;
    rpc.ok(
        "debug_traceCall",
        json!([{ "to": TOKEN }, "latest", options]),
    )
    .await;
    let traces = rpc
        .ok("debug_traceBlockByNumber", json!(["0x1", options]))
        .await;
    assert_eq!(traces[1]["txHash"], block["transactions"][1]);
    assert_eq!(
        rpc.ok("debug_traceBlockByHash", json!([block["hash"]]))
            .await,
        traces
    );
    let genesis = rpc.fails("debug_traceBlockByNumber", json!(["0x0"])).await;
    assert_eq!(genesis.message, "genesis is not traceable");
    let unknown = rpc
        .fails("debug_traceTransaction", json!([format!("0x{:064x}", 1)]))
        .await;
    assert_eq!(
        (unknown.code, unknown.message.as_str()),
        (-32000, "transaction not found")
    );
    assert_eq!(
        rpc.fails("debug_traceBlock", json!(["0xc0"])).await.code,
        -32602
    );
    assert_eq!(
        rpc.fails("debug_getRawBlock", json!(["0x99"]))
            .await
            .message,
        "block not found"
    );
}

#[tokio::test]
async fn the_nodes_keys_sign() {
    let rpc = Rpc::start().await;
    let signer = rpc.chain.signer.address();
    let signature = rpc.ok("eth_sign", json!([signer, "0x6869"])).await;
    assert_eq!(
        rpc.ok("personal_sign", json!(["0x6869", signer])).await,
        signature
    );
    assert_eq!(
        rpc.ok("personal_sign", json!(["hi", signer])).await,
        signature
    );
    let typed = json!({ "primaryType": "A" });
    let object = rpc.ok("eth_signTypedData_v4", json!([signer, typed])).await;
    let text = rpc
        .ok("eth_signTypedData", json!([signer, typed.to_string()]))
        .await;
    assert_eq!(object, text);
    let signed = rpc
        .ok(
            "eth_signTransaction",
            json!([{ "from": signer, "to": TOKEN }]),
        )
        .await;
    assert!(signed.as_str().unwrap().starts_with("0x02"));
    let filled = rpc
        .ok(
            "eth_fillTransaction",
            json!([{ "from": signer, "to": TOKEN }]),
        )
        .await;
    assert_eq!(filled["tx"]["nonce"], "0x3");
    assert_eq!(filled["tx"]["from"], json!(signer));
    assert!(filled["raw"].as_str().unwrap().starts_with("0x02"));
}

#[tokio::test]
async fn any_site_may_ask() {
    let rpc = Rpc::start().await;
    let preflight = rpc
        .exchange(
            b"OPTIONS / HTTP/1.1\r\nhost: x\r\norigin: https://example.org\r\naccess-control-request-method: POST\r\naccess-control-request-headers: content-type\r\nconnection: close\r\n\r\n",
        )
        .await;
    assert_eq!(preflight.status, 200);
    assert!(
        preflight.head.contains("access-control-allow-origin: *"),
        "{}",
        preflight.head
    );
    assert!(
        preflight.head.contains("access-control-allow-headers: *"),
        "{}",
        preflight.head
    );
    let answer = rpc
        .post(r#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}"#)
        .await;
    assert!(
        answer.head.contains("access-control-allow-origin: *"),
        "{}",
        answer.head
    );
}

#[tokio::test]
async fn a_connection_serves_many_requests() {
    use jsonrpsee::core::client::ClientT as _;
    let rpc = Rpc::start().await;
    let client = jsonrpsee::http_client::HttpClientBuilder::default()
        .build(format!("http://{}", rpc.address))
        .unwrap();
    for _ in 0..50 {
        let id: String = client
            .request("eth_chainId", jsonrpsee::rpc_params![])
            .await
            .unwrap();
        assert_eq!(id, "0x20b5");
    }
}

#[tokio::test]
async fn ids_come_back_as_they_went() {
    let rpc = Rpc::start().await;
    for id in [
        json!(0),
        json!(9_007_199_254_740_991_u64),
        json!("a"),
        json!(null),
    ] {
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": "eth_chainId" });
        let answer = rpc.post(&request.to_string()).await.json();
        assert_eq!(
            answer,
            json!({ "jsonrpc": "2.0", "id": id, "result": "0x20b5" })
        );
    }
    let notification = rpc.post(r#"{"jsonrpc":"2.0","method":"evm_mine"}"#).await;
    assert_eq!((notification.status, rpc.chain.calls().len()), (200, 0));
}
