//! The framework's own unit tests, written in Move beside its modules, on both interpreters; and
//! that both take the same gas.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use lumio_move_compiler::{
    Compilation, Options, TestBed, compile,
    package::{LoadOptions, Package},
    render, run_tests,
};
use lumio_move_engine::{Engine, Interpreter};
use lumio_vm_move::unit_test::{TestChain, test_engine};
use std::path::Path;

fn compiled(folder: &str) -> Compilation {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../framework/move");
    let options = LoadOptions {
        dev: true,
        ..LoadOptions::default()
    };
    let package = Package::load(&root.join(folder), &options).unwrap();
    let options = Options {
        bytecode_version: 8,
        raise_version: false,
        tests: true,
        dependencies: true,
        addresses: package.addresses.clone(),
    };
    let compilation = compile(package.inputs, &options);
    if compilation.has_errors() {
        for diagnostic in &compilation.diagnostics {
            eprintln!("{}\n", render(diagnostic, &compilation.sources, false));
        }
        panic!("{folder} does not compile");
    }
    compilation
}

fn run(folder: &str, at_least: usize) {
    let compilation = compiled(folder);
    let mut gas = Vec::new();
    for interpreter in [Interpreter::Fast, Interpreter::Plain] {
        let engine = Engine {
            interpreter,
            ..test_engine()
        };
        let bed = TestBed {
            engine: &engine,
            chain: &|modules| Box::new(TestChain::new(modules)),
            gas_limit: 1_000_000_000,
        };
        let results = run_tests(&compilation, "", &bed);
        let failed: Vec<String> = results
            .iter()
            .filter_map(|result| {
                let (test, why) = (&result.test, result.failure.as_ref()?);
                Some(format!("{}::{}: {why}", test.module, test.function))
            })
            .collect();
        assert!(failed.is_empty(), "{interpreter:?}: {}", failed.join("\n"));
        assert!(results.len() >= at_least, "{} tests", results.len());
        gas.push(results.iter().map(|r| r.gas).collect::<Vec<_>>());
    }
    assert_eq!(gas[0], gas[1]);
}

#[test]
fn move_stdlib() {
    run("move-stdlib", 70);
}

#[test]
fn aptos_stdlib() {
    run("aptos-stdlib", 300);
}

#[test]
fn aptos_framework() {
    run("aptos-framework", 550);
}

#[test]
fn aptos_token() {
    run("aptos-token", 100);
}

#[test]
fn aptos_token_objects() {
    run("aptos-token-objects", 110);
}

#[test]
fn large_packages() {
    run("large-packages", 5);
}
