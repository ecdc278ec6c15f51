//! What programs may do to memory and time: both interpreters agree at the edges, and no program
//! gets more than it pays for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod chain;

use std::fmt::Write;

use chain::{Chain, ENGINES, assemble, u64_bytes};
use lumio_move_engine::{Gas, ModuleId, Returned, StatusCode, VmResult};

const VECTOR: &str = "module 0x1::vector version 6
     native public fun length<T>(&vector<T>): u64
     native public fun push_back<T>(&mut vector<T>, T)
     native public fun pop_back<T>(&mut vector<T>): T
     native public fun swap<T>(&mut vector<T>, u64, u64)
     native public fun move_range<T>(&mut vector<T>, u64, u64, &mut vector<T>, u64)";

/// Calls `go` of a module on both interpreters, which must agree in everything.
fn call(modules: &[&str], arguments: &[Vec<u8>], budget: u64) -> (VmResult<Returned>, u64) {
    let outcomes = ENGINES.map(|interpreter| {
        let mut chain = Chain::new(interpreter);
        let mut id: Option<ModuleId> = None;
        for module in modules {
            id = Some(chain.memory.add(&assemble(module)));
        }
        let id = id.unwrap();
        let mut gas = Gas::new(budget);
        let result = chain.session(|s| s.call(&id, "go", &[], arguments, &mut gas));
        (result, gas.left())
    });
    let seen = |(result, left): &(VmResult<Returned>, u64)| {
        let result = result
            .as_ref()
            .map(|r| (r.values.clone(), r.mutated.clone()));
        let place = |e: &lumio_move_engine::VmError| {
            let details = e.details();
            (
                details.status,
                details.sub_status,
                details.location.clone(),
                details.offsets.clone(),
            )
        };
        (result.map_err(place), *left)
    };
    let [plain, fast] = outcomes;
    assert_eq!(seen(&plain), seen(&fast));
    fast
}

/// A chain of structs that nests values too deeply.
fn deep_module(body: &str) -> String {
    let mut text =
        String::from("module 0x42::a version 10\nstruct S0 has copy, drop, store { x: u64 }\n");
    for n in 1..150 {
        writeln!(
            text,
            "struct S{n} has copy, drop, store {{ x: S{} }}",
            n - 1
        )
        .unwrap();
    }
    text + body
}

#[test]
fn types_that_are_too_deep_fail_alike_wherever_they_are_named() {
    for body in [
        "fun no(): S149 { ld_u64 1 abort } public fun go(n: u64) { call no pop ret }",
        "fun no(): &S149 { ld_u64 1 abort } public fun go(n: u64) { call no pop ret }",
        "public fun go(n: u64) { locals v: vector<S149> ret }",
        "public fun go(n: u64) { vec_pack<S149> 0 pop ret }",
        "fun len(v: &vector<S149>): u64 { move_loc v vec_len<S149> ret } public fun go(n: u64) { ret }",
        "struct K has key { x: u64, s: vector<S149> } public fun go(n: u64) { ld_const<address> 0x1 exists K pop ret }",
        "public fun go(n: u64) { locals f: |&S149|u64 ret }",
    ] {
        let (result, _) = call(&[&deep_module(body)], &[u64_bytes(1)], 1_000_000);
        if let Err(error) = result {
            assert!(
                matches!(
                    error.status(),
                    StatusCode::VmMaxValueDepthReached | StatusCode::Aborted
                ),
                "{body}: {error}"
            );
        }
    }
}

#[test]
fn vector_natives_change_vectors_in_place() {
    for (element, value) in [("u8", "cast_u8"), ("u64", ""), ("u256", "cast_u256")] {
        let program = format!(
            "module 0x42::a version 10
             use 0x1::vector {{
                fun length<T>(&vector<T>): u64;
                fun push_back<T>(&mut vector<T>, T);
                fun pop_back<T>(&mut vector<T>): T;
                fun swap<T>(&mut vector<T>, u64, u64);
                fun move_range<T>(&mut vector<T>, u64, u64, &mut vector<T>, u64) }}
             public fun go(n: u64): (vector<{element}>, vector<{element}>, {element}, u64) {{
                locals v: vector<{element}>, w: vector<{element}>, i: u64, last: {element}
                vec_pack<{element}> 0 st_loc v vec_pack<{element}> 0 st_loc w ld_u64 0 st_loc i
              l: copy_loc i copy_loc n ge br_true done
                mut_borrow_loc v copy_loc i {value} call 0x1::vector::push_back<{element}>
                move_loc i ld_u64 1 add st_loc i branch l
              done:
                mut_borrow_loc v ld_u64 0 ld_u64 2 call 0x1::vector::swap<{element}>
                mut_borrow_loc v ld_u64 1 ld_u64 3 mut_borrow_loc w ld_u64 0 call 0x1::vector::move_range<{element}>
                mut_borrow_loc v ld_u64 0 ld_u64 1 mut_borrow_loc w ld_u64 1 call 0x1::vector::move_range<{element}>
                mut_borrow_loc v call 0x1::vector::pop_back<{element}> st_loc last
                mut_borrow_loc w ld_u64 1 ld_u64 0 mut_borrow_loc v ld_u64 0 call 0x1::vector::move_range<{element}>
                copy_loc v move_loc w move_loc last
                imm_borrow_loc v call 0x1::vector::length<{element}> ret }}"
        );
        for n in 0..7 {
            let (result, _) = call(&[VECTOR, &program], &[u64_bytes(n)], 100_000);
            match result {
                Ok(returned) => assert!(n >= 5, "{returned:?}"),
                Err(error) => assert_eq!(error.status(), StatusCode::VectorOperationError),
            }
        }
    }
}

/// Operands that all go one slot down have an order, which is found at once.
#[test]
fn many_operands_are_planned_in_linear_time() {
    let fields: String = (0..30).map(|n| format!("f{n}: u64,")).collect();
    let mut body = String::new();
    for _ in 0..9 {
        for _ in 0..33 {
            body += "copy_loc e unpack_variant E::A ";
        }
        body += "vec_pack<u64> 990 pop ";
    }
    let program = format!(
        "module 0x42::a version 10
         enum E has copy, drop {{ A {{ {fields} }} }}
         public fun go(n: u64) {{ locals e: E {} pack_variant E::A st_loc e {body} ret }}",
        "copy_loc n ".repeat(30)
    );
    let start = std::time::Instant::now();
    let (result, _) = call(&[&program], &[u64_bytes(1)], 10_000_000);
    result.unwrap();
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}
