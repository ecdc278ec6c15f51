//! Checked-in Solidity artefacts are those of their sources. Rebuilding them takes Node.js
//! (`ci/artefacts.sh`); that they are stale shows here without it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

const REBUILD: &str = "run ci/artefacts.sh and commit the result";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn json(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn names(folder: &Path, extension: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(extension))
        .collect();
    names.sort();
    assert!(!names.is_empty(), "{} is empty", folder.display());
    names
}

fn artefacts(folder: &Path) -> Vec<(String, Value)> {
    names(&folder.join("artifacts"), ".json")
        .into_iter()
        .map(|name| (name.clone(), json(&folder.join("artifacts").join(name))))
        .collect()
}

/// Sources as they are now, against the hashes that each artefact recorded.
fn check_folder(folder: &str) {
    let folder = root().join(folder);
    let mut recorded = BTreeSet::new();
    for (name, artefact) in artefacts(&folder) {
        // What a package ships compiled has no source here.
        let Some(sources) = artefact.get("sources") else {
            assert!(artefact.get("packages").is_some(), "{name} tells no origin");
            continue;
        };
        for (path, hash) in sources.as_object().unwrap() {
            let text = fs::read(folder.join(path))
                .unwrap_or_else(|e| panic!("{name} was built from {path}: {e}; {REBUILD}"));
            let now = format!("{:x}", Sha256::digest(text));
            assert_eq!(
                hash.as_str(),
                Some(now.as_str()),
                "{path} changed after {name} was built: {REBUILD}"
            );
            recorded.insert(path.clone());
        }
    }
    for source in names(&folder.join("src"), ".sol") {
        assert!(
            recorded.contains(&format!("src/{source}")),
            "no artefact is built from {source}: {REBUILD}"
        );
    }
}

#[test]
fn genesis_contracts_are_current() {
    check_folder("framework/solidity");
}

#[test]
fn test_contracts_are_current() {
    check_folder("tests/fixtures");
}

#[test]
fn genesis_holds_the_code_of_the_artefacts() {
    let folder = root().join("framework/solidity");
    let canonical = json(&folder.join("canonical.json"));
    let known: BTreeSet<String> = artefacts(&folder)
        .into_iter()
        .map(|(_, artefact)| artefact)
        .chain(canonical.as_object().unwrap().values().cloned())
        .map(|source| {
            let code = source.get("deployedBytecode").or(source.get("code"));
            code.and_then(Value::as_str).unwrap().to_owned()
        })
        // An interface has no code.
        .filter(|code| code != "0x")
        .collect();
    let genesis = json(&folder.join("genesis.json"));
    let mut used = BTreeSet::new();
    for (address, account) in genesis.as_object().unwrap() {
        let code = account["code"].as_str().unwrap();
        assert!(
            known.contains(code),
            "{address} has code that no artefact has: {REBUILD}"
        );
        used.insert(code.to_owned());
    }
    for code in known.difference(&used) {
        // What a contract makes is part of its own code.
        let is_made = used.iter().any(|maker| maker.contains(&code[2..]));
        assert!(is_made, "an artefact is not in genesis: {REBUILD}");
    }
}

#[test]
fn one_compiler_builds_everything() {
    let pinned = json(&root().join("framework/solidity/package.json"));
    let pinned = pinned["dependencies"]["solc"].as_str().unwrap().to_owned();
    for folder in ["framework/solidity", "tests/fixtures"] {
        for (name, artefact) in artefacts(&root().join(folder)) {
            if let Some(solc) = artefact.get("solc") {
                let solc = solc.as_str().unwrap();
                assert!(
                    solc.starts_with(&format!("{pinned}+")),
                    "{name} was built by solc {solc}, not {pinned}: {REBUILD}"
                );
            }
        }
    }
}
