//! Keys, profiles, the faucet, balances, transfers.

use crate::chain::{Chain, Folder, ended};
use serde_json::Value;
use std::{fs, os::unix::fs::PermissionsExt as _};

#[test]
fn a_profile_is_made_once_and_for_its_owner_only() {
    let folder = Folder::alone();
    let out = folder.ok("account create");
    assert!(out.contains("profile  default in "), "{out}");
    assert!(out.contains("address  0x"), "{out}");
    let path = folder.path().join(".lumio/move.toml");
    let text = fs::read_to_string(&path).unwrap();
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(text.contains("private-key = \"ed25519-priv-0x"), "{text}");
    assert!(!out.contains("priv"), "the key is not shown: {out}");
    assert_eq!(folder.read(".lumio/.gitignore"), b"*\n");

    let error = folder.fails("account create");
    assert!(error.contains("has a profile default already"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    folder.ok("account create --profile bob --key-type secp256k1 --url http://127.0.0.1:9");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("private-key = \"secp256k1-priv-0x"), "{text}");
    let list = folder.ok("account list");
    let lines: Vec<_> = list.lines().collect();
    assert!(lines[0].starts_with("bob      0x"), "{list}");
    assert!(lines[0].ends_with("  http://127.0.0.1:9/v1"), "{list}");
    assert!(lines[1].starts_with("default  0x"), "{list}");
    folder.ok("account create --force");
    assert_ne!(folder.ok("account list"), list);
    // Folders below find the same file.
    fs::create_dir(folder.path().join("below")).unwrap();
    let mut command = folder.command(&["account", "list"]);
    command.current_dir(folder.path().join("below"));
    assert_eq!(ended(command).out, folder.ok("account list"));
    // Who lets others read the keys is told.
    assert_eq!(folder.run("account list").err, "");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let listed = folder.run("account list");
    assert_eq!(listed.code, 0);
    assert!(
        listed
            .err
            .contains("warning: other users may read the keys")
    );
    assert!(listed.err.contains("chmod 600 "), "{listed:?}");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let error = folder.fails("account create --profile ../x");
    assert!(error.contains("is no name for a profile"), "{error}");
}

#[test]
fn a_key_gives_the_address_that_other_tools_give_it() {
    // Of the Aptos SDK: `Account.fromPrivateKey` with an `Ed25519PrivateKey`, and `SingleKeyAccount`
    // with a `Secp256k1PrivateKey`, both of these digits.
    let folder = Folder::alone();
    let digits = "c5338cd251c22daa8c9c9cc94f498cc8a5c7e1d2e75287a5dda91096fe64efa5";
    folder.write("key", &format!("0x{digits}\n"));
    let address = |words: &str| {
        let out = folder.ok(&format!("account create --force --json {words}"));
        let told: Value = serde_json::from_str(&out).unwrap();
        told["address"].as_str().unwrap().to_owned()
    };
    let ed25519 = "0x978c213990c4833df71548df7ce49d54c759d6b6d932de22b24d56060b7af2aa";
    let secp256k1 = "0xb568364ba54fb7e051a7275b39e0770bb0ee8ec3c092be60e3f9327193f5ff4d";
    assert_eq!(address("--private-key-file key"), ed25519);
    assert_eq!(address(&format!("--private-key {digits}")), ed25519);
    assert_eq!(
        address("--private-key-file key --key-type secp256k1"),
        secp256k1
    );
    let bytes: Vec<u8> = (0..32)
        .map(|at| u8::from_str_radix(&digits[at * 2..at * 2 + 2], 16).unwrap())
        .collect();
    fs::write(folder.path().join("bytes"), bytes).unwrap();
    assert_eq!(address("--private-key-file bytes"), ed25519);
    let mut command = folder.command(&["account", "create", "--force", "--json"]);
    command.env(
        "LUMIO_MOVE_PRIVATE_KEY",
        format!("secp256k1-priv-0x{digits}"),
    );
    let told = ended(command).json();
    assert_eq!(told["address"], secp256k1);
}

#[test]
fn money_comes_from_the_faucet_and_goes_to_others() {
    let chain = Chain::start();
    chain.ok("account create");
    chain.ok("account create --profile bob --key-type secp256k1");
    assert_eq!(chain.ok("account balance"), "0 ETH (0 octas)\n");
    let out = chain.ok("account fund --amount 2.5ETH");
    assert!(
        out.ends_with("balance  2.5 ETH (250000000 octas)\n"),
        "{out}"
    );
    chain.ok("account fund bob --amount 100000000");
    chain.ok("account fund --account bob");
    assert_eq!(chain.octas("bob"), 200_000_000);

    let out = chain.ok("account transfer --to bob --amount 0.5ETH --json");
    let told: Value = serde_json::from_str(&out).unwrap();
    let fee: u64 = told["fee_octas"].as_str().unwrap().parse().unwrap();
    assert!(fee > 0);
    assert_eq!(chain.octas("default"), 200_000_000 - fee);
    assert_eq!(chain.octas("bob"), 250_000_000);
    // An Ethereum key signs as well.
    chain.ok("account transfer --profile bob --to default --amount 1");
    assert_eq!(chain.octas("default"), 200_000_001 - fee);

    let show = chain.ok("account show bob --json");
    let told: Value = serde_json::from_str(&show).unwrap();
    assert_eq!(told["address"], chain.address("bob").as_str());
    assert_eq!(told["sequence_number"], "1");
    assert_eq!(told["modules"], serde_json::json!([]));
    let resources: Value = serde_json::from_str(&chain.ok("account resources 0x1")).unwrap();
    let kinds: Vec<_> = resources
        .as_array()
        .unwrap()
        .iter()
        .map(|r| &r["type"])
        .collect();
    assert!(
        kinds
            .iter()
            .any(|kind| **kind == "0x1::code::PackageRegistry"),
        "{kinds:?}"
    );
}

#[test]
fn a_sender_needs_money_and_the_right_key() {
    let chain = Chain::published();
    chain.ok("account create --profile poor");
    let poor = chain.address("poor");
    let short = format!("0x{}", poor[2..].trim_start_matches('0'));
    let error = chain.fails("run --profile poor --function-id default::counter::start");
    let advice = format!("lumio move account fund --account {short}");
    assert!(error.contains(&advice), "{error}");
    let error = chain.fails("run --profile poor --function-id default::counter::start --max-gas 1000 --gas-unit-price 100");
    assert!(error.contains(&advice), "{error}");
    let error = chain.fails("account transfer --to poor --amount 1000ETH");
    assert!(error.contains("EINSUFFICIENT_BALANCE"), "{error}");
    assert!(error.contains("less of the coin"), "{error}");

    let error = chain.fails("run --sender-account 0x1 --function-id default::counter::start");
    assert!(error.contains("the key is not that of 0x1"), "{error}");
    assert!(error.contains("--sender-account"), "{error}");
    for (gas, advice) in [
        ("--max-gas 1", "Raise --max-gas"),
        ("--max-gas 999999999", "Lower --max-gas"),
        ("--gas-unit-price 0", "Leave out --gas-unit-price"),
    ] {
        let error = chain.fails(&format!("run --function-id default::counter::start {gas}"));
        assert!(error.contains(advice), "{gas}: {error}");
    }
    chain.ok("run --function-id default::counter::start --max-gas 5000 --gas-unit-price 200");
}

#[test]
fn a_key_that_was_rotated_acts_for_its_old_address() {
    let chain = Chain::published();
    let old = chain.address("default");
    chain.ok("account create --profile new");
    let text = String::from_utf8(chain.read(".lumio/move.toml")).unwrap();
    // Whoever has a key can rotate to another one without a proof of that one.
    let new = chain.address("new");
    let args = format!("hex:{new}");
    let call = "run --function-id 0x1::account::rotate_authentication_key_call --args";
    chain.ok(&format!("{call} {args}"));
    let error = chain.fails("run --function-id default::counter::start");
    assert!(error.contains("the key is not that of 0x"), "{error}");
    chain.ok("run --profile new --sender-account default --function-id default::counter::start");
    let digits = text.split("[new]").nth(1).unwrap();
    let key = digits
        .split("private-key = \"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    chain.ok(&format!(
        "account create --force --private-key {key} --address {old}"
    ));
    chain.ok("run --function-id default::counter::raise --args default");
    let show = chain.ok("account show");
    assert!(
        show.contains(&format!("key              {new}\n")),
        "{show}"
    );
}
