//! References that would be left dangling, or would not be the only way to what they may write:
//! through joins, calls, generic code, storage, variants, closures, loops and swaps.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use lumio_move_engine::{
    StatusCode as S,
    text::assemble_module,
    verify::{Config, verify_module},
};

const DECLARED: &str = "
struct I has copy, drop, store { a: u64, b: u64 }
struct P has copy, drop, store { x: u64, y: u64, i: I, j: I, v: vector<I> }
struct R has key { x: u64, v: vector<u64> }
struct R2 has key { x: u64 }
struct G<T: store> has key { x: T }
struct GB<T> has copy, drop, store { x: T, y: T }
enum E has copy, drop { A { x: u64, z: I }, B { x: u64 }, C { v: vector<u64> } }
fun write(a: &mut u64) { ret }
fun writev(a: &mut vector<u64>) { ret }
fun bothv(a: &mut vector<u64>, b: &u64) { ret }
fun swap<T>(a: &mut T, b: &mut T) { ret }
fun pick<T>(a: &mut T, b: &mut T): &mut T { move_loc a ret }
fun elem<T>(a: &mut vector<T>, i: u64): &mut T { move_loc a move_loc i vec_mut_borrow<T> ret }
fun ielem<T>(a: &vector<T>, i: u64): &T { move_loc a move_loc i vec_imm_borrow<T> ret }
fun two(a: &mut P): (&mut u64, &mut u64) { locals r: &mut u64 copy_loc a mut_borrow_field P::x st_loc r move_loc a mut_borrow_field P::y move_loc r ret }
fun take(a: address): R acquires R { move_loc a move_from R ret }
fun touch(a: address) acquires R { move_loc a mut_borrow_global R mut_borrow_field R::v vec_pop_back<u64> pop ret }
fun gtouch<T: store>(a: address) acquires G { move_loc a mut_borrow_global G<T> pop ret }
fun touch2(a: address) acquires R { move_loc a call touch ret }
fun drop_r(r: R) { locals v: vector<u64> move_loc r unpack R st_loc v pop ret }
fun c2(a: &mut u64, b: &mut u64) { ret }
fun wf(x: u64, a: &mut vector<u64>): &mut u64 { move_loc a ld_u64 0 vec_mut_borrow<u64> ret }
";

/// Each must be refused because of its references, not because of an accident of how it is written.
const DANGLING: &[&str] = &[
    "fun f(x: vector<u64>, y: vector<u64>, c: bool) { locals r: &mut u64 move_loc c br_true l mut_borrow_loc x ld_u64 0 vec_mut_borrow<u64> st_loc r branch e l: mut_borrow_loc y ld_u64 0 vec_mut_borrow<u64> st_loc r e: mut_borrow_loc y vec_pop_back<u64> pop ld_u64 1 move_loc r write_ref ret }",
    "fun f(x: u64, c: bool) { locals r: &u64, s: &u64 imm_borrow_loc x st_loc r copy_loc r st_loc s move_loc c br_true e move_loc r pop e: move_loc x pop move_loc s read_ref pop ret }",
    "fun f(x: I, c: bool) { locals r: &mut I, s: &mut u64 mut_borrow_loc x st_loc r copy_loc r mut_borrow_field I::a st_loc s move_loc c br_true e move_loc r pop e: move_loc x pop ld_u64 1 move_loc s write_ref ret }",
    "fun f(p: &mut P, q: &mut P, c: bool) { locals e: &mut I move_loc c br_true l copy_loc p mut_borrow_field P::v ld_u64 0 vec_mut_borrow<I> st_loc e branch e1 l: copy_loc q mut_borrow_field P::v ld_u64 0 vec_mut_borrow<I> st_loc e e1: copy_loc q mut_borrow_field P::v vec_pop_back<I> pop ld_u64 0 move_loc e mut_borrow_field I::a write_ref ret }",
    "fun f(v: vector<u64>) { locals r: &mut u64 mut_borrow_loc v ld_u64 0 call elem<u64> st_loc r mut_borrow_loc v vec_pop_back<u64> pop ld_u64 1 move_loc r write_ref ret }",
    "fun f(v: &mut vector<u64>): u64 { locals r: &u64 copy_loc v freeze_ref ld_u64 0 call ielem<u64> st_loc r copy_loc v vec_pop_back<u64> pop move_loc r read_ref ret }",
    "fun f(x: u64) { mut_borrow_loc x mut_borrow_loc x call c2 ret }",
    "fun f(x: &mut u64) { copy_loc x copy_loc x call c2 ret }",
    "fun f(x: &mut vector<u64>) { copy_loc x copy_loc x ld_u64 0 vec_imm_borrow<u64> call bothv ret }",
    "fun f(p: P): (&mut u64) { locals a: &mut u64, b: &mut u64 mut_borrow_loc p call two st_loc a st_loc b move_loc a ret }",
    "fun f(v: vector<u64>) { mut_borrow_loc v mut_borrow_loc v call swap<vector<u64>> ret }",
    "fun f(v: &mut vector<I>) { copy_loc v ld_u64 0 vec_mut_borrow<I> copy_loc v ld_u64 1 vec_mut_borrow<I> call swap<I> ret }",
    "fun f(p: &mut P, q: P) { locals e: &mut I copy_loc p mut_borrow_field P::v ld_u64 0 vec_mut_borrow<I> st_loc e move_loc p mut_borrow_loc q call swap<P> move_loc e mut_borrow_field I::a pop ret }",
    "fun f(a: &mut vector<u64>, b: &mut vector<u64>) { locals r: &mut u64 copy_loc a copy_loc b call pick<vector<u64>> ld_u64 0 vec_mut_borrow<u64> st_loc r copy_loc b vec_pop_back<u64> pop ld_u64 0 move_loc r write_ref ret }",
    "fun f(e: &mut E) { locals x: &mut vector<u64> copy_loc e mut_borrow_variant_field E::C::v st_loc x ld_u64 1 pack_variant E::B copy_loc e write_ref copy_loc x vec_pop_back<u64> pop move_loc x pop ret }",
    "fun f(e: E) { locals x: &mut u64 mut_borrow_loc e mut_borrow_variant_field E::{A,B}::x st_loc x ld_u64 1 pack_variant E::B st_loc e ld_u64 1 move_loc x write_ref ret }",
    "fun f(e: &mut E) { locals x: &mut u64 copy_loc e mut_borrow_variant_field E::{A,B}::x st_loc x copy_loc e mut_borrow_variant_field E::A::x copy_loc x call c2 move_loc x pop ret }",
    "fun f(e: &mut E) { locals x: &u64 copy_loc e imm_borrow_variant_field E::A::x st_loc x ld_u64 1 copy_loc e mut_borrow_variant_field E::B::x write_ref move_loc x read_ref pop ret }",
    "fun f(e: &mut E) { locals x: &mut u64 copy_loc e mut_borrow_variant_field E::A::x st_loc x copy_loc e test_variant E::A pop ld_u64 1 move_loc x write_ref ret }",
    "fun f(e: E) { locals x: &mut u64 mut_borrow_loc e mut_borrow_variant_field E::B::x st_loc x move_loc e unpack_variant E::B pop ld_u64 1 move_loc x write_ref ret }",
    "fun f(a: address): u64 acquires R { locals r: &u64 copy_loc a imm_borrow_global R imm_borrow_field R::x st_loc r move_loc a call take call drop_r move_loc r read_ref ret }",
    "fun f(a: address): u64 acquires R { locals r: &u64 copy_loc a imm_borrow_global R imm_borrow_field R::v ld_u64 0 vec_imm_borrow<u64> st_loc r move_loc a call touch2 move_loc r read_ref ret }",
    "fun f(a: address) acquires G { locals r: &mut u64 copy_loc a mut_borrow_global G<u64> mut_borrow_field G::x<u64> st_loc r move_loc a call gtouch<u8> ld_u64 0 move_loc r write_ref ret }",
    "fun f(a: address): &u64 acquires R2 { move_loc a imm_borrow_global R2 imm_borrow_field R2::x ret }",
    "fun f(a: address): &mut u64 acquires R { ld_u64 1 move_loc a mut_borrow_global R mut_borrow_field R::v call wf ret }",
    "fun f(a: address) acquires R { locals r: &mut u64 copy_loc a mut_borrow_global R mut_borrow_field R::x st_loc r copy_loc a call f ld_u64 1 move_loc r write_ref ret }",
    "fun f(a: address, b: address) acquires R { move_loc a mut_borrow_global R mut_borrow_field R::x move_loc b mut_borrow_global R mut_borrow_field R::x call c2 ret }",
    "fun f(a: address, c: bool): R acquires R { locals r: &R, q: &R copy_loc a imm_borrow_global R st_loc r copy_loc r st_loc q move_loc c br_true e move_loc r pop e: move_loc a move_from R move_loc q imm_borrow_field R::x pop ret }",
    "fun f(v: vector<u64>) { locals r: &mut u64, g: |&mut vector<u64>|&mut u64 has drop ld_u64 1 pack_closure wf mask=0b01 st_loc g mut_borrow_loc v move_loc g call_closure<|&mut vector<u64>|&mut u64 has drop> st_loc r mut_borrow_loc v vec_pop_back<u64> pop ld_u64 1 move_loc r write_ref ret }",
    "fun f(x: u64) { mut_borrow_loc x mut_borrow_loc x pack_closure c2 mask=0 call_closure<|&mut u64, &mut u64| has drop> ret }",
    "fun f(v: &mut vector<u64>, c: bool) { locals r: &mut u64, z: u64 ld_u64 7 st_loc z mut_borrow_loc z st_loc r a: copy_loc v vec_pop_back<u64> pop ld_u64 0 copy_loc r write_ref copy_loc v ld_u64 0 vec_mut_borrow<u64> st_loc r copy_loc c br_true a move_loc r pop move_loc v pop ret }",
    "fun f(p: &mut P, q: &mut P, c: bool) { locals t: &mut P, e: &mut I copy_loc p mut_borrow_field P::v ld_u64 0 vec_mut_borrow<I> st_loc e a: move_loc p st_loc t move_loc q st_loc p move_loc t st_loc q copy_loc c br_true a copy_loc p mut_borrow_field P::v vec_pop_back<I> pop move_loc e mut_borrow_field I::a pop ret }",
    "fun f(p: &mut vector<vector<u64>>, c: bool) { locals e: &mut vector<u64>, o: &mut u64 copy_loc p ld_u64 0 vec_mut_borrow<vector<u64>> st_loc e copy_loc e ld_u64 0 vec_mut_borrow<u64> st_loc o a: copy_loc e vec_pop_back<u64> pop copy_loc c br_true a ld_u64 0 move_loc o write_ref move_loc e pop move_loc p pop ret }",
    "fun f(v: &mut vector<vector<u64>>) { locals e: &mut vector<u64>, i: &u64 copy_loc v ld_u64 0 vec_mut_borrow<vector<u64>> st_loc e copy_loc v ld_u64 0 vec_imm_borrow<vector<u64>> ld_u64 0 vec_imm_borrow<u64> st_loc i copy_loc e vec_pop_back<u64> pop move_loc i read_ref pop move_loc e pop move_loc v pop ret }",
    "fun f(v: &mut I): u64 { locals a: &mut u64, z: &I copy_loc v mut_borrow_field I::a st_loc a move_loc v freeze_ref st_loc z ld_u64 1 move_loc a write_ref move_loc z imm_borrow_field I::a read_ref ret }",
    "fun f(v: &mut vector<u64>): u64 { locals z: &u64 copy_loc v freeze_ref ld_u64 0 vec_imm_borrow<u64> st_loc z move_loc v vec_pop_back<u64> pop move_loc z read_ref ret }",
    "fun f<T: copy+drop>(g: &mut GB<vector<T>>, w: GB<vector<T>>) { locals e: &mut T copy_loc g mut_borrow_field GB::x<vector<T>> ld_u64 0 vec_mut_borrow<T> st_loc e move_loc w move_loc g write_ref move_loc e read_ref pop ret }",
    "fun f(g: &mut GB<u64>) { locals e: &mut u64 copy_loc g mut_borrow_field GB::x<u64> st_loc e move_loc g mut_borrow_field GB::x<u64> move_loc e call c2 ret }",
    "fun f(p: &mut P) { locals a: &mut u64, b: &mut u64 copy_loc p call two st_loc a st_loc b move_loc p mut_borrow_field P::x move_loc a call c2 move_loc b pop ret }",
    "fun f(p: &mut P): (&mut u64, &mut P) { locals a: &mut u64 copy_loc p mut_borrow_field P::x st_loc a move_loc a move_loc p ret }",
    "fun f(p: &mut P): (&mut P, &mut P) { copy_loc p move_loc p ret }",
    "fun f(p: &mut P): (&mut P, &P) { locals z: &P copy_loc p freeze_ref st_loc z move_loc p move_loc z ret }",
    "fun f(v: vector<u64>) { locals r: &mut u64 mut_borrow_loc v ld_u64 0 call elem<u64> st_loc r vec_pack<u64> 0 st_loc v ld_u64 1 move_loc r write_ref ret }",
    "fun f(v: vector<u64>) { locals r: &mut u64 mut_borrow_loc v ld_u64 0 call elem<u64> st_loc r copy_loc v pop ld_u64 1 move_loc r write_ref ret }",
    "fun f(a: &mut I, b: &mut I) { locals r: &mut u64 copy_loc a mut_borrow_field I::a st_loc r move_loc a move_loc b eq pop ld_u64 1 move_loc r write_ref ret }",
    "fun f(v: &mut vector<vector<u64>>) { locals r: &mut u64 copy_loc v ld_u64 0 vec_mut_borrow<vector<u64>> ld_u64 0 vec_mut_borrow<u64> st_loc r copy_loc v ld_u64 0 ld_u64 1 vec_swap<vector<u64>> ld_u64 1 move_loc r write_ref move_loc v pop ret }",
    "fun f(v: vector<u64>, c: bool) { locals r: &mut u64 mut_borrow_loc v ld_u64 0 vec_mut_borrow<u64> st_loc r move_loc c br_true e ld_u64 0 abort e: move_loc v pop ld_u64 1 move_loc r write_ref ret }",
];

/// What may be refused about references: that they are in the way, and nothing else.
fn is_about_references(status: S) -> bool {
    let name = format!("{status:?}");
    name.contains("ExistsBorrow")
        || name.contains("ExistsMutableBorrow")
        || name.contains("BorrowedMutableReference")
        || matches!(
            status,
            S::StlocUnsafeToDestroyError
                | S::GlobalReferenceError
                | S::UnsafeRetLocalOrResourceStillBorrowed
        )
}

fn check(function: &str) -> Result<(), S> {
    let text = format!("module 0x1::m version 10\n{DECLARED}\n{function}");
    let module = assemble_module(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    verify_module(&Config::production(), &module).map_err(|error| error.status())
}

#[test]
fn no_reference_is_left_dangling() {
    for function in DANGLING {
        match check(function) {
            Ok(()) => panic!("accepted: {function}"),
            Err(status) => assert!(is_about_references(status), "{status}: {function}"),
        }
    }
}

/// Closures hold values only, so that no reference outlives its frame in one.
#[test]
fn closures_capture_no_references() {
    let function = "fun f(x: &mut u64) { locals g: |&mut u64| has drop
        move_loc x pack_closure c2 mask=0b01 st_loc g ret }";
    assert_eq!(check(function), Err(S::ClosureTypeMismatchError));
}
