//! Values in JSON: a function that returns what it is given shows both ways at
//! once.

use crate::client::{Api, BCS};
use lumio_move_engine::{Address, ModuleId};
use lumio_move_transaction::{Bcs as _, EntryFunction};
use proptest::prelude::*;
use serde_json::{Value, json};

const VIEW: &str = "application/x.aptos.view_function+bcs";

async fn same(api: &Api, tag: &str, value: &Value) -> Value {
    let call = json!({
        "function": "0xd::types::same",
        "type_arguments": [tag],
        "arguments": [value],
    });
    let answer = api.post("/view", &call).await.json();
    answer.get(0).cloned().unwrap_or(answer)
}

#[tokio::test]
async fn values_of_every_kind_come_back_as_they_went() {
    let api = Api::start().await;
    let max_u256 = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    let min_i256 = "-57896044618658097711785492504343953926634992332820282019728792003956564819968";
    let long = format!("0x{:0>64}", "10");
    let circle = json!({
        "__variant__": "Circle",
        "at": { "x": "1", "y": -32768 },
        "radius": "340282366920938463463374607431768211455",
    });
    let values = [
        ("bool", json!(true)),
        ("u8", json!(255)),
        ("u16", json!(65535)),
        ("u32", json!(4_294_967_295_u32)),
        ("u64", json!("18446744073709551615")),
        ("u128", json!("340282366920938463463374607431768211455")),
        ("u256", json!(max_u256)),
        ("i8", json!(-128)),
        ("i16", json!(32767)),
        ("i32", json!(-2_147_483_648_i32)),
        ("i64", json!("-9223372036854775808")),
        ("i128", json!("-170141183460469231731687303715884105728")),
        ("i256", json!(min_i256)),
        ("i256", json!("-1")),
        ("address", json!("0xf")),
        ("address", json!(long)),
        ("vector<u8>", json!("0x00ff")),
        ("vector<vector<u8>>", json!(["0x", "0x01"])),
        ("vector<bool>", json!([])),
        ("0x1::string::String", json!("naïve \u{1f600}")),
        ("vector<0x1::string::String>", json!(["a", ""])),
        ("0x1::option::Option<u64>", json!({ "vec": ["7"] })),
        ("0x1::option::Option<u64>", json!({ "vec": [] })),
        ("0x1::option::Option<u8>", json!({ "vec": "0x07" })),
        (
            "0x1::object::Object<0x1::object::ObjectCore>",
            json!({ "inner": "0xa" }),
        ),
        ("0xd::types::Point", json!({ "x": "0", "y": 0 })),
        ("0xd::types::Shape", json!({ "__variant__": "Dot" })),
        ("0xd::types::Shape", circle),
        (
            "0xd::types::Pair<u8, 0xd::types::Shape>",
            json!({ "first": 1, "second": [{ "__variant__": "Line", "ends": [] }] }),
        ),
    ];
    for (tag, value) in values {
        assert_eq!(same(&api, tag, &value).await, value, "{tag}");
    }
}

#[tokio::test]
async fn other_ways_to_write_a_value_are_understood() {
    let api = Api::start().await;
    let object = "0x1::object::Object<0x1::object::ObjectCore>";
    let pairs = [
        ("u64", json!(7), json!("7")),
        ("u8", json!("7"), json!(7)),
        ("address", json!("0x000b"), json!("0xb")),
        ("vector<u8>", json!([1, 2]), json!("0x0102")),
        ("vector<u8>", json!("0102"), json!("0x0102")),
        (object, json!("0xa"), json!({ "inner": "0xa" })),
        (
            "0x1::option::Option<u64>",
            Value::Null,
            json!({ "vec": [] }),
        ),
        (
            "0x1::option::Option<u64>",
            json!("3"),
            json!({ "vec": ["3"] }),
        ),
        (
            "0x1::option::Option<u8>",
            json!(3),
            json!({ "vec": "0x03" }),
        ),
    ];
    for (tag, given, shown) in pairs {
        assert_eq!(same(&api, tag, &given).await, shown, "{tag} {given}");
    }
}

#[tokio::test]
async fn what_is_no_value_of_its_type_is_refused() {
    let api = Api::start().await;
    let refused = [
        ("u8", json!(256)),
        ("u8", json!(-1)),
        ("u8", json!(1.5)),
        ("i8", json!(128)),
        ("i8", json!(-129)),
        ("u64", json!("18446744073709551616")),
        ("u64", json!("0x1")),
        ("u64", json!("")),
        ("u256", json!("9".repeat(100))),
        ("bool", json!("true")),
        ("address", json!("0xg")),
        ("address", json!(5)),
        ("vector<u8>", json!("0x123")),
        ("vector<u8>", json!([300])),
        ("vector<u64>", json!("0x12")),
        ("signer", json!("0x1")),
        ("0x1::string::String", json!(5)),
        ("0x1::option::Option<u64>", json!({ "vec": "0x01" })),
        ("0xd::types::Point", json!({ "x": "0" })),
        ("0xd::types::Point", json!({ "x": "0", "y": 0, "z": 0 })),
        ("0xd::types::Shape", json!({ "__variant__": "Square" })),
        ("0xd::types::Shape", json!({})),
        ("|u64|u64 has copy + drop + store", json!({})),
        ("0xd::types::Nothing", json!({})),
        ("u65", json!(1)),
    ];
    for (tag, value) in refused {
        let answer = same(&api, tag, &value).await;
        assert_eq!(
            answer["error_code"], "invalid_input",
            "{tag} {value}: {answer}"
        );
    }
}

#[tokio::test]
async fn function_values_tell_their_function_and_what_they_hold() {
    let api = Api::start().await;
    let call = json!({ "function": "0xd::types::adder", "arguments": ["40"] });
    let shown = api.post("/view", &call).await.ok();
    let expected = json!([{
        "__fun_name__": "0xd::types::add",
        "__mask__": "1",
        "__captured__": ["40"],
    }]);
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn a_view_may_be_asked_and_answered_in_bcs() {
    let api = Api::start().await;
    let call = EntryFunction {
        module: ModuleId::new(Address::ONE, "signer"),
        function: "nothing".into(),
        type_arguments: Vec::new(),
        arguments: Vec::new(),
    };
    let refused = api.post_as("/view", VIEW, &call.to_bytes(), "*/*").await;
    assert_eq!(refused.error(), (400, "invalid_input".into()));
    assert!(refused.json()["vm_error_code"].is_u64());

    let call = EntryFunction {
        module: ModuleId::new(Address::small(0xd), "types"),
        function: "same".into(),
        type_arguments: vec!["u16".parse().unwrap()],
        arguments: vec![vec![1, 2]],
    };
    let json = api.post_as("/view", VIEW, &call.to_bytes(), "*/*").await;
    assert_eq!(json.ok(), json!([513]));
    assert_eq!(json.headers["x-aptos-gas-used"], "12");
    let bcs = api.post_as("/view", VIEW, &call.to_bytes(), BCS).await;
    assert_eq!(bcs.body, [1, 2, 1, 2]);
    let broken = api.post_as("/view", VIEW, &[1, 2, 3], "*/*").await;
    assert_eq!(broken.error(), (400, "invalid_input".into()));
}

#[tokio::test]
async fn tables_are_read_by_json_and_by_bytes() {
    let api = Api::start().await;
    let item = json!({ "key_type": "u64", "value_type": "bool", "key": "5" });
    assert_eq!(api.post("/tables/0x77/item", &item).await.ok(), json!(true));
    let raw = json!({ "key": "0x0500000000000000" });
    let answer = api.post("/tables/0x77/raw_item", &raw).await;
    assert_eq!(answer.ok(), json!("0x01"));
    let missing = json!({ "key_type": "u64", "value_type": "bool", "key": "6" });
    let missing = api.post("/tables/0x77/item", &missing).await.error();
    assert_eq!(missing, (404, "table_item_not_found".into()));
    let wrong = json!({ "key_type": "u64", "value_type": "u64", "key": "5" });
    let wrong = api.post("/tables/0x77/item", &wrong).await.error();
    assert_eq!(wrong, (400, "invalid_input".into()));
}

/// Any JSON, not too deep.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(|value| json!(value)),
        any::<i64>().prop_map(|value| json!(value)),
        any::<f64>().prop_map(|value| json!(value)),
        "[0-9a-fx-]{0,40}".prop_map(|value| json!(value)),
        "\\PC{0,20}".prop_map(|value| json!(value)),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            proptest::collection::btree_map("vec|inner|x|y|__variant__|at|ends", inner, 0..3)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

#[test]
fn any_json_for_any_type_is_answered() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let api = runtime.block_on(Api::start());
    let tags = [
        "u8",
        "i256",
        "vector<u8>",
        "vector<vector<u16>>",
        "0x1::option::Option<0xd::types::Shape>",
        "0xd::types::Shape",
        "0x1::string::String",
    ];
    let config = ProptestConfig::with_cases(64);
    proptest!(config, |(value in any_json(), place in 0..tags.len())| {
        let answer = runtime.block_on(same(&api, tags[place], &value));
        let refused = answer.get("error_code").is_some_and(|code| code != "invalid_input");
        prop_assert!(!refused, "{}", answer);
    });
}
