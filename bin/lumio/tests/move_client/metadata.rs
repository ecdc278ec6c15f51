//! What is known of a package: beside its binaries, and on the chain.

use crate::chain::{Chain, Folder};
use serde_json::Value;
use std::io::Read as _;

fn unzipped(hex: &str) -> String {
    let bytes: Vec<u8> = (2..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect();
    let mut text = String::new();
    let mut decoder = flate2::read::GzDecoder::new(bytes.as_slice());
    decoder.read_to_string(&mut text).unwrap();
    text
}

fn package(chain: &Chain) -> Value {
    let all: Value = serde_json::from_str(&chain.ok("account resources")).unwrap();
    let all = all.as_array().unwrap();
    let found = all
        .iter()
        .find(|r| r["type"] == "0x1::code::PackageRegistry");
    found.unwrap()["data"]["packages"][0].clone()
}

#[test]
fn the_chain_has_the_manifest_and_the_sources() {
    let chain = Chain::published();
    let found = package(&chain);
    assert_eq!(found["name"], "hello");
    assert_eq!(found["upgrade_number"], "0");
    assert_eq!(found["upgrade_policy"]["policy"], 1);
    let digest = found["source_digest"].as_str().unwrap();
    assert_eq!(digest.len(), 64);
    assert_eq!(digest, digest.to_uppercase());
    let manifest = unzipped(found["manifest"].as_str().unwrap());
    assert_eq!(manifest.into_bytes(), chain.read("hello/Move.toml"));
    assert_eq!(found["modules"][0]["name"], "counter");
    let source = unzipped(found["modules"][0]["source"].as_str().unwrap());
    assert_eq!(source.into_bytes(), chain.read("hello/sources/hello.move"));
    let names: Vec<_> = found["deps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| &d["package_name"])
        .collect();
    assert_eq!(names, ["MoveStdlib", "AptosStdlib", "AptosFramework"]);

    chain.ok("publish hello --named-addresses hello=default --included-artifacts none");
    let found = package(&chain);
    assert_eq!(found["upgrade_number"], "1");
    assert_eq!(found["modules"][0]["source"], "0x");
    assert_eq!(found["source_digest"], digest);
}

#[test]
fn a_build_writes_metadata_and_says_when_there_can_be_none() {
    let folder = Folder::alone();
    folder.ok("new hello");
    let metadata = || {
        folder.ok("build hello --named-addresses hello=0x7");
        folder.read("hello/build/hello/package-metadata.bcs")
    };
    let first = metadata();
    assert_eq!(first[..7], *b"\x05hello\x01");
    assert_eq!(metadata(), first, "the same sources give the same bytes");
    folder.replace("hello/Move.toml", "0.1.0", "0.2.0");
    assert_ne!(metadata(), first);
    folder.replace(
        "hello/Move.toml",
        "version =",
        "upgrade_policy = \"none\"\nversion =",
    );
    let built = folder.run("build hello --named-addresses hello=0x7");
    assert_eq!(built.code, 0);
    assert!(
        built.err.contains(
            "warning: hello cannot be published like this: Move.toml says upgrade_policy"
        ),
        "{built:?}"
    );
    assert!(
        !folder
            .path()
            .join("hello/build/hello/package-metadata.bcs")
            .exists()
    );
}
