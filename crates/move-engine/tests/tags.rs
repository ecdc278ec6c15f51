//! Type tags as text and as BCS.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use lumio_move_engine::{StructTag, TypeTag, bcs::Reader};

fn round_trip(text: &str) -> TypeTag {
    let tag: TypeTag = text.parse().unwrap_or_else(|e| panic!("{e}"));
    let mut bcs = Vec::new();
    tag.write(&mut bcs);
    let mut reader = Reader::new(&bcs);
    assert_eq!(TypeTag::read(&mut reader).unwrap(), tag);
    reader.end().unwrap();
    assert_eq!(tag.to_string().parse::<TypeTag>().unwrap(), tag);
    assert_eq!(tag.to_canonical_string().parse::<TypeTag>().unwrap(), tag);
    tag
}

#[test]
fn every_kind_survives() {
    for text in [
        "bool",
        "u8",
        "u16",
        "u32",
        "u64",
        "u128",
        "u256",
        "i8",
        "i16",
        "i32",
        "i64",
        "i128",
        "i256",
        "address",
        "signer",
        "vector<vector<u8>>",
        "0x1::coin::Coin<0x2::a::B<u8, bool>>",
        "|u64, &u8, &mut 0x1::a::B|(bool, address) has copy + drop",
        "||u8",
        "|u8|()",
    ] {
        round_trip(text);
    }
    let spaced = round_trip(" 0x1 :: coin::Coin < u64 , address > ");
    assert_eq!(spaced.to_string(), "0x1::coin::Coin<u64, address>");
}

#[test]
fn the_canonical_form_has_whole_addresses() {
    let tag = round_trip("0x1::coin::Coin<u64>");
    let zeros = "0".repeat(63);
    assert_eq!(
        tag.to_canonical_string(),
        format!("{zeros}1::coin::Coin<u64>")
    );
}

#[test]
fn the_numbers_are_those_of_aptos() {
    for (text, number) in [
        ("bool", 0),
        ("u8", 1),
        ("u64", 2),
        ("u128", 3),
        ("address", 4),
        ("signer", 5),
        ("u16", 8),
        ("u32", 9),
        ("u256", 10),
        ("i8", 12),
        ("i256", 17),
    ] {
        let mut bcs = Vec::new();
        text.parse::<TypeTag>().unwrap().write(&mut bcs);
        assert_eq!(bcs, [number], "{text}");
    }
    let mut bcs = Vec::new();
    "vector<0x1::a::B>"
        .parse::<TypeTag>()
        .unwrap()
        .write(&mut bcs);
    assert_eq!((bcs[0], bcs[1], bcs.len()), (6, 7, 2 + 32 + 2 + 2 + 1));
}

#[test]
fn what_is_no_type_is_refused_where_it_goes_wrong() {
    for (text, position) in [
        ("", 0),
        ("u65", 0),
        ("vector", 6),
        ("vector<u8", 9),
        ("vector<u8>>", 10),
        ("0x1::a", 6),
        ("0x1::a::", 8),
        ("0x1::a::B<u8", 12),
        ("0xg::a::B", 0),
        ("|u8", 3),
        ("u8 has copy", 3),
    ] {
        let error = text.parse::<TypeTag>().unwrap_err();
        assert_eq!(error.position, position, "{error}");
    }
    "u8".parse::<StructTag>().unwrap_err();
    let deep = format!("{}u8{}", "vector<".repeat(200_000), ">".repeat(200_000));
    deep.parse::<TypeTag>().unwrap_err();
}

#[test]
fn bytes_that_are_no_tag_are_refused() {
    for bytes in [&[18][..], &[6], &[7, 0], &[0x80, 0x00], &[6; 100]] {
        TypeTag::read(&mut Reader::new(bytes)).unwrap_err();
    }
}
