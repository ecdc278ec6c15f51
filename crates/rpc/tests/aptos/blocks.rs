//! Blocks as spans of versions; the ledger's own facts.

use crate::client::Api;
use serde_json::{Value, json};

#[tokio::test]
async fn blocks_are_found_by_height_and_by_any_of_their_versions() {
    let api = Api::start().await;
    let block = api.get("/blocks/by_height/1").await.ok();
    let expected = json!({
        "block_height": "1",
        "block_hash": format!("0x{}", "01".repeat(32)),
        "block_timestamp": "1700000001000000",
        "first_version": "1",
        "last_version": "3",
    });
    assert_eq!(block, expected);
    for version in 1..=3 {
        let path = format!("/blocks/by_version/{version}");
        assert_eq!(api.get(&path).await.ok(), block);
    }
    for path in ["/blocks/by_height/9", "/blocks/by_version/99"] {
        let answer = api.get(path).await.error();
        assert_eq!(answer, (404, "block_not_found".into()));
    }
}

#[tokio::test]
async fn a_block_can_contain_its_transactions() {
    let api = Api::start().await;
    let path = "/blocks/by_height/1?with_transactions=true";
    let block = api.get(path).await.ok();
    let list = block["transactions"].as_array().unwrap();
    let kinds: Vec<_> = list
        .iter()
        .map(|one| one["type"].as_str().unwrap())
        .collect();
    let expected = [
        "block_metadata_transaction",
        "user_transaction",
        "state_checkpoint_transaction",
    ];
    assert_eq!(kinds, expected);
    let bytes = api.bcs("/blocks/by_height/1").await;
    // Height, hash with its length, time, two versions, no transactions.
    assert_eq!(bytes.len(), 8 + 33 + 8 + 8 + 8 + 1);
}

#[tokio::test]
async fn the_ledger_tells_where_it_is() {
    let api = Api::start().await;
    let expected = json!({
        "chain_id": 4,
        "epoch": "1",
        "ledger_version": "8",
        "oldest_ledger_version": "0",
        "ledger_timestamp": "1700000002000000",
        "node_role": "full_node",
        "oldest_block_height": "0",
        "block_height": "2",
    });
    for path in ["", "/"] {
        let mut info = api.get(path).await.ok();
        let hash = info.as_object_mut().unwrap().remove("git_hash");
        assert!(hash.is_some_and(|hash| hash.is_string()));
        assert_eq!(info, expected);
    }
    for both in ["application/json, application/x-bcs", "text/html,*/*"] {
        let answer = api.get_as("/", both).await;
        assert_eq!(answer.headers["content-type"], "application/json");
    }
    let bytes = api.bcs("/").await;
    assert_eq!(bytes.len(), 1 + 4 * 8 + 1 + 2 * 8);
    assert_eq!((bytes[0], bytes[33]), (4, 1));
}

#[tokio::test]
async fn health_may_depend_on_the_newest_block() {
    let api = Api::start().await;
    let fine = api.get("/-/healthy").await.ok();
    assert_eq!(fine, json!({ "message": "aptos-node:ok" }));
    let old = api.get("/-/healthy?duration_secs=10").await.error();
    assert_eq!(old, (503, "health_check_failed".into()));
}

#[tokio::test]
async fn the_document_has_every_route_and_no_loose_ends() {
    let api = Api::start().await;
    let document = api.get("/spec").await.ok();
    assert_eq!(api.get("/spec.json").await.ok(), document);
    let mut operations = std::collections::BTreeSet::new();
    for route in lumio_rpc::aptos::route_list() {
        let method = route.method().to_lowercase();
        let operation = &document["paths"][route.path()][&method];
        let id = operation["operationId"].as_str();
        let id = id.unwrap_or_else(|| panic!("{} is missing", route.path()));
        assert!(operations.insert(id.to_owned()), "{id} is there twice");
        assert!(!route.summary().is_empty(), "{id}");
    }
    let schemas = &document["components"]["schemas"];
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 30);
    for name in references {
        let name = name
            .strip_prefix("#/components/schemas/")
            .unwrap()
            .to_owned();
        assert!(schemas.get(&name).is_some(), "{name}");
    }
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(reference) if name == "$ref" => found.push(reference.to_owned()),
                    _ => collect(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}
