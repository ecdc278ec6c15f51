//! The JSON that clients parse, field by field, as geth and op-geth write it.

use crate::{
    chain::{TOKEN, transfer},
    client::Rpc,
};
use serde_json::{Value, json};

/// Every `0x` string must be a quantity without leading zeros or whole bytes.
fn check_hex(path: &str, value: &Value) {
    match value {
        Value::String(text) if text.starts_with("0x") => {
            let digits = &text[2..];
            let quantity = digits == "0" || (!digits.is_empty() && !digits.starts_with('0'));
            assert!(quantity || digits.len() % 2 == 0, "{path}: {text}");
        }
        Value::Array(list) => list.iter().for_each(|entry| check_hex(path, entry)),
        Value::Object(fields) => fields.iter().for_each(|(key, entry)| check_hex(key, entry)),
        _ => {}
    }
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    keys
}

async fn block(rpc: &Rpc) -> Value {
    rpc.ok("eth_getBlockByNumber", json!(["0x1", true])).await
}

#[tokio::test]
async fn a_block() {
    let rpc = Rpc::start().await;
    let block = block(&rpc).await;
    check_hex("block", &block);
    assert_eq!(
        keys(&block),
        [
            "baseFeePerGas",
            "difficulty",
            "extraData",
            "gasLimit",
            "gasUsed",
            "hash",
            "logsBloom",
            "miner",
            "mixHash",
            "nonce",
            "number",
            "parentHash",
            "receiptsRoot",
            "sha3Uncles",
            "size",
            "stateRoot",
            "timestamp",
            "transactions",
            "transactionsRoot",
            "uncles",
            "withdrawals",
            "withdrawalsRoot"
        ]
    );
    assert_eq!(block["number"], "0x1");
    assert_eq!(block["nonce"], "0x0000000000000000");
    assert_eq!(block["difficulty"], "0x0");
    assert_eq!(block["extraData"], "0x");
    assert_eq!(block["miner"], "0x4242424242424242424242424242424242424242");
    assert_eq!(block["uncles"], json!([]));
    assert_eq!(block["withdrawals"], json!([]));
    let raw = rpc.ok("debug_getRawBlock", json!(["0x1"])).await;
    let bytes = raw.as_str().unwrap().len() / 2 - 1;
    assert_eq!(block["size"], format!("{bytes:#x}"));
    let hashes = rpc
        .ok("eth_getBlockByHash", json!([block["hash"], false]))
        .await;
    for (whole, hash) in block["transactions"]
        .as_array()
        .unwrap()
        .iter()
        .zip(hashes["transactions"].as_array().unwrap())
    {
        assert_eq!(whole["hash"], *hash);
    }
}

#[tokio::test]
async fn a_raw_block_is_the_block() {
    let rpc = Rpc::start().await;
    let raw: alloy_primitives::Bytes =
        serde_json::from_value(rpc.ok("debug_getRawBlock", json!(["0x1"])).await).unwrap();
    let decoded: alloy_consensus::Block<lumio_types::Envelope> =
        alloy_rlp::Decodable::decode(&mut raw.as_ref()).unwrap();
    let block = block(&rpc).await;
    assert_eq!(json!(decoded.header.hash_slow()), block["hash"]);
    assert_eq!(decoded.body.transactions.len(), 3);
    let traced = rpc.ok("debug_traceBlock", json!([raw])).await;
    assert_eq!(traced.as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_deposit() {
    let rpc = Rpc::start().await;
    let deposit = block(&rpc).await["transactions"][0].clone();
    assert_eq!(
        deposit,
        json!({
            "blockHash": deposit["blockHash"],
            "blockNumber": "0x1",
            "blockTimestamp": "0x6553f101",
            "from": "0xdeaddeaddeaddeaddeaddeaddeaddeaddead0001",
            "gas": "0xf4240",
            "gasPrice": "0x0",
            "hash": deposit["hash"],
            "input": "0x010203",
            "nonce": "0x9",
            "to": "0x00000000000000000000000000000000000000aa",
            "transactionIndex": "0x0",
            "value": "0x5",
            "type": "0x7e",
            "v": "0x0",
            "r": "0x0",
            "s": "0x0",
            "sourceHash": "0x1111111111111111111111111111111111111111111111111111111111111111",
            "mint": "0x5",
            "isSystemTx": false,
            "depositReceiptVersion": "0x1",
        })
    );
    let by_hash = rpc
        .ok("eth_getTransactionByHash", json!([deposit["hash"]]))
        .await;
    assert_eq!(by_hash, deposit);
    let by_index = rpc
        .ok("eth_getTransactionByBlockNumberAndIndex", json!([1, "0x0"]))
        .await;
    assert_eq!(by_index, deposit);
    let receipt = rpc
        .ok("eth_getTransactionReceipt", json!([deposit["hash"]]))
        .await;
    assert_eq!(receipt["depositNonce"], "0x9");
    assert_eq!(receipt["depositReceiptVersion"], "0x1");
    assert_eq!(receipt["type"], "0x7e");
    assert_eq!(receipt["effectiveGasPrice"], "0x0");
}

#[tokio::test]
async fn a_legacy_creation() {
    let rpc = Rpc::start().await;
    let tx = block(&rpc).await["transactions"][1].clone();
    check_hex("legacy", &tx);
    assert_eq!(
        keys(&tx),
        [
            "blockHash",
            "blockNumber",
            "blockTimestamp",
            "chainId",
            "from",
            "gas",
            "gasPrice",
            "hash",
            "input",
            "nonce",
            "r",
            "s",
            "to",
            "transactionIndex",
            "type",
            "v",
            "value"
        ]
    );
    assert_eq!(tx["to"], Value::Null);
    assert_eq!(tx["gasPrice"], "0x59682f00");
    let v = u64::from_str_radix(&tx["v"].as_str().unwrap()[2..], 16).unwrap();
    assert!(v == 2 * crate::chain::CHAIN_ID + 35 || v == 2 * crate::chain::CHAIN_ID + 36);
    let receipt = rpc
        .ok("eth_getTransactionReceipt", json!([tx["hash"]]))
        .await;
    assert_eq!(receipt["to"], Value::Null);
    assert!(receipt["contractAddress"].is_string());
}

#[tokio::test]
async fn a_dynamic_fee_transaction_and_its_receipt() {
    let rpc = Rpc::start().await;
    let tx = block(&rpc).await["transactions"][2].clone();
    check_hex("dynamic", &tx);
    assert_eq!(
        keys(&tx),
        [
            "accessList",
            "blockHash",
            "blockNumber",
            "blockTimestamp",
            "chainId",
            "from",
            "gas",
            "gasPrice",
            "hash",
            "input",
            "maxFeePerGas",
            "maxPriorityFeePerGas",
            "nonce",
            "r",
            "s",
            "to",
            "transactionIndex",
            "type",
            "v",
            "value",
            "yParity"
        ]
    );
    assert_eq!((&tx["v"], &tx["type"]), (&tx["yParity"], &json!("0x2")));
    // The base fee of 1 gwei and the tip of 0.1 gwei.
    assert_eq!(tx["gasPrice"], "0x4190ab00");
    let receipt = rpc
        .ok("eth_getTransactionReceipt", json!([tx["hash"]]))
        .await;
    check_hex("receipt", &receipt);
    let log = receipt["logs"][0].clone();
    assert_eq!(
        receipt,
        json!({
            "transactionHash": tx["hash"],
            "transactionIndex": "0x2",
            "blockHash": tx["blockHash"],
            "blockNumber": "0x1",
            "from": tx["from"],
            "to": TOKEN,
            "cumulativeGasUsed": "0xf618",
            "gasUsed": "0x5208",
            "contractAddress": null,
            "logs": [log],
            "logsBloom": receipt["logsBloom"],
            "status": "0x1",
            "effectiveGasPrice": "0x4190ab00",
            "type": "0x2",
        })
    );
    assert_eq!(receipt["logsBloom"].as_str().unwrap().len(), 514);
    assert_eq!(
        log,
        json!({
            "address": TOKEN,
            "topics": [format!("0x{:064x}", 3), format!("0x{:064x}", 2)],
            "data": "0xab",
            "blockHash": tx["blockHash"],
            "blockNumber": "0x1",
            "blockTimestamp": "0x6553f101",
            "transactionHash": tx["hash"],
            "transactionIndex": "0x2",
            // Two logs of the deposit come before it in the block.
            "logIndex": "0x2",
            "removed": false,
        })
    );
    let of_block = rpc.ok("eth_getBlockReceipts", json!(["0x1"])).await;
    assert_eq!(of_block[2], receipt);
}

#[tokio::test]
async fn a_pending_transaction() {
    let rpc = Rpc::start().await;
    rpc.chain.set_sealing(crate::chain::Sealing::ByHand);
    let raw = transfer(&rpc.chain.signer, 2, 1);
    let hash = rpc.ok("eth_sendRawTransaction", json!([raw])).await;
    let tx = rpc.ok("eth_getTransactionByHash", json!([hash])).await;
    for field in ["blockHash", "blockNumber", "transactionIndex"] {
        assert_eq!(tx[field], Value::Null, "{field} must be there and null");
        assert!(tx.as_object().unwrap().contains_key(field));
    }
    assert_eq!(tx["gasPrice"], tx["maxFeePerGas"]);
    assert_eq!(
        rpc.ok("eth_getTransactionReceipt", json!([hash])).await,
        Value::Null
    );
    assert_eq!(
        rpc.ok("eth_getRawTransactionByHash", json!([hash])).await,
        json!(raw)
    );
    let pending = rpc
        .ok("eth_getBlockByNumber", json!(["pending", true]))
        .await;
    assert_eq!(
        (&pending["hash"], &pending["nonce"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(pending["transactions"][0]["hash"], hash);
    let content = rpc.ok("txpool_content", json!([])).await;
    let sender = rpc.chain.signer.address().to_checksum(None);
    assert_eq!(content["pending"][&sender]["2"], tx);
    assert_eq!(content["queued"], json!({}));
    assert_eq!(
        rpc.ok("txpool_status", json!([])).await,
        json!({ "pending": "0x1", "queued": "0x0" })
    );
    let from = rpc.ok("txpool_contentFrom", json!([sender])).await;
    assert_eq!(from["pending"]["2"], tx);
    let line = rpc.ok("txpool_inspect", json!([])).await;
    let expected = format!(
        "{}: 1 wei + 21000 gas × 2000000000 wei",
        TOKEN.to_checksum(None)
    );
    assert_eq!(line["pending"][&sender]["2"], expected);
}

#[tokio::test]
async fn raw_encodings_hash_to_what_they_are() {
    let rpc = Rpc::start().await;
    let block = block(&rpc).await;
    let bytes = |value: Value| serde_json::from_value::<alloy_primitives::Bytes>(value).unwrap();
    for tx in block["transactions"].as_array().unwrap() {
        let raw = bytes(rpc.ok("debug_getRawTransaction", json!([tx["hash"]])).await);
        assert_eq!(json!(alloy_primitives::keccak256(&raw)), tx["hash"]);
    }
    let header = bytes(rpc.ok("debug_getRawHeader", json!(["0x1"])).await);
    assert_eq!(json!(alloy_primitives::keccak256(&header)), block["hash"]);
    let receipts = rpc.ok("debug_getRawReceipts", json!(["0x1"])).await;
    assert!(receipts[0].as_str().unwrap().starts_with("0x7e"));
    assert!(receipts[2].as_str().unwrap().starts_with("0x02"));
}

#[tokio::test]
async fn a_proof_echoes_the_keys() {
    let rpc = Rpc::start().await;
    let long = format!("0x{:064x}", 1);
    let proof = rpc
        .ok("eth_getProof", json!([TOKEN, [long, "0x01"], "latest"]))
        .await;
    assert_eq!(
        keys(&proof),
        [
            "accountProof",
            "address",
            "balance",
            "codeHash",
            "nonce",
            "storageHash",
            "storageProof"
        ]
    );
    assert_eq!(
        proof["storageProof"][0],
        json!({ "key": long, "value": "0x0", "proof": [] })
    );
    assert_eq!(proof["storageProof"][1]["key"], "0x1");
}

#[tokio::test]
async fn a_fee_history() {
    let rpc = Rpc::start().await;
    let history = rpc
        .ok("eth_feeHistory", json!(["0x2", "latest", [0, 50, 100]]))
        .await;
    assert_eq!(
        history,
        json!({
            "oldestBlock": "0x0",
            // Genesis is empty. A third each of block 1's gas tipped 0 (the
            // deposit), 0.1 and 0.5 gwei.
            "reward": [["0x0", "0x0", "0x0"], ["0x0", "0x5f5e100", "0x1dcd6500"]],
            "baseFeePerGas": ["0x3b9aca00", "0x3b9aca00", "0x3b9aca00"],
            "gasUsedRatio": [0.0, 0.0021],
            "baseFeePerBlobGas": ["0x1", "0x1", "0x1"],
            "blobGasUsedRatio": [0.0, 0.0],
        })
    );
    let plain = rpc.ok("eth_feeHistory", json!([1, "0x1"])).await;
    assert!(plain.get("reward").is_none());
    assert_eq!(plain["oldestBlock"], "0x1");
    let beyond = rpc.fails("eth_feeHistory", json!([1, "0x50"])).await;
    assert_eq!(
        beyond.message,
        "request beyond head block: requested 80, head 1"
    );
}

/// The types that Foundry's tools parse answers with.
#[tokio::test]
async fn rust_clients_parse_the_answers() {
    use alloy_rpc_types_eth as rpc_types;
    fn parse<T: serde::de::DeserializeOwned>(value: Value) -> T {
        serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error}: {value}"))
    }
    let rpc = Rpc::start().await;
    let block = block(&rpc).await;
    let header: rpc_types::Header = parse(block.clone());
    assert_eq!(json!(header.inner.hash_slow()), block["hash"]);
    for index in [1, 2] {
        let tx = block["transactions"][index].clone();
        let parsed: rpc_types::Transaction = parse(tx.clone());
        assert_eq!(json!(parsed.inner.inner().tx_hash()), tx["hash"]);
        let receipt = rpc
            .ok("eth_getTransactionReceipt", json!([tx["hash"]]))
            .await;
        let receipt: rpc_types::TransactionReceipt = parse(receipt);
        assert!(receipt.status());
    }
    let hashes = rpc.ok("eth_getBlockByNumber", json!(["0x1", false])).await;
    let _: rpc_types::Block = parse(hashes);
    let _: rpc_types::FeeHistory =
        parse(rpc.ok("eth_feeHistory", json!([2, "latest", [50]])).await);
    let _: rpc_types::EIP1186AccountProofResponse = parse(
        rpc.ok("eth_getProof", json!([TOKEN, ["0x0"], "latest"]))
            .await,
    );
    let logs: Vec<rpc_types::Log> =
        parse(rpc.ok("eth_getLogs", json!([{ "fromBlock": "0x0" }])).await);
    assert_eq!(logs.len(), 3);
}
