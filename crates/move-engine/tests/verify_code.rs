//! Control flow, stack, types, locals and acquired resources: what each instruction accepts, and
//! the status code of each refusal.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use lumio_move_engine::{
    StatusCode as S, VmError,
    format::{Bytecode as B, CompiledModule},
    text::assemble_module,
    verify::{Config, verify_module},
};

const DECLARED: &str = "
struct P has copy, drop, store { x: u64, y: bool }
struct Box<T> has copy, drop, store { value: T }
struct Hot { x: u64 }
struct R has key { x: u64 }
struct G<phantom T> has key { x: u64 }
enum E has copy, drop { A { x: u64 }, B { x: u64, y: bool }, C }
enum M<T> has copy, drop { Some { value: T }, None }
#[persistent] public fun stays(a: u64, b: bool): u64 { copy_loc a ret }
fun goes(a: u64, b: bool): u64 { copy_loc a ret }
fun refers(a: &u64, b: u64): u64 { copy_loc b ret }
fun id<T>(a: T): T { move_loc a ret }
fun hot(a: Hot): u64 { move_loc a unpack Hot ret }
";

fn module(version: u32, function: &str) -> CompiledModule {
    let text = format!("module 0x1::m version {version}\n{DECLARED}\n{function}");
    assemble_module(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn check(function: &str) -> Result<(), VmError> {
    verify_module(&Config::production(), &module(10, function))
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
fn errors_name_function_and_instruction() {
    let error = check("fun f() { nop ld_u8 1 ld_u64 1 add pop ret }").unwrap_err();
    let (function, offset) = error.details().offsets[0];
    assert_eq!((function.0, offset), (5, 3));
}

#[test]
fn code_must_not_be_empty_or_run_off_its_end() {
    let mut empty = module(10, "fun f() { ret }");
    empty.function_defs[5].code.as_mut().unwrap().code.clear();
    let error = verify_module(&Config::production(), &empty).unwrap_err();
    assert_eq!(error.status(), S::EmptyCodeUnit);
    refuse(
        S::InvalidFallThrough,
        &["fun f() { nop }", "fun f() { l: ld_true br_true l }"],
    );
    accept(&["fun f() { l: branch l }", "fun f() { ld_u64 0 abort }"]);
}

#[test]
fn a_loop_has_one_entry() {
    refuse(
        S::InvalidLoopSplit,
        &["fun f() { ld_true br_true b a: nop b: ld_true br_true a ret }"],
    );
    accept(&[
        "fun f() { a: ld_true br_true c ld_false br_true a branch a c: ret }",
        "fun f() { a: ld_true br_false e b: ld_true br_true b branch a e: ret }",
    ]);
}

fn nested(depth: usize) -> String {
    let heads: String = (0..depth)
        .map(|i| format!("l{i}: ld_true br_false e{i} "))
        .collect();
    let ends: String = (0..depth)
        .rev()
        .map(|i| format!("branch l{i} e{i}: nop "))
        .collect();
    format!("fun f() {{ {heads} {ends} ret }}")
}

#[test]
fn loops_nest_up_to_five_deep() {
    for version in [5, 6] {
        let check = |depth| {
            // Only what version 5 knows.
            let text = format!("module 0x1::m version {version} {}", nested(depth));
            verify_module(&Config::production(), &assemble_module(&text).unwrap())
        };
        check(5).unwrap();
        assert_eq!(check(6).unwrap_err().status(), S::LoopMaxDepthReached);
    }
}

#[test]
fn up_to_version_five_loops_are_ranges_of_the_code() {
    let check = |body: &str| {
        let text = format!("module 0x1::m version 5 fun f() {{ {body} }}");
        verify_module(&Config::production(), &assemble_module(&text).unwrap())
            .map_err(|error| error.status())
    };
    let cross = "a: nop b: nop ld_true br_true a branch b";
    assert_eq!(check(cross), Err(S::InvalidLoopContinue));
    let far = "a: ld_true br_true e ld_true br_true a nop e: ret";
    assert_eq!(check(far), Err(S::InvalidLoopBreak));
    let into = "ld_true br_true b a: nop b: nop ld_true br_true a ret";
    assert_eq!(check(into), Err(S::InvalidLoopSplit));
    assert_eq!(check("a: ld_true br_true e branch a e: ret"), Ok(()));
}

#[test]
fn basic_blocks_are_counted() {
    let body = |n: usize| {
        format!("fun f() {{ {} ret }}", "ld_true br_true e ".repeat(n)).replace("ret }", "e: ret }")
    };
    // Each branch ends a block; the last instruction is one more.
    accept(&[&body(1023)]);
    refuse(S::TooManyBasicBlocks, &[&body(1024)]);
}

#[test]
fn blocks_balance_the_stack() {
    refuse(
        S::NegativeStackSizeWithinBlock,
        &[
            "fun f() { pop ret }",
            "fun f(): u64 { ret }",
            "fun f() { nop branch l l: pop ret }",
            "fun f() { ld_u64 1 vec_pack<u64> 65535 pop ret }",
        ],
    );
    refuse(
        S::PositiveStackSizeAtBlockEnd,
        &[
            "fun f() { ld_true ret }",
            "fun f() { ld_u8 1 ld_u64 2 abort }",
        ],
    );
    let push = |n: usize| {
        format!(
            "fun f() {{ {} {} ret }}",
            "ld_true ".repeat(n),
            "pop ".repeat(n)
        )
    };
    accept(&[&push(1024)]);
    refuse(S::ValueStackOverflow, &[&push(1025)]);
    let churn = |n: usize| format!("fun f() {{ {} ret }}", "ld_true pop ".repeat(n));
    accept(&[&churn(10_000)]);
    refuse(S::ValueStackPushOverflow, &[&churn(10_001)]);
    refuse(
        S::ValueStackPushOverflow,
        &["fun f(v: vector<u64>) { move_loc v vec_unpack<u64> 65535 ret }"],
    );
}

#[test]
fn integers() {
    for ty in [
        "u8", "u16", "u32", "u64", "u128", "u256", "i8", "i16", "i32", "i64", "i128", "i256",
    ] {
        for op in ["add", "sub", "mul", "mod", "div"] {
            accept(&[&format!(
                "fun f(a: {ty}): {ty} {{ copy_loc a copy_loc a {op} ret }}"
            )]);
        }
        for op in ["lt", "gt", "le", "ge", "eq", "neq"] {
            accept(&[&format!(
                "fun f(a: {ty}): bool {{ copy_loc a copy_loc a {op} ret }}"
            )]);
        }
        for to in ["u8", "u256", "i8", "i256"] {
            accept(&[&format!(
                "fun f(a: {ty}): {to} {{ copy_loc a cast_{to} ret }}"
            )]);
        }
        let load = format!("fun f(): {ty} {{ ld_{ty} 1 ret }}");
        accept(&[&load]);
        let bits: Vec<String> = ["bit_or", "bit_and", "xor"]
            .map(|op| format!("fun f(a: {ty}): {ty} {{ copy_loc a copy_loc a {op} ret }}"))
            .into_iter()
            .chain(
                ["shl", "shr"]
                    .map(|op| format!("fun f(a: {ty}): {ty} {{ copy_loc a ld_u8 1 {op} ret }}")),
            )
            .collect();
        let negate = format!("fun f(a: {ty}): {ty} {{ copy_loc a negate ret }}");
        for function in &bits {
            if ty.starts_with('u') {
                accept(&[function]);
            } else {
                refuse(S::IntegerOpTypeMismatchError, &[function]);
            }
        }
        if ty.starts_with('i') {
            accept(&[&negate]);
        } else {
            refuse(S::IntegerOpTypeMismatchError, &[&negate]);
        }
    }
    refuse(
        S::IntegerOpTypeMismatchError,
        &[
            "fun f() { ld_u8 1 ld_u64 1 add pop ret }",
            "fun f() { ld_true ld_true sub pop ret }",
            "fun f() { ld_u64 1 ld_u64 1 shl pop ret }",
            "fun f() { ld_true ld_u8 1 shr pop ret }",
            "fun f() { ld_true cast_u64 pop ret }",
            "fun f() { ld_true ld_true lt pop ret }",
            "fun f() { ld_i8 1 ld_u8 1 ge pop ret }",
        ],
    );
}

#[test]
fn booleans_branches_and_aborts() {
    accept(&[
        "fun f(): bool { ld_true ld_false or ld_true and not ret }",
        "fun f() { ld_true br_true l ld_true br_false l l: ret }",
        "fun f(v: vector<u8>) { ld_u64 1 move_loc v abort_msg }",
    ]);
    refuse(
        S::BooleanOpTypeMismatchError,
        &[
            "fun f() { ld_u8 1 ld_true or pop ret }",
            "fun f() { ld_u8 1 ld_u8 1 and pop ret }",
            "fun f() { ld_u8 1 not pop ret }",
        ],
    );
    refuse(
        S::BrTypeMismatchError,
        &[
            "fun f() { ld_u8 1 br_true l l: ret }",
            "fun f() { ld_u8 1 br_false l l: ret }",
        ],
    );
    refuse(
        S::AbortTypeMismatchError,
        &[
            "fun f() { ld_u8 1 abort }",
            "fun f(v: vector<u8>) { ld_u8 1 move_loc v abort_msg }",
            "fun f(v: vector<u64>) { ld_u64 1 move_loc v abort_msg }",
        ],
    );
}

#[test]
fn equality_needs_one_droppable_type() {
    accept(&[
        "fun f(a: P, b: P): bool { move_loc a move_loc b eq ret }",
        "fun f(a: &Hot, b: &Hot): bool { move_loc a move_loc b neq ret }",
        "fun f<T: drop>(a: T, b: T): bool { move_loc a move_loc b eq ret }",
        "fun f(a: |u64|u64 has drop, b: |u64|u64 has drop): bool { move_loc a move_loc b eq ret }",
    ]);
    refuse(
        S::EqualityOpTypeMismatchError,
        &[
            "fun f() { ld_u8 1 ld_u64 1 eq pop ret }",
            "fun f(a: Hot, b: Hot) { move_loc a move_loc b eq pop ret }",
            "fun f<T>(a: T, b: T) { move_loc a move_loc b neq pop ret }",
            "fun f(a: &u64, b: &mut u64) { move_loc a move_loc b eq pop ret }",
        ],
    );
}

#[test]
fn locals_are_typed() {
    accept(&["fun f(a: u64) { locals b: u64 move_loc a st_loc b ret }"]);
    refuse(
        S::StlocTypeMismatchError,
        &["fun f() { locals b: u64 ld_u8 1 st_loc b ret }"],
    );
    refuse(
        S::CopylocWithoutCopyAbility,
        &[
            "fun f(a: &signer, b: Hot) { copy_loc b call hot pop ret }",
            "fun f<T>(a: T): T { copy_loc a ret }",
            "fun f(a: |u64|u64 has drop) { copy_loc a pop ret }",
        ],
    );
    refuse(
        S::PopWithoutDropAbility,
        &["fun f(a: Hot) { move_loc a pop ret }"],
    );
    refuse(S::RetTypeMismatchError, &["fun f(): u64 { ld_u8 1 ret }"]);
    refuse(
        S::BorrowlocReferenceError,
        &[
            "fun f(a: &u64) { imm_borrow_loc a pop ret }",
            "fun f(a: &u64) { mut_borrow_loc a pop ret }",
        ],
    );
}

#[test]
fn references_are_typed() {
    accept(&[
        "fun f(a: &mut u64): u64 { move_loc a freeze_ref read_ref ret }",
        "fun f(a: &mut u64): u64 { move_loc a read_ref ret }",
        "fun f(a: &mut u64) { ld_u64 1 move_loc a write_ref ret }",
    ]);
    refuse(
        S::ReadrefTypeMismatchError,
        &["fun f() { ld_u8 1 read_ref pop ret }"],
    );
    refuse(
        S::ReadrefWithoutCopyAbility,
        &["fun f(a: &Hot): Hot { move_loc a read_ref ret }"],
    );
    refuse(
        S::WriterefNoMutableReferenceError,
        &["fun f(a: &u64) { ld_u64 1 move_loc a write_ref ret }"],
    );
    refuse(
        S::WriterefWithoutDropAbility,
        &["fun f(a: &mut Hot, b: Hot) { move_loc b move_loc a write_ref ret }"],
    );
    refuse(
        S::WriterefTypeMismatchError,
        &["fun f(a: &mut u64) { ld_u8 1 move_loc a write_ref ret }"],
    );
    refuse(
        S::FreezerefTypeMismatchError,
        &["fun f(a: &u64) { move_loc a freeze_ref pop ret }"],
    );
}

#[test]
fn fields_are_typed() {
    accept(&[
        "fun f(a: &P): &u64 { move_loc a imm_borrow_field P::x ret }",
        "fun f(a: &mut P): &u64 { move_loc a imm_borrow_field P::x ret }",
        "fun f(a: &mut P): &mut bool { move_loc a mut_borrow_field P::y ret }",
        "fun f(a: &mut Box<u8>): &mut u8 { move_loc a mut_borrow_field Box::value<u8> ret }",
        "fun f<T>(a: &Box<T>): &T { move_loc a imm_borrow_field Box::value<T> ret }",
        "fun f(a: &E): &u64 { move_loc a imm_borrow_variant_field E::{A, B}::#0 ret }",
        "fun f(a: &mut M<u8>): &mut u8 { move_loc a mut_borrow_variant_field M::Some::value<u8> ret }",
    ]);
    refuse(
        S::BorrowfieldTypeMismatchError,
        &[
            "fun f(a: &P) { move_loc a mut_borrow_field P::x pop ret }",
            "fun f(a: P) { move_loc a imm_borrow_field P::x pop ret }",
            "fun f(a: &Hot) { move_loc a imm_borrow_field P::x pop ret }",
            "fun f(a: &Box<u8>) { move_loc a imm_borrow_field Box::value<u64> pop ret }",
            "fun f(a: &E) { move_loc a mut_borrow_variant_field E::A::x pop ret }",
            "fun f(a: &P) { move_loc a imm_borrow_variant_field E::A::x pop ret }",
        ],
    );
    refuse(
        S::IndexOutOfBounds,
        &["fun f(a: &E) { move_loc a imm_borrow_variant_field E::{A, B}::#1 pop ret }"],
    );
}

#[test]
fn structs_and_variants_are_packed_and_unpacked() {
    accept(&[
        "fun f(): P { ld_u64 1 ld_true pack P ret }",
        "fun f(a: P) { move_loc a unpack P pop pop ret }",
        "fun f(): Box<u8> { ld_u8 1 pack Box<u8> ret }",
        "fun f<T>(a: Box<T>): T { move_loc a unpack Box<T> ret }",
        "fun f(): E { ld_u64 1 ld_true pack_variant E::B ret }",
        "fun f(): E { pack_variant E::C ret }",
        "fun f(a: E): u64 { move_loc a unpack_variant E::A ret }",
        "fun f(): M<u8> { ld_u8 1 pack_variant M::Some<u8> ret }",
        "fun f<T>(a: M<T>): T { move_loc a unpack_variant M::Some<T> ret }",
        "fun f(a: &E): bool { move_loc a test_variant E::A ret }",
        "fun f(a: &mut M<u8>): bool { move_loc a test_variant M::Some<u8> ret }",
    ]);
    refuse(
        S::PackTypeMismatchError,
        &[
            "fun f() { ld_true ld_u64 1 pack P pop ret }",
            "fun f() { ld_u64 1 pack Box<u8> pop ret }",
            "fun f() { ld_u8 1 pack_variant E::A pop ret }",
            "fun f() { ld_u64 1 pack_variant M::Some<u8> pop ret }",
        ],
    );
    refuse(
        S::UnpackTypeMismatchError,
        &[
            "fun f(a: Hot) { move_loc a unpack P pop pop ret }",
            "fun f(a: Box<u8>) { move_loc a unpack Box<u64> pop ret }",
            "fun f(a: P) { move_loc a unpack_variant E::A pop ret }",
            "fun f(a: M<u8>) { move_loc a unpack_variant M::Some<u64> pop ret }",
        ],
    );
    refuse(
        S::TestVariantTypeMismatchError,
        &[
            "fun f(a: E) { move_loc a test_variant E::A pop ret }",
            "fun f(a: &P) { move_loc a test_variant E::A pop ret }",
            "fun f(a: &M<u8>) { move_loc a test_variant M::Some<u64> pop ret }",
        ],
    );
}

#[test]
fn an_enum_is_no_struct_and_a_struct_no_enum() {
    for (from, to) in [
        ("pack Hot", B::Pack as fn(_) -> B),
        ("unpack Hot", B::Unpack as fn(_) -> B),
    ] {
        let function = if from == "pack Hot" {
            "fun f(): Hot { ld_u64 1 pack Hot ret }"
        } else {
            "fun f(a: Hot): u64 { move_loc a unpack Hot ret }"
        };
        let mut bad = module(10, function);
        let position = bad
            .struct_defs
            .iter()
            .position(|def| !def.fields.variants().is_empty());
        let index = lumio_move_engine::format::StructDefIndex(position.unwrap() as u16);
        let code = &mut bad.function_defs[5].code.as_mut().unwrap().code;
        code[1] = to(index);
        assert!(
            verify_module(&Config::production(), &bad).is_err(),
            "{from}"
        );
    }
}

#[test]
fn resources_need_key_and_an_address() {
    accept(&[
        "fun f(a: address): bool { move_loc a exists R ret }",
        "fun f(a: address): bool { move_loc a exists G<u8> ret }",
        "fun f(a: address): R acquires R { move_loc a move_from R ret }",
        "fun f(a: address): u64 acquires R { move_loc a imm_borrow_global R imm_borrow_field R::x read_ref ret }",
        "fun f(a: address) acquires G { ld_u64 1 move_loc a mut_borrow_global G<u8> mut_borrow_field G::x<u8> write_ref ret }",
        "fun f(s: &signer, r: R) { move_loc s move_loc r move_to R ret }",
        "fun f<T>(s: &signer, r: G<T>) { move_loc s move_loc r move_to G<T> ret }",
    ]);
    refuse(
        S::ExistsWithoutKeyAbilityOrBadArgument,
        &[
            "fun f(a: address) { move_loc a exists P pop ret }",
            "fun f() { ld_u64 1 exists R pop ret }",
        ],
    );
    refuse(
        S::MovefromWithoutKeyAbility,
        &["fun f(a: address) acquires P { move_loc a move_from P pop ret }"],
    );
    refuse(
        S::MovefromTypeMismatchError,
        &["fun f(): R acquires R { ld_u64 1 move_from R ret }"],
    );
    refuse(
        S::MovetoWithoutKeyAbility,
        &["fun f(s: &signer, p: P) { move_loc s move_loc p move_to P ret }"],
    );
    refuse(
        S::MovetoTypeMismatchError,
        &[
            "fun f(s: signer, r: R) { move_loc s move_loc r move_to R ret }",
            "fun f(s: address, r: R) { move_loc s move_loc r move_to R ret }",
            "fun f(s: &signer, p: P) { move_loc s move_loc p move_to R ret }",
        ],
    );
    refuse(
        S::BorrowglobalWithoutKeyAbility,
        &["fun f(a: address) acquires P { move_loc a imm_borrow_global P pop ret }"],
    );
    refuse(
        S::BorrowglobalTypeMismatchError,
        &["fun f() acquires R { ld_u64 1 mut_borrow_global R pop ret }"],
    );
}

#[test]
fn vectors_hold_one_type() {
    accept(&[
        "fun f(): vector<u8> { ld_u8 1 ld_u8 2 vec_pack<u8> 2 ret }",
        "fun f(v: vector<u8>) { move_loc v vec_unpack<u8> 2 pop pop ret }",
        "fun f(v: &vector<u8>): u64 { move_loc v vec_len<u8> ret }",
        "fun f(v: &mut vector<u8>): u64 { move_loc v vec_len<u8> ret }",
        "fun f(v: &vector<u8>): &u8 { move_loc v ld_u64 0 vec_imm_borrow<u8> ret }",
        "fun f(v: &mut vector<u8>): &mut u8 { move_loc v ld_u64 0 vec_mut_borrow<u8> ret }",
        "fun f(v: &mut vector<u8>) { move_loc v ld_u8 0 vec_push_back<u8> ret }",
        "fun f<T>(v: &mut vector<T>): T { move_loc v vec_pop_back<T> ret }",
        "fun f(v: &mut vector<u8>) { move_loc v ld_u64 0 ld_u64 1 vec_swap<u8> ret }",
    ]);
    refuse(
        S::TypeMismatch,
        &[
            "fun f() { ld_u8 1 ld_u64 2 vec_pack<u8> 2 pop ret }",
            "fun f(v: vector<u8>) { move_loc v vec_unpack<u64> 1 pop ret }",
            "fun f(v: vector<u8>) { move_loc v vec_len<u8> pop ret }",
            "fun f(v: &vector<u8>) { move_loc v vec_len<u64> pop ret }",
            "fun f(v: &vector<u8>) { move_loc v ld_u8 0 vec_imm_borrow<u8> pop ret }",
            "fun f(v: &vector<u8>) { move_loc v ld_u64 0 vec_mut_borrow<u8> pop ret }",
            "fun f(v: &vector<u8>) { move_loc v ld_u8 0 vec_push_back<u8> ret }",
            "fun f(v: &mut vector<u8>) { move_loc v ld_u64 0 vec_push_back<u8> ret }",
            "fun f(v: &vector<u8>) { move_loc v vec_pop_back<u8> pop ret }",
            "fun f(v: &vector<u8>) { move_loc v ld_u64 0 ld_u64 1 vec_swap<u8> ret }",
            "fun f(v: &mut vector<u8>) { move_loc v ld_u8 0 ld_u64 1 vec_swap<u8> ret }",
        ],
    );
}

#[test]
fn calls_are_typed() {
    accept(&[
        "fun f(): u64 { ld_u64 1 ld_true call goes ret }",
        "fun f(): u8 { ld_u8 1 call id<u8> ret }",
        "fun f<T>(a: Box<T>): Box<T> { move_loc a call id<Box<T>> ret }",
    ]);
    refuse(
        S::CallTypeMismatchError,
        &[
            "fun f() { ld_true ld_u64 1 call goes pop ret }",
            "fun f() { ld_u8 1 call id<u64> pop ret }",
        ],
    );
}

#[test]
fn closures_are_typed() {
    accept(&[
        "fun f(): |bool|u64 has copy + drop { ld_u64 1 pack_closure goes mask=0b01 ret }",
        "fun f(): |u64|u64 has copy + drop + store { ld_true pack_closure stays mask=0b10 ret }",
        // With fewer abilities than it has.
        "fun f(): |u64, bool|u64 has drop { pack_closure stays mask=0 ret }",
        "fun f(): || u8 { ld_u8 1 pack_closure id<u8> mask=1 ret }",
        "fun f(c: |u64|u64): u64 { ld_u64 1 move_loc c call_closure<|u64|u64> ret }",
        "fun f(c: |&mut u64|, a: &mut u64) { move_loc a move_loc c call_closure<|&mut u64|> ret }",
    ]);
    refuse(
        S::RetTypeMismatchError,
        &[
            // Not persistent, so not storable; captured values limit what the closure may do.
            "fun f(): |bool|u64 has copy + drop + store { ld_u64 1 pack_closure goes mask=0b01 ret }",
            "fun f(h: Hot): ||u64 has drop { move_loc h pack_closure hot mask=1 ret }",
            "fun f(): |u64|u64 { ld_u64 1 pack_closure goes mask=0b01 ret }",
            // Abilities do not vary below the top.
            "fun f(): vector<|u64, bool|u64> { pack_closure goes mask=0 vec_pack<|u64, bool|u64 has copy + drop> 1 ret }",
        ],
    );
    refuse(
        S::ClosureTypeMismatchError,
        &[
            "fun f() { ld_true pack_closure goes mask=0b01 pop ret }",
            "fun f(a: &u64) { move_loc a pack_closure refers mask=0b01 pop ret }",
            "fun f(c: |u64|u64) { ld_u64 1 move_loc c call_closure<|bool|u64> pop ret }",
        ],
    );
    refuse(
        S::CallTypeMismatchError,
        &["fun f(c: |u64|u64) { ld_u8 1 move_loc c call_closure<|u64|u64> pop ret }"],
    );
}

#[test]
fn unreachable_code_is_typed_too() {
    refuse(
        S::PopWithoutDropAbility,
        &["fun f(a: Hot): Hot { move_loc a ret move_loc a pop ld_u64 1 abort }"],
    );
}

#[test]
fn locals_must_surely_hold_a_value() {
    refuse(
        S::CopylocUnavailableError,
        &[
            "fun f() { locals a: u64 copy_loc a pop ret }",
            "fun f(a: u64) { move_loc a pop copy_loc a pop ret }",
            "fun f() { locals a: u64 ld_true br_true l ld_u64 1 st_loc a l: copy_loc a pop ret }",
        ],
    );
    refuse(
        S::MovelocUnavailableError,
        &[
            "fun f(a: u64) { move_loc a pop move_loc a pop ret }",
            "fun f(a: Hot): u64 { l: move_loc a call hot pop branch l }",
        ],
    );
    refuse(
        S::BorrowlocUnavailableError,
        &[
            "fun f() { locals a: u64 imm_borrow_loc a pop ret }",
            "fun f(a: u64) { move_loc a pop mut_borrow_loc a pop ret }",
        ],
    );
    accept(&[
        "fun f() { locals a: u64 ld_true br_true l ld_u64 1 st_loc a branch e l: ld_u64 2 st_loc a e: copy_loc a pop ret }",
    ]);
}

#[test]
fn values_without_drop_are_not_lost() {
    refuse(
        S::StlocUnsafeToDestroyError,
        &[
            "fun f(a: Hot, b: Hot) { move_loc a st_loc b ret }",
            "fun f<T>(a: T, b: T) { move_loc a st_loc b ret }",
        ],
    );
    refuse(
        S::UnsafeRetUnusedValuesWithoutDrop,
        &[
            "fun f(a: Hot) { ret }",
            "fun f(a: Hot) { ld_true br_true l move_loc a call hot pop l: ret }",
            "fun f(a: ||u64) { ret }",
        ],
    );
    accept(&["fun f(a: Hot) { ld_u64 0 abort }", "fun f(a: P) { ret }"]);
}

#[test]
fn acquired_resources_are_listed() {
    refuse(
        S::MissingAcquiresAnnotation,
        &[
            "fun f(a: address) { move_loc a imm_borrow_global R pop ret }",
            "fun f(a: address) acquires G { move_loc a mut_borrow_global R pop ret }",
            "fun f(a: address): R { move_loc a move_from R ret }",
            "fun g(a: address): R acquires R { move_loc a move_from R ret } fun f(a: address): R { move_loc a call g ret }",
        ],
    );
    refuse(
        S::ExtraneousAcquiresAnnotation,
        &[
            "fun f() acquires R { ret }",
            "fun f(a: address) acquires R { move_loc a exists R pop ret }",
        ],
    );
    accept(&[
        "fun g(a: address): R acquires R { move_loc a move_from R ret } fun f(a: address): R acquires R { move_loc a call g ret }",
    ]);
    let mut twice = module(
        10,
        "fun f(a: address) acquires R { move_loc a imm_borrow_global R pop ret }",
    );
    let first = twice.function_defs[5].acquires[0];
    twice.function_defs[5].acquires.push(first);
    let error = verify_module(&Config::production(), &twice).unwrap_err();
    assert_eq!(error.status(), S::DuplicateAcquiresAnnotation);
}

#[test]
fn long_functions_are_done_with_in_bounded_time() {
    let locals: Vec<String> = (0..200).map(|i| format!("l{i}: &mut u64")).collect();
    let copies: String = (0..199)
        .map(|i| format!("copy_loc l{i} st_loc l{} ", i + 1))
        .collect();
    let body = "a: ".to_string() + &copies + "ld_true br_true a " + &copies.repeat(50);
    let function = format!(
        "fun f(p: &mut u64) {{ locals {} move_loc p st_loc l0 {body} ret }}",
        locals.join(", ")
    );
    let start = std::time::Instant::now();
    let result = check(&function).map_err(|error| error.status());
    assert!(
        matches!(
            result,
            Ok(()) | Err(S::ConstraintNotSatisfied | S::ValueStackPushOverflow)
        ),
        "{result:?}"
    );
    assert!(start.elapsed().as_secs() < 5);
}
