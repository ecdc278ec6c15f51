//! Packages: published, called, upgraded; at accounts and at objects.

use crate::chain::{Chain, ended};
use serde_json::json;

#[test]
fn a_package_goes_its_whole_way() {
    let chain = Chain::funded();
    chain.ok("new hello");
    let out = chain.ok("publish hello --named-addresses hello=default");
    let address = chain.address("default");
    let short = format!("0x{}", address[2..].trim_start_matches('0'));
    let first = out.lines().next().unwrap();
    assert_eq!(
        first,
        format!("published hello at {short}: {short}::counter")
    );
    for part in [
        "transaction  0x",
        "version      ",
        "gas          ",
        " octas: 0.0",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    assert!(
        out.ends_with("status       Executed successfully\n"),
        "{out}"
    );

    chain.ok("run --function-id default::counter::start");
    let error = chain.fails("run --function-id default::counter::start");
    assert!(
        error.contains("There, the account has Counter already"),
        "{error}"
    );
    let raise = "run --function-id default::counter::raise --args";
    chain.ok(&format!("{raise} address:default"));
    chain.ok(&format!("{raise} default"));
    assert_eq!(
        chain.view("default::counter::value", &[&address]),
        json!(["2"])
    );
    let show = chain.ok("account show");
    assert!(show.contains("sequence number  4\n"), "{show}");
    assert!(show.contains("modules          counter\n"), "{show}");

    // An upgrade may add.
    let path = "hello/sources/hello.move";
    chain.replace(
        path,
        "    #[view]\n",
        "    #[view]\n    public fun twice(at: address): u64 { value(at) * 2 }\n\n    #[view]\n",
    );
    let out = chain.ok("publish hello --named-addresses hello=default --json");
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(told["is_upgrade"], true);
    assert_eq!(told["success"], true);
    assert_eq!(told["package"], "hello");
    assert_eq!(told["modules"], json!([format!("{short}::counter")]));
    assert!(told["transaction_hash"].as_str().unwrap().starts_with("0x"));
    assert_eq!(
        chain.view("default::counter::twice", &["default"]),
        json!(["4"])
    );

    // But it may not change what others rely on.
    chain.replace(
        path,
        "public entry fun raise(at: address)",
        "public entry fun raise(at: address, _by: u64)",
    );
    chain.replace(path, "raise(at);", "raise(at, 1);");
    let error = chain.fails("publish hello --named-addresses hello=default");
    assert!(
        error.contains("BACKWARD_INCOMPATIBLE_MODULE_UPDATE"),
        "{error}"
    );
    assert!(
        error.contains("a simulation of the transaction fails"),
        "{error}"
    );
    assert!(error.contains("--object NAME makes a new one"), "{error}");
    chain.ok(&format!("{raise} default"));
    let show = chain.ok("account show");
    assert!(
        show.contains("sequence number  6\n"),
        "nothing was paid: {show}"
    );
}

#[test]
fn a_package_lives_at_an_object_of_its_owner() {
    let chain = Chain::funded();
    chain.ok("new hello");
    let out = chain.ok("publish hello --object hello --json");
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    let object = told["object_address"].as_str().unwrap().to_owned();
    assert_ne!(object, chain.address("default"));
    assert_eq!(told["modules"], json!([format!("{object}::counter")]));
    chain.ok(&format!("run --function-id {object}::counter::start"));
    let value = format!("{object}::counter::value");
    assert_eq!(chain.view(&value, &["default"]), json!(["0"]));

    let upgrade = format!("publish hello --object hello --object-address {object}");
    let out = chain.ok(&upgrade);
    assert!(
        out.starts_with(&format!("upgraded hello at object {object}")),
        "{out}"
    );
    chain.ok("account create --profile bob");
    chain.ok("account fund bob");
    let error = chain.fails(&format!("{upgrade} --profile bob"));
    assert!(error.contains("ENOT_CODE_OBJECT_OWNER"), "{error}");
    // A second object, beside the first.
    let out = chain.ok("publish hello --object hello --json");
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_ne!(told["object_address"], object.as_str());
}

#[test]
fn packages_build_on_each_other() {
    let chain = Chain::funded();
    chain.write(
        "base/Move.toml",
        "[package]\nname = \"Base\"\n[addresses]\nmine = \"_\"\n\
         [dependencies]\nAptosFramework = {}\n",
    );
    // Names in an order that is not that of linking.
    chain.write(
        "base/sources/all.move",
        "module mine::a { public fun one(): u64 { mine::z::one() } }\n\
         module mine::z { public fun one(): u64 { 1 } }\n",
    );
    chain.write(
        "above/Move.toml",
        "[package]\nname = \"Above\"\nupgrade_policy = \"immutable\"\n\
         [dependencies]\nBase = { local = \"../base\" }\n",
    );
    chain.write(
        "above/sources/m.move",
        "module mine::m { #[view] public fun two(): u64 { mine::a::one() + 1 } }\n",
    );
    let at = "--named-addresses mine=default";
    let error = chain.fails(&format!("publish above {at}"));
    assert!(error.contains("EPACKAGE_DEP_MISSING"), "{error}");
    assert!(
        error.contains("Publish the packages under [dependencies] first"),
        "{error}"
    );
    let out = chain.ok(&format!("publish base {at}"));
    assert!(out.contains("::z, 0x"), "{out}");
    let error = chain.fails(&format!("publish above {at}"));
    assert!(error.contains("EDEP_WEAKER_POLICY"), "{error}");
    chain.replace("above/Move.toml", "immutable", "compatible");
    chain.ok(&format!("publish above {at}"));
    assert_eq!(chain.view("default::m::two", &[]), json!(["2"]));
    chain.replace("above/Move.toml", "compatible", "immutable");
    let error = chain.fails(&format!("publish above {at}"));
    assert!(error.contains("EDEP_WEAKER_POLICY"), "{error}");
}

#[test]
fn what_is_only_tried_is_not_sent() {
    let chain = Chain::funded();
    chain.ok("new hello");
    let before = chain.octas("default");
    let out = chain.ok("publish hello --named-addresses hello=default --simulate");
    assert!(out.starts_with("would publish hello at 0x"), "{out}");
    assert!(out.contains("simulation   nothing was sent\n"), "{out}");
    assert_eq!(chain.octas("default"), before);
    let error = chain.fails("view --function-id default::counter::value --args default");
    assert!(error.contains("there is no module"), "{error}");
}

#[test]
fn packages_that_cannot_be_published_are_refused_before_they_are_sent() {
    let chain = Chain::funded();
    chain.ok("new hello");
    let error = chain.fails("publish hello");
    assert!(error.contains("--named-addresses hello=0x"), "{error}");
    let error = chain.fails("publish hello --named-addresses hello=0x5");
    assert!(
        error.contains("module 0x5::counter is not at the account 0x"),
        "{error}"
    );
    assert!(error.contains("--named-addresses hello=0x"), "{error}");
    let error = chain.fails("publish hello --object other --named-addresses hello=0x5");
    assert!(error.contains("is not at the object 0x"), "{error}");
    let error = chain.fails("publish hello --named-addresses hello=nobody");
    assert!(error.contains("or a profile: default"), "{error}");
    let error = chain.fails("publish nowhere --named-addresses hello=default");
    assert!(error.contains("nowhere has no Move.toml"), "{error}");
    chain.replace(
        "hello/Move.toml",
        "version =",
        "upgrade_policy = \"weak\"\nversion =",
    );
    let error = chain.fails("publish hello --named-addresses hello=default");
    assert!(
        error.contains("write \"compatible\" or \"immutable\""),
        "{error}"
    );
    chain.replace("hello/Move.toml", "weak", "arbitrary");
    let error = chain.fails("publish hello --named-addresses hello=default");
    assert!(error.contains("EINCOMPATIBLE_POLICY_DISABLED"), "{error}");
    assert!(error.contains("Set upgrade_policy"), "{error}");
    let usage = ended(chain.command(&["publish", "hello", "--object-address", "0x1"]));
    assert_eq!(usage.code, 2, "{usage:?}");
}
