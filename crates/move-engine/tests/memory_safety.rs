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

/// Runs a loop that keeps what it makes until gas or memory is used up; both interpreters agree.
fn fills_memory(declarations: &str, element: &str, value: &str, memory_words: u64) -> StatusCode {
    let program = format!(
        "module 0x42::a version 10
         {declarations}
         public fun go(n: u64) {{ locals v: vector<{element}>
            vec_pack<{element}> 0 st_loc v
          l: mut_borrow_loc v {value} vec_push_back<{element}> branch l }}"
    );
    let [plain, fast] = ENGINES.map(|interpreter| {
        let mut chain = Chain::with(interpreter, &[&program]);
        chain.engine.limits.memory_words = memory_words;
        let mut gas = Gas::new(60_000);
        let result = chain.call_with("a", "go", &[], &[u64_bytes(1)], &mut gas);
        let error = result.unwrap_err();
        let offsets = error.details().offsets.clone();
        assert!(gas.allocated() <= 60_000 || error.status() == StatusCode::MemoryLimitExceeded);
        (error.status(), offsets, gas)
    });
    assert_eq!(plain, fast);
    fast.0
}

/// With the default prices no program allocates more words than it pays for, and before that there
/// is the limit.
#[test]
fn memory_is_paid_for_and_bounded() {
    let wide = (0..30).map(|n| format!("f{n}: T,")).collect::<String>();
    let boxed = format!(
        "struct T has copy, drop {{ a: u256, b: u256, c: u256, d: u256 }}
         enum E has copy, drop {{ A, B {{ {wide} }} }}"
    );
    let capture = "fun take(v: vector<u64>, a: address): u64 { ld_u64 1 ret }";
    let function = "||u64 has drop";
    for (declarations, element, value) in [
        ("", "u64", "copy_loc n"),
        ("", "u8", "ld_u8 1"),
        ("", "address", "ld_const<address> 0x1"),
        ("", "vector<u64>", "copy_loc n copy_loc n vec_pack<u64> 2"),
        (&boxed, "E", "pack_variant E::A"),
        (
            capture,
            function,
            "copy_loc n vec_pack<u64> 1 ld_const<address> 0x1 pack_closure take mask=0b11",
        ),
    ] {
        assert_eq!(
            fills_memory(declarations, element, value, 1 << 26),
            StatusCode::OutOfGas,
            "{element}"
        );
        assert_eq!(
            fills_memory(declarations, element, value, 1_000),
            StatusCode::MemoryLimitExceeded,
            "{element}"
        );
    }
}

/// Whether a function value is too deep is found out by looking at all that it captures.
#[test]
fn capturing_a_large_value_costs_its_size() {
    let program = "module 0x42::a version 10
         fun id(v: vector<u64>): vector<u64> { move_loc v ret }
         public fun go(v: vector<u64>): vector<u64> {
            move_loc v pack_closure id mask=0b1 call_closure<||vector<u64>> ret }";
    let used = |count: u8| {
        let mut bcs = vec![count];
        bcs.extend(vec![0; usize::from(count) * 8]);
        let (result, left) = call(&[program], &[bcs.clone()], 1_000_000);
        assert_eq!(result.unwrap().values, [bcs]);
        1_000_000 - left
    };
    assert_eq!(used(100), used(0) + 100);
}

/// One byte of BCS may stand for many words.
#[test]
fn arguments_and_resources_are_counted_when_they_are_decoded() {
    let fields = (0..20).map(|n| format!("f{n}: u256,")).collect::<String>();
    let program = format!(
        "module 0x42::a version 10
         enum E has copy, drop, store {{ A, B {{ {fields} }} }}
         public fun go(v: vector<E>): u64 {{ imm_borrow_loc v vec_len<E> ret }}"
    );
    let mut bcs = vec![100];
    bcs.extend([0; 100]);
    for (words, enough) in [(8_300, true), (8_299, false)] {
        for interpreter in ENGINES {
            let mut chain = Chain::with(interpreter, &[&program]);
            // The vector, its elements, and for each element its box of 81 words.
            chain.engine.limits.memory_words = words + 1;
            let result = chain.call("a", "go", &[bcs.clone()]);
            match result {
                Ok(returned) => assert!(enough, "{returned:?}"),
                Err(error) => {
                    assert!(!enough, "{error}");
                    assert_eq!(error.status(), StatusCode::MemoryLimitExceeded);
                }
            }
        }
    }
}
