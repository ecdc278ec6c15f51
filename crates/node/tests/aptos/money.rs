//! Faucet, transfers, views, resources, simulation: what a first program does.

use crate::{
    client::{Started, request},
    user::{GAS_PRICE, User, call, gas_of, transfer},
};
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering};

const ETH: u64 = 100_000_000;

#[test]
fn an_account_is_funded_and_transfers_with_one_balance_in_both_views() {
    let node = Started::new(|_| {});
    let (mut alice, bob) = (User::new(1), User::new(2));
    let info = node.get("");
    assert_eq!(info.json["chain_id"], 4);
    assert!(info.head.contains("x-aptos-chain-id: 4"), "{}", info.head);

    let funding = node.fund(&alice, ETH);
    assert_eq!(funding["success"], true);
    assert_eq!(funding["type"], "user_transaction");
    assert_eq!(node.octas(&alice), ETH);
    assert!(node.has_octas(&alice, ETH));
    let account = node.json(&format!("/accounts/{}", alice.address_text()));
    assert_eq!(account["sequence_number"], "0");

    let sent = node.send(&alice.transfer(&bob, 1_000));
    assert_eq!(sent["vm_status"], "Executed successfully");
    assert_eq!(sent["success"], true);
    assert_eq!(sent["sender"], alice.address_text());
    let fee = gas_of(&sent) * GAS_PRICE;
    assert_eq!(node.octas(&bob), 1_000);
    assert!(node.has_octas(&bob, 1_000));
    assert_eq!(node.octas(&alice), ETH - 1_000 - fee);
    assert!(node.has_octas(&alice, ETH - 1_000 - fee));
    let account = node.json(&format!("/accounts/{}", alice.address_text()));
    assert_eq!(account["sequence_number"], "1");
    let store = node.json(&format!(
        "/accounts/{}/resource/0x1::coin::CoinStore%3C0x1::aptos_coin::AptosCoin%3E",
        bob.address_text()
    ));
    assert_eq!(store["data"]["coin"]["value"], "1000");

    // By hash, by version, and in its block.
    let hash = sent["hash"].as_str().unwrap();
    assert_eq!(node.json(&format!("/transactions/by_hash/{hash}")), sent);
    let version = sent["version"].as_str().unwrap();
    assert_eq!(
        node.json(&format!("/transactions/by_version/{version}")),
        sent
    );
    let block = node.json(&format!(
        "/blocks/by_version/{version}?with_transactions=true"
    ));
    assert_eq!(block["last_version"], version);
    let listed = block["transactions"].as_array().unwrap();
    assert_eq!(listed[0]["type"], "block_metadata_transaction");
    assert_eq!(listed.last(), Some(&sent));
    let events: Vec<_> = sent["events"].as_array().unwrap().iter().collect();
    let last = events.last().unwrap();
    assert_eq!(last["type"], "0x1::transaction_fee::FeeStatement");
    assert_eq!(last["data"]["total_charge_gas_units"], sent["gas_used"]);
    node.stop();
}

#[test]
fn a_simulation_does_what_execution_does_and_keeps_nothing() {
    let node = Started::new(|_| {});
    let (mut alice, bob) = (User::new(1), User::new(2));
    node.fund(&alice, ETH);
    let raw = alice.raw(transfer(bob.address, 1_000));
    let simulated = node.simulate(&alice.unsigned(raw.clone()));
    assert_eq!(simulated.status, 200, "{}", simulated.json);
    let simulated = &simulated.json[0];
    assert_eq!(simulated["success"], true, "{simulated}");
    assert_eq!(node.octas(&bob), 0);
    let signed = alice.sign(raw);
    assert_eq!(node.simulate(&signed).status, 400, "it could be sent");
    let sent = node.send(&signed);
    assert_eq!(sent["gas_used"], simulated["gas_used"]);
    assert_eq!(sent["events"], simulated["events"]);

    let raw = alice.raw(transfer(bob.address, 10 * ETH));
    let failing = node.simulate(&alice.unsigned(raw)).json;
    assert_eq!(failing[0]["success"], false);
    let status = failing[0]["vm_status"].as_str().unwrap();
    assert!(
        status.starts_with("Move abort in 0x1::coin: EINSUFFICIENT_BALANCE(0x10006)"),
        "{status}"
    );
    node.stop();
}

#[test]
fn views_and_errors_are_in_the_words_of_aptos() {
    let node = Started::new(|_| {});
    let now = node.view("0x1::timestamp::now_seconds", &[], json!([]));
    assert_eq!(now.status, 200, "{}", now.json);
    let failing = node.view("0x1::aptos_account::transfer", &[], json!(["0x1", "1"]));
    assert_eq!(failing.status, 400);
    assert_eq!(failing.json["error_code"], "invalid_input");
    let missing = node.get("/accounts/0x1/resource/0x1::account::Nothing");
    assert_eq!(missing.status, 404);
    assert_eq!(missing.json["error_code"], "resource_not_found");
    let module = node.json("/accounts/0x1/module/coin");
    assert_eq!(module["abi"]["name"], "coin");
    let estimate = node.json("/estimate_gas_price");
    assert!(estimate["gas_estimate"].as_u64().unwrap() >= 1);
    node.stop();
}

#[test]
fn readiness_names_the_services() {
    let node = Started::new(|_| {});
    let ready = request(
        node.node().readiness_address().unwrap(),
        "GET",
        "/",
        "",
        b"",
    );
    assert_eq!(ready.status, 200, "{}", ready.json);
    assert_eq!(ready.json["ready"].as_array().unwrap().len(), 3);
    node.stop();
    let off = Started::new(|config| config.no_aptos = true);
    assert_eq!(off.node().aptos_address(), None);
    off.stop();
}

#[test]
fn the_faucet_answers_when_the_money_is_there() {
    let node = Started::new(|config| config.block_time = Some(0.4));
    let alice = User::new(1);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // What the producer does between two blocks must not end anybody's waiting.
        scope.spawn(|| {
            while !done.load(Ordering::Acquire) {
                node.eth("anvil_setNextBlockBaseFeePerGas", json!(["0x3b9aca00"]));
            }
        });
        for times in 1..=3 {
            let body = json!({ "address": alice.address_text(), "amount": ETH }).to_string();
            let faucet = node.node().faucet_address().unwrap();
            let answer = request(faucet, "POST", "/fund", "application/json", body.as_bytes());
            let octas = node.octas(&alice);
            done.store(
                answer.status != 200 || octas != times * ETH || times == 3,
                Ordering::Release,
            );
            assert_eq!(answer.status, 200, "{}", answer.json);
            assert_eq!(octas, times * ETH);
        }
    });
    node.stop();
}

#[test]
fn without_blocks_the_faucet_does_not_wait_for_one() {
    let node = Started::new(|config| config.no_mining = true);
    let body = json!({ "address": User::new(1).address_text() }).to_string();
    let faucet = node.node().faucet_address().unwrap();
    let answer = request(faucet, "POST", "/fund", "application/json", body.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.json);
    let hash = answer.json["txn_hashes"][0].as_str().unwrap();
    let pending = node.json(&format!("/transactions/by_hash/{hash}"));
    assert_eq!(pending["type"], "pending_transaction");
    node.stop();
}

#[test]
fn items_of_a_table_are_shown_by_its_types_whatever_wrote_it() {
    let node = Started::new(|_| {});
    let mut alice = User::new(1);
    node.fund(&alice, ETH);
    // Genesis made the table, and nothing writes its resource again.
    let raw = alice.raw(call(("account", "set_originating_address"), vec![], vec![]));
    let sent = node.send(&alice.sign(raw));
    assert_eq!(sent["success"], true, "{sent}");
    let changes = sent["changes"].as_array().unwrap();
    let item = changes.iter().find(|it| it["type"] == "write_table_item");
    let data = &item.unwrap()["data"];
    assert_eq!(data["key_type"], "address");
    assert_eq!(data["value_type"], "address");
    assert_eq!(data["key"], alice.address_text());
    assert_eq!(data["value"], alice.address_text());
    node.stop();
}
