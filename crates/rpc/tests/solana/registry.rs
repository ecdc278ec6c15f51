//! The list of methods, and that the documentation is made from it.

use crate::client::Rpc;
use lumio_rpc::solana::{markdown, method_list};
use serde_json::json;
use std::{collections::HashSet, fs};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/solana-rpc.md");

/// `BLESS=1 cargo test -p lumio-rpc` writes the document anew.
#[test]
fn the_document_is_current() {
    if std::env::var_os("BLESS").is_some() {
        fs::write(DOCUMENT, markdown()).unwrap();
    }
    assert!(
        fs::read_to_string(DOCUMENT).unwrap() == markdown(),
        "docs/solana-rpc.md is not current; run this test with BLESS=1"
    );
}

#[test]
fn names_are_unique_and_documented() {
    let mut names = HashSet::new();
    for method in method_list() {
        let name = method.name();
        assert!(names.insert(name), "{name} is there twice");
        assert!(method.summary().ends_with('.'), "{name}");
        for (param, meaning) in method.params() {
            assert!(!meaning.is_empty(), "{name}: {param}");
        }
    }
}

/// Without parameters, a method answers or says what is missing; nothing is listed that nobody
/// answers.
#[tokio::test]
async fn every_name_is_answered() {
    let rpc = Rpc::start().await;
    for method in method_list() {
        let name = method.name();
        if let Err(failure) = rpc.call(name, json!([])).await {
            let expected = match name {
                "getHighestSnapshotSlot" => failure.code == -32008,
                name if name.ends_with("Subscribe") => failure.message.contains("WebSocket"),
                _ => failure.message.starts_with("`params` should have at least"),
            };
            assert!(expected, "{name}: {failure:?}");
        }
    }
}

#[tokio::test]
async fn websocket_is_on_the_port_after_that_of_http() {
    let rpc = Rpc::start().await;
    let (http, websocket) = (rpc.server.http_addr(), rpc.server.websocket_addr());
    assert_eq!(http.port() + 1, websocket.port());
    let nodes = rpc.ok("getClusterNodes", json!([])).await;
    assert_eq!(nodes[0]["rpc"], http.to_string());
    assert_eq!(nodes[0]["pubsub"], websocket.to_string());
    let (status, body) = rpc.exchange("GET /health", "").await;
    assert_eq!((status, body.as_str()), (200, "ok"));
}
