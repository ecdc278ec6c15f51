#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use std::collections::BTreeSet;

#[test]
fn the_peers_modules_are_complete() {
    let modules = modules::compiled().unwrap();
    let mut published = BTreeSet::new();
    let mut named = BTreeSet::new();
    for module in &modules {
        let tables = &module.tables;
        assert_eq!(tables.version, 7);
        for (index, handle) in tables.module_handles.iter().enumerate() {
            let name = &tables.identifiers[usize::from(handle.name.0)];
            named.insert(name.to_string());
            if index == usize::from(module.self_handle.0) {
                published.insert(name.to_string());
            }
        }
        for entry in &tables.metadata {
            assert_eq!(entry.key, b"initia::metadata_v0");
        }
    }
    assert_eq!(published.len(), modules.len());
    assert_eq!(named, published);
}

#[test]
fn a_peer_that_is_not_there_is_an_error() {
    let missing = std::path::Path::new("/nowhere/libmovevm.so");
    let error = AptosVm::install(Some(missing)).unwrap_err();
    assert!(error.to_string().contains("/nowhere/libmovevm.so"));
}

#[test]
fn output_is_read() {
    let run = Run::read("2000 1000 2048 7").unwrap();
    assert_eq!(run.timed.wall, Duration::from_micros(2));
    assert_eq!(run.timed.cpu, Duration::from_micros(1));
    assert_eq!(run.timed.gas, 7);
    assert_eq!(run.rss_mib, 2.0);
    assert!(Run::read("2000 1000").is_err());
    assert_eq!(answer_of("0422313222").unwrap(), "\"12\"");
    assert!(answer_of("0422").is_err());
}

#[test]
fn native_functions_get_bodies() {
    let text = "// fun one() is\nnative public fun one_more();\n  public native fun one<T>(\n  a: u8): u8;\n";
    let changed = modules::with_body(text, "one", "abort 0").unwrap();
    let expected = "// fun one() is\nnative public fun one_more();\n  public fun one<T>(\n  a: u8): u8 { abort 0 }\n";
    assert_eq!(changed, expected);
    assert!(modules::with_body(text, "two", "abort 0").is_none());
    assert!(modules::with_body(&changed, "one", "abort 0").is_none());
}
