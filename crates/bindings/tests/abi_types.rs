//! Modules that are written for contracts compile, whatever types their ABI has.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use lumio_bindings::{JsonAbi, ModuleOptions, find_abi, module};
use lumio_move_compiler::{Input, Options, compile, render};
use lumio_move_engine::Address;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Compiles a module with the framework; returns what is wrong with it, warnings too.
fn problems(text: &str) -> Vec<String> {
    let packages = lumio_framework::PACKAGES.iter();
    let packages = packages
        .filter(|package| ["MoveStdlib", "AptosStdlib", "AptosFramework"].contains(&package.name));
    let mut inputs: Vec<Input> = packages
        .flat_map(|package| {
            package.sources.iter().map(|(name, text)| Input {
                path: format!("{}/{name}", package.name).into(),
                text: (*text).to_owned(),
                is_root: false,
                package: package.name.to_owned(),
            })
        })
        .collect();
    inputs.push(Input {
        path: "bindings.move".into(),
        text: text.to_owned(),
        is_root: true,
        package: "Bindings".into(),
    });
    let one = ["std", "aptos_std", "aptos_framework", "vm_reserved"];
    let mut addresses: std::collections::BTreeMap<_, _> = one
        .iter()
        .map(|name| ((*name).to_owned(), Address::ONE))
        .collect();
    addresses.insert("bindings".into(), "0xb1d".parse().unwrap());
    let options = Options {
        bytecode_version: 8,
        raise_version: true,
        tests: false,
        dependencies: false,
        addresses,
    };
    let compilation = compile(inputs, &options);
    let diagnostics = compilation.diagnostics.iter();
    let texts = diagnostics.map(|diagnostic| render(diagnostic, &compilation.sources, false));
    texts
        .filter(|text| text.contains("bindings.move"))
        .collect()
}

fn written(items: &[Value]) -> (JsonAbi, String) {
    let (_, abi) = find_abi(&json!(items).to_string(), None).unwrap();
    let text = module(&abi, &ModuleOptions::of("Contract")).text;
    // The same each time.
    assert_eq!(module(&abi, &ModuleOptions::of("Contract")).text, text);
    (abi, text)
}

fn compiles(items: &[Value]) -> String {
    let (_, text) = written(items);
    let problems = problems(&text);
    assert!(problems.is_empty(), "{}\n{text}", problems.join("\n"));
    text
}

fn function(name: &str, inputs: &[Value], outputs: &[Value], mutability: &str) -> Value {
    json!({
        "type": "function", "name": name, "inputs": inputs, "outputs": outputs, "stateMutability": mutability,
    })
}

fn plain(ty: &str, name: &str) -> Value {
    json!({ "type": ty, "name": name })
}

fn elementary() -> Vec<String> {
    let mut types: Vec<String> = ["bool", "address", "string", "bytes"]
        .map(String::from)
        .to_vec();
    types.extend(
        (8..=256)
            .step_by(8)
            .flat_map(|bits| [format!("uint{bits}"), format!("int{bits}")]),
    );
    types.extend((1..=32).map(|length| format!("bytes{length}")));
    types
}

#[test]
fn all_elementary_types_alone_in_arrays_and_in_structs() {
    // A module has room for a thousand functions.
    for (chunk, types) in elementary().chunks(20).enumerate() {
        let mut items = Vec::new();
        for (number, ty) in types.iter().enumerate() {
            for (suffix, array) in ["", "[]", "[2]", "[][3]"].iter().enumerate() {
                let ty = format!("{ty}{array}");
                let name = format!("f{number}x{suffix}");
                items.push(function(
                    &name,
                    &[plain(&ty, "a")],
                    &[plain(&ty, "")],
                    "nonpayable",
                ));
            }
            let tuple = json!({
                "type": "tuple[]", "name": "p", "internalType": format!("struct C.S{number}[]"),
                "components": [plain(ty, "one"), plain(&format!("{ty}[]"), "many")],
            });
            let tuples = std::slice::from_ref(&tuple);
            items.push(function(&format!("g{number}"), tuples, tuples, "view"));
        }
        let text = compiles(&items);
        let first = "fun f0x0(self: &Contract, caller: &signer, a: bool): bool";
        assert!(chunk > 0 || text.contains(first), "{text}");
        assert!(!text.contains("Not here"), "{text}");
    }
}

#[test]
fn names_that_move_does_not_allow_are_changed() {
    let odd = [
        "move",
        "self",
        "_x",
        "$y",
        "Vector",
        "u8",
        "at",
        "contract",
        "evm",
        "signer",
        "init_module",
        "x1",
        "X1",
    ];
    let mut items: Vec<Value> = odd
        .iter()
        .map(|name| {
            let inputs: Vec<_> = odd.iter().map(|name| plain("uint256", name)).collect();
            function(name, &inputs, &inputs, "payable")
        })
        .collect();
    items.push(json!({ "type": "receive", "stateMutability": "payable" }));
    compiles(&items);
}

#[test]
fn overloads_are_told_apart() {
    let inputs = |types: &[(&str, &str)]| {
        types
            .iter()
            .map(|(ty, name)| plain(ty, name))
            .collect::<Vec<_>>()
    };
    let items = [
        function("set", &inputs(&[("uint256", "number")]), &[], "nonpayable"),
        function("set", &inputs(&[("address", "who")]), &[], "nonpayable"),
        function(
            "set",
            &inputs(&[("address", "who"), ("bytes", "data")]),
            &[],
            "nonpayable",
        ),
        function("set", &[], &[], "nonpayable"),
        function(
            "set",
            &inputs(&[("uint256[]", ""), ("uint256[2]", "")]),
            &[],
            "nonpayable",
        ),
    ];
    let text = compiles(&items);
    for name in [
        "set",
        "set_with_number",
        "set_with_who",
        "set_with_who_and_data",
        "set_of_uint256s_uint256_2",
    ] {
        assert!(
            text.contains(&format!("public fun {name}(")),
            "{name}: {text}"
        );
    }
}

#[test]
fn a_contract_at_one_address_needs_no_handle() {
    let (_, abi) = find_abi(
        &json!([function(
            "totalSupply",
            &[],
            &[plain("uint256", "")],
            "view"
        )])
        .to_string(),
        None,
    )
    .unwrap();
    let mut options = ModuleOptions::of("Token");
    options.at = Some("0x7007".into());
    let text = module(&abi, &options).text;
    assert!(problems(&text).is_empty(), "{text}");
    assert!(
        text.contains("const CONTRACT: address = @0x7007;"),
        "{text}"
    );
    assert!(
        text.contains("public fun total_supply(caller: &signer): u256 {"),
        "{text}"
    );
}

#[test]
fn what_has_no_form_is_listed_with_the_reason() {
    let items = [
        function("run", &[plain("function", "f")], &[], "nonpayable"),
        function("low", &[plain("fixed128x18", "f")], &[], "nonpayable"),
    ];
    let text = compiles(&items);
    assert!(
        text.contains("// - run(function): Move has nothing like `function`"),
        "{text}"
    );
    assert!(
        text.contains("// - low(fixed128x18): Move has nothing like `fixed128x18`"),
        "{text}"
    );
}

/// A parameter of any type, with structs in structs.
fn any_parameter() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "", "a", "to", "value", "self", "_data", "move", "let", "x",
    ]);
    let arrays = prop::sample::select(vec!["", "", "", "[]", "[1]", "[3][]"]);
    let leaf = (
        prop::sample::select(elementary()),
        arrays.clone(),
        names.clone(),
    )
        .prop_map(|(ty, array, name)| plain(&format!("{ty}{array}"), name));
    leaf.prop_recursive(3, 24, 4, move |inner| {
        let components = prop::collection::vec(inner, 1..4);
        (components, arrays.clone(), names.clone(), 0..6_u8).prop_map(|(components, array, name, number)| {
            let mut tuple = json!({ "type": format!("tuple{array}"), "name": name, "components": components });
            if number > 0 {
                tuple["internalType"] = json!(format!("struct Lib.Thing{number}{array}"));
            }
            tuple
        })
    })
}

fn any_function() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "transfer",
        "get",
        "set",
        "at",
        "move",
        "try_get",
        "getReturns",
        "use",
        "f",
    ]);
    let mutability = prop::sample::select(vec!["view", "pure", "nonpayable", "payable"]);
    let parameters = || prop::collection::vec(any_parameter(), 0..4);
    (names, parameters(), parameters(), mutability).prop_map(
        |(name, inputs, outputs, mutability)| function(name, &inputs, &outputs, mutability),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_abi_gives_a_module_that_compiles(items in prop::collection::vec(any_function(), 1..24)) {
        // Two functions of one signature are no ABI.
        let mut seen = std::collections::BTreeSet::new();
        let items: Vec<Value> = items
            .into_iter()
            .filter(|item| {
                let (abi, _) = written(std::slice::from_ref(item));
                seen.insert(abi.functions().next().unwrap().signature())
            })
            .collect();
        compiles(&items);
    }
}
