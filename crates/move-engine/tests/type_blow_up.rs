//! Types whose parts grow exponentially are refused early, and the same whatever is cached.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod chain;

use chain::{Chain, ENGINES, tag};
use lumio_move_engine::StatusCode;

/// A chain of generic structs, each with the next three times at different type arguments.
fn program(levels: usize) -> String {
    let mut text = String::from("module 0x42::m version 7\n");
    for wrapper in 1..=3 {
        text += &format!("struct W{wrapper}<phantom T> has copy, drop, store {{ x: u8 }}\n");
    }
    for level in 1..levels {
        text += &format!(
            "struct S{level}<phantom T> has copy, drop, store {{ a: S{n}<W1<T>>, b: S{n}<W2<T>>, c: S{n}<W3<T>> }}\n",
            n = level + 1
        );
    }
    text += &format!("struct S{levels}<phantom T> has copy, drop, store {{ x: u8 }}\n");
    text += "public fun f(v: vector<S1<u8>>) { ret }\n";
    text += "entry fun e() { vec_pack<S1<u8>> 0 call f ret }\n";
    text
}

#[test]
fn the_parts_of_a_struct_are_bounded_before_they_are_made() {
    for interpreter in ENGINES {
        // (3^5 - 1) / 2 structs and 3^4 numbers are 202 parts; one level more are 607.
        for (levels, expected) in [
            (5, None),
            (6, Some(StatusCode::TooManyTypeNodes)),
            (18, Some(StatusCode::TooManyTypeNodes)),
        ] {
            let mut chain = Chain::with(interpreter, &[&program(levels)]);
            for _ in 0..2 {
                let result = chain.call("m", "e", &[]);
                assert_eq!(result.err().map(|e| e.status()), expected, "{levels}");
                let result = chain.session(|s| s.layout(&tag("0x42::m::S1<u8>")));
                assert_eq!(result.err().map(|e| e.status()), expected, "{levels}");
            }
            // Well-bounded parts are known afterwards, and the answer is the same.
            if levels == 18 {
                let part = tag("0x42::m::S15<u8>");
                assert!(chain.session(|s| s.layout(&part)).is_ok());
                let result = chain.call("m", "e", &[]);
                assert_eq!(result.err().map(|e| e.status()), expected);
                assert!(chain.code.types.len() < 5_000);
            }
        }
    }
}
