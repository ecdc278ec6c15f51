//! The list of methods, and that the documentation is made from it.

use crate::client::Rpc;
use lumio_rpc::eth::{markdown, method_list};
use serde_json::json;
use std::{collections::HashSet, path::Path};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/ethereum-rpc.md");

/// `BLESS=1 cargo test -p lumio-rpc` writes the document anew.
#[test]
fn the_document_is_current() {
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(Path::new(DOCUMENT).parent().unwrap()).unwrap();
        std::fs::write(DOCUMENT, markdown()).unwrap();
    }
    let document = std::fs::read_to_string(DOCUMENT).unwrap();
    assert!(
        document == markdown(),
        "docs/ethereum-rpc.md is not current; run this test with BLESS=1"
    );
}

#[test]
fn names_are_unique_and_documented() {
    let mut names = HashSet::new();
    for method in method_list() {
        for name in std::iter::once(&method.name()).chain(method.aliases()) {
            assert!(names.insert(*name), "{name} is there twice");
            assert!(name.contains('_'), "{name} has no namespace");
        }
        assert!(
            method.summary().ends_with('.'),
            "{}: {}",
            method.name(),
            method.summary()
        );
    }
}

/// Without parameters, a method answers or names what is missing; nothing is
/// listed that nobody answers.
#[tokio::test]
async fn every_name_is_answered() {
    let rpc = Rpc::start().await;
    for method in method_list().filter(|method| !method.name().ends_with("subscribe")) {
        for name in std::iter::once(&method.name()).chain(method.aliases()) {
            if let Err(failure) = rpc.call(name, json!([])).await {
                let expected = failure
                    .message
                    .starts_with("missing value for required argument")
                    || failure.message.starts_with("the chain id is fixed");
                assert!(expected, "{name}: {failure:?}");
            }
        }
    }
}

#[tokio::test]
async fn only_a_development_chain_has_development_methods() {
    let chain = crate::chain::Chain::new();
    chain.end_dev();
    let rpc = Rpc::with(chain, crate::client::config()).await;
    for method in method_list().filter(|method| method.is_dev()) {
        assert_eq!(
            rpc.fails(method.name(), json!([])).await.code,
            -32601,
            "{}",
            method.name()
        );
    }
    let modules = rpc.ok("rpc_modules", json!([])).await;
    assert_eq!(modules["eth"], "1.0");
    assert!(modules.get("anvil").is_none());
}
