//! What modules offer, as clients encode by it.

use crate::{chain::PADDED, client::Api};
use serde_json::{Value, json};

fn named<'a>(list: &'a Value, name: &str) -> &'a Value {
    let list = list.as_array().unwrap();
    let found = list.iter().find(|one| one["name"] == name);
    found.unwrap_or_else(|| panic!("no {name}"))
}

#[tokio::test]
async fn a_function_shows_all_that_encoding_needs() {
    let api = Api::start().await;
    let module = api.get("/accounts/0x1/module/coin").await.ok();
    let abi = &module["abi"];
    assert_eq!(abi["address"], "0x1");
    assert_eq!(abi["name"], "coin");
    let functions = &abi["exposed_functions"];
    let transfer = named(functions, "transfer");
    assert_eq!(transfer["visibility"], "public");
    assert_eq!(transfer["is_entry"], true);
    assert_eq!(transfer["is_view"], false);
    assert_eq!(transfer["params"], json!(["&signer", "address", "u64"]));
    assert_eq!(
        transfer["generic_type_params"],
        json!([{ "constraints": [] }])
    );
    assert_eq!(transfer["return"], json!([]));
    let balance = named(functions, "balance");
    assert_eq!(balance["is_view"], true);
    assert_eq!(balance["return"], json!(["u64"]));
    let value = named(functions, "value");
    assert_eq!(value["params"], json!(["&0x1::coin::Coin<T0>"]));
    let store = named(&abi["structs"], "CoinStore");
    assert_eq!(store["abilities"], json!(["key"]));
    let parameter = json!([{ "constraints": [], "is_phantom": true }]);
    assert_eq!(store["generic_type_params"], parameter);
    let coin = json!({ "name": "coin", "type": "0x1::coin::Coin<T0>" });
    assert_eq!(store["fields"][0], coin);
}

#[tokio::test]
async fn events_enums_and_function_types_are_told() {
    let api = Api::start().await;
    let asset = api.get("/accounts/0x1/module/fungible_asset").await.ok();
    let deposit = named(&asset["abi"]["structs"], "Deposit");
    assert_eq!(deposit["is_event"], true);
    assert_eq!(deposit["is_enum"], false);
    let module = api.get("/accounts/0xd/module/types").await.ok();
    let shape = named(&module["abi"]["structs"], "Shape");
    assert_eq!(shape["is_enum"], true);
    assert_eq!(shape["fields"], json!([]));
    let circle = named(&shape["variants"], "Circle");
    let at = json!({ "name": "at", "type": "0xd::types::Point" });
    assert_eq!(circle["fields"][0], at);
    let functions = &module["abi"]["exposed_functions"];
    let adder = named(functions, "adder");
    assert_eq!(adder["return"], json!(["|u64|u64 has copy + drop + store"]));
    assert!(
        functions
            .as_array()
            .unwrap()
            .iter()
            .all(|f| f["name"] != "add")
    );
}

#[tokio::test]
async fn modules_are_listed_page_by_page() {
    let api = Api::start().await;
    let all = api.get("/accounts/0x1/modules").await.ok();
    let all = all.as_array().unwrap();
    assert!(all.iter().all(|module| module["abi"]["address"] == "0x1"));
    let page = api.get("/accounts/0x1/modules?limit=5").await;
    assert_eq!(page.ok().as_array().unwrap()[..], all[..5]);
    let cursor = &page.headers["x-aptos-cursor"];
    let next = format!("/accounts/0x1/modules?limit=5&start={cursor}");
    let next = api.get(&next).await;
    assert_eq!(next.ok().as_array().unwrap()[..], all[5..10]);
}

#[tokio::test]
async fn a_module_in_bcs_is_its_bytecode() {
    let api = Api::start().await;
    let bytes = api.bcs("/accounts/0x1/module/coin").await;
    let json = api.get("/accounts/0x1/module/coin").await.ok();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(json["bytecode"], format!("0x{hex}"));
    let map = api.bcs("/accounts/0xd/modules").await;
    assert_eq!(map[0], 1);
    assert_eq!(&map[33..39], b"\x05types");
}

/// The SDK refuses to read addresses with more than four digits missing.
#[tokio::test]
async fn addresses_in_types_keep_their_leading_zeros() {
    let api = Api::start().await;
    let long = format!("0x{:0>64}", &PADDED[2..]);
    let module = api
        .get(&format!("/accounts/{PADDED}/module/types"))
        .await
        .ok();
    assert_eq!(module["abi"]["address"], long);
    let shape = named(&module["abi"]["structs"], "Shape");
    let line = named(&shape["variants"], "Line");
    let ends = format!("vector<{long}::types::Point>");
    assert_eq!(line["fields"][0]["type"], ends);
    let call = json!({ "function": format!("{PADDED}::types::adder"), "arguments": ["1"] });
    let shown = api.post("/view", &call).await.ok();
    assert_eq!(shown[0]["__fun_name__"], format!("{long}::types::add"));
}
