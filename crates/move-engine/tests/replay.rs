//! The sample of the replay format gives on both interpreters what another machine gave.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../examples/replay/case.rs"]
mod case;
mod memory;

use std::{fs, path::Path};

use case::{Case, Replay};
use lumio_move_engine::Interpreter;

fn sample(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/replay");
    fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn the_sample_passes_on_both_interpreters() {
    for interpreter in [Interpreter::Plain, Interpreter::Fast] {
        let stdlib = serde_json::from_str(&sample("stdlib.json")).unwrap();
        let mut replay = Replay::new(interpreter, stdlib);
        let text = sample("sample.jsonl");
        for line in text.lines() {
            let case: Case = serde_json::from_str(line).unwrap();
            if let Err(error) = replay.run(&case, true) {
                panic!("{} on {interpreter:?}: {error:#}", case.name);
            }
        }
        assert_eq!(replay.places, replay.places_same);
        assert!(text.lines().count() >= 90);
    }
}

#[test]
fn a_wrong_expectation_is_noticed() {
    let stdlib = serde_json::from_str(&sample("stdlib.json")).unwrap();
    let mut replay = Replay::new(Interpreter::Fast, stdlib);
    let text = sample("sample.jsonl");
    let line = text
        .lines()
        .find(|line| line.contains("\"calls::abort_deep\""))
        .unwrap();
    for (old, new) in [
        ("\"sub\": 77", "\"sub\": 78"),
        ("\"ok\": false", "\"ok\": true"),
        ("\"ABORTED\"", "\"ARITHMETIC_ERROR\""),
        ("::calls\", \"bytes\": \"", "::calls\", \"bytes\": \"00"),
    ] {
        let changed = line.replace(old, new);
        assert_ne!(line, changed, "{old}");
        let case: Case = serde_json::from_str(&changed).unwrap();
        replay.run(&case, true).unwrap_err();
    }
}
