//! Tables of what a module defines, and instructions.

use lumio_move_engine::format::{Opcode, read_module};

use crate::{accepted, binary::uleb, module, refused};

#[test]
fn definitions() {
    let structs = |version: u32, bytes: &[u8]| module(version).with(0xa, bytes).bytes();
    let functions = |bytes: &[u8]| module(6).with(0xc, bytes).bytes();
    let many =
        |before: &[u8], n: u64, one: &[u8]| [before, &uleb(n), &one.repeat(n as usize)].concat();
    refused(vec![
        (
            "struct flag 0",
            structs(7, &[0, 0]),
            "UNKNOWN_NATIVE_STRUCT_FLAG",
        ),
        (
            "struct flag 4",
            structs(7, &[0, 4]),
            "UNKNOWN_NATIVE_STRUCT_FLAG",
        ),
        (
            "256 fields",
            structs(6, &many(&[0, 2], 256, &[3, 0x3])),
            "MALFORMED",
        ),
        (
            "128 variants",
            structs(7, &many(&[0, 3], 128, &[3, 0])),
            "MALFORMED",
        ),
        (
            "visibility 2",
            functions(&[0, 2, 0, 0, 0, 1, 2]),
            "MALFORMED",
        ),
        (
            "visibility 4",
            functions(&[0, 4, 0, 0, 0, 1, 2]),
            "MALFORMED",
        ),
        (
            "function flag 1",
            functions(&[0, 1, 1, 0, 0, 1, 2]),
            "INVALID_FLAG_BITS",
        ),
        (
            "function flag 8",
            functions(&[0, 1, 8, 0, 0, 1, 2]),
            "INVALID_FLAG_BITS",
        ),
        (
            "flag 8 and no code",
            functions(&[0, 1, 8, 0, 0, 1, 0]),
            "UNKNOWN_OPCODE",
        ),
        (
            "256 acquired",
            functions(&many(&[0, 1, 2], 256, &[0])),
            "MALFORMED",
        ),
        (
            "field 256",
            module(6).with(0xd, [&[0][..], &uleb(256)].concat()).bytes(),
            "MALFORMED",
        ),
        (
            "variant 128",
            module(7)
                .with(0x13, [&[0][..], &uleb(128)].concat())
                .bytes(),
            "MALFORMED",
        ),
    ]);
    let error = read_module(&structs(6, &[0, 3, 1, 3, 0])).unwrap_err();
    assert!(
        error.status().number() >= 3000,
        "an enum in version 6: {error}"
    );
    accepted(vec![
        ("a native struct", module(6).with(0xa, [0, 1])),
        (
            "127 variants",
            module(7).with(0xa, many(&[0, 3], 127, &[3, 0])),
        ),
        ("a native entry function", module(6).with(0xc, [0, 3, 6, 0])),
    ]);
}

#[test]
fn instructions() {
    let code = |version: u32, code: &[u8]| module(version).with_code(1, code).bytes();
    refused(vec![
        ("opcode 0", code(10, &[0]), "UNKNOWN_OPCODE"),
        ("opcode 69", code(10, &[0x69]), "UNKNOWN_OPCODE"),
        ("opcode ff", code(10, &[0xff]), "UNKNOWN_OPCODE"),
        ("no instruction", code(10, &[]), "MALFORMED"),
        (
            "fewer than declared",
            module(6).with_code(3, &[2, 2]).bytes(),
            "MALFORMED",
        ),
        (
            "65536 declared",
            module(6).with_code(65_536, &[2; 70_000]).bytes(),
            "MALFORMED",
        ),
        (
            "more declared, one unknown",
            module(6).with_code(60_000, &[0]).bytes(),
            "UNKNOWN_OPCODE",
        ),
        ("half a u8", code(10, &[0x31]), "MALFORMED"),
        ("half a u16", code(10, &[0x48, 0]), "BAD_U16"),
        ("half a u32", code(10, &[0x49, 0, 0, 0]), "BAD_U32"),
        ("half a u64", code(10, &[0x06, 0, 0, 0]), "BAD_U64"),
        ("half a u128", code(10, &[0x32; 16]), "BAD_U128"),
        ("half a u256", code(10, &[0x4a; 32]), "BAD_U256"),
        (
            "half a count of elements",
            code(10, &[0x40, 0, 0]),
            "BAD_U64",
        ),
        ("local 256", code(10, &[0x0a, 0x80, 0x02]), "MALFORMED"),
        (
            "local 0 of none",
            code(10, &[0x0a, 0]),
            "INDEX_OUT_OF_BOUNDS",
        ),
        (
            "beyond the code",
            code(10, &[0x05, 1]),
            "INDEX_OUT_OF_BOUNDS",
        ),
    ]);
    for opcode in Opcode::ALL.iter().filter(|o| o.since() > 5) {
        let bytes = code(opcode.since() - 1, &[*opcode as u8, 0]);
        refused(vec![(opcode.name(), bytes, "MALFORMED")]);
    }
}
