//! The development methods: aliases, lenient numbers, answers.

use crate::{chain::TOKEN, client::Rpc};
use serde_json::{Value, json};

#[tokio::test]
async fn accounts_change_under_every_name() {
    let rpc = Rpc::start().await;
    for (index, name) in [
        "anvil_setBalance",
        "hardhat_setBalance",
        "tenderly_setBalance",
        "evm_setAccountBalance",
    ]
    .iter()
    .enumerate()
    {
        rpc.ok(name, json!([TOKEN, format!("0x{:04x}", index + 1)]))
            .await;
        assert_eq!(
            rpc.ok("eth_getBalance", json!([TOKEN])).await,
            format!("0x{:x}", index + 1)
        );
    }
    for (given, expected) in [
        (json!(100), "0x64"),
        (json!("100"), "0x64"),
        (json!(1e21), "0x3635c9adc5dea00000"),
    ] {
        rpc.ok("anvil_setBalance", json!([TOKEN, given])).await;
        assert_eq!(rpc.ok("eth_getBalance", json!([TOKEN])).await, expected);
    }
    rpc.ok("anvil_setBalance", json!([TOKEN, "0x5"])).await;
    rpc.ok("anvil_addBalance", json!([TOKEN, "0x6"])).await;
    assert_eq!(rpc.ok("eth_getBalance", json!([TOKEN])).await, "0xb");
    let max = format!("0x{}", "f".repeat(64));
    assert_eq!(
        rpc.fails("anvil_addBalance", json!([TOKEN, max]))
            .await
            .code,
        -32602
    );
    rpc.ok("hardhat_setNonce", json!([TOKEN, "0x07"])).await;
    assert_eq!(
        rpc.ok("eth_getTransactionCount", json!([TOKEN])).await,
        "0x7"
    );
    rpc.ok("hardhat_setCode", json!([TOKEN, "0x6000"])).await;
    assert_eq!(rpc.ok("eth_getCode", json!([TOKEN])).await, "0x6000");
    assert_eq!(
        rpc.fails("anvil_setBalance", json!([TOKEN, "lots"]))
            .await
            .code,
        -32602
    );
    assert_eq!(
        rpc.fails("anvil_setBalance", json!([TOKEN, -1])).await.code,
        -32602
    );
}

#[tokio::test]
async fn time_takes_any_number() {
    let rpc = Rpc::start().await;
    for (given, expected) in [
        (json!(60), 60),
        (json!("0x3c"), 60),
        (json!("60"), 60),
        (json!(-5), -5),
        (json!("-5"), -5),
    ] {
        assert_eq!(rpc.ok("evm_increaseTime", json!([given])).await, expected);
    }
    rpc.chain.calls();
    rpc.ok("evm_setNextBlockTimestamp", json!(["0x065"])).await;
    rpc.ok("evm_setTime", json!([1_700_000_000_000_u64])).await;
    rpc.ok("anvil_setBlockTimestampInterval", json!([3])).await;
    rpc.ok("anvil_removeBlockTimestampInterval", json!([]))
        .await;
    assert_eq!(
        rpc.chain.calls(),
        [
            "set_next_timestamp101",
            "set_time1700000000",
            "set_timestamp_intervalSome(3)",
            "set_timestamp_intervalNone"
        ]
    );
}

#[tokio::test]
async fn blocks_are_mined_as_asked() {
    let rpc = Rpc::start().await;
    assert_eq!(rpc.ok("evm_mine", json!([])).await, "0x0");
    rpc.ok("evm_mine", json!([101])).await;
    rpc.ok("evm_mine", json!([{ "timestamp": "0x66", "blocks": 2 }]))
        .await;
    assert_eq!(
        rpc.ok("hardhat_mine", json!(["0x3", "0xa"])).await,
        Value::Null
    );
    assert_eq!(
        rpc.chain.calls(),
        [
            "mine 1 None",
            "set_next_timestamp101",
            "mine 1 None",
            "set_next_timestamp102",
            "mine 2 None",
            "mine 3 Some(10)"
        ]
    );
    assert_eq!(rpc.ok("eth_blockNumber", json!([])).await, "0x8");
    let detailed = rpc.ok("evm_mine_detailed", json!([{ "blocks": 2 }])).await;
    assert_eq!(detailed[1]["number"], "0xa");
}

#[tokio::test]
async fn mining_modes_are_set() {
    let rpc = Rpc::start().await;
    rpc.ok("evm_setAutomine", json!([false])).await;
    for seconds in [json!(2), json!("2"), json!("0x2"), json!(0.2), json!(0)] {
        rpc.ok("evm_setIntervalMining", json!([seconds])).await;
    }
    assert_eq!(
        rpc.chain.calls(),
        ["set_automine"]
            .map(|name| format!("{name}false"))
            .into_iter()
            .chain([2000, 2000, 2000, 200, 0].map(|millis| format!("interval {millis}")))
            .collect::<Vec<_>>()
    );
    for wrong in [json!(-1), json!("soon"), json!([1])] {
        assert_eq!(
            rpc.fails("evm_setIntervalMining", json!([wrong]))
                .await
                .code,
            -32602
        );
    }
    assert_eq!(rpc.ok("hardhat_getAutomine", json!([])).await, true);
    assert_eq!(rpc.ok("anvil_getIntervalMining", json!([])).await, 0.2);
}

#[tokio::test]
async fn snapshots_and_resets() {
    let rpc = Rpc::start().await;
    let id = rpc.ok("evm_snapshot", json!([])).await;
    assert_eq!(id, "0x1");
    assert_eq!(rpc.ok("anvil_revert", json!([id])).await, true);
    assert_eq!(rpc.ok("evm_revert", json!(["0x05"])).await, false);
    for options in [
        json!([]),
        json!([null]),
        json!([{}]),
        json!([{ "forking": null }]),
    ] {
        rpc.ok("anvil_reset", options).await;
    }
    let fork = json!([{ "forking": { "jsonRpcUrl": "http://x" } }]);
    let failure = rpc.fails("hardhat_reset", fork).await;
    assert_eq!(failure.message, "forking another chain is not supported");
    let dump = rpc.ok("anvil_dumpState", json!([])).await;
    assert_eq!(rpc.ok("anvil_loadState", json!([dump])).await, true);
}

#[tokio::test]
async fn anyone_sends_unsigned() {
    let rpc = Rpc::start().await;
    let request = json!([{ "from": TOKEN, "to": TOKEN }]);
    let refused = rpc.fails("eth_sendTransaction", request.clone()).await;
    assert_eq!(refused.message, "unknown account");
    rpc.ok("eth_sendUnsignedTransaction", request.clone()).await;
    assert_eq!(
        rpc.fails("eth_sendTransaction", request.clone())
            .await
            .message,
        "unknown account"
    );
    rpc.ok("hardhat_impersonateAccount", json!([TOKEN])).await;
    rpc.ok("eth_sendUnsignedTransaction", request.clone()).await;
    // It was impersonated before, so it still is.
    rpc.ok("eth_sendTransaction", request).await;
    rpc.ok("anvil_stopImpersonatingAccount", json!([TOKEN]))
        .await;
    assert_eq!(
        rpc.ok("eth_accounts", json!([]))
            .await
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn the_rest_reaches_the_node() {
    let rpc = Rpc::start().await;
    let hash = format!("0x{:064x}", 1);
    rpc.ok("anvil_setCoinbase", json!([TOKEN])).await;
    rpc.ok("evm_setBlockGasLimit", json!(["0x5"])).await;
    rpc.ok("anvil_setNextBlockBaseFeePerGas", json!(["0x6"]))
        .await;
    rpc.ok("anvil_setMinGasPrice", json!([7])).await;
    rpc.ok("hardhat_setPrevRandao", json!([hash])).await;
    rpc.ok("anvil_dropAllTransactions", json!([])).await;
    rpc.ok("anvil_autoImpersonateAccount", json!([true])).await;
    assert_eq!(
        rpc.ok("anvil_dropTransaction", json!([hash])).await,
        Value::Null
    );
    assert_eq!(
        rpc.ok("hardhat_dropTransaction", json!([hash])).await,
        false
    );
    assert_eq!(rpc.chain.calls().len(), 9);
    let info = rpc.ok("anvil_nodeInfo", json!([])).await;
    assert_eq!(info["currentBlockNumber"], "0x1");
    assert_eq!(info["environment"]["chainId"], 0x20b5);
    assert_eq!(info["hardFork"], "prague");
    let metadata = rpc.ok("hardhat_metadata", json!([])).await;
    assert_eq!(metadata["latestBlockNumber"], 1);
    let failure = rpc.fails("anvil_setChainId", json!([1])).await;
    assert!(failure.message.contains("fixed in genesis"));
}

#[tokio::test]
async fn tokens_are_dealt() {
    let rpc = Rpc::start().await;
    let owner = rpc.chain.signer.address();
    rpc.ok("anvil_dealERC20", json!([owner, TOKEN, "0x2a"]))
        .await;
    let balance_of = format!(
        "0x70a08231{}",
        owner.into_word().to_string().trim_start_matches("0x")
    );
    let balance = rpc
        .ok("eth_call", json!([{ "to": TOKEN, "input": balance_of }]))
        .await;
    assert_eq!(balance, format!("0x{:064x}", 42));
    let no_token = rpc.fails("anvil_dealERC20", json!([TOKEN, owner, 1])).await;
    assert!(
        no_token.message.contains("keeps no balance"),
        "{}",
        no_token.message
    );
}
