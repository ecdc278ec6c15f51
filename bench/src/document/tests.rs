#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{
    records::Results,
    render,
    show::number,
    suites::{SUITES, results},
};
use crate::{cli::Cli, server::checkout};
use clap::Parser as _;
use std::{fs, path::Path};

const RPC: &str = r#"{"case":"evm-transfer","layer":"rpc","subject":"lumio","pair":1,"transactions":10,"threads":0,"tx_per_s":5000.0,"cpu_us_per_tx":100.0,"p50_ms":80.5,"rss_mib":90.0,"setting":"","commit":"c","machine":"m"}
{"case":"evm-transfer","layer":"rpc","subject":"anvil","pair":1,"transactions":10,"threads":0,"tx_per_s":2000.0,"cpu_us_per_tx":180.0,"p50_ms":90.5,"rss_mib":90.0,"setting":"","commit":"c","machine":"m"}
{"case":"evm-transfer","layer":"rpc","ratio":"lumio/anvil","pairs":1,"tx_per_s":2.5,"cpu":0.55,"commit":"c","machine":"m"}"#;

const SIMULATED: &str = r#"{"case":"move-fa-100-accounts-blocks-of-1000","layer":"executor","subject":"simulated-32","pair":1,"transactions":10,"threads":32,"tx_per_s":5000.0,"cpu_us_per_tx":null,"rss_mib":90.0,"setting":"","simulated":true,"speedup":4.5,"parts":{"wait":3.25},"commit":"c","machine":"m"}"#;

const MOVE: &str = r#"{"case":"move-fa","layer":"executor","ratio":"lumio/aptos-derived-vm","pairs":5,"tx_per_s":4.8,"cpu":0.21,"commit":"c","machine":"m"}"#;

fn sample() -> Results {
    let mut results = Results::default();
    for (name, text) in [("rpc", RPC), ("simulate", SIMULATED), ("move", MOVE)] {
        let suite = SUITES.iter().find(|it| it.name == name).unwrap();
        results.add(suite, text).unwrap();
    }
    results
}

#[test]
fn the_document_is_what_the_results_say() {
    let files = render(&Results::read(&results()).unwrap()).unwrap();
    for (path, text) in &files {
        let kept = fs::read_to_string(checkout().join(path)).unwrap_or_default();
        let path = path.display();
        assert!(
            kept == *text,
            "{path} is stale: run `cargo run --release -p lumio-bench -- report`"
        );
    }
    let plots = fs::read_dir(checkout().join("docs/benchmarks"));
    for plot in plots.into_iter().flatten() {
        let path = Path::new("docs/benchmarks").join(plot.unwrap().file_name());
        assert!(
            files.contains_key(&path),
            "{} is of nothing",
            path.display()
        );
    }
}

#[test]
fn goals_are_met_or_not() {
    let files = render(&sample()).unwrap();
    let text = &files[Path::new("BENCHMARKS.md")];
    for row in [
        "| 1 | EVM transfers over RPC, by anvil's throughput | ≥ 2× | 2.5× | yes |",
        "| 1 | the same, by anvil's CPU time | ≤ 0.5× | 0.55× | **no** |",
        "| 1 | ERC-20 transfers over RPC, by anvil's throughput | ≥ 2× | not measured yet |  |",
        "| 3 | transfer of a fungible asset, by an Aptos-derived VM's CPU time | ≤ 0.33× | 0.21× | yes | `move` |",
        "| ≥ 5× | 4.5× (move-fa-100-accounts-blocks-of-1000) | **no** | `simulate` |",
        "| evm-transfer | anvil | 1 | 2,000 | 180 | 90.5 |",
    ] {
        assert!(text.contains(row), "{row} is not in\n{text}");
    }
}

#[test]
fn plots_are_the_same_each_time() {
    let (one, other) = (render(&sample()).unwrap(), render(&sample()).unwrap());
    assert_eq!(one, other);
    assert_eq!(one.len(), 4);
    assert!(one[Path::new("docs/benchmarks/rpc-cpu.svg")].contains("</svg>"));
}

#[test]
fn every_suite_is_a_command() {
    for suite in &SUITES {
        let line = format!("bench {}", suite.arguments);
        Cli::try_parse_from(line.split(' ')).unwrap();
    }
}

#[test]
fn numbers_have_about_three_digits() {
    for (value, shown) in [
        (0.333, "0.33"),
        (2.0, "2"),
        (45.04, "45"),
        (999.6, "1,000"),
        (1_234_567.0, "1,234,567"),
        (f64::NAN, "–"),
    ] {
        assert_eq!(number(value), shown);
    }
}
