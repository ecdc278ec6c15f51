//! Transactions on their way in, and those that are only tried.

use crate::{
    chain::{key, transaction},
    client::Rpc,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use ed25519_dalek::{Signer as _, SigningKey};
use lumio_rpc::solana::SendError;
use serde_json::{Value, json};
use solana_message::VersionedMessage;
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_error::TransactionError;
use std::sync::atomic::Ordering;

/// A transaction that its payer signed.
fn signed() -> VersionedTransaction {
    let payer = SigningKey::from_bytes(&[4; 32]);
    let mut transaction = transaction(20);
    if let VersionedMessage::Legacy(message) = &mut transaction.message {
        message.account_keys[0] = Pubkey::new_from_array(payer.verifying_key().to_bytes());
    }
    let signature = payer.sign(&transaction.message.serialize());
    transaction.signatures = vec![Signature::from(signature.to_bytes())];
    transaction
}

fn encoded(transaction: &VersionedTransaction) -> String {
    BASE64_STANDARD.encode(bincode::serialize(transaction).unwrap())
}

#[tokio::test]
async fn what_passes_the_preflight_is_sent_once() {
    let rpc = Rpc::start().await;
    let transaction = signed();
    let params = json!([encoded(&transaction), { "encoding": "base64" }]);
    let signature = rpc.ok("sendTransaction", params).await;
    assert_eq!(signature, transaction.signatures[0].to_string());
    assert_eq!(rpc.chain.submitted.load(Ordering::Relaxed), 1);
    let base58 = bs58::encode(bincode::serialize(&transaction).unwrap()).into_string();
    assert_eq!(rpc.ok("sendTransaction", json!([base58])).await, signature);
}

#[tokio::test]
async fn what_fails_in_the_preflight_is_not_sent() {
    let rpc = Rpc::start().await;
    *rpc.chain.ends.lock() = Err(TransactionError::AccountInUse);
    let wire = encoded(&signed());
    let failed = rpc
        .fails("sendTransaction", json!([wire, { "encoding": "base64" }]))
        .await;
    assert_eq!(failed.code, -32002);
    assert_eq!(
        failed.message,
        "Transaction simulation failed: Account in use"
    );
    assert_eq!(failed.data["err"], "AccountInUse");
    assert_eq!(failed.data["logs"], json!(["Program log: hello"]));
    assert_eq!(failed.data["unitsConsumed"], 77);
    assert_eq!(failed.data["accounts"], Value::Null);
    assert_eq!(rpc.chain.submitted.load(Ordering::Relaxed), 0);
    let skipping = json!([wire, { "encoding": "base64", "skipPreflight": true }]);
    rpc.ok("sendTransaction", skipping).await;
    assert_eq!(rpc.chain.submitted.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_signature_that_does_not_hold_is_refused_with_and_without_preflight() {
    let rpc = Rpc::start().await;
    let wire = encoded(&transaction(20));
    for skip in [false, true] {
        let params = json!([wire, { "encoding": "base64", "skipPreflight": skip }]);
        let failed = rpc.fails("sendTransaction", params).await;
        assert_eq!(failed.code, -32003);
    }
    assert_eq!(rpc.chain.submitted.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn who_sends_again_to_be_sure_has_been_heard() {
    let rpc = Rpc::start().await;
    *rpc.chain.takes.lock() = Err(SendError::Refused(TransactionError::AlreadyProcessed));
    let wire = encoded(&signed());
    let again = json!([wire, { "encoding": "base64", "skipPreflight": true }]);
    rpc.ok("sendTransaction", again).await;
    let failed = rpc
        .fails("sendTransaction", json!([wire, { "encoding": "base64" }]))
        .await;
    assert_eq!(failed.data["err"], "AlreadyProcessed");
    *rpc.chain.takes.lock() = Err(SendError::Pool("the pool is full".into()));
    let full = json!([wire, { "encoding": "base64", "skipPreflight": true }]);
    assert_eq!(rpc.fails("sendTransaction", full).await.code, -32005);
}

#[tokio::test]
async fn bytes_that_are_no_transaction_say_why() {
    let rpc = Rpc::start().await;
    let message = async |text: String| {
        let params = json!([text, { "encoding": "base64" }]);
        let failed = rpc.fails("sendTransaction", params).await;
        assert_eq!(failed.code, -32602, "{failed:?}");
        failed.message
    };
    assert!(
        message("???".into())
            .await
            .starts_with("invalid base64 encoding")
    );
    assert!(
        message("AA".repeat(900))
            .await
            .contains("too large: 1800 bytes (max: encoded/raw 1644/1232)")
    );
    assert!(
        message("AAAA".into())
            .await
            .starts_with("failed to deserialize")
    );
    let wire = bincode::serialize(&signed()).unwrap();
    let trailing = BASE64_STANDARD.encode([wire.as_slice(), &[0]].concat());
    assert!(message(trailing).await.starts_with("failed to deserialize"));
    let mut two = signed();
    two.signatures.push(Signature::default());
    assert!(
        message(encoded(&two))
            .await
            .starts_with("invalid transaction")
    );
}

#[tokio::test]
async fn a_simulation_shows_what_it_is_asked_for() {
    let rpc = Rpc::start().await;
    rpc.chain.put(key(30), key(31), b"data");
    let wire = encoded(&transaction(20));
    let config = json!({
        "encoding": "base64", "replaceRecentBlockhash": true, "innerInstructions": true,
        "accounts": { "encoding": "base64", "addresses": [key(30).to_string(), key(32).to_string()] },
    });
    let shown = rpc.ok("simulateTransaction", json!([wire, config])).await;
    assert_eq!(shown["context"]["slot"], 2);
    let value = &shown["value"];
    assert_eq!(value["err"], Value::Null);
    assert_eq!(value["unitsConsumed"], 77);
    assert_eq!(value["loadedAccountsDataSize"], 12);
    assert_eq!(value["replacementBlockhash"]["lastValidBlockHeight"], 152);
    assert_eq!(value["accounts"][0]["data"], json!(["ZGF0YQ==", "base64"]));
    assert_eq!(value["accounts"][1], Value::Null);
    assert_eq!(value["innerInstructions"], json!([]));
    let verified = json!([wire, { "encoding": "base64", "sigVerify": true }]);
    assert_eq!(
        rpc.fails("simulateTransaction", verified).await.code,
        -32003
    );
}

#[tokio::test]
async fn an_airdrop_that_cannot_be_given_says_so() {
    let rpc = Rpc::start().await;
    let to = key(3).to_string();
    let signature = rpc.ok("requestAirdrop", json!([to, 5])).await;
    assert_eq!(signature, Signature::from([5; 64]).to_string());
    let failed = rpc.fails("requestAirdrop", json!([to, 2_000_000])).await;
    assert_eq!(failed.code, -32602);
    assert!(
        failed.message.contains("cannot give 2000000 lamports"),
        "{failed:?}"
    );
}
