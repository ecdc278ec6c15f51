//! Move transactions that come in Ethereum ones, as wallets send them, and how Ethereum's clients
//! see those that did not.

use crate::{client::Started, user::User};
use alloy_primitives::hex;
use lumio_move_transaction::{Bcs as _, SignedTransaction};
use serde_json::{Value, json};

const ETH: u64 = 100_000_000;

fn input(transaction: &SignedTransaction) -> String {
    let bytes = [b"MOVE".as_slice(), &transaction.to_bytes()].concat();
    hex::encode_prefixed(bytes)
}

fn hash(transaction: &SignedTransaction) -> String {
    hex::encode_prefixed(transaction.hash())
}

#[test]
fn a_wallet_sends_a_carrier_by_estimate_sign_and_send() {
    let node = Started::new(|_| {});
    let (mut alice, bob) = (User::new(1), User::new(2));
    node.fund(&alice, ETH);
    let inner = alice.transfer(&bob, 25);
    let wallet = node.eth("eth_accounts", json!([]))[0].clone();
    let wei_before = node.eth("eth_getBalance", json!([wallet, "latest"]));
    let request = json!({ "from": wallet, "data": input(&inner) });
    let gas = node.eth("eth_estimateGas", json!([request]));
    assert_eq!(gas, "0x1e8480", "all that it asks for");
    let signed = node.eth("eth_signTransaction", json!([request]));
    let raw = signed.get("raw").unwrap_or(&signed).clone();
    let carrier = node.eth("eth_sendRawTransaction", json!([raw]));
    let receipt = node.eth("eth_getTransactionReceipt", json!([carrier]));
    assert_eq!(receipt["status"], "0x1");
    assert_eq!(receipt["contractAddress"], Value::Null);
    assert!(!receipt["logs"].as_array().unwrap().is_empty());
    assert_eq!(node.octas(&bob), 25);
    assert_eq!(
        node.eth("eth_getBalance", json!([wallet, "latest"])),
        wei_before,
        "who brings it pays nothing"
    );
    assert_eq!(
        node.eth("eth_getTransactionCount", json!([wallet, "latest"])),
        "0x1"
    );
    // Under its own hash and its carrier's, it is one transaction.
    let own = node.committed(&hash(&inner));
    assert_eq!(own["success"], true);
    let by_carrier = format!("/transactions/by_hash/{}", carrier.as_str().unwrap());
    assert_eq!(node.json(&by_carrier), own);
    node.stop();
}

#[test]
fn what_came_over_rest_is_in_blocks_receipts_and_logs_of_ethereum() {
    let node = Started::new(|_| {});
    let (mut alice, bob) = (User::new(1), User::new(2));
    node.fund(&alice, ETH);
    let sent = node.send(&alice.transfer(&bob, 25));
    let block = node.eth("eth_getBlockByNumber", json!(["latest", true]));
    let carrier = &block["transactions"][0];
    assert_eq!(carrier["to"], Value::Null);
    assert!(carrier["input"].as_str().unwrap().starts_with("0x4d4f5645"));
    let receipt = node.eth("eth_getTransactionReceipt", json!([carrier["hash"]]));
    let logs = receipt["logs"].as_array().unwrap();
    assert_eq!(logs.len(), sent["events"].as_array().unwrap().len());
    let filter = json!({ "fromBlock": "latest", "toBlock": "latest" });
    assert_eq!(node.eth("eth_getLogs", json!([filter])), receipt["logs"]);
    let trace = node.eth("debug_traceTransaction", json!([carrier["hash"]]));
    assert_eq!(trace["failed"], false);
    node.stop();
}

#[test]
fn a_carrier_that_nobody_signed_inside_is_refused_whoever_sends_it() {
    let node = Started::new(|_| {});
    let (mut alice, bob) = (User::new(1), User::new(2));
    node.fund(&alice, ETH);
    let mut forged = alice.transfer(&bob, 25);
    forged.raw.max_gas_amount += 1;
    let wallet = node.eth("eth_accounts", json!([]))[0].clone();
    let request: alloy_rpc_types_eth::TransactionRequest = serde_json::from_value(json!({
        "from": wallet, "data": input(&forged), "gas": "0x1e8480",
    }))
    .unwrap();
    let refused = node.backend.send(request).unwrap_err();
    assert!(refused.to_string().contains("signature"), "{refused}");
    assert_eq!(node.octas(&bob), 0);
    node.stop();
}

#[test]
fn the_pool_shows_every_move_transaction_under_its_own_account() {
    let node = Started::new(|_| {});
    let (mut alice, mut bob) = (User::new(1), User::new(2));
    node.fund(&alice, ETH);
    node.fund(&bob, ETH);
    node.dev().set_automine(false).unwrap();
    let sent = [
        alice.transfer(&bob, 1),
        alice.transfer(&bob, 2),
        bob.transfer(&alice, 3),
        bob.orderless_transfer(&alice, 4, 77),
        // The nonce that stands in for a sequence number may be one.
        bob.orderless_transfer(&alice, 5, 0),
    ];
    for transaction in &sent {
        assert_eq!(node.submit(transaction).status, 202);
    }
    let content = node.eth("txpool_content", json!([]));
    let shown = |user: &User| {
        let of_user = content["pending"][user.evm_address()].as_object().unwrap();
        let mut numbers: Vec<_> = of_user.keys().cloned().collect();
        numbers.sort();
        let inputs = of_user.values().map(|tx| tx["input"].clone());
        (numbers, inputs.collect::<Vec<_>>())
    };
    let (of_alice, mut inputs) = shown(&alice);
    assert_eq!(of_alice, ["0", "1"]);
    let (of_bob, more) = shown(&bob);
    inputs.extend(more);
    assert_eq!((of_bob[0].as_str(), of_bob[2].as_str()), ("0", "77"));
    assert!(of_bob[1].starts_with("0 0x"), "{of_bob:?}");
    for transaction in &sent {
        assert!(inputs.contains(&json!(input(transaction))));
    }
    assert_eq!(inputs.len(), sent.len());
    let of_alice = node.eth("txpool_contentFrom", json!([alice.evm_address()]));
    assert_eq!(of_alice["pending"], content["pending"][alice.evm_address()]);
    let lines = node.eth("txpool_inspect", json!([]));
    let line = lines["pending"][alice.evm_address()]["1"].as_str().unwrap();
    assert!(line.starts_with("0x1::aptos_account::transfer: "), "{line}");
    node.stop();
}
