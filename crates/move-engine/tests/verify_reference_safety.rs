//! References: what may be borrowed while what else is, and the status code of each refusal.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use lumio_move_engine::{
    StatusCode as S, VmError,
    text::assemble_module,
    verify::{Config, verify_module},
};

const DECLARED: &str = "
struct I has copy, drop, store { a: u64, b: u64 }
struct P has copy, drop, store { x: u64, y: u64, i: I, j: I, v: vector<I> }
struct R has key { x: u64, y: u64 }
struct G<T: store> has key { x: T }
enum E has copy, drop { A { x: u64, z: u64 }, B { x: u64 } }
fun read(a: &u64) { ret }
fun write(a: &mut u64) { ret }
fun both(a: &mut u64, b: &mut u64) { ret }
fun mixed(a: &mut u64, b: &u64) { ret }
fun choose(a: &mut I, b: &mut I): &mut u64 { move_loc a mut_borrow_field I::a ret }
fun inner(a: &mut P): &mut I { move_loc a mut_borrow_field P::i ret }
fun look(a: &mut I): &u64 { move_loc a imm_borrow_field I::a ret }
fun peek(a: &I): &u64 { move_loc a imm_borrow_field I::a ret }
fun take(a: address): R acquires R { move_loc a move_from R ret }
fun put(s: &signer, r: R) { move_loc s move_loc r move_to R ret }
fun drop(r: R): (u64, u64) { move_loc r unpack R ret }
";

fn check(function: &str) -> Result<(), VmError> {
    let text = format!("module 0x1::m version 10\n{DECLARED}\n{function}");
    let module = assemble_module(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    verify_module(&Config::production(), &module)
}

fn accept(functions: &[&str]) {
    for function in functions {
        if let Err(error) = check(function) {
            panic!("{function}\n{error}");
        }
    }
}

fn refuse(status: S, functions: &[&str]) {
    for function in functions {
        match check(function) {
            Ok(()) => panic!("accepted instead of {status}: {function}"),
            Err(error) => assert_eq!(error.status(), status, "{function}"),
        }
    }
}

#[test]
fn borrowed_locals_stay() {
    refuse(
        S::MovelocExistsBorrowError,
        &[
            "fun f(x: u64) { locals r: &u64 imm_borrow_loc x st_loc r move_loc x pop move_loc r pop ret }",
            "fun f(x: P) { locals r: &mut u64 mut_borrow_loc x mut_borrow_field P::x st_loc r move_loc x pop ret }",
            "fun f(v: vector<I>) { locals r: &I imm_borrow_loc v ld_u64 0 vec_imm_borrow<I> st_loc r move_loc v pop ret }",
        ],
    );
    refuse(
        S::StlocUnsafeToDestroyError,
        &[
            "fun f(x: u64) { locals r: &u64 imm_borrow_loc x st_loc r ld_u64 1 st_loc x move_loc r pop ret }",
        ],
    );
    // A local that holds a value in one of two branches only.
    refuse(
        S::StlocUnsafeToDestroyError,
        &[
            "fun f(r: &u64) { locals x: u64 ld_true br_true l ld_u64 1 st_loc x imm_borrow_loc x st_loc r l: ld_u64 2 st_loc x ret }",
        ],
    );
    accept(&[
        // The reference of the last turn is not available in the next.
        "fun f(x: u64) { locals r: &u64 l: ld_u64 1 st_loc x imm_borrow_loc x st_loc r branch l }",
        "fun f(x: u64) { locals r: &u64 imm_borrow_loc x st_loc r move_loc r pop move_loc x pop ret }",
        "fun f(x: u64) { locals r: &u64 imm_borrow_loc x st_loc r copy_loc x pop move_loc r pop ret }",
    ]);
}

#[test]
fn locals_are_not_read_while_they_may_be_written() {
    refuse(
        S::CopylocExistsBorrowError,
        &[
            "fun f(x: u64) { locals r: &mut u64 mut_borrow_loc x st_loc r copy_loc x pop move_loc r pop ret }",
        ],
    );
    refuse(
        S::BorrowlocExistsBorrowError,
        &[
            "fun f(x: u64) { locals r: &mut u64 mut_borrow_loc x st_loc r imm_borrow_loc x pop move_loc r pop ret }",
            "fun f(x: P) { locals r: &mut u64 mut_borrow_loc x mut_borrow_field P::x st_loc r imm_borrow_loc x imm_borrow_field P::y pop move_loc r pop ret }",
        ],
    );
    accept(&[
        "fun f(x: u64) { locals r: &mut u64, s: &mut u64 mut_borrow_loc x st_loc r move_loc r freeze_ref pop imm_borrow_loc x pop ret }",
        "fun f(x: u64) { locals r: &u64 imm_borrow_loc x st_loc r imm_borrow_loc x pop move_loc r pop ret }",
    ]);
}

#[test]
fn a_second_mutable_borrow_takes_over_the_first() {
    // The second may not be used before the first has ended.
    refuse(
        S::WriterefExistsBorrowError,
        &[
            "fun f(x: u64) { locals r: &mut u64, s: &mut u64 mut_borrow_loc x st_loc r mut_borrow_loc x st_loc s ld_u64 1 move_loc s write_ref ld_u64 2 move_loc r write_ref ret }",
        ],
    );
    accept(&[
        "fun f(x: u64) { locals r: &mut u64, s: &mut u64 mut_borrow_loc x st_loc r mut_borrow_loc x st_loc s ld_u64 2 move_loc r write_ref ld_u64 1 move_loc s write_ref ret }",
    ]);
}

#[test]
fn what_is_borrowed_is_not_written() {
    refuse(
        S::WriterefExistsBorrowError,
        &[
            "fun f(a: &mut u64) { locals r: &mut u64 copy_loc a st_loc r ld_u64 1 copy_loc a write_ref move_loc r pop ret }",
            "fun f(a: &mut P, p: P) { locals r: &u64 copy_loc a imm_borrow_field P::x st_loc r move_loc p move_loc a write_ref move_loc r pop ret }",
            "fun f(a: &mut I, i: I) { locals r: &u64 copy_loc a call look st_loc r move_loc i move_loc a write_ref move_loc r pop ret }",
            "fun f(a: &mut I, b: &mut I, i: I) { locals r: &mut u64 copy_loc a copy_loc b call choose st_loc r move_loc i move_loc b write_ref move_loc r pop ret }",
        ],
    );
    accept(&[
        "fun f(a: &mut P) { locals r: &u64 copy_loc a imm_borrow_field P::x st_loc r ld_u64 1 copy_loc a mut_borrow_field P::y write_ref move_loc r pop ret }",
        "fun f(a: &mut P) { locals r: &mut u64 copy_loc a mut_borrow_field P::i mut_borrow_field I::a st_loc r ld_u64 1 copy_loc a mut_borrow_field P::j mut_borrow_field I::a write_ref ld_u64 1 copy_loc a mut_borrow_field P::i mut_borrow_field I::b write_ref ld_u64 1 move_loc r write_ref ret }",
    ]);
}

#[test]
fn what_may_be_written_is_not_read() {
    refuse(
        S::ReadrefExistsMutableBorrowError,
        &[
            "fun f(a: &mut u64) { locals r: &mut u64 copy_loc a st_loc r copy_loc a read_ref pop move_loc r pop ret }",
            "fun f(a: &mut P) { locals r: &mut u64 copy_loc a mut_borrow_field P::x st_loc r copy_loc a read_ref pop move_loc r pop ret }",
            "fun f(a: &mut u64) { locals r: &mut u64 copy_loc a st_loc r copy_loc a copy_loc a eq pop move_loc r pop ret }",
            "fun f(a: &mut E) { locals r: &mut u64 copy_loc a mut_borrow_variant_field E::A::x st_loc r copy_loc a test_variant E::A pop move_loc r pop ret }",
        ],
    );
    refuse(
        S::FreezerefExistsMutableBorrowError,
        &[
            "fun f(a: &mut u64) { locals r: &mut u64 copy_loc a st_loc r copy_loc a freeze_ref pop move_loc r pop ret }",
            "fun f(a: &mut P) { locals r: &mut u64 copy_loc a mut_borrow_field P::x st_loc r copy_loc a freeze_ref pop move_loc r pop ret }",
        ],
    );
    accept(&[
        "fun f(a: &mut u64) { locals r: &u64 copy_loc a freeze_ref st_loc r copy_loc a read_ref pop move_loc r pop ret }",
        "fun f(a: &mut E) { locals r: &u64 copy_loc a imm_borrow_variant_field E::A::x st_loc r copy_loc a test_variant E::A pop move_loc r pop ret }",
    ]);
}

#[test]
fn fields_are_told_apart_and_the_whole_is_not() {
    refuse(
        S::BorrowfieldExistsMutableBorrowError,
        &[
            "fun f(a: &mut P) { locals r: &mut P copy_loc a st_loc r copy_loc a mut_borrow_field P::x pop move_loc r pop ret }",
            "fun f(a: &mut P) { locals r: &mut u64 copy_loc a mut_borrow_field P::x st_loc r copy_loc a imm_borrow_field P::x pop move_loc r pop ret }",
            // What a function returned may point anywhere into its argument.
            "fun f(a: &mut I, b: &mut I) { locals r: &mut u64 copy_loc a copy_loc b call choose st_loc r copy_loc a mut_borrow_field I::b pop move_loc r pop ret }",
        ],
    );
    accept(&[
        "fun f(a: &mut P) { locals r: &mut u64 copy_loc a mut_borrow_field P::x st_loc r copy_loc a imm_borrow_field P::y pop move_loc r pop ret }",
        "fun f(a: &mut P) { locals r: &u64 copy_loc a imm_borrow_field P::x st_loc r copy_loc a imm_borrow_field P::x pop move_loc r pop ret }",
        "fun f(a: &mut E) { locals r: &mut u64 copy_loc a mut_borrow_variant_field E::A::z st_loc r copy_loc a imm_borrow_variant_field E::{A, B}::#0 pop move_loc r pop ret }",
    ]);
    refuse(
        S::BorrowfieldExistsMutableBorrowError,
        &[
            "fun f(a: &mut E) { locals r: &mut u64 copy_loc a mut_borrow_variant_field E::A::x st_loc r copy_loc a imm_borrow_variant_field E::{A, B}::#0 pop move_loc r pop ret }",
        ],
    );
}

#[test]
fn vectors_do_not_change_under_element_references() {
    refuse(
        S::VecUpdateExistsMutableBorrowError,
        &[
            "fun f(v: &mut vector<u64>) { locals r: &u64 copy_loc v ld_u64 0 vec_imm_borrow<u64> st_loc r move_loc v ld_u64 1 vec_push_back<u64> move_loc r pop ret }",
            "fun f(v: &mut vector<u64>) { locals r: &mut u64 copy_loc v ld_u64 0 vec_mut_borrow<u64> st_loc r move_loc v vec_pop_back<u64> pop move_loc r pop ret }",
            "fun f(v: &mut vector<u64>) { locals r: &u64 copy_loc v ld_u64 0 vec_imm_borrow<u64> st_loc r move_loc v ld_u64 0 ld_u64 1 vec_swap<u64> move_loc r pop ret }",
        ],
    );
    refuse(
        S::VecBorrowElementExistsMutableBorrowError,
        &[
            "fun f(v: &mut vector<u64>) { locals r: &mut u64 copy_loc v ld_u64 0 vec_mut_borrow<u64> st_loc r move_loc v ld_u64 1 vec_mut_borrow<u64> pop move_loc r pop ret }",
            "fun f(v: &mut vector<u64>) { locals r: &u64 copy_loc v ld_u64 0 vec_imm_borrow<u64> st_loc r move_loc v ld_u64 1 vec_mut_borrow<u64> pop move_loc r pop ret }",
            "fun f(v: &mut vector<u64>) { locals r: &mut u64 copy_loc v ld_u64 0 vec_mut_borrow<u64> st_loc r move_loc v ld_u64 0 vec_imm_borrow<u64> pop move_loc r pop ret }",
        ],
    );
    accept(&[
        "fun f(v: &mut vector<u64>) { locals r: &mut u64 copy_loc v ld_u64 0 vec_mut_borrow<u64> st_loc r move_loc v vec_len<u64> pop move_loc r pop ret }",
        "fun f(v: &mut vector<u64>) { locals r: &u64 copy_loc v ld_u64 0 vec_imm_borrow<u64> st_loc r move_loc v ld_u64 0 vec_imm_borrow<u64> pop move_loc r pop ret }",
        "fun f(p: &mut P) { locals r: &mut u64 copy_loc p mut_borrow_field P::v ld_u64 0 vec_mut_borrow<I> mut_borrow_field I::a st_loc r ld_u64 1 move_loc p mut_borrow_field P::x write_ref move_loc r pop ret }",
    ]);
}

#[test]
fn calls_get_exclusive_mutable_references() {
    refuse(
        S::CallBorrowedMutableReferenceError,
        &[
            "fun f(a: &mut u64) { copy_loc a move_loc a call both ret }",
            "fun f(a: &mut u64) { locals r: &u64 copy_loc a freeze_ref st_loc r move_loc a move_loc r call mixed ret }",
            "fun f(x: P) { locals r: &mut P mut_borrow_loc x st_loc r copy_loc r mut_borrow_field P::x copy_loc r mut_borrow_field P::x call both ret }",
            "fun f(a: &mut u64, c: |&mut u64, &mut u64|) { copy_loc a move_loc a move_loc c call_closure<|&mut u64, &mut u64|> ret }",
        ],
    );
    accept(&[
        "fun f(x: P) { locals r: &mut P mut_borrow_loc x st_loc r copy_loc r mut_borrow_field P::x move_loc r mut_borrow_field P::y call both ret }",
        "fun f(x: P) { locals r: &mut P mut_borrow_loc x st_loc r copy_loc r mut_borrow_field P::x copy_loc r imm_borrow_field P::y call mixed ret }",
    ]);
}

#[test]
fn returned_references_borrow_from_arguments() {
    // An immutable result borrows from all references, a mutable one from mutable ones only.
    refuse(
        S::MovelocExistsBorrowError,
        &[
            "fun f(i: I) { locals r: &u64 imm_borrow_loc i call peek st_loc r move_loc i pop move_loc r pop ret }",
            "fun f(i: I, j: I) { locals r: &mut u64 mut_borrow_loc i mut_borrow_loc j call choose st_loc r move_loc j pop move_loc r pop ret }",
        ],
    );
    refuse(
        S::UnsafeRetLocalOrResourceStillBorrowed,
        &["fun f(i: I): &u64 { imm_borrow_loc i call peek ret }"],
    );
    accept(&["fun f(a: &mut I): &u64 { move_loc a call look ret }"]);
}

#[test]
fn nothing_that_is_returned_points_into_the_frame() {
    refuse(
        S::UnsafeRetLocalOrResourceStillBorrowed,
        &[
            "fun f(x: u64): &u64 { imm_borrow_loc x ret }",
            "fun f(x: P): &mut u64 { mut_borrow_loc x mut_borrow_field P::x ret }",
            "fun f(a: address): &R acquires R { move_loc a imm_borrow_global R ret }",
            "fun f(a: &u64, x: u64): &u64 { ld_true br_true l imm_borrow_loc x st_loc a l: move_loc a ret }",
        ],
    );
    accept(&["fun f(a: &P): &u64 { move_loc a imm_borrow_field P::x ret }"]);
}

#[test]
fn returned_mutable_references_are_exclusive() {
    refuse(
        S::RetBorrowedMutableReferenceError,
        &[
            "fun f(a: &mut u64): (&mut u64, &mut u64) { copy_loc a move_loc a ret }",
            "fun f(a: &mut P): (&u64, &mut P) { copy_loc a imm_borrow_field P::x copy_loc a ret }",
            "fun f(a: &mut P): (&mut u64, &u64) { locals r: &u64 copy_loc a imm_borrow_field P::x st_loc r move_loc a mut_borrow_field P::x move_loc r ret }",
        ],
    );
    accept(&[
        "fun f(a: &mut P): (&mut u64, &mut u64) { copy_loc a mut_borrow_field P::x move_loc a mut_borrow_field P::y ret }",
    ]);
}

#[test]
fn resources_of_a_type_are_not_told_apart() {
    refuse(
        S::GlobalReferenceError,
        &[
            "fun f(a: address, b: address) acquires R { locals r: &mut R move_loc a mut_borrow_global R st_loc r move_loc b mut_borrow_global R pop move_loc r pop ret }",
            "fun f(a: address, b: address) acquires R { locals r: &mut R move_loc a mut_borrow_global R st_loc r move_loc b imm_borrow_global R pop move_loc r pop ret }",
            "fun f(a: address, b: address) acquires R { locals r: &R move_loc a imm_borrow_global R st_loc r move_loc b mut_borrow_global R pop move_loc r pop ret }",
            "fun f(a: address) acquires R { locals r: &u64 copy_loc a imm_borrow_global R imm_borrow_field R::x st_loc r move_loc a move_from R call drop pop pop move_loc r pop ret }",
            "fun f(a: address) acquires R { locals r: &R copy_loc a imm_borrow_global R st_loc r move_loc a call take call drop pop pop move_loc r pop ret }",
            "fun f(a: address) acquires G { locals r: &mut G<u8> copy_loc a mut_borrow_global G<u8> st_loc r move_loc a mut_borrow_global G<u64> pop move_loc r pop ret }",
        ],
    );
    accept(&[
        "fun f(a: address, b: address) acquires R { locals r: &R move_loc a imm_borrow_global R st_loc r move_loc b imm_borrow_global R pop move_loc r pop ret }",
        "fun f(a: address, b: address) acquires R, G { locals r: &mut R move_loc a mut_borrow_global R st_loc r move_loc b mut_borrow_global G<u8> pop move_loc r pop ret }",
        "fun f(a: address) acquires R { locals r: &R copy_loc a imm_borrow_global R st_loc r move_loc r pop move_loc a call take call drop pop pop ret }",
    ]);
}

#[test]
fn branches_are_joined() {
    refuse(
        S::WriterefExistsBorrowError,
        &[
            "fun f(a: &mut u64, b: &mut u64) { locals r: &mut u64 ld_true br_true l copy_loc a st_loc r branch e l: copy_loc b st_loc r e: ld_u64 1 move_loc a write_ref move_loc r pop ret }",
        ],
    );
    refuse(
        S::MovelocExistsBorrowError,
        &[
            "fun f(x: u64, y: u64) { locals r: &u64 ld_true br_true l imm_borrow_loc x st_loc r branch e l: imm_borrow_loc y st_loc r e: move_loc y pop move_loc r pop ret }",
        ],
    );
    accept(&[
        // A reference that lives on one way only is gone afterwards.
        "fun f(a: &mut u64) { locals r: &mut u64 ld_true br_true l copy_loc a st_loc r l: ld_u64 1 move_loc a write_ref ret }",
    ]);
}

#[test]
fn loops_are_followed_until_nothing_changes() {
    refuse(
        S::WriterefExistsBorrowError,
        &[
            "fun f(a: &mut u64, b: &mut u64) { l: ld_u64 1 copy_loc b write_ref ld_true br_true e copy_loc b st_loc a branch l e: ret }",
        ],
    );
    accept(&[
        "fun f(a: &mut u64, n: u64) { locals r: &mut u64 l: copy_loc a st_loc r ld_u64 1 move_loc r write_ref ld_true br_true l ret }",
    ]);
}

#[test]
fn a_signer_is_released_by_move_to() {
    accept(&[
        "fun f(s: signer, r: R) { imm_borrow_loc s move_loc r move_to R move_loc s pop ret }",
    ]);
}

#[test]
fn graphs_that_grow_too_fast_are_too_complex() {
    // Each `if` doubles the paths from one reference to the next.
    let mut types = String::from("struct T0 has drop { a: u64, b: u64 }\n");
    let mut body = String::new();
    let depth = 24;
    for level in 1..depth {
        types += &format!(
            "struct T{level} has drop {{ a: T{0}, b: T{0} }}\n",
            level - 1
        );
    }
    let mut locals = String::new();
    for level in (1..depth).rev() {
        locals += &format!(
            "{}r{}: &T{}",
            if locals.is_empty() { "" } else { ", " },
            level - 1,
            level - 1
        );
        let from = if level == depth - 1 {
            "p".to_string()
        } else {
            format!("r{level}")
        };
        body += &format!(
            "ld_true br_true l{level} copy_loc {from} imm_borrow_field T{level}::a st_loc r{0} branch e{level} \
             l{level}: copy_loc {from} imm_borrow_field T{level}::b st_loc r{0} e{level}: move_loc {from} pop ",
            level - 1
        );
    }
    let function = format!(
        "{types} fun f(p: &T{}, q: &T{}) {{ locals {locals} copy_loc q pop {body} ret }}",
        depth - 1,
        depth - 1
    );
    // Keep an ancestor alive, so that all paths stay in the graph.
    let function = function.replace("move_loc p pop", "nop");
    let start = std::time::Instant::now();
    let error = check(&function).unwrap_err();
    assert_eq!(error.status(), S::ConstraintNotSatisfied);
    assert!(start.elapsed().as_secs() < 5);
}

#[test]
fn fields_behind_an_unknown_way_stay_unknown() {
    refuse(
        S::BorrowfieldExistsMutableBorrowError,
        &[
            "fun f(a: &mut P) { locals i: &mut I, u: &mut u64 copy_loc a call inner st_loc i copy_loc i mut_borrow_field I::a st_loc u move_loc i pop copy_loc a mut_borrow_field P::i pop move_loc u pop ret }",
        ],
    );
}
