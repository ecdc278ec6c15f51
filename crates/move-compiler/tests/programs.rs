//! Random programs that are right compile, pass the verifier, and do the same on both interpreters.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../../move-engine/tests/memory/mod.rs"]
mod memory;

mod generate;

use std::{env, fs, path::Path};

use lumio_move_compiler::{Compilation, Input, Options, Severity, compile, render};
use lumio_move_engine::{Address, Engine, Gas, Interpreter, Natives, Session, code::Code};
use memory::Memory;
use proptest::prelude::*;

/// Enough for what is generated.
const GAS: u64 = 100_000_000;

fn compiled(text: &str, newer: bool) -> Compilation {
    let std = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../move-engine/tests/differential/std/sources/vector.move");
    let input = |text: String, name: &str, is_root| Input {
        path: name.into(),
        text,
        is_root,
        package: name.into(),
    };
    let inputs = vec![
        input(fs::read_to_string(std).unwrap(), "vector", false),
        input(text.into(), "generated", true),
    ];
    let options = Options {
        bytecode_version: if newer { 9 } else { 7 },
        raise_version: false,
        tests: true,
        dependencies: true,
        addresses: [("std", 1), ("a", 7)]
            .into_iter()
            .map(|(name, address)| (name.to_owned(), Address::small(address)))
            .collect(),
    };
    compile(inputs, &options)
}

/// How each test ends, and how much gas is left.
fn outcomes(compilation: &Compilation, interpreter: Interpreter) -> Vec<String> {
    let mut memory = Memory::default();
    for unit in &compilation.units {
        memory.add(&unit.bytes);
    }
    let engine = Engine {
        natives: Natives::standard(),
        interpreter,
        ..Engine::default()
    };
    let mut code = Code::default();
    let mut found = Vec::new();
    for test in &compilation.tests {
        let mut session = Session::new(&engine, &mut code, &mut memory).unwrap();
        let gas = &mut Gas::new(GAS);
        let result = session.call(&test.module, &test.function, &[], &[], gas);
        let error = result.unwrap_err();
        let details = error.details();
        found.push(format!(
            "{}: {} {:?} at {:?}, {} gas left",
            test.function,
            details.status,
            details.sub_status,
            details.offsets,
            gas.left()
        ));
    }
    found
}

fn check(seed: u64, newer: bool) {
    let text = generate::program(seed, newer);
    let compilation = compiled(&text, newer);
    let all = compilation.diagnostics.iter();
    let errors: Vec<String> = all
        .filter(|d| d.severity == Severity::Error)
        .map(|d| render(d, &compilation.sources, false))
        .collect();
    if !errors.is_empty() {
        if let Some(folder) = env::var_os("GENERATED") {
            let name = format!("seed{seed}.move");
            fs::write(Path::new(&folder).join(name), &text).unwrap();
        }
        panic!("seed {seed}, newer {newer}:\n{}", errors.join("\n"));
    }
    let plain = outcomes(&compilation, Interpreter::Plain);
    let fast = outcomes(&compilation, Interpreter::Fast);
    assert!(!plain.is_empty());
    assert_eq!(plain, fast, "seed {seed}, newer {newer}");
}

proptest! {
    #![proptest_config(ProptestConfig {
        max_shrink_iters: 0,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn programs_compile_and_run_alike(seed: u64) {
        check(seed, false);
    }

    #[test]
    fn programs_with_function_values_and_signed_integers_do(seed: u64) {
        check(seed, true);
    }
}
