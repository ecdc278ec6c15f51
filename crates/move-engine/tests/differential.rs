//! Test functions of Move packages give here what they gave in an Aptos-derived machine.
//!
//! `differential/rebuild.sh` compiles the packages and records the outcomes. With `MOVE_COMPILE`
//! set to the compiler's command, the record itself is checked to be current.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod memory;

use std::{collections::BTreeMap, env, fs, path::Path, process::Command};

use lumio_move_engine::{
    Address, Engine, Gas, Interpreter, ModuleId, Natives, Session, StatusCode, VmError,
    code::Code,
    format::{SignatureToken, read_module},
};
use memory::Memory;

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential")
}

/// The addresses of the signers of a test, by the test's name, from `#[test(a = @0x1)]`.
fn signers() -> BTreeMap<String, Vec<Address>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder().join("basics/sources")).unwrap() {
        let source = fs::read_to_string(entry.unwrap().path()).unwrap();
        let mut module = "";
        for line in source.lines() {
            if let Some(rest) = line.strip_prefix("module t::") {
                module = rest.split([' ', '{']).next().unwrap();
            }
            let Some((attribute, rest)) = line.trim().split_once("] fun ") else {
                continue;
            };
            let Some(list) = attribute.strip_prefix("#[test(") else {
                continue;
            };
            let name = rest.split('(').next().unwrap();
            let addresses = list
                .trim_end_matches(')')
                .split(',')
                .map(|one| one.split_once('@').unwrap().1.parse().unwrap())
                .collect();
            found.insert(format!("{module}::{name}"), addresses);
        }
    }
    found
}

fn outcome(result: Result<(), VmError>) -> String {
    let Err(error) = result else {
        return "PASS".into();
    };
    let details = error.details();
    let sub = match details.status {
        StatusCode::Aborted | StatusCode::VectorOperationError => {
            format!(" {}", details.sub_status.unwrap())
        }
        _ => String::new(),
    };
    format!("{}{sub} in {}", details.status, details.location)
}

fn run_all(interpreter: Interpreter) {
    let mut memory = Memory::default();
    for entry in fs::read_dir(folder().join("basics/modules")).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        memory.add(&bytes);
    }
    let engine = Engine {
        natives: Natives::standard(),
        interpreter,
        ..Engine::default()
    };
    let mut code = Code::default();
    let signers = signers();
    let expected = fs::read_to_string(folder().join("basics/expected.txt")).unwrap();
    let mut wrong = Vec::new();
    for line in expected.lines() {
        let (name, expected) = line.split_once(' ').unwrap();
        let (module, function) = name.split_once("::").unwrap();
        let module = ModuleId::new(Address::small(0x42), module);
        let arguments: Vec<_> = signers
            .get(name)
            .into_iter()
            .flatten()
            .map(|a| a.0.to_vec())
            .collect();
        let mut session = Session::new(&engine, &mut code, &mut memory).unwrap();
        let result = session
            .call(&module, function, &[], &arguments, &mut Gas::unlimited())
            .map(|_| ());
        let got = outcome(result);
        // The peer does not say where a vector operation failed.
        let same = got == expected
            || expected.starts_with("VECTOR_OPERATION_ERROR") && got.starts_with(expected);
        if !same {
            wrong.push(format!("{name}: {got}, not {expected}"));
        }
    }
    let count = expected.lines().count();
    assert!(count >= 1190, "only {count} tests");
    assert!(
        wrong.is_empty(),
        "{} of {count} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// What a test gives on an engine: the outcome and the gas that is left.
fn gas_of(interpreter: Interpreter, budget: u64) -> Vec<(String, u64)> {
    let mut memory = Memory::default();
    for entry in fs::read_dir(folder().join("basics/modules")).unwrap() {
        memory.add(&fs::read(entry.unwrap().path()).unwrap());
    }
    let engine = Engine {
        natives: Natives::standard(),
        interpreter,
        ..Engine::default()
    };
    let mut code = Code::default();
    let signers = signers();
    let expected = fs::read_to_string(folder().join("basics/expected.txt")).unwrap();
    let mut results = Vec::new();
    for line in expected.lines() {
        let name = line.split(' ').next().unwrap();
        let (module, function) = name.split_once("::").unwrap();
        let module = ModuleId::new(Address::small(0x42), module);
        let arguments: Vec<_> = signers
            .get(name)
            .into_iter()
            .flatten()
            .map(|a| a.0.to_vec())
            .collect();
        let mut gas = Gas::new(budget);
        let mut session = Session::new(&engine, &mut code, &mut memory).unwrap();
        let result = session.call(&module, function, &[], &arguments, &mut gas);
        let details = result.map_err(|e| (e.details().offsets.clone(), e.to_string()));
        results.push((format!("{name} {details:?}"), gas.left()));
    }
    results
}

#[test]
fn both_interpreters_take_the_same_gas() {
    for budget in [u64::MAX, 10, 50, 100, 300, 1_000, 5_000, 20_000] {
        let plain = gas_of(Interpreter::Plain, budget);
        let fast = gas_of(Interpreter::Fast, budget);
        for (plain, fast) in plain.iter().zip(&fast) {
            assert_eq!(plain, fast, "with a budget of {budget}");
        }
        assert_eq!(plain.len(), fast.len());
    }
}

#[test]
fn the_plain_interpreter_agrees() {
    run_all(Interpreter::Plain);
}

#[test]
fn the_fast_interpreter_agrees() {
    run_all(Interpreter::Fast);
}

/// The tests that the record has are those that the modules have.
#[test]
fn no_test_is_left_out() {
    let expected = fs::read_to_string(folder().join("basics/expected.txt")).unwrap();
    for entry in fs::read_dir(folder().join("basics/modules")).unwrap() {
        let module = read_module(&fs::read(entry.unwrap().path()).unwrap()).unwrap();
        let handle = &module.module_handles[module.self_handle.index()];
        let name = &module.identifiers[handle.name.index()];
        for def in &module.function_defs {
            let handle = &module.function_handles[def.handle.index()];
            let takes = &module.signatures[handle.parameters.index()];
            let signer = SignatureToken::Signer;
            let is_signer = |t: &SignatureToken| {
                *t == signer || *t == SignatureToken::Reference(Box::new(signer.clone()))
            };
            let function = &module.identifiers[handle.name.index()];
            let private = def.visibility == lumio_move_engine::format::Visibility::Private;
            let returns = &module.signatures[handle.returns.index()];
            if private && takes.iter().all(is_signer) && returns.is_empty() {
                let line = format!("{name}::{function} ");
                assert!(
                    expected.lines().any(|l| l.starts_with(&line)),
                    "{line}is not recorded"
                );
            }
        }
    }
}

#[test]
fn the_record_is_current() {
    let Ok(compiler) = env::var("MOVE_COMPILE") else {
        eprintln!("skipped: MOVE_COMPILE names no compiler to compare with");
        return;
    };
    let mut words = compiler.split_whitespace();
    let report = Command::new(words.next().unwrap())
        .args(words)
        .arg(folder().join("basics"))
        .args(["--run-tests", "--out"])
        .arg(tempfile::tempdir().unwrap().path())
        .output()
        .unwrap();
    let mut recorder = Command::new("python3")
        .arg(folder().join("record.py"))
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = recorder.stdin.take().unwrap();
    std::io::Write::write_all(&mut input, &report.stdout).unwrap();
    std::io::Write::write_all(&mut input, &report.stderr).unwrap();
    drop(input);
    let record = recorder.wait_with_output().unwrap();
    let expected = fs::read_to_string(folder().join("basics/expected.txt")).unwrap();
    assert_eq!(String::from_utf8(record.stdout).unwrap(), expected);
}
