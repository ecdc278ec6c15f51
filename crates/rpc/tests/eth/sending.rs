//! Sending transactions: many under way without a thread each, in batches,
//! and with the receipt as the answer.

use crate::{
    chain::{Sealing, transfer},
    client::{Rpc, outcome},
};
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn a_sent_transaction_is_in_a_block() {
    let rpc = Rpc::start().await;
    let hash = rpc
        .ok(
            "eth_sendRawTransaction",
            json!([transfer(&rpc.chain.signer, 2, 1)]),
        )
        .await;
    let receipt = rpc.ok("eth_getTransactionReceipt", json!([hash])).await;
    assert_eq!(receipt["blockNumber"], "0x2");
    let receipt = rpc
        .ok(
            "eth_sendRawTransactionSync",
            json!([transfer(&rpc.chain.signer, 3, 1)]),
        )
        .await;
    assert_eq!(receipt["blockNumber"], "0x3");
}

/// This test's runtime has one thread: senders that held it would wait forever.
#[tokio::test]
async fn a_batch_submits_all_its_transactions_before_it_waits() {
    let rpc = Rpc::start().await;
    rpc.chain.set_sealing(Sealing::Held);
    let sends: Vec<Value> = (0..500)
        .map(|nonce| {
            let raw = transfer(&rpc.chain.signer, nonce, 1);
            json!({ "jsonrpc": "2.0", "id": nonce, "method": "eth_sendRawTransaction", "params": [raw] })
        })
        .collect();
    let mut batch = sends.clone();
    batch.push(json!({ "jsonrpc": "2.0", "id": "last", "method": "eth_chainId" }));
    let body = Value::from(batch).to_string();
    let seal = async {
        while rpc.chain.held() < 500 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        rpc.chain.release(Ok(()));
    };
    let (answer, ()) = tokio::join!(rpc.post(&body), seal);
    let answers = answer.json();
    let answers = answers.as_array().unwrap();
    assert_eq!(answers.len(), 501);
    for (nonce, answer) in answers[..500].iter().enumerate() {
        assert_eq!(answer["id"], nonce);
        assert!(outcome(answer).unwrap().as_str().unwrap().len() == 66);
    }
    assert_eq!(answers[500]["id"], "last");
}

#[tokio::test]
async fn a_batch_keeps_its_order_around_transactions() {
    let rpc = Rpc::start().await;
    let request = |id: u64, method: &str, params: Value| json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
    let batch = json!([
        request(1, "eth_blockNumber", json!([])),
        request(2, "eth_sendRawTransaction", json!([transfer(&rpc.chain.signer, 2, 1)])),
        request(3, "eth_sendRawTransaction", json!(["0x00"])),
        request(4, "eth_blockNumber", json!([])),
        { "jsonrpc": "2.0", "method": "eth_blockNumber" },
        { "jsonrpc": "2.0", "id": 5 },
        request(6, "eth_nothing", json!([])),
        request(7, "eth_sendRawTransaction", json!([transfer(&rpc.chain.signer, 3, 1)])),
        request(8, "eth_blockNumber", json!([])),
    ]);
    let answers = rpc.post(&batch.to_string()).await.json();
    let ids: Vec<_> = answers
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| answer["id"].clone())
        .collect();
    assert_eq!(Value::from(ids), json!([1, 2, 3, 4, 5, 6, 7, 8]));
    assert_eq!(answers[0]["result"], "0x1");
    assert_eq!(answers[2]["error"]["code"], -32000);
    assert_eq!(answers[3]["result"], "0x2");
    assert_eq!(answers[4]["error"]["code"], -32600);
    assert_eq!(answers[5]["error"]["code"], -32601);
    assert_eq!(answers[7]["result"], "0x3");
}

#[tokio::test]
async fn a_thousand_senders_wait_without_threads() {
    let rpc = Rpc::start().await;
    rpc.chain.set_sealing(Sealing::Held);
    let sends = (0..1000).map(|nonce| {
        let raw = transfer(&rpc.chain.signer, nonce, 1);
        let rpc = &rpc;
        async move { rpc.call("eth_sendRawTransaction", json!([raw])).await }
    });
    let seal = async {
        while rpc.chain.held() < 1000 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        rpc.chain.release(Ok(()));
    };
    let (answers, ()) = tokio::join!(futures::future::join_all(sends), seal);
    assert!(answers.iter().all(Result::is_ok));
}

#[tokio::test]
async fn the_synchronous_send_waits_for_the_block_or_times_out() {
    let rpc = Rpc::start().await;
    rpc.chain.set_sealing(Sealing::ByHand);
    let raw = transfer(&rpc.chain.signer, 2, 1);
    let seal = async {
        while rpc.chain.pool_len() == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        rpc.chain.seal_pool();
    };
    let (receipt, ()) = tokio::join!(rpc.ok("eth_sendRawTransactionSync", json!([raw])), seal);
    assert_eq!(receipt["blockNumber"], "0x2");
    let late = transfer(&rpc.chain.signer, 3, 1);
    let failure = rpc
        .fails("eth_sendRawTransactionSync", json!([late, 50]))
        .await;
    assert_eq!(failure.code, 4);
    assert_eq!(failure.data.as_str().unwrap().len(), 66);
}
