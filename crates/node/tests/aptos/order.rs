//! Transactions of one account run in order, whatever the order in which they come, also over a
//! restart; each at most once.

use crate::{
    client::Started,
    user::{User, transfer},
};

const ETH: u64 = 100_000_000;

#[test]
fn what_comes_too_early_waits_for_what_is_missing() {
    let node = Started::new(|_| {});
    let (mut alice, bob) = (User::new(1), User::new(2));
    node.fund(&alice, ETH);
    let transactions: Vec<_> = (0..4).map(|_| alice.transfer(&bob, 10)).collect();
    for early in transactions[1..].iter().rev() {
        let answer = node.submit(early);
        assert_eq!(answer.status, 202, "{}", answer.json);
        let hash = answer.json["hash"].as_str().unwrap();
        let pending = node.json(&format!("/transactions/by_hash/{hash}"));
        assert_eq!(pending["type"], "pending_transaction");
    }
    assert_eq!(node.octas(&bob), 0);
    node.send(&transactions[0]);
    let last = node.submit(&transactions[3]);
    let last = match last.status {
        // Sending a pending one again does no harm.
        202 => last.json["hash"].as_str().unwrap().to_owned(),
        _ => format!(
            "0x{}",
            alloy_primitives::hex::encode(transactions[3].hash())
        ),
    };
    assert_eq!(node.committed(&last)["success"], true);
    assert_eq!(node.octas(&bob), 40);
    node.stop();
}

#[test]
fn what_no_block_may_have_is_refused_by_its_status() {
    let node = Started::new(|_| {});
    let (mut alice, bob) = (User::new(1), User::new(2));
    let poor = alice.transfer(&bob, 1);
    let refused = node.submit(&poor);
    assert_eq!(refused.status, 400, "{}", refused.json);
    assert_eq!(refused.json["error_code"], "vm_error");
    let message = refused.json["message"].as_str().unwrap();
    assert!(
        message.contains("INSUFFICIENT_BALANCE_FOR_TRANSACTION_FEE"),
        "{message}"
    );
    node.fund(&alice, ETH);
    node.send(&poor);
    let status = |transaction: &lumio_move_transaction::SignedTransaction| {
        let refused = node.submit(transaction);
        assert_eq!(refused.status, 400, "{}", refused.json);
        refused.json["message"].as_str().unwrap().to_owned()
    };
    assert!(status(&poor).contains("SEQUENCE_NUMBER_TOO_OLD"));
    let mut change = |change: fn(&mut lumio_move_transaction::RawTransaction)| {
        let mut raw = alice.raw(transfer(bob.address, 1));
        raw.sequence_number = 1;
        change(&mut raw);
        status(&alice.sign(raw))
    };
    assert!(change(|raw| raw.chain_id = 9).contains("BAD_CHAIN_ID"));
    assert!(change(|raw| raw.expiration_timestamp_secs = 9).contains("TRANSACTION_EXPIRED"));
    assert!(change(|raw| raw.gas_unit_price = 0).contains("GAS_UNIT_PRICE_BELOW_MIN_BOUND"));
    assert!(
        change(|raw| raw.max_gas_amount = 3)
            .contains("MAX_GAS_UNITS_BELOW_MIN_TRANSACTION_GAS_UNITS")
    );
    let mut forged = alice.transfer(&bob, 1);
    forged.raw.max_gas_amount += 1;
    assert!(status(&forged).contains("INVALID_SIGNATURE"));
    node.stop();
}

#[test]
fn orderless_transactions_run_in_any_order_and_once() {
    let node = Started::new(|_| {});
    let (alice, bob) = (User::new(1), User::new(2));
    node.fund(&alice, ETH);
    for nonce in [7, 3, 5] {
        let sent = node.send(&alice.orderless_transfer(&bob, 10, nonce));
        assert_eq!(sent["success"], true);
        assert_eq!(sent["replay_protection_nonce"], nonce.to_string());
    }
    let again = node.submit(&alice.orderless_transfer(&bob, 11, 3));
    assert_eq!(again.status, 400, "{}", again.json);
    let message = again.json["message"].as_str().unwrap();
    assert!(message.contains("NONCE_ALREADY_USED"), "{message}");
    assert_eq!(node.octas(&bob), 30);
    node.stop();
}

#[test]
fn a_restart_keeps_blocks_versions_and_what_waits() {
    let folder = tempfile::tempdir().unwrap();
    let (mut alice, bob) = (User::new(1), User::new(2));
    let node = Started::in_folder(folder.path(), |_| {});
    node.fund(&alice, ETH);
    let sent = node.send(&alice.transfer(&bob, 10));
    let missing = alice.transfer(&bob, 10);
    let early = alice.transfer(&bob, 10);
    let early = node.submit(&early).json["hash"]
        .as_str()
        .unwrap()
        .to_owned();
    node.stop();

    let node = Started::in_folder(folder.path(), |_| {});
    let hash = sent["hash"].as_str().unwrap();
    assert_eq!(node.json(&format!("/transactions/by_hash/{hash}")), sent);
    let pending = node.json(&format!("/transactions/by_hash/{early}"));
    assert_eq!(pending["type"], "pending_transaction");
    node.send(&missing);
    assert_eq!(node.committed(&early)["success"], true);
    assert_eq!(node.octas(&bob), 30);
    node.stop();
}
