//! Small programs, a feature or a mistake each, are accepted, rejected and run here as a reference
//! compiler does it.
//!
//! `corpus/record.py` recorded what that one does in `corpus/expected.txt`. With `MOVE_COMPILE` set to its
//! command, the record itself is checked to be current. Programs in `corpus/later` are of newer
//! versions of the language than it knows; their tests say themselves what is right.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../../move-engine/tests/memory/mod.rs"]
mod memory;

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use lumio_move_compiler::{
    Compilation, EmptyChain, Input, Options, Severity, Test, TestBed, compile, run_tests,
};
use lumio_move_engine::{
    Address, Engine, Gas, Location, Natives, Session, StatusCode, VmError, code::Code,
};
use memory::Memory;

/// Enough for every test here that ends.
const GAS: u64 = 1_000_000_000;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
}

fn compiled(program: &Path) -> Compilation {
    let std = folder().join("../../../move-engine/tests/differential/std/sources");
    let input = |path: PathBuf, is_root, package: &str| Input {
        text: fs::read_to_string(&path).unwrap(),
        path,
        is_root,
        package: package.into(),
    };
    let mut inputs: Vec<Input> = files(&std)
        .into_iter()
        .map(|path| input(path, false, "Std"))
        .collect();
    inputs.push(input(program.to_path_buf(), true, "Corpus"));
    let addresses = [("std", 1), ("t", 0x42), ("other", 0x43)];
    let options = Options {
        bytecode_version: 7,
        raise_version: program.starts_with(folder().join("later")),
        tests: true,
        dependencies: true,
        addresses: addresses
            .into_iter()
            .map(|(name, address)| (name.to_owned(), Address::small(address)))
            .collect(),
    };
    compile(inputs, &options)
}

/// The errors of a compilation, each with the lines that it points to.
fn errors(compilation: &Compilation) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    for error in &compilation.diagnostics {
        if error.severity == Severity::Error {
            let others = error.secondary.iter().map(|(span, _)| *span);
            for span in std::iter::once(error.primary.0).chain(others) {
                let (line, _) = compilation.sources.line_column(span);
                found.push((line, error.message.clone()));
            }
        }
    }
    found
}

fn status(result: Result<(), VmError>) -> String {
    let Err(error) = result else {
        return "nothing".into();
    };
    let details = error.details();
    let sub = match details.status {
        StatusCode::Aborted | StatusCode::VectorOperationError => {
            format!(" {}", details.sub_status.unwrap())
        }
        _ => String::new(),
    };
    match &details.location {
        Location::Module(_) => format!("{}{sub} in {}", details.status, details.location),
        _ => format!("{}{sub}", details.status),
    }
}

fn run(compilation: &Compilation, test: &Test) -> String {
    let mut memory = Memory::default();
    for unit in compilation.units.iter().filter(|u| u.id.is_some()) {
        memory.add(&unit.bytes);
    }
    let engine = Engine {
        natives: Natives::standard(),
        ..Engine::default()
    };
    let mut code = Code::default();
    let arguments: Vec<_> = test.arguments.iter().map(|a| a.0.to_vec()).collect();
    let mut session = Session::new(&engine, &mut code, &mut memory).unwrap();
    let gas = &mut Gas::new(GAS);
    let result = session.call(&test.module, &test.function, &[], &arguments, gas);
    status(result.map(|_| ()))
}

/// The tests of a program with their outcomes, or its errors.
fn outcomes(program: &Path) -> Result<BTreeMap<String, String>, Vec<(u32, String)>> {
    let compilation = compiled(program);
    if compilation.has_errors() {
        return Err(errors(&compilation));
    }
    let results = run_tests(
        &compilation,
        "",
        &TestBed {
            engine: &Engine {
                natives: Natives::standard(),
                ..Engine::default()
            },
            chain: &|modules| Box::new(EmptyChain(modules)),
            gas_limit: GAS,
        },
    );
    let outcomes = results.into_iter().map(|result| {
        let name = format!("{}::{}", result.test.module.name, result.test.function);
        let outcome = match result.failure {
            None => "PASS".to_owned(),
            Some(_) => format!("FAIL {}", run(&compilation, &result.test)),
        };
        (name, outcome)
    });
    Ok(outcomes.collect())
}

/// The lines of the record of some kind: those of tests have no kind.
fn record(kind: &str) -> BTreeMap<String, String> {
    let text = fs::read_to_string(folder().join("expected.txt")).unwrap();
    text.lines()
        .map(|line| line.split_once(' ').unwrap())
        .map(|(name, outcome)| (name.split_once('/').unwrap_or(("", name)), outcome))
        .filter(|((own, _), _)| *own == kind)
        .map(|((_, name), outcome)| (name.to_owned(), outcome.to_owned()))
        .collect()
}

#[test]
fn accepted_programs_run_alike() {
    let mut wrong = Vec::new();
    let mut expected = record("");
    for program in files(&folder().join("accept")) {
        let name = program.file_stem().unwrap().to_string_lossy().into_owned();
        let got = match outcomes(&program) {
            Ok(got) => got,
            Err(errors) => {
                wrong.push(format!("{name}: rejected: {errors:?}"));
                expected.retain(|test, _| !test.starts_with(&format!("{name}::")));
                continue;
            }
        };
        for (test, got) in got {
            let expected = expected.remove(&test).unwrap_or("no such test".into());
            if got != expected {
                wrong.push(format!("{test}: {got}, not {expected}"));
            }
        }
    }
    wrong.extend(
        expected
            .into_keys()
            .map(|test| format!("{test}: not found")),
    );
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn rejected_programs_are_rejected_in_the_same_place() {
    let expected = record("reject");
    let mut wrong = Vec::new();
    let mut names = BTreeSet::new();
    for program in files(&folder().join("reject")) {
        let name = program.file_stem().unwrap().to_string_lossy().into_owned();
        let lines = expected
            .get(&name)
            .unwrap_or_else(|| panic!("{name} is not in the record"));
        names.insert(name.clone());
        match outcomes(&program) {
            Ok(_) => wrong.push(format!("{name}: accepted")),
            Err(errors) => {
                let fits = |at: &u32| lines.split(' ').any(|line| line == at.to_string());
                if !errors.iter().any(|(at, _)| fits(at)) {
                    wrong.push(format!("{name}: not in {lines}: {errors:?}"));
                }
            }
        }
    }
    assert!(
        expected.into_keys().eq(names),
        "a program in the record is gone"
    );
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn binaries_are_not_larger() {
    let (mut own, mut others) = (0, 0);
    for (name, bytes) in record("size") {
        let compilation = compiled(&folder().join(format!("accept/{name}.move")));
        let units = compilation.units.iter().filter(|u| u.is_root);
        own += units.map(|u| u.bytes.len()).sum::<usize>();
        others += bytes.parse::<usize>().unwrap();
    }
    assert!(own > 0 && own <= others, "{own} bytes, {others} elsewhere");
}

#[test]
fn programs_of_later_versions_pass_their_tests() {
    for program in files(&folder().join("later")) {
        let found = outcomes(&program).unwrap_or_else(|e| panic!("{}: {e:?}", program.display()));
        assert!(!found.is_empty());
        for (test, outcome) in found {
            assert_eq!(outcome, "PASS", "{test}");
        }
    }
}

#[test]
fn record_is_current() {
    if env::var_os("MOVE_COMPILE").is_none() {
        eprintln!("not checked against a reference compiler: MOVE_COMPILE names none");
        return;
    }
    let folder = folder();
    let again = tempfile::NamedTempFile::new().unwrap();
    let status = Command::new("python3")
        .arg(folder.join("record.py"))
        .arg(again.path())
        .status()
        .unwrap();
    assert!(status.success());
    let read = |path: &Path| fs::read_to_string(path).unwrap();
    let (now, then) = (read(again.path()), read(&folder.join("expected.txt")));
    let set = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let changed: Vec<String> = set(&now)
        .symmetric_difference(&set(&then))
        .cloned()
        .collect();
    assert!(changed.is_empty(), "{}", changed.join("\n"));
}
