//! Programs that were compiled and run elsewhere do the same when compiled here: the engine's record
//! of more than a thousand test functions and their outcomes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../../move-engine/tests/memory/mod.rs"]
mod memory;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use lumio_move_compiler::{Compilation, Input, Options, compile};
use lumio_move_engine::{Address, Engine, Gas, Natives, Session, StatusCode, VmError, code::Code};
use memory::Memory;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../move-engine/tests/differential")
}

fn inputs(folder: &Path, package: &str, is_root: bool) -> Vec<Input> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| Input {
            text: fs::read_to_string(&path).unwrap(),
            path,
            is_root,
            package: package.into(),
        })
        .collect()
}

fn print(compilation: &Compilation) -> String {
    let mut text = String::new();
    for diagnostic in &compilation.diagnostics {
        let span = diagnostic.primary.0;
        let path = compilation.sources.get(span.file).map(|s| s.path.clone());
        let name = path.and_then(|p| p.file_name().map(|n| n.to_string_lossy().into_owned()));
        let (line, column) = compilation.sources.line_column(span);
        text += &format!(
            "{}:{line}:{column}: {:?}: {} {:?}\n",
            name.unwrap_or_default(),
            diagnostic.severity,
            diagnostic.message,
            diagnostic.help
        );
    }
    text
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

#[test]
fn compiled_here_they_do_the_same() {
    let mut all = inputs(&folder().join("std/sources"), "Std", false);
    all.extend(inputs(&folder().join("basics/sources"), "Basics", true));
    let mut addresses = BTreeMap::new();
    for (name, address) in [("std", 1), ("t", 0x42)] {
        addresses.insert(name.to_owned(), Address::small(address));
    }
    let options = Options {
        bytecode_version: 7,
        raise_version: false,
        tests: true,
        dependencies: true,
        addresses,
    };
    let compilation = compile(all, &options);
    assert!(!compilation.has_errors(), "\n{}", print(&compilation));
    let mut memory = Memory::default();
    for unit in &compilation.units {
        memory.add(&unit.bytes);
    }
    let engine = Engine {
        natives: Natives::standard(),
        ..Engine::default()
    };
    let mut code = Code::default();
    let mut got = BTreeMap::new();
    for test in &compilation.tests {
        let arguments: Vec<_> = test.arguments.iter().map(|a| a.0.to_vec()).collect();
        let mut session = Session::new(&engine, &mut code, &mut memory).unwrap();
        let gas = &mut Gas::unlimited();
        let result = session
            .call(&test.module, &test.function, &[], &arguments, gas)
            .map(|_| ());
        got.insert(
            format!("{}::{}", test.module.name, test.function),
            outcome(result),
        );
    }
    let expected = fs::read_to_string(folder().join("basics/expected.txt")).unwrap();
    let mut wrong = Vec::new();
    for line in expected.lines() {
        let (name, expected) = line.split_once(' ').unwrap();
        let got = got.get(name).map_or("no such test", String::as_str);
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
