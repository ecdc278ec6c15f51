//! Which refusal comes first, and which programs are too much work: what the public suites of Move
//! verifiers say.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "verify/refusal.rs"]
mod refusal;

use lumio_move_engine::{
    StatusCode as S,
    verify::{Config, verify_script},
};
use refusal::{accept, expect, list, refuse, script};

const STRUCTS: &str = "struct Plain has copy, drop, store { x: u64 }
    struct Boxed<T> has copy, drop, store { x: T }
    struct Marked<phantom T> has copy, drop, store { x: u64 }
    struct Held<T> has key { x: T }
    struct Tagged<phantom T> has key { x: u64 }
    struct NoDrop { x: u64 }
    struct Copied<T: copy> has copy, drop, store { x: T }
";

fn with_structs(text: &str) -> String {
    format!("{STRUCTS} {text}")
}

/// A generic resource is checked with its type arguments, before any code; one that is not generic
/// is checked where it is used.
#[test]
fn instances_in_storage_are_resources() {
    for resource in [
        "Boxed<u64>",
        "Marked<u64>",
        "Held<NoDrop>",
        "Held<signer>",
        "Held<T>",
    ] {
        for code in [
            "move_loc a exists R pop ret",
            "move_loc a mut_borrow_global R pop ret",
            "move_loc a imm_borrow_global R pop ret",
            "move_loc a move_from R move_loc s pop abort",
        ] {
            let name = resource.split('<').next().unwrap();
            let acquires = if code.contains("exists") {
                String::new()
            } else {
                format!("acquires {name}")
            };
            let code = code.replace('R', resource);
            let text = format!("fun f<T>(a: address, s: &signer) {acquires} {{ {code} }}");
            refuse(S::ConstraintNotSatisfied, &with_structs(&text));
        }
    }
    refuse(
        S::ConstraintNotSatisfied,
        &with_structs(
            "fun f(s: &signer, r: Boxed<u64>) { move_loc s move_loc r move_to Boxed<u64> ret }",
        ),
    );
    for (status, text) in [
        (
            S::ExistsWithoutKeyAbilityOrBadArgument,
            "fun f(a: address) { move_loc a exists Plain pop ret }",
        ),
        (
            S::MovefromWithoutKeyAbility,
            "fun f(a: address) acquires Plain { move_loc a move_from Plain pop ret }",
        ),
        (
            S::BorrowglobalWithoutKeyAbility,
            "fun f(a: address) acquires Plain { move_loc a mut_borrow_global Plain pop ret }",
        ),
        (
            S::MovetoWithoutKeyAbility,
            "fun f(s: &signer, r: Plain) { move_loc s move_loc r move_to Plain ret }",
        ),
    ] {
        refuse(status, &with_structs(text));
    }
    for text in [
        "fun f(a: address) { move_loc a exists Tagged<NoDrop> pop ret }",
        "fun f(a: address) { move_loc a exists Tagged<signer> pop ret }",
        "fun f<T: store>(a: address) { move_loc a exists Held<T> pop ret }",
        "fun f<T>(a: address) { move_loc a exists Tagged<T> pop ret }",
    ] {
        accept(&with_structs(text));
    }
}

/// What no function uses must be well formed too, as far as it does not depend on whose type
/// parameters it names.
#[test]
fn signatures_that_nothing_uses_satisfy_constraints() {
    refuse(
        S::ConstraintNotSatisfied,
        &with_structs("extra signature (Copied<NoDrop>)"),
    );
    refuse(
        S::ConstraintNotSatisfied,
        &with_structs("extra signature (vector<Copied<signer>>)"),
    );
    accept(&with_structs("extra signature (Copied<#0>)"));
    accept(&with_structs("extra signature (Copied<u64>)"));
}

#[test]
fn code_is_refused_before_fields_and_their_abilities_before_phantoms() {
    let text = "struct Bad has drop { x: NoDrop } fun f<T>() { locals x: Copied<T> ret }";
    refuse(S::ConstraintNotSatisfied, &with_structs(text));
    let text = "struct Bad<phantom T> has drop { x: vector<T>, y: NoDrop }";
    refuse(S::InvalidPhantomTypeParamPosition, &with_structs(text));
    let text = "struct Pair<T, U> has copy, drop, store { x: T, y: U }
        struct Bad<phantom T> has drop { x: Pair<T, NoDrop> }";
    refuse(S::FieldMissingTypeAbility, &with_structs(text));
}

#[test]
fn scripts_have_no_structs_of_their_own() {
    for code in [
        "pack #0 pop ret",
        "unpack #0 ret",
        "ld_const<address> 0x1 exists #0 pop ret",
        "ld_const<address> 0x1 move_from_generic #0 pop ret",
        "imm_borrow_field #0 pop ret",
        "pack_variant #0 pop ret",
    ] {
        let text = format!("script version 7 fun main() {{ {code} }}");
        let result = verify_script(&Config::production(), &script(&text));
        expect(S::InvalidOperationInScript, result, &text);
    }
}

fn references(count: usize, inner: &str) -> String {
    list(count, ", ", &format!("r{{}}: &{inner}"))
}

/// Many loops back to the start, each with one more local than before.
#[test]
fn many_ways_back_are_too_much_work() {
    let locals = list(255, ", ", "l{}: u8");
    let plain = "ld_true br_true start ".repeat(1024 - 255 - 2);
    let stores = list(255, " ", "call two st_loc l{} br_true start");
    let body = format!("locals {locals} start: {plain} {stores} ret");
    let text = list(16, "\n", "fun f{}() { BODY }").replace("BODY", &body);
    refuse(
        S::ConstraintNotSatisfied,
        &format!("fun two(): (bool, u8) {{ ld_true ld_u8 0 ret }} {text}"),
    );
    let split = "ld_true br_true @NEXT ret ld_true br_true start ";
    let mut code = String::new();
    for n in 0..1024 / 2 - 255 - 3 {
        code += &split
            .replace("@NEXT", &format!("n{n}"))
            .replace("ret ", &format!("ret n{n}: "));
    }
    let body = format!("locals {locals} start: {code} {stores} ret");
    let text = list(16, "\n", "fun f{}() { BODY }").replace("BODY", &body);
    refuse(
        S::ConstraintNotSatisfied,
        &format!("fun two(): (bool, u8) {{ ld_true ld_u8 0 ret }} {text}"),
    );
}

/// Calls that make every reference borrow from every other one.
#[test]
fn references_that_all_borrow_from_each_other_are_too_much_work() {
    let n = 128;
    let types = list(n, ", ", "&u64");
    let moves = list(n, " ", "move_loc r{}");
    let copies = list(n, " ", "copy_loc r{}");
    let text = format!(
        "fun both({p}): ({types}) {{ {moves} ret }} fun swallow({p}) {{ ret }}
         fun f({p}) {{ {copies} {calls} call swallow ret }}",
        p = references(n, "u64"),
        calls = "call both ".repeat(76),
    );
    refuse(S::ConstraintNotSatisfied, &text);
}

/// Large graphs, and long chains, that are joined again and again.
#[test]
fn graphs_joined_many_times_are_too_much_work() {
    let n = 127;
    let types = list(n, ", ", "&u8");
    let body = format!(
        "locals {locals} start: {copies} call mix {stores} {loops} ret",
        locals = list(n, ", ", "l{}: &u8"),
        copies = list(n, " ", "copy_loc r{}"),
        stores = list(n, " ", "st_loc l{}"),
        loops = "ld_true br_true start ".repeat(950),
    );
    let functions = list(18, "\n", "fun f{}(PARAMS) { BODY }")
        .replace("PARAMS", &references(n, "u8"))
        .replace("BODY", &body);
    let text = format!(
        "fun make(): ({types}) {{ call make ret }}
         fun mix({p}): ({types}) {{ call make ret }} {functions}",
        p = references(n, "u8"),
    );
    refuse(S::ConstraintNotSatisfied, &text);

    let body = format!(
        "locals {locals} start: copy_loc p st_loc l0 {chain} {loops} ret",
        locals = list(31, ", ", "l{}: &u8"),
        chain = list(31, " ", "copy_loc l0 st_loc l{}").replacen("copy_loc l0 st_loc l0 ", "", 1),
        loops = "ld_true br_true start ".repeat(965),
    );
    let text = list(21, "\n", "fun f{}(p: &u8) { BODY }").replace("BODY", &body);
    refuse(S::ConstraintNotSatisfied, &text);
}

/// A reference with a thousand children, copied again and again.
#[test]
fn copies_of_a_reference_with_many_children_are_too_much_work() {
    let body = format!(
        "locals r: &vector<u8>, x: u8 copy_loc v st_loc r {children} {copies} {pops} ret",
        children = "copy_loc r ld_u64 0 vec_imm_borrow<u8> ".repeat(1020),
        copies = "copy_loc r pop ".repeat(1880),
        pops = "pop ".repeat(1020),
    );
    let text = list(2, "\n", "fun f{}(v: &vector<u8>) { BODY }").replace("BODY", &body);
    refuse(S::ConstraintNotSatisfied, &text);
}

/// Deep types that are passed on by many functions.
#[test]
fn large_types_passed_around_are_too_much_work() {
    let deep = format!("{}bool{}", "vector<".repeat(64), ">".repeat(64));
    let types = list(64, ", ", &format!("&{deep}"));
    let parameters = references(64, &deep);
    let calls = "call pass ".repeat(77);
    let functions =
        list(177, "\n", "fun f{}() { call make CALLS call take ret }").replace("CALLS", &calls);
    let text = format!(
        "fun make(): ({types}) {{ call make ret }} fun pass({parameters}): ({types}) {{ call make ret }}
         fun take({parameters}) {{ ret }} {functions}"
    );
    refuse(S::ConstraintNotSatisfied, &text);
}
