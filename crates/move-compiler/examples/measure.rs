//! How large the code of packages is, and how long it takes to make it: a line for each module with
//! its instructions, locals and bytes.
//!
//! `cargo run --release -p lumio-move-compiler --example measure -- [--tests] FOLDER…`
#![allow(clippy::print_stdout)]

use std::{path::Path, time::Instant};

use anyhow::bail;
use lumio_move_compiler::{
    Compiled, EmptyChain, Options, Severity, TestBed, compile,
    package::{LoadOptions, Package},
    render, run_tests,
};
use lumio_move_engine::{Engine, Natives};

/// Enough for any test that ends.
const GAS: u64 = 1_000_000_000;

fn main() -> anyhow::Result<()> {
    let mut tests = false;
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--tests" => tests = true,
            folder => measure(Path::new(folder), tests)?,
        }
    }
    Ok(())
}

fn measure(folder: &Path, tests: bool) -> anyhow::Result<()> {
    let options = LoadOptions {
        dev: tests,
        ..LoadOptions::default()
    };
    let package = Package::load(folder, &options)?;
    let start = Instant::now();
    let options = Options {
        bytecode_version: 9,
        raise_version: false,
        tests,
        dependencies: tests,
        addresses: package.addresses.clone(),
    };
    let compilation = compile(package.inputs, &options);
    let time = start.elapsed();
    for diagnostic in &compilation.diagnostics {
        if diagnostic.severity == Severity::Error || std::env::var_os("WARNINGS").is_some() {
            println!("{}", render(diagnostic, &compilation.sources, false));
        }
    }
    if compilation.has_errors() {
        bail!("{} does not compile", folder.display());
    }
    let mut all = (0_usize, 0_usize);
    for unit in compilation.units.iter().filter(|u| u.is_root) {
        let code: Vec<usize> = match &unit.compiled {
            Compiled::Module(module) => {
                let bodies = module.function_defs.iter().flat_map(|f| &f.code);
                bodies.map(|body| body.code.len()).collect()
            }
            Compiled::Script(script) => vec![script.code.code.len()],
        };
        let code = code.iter().sum::<usize>();
        println!("{:40} {code:7} {:7}", unit.name, unit.bytes.len());
        all = (
            all.0.saturating_add(code),
            all.1.saturating_add(unit.bytes.len()),
        );
    }
    println!("{:40} {:7} {:7}  {time:?}", "all", all.0, all.1);
    if tests {
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
        let failed: Vec<_> = results.iter().filter(|r| r.failure.is_some()).collect();
        for result in &failed {
            let failure = result.failure.as_deref().unwrap_or_default();
            println!(
                "{}::{}: {failure}",
                result.test.module, result.test.function
            );
        }
        println!("{} tests, {} failed", results.len(), failed.len());
    }
    Ok(())
}
