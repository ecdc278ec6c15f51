//! What arguments are read as.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::{argument::Reader, profiles::Profiles};
use lumio_move_engine::TypeTag;

fn read(text: &str, tag: &str) -> anyhow::Result<Vec<u8>> {
    let tag: TypeTag = tag.parse().unwrap();
    let profiles = Profiles::empty();
    Reader {
        profiles: &profiles,
    }
    .text(text, &tag)
}

const STRING: &str = "0x1::string::String";

#[test]
fn each_kind_of_value() {
    let address = {
        let mut bytes = [0; 32];
        bytes[31] = 0xb;
        bytes.to_vec()
    };
    for (text, tag, bytes) in [
        ("u8:255", "u8", vec![255]),
        ("7", "u16", vec![7, 0]),
        ("0x1_00", "u16", vec![0, 1]),
        ("u64:1_000", "u64", 1000_u64.to_le_bytes().to_vec()),
        ("i8:-128", "i8", vec![0x80]),
        ("-1", "i128", vec![0xff; 16]),
        ("i256:-1", "i256", vec![0xff; 32]),
        ("bool:true", "bool", vec![1]),
        ("false", "bool", vec![0]),
        ("address:0xb", "address", address.clone()),
        ("0xb", "0x1::object::Object<0x4::token::Token>", address),
        ("string:a:b", STRING, b"\x03a:b".to_vec()),
        ("http://x", STRING, b"\x08http://x".to_vec()),
        ("[1]", STRING, b"\x03[1]".to_vec()),
        ("string:", STRING, vec![0]),
        ("hex:0x0102", "vector<u8>", vec![2, 1, 2]),
        ("0x0102", "vector<u8>", vec![2, 1, 2]),
        ("u8:[1,2]", "vector<u8>", vec![2, 1, 2]),
        ("[1,2]", "vector<u8>", vec![2, 1, 2]),
        ("string:hi", "vector<u8>", b"\x02hi".to_vec()),
        ("hex:6869", STRING, b"\x02hi".to_vec()),
        ("u16:[1, 2]", "vector<u16>", vec![2, 1, 0, 2, 0]),
        ("u16:[]", "vector<vector<u16>>", vec![0]),
        ("u16:[[1],[]]", "vector<vector<u16>>", vec![2, 1, 1, 0, 0]),
        (
            r#"hex:["0x01","02"]"#,
            "vector<vector<u8>>",
            vec![2, 1, 1, 1, 2],
        ),
        (
            r#"string:["a","b, c"]"#,
            &format!("vector<{STRING}>"),
            b"\x02\x01a\x04b, c".to_vec(),
        ),
        ("u8:[]", "0x1::option::Option<u8>", vec![0]),
        ("u8:[5]", "0x1::option::Option<u8>", vec![1, 5]),
        ("u8:5", "0x1::option::Option<u8>", vec![1, 5]),
        (
            "u64:1",
            "0x1::fixed_point32::FixedPoint32",
            1_u64.to_le_bytes().to_vec(),
        ),
        ("raw:0x0a0b", "0x2::m::S", vec![0xa, 0xb]),
        ("raw:05", "u8", vec![5]),
    ] {
        let read = read(text, tag).unwrap_or_else(|error| panic!("{text} as {tag}: {error}"));
        assert_eq!(read, bytes, "{text} as {tag}");
    }
}

#[test]
fn what_does_not_fit_is_refused_with_advice() {
    for (text, tag, why) in [
        ("u64:1", "u8", "it takes u8, not u64: write u8:1"),
        ("u8:1", STRING, "write string:hello"),
        ("string:1", "u64", "write u64:1"),
        ("bool:true", "vector<u64>", "write 'u64:[1]'"),
        ("u8:256", "u8", "256 does not fit into u8"),
        ("i8:128", "i8", "128 does not fit into i8"),
        ("i8:-129", "i8", "-129 does not fit into i8"),
        ("-1", "u8", "\"-1\" is no u8"),
        ("u8:", "u8", "\"\" is no u8"),
        ("u8:+1", "u8", "\"+1\" is no u8"),
        (&"9".repeat(99), "u256", "does not fit into u256"),
        ("1.5", "u64", "\"1.5\" is no u64"),
        ("bool:yes", "bool", "neither true nor false"),
        ("address:alice", "address", "\"alice\" is no address"),
        ("hex:0x123", "vector<u8>", "even number of hex digits"),
        ("hello", "vector<u8>", "string:hello"),
        ("u8:1", "vector<u8>", "write a list"),
        ("u64:1", "vector<u64>", "write [1], a list"),
        ("u64:[1,", "vector<u64>", "missing"),
        ("u64:[[1]]", "vector<u64>", "it is no list"),
        ("u8:[1,2]", "0x1::option::Option<u8>", "[] for nothing"),
        ("5", "0x2::m::S", "give its BCS as raw:0x…"),
        ("hex:ff", STRING, "no UTF-8"),
        ("0x1", "signer", "nobody can give a signer"),
    ] {
        let error = read(text, tag).unwrap_err().to_string();
        assert!(error.contains(why), "{text} as {tag}: {error}");
    }
}
