//! Replays conformance cases: JSON lines, one case each, without any compiler.
//!
//! `replay [--engine plain|fast] [--strict] STDLIB.json FILE.jsonl …` prints a line for each
//! failing case and totals at the end. `--strict` also compares where an error arose.
#![allow(missing_docs)]

mod case;

#[path = "../../tests/memory/mod.rs"]
mod memory;

use std::{env, fs, process::ExitCode};

use anyhow::{Context, Result, bail};
use case::{Case, Replay, Stdlib};
use lumio_move_engine::Interpreter;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<bool> {
    let (mut engine, mut strict, mut files) = ("fast".to_owned(), false, Vec::new());
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--engine" => engine = arguments.next().context("--engine needs plain or fast")?,
            "--strict" => strict = true,
            _ => files.push(argument),
        }
    }
    let interpreter = match engine.as_str() {
        "plain" => Interpreter::Plain,
        "fast" => Interpreter::Fast,
        other => bail!("unknown engine {other:?}: say plain or fast"),
    };
    let Some((stdlib, cases)) = files.split_first().filter(|(_, cases)| !cases.is_empty()) else {
        bail!("usage: replay [--engine plain|fast] [--strict] STDLIB.json FILE.jsonl …");
    };
    let text = fs::read_to_string(stdlib).with_context(|| format!("cannot read {stdlib}"))?;
    let stdlib: Stdlib = serde_json::from_str(&text)
        .with_context(|| format!("{stdlib} is not an object of lists of hex modules"))?;
    let mut replay = Replay::new(interpreter, stdlib);
    let (mut passed, mut failed) = (0_usize, 0_usize);
    for file in cases {
        let text = fs::read_to_string(file).with_context(|| format!("cannot read {file}"))?;
        for (number, line) in (1..).zip(text.lines()) {
            if line.trim().is_empty() {
                continue;
            }
            let case: Case = serde_json::from_str(line)
                .with_context(|| format!("{file}:{number} is not a case"))?;
            match replay.run(&case, strict) {
                Ok(()) => passed += 1,
                Err(reason) => {
                    failed += 1;
                    println!("FAIL {}: {reason:#}", case.name);
                }
            }
        }
    }
    println!(
        "{passed} passed, {failed} failed of {} cases ({engine}); places of errors: {} of {} agree",
        passed + failed,
        replay.places_same,
        replay.places,
    );
    Ok(failed == 0)
}
