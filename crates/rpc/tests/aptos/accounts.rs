//! Accounts, resources, balances.

use crate::{chain::Chain, client::Api};
use serde_json::json;
use std::sync::atomic::Ordering;

#[tokio::test]
async fn an_account_shows_its_number_and_key() {
    let api = Api::start().await;
    let alice = api.chain.alice.long();
    let account = api.get(&format!("/accounts/{alice}")).await.ok();
    let expected = json!({ "sequence_number": "5", "authentication_key": alice });
    assert_eq!(account, expected);
}

#[tokio::test]
async fn an_account_that_does_not_exist_is_a_new_one() {
    let api = Api::start().await;
    let account = api.get("/accounts/0xabc").await.ok();
    assert_eq!(account["sequence_number"], "0");
    let key = format!("0x{:0>64}", "abc");
    assert_eq!(account["authentication_key"], key);
    // In BCS it is a whole account, as long as that of one that exists.
    let new = api.bcs("/accounts/0xabc").await;
    let alice = api.chain.alice.long();
    let known = api.bcs(&format!("/accounts/{alice}")).await;
    assert_eq!(new.len(), known.len());
    assert_eq!(new[33..41], [0; 8]);
    assert_eq!(known[33..41], 5_u64.to_le_bytes());
    let resources = api.get("/accounts/0xabc/resources").await.ok();
    assert_eq!(resources, json!([]));
}

#[tokio::test]
async fn resources_are_listed_page_by_page() {
    let api = Api::start().await;
    let path = format!("/accounts/{}/resources", api.chain.alice.long());
    let all = api.get(&path).await;
    assert!(!all.headers.contains_key("x-aptos-cursor"));
    let all = all.ok();
    assert_eq!(all.as_array().unwrap().len(), 3);
    let mut pages = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = api.get(&format!("{path}?limit=1{cursor}")).await;
        pages.extend(page.ok().as_array().unwrap().clone());
        match page.headers.get("x-aptos-cursor") {
            Some(next) => cursor = format!("&start={next}"),
            None => break,
        }
    }
    assert_eq!(json!(pages), all);
}

#[tokio::test]
async fn a_resource_has_its_type_and_fields() {
    let api = Api::start().await;
    let alice = api.chain.alice.long();
    let path = format!("/accounts/{alice}/resource");
    let point = api.get(&format!("{path}/0xd::types::Point")).await.ok();
    let expected = json!({ "type": "0xd::types::Point", "data": { "x": "3", "y": -4 } });
    assert_eq!(point, expected);
    let account = api.get(&format!("{path}/0x1::account::Account")).await.ok();
    let data = &account["data"];
    assert_eq!(data["authentication_key"], alice);
    assert_eq!(data["sequence_number"], "5");
    let id = json!({ "addr": alice, "creation_num": "1" });
    assert_eq!(data["key_rotation_events"]["guid"]["id"], id);
    assert_eq!(data["rotation_capability_offer"]["for"]["vec"], json!([]));
    let bytes = api.bcs(&format!("{path}/0xd::types::Point")).await;
    assert_eq!(bytes.len(), 10);
}

#[tokio::test]
async fn resources_in_bcs_are_a_map() {
    let api = Api::start().await;
    let path = format!("/accounts/{}/resources", api.chain.alice.long());
    let bytes = api.bcs(&path).await;
    // Three entries, the first of a module with the shortest name.
    assert_eq!(bytes[0], 3);
    assert_eq!(bytes[32], 1);
    assert_eq!(&bytes[33..41], b"\x07account");
}

#[tokio::test]
async fn a_balance_is_a_bare_number_whatever_the_asset_is_called() {
    let api = Api::start().await;
    let alice = api.chain.alice.long();
    for asset in ["0x1::aptos_coin::AptosCoin", "0xa"] {
        let path = format!("/accounts/{alice}/balance/{asset}");
        assert_eq!(api.get(&path).await.ok(), json!(123));
        assert_eq!(api.bcs(&path).await, 123_u64.to_le_bytes());
        let other = api.get(&format!("/accounts/0x99/balance/{asset}")).await;
        assert_eq!(other.ok(), json!(0));
    }
    let path = format!("/accounts/{alice}/balance/nonsense");
    let refused = api.get(&path).await.error();
    assert_eq!(refused, (400, "web_framework_error".into()));
}

#[tokio::test]
async fn a_state_can_be_read_at_versions_that_are_kept() {
    let chain = Chain::new();
    chain.oldest.store(2, Ordering::Relaxed);
    let api = Api::with(chain, crate::client::config()).await;
    let at = |version: u64| format!("/accounts/0x1?ledger_version={version}");
    assert_eq!(api.get(&at(2)).await.status, 200);
    let newest = api.get("/").await.ok()["ledger_version"].clone();
    let newest: u64 = newest.as_str().unwrap().parse().unwrap();
    assert_eq!(api.get(&at(newest)).await.status, 200);
    let future = api.get(&at(newest + 1)).await.error();
    assert_eq!(future, (404, "version_not_found".into()));
    let past = api.get(&at(1)).await.error();
    assert_eq!(past, (410, "version_pruned".into()));
}
