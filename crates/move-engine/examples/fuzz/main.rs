//! A fuzzer that needs only a stable compiler: it mutates binaries and keeps those after which the
//! engine does something that it has not done before.
//!
//! `cargo run --release -p lumio-move-engine --example fuzz -- TARGET [--seconds N] [--seed N]
//! [--corpus DIR]... [--findings DIR]`. The same seed and corpus give the same inputs.

mod assembler;
mod campaign;
mod corpus;
mod deserialiser;
mod interpreters;
mod layout;
#[path = "../../tests/memory/mod.rs"]
mod memory;
mod mutate;
mod perturb;
mod rng;
mod target;
mod targets;
mod verifier;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use anyhow::{Context, Result, bail};

use self::targets::TARGETS;

struct Arguments {
    target: String,
    seconds: u64,
    seed: u64,
    corpus: Vec<PathBuf>,
    findings: PathBuf,
}

fn usage() -> String {
    let mut text = String::from(
        "fuzz TARGET [--seconds N] [--seed N] [--corpus DIR]... [--findings DIR]\ntargets:\n",
    );
    for target in TARGETS {
        text.push_str(&format!("  {:<14} {}\n", target.name, target.about));
    }
    text
}

fn arguments() -> Result<Arguments> {
    let mut found = Arguments {
        target: String::new(),
        seconds: 60,
        seed: 1,
        corpus: Vec::new(),
        findings: PathBuf::from("target/fuzz"),
    };
    let mut rest = std::env::args().skip(1);
    while let Some(argument) = rest.next() {
        if !argument.starts_with("--") {
            found.target = argument;
            continue;
        }
        let value = rest
            .next()
            .with_context(|| format!("{argument} needs a value"))?;
        match argument.as_str() {
            "--seconds" => found.seconds = value.parse()?,
            "--seed" => found.seed = value.parse()?,
            "--corpus" => found.corpus.push(value.into()),
            "--findings" => found.findings = value.into(),
            _ => bail!("{argument} is unknown\n{}", usage()),
        }
    }
    Ok(found)
}

fn main() -> Result<ExitCode> {
    let arguments = arguments()?;
    let chosen = TARGETS.iter().find(|t| t.name == arguments.target);
    let chosen = chosen.with_context(usage)?;
    let mut corpus = corpus::checked_in()?;
    for folder in &arguments.corpus {
        corpus.extend(corpus::read(folder)?);
    }
    let mut campaign =
        campaign::Campaign::new(chosen, arguments.seed, arguments.findings.join(chosen.name))?;
    campaign.run(corpus, Duration::from_secs(arguments.seconds))?;
    Ok(if campaign.findings == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
