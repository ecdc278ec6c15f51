//! The README tells the truth about the command line: its table of flags is `lumio dev --help`,
//! and the generated lists in docs/ are those of this program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn output(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_lumio"))
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Long flags of a help text, each with its default where the text tells one.
fn flags_of(help: &str) -> BTreeMap<String, Option<String>> {
    let mut flags = BTreeMap::new();
    let mut last = None;
    for line in help.lines() {
        let words = line
            .split_whitespace()
            .map(|word| word.trim_end_matches(','));
        let mut words = words.filter(|word| word.starts_with('-'));
        if let Some(flag) = words.find(|word| word.starts_with("--"))
            && line.trim_start().starts_with('-')
        {
            let flag = flag.split(['=', '[']).next().unwrap().trim_end_matches('.');
            flags.insert(flag.to_owned(), None);
            last = Some(flag.to_owned());
        }
        if let (Some(flag), Some((_, value))) = (&last, line.split_once("[default: ")) {
            let value = value.split(']').next().unwrap();
            flags.insert(flag.clone(), Some(value.to_owned()));
        }
    }
    flags
}

/// What stands between backticks in the first column of the table of flags.
fn table() -> Vec<String> {
    let readme = read("README.md");
    let section = readme.split("\n## Flags\n").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let columns = rows.map(|row| row.split('|').nth(1).unwrap().to_owned());
    let cells = columns.flat_map(|column| {
        let parts = column.split('`').skip(1).step_by(2);
        parts.map(str::to_owned).collect::<Vec<_>>()
    });
    cells.collect()
}

#[test]
fn the_table_of_flags_is_the_help() {
    let flags = flags_of(&output(&["dev", "--help"]));
    assert!(flags.len() > 20, "{flags:?}");
    let mut named = Vec::new();
    for cell in table() {
        let (flag, value) = cell.split_once(' ').unwrap_or((cell.as_str(), ""));
        if !flag.starts_with("--") {
            continue;
        }
        let default = flags.get(flag);
        let default = default.unwrap_or_else(|| panic!("`lumio dev` has no {flag}"));
        // A value in capitals stands for any.
        if !value.is_empty() && value.to_uppercase() != value || value.parse::<f64>().is_ok() {
            assert_eq!(default.as_deref(), Some(value), "{flag}");
        }
        named.push(flag.to_owned());
    }
    let readme = read("README.md");
    for flag in flags.keys() {
        // Every command has these.
        if ["--help", "--version", "--verbose", "--quiet"].contains(&flag.as_str()) {
            continue;
        }
        let elsewhere = readme.contains(&format!("`{flag}`"));
        assert!(
            named.contains(flag) || elsewhere,
            "the README has no {flag}"
        );
    }
}

#[test]
fn the_generated_lists_are_those_of_this_program() {
    for (path, command) in [
        ("docs/ethereum-rpc.md", "rpc-methods"),
        ("docs/aptos-api.md", "rest-routes"),
        ("docs/solana-rpc.md", "solana-methods"),
    ] {
        assert!(
            read(path) == output(&[command]),
            "{path} is stale: run `lumio {command} > {path}`"
        );
    }
}
