//! Tables of what a binary names.

use lumio_move_engine::format::{ReaderConfig, read_module_with};

use crate::{accepted, binary::uleb, module, refused};

#[test]
fn numbers() {
    let index = |bytes: &[u8]| module(6).with(0x1, [bytes, &[0]].concat()).bytes();
    refused(vec![
        ("longer than needed", index(&[0x80, 0x00]), "MALFORMED"),
        ("an index of 17 bits", index(&uleb(65_536)), "MALFORMED"),
        (
            "65 bits",
            index(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2]),
            "MALFORMED",
        ),
        ("eleven bytes", index(&[0x80; 11]), "MALFORMED"),
        (
            "half an entry",
            module(6).with(0x1, [0]).bytes(),
            "MALFORMED",
        ),
        (
            "an unfinished number",
            module(6).with(0x1, [0, 0x80]).bytes(),
            "MALFORMED",
        ),
        (
            "a missing self handle",
            module(6).tail([]).bytes(),
            "MALFORMED",
        ),
    ]);
}

#[test]
fn names() {
    let named = |version: u32, name: &[u8]| {
        let mut content = uleb(name.len() as u64);
        content.extend(name);
        content.extend(b"\x01s\x01f\x01g");
        module(version).with(0x7, content)
    };
    refused(vec![
        ("empty", named(6, b"").bytes(), "MALFORMED"),
        ("a digit first", named(6, b"1a").bytes(), "MALFORMED"),
        ("an underscore alone", named(6, b"_").bytes(), "MALFORMED"),
        ("a minus", named(6, b"a-b").bytes(), "MALFORMED"),
        ("not UTF-8", named(6, b"a\xff").bytes(), "MALFORMED"),
        ("not ASCII", named(6, "é".as_bytes()).bytes(), "MALFORMED"),
        (
            "a dollar in version 8",
            named(8, b"a$b").bytes(),
            "MALFORMED",
        ),
        ("256 bytes", named(6, &[b'a'; 256]).bytes(), "MALFORMED"),
        (
            "cut off",
            module(6).with(0x7, *b"\x05ab").bytes(),
            "MALFORMED",
        ),
    ]);
    accepted(vec![
        ("a dollar in version 9", named(9, b"a$b")),
        ("255 bytes", named(6, &[b'a'; 255])),
        ("a script", named(6, b"<SELF>")),
        ("one script of several", named(6, b"<SELF>_10")),
        ("an underscore first", named(6, b"_a")),
    ]);
    let config = ReaderConfig {
        max_identifier: 65_535,
        ..ReaderConfig::default()
    };
    read_module_with(&config, &named(6, &[b'a'; 256]).bytes()).unwrap();
}

#[test]
fn handles() {
    let structs = |bytes: &[u8]| module(6).with(0x2, bytes).bytes();
    let long = [&[0, 1, 0][..], &uleb(256), &[0; 512]].concat();
    refused(vec![
        ("a fifth ability", structs(&[0, 1, 16, 0]), "MALFORMED"),
        (
            "a fifth ability required",
            structs(&[0, 1, 0, 1, 16, 0]),
            "MALFORMED",
        ),
        ("phantom 2", structs(&[0, 1, 0, 1, 0, 2]), "MALFORMED"),
        ("256 type parameters", structs(&long), "MALFORMED"),
        (
            "31 bytes of an address",
            module(6).with(0x8, [0; 31]).bytes(),
            "MALFORMED",
        ),
        (
            "33 bytes of an address",
            module(6).with(0x8, [0; 33]).bytes(),
            "MALFORMED",
        ),
    ]);
}

#[test]
fn access_specifiers_and_attributes() {
    let with =
        |version: u32, rest: &[u8]| module(version).with(0x3, [&[0, 2, 0, 0, 0], rest].concat());
    let many = |n: u64, one: &[u8], before: &[u8], after: &[u8]| {
        [before, &uleb(n), &one.repeat(n as usize), after].concat()
    };
    accepted(vec![
        ("no access specifiers", with(7, &[1])),
        ("reads, not, any, any", with(7, &[2, 1, 1, 2, 1, 1])),
        ("a struct at an address", with(7, &[2, 1, 3, 1, 4, 0, 2, 0])),
        (
            "an instance in a module",
            with(7, &[2, 2, 2, 1, 5, 0, 0, 1, 2, 1, 3, 0, 1]),
        ),
        ("persistent, module lock", with(8, &[1, 2, 1, 2])),
        (
            "attributes of version 10",
            with(10, &[1, 7, 3, 4, 1, 5, 6, 1, 7, 1, 8, 0, 9, 0]),
        ),
        (
            "64 specifiers",
            with(7, &many(64, &[1, 1, 1, 1], &[2], &[])),
        ),
        ("16 attributes", with(8, &many(16, &[1], &[1], &[]))),
    ]);
    let cases: &[(&str, u32, &[u8])] = &[
        ("neither none nor some", 7, &[0]),
        ("more than some", 7, &[3]),
        ("kind 0", 7, &[2, 1, 0, 1, 1, 1]),
        ("kind 4", 7, &[2, 1, 4, 1, 1, 1]),
        ("negated 3", 7, &[2, 1, 1, 3, 1, 1]),
        ("resources 6", 7, &[2, 1, 1, 1, 6, 1]),
        ("addresses 4", 7, &[2, 1, 1, 1, 1, 4]),
        ("missing in version 7", 7, &[]),
        ("missing attributes in version 8", 8, &[1]),
        ("attribute 0", 8, &[1, 1, 0]),
        ("attribute 3 in version 9", 9, &[1, 1, 3]),
        ("attribute 10", 10, &[1, 1, 10]),
    ];
    for (what, version, rest) in cases {
        refused(vec![(*what, with(*version, rest).bytes(), "MALFORMED")]);
    }
    refused(vec![
        (
            "65 specifiers",
            with(7, &many(65, &[1, 1, 1, 1], &[2], &[])).bytes(),
            "MALFORMED",
        ),
        (
            "17 attributes",
            with(8, &many(17, &[1], &[1], &[])).bytes(),
            "MALFORMED",
        ),
        (
            "parameter 0 of none",
            with(7, &[2, 1, 1, 1, 1, 3, 0, 1]).bytes(),
            "INDEX_OUT_OF_BOUNDS",
        ),
    ]);
}

#[test]
fn types() {
    let signature =
        |version: u32, tokens: &[u8]| module(version).with(0x5, [&[0, 1][..], tokens].concat());
    let nested = |n: usize| [&vec![0xa; n][..], &[0x2]].concat();
    refused(vec![
        (
            "type 0",
            signature(10, &[0]).bytes(),
            "UNKNOWN_SERIALIZED_TYPE",
        ),
        (
            "type 23",
            signature(10, &[0x17]).bytes(),
            "UNKNOWN_SERIALIZED_TYPE",
        ),
        (
            "u16 in version 5",
            signature(5, &[0xd]).bytes(),
            "MALFORMED",
        ),
        (
            "u256 in version 5",
            signature(5, &[0xf]).bytes(),
            "MALFORMED",
        ),
        (
            "a function in version 7",
            signature(7, &[0x10, 0, 0, 0]).bytes(),
            "MALFORMED",
        ),
        (
            "i8 in version 8",
            signature(8, &[0x11]).bytes(),
            "MALFORMED",
        ),
        (
            "i256 in version 8",
            signature(8, &[0x16]).bytes(),
            "MALFORMED",
        ),
        (
            "no type arguments",
            signature(6, &[0xb, 0, 0]).bytes(),
            "MALFORMED",
        ),
        (
            "an unfinished vector",
            signature(6, &[0xa]).bytes(),
            "MALFORMED",
        ),
        (
            "257 levels",
            signature(6, &nested(256)).bytes(),
            "MALFORMED",
        ),
        (
            "endless levels",
            signature(6, &vec![0xa; 60_000]).bytes(),
            "MALFORMED",
        ),
        (
            "a fifth ability",
            signature(8, &[0x10, 16, 0, 0]).bytes(),
            "MALFORMED",
        ),
        (
            "256 types",
            module(6)
                .with(0x5, [&uleb(256)[..], &[1; 256]].concat())
                .bytes(),
            "MALFORMED",
        ),
        (
            "struct 1 of 1",
            signature(6, &[0x8, 1]).bytes(),
            "INDEX_OUT_OF_BOUNDS",
        ),
        (
            "arguments of none",
            signature(6, &[0xb, 0, 1, 1]).bytes(),
            "NUMBER_OF_TYPE_ARGUMENTS_MISMATCH",
        ),
    ]);
    accepted(vec![
        ("256 levels", signature(6, &nested(255))),
        ("u16, in version 6", signature(6, &[0xd])),
        (
            "a function, in version 8",
            signature(8, &[0x10, 0xf, 1, 2, 0x1, 0x2, 0x3]),
        ),
        ("i256, in version 9", signature(9, &[0x16])),
    ]);
}

#[test]
fn constants_and_metadata() {
    let blob = |n: u64| [uleb(n), vec![0; n as usize]].concat();
    let constant = |n: u64| module(6).with(0x6, [vec![0xa, 0x2], blob(n)].concat());
    let metadata = |k: u64, v: u64| module(6).with(0x10, [blob(k), blob(v)].concat());
    refused(vec![
        (
            "a constant of 65536 bytes",
            constant(65_536).bytes(),
            "MALFORMED",
        ),
        (
            "a constant cut off",
            module(6).with(0x6, [0x2, 2, 0]).bytes(),
            "MALFORMED",
        ),
        (
            "a key of 1024 bytes",
            metadata(1_024, 0).bytes(),
            "MALFORMED",
        ),
        (
            "a value of 65536 bytes",
            metadata(0, 65_536).bytes(),
            "MALFORMED",
        ),
    ]);
    accepted(vec![
        ("a constant of 65535 bytes", constant(65_535)),
        ("the longest metadata", metadata(1_023, 65_535)),
    ]);
}
