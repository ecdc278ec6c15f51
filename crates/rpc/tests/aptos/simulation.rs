//! Simulations and gas prices.

use crate::{
    chain::bytes,
    client::{Api, SIGNED},
};
use lumio_move_engine::Address;
use serde_json::json;

const BOB: Address = Address::small(0xb0);

#[tokio::test]
async fn a_simulation_answers_a_user_transaction() {
    let api = Api::start().await;
    let alice = &api.chain.alice;
    let unsigned = bytes(&alice.unsigned(alice.raw(5, BOB, 5)));
    let path = "/transactions/simulate";
    let answer = api.post_as(path, SIGNED, &unsigned, "*/*").await.ok();
    assert_eq!(answer[0]["type"], "user_transaction");
    assert_eq!(answer[0]["gas_used"], "7");
    assert_eq!(answer[0]["success"], true);
    assert!(!api.chain.last_simulated().estimate_max_gas_amount);
}

#[tokio::test]
async fn the_query_says_what_is_estimated() {
    let api = Api::start().await;
    let alice = &api.chain.alice;
    let unsigned = bytes(&alice.unsigned(alice.raw(5, BOB, 5)));
    let prices = [
        ("estimate_gas_unit_price=true", 150),
        ("estimate_prioritized_gas_unit_price=true", 200),
        ("estimate_gas_unit_price=false", 100),
    ];
    for (query, price) in prices {
        let path = format!("/transactions/simulate?{query}&estimate_max_gas_amount=true");
        let answer = api.post_as(&path, SIGNED, &unsigned, "*/*").await.ok();
        assert_eq!(answer[0]["gas_unit_price"], price.to_string());
        assert!(api.chain.last_simulated().estimate_max_gas_amount);
    }
    let path = "/transactions/simulate?estimate_gas_unit_price=perhaps";
    let answer = api.post_as(path, SIGNED, &unsigned, "*/*").await;
    assert_eq!(answer.error(), (400, "web_framework_error".into()));
}

#[tokio::test]
async fn a_valid_signature_is_not_simulated() {
    let api = Api::start().await;
    let signed = bytes(&api.chain.alice.transfer(5, BOB, 5));
    for query in ["", "?estimate_gas_unit_price=true"] {
        let path = format!("/transactions/simulate{query}");
        let answer = api.post_as(&path, SIGNED, &signed, "*/*").await;
        assert_eq!(answer.error(), (400, "invalid_input".into()));
        let message = answer.json()["message"].clone();
        assert!(message.as_str().unwrap().contains("valid signature"));
    }
}

#[tokio::test]
async fn gas_prices_are_numbers() {
    let api = Api::start().await;
    let expected = json!({
        "deprioritized_gas_estimate": 100,
        "gas_estimate": 150,
        "prioritized_gas_estimate": 200,
    });
    assert_eq!(api.get("/estimate_gas_price").await.ok(), expected);
    assert_eq!(api.bcs("/estimate_gas_price").await, 150_u64.to_le_bytes());
}
