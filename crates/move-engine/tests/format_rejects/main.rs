//! What is no module or script is refused, each mistake with its own status.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod binary;
mod definitions;
mod headers;
mod tables;

use binary::Binary;
use lumio_move_engine::{
    StatusCode,
    format::{read_module, read_script},
};

fn module(version: u32) -> Binary {
    Binary::module(version)
}

/// Checks a list of (what is wrong, module, status).
fn refused(cases: Vec<(&str, Vec<u8>, &str)>) {
    for (what, bytes, status) in cases {
        let error = read_module(&bytes).expect_err(what);
        assert_eq!(error.status().name(), status, "{what}: {error}");
    }
}

fn accepted(cases: Vec<(&str, Binary)>) {
    for (what, binary) in cases {
        if let Err(error) = read_module(&binary.bytes()) {
            panic!("{what}: {error}");
        }
    }
}

#[test]
fn what_the_cases_are_made_of_is_accepted() {
    for version in 5..=10 {
        accepted(vec![("module", module(version))]);
        read_script(&Binary::script(version).bytes()).unwrap();
    }
}

#[test]
fn a_script_is_no_module_and_a_module_is_no_script() {
    assert!(read_script(&module(6).bytes()).is_err());
    assert!(read_module(&Binary::script(6).bytes()).is_err());
    let no_signature = Binary::script(6).with(0x5, []).bytes();
    let error = read_script(&no_signature).unwrap_err();
    assert_eq!(error.status(), StatusCode::IndexOutOfBounds);
    let no_handles = Binary::module(6).with(0x1, []).bytes();
    let error = read_module(&no_handles).unwrap_err();
    assert_eq!(error.status(), StatusCode::NoModuleHandles);
}

/// The tables are read after what follows them, those of scripts before those of modules only.
#[test]
fn of_two_mistakes_the_first_in_reading_order_is_reported() {
    let bad_struct = module(6).with(0xa, [0, 9]);
    refused(vec![
        (
            "a struct and the end",
            bad_struct.clone().tail([]).bytes(),
            "MALFORMED",
        ),
        (
            "a struct and a name",
            bad_struct.with(0x7, *b"\x01?").bytes(),
            "MALFORMED",
        ),
    ]);
}
