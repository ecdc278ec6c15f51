//! What goes wrong before a transaction is made: no node, no profile, no key.

use crate::chain::{Chain, Folder, ended};

#[test]
fn without_a_node_the_message_says_how_to_start_one() {
    let folder = Folder::alone();
    folder.ok("account create");
    folder.ok("new hello");
    let at = "--url http://127.0.0.1:9";
    for words in [
        "account show",
        "account balance",
        "run --function-id 0x1::m::f",
        "view --function-id 0x1::m::f",
        "publish hello --named-addresses hello=default",
    ] {
        let error = folder.fails(&format!("{words} {at}"));
        assert!(
            error.contains("no answer from http://127.0.0.1:9: "),
            "{words}: {error}"
        );
        assert!(error.contains("refused"), "{words}: {error}");
        assert!(error.contains("lumio dev"), "{words}: {error}");
        assert!(error.contains("--url"), "{words}: {error}");
    }
    let error = folder.fails("account show --url localhost:8080");
    assert!(error.contains("write http://HOST:PORT/v1"), "{error}");
}

#[test]
fn what_is_no_node_is_not_taken_for_one() {
    let chain = Chain::start();
    chain.ok("account create");
    let ethereum = chain.url("Ethereum");
    let error = chain.fails(&format!("account show --url {ethereum}"));
    assert!(error.contains("is it the URL of an Aptos API?"), "{error}");
    let secure = chain.url("Aptos").replace("http:", "https:");
    let error = chain.fails(&format!("account show --url {secure}"));
    assert!(
        error.contains("no answer from https://127.0.0.1:"),
        "{error}"
    );
    let error = chain.fails("account fund --faucet-url http://127.0.0.1:9");
    assert!(error.contains("the faucet does not answer"), "{error}");
    assert!(error.contains("--faucet-url"), "{error}");
    let error = chain.fails("account fund --amount 1e3");
    assert!(error.contains("1.5ETH"), "{error}");
}

#[test]
fn a_missing_profile_is_named_with_the_command_that_makes_it() {
    let folder = Folder::alone();
    let call = "run --function-id 0x1::m::f";
    let error = folder.fails(call);
    assert!(
        error.contains("there is no profile default (there is no .lumio/move.toml"),
        "{error}"
    );
    assert!(error.contains("`lumio move account create`"), "{error}");
    folder.ok("account create --profile alice");
    let error = folder.fails(&format!("{call} --profile bob"));
    assert!(error.contains("there is no profile bob"), "{error}");
    assert!(error.contains("move.toml has alice"), "{error}");
    assert!(
        error.contains("`lumio move account create --profile bob`"),
        "{error}"
    );
    let error = folder.fails("account show carol");
    assert!(error.contains("or a profile: alice"), "{error}");
    let mut command = folder.command(&["account", "balance"]);
    command.env("LUMIO_MOVE_PROFILE", "dora");
    assert!(ended(command).err.contains("there is no profile dora"));
}

#[test]
fn a_broken_key_is_not_shown() {
    let folder = Folder::alone();
    let digits = "c5338cd251c22daa8c9c9cc94f498cc8a5c7e1d2e75287a5dda91096fe64efa5";
    let call = "run --function-id 0x1::m::f";
    folder.write("key", &digits[..60]);
    let error = folder.fails(&format!("{call} --private-key-file key"));
    assert!(error.contains("key holds no private key"), "{error}");
    assert!(error.contains("64 hex digits"), "{error}");
    assert!(!error.contains(&digits[..60]), "{error}");
    let error = folder.fails(&format!("{call} --private-key-file none"));
    assert!(error.contains("cannot read none: No such file"), "{error}");
    std::fs::write(folder.path().join("key"), [0xff; 40]).unwrap();
    let error = folder.fails(&format!("{call} --private-key-file key"));
    assert!(error.contains("key holds no private key"), "{error}");

    folder.write(
        ".lumio/move.toml",
        &format!("[default]\naccount = \"0x1\"\nprivate-key = \"{digits}x\"\n"),
    );
    let error = folder.fails(call);
    assert!(error.contains("private-key of default"), "{error}");
    assert!(!error.contains(digits), "{error}");
    folder.write(
        ".lumio/move.toml",
        &format!("[default]\naccount = \"0x1\"\nprivate-key = {digits}\n"),
    );
    let error = folder.fails(call);
    assert!(error.contains("move.toml, line 3"), "{error}");
    assert!(!error.contains(&digits[..8]), "{error}");
    folder.write(
        ".lumio/move.toml",
        "[default]\naccount = \"0x1\"\nkey = \"\"\n",
    );
    let error = folder.fails(call);
    assert!(error.contains("move.toml, line"), "{error}");
}

#[test]
fn a_transaction_that_gets_into_no_block_is_given_up() {
    let folder = Folder::alone();
    let digits = "c5338cd251c22daa8c9c9cc94f498cc8a5c7e1d2e75287a5dda91096fe64efa5";
    let out = folder.ok(&format!("account create --json --private-key {digits}"));
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    let address: alloy_primitives::B256 = told["address"].as_str().unwrap().parse().unwrap();
    // No block will fund it: genesis does, under its form of an Ethereum address.
    let hash = alloy_primitives::keccak256([b"lumio/alias", address.as_slice()].concat());
    let account = alloy_primitives::Address::from_slice(&hash[12..]);
    let genesis =
        format!(r#"{{"config":{{}},"alloc":{{"{account}":{{"balance":"0xde0b6b3a7640000"}}}}}}"#);
    folder.write("genesis.json", &genesis);
    let genesis = folder.path().join("genesis.json");
    let chain = Chain::start_with(&["--no-mining", "--genesis", genesis.to_str().unwrap()]);
    let key = format!("--private-key {digits}");
    let words = format!("account transfer {key} --to 0xb0b --amount 1 --expiration-secs 1");
    let error = chain.fails(&words);
    assert!(error.contains("still waits for a block"), "{error}");
    assert!(error.contains("--no-mining"), "{error}");
    assert!(error.contains("--expiration-secs"), "{error}");
    chain.ok("account create");
    let error = chain.fails("account fund --expiration-secs 1");
    assert!(
        error.contains("still waits for a block after 1 s"),
        "{error}"
    );
}
