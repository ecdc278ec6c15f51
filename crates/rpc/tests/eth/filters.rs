//! Log queries and polled filters.

use crate::{
    chain::{Chain, TOKEN, deposit, legacy, log, transfer},
    client::{Rpc, config},
};
use serde_json::{Value, json};

fn word(last: u8) -> String {
    format!("0x{last:064x}")
}

fn indexes(logs: &Value) -> Vec<&str> {
    logs.as_array()
        .unwrap()
        .iter()
        .map(|log| log["logIndex"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn logs_are_selected() {
    let rpc = Rpc::start().await;
    let block = rpc.ok("eth_getBlockByNumber", json!(["0x1", false])).await;
    for (filter, expected) in [
        (json!({}), vec!["0x0", "0x1", "0x2"]),
        (json!({ "address": TOKEN }), vec!["0x0", "0x1", "0x2"]),
        (
            json!({ "address": [TOKEN, word(9).replace("0x000000000000000000000000", "0x")] }),
            vec!["0x0", "0x1", "0x2"],
        ),
        (json!({ "address": [] }), vec!["0x0", "0x1", "0x2"]),
        (json!({ "topics": [word(1)] }), vec!["0x0", "0x1"]),
        (json!({ "topics": [null, word(2)] }), vec!["0x1", "0x2"]),
        (
            json!({ "topics": [[word(1), word(3)], [word(2)]] }),
            vec!["0x1", "0x2"],
        ),
        (json!({ "topics": [null, null] }), vec!["0x1", "0x2"]),
        (json!({ "topics": [[]] }), vec!["0x0", "0x1", "0x2"]),
        (json!({ "topics": [word(7)] }), vec![]),
        (json!({ "fromBlock": "0x0", "toBlock": "0x0" }), vec![]),
        (json!({ "fromBlock": "0x0" }), vec!["0x0", "0x1", "0x2"]),
        (
            json!({ "fromBlock": "earliest", "toBlock": "latest", "address": TOKEN }),
            vec!["0x0", "0x1", "0x2"],
        ),
        (
            json!({ "fromBlock": "0x1", "toBlock": "0x99" }),
            vec!["0x0", "0x1", "0x2"],
        ),
        (json!({ "fromBlock": "0x99" }), vec![]),
        (
            json!({ "blockHash": block["hash"] }),
            vec!["0x0", "0x1", "0x2"],
        ),
        (
            json!({ "blockHash": block["hash"], "fromBlock": null, "topics": [word(3)] }),
            vec!["0x2"],
        ),
    ] {
        let logs = rpc.ok("eth_getLogs", json!([filter])).await;
        assert_eq!(indexes(&logs), expected, "{filter}");
    }
    for (filter, message) in [
        (json!({ "blockHash": word(5) }), "unknown block"),
        (
            json!({ "fromBlock": "0x1", "toBlock": "0x0" }),
            "invalid block range params",
        ),
        (
            json!({ "fromBlock": "pending" }),
            "pending logs are not supported",
        ),
    ] {
        assert_eq!(
            rpc.fails("eth_getLogs", json!([filter])).await.message,
            message
        );
    }
    let five = json!({ "topics": [null, null, null, null, null] });
    assert_eq!(rpc.fails("eth_getLogs", json!([five])).await.code, -32602);
}

#[tokio::test]
async fn a_block_filter_tells_each_block_once() {
    let rpc = Rpc::start().await;
    let id = rpc.ok("eth_newBlockFilter", json!([])).await;
    assert_eq!(rpc.ok("eth_getFilterChanges", json!([id])).await, json!([]));
    let first = rpc.chain.seal(vec![]).0.hash();
    let second = rpc.chain.seal(vec![]).0.hash();
    assert_eq!(
        rpc.ok("eth_getFilterChanges", json!([id])).await,
        json!([first, second])
    );
    assert_eq!(rpc.ok("eth_getFilterChanges", json!([id])).await, json!([]));
    assert_eq!(rpc.ok("eth_uninstallFilter", json!([id])).await, true);
    assert_eq!(rpc.ok("eth_uninstallFilter", json!([id])).await, false);
    assert_eq!(
        rpc.fails("eth_getFilterChanges", json!([id])).await.message,
        "filter not found"
    );
}

#[tokio::test]
async fn a_sent_transaction_is_seen_by_the_next_poll() {
    let rpc = Rpc::start().await;
    let blocks = rpc.ok("eth_newBlockFilter", json!([])).await;
    let pending = rpc.ok("eth_newPendingTransactionFilter", json!([])).await;
    let full = rpc
        .ok("eth_newPendingTransactionFilter", json!([true]))
        .await;
    let hash = rpc
        .ok(
            "eth_sendRawTransaction",
            json!([transfer(&rpc.chain.signer, 2, 1)]),
        )
        .await;
    assert_eq!(
        rpc.ok("eth_getFilterChanges", json!([blocks]))
            .await
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        rpc.ok("eth_getFilterChanges", json!([pending])).await,
        json!([hash])
    );
    assert_eq!(
        rpc.ok("eth_getFilterChanges", json!([full])).await[0]["hash"],
        hash
    );
    assert_eq!(
        rpc.fails("eth_getFilterLogs", json!([blocks]))
            .await
            .message,
        "filter not found"
    );
}

#[tokio::test]
async fn a_log_filter_tells_of_removed_logs() {
    let rpc = Rpc::start().await;
    let id = rpc
        .ok("eth_newFilter", json!([{ "topics": [word(5)] }]))
        .await;
    rpc.chain
        .seal(vec![(deposit(), vec![log(&[5]), log(&[6])])]);
    let logs = rpc.ok("eth_getFilterChanges", json!([id])).await;
    assert_eq!(indexes(&logs), ["0x0"]);
    assert_eq!(logs[0]["removed"], false);
    rpc.chain.seal(vec![(deposit(), vec![log(&[5])])]);
    rpc.chain.set_back(2);
    rpc.chain.seal(vec![(
        legacy(&rpc.chain.signer, 0),
        vec![log(&[4]), log(&[5])],
    )]);
    let logs = rpc.ok("eth_getFilterChanges", json!([id])).await;
    let told: Vec<_> = logs
        .as_array()
        .unwrap()
        .iter()
        .map(|log| {
            (
                log["blockNumber"].as_str().unwrap(),
                log["logIndex"].as_str().unwrap(),
                log["removed"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("0x3", "0x0", false),
            ("0x3", "0x0", true),
            ("0x2", "0x0", true),
            ("0x2", "0x1", false)
        ]
    );
    assert_eq!(
        indexes(&rpc.ok("eth_getFilterLogs", json!([id])).await),
        ["0x1"]
    );
}

#[tokio::test]
async fn filters_go_on_after_more_blocks_are_gone_than_are_listed() {
    let rpc = Rpc::start().await;
    let blocks = rpc.ok("eth_newBlockFilter", json!([])).await;
    let logs = rpc
        .ok("eth_newFilter", json!([{ "topics": [word(5)] }]))
        .await;
    for _ in 0..10 {
        rpc.chain.seal(vec![(deposit(), vec![log(&[5])])]);
    }
    for id in [&blocks, &logs] {
        let told = rpc.ok("eth_getFilterChanges", json!([id])).await;
        assert_eq!(told.as_array().unwrap().len(), 10);
    }
    rpc.chain.set_back_listing(10, 2);
    let first = rpc.chain.seal(vec![(deposit(), vec![log(&[5])])]).0.hash();
    let second = rpc.chain.seal(vec![]).0.hash();
    assert_eq!(
        rpc.ok("eth_getFilterChanges", json!([blocks])).await,
        json!([first, second])
    );
    let told = rpc.ok("eth_getFilterChanges", json!([logs])).await;
    let removed: Vec<_> = told
        .as_array()
        .unwrap()
        .iter()
        .map(|log| log["removed"].as_bool().unwrap())
        .collect();
    assert_eq!(removed, [true, true, false]);
    assert_eq!(told[2]["blockHash"], json!(first));
}

#[tokio::test]
async fn a_filter_that_missed_events_reads_the_blocks() {
    let rpc = Rpc::with(Chain::with_events(4), config()).await;
    let blocks = rpc.ok("eth_newBlockFilter", json!([])).await;
    let logs = rpc
        .ok("eth_newFilter", json!([{ "topics": [word(5)] }]))
        .await;
    let mut hashes = Vec::new();
    for _ in 0..30 {
        hashes.push(rpc.chain.seal(vec![(deposit(), vec![log(&[5])])]).0.hash());
    }
    assert_eq!(
        rpc.ok("eth_getFilterChanges", json!([blocks])).await,
        json!(hashes)
    );
    assert_eq!(
        rpc.ok("eth_getFilterChanges", json!([logs]))
            .await
            .as_array()
            .unwrap()
            .len(),
        30
    );
    let next = rpc.chain.seal(vec![]).0.hash();
    assert_eq!(
        rpc.ok("eth_getFilterChanges", json!([blocks])).await,
        json!([next])
    );
    // Set back while nobody looked: what was told is no longer true.
    rpc.chain.set_back(2);
    for _ in 0..10 {
        rpc.chain.seal(vec![(deposit(), vec![log(&[6])])]);
    }
    let failure = rpc.fails("eth_getFilterChanges", json!([blocks])).await;
    assert!(failure.message.contains("set back"), "{}", failure.message);
    assert_eq!(
        rpc.fails("eth_getFilterChanges", json!([blocks]))
            .await
            .message,
        "filter not found"
    );
}
