//! `lumio bindings`, from outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn bindings(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lumio"));
    command.arg("bindings").args(arguments).output().unwrap()
}

fn printed(arguments: &[&str]) -> String {
    let output = bindings(arguments);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

fn refused(arguments: &[&str]) -> String {
    let output = bindings(arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_package_its_binaries_and_its_libraries() {
    let folder = tempfile::tempdir().unwrap();
    let package = folder.path().join("hello");
    let lumio = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lumio"));
        assert!(
            command.args(arguments).output().unwrap().status.success(),
            "{arguments:?}"
        );
    };
    let path = package.to_str().unwrap();
    lumio(&["move", "new", path]);
    let source = printed(&["solidity", path, "--named-addresses", "hello=0xabc"]);
    assert!(
        source.contains("function value(bytes32 at_) internal view returns (uint64) {"),
        "{source}"
    );
    assert!(
        source.contains("0x0000000000000000000000000000000000000000000000000000000000000abc;"),
        "{source}"
    );
    // Binaries have no names of parameters.
    lumio(&["move", "build", path, "--named-addresses", "hello=0xabc"]);
    let built = package.join("build/hello");
    let binary = printed(&["solidity", built.to_str().unwrap()]);
    assert!(
        binary.contains("function value(bytes32 arg0) internal view returns (uint64) {"),
        "{binary}"
    );

    let out = folder.path().join("out");
    let listed = printed(&[
        "solidity",
        path,
        "--dev",
        "--address",
        "0xdef",
        "--output",
        out.to_str().unwrap(),
    ]);
    assert_eq!(listed.lines().count(), 3, "{listed}");
    let library = fs::read_to_string(out.join("Counter.sol")).unwrap();
    assert!(
        library.contains("0x0000000000000000000000000000000000000000000000000000000000000def;"),
        "{library}"
    );
    assert!(out.join("ICrossVM.sol").exists() && out.join("IMoveVM.sol").exists());

    let error = refused(&["solidity", path, "--dev", "--module", "other"]);
    assert!(
        error.contains("has no module other, but counter"),
        "{error}"
    );
    let error = refused(&["solidity", path]);
    assert!(error.contains("--named-addresses hello="), "{error}");
}

#[test]
fn the_framework_has_several_modules_with_docs() {
    let framework = root().join("framework/move/artifacts/aptos-framework");
    let framework = framework.to_str().unwrap();
    let error = refused(&["solidity", framework]);
    assert!(error.contains("--output FOLDER"), "{error}");
    let coin = printed(&["solidity", framework, "--module", "coin"]);
    assert!(coin.contains("library Coin {"), "{coin}");
    assert!(
        coin.contains("function balance(string memory typeCoinType, bytes32 owner)"),
        "{coin}"
    );
}

#[test]
fn a_contract_from_an_artefact_and_what_is_none() {
    let artefact = root().join("tests/fixtures/artifacts/Token.json");
    let artefact = artefact.to_str().unwrap();
    let module = printed(&["move", artefact, "--address", "0xcafe", "--name", "dollar"]);
    assert!(module.contains("module 0xcafe::dollar {"), "{module}");
    assert!(
        module.contains(
            "public fun transfer(self: &Token, caller: &signer, to: address, value: u256): bool {"
        ),
        "{module}"
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("abi.json");
    for (text, why) in [
        ("", "not JSON"),
        ("{}", "no ABI in it"),
        (r#"{"abi":[{}]}"#, "cannot be read"),
    ] {
        fs::write(&file, text).unwrap();
        let error = refused(&["move", file.to_str().unwrap()]);
        assert!(error.contains(why) && error.contains("abi.json"), "{error}");
    }
    let error = refused(&["move", artefact, "--name", "1x"]);
    assert!(error.contains("no name for a module"), "{error}");
    let error = refused(&["move", "/nowhere.json"]);
    assert!(error.contains("cannot read /nowhere.json"), "{error}");
}

#[test]
fn what_is_nowhere_is_refused_with_what_to_do() {
    let error = refused(&["solidity", "nowhere"]);
    assert!(
        error.contains("a module on a node is written 0x1::coin"),
        "{error}"
    );
    let error = refused(&["solidity", "0x1::coin", "--url", "http://127.0.0.1:1"]);
    assert!(error.contains("lumio dev"), "{error}");
}
