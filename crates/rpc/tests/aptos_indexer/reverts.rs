use crate::{
    Running,
    chain::{Effects, call},
    config,
    sample::{ALICE, BOB, chain, core},
};
use lumio_rpc::aptos::IndexerConfig;
use serde_json::{Value, json};
use std::time::Duration;

const ALL: &str = "{ events { transaction_version type data }
    current_fungible_asset_balances { amount asset_type owner_address last_transaction_version }
    current_token_ownerships_v2 { owner_address amount last_transaction_version }
    current_objects { object_address owner_address last_transaction_version }
    account_transactions { account_address transaction_version }
    user_transactions { version sender } token_activities_v2 { transaction_version }
    fungible_asset_activities { transaction_version amount } table_items { key }
    current_collection_ownership_v2_view { owner_address } }";

/// Until the index answers so.
async fn until(running: &Running, expected: &Value) {
    for _ in 0..500 {
        if running.query(ALL).await == *expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(running.query(ALL).await, *expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revert_leaves_what_a_chain_without_the_blocks_has() {
    let running = Running::sample().await;
    let whole = running.query(ALL).await;

    let shorter = chain();
    shorter.revert_to(1);
    let shorter = Running::with(shorter, config()).await;
    let expected = shorter.query(ALL).await;
    assert_ne!(expected, whole);
    running.chain.revert_to(1);
    until(&running, &expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_branch_of_the_same_length_is_noticed() {
    let running = Running::sample().await;
    running.chain.revert_to(0);
    let gift = Effects::default().write("0x77", "0x1::object::ObjectCore", &core(BOB));
    for nonce in 0..2 {
        let body = call(ALICE, nonce, "0xcafe::game::other");
        running.chain.block(9, vec![(body, gift.clone())]);
    }
    let fresh = Running::with(running.chain.clone(), config()).await;
    let expected = fresh.query(ALL).await;
    until(&running, &expected).await;
    assert_eq!(expected["user_transactions"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn histories_are_bounded_and_the_present_is_not() {
    let bounded = IndexerConfig {
        max_history: 2,
        ..config()
    };
    let running = Running::with(chain(), bounded).await;
    let answer = running.query(ALL).await;
    assert_eq!(answer["events"].as_array().unwrap().len(), 2);
    assert_eq!(answer["user_transactions"][0]["version"], json!(4));
    assert!(answer["current_objects"].as_array().unwrap().len() > 4);
}
