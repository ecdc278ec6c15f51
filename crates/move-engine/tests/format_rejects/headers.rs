//! Magic number, version, table directory, and the end.

use lumio_move_engine::{
    StatusCode,
    format::{ReaderConfig, TableId, VERSION_FLAGS, read_module_with, read_script},
};

use crate::{
    accepted,
    binary::{Binary, header},
    module, refused,
};

#[test]
fn headers() {
    let whole = module(6).bytes();
    refused(vec![
        ("nothing", vec![], "BAD_MAGIC"),
        ("three bytes", vec![0xa1, 0x1c, 0xeb], "BAD_MAGIC"),
        ("another magic number", vec![0; 4], "BAD_MAGIC"),
        ("no version", whole[..4].to_vec(), "MALFORMED"),
        ("half a version", whole[..6].to_vec(), "MALFORMED"),
        ("version 4", header(4, &[]), "UNKNOWN_VERSION"),
        ("version 11", header(11, &[]), "UNKNOWN_VERSION"),
        ("another flag", header(0x0100_0006, &[]), "UNKNOWN_VERSION"),
        (
            "flags, version 4",
            header(VERSION_FLAGS | 4, &[]),
            "UNKNOWN_VERSION",
        ),
        ("no table count", whole[..8].to_vec(), "MALFORMED"),
        ("half a directory", whole[..11].to_vec(), "MALFORMED"),
        ("no tables, no self handle", header(6, &[]), "MALFORMED"),
    ]);
    for count in [&[0x80, 0x02][..], &[0x88, 0x00], &[0xff; 12]] {
        let bytes = [&whole[..8], count, &whole[9..]].concat();
        refused(vec![(
            "a table count that is too large or too long",
            bytes,
            "MALFORMED",
        )]);
    }
}

/// What is wrong, the directory, how many bytes follow it, the status.
type Directory = (&'static str, &'static [(u8, u64, u64)], usize, &'static str);

#[test]
fn directories() {
    let with_content = |directory: &[(u8, u64, u64)], length: usize| {
        let mut bytes = header(6, directory);
        bytes.resize(bytes.len() + length, 0);
        bytes
    };
    let cases: &[Directory] = &[
        ("kind 0", &[(0, 0, 10)], 20, "UNKNOWN_TABLE_TYPE"),
        ("kind 9", &[(9, 0, 10)], 20, "UNKNOWN_TABLE_TYPE"),
        ("kind 21", &[(0x15, 0, 10)], 20, "UNKNOWN_TABLE_TYPE"),
        ("offset of 33 bits", &[(100, 1 << 32, 1)], 20, "MALFORMED"),
        ("first offset not 0", &[(1, 1, 10)], 20, "BAD_HEADER_TABLE"),
        ("a gap", &[(1, 0, 2), (2, 3, 4)], 20, "BAD_HEADER_TABLE"),
        (
            "an overlap",
            &[(1, 0, 4), (2, 3, 4)],
            20,
            "BAD_HEADER_TABLE",
        ),
        (
            "the same place",
            &[(1, 0, 4), (2, 0, 4)],
            20,
            "BAD_HEADER_TABLE",
        ),
        (
            "an empty table",
            &[(1, 0, 4), (2, 4, 0)],
            20,
            "BAD_HEADER_TABLE",
        ),
        (
            "32 bits exceeded",
            &[(1, 0, 5), (2, 5, 0xffff_ffff)],
            20,
            "BAD_HEADER_TABLE",
        ),
        (
            "longer than the whole",
            &[(1, 0, 100)],
            20,
            "BAD_HEADER_TABLE",
        ),
        ("longer than the rest", &[(1, 0, 25)], 20, "MALFORMED"),
        ("no content", &[(1, 0, 10)], 0, "MALFORMED"),
        (
            "twice",
            &[(1, 0, 4), (2, 4, 4), (1, 8, 4)],
            20,
            "DUPLICATE_TABLE",
        ),
        (
            "twice and too long",
            &[(1, 0, 4), (1, 4, 400)],
            20,
            "DUPLICATE_TABLE",
        ),
    ];
    for (what, directory, length, status) in cases {
        refused(vec![(*what, with_content(directory, *length), *status)]);
    }
}

#[test]
fn the_order_of_tables_is_free() {
    let mut binary = module(6);
    for _ in 0..binary.tables.len() {
        binary.tables.rotate_left(1);
        accepted(vec![("rotated", binary.clone())]);
    }
}

#[test]
fn bytes_after_the_end() {
    refused(vec![(
        "one",
        module(6).tail([0, 0]).bytes(),
        "TRAILING_BYTES",
    )]);
    let script = Binary::script(6).tail([0, 0, 0, 1, 0x02, 9]).bytes();
    assert_eq!(
        read_script(&script).unwrap_err().status(),
        StatusCode::TrailingBytes
    );
}

#[test]
fn tables_of_later_versions_and_of_modules_only() {
    for id in TableId::ALL {
        let one = module(id.since() - 1).with(*id as u8, [0, 0]);
        if id.since() > 5 {
            refused(vec![("too early", one.bytes(), "MALFORMED")]);
        }
        let script = Binary::script(7).with(*id as u8, [0, 0, 0, 0, 0]).bytes();
        if id.is_definition() {
            assert_eq!(
                read_script(&script).unwrap_err().status(),
                StatusCode::Malformed
            );
        }
    }
}

#[test]
fn versions_above_the_configured_one() {
    let config = ReaderConfig {
        max_version: 7,
        ..ReaderConfig::default()
    };
    read_module_with(&config, &module(7).bytes()).unwrap();
    let error = read_module_with(&config, &module(8).bytes()).unwrap_err();
    assert_eq!(error.status(), StatusCode::UnknownVersion);
}
