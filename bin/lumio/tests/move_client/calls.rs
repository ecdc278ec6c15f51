//! Entry functions, view functions and scripts with arguments of every kind.

use crate::chain::Chain;
use serde_json::{Value, json};

const KINDS: &str = r#"
module mine::kinds {
    use std::option::Option;
    use std::string::String;
    use aptos_framework::object::Object;
    use aptos_framework::fungible_asset::Metadata;

    struct Kept has key { text: String, number: u64 }

    #[view]
    public fun numbers(a: u8, b: u16, c: u32, d: u64, e: u128, f: u256): (u8, u16, u32, u64, u128, u256) {
        (a, b, c, d, e, f)
    }

    #[view]
    public fun others(a: bool, b: address, c: String, d: vector<u8>): (bool, address, String, vector<u8>) {
        (a, b, c, d)
    }

    #[view]
    public fun lists(a: vector<u64>, b: vector<String>, c: vector<vector<u8>>, d: Option<u64>, e: Option<u64>)
        : (vector<u64>, vector<String>, vector<vector<u8>>, Option<u64>, Option<u64>) {
        (a, b, c, d, e)
    }

    #[view]
    public fun object(a: Object<Metadata>): address { aptos_framework::object::object_address(&a) }

    #[view]
    public fun generic<T>(): String { aptos_std::type_info::type_name<T>() }

    public entry fun keep(account: &signer, text: String, number: u64) {
        move_to(account, Kept { text, number });
    }

    #[view]
    public fun kept(at: address): (String, u64) { (Kept[at].text, Kept[at].number) }

    public fun plain() {}

    /// It never works
    const ENEVER: u64 = 7;

    public entry fun never() { abort ENEVER }
}
"#;

const SCRIPT: &str = r#"
script {
    use std::signer;
    fun pay<Coin>(from: &signer, to: address, amount: u64, note: std::string::String) {
        assert!(note.length() == 2);
        assert!(signer::address_of(from) != to);
        aptos_framework::aptos_account::transfer_coins<Coin>(from, to, amount);
    }
}
"#;

fn chain() -> Chain {
    let chain = Chain::funded();
    chain.write(
        "kinds/Move.toml",
        "[package]\nname = \"Kinds\"\n[addresses]\nmine = \"_\"\n\
         [dependencies]\nAptosFramework = {}\n",
    );
    chain.write("kinds/sources/kinds.move", KINDS);
    chain.write("kinds/scripts/pay.move", SCRIPT);
    chain.ok("publish kinds --named-addresses mine=default");
    chain
}

#[test]
fn arguments_of_every_kind_arrive() {
    let chain = chain();
    let view = |function: &str, arguments: &[&str]| {
        chain.view(&format!("default::kinds::{function}"), arguments)
    };
    let big = "340282366920938463463374607431768211455";
    let typed = [
        "u8:1",
        "u16:2",
        "u32:3",
        "u64:18446744073709551615",
        &format!("u128:{big}"),
        "u256:6",
    ];
    let expected = json!([1, 2, 3, "18446744073709551615", big, "6"]);
    assert_eq!(view("numbers", &typed), expected);
    let bare = ["1", "2", "3", "18446744073709551615", big, "0x6"];
    assert_eq!(view("numbers", &bare), expected);

    let me = chain.address("default");
    let expected = json!([true, me, "hello, you: [1]", "0x0102"]);
    assert_eq!(
        view(
            "others",
            &[
                "bool:true",
                "address:default",
                "string:hello, you: [1]",
                "hex:0x0102"
            ]
        ),
        expected
    );
    assert_eq!(
        view("others", &["true", &me, "hello, you: [1]", "u8:[1,2]"]),
        expected
    );

    let expected = json!([["1", "2"], ["a", "b, c"], ["0x01", "0x"], {"vec": ["5"]}, {"vec": []}]);
    let given = [
        "u64:[1,2]",
        r#"string:["a","b, c"]"#,
        r#"hex:["0x01","0x"]"#,
        "u64:[5]",
        "u64:[]",
    ];
    assert_eq!(view("lists", &given), expected);
    assert_eq!(view("object", &["address:0xa"]), json!(["0xa"]));

    let generic = [
        "--function-id",
        "default::kinds::generic",
        "--type-args",
        "0x1::coin::Coin<u8>",
    ];
    let out: Value = serde_json::from_str(&chain.ok_with("view", &generic)).unwrap();
    assert_eq!(out, json!(["0x1::coin::Coin<u8>"]));

    chain.ok_with(
        "run --function-id default::kinds::keep --args",
        &["string:two words", "42"],
    );
    assert_eq!(view("kept", &["default"]), json!(["two words", "42"]));
    let version = "view --function-id default::kinds::kept --args default --ledger-version 1";
    assert!(
        chain.fails(version).contains("kinds"),
        "{}",
        chain.fails(version)
    );
}

#[test]
fn a_call_can_be_in_a_file() {
    let chain = chain();
    chain.write(
        "call.json",
        r#"{"function_id": "default::kinds::lists", "type_args": [], "args": [
            {"type": "u64", "value": [1, 2]}, {"type": "string", "value": ["a"]},
            {"type": "hex", "value": ["0x01"]}, {"type": "u64", "value": [18446744073709551615]},
            {"type": "u64", "value": []}]}"#,
    );
    let out: Value = serde_json::from_str(&chain.ok("view --json-file call.json")).unwrap();
    let most = u64::MAX.to_string();
    assert_eq!(
        out,
        json!([["1", "2"], ["a"], ["0x01"], {"vec": [most]}, {"vec": []}])
    );
    chain.write(
        "bad.json",
        r#"{"function_id": "default::kinds::never", "arg": []}"#,
    );
    let error = chain.fails("run --json-file bad.json");
    assert!(
        error.contains("bad.json holds no call: unknown field `arg`"),
        "{error}"
    );
    chain.write(
        "bad.json",
        r#"{"function_id": "default::kinds::kept", "args": [{"type": "addr", "value": "0x1"}]}"#,
    );
    let error = chain.fails("view --json-file bad.json");
    assert!(
        error.contains("\"addr\" is no type of an argument"),
        "{error}"
    );
}

#[test]
fn scripts_run_from_source_and_from_binaries() {
    let chain = chain();
    chain.ok("account create --profile bob");
    let coin = "--type-args 0x1::aptos_coin::AptosCoin";
    let source = format!("run-script --script-path kinds/scripts/pay.move {coin}");
    chain.ok(&format!("{source} --args address:bob u64:5 string:ok"));
    assert_eq!(chain.octas("bob"), 5);
    chain.ok("build kinds --named-addresses mine=default");
    let binary = format!(
        "run-script --compiled-script-path kinds/build/Kinds/bytecode_scripts/pay.mv {coin}"
    );
    let out = chain.ok(&format!("{binary} --args bob 6 ok --json"));
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(told["success"], true);
    assert_eq!(chain.octas("bob"), 11);

    let error = chain.fails(&format!("{binary} --args bob 6"));
    assert!(
        error.contains("the script takes (address, u64, 0x1::string::String), but was given 2"),
        "{error}"
    );
    let error = chain.fails(&format!("{source} --args bob u8:6 ok"));
    assert!(
        error.contains("argument 2 of the script: it takes u64, not u8: write u64:1"),
        "{error}"
    );
    let error = chain.fails("run-script --script-path kinds/scripts/pay.move --args bob 6 ok");
    assert!(
        error.contains("the script takes 1 type arguments, not 0"),
        "{error}"
    );
    let error = chain
        .fails("run-script --compiled-script-path kinds/build/Kinds/bytecode_modules/kinds.mv");
    assert!(error.contains("this is no script"), "{error}");
    let error = chain.fails("run-script --script-path kinds/sources/kinds.move");
    assert!(error.contains("error"), "{error}");
    chain.write("bad.move", "script { fun main() { 1 + true; } }");
    let error = chain.run("run-script --script-path bad.move");
    assert_eq!(error.code, 1);
    assert!(error.err.contains("bad.move:1:"), "{error:?}");
    assert!(error.err.contains("bad.move has 1 error"), "{error:?}");
}

#[test]
fn wrong_calls_are_told_apart() {
    let chain = chain();
    let run = |words: &str| chain.fails(&format!("run --function-id {words}"));
    let view = |words: &str| chain.fails(&format!("view --function-id {words}"));
    for (error, parts) in [
        (
            run("default::kinds"),
            vec!["write ADDRESS::MODULE::FUNCTION"],
        ),
        (
            run("bob::kinds::keep"),
            vec!["\"bob\" is no address", "or a profile: default"],
        ),
        (run("default::kinds::ke-ep"), vec!["is no function"]),
        (
            run("default::kind::keep"),
            vec!["there is no module 0x", "::kind at http://127.0.0.1:"],
        ),
        (
            run("default::kinds::kep"),
            vec!["has no function kep", "keep, ", "numbers"],
        ),
        (
            run("default::kinds::plain"),
            vec!["is no entry function; other functions"],
        ),
        (
            run("default::kinds::kept --args 0x1"),
            vec!["is no entry function: `lumio move view` calls it"],
        ),
        (
            view("default::kinds::never"),
            vec!["has no #[view]", "`lumio move run` calls it"],
        ),
        (
            run("default::kinds::keep --args u64:1 u64:2"),
            vec![
                "argument 1 of default::kinds::keep: it takes 0x1::string::String, not u64: write string:hello",
            ],
        ),
        (
            run("default::kinds::keep --args a -1"),
            vec!["argument 2", "\"-1\" is no u64"],
        ),
        (
            run("default::kinds::keep --args a"),
            vec!["takes (0x1::string::String, u64), but was given 1 arguments"],
        ),
        (
            run("default::kinds::keep --type-args u8 --args a 1"),
            vec!["takes 0 type arguments, not 1"],
        ),
        (
            view("default::kinds::generic"),
            vec!["takes 1 type arguments, not 0"],
        ),
        (
            view("default::kinds::generic --type-args coin"),
            vec!["--type-args: \"coin\" is no type"],
        ),
        (
            view("default::kinds::kept --args 0x5"),
            vec![
                "default::kinds::kept: ",
                "Execution failed in 0x",
                "There, the address has no Kept",
            ],
        ),
        (
            run("default::kinds::never"),
            vec![
                "a simulation of the transaction fails: Move abort in 0x",
                "ENEVER(0x7): It never works",
            ],
        ),
    ] {
        for part in parts {
            assert!(error.contains(part), "{part:?} is not in {error}");
        }
    }
}
