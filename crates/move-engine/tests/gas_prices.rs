//! Every one of the 104 instructions is paid for: raising its price raises what a program costs by as
//! much as it runs, alike on both interpreters, and one unit less than that is too little.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod chain;

use std::collections::BTreeSet;

use chain::{Chain, ENGINES, id};
use lumio_move_engine::{
    Address, Gas, Interpreter, StatusCode,
    format::{Bytecode, Opcode, read_module},
};

/// Functions without loops that run each instruction of theirs once; together they have all.
const TEXT: &str = "
module 0x42::m version 10
const FIVE: u64 = 5
struct P has copy, drop { x: u64 }
struct Q<T> has copy, drop { x: T }
struct R has key { n: u64 }
struct G<T: store> has key { n: T }
enum E has copy, drop { A { x: u64 }, B }
enum H<T> has copy, drop { A { x: T }, B }
fun plain() { ret }
fun generic<T>() { ret }

public fun numbers(s: &signer) {
    nop
    ld_u8 1 cast_u16 cast_u32 cast_u64 cast_u128 cast_u256 cast_u8 pop
    ld_u16 1 cast_i8 cast_i16 cast_i32 cast_i64 cast_i128 cast_i256 negate pop
    ld_u32 1 ld_u32 2 add pop
    ld_u64 2 ld_u64 1 sub pop
    ld_u128 2 ld_u128 1 mul pop
    ld_u256 2 ld_u256 1 div pop
    ld_i8 2 ld_i8 1 mod pop
    ld_i16 2 pop ld_i32 2 pop ld_i64 2 pop ld_i128 2 pop ld_i256 2 pop
    ld_u8 2 ld_u8 1 bit_or ld_u8 1 bit_and ld_u8 1 xor ld_u8 1 shl ld_u8 1 shr pop
    ld_true ld_false or ld_true and not pop
    ld_u8 2 ld_u8 1 eq pop ld_u8 2 ld_u8 1 neq pop
    ld_u8 2 ld_u8 1 lt pop ld_u8 2 ld_u8 1 gt pop
    ld_u8 2 ld_u8 1 le pop ld_u8 2 ld_u8 1 ge pop
    ld_const FIVE pop
    ret
}
public fun flow(s: &signer) {
    ld_false br_true end
    ld_true br_false end
    branch end
  end:
    call plain call generic<u8>
    pack_closure plain mask=0 call_closure<||>
    pack_closure generic<u8> mask=0 call_closure<||>
    ret
}
public fun structs(s: &signer) {
    locals p: P, q: Q<u8>, e: E, h: H<u8>, n: u64
    ld_u64 1 pack P unpack P st_loc n move_loc n pop
    ld_u8 1 pack Q<u8> unpack Q<u8> pop
    ld_u64 1 pack P st_loc p ld_u8 1 pack Q<u8> st_loc q
    imm_borrow_loc p imm_borrow_field P::x read_ref pop
    mut_borrow_loc p mut_borrow_field P::x freeze_ref pop
    imm_borrow_loc q imm_borrow_field Q::x<u8> pop
    ld_u8 2 mut_borrow_loc q mut_borrow_field Q::x<u8> write_ref
    copy_loc p pop
    ld_u64 1 pack_variant E::A st_loc e ld_u8 1 pack_variant H::A<u8> st_loc h
    imm_borrow_loc e test_variant E::A pop
    imm_borrow_loc h test_variant H::A<u8> pop
    imm_borrow_loc e imm_borrow_variant_field E::A::x pop
    mut_borrow_loc e mut_borrow_variant_field E::A::x pop
    imm_borrow_loc h imm_borrow_variant_field H::A::x<u8> pop
    mut_borrow_loc h mut_borrow_variant_field H::A::x<u8> pop
    move_loc e unpack_variant E::A pop
    move_loc h unpack_variant H::A<u8> pop
    ret
}
public fun globals(s: &signer) acquires R, G {
    copy_loc s ld_u64 1 pack R move_to R
    ld_const<address> 0x9 exists R pop
    ld_const<address> 0x9 imm_borrow_global R pop
    ld_const<address> 0x9 mut_borrow_global R pop
    ld_const<address> 0x9 move_from R unpack R pop
    move_loc s ld_u8 1 pack G<u8> move_to G<u8>
    ld_const<address> 0x9 exists G<u8> pop
    ld_const<address> 0x9 imm_borrow_global G<u8> pop
    ld_const<address> 0x9 mut_borrow_global G<u8> pop
    ld_const<address> 0x9 move_from G<u8> unpack G<u8> pop
    ret
}
public fun vectors(s: &signer) {
    locals v: vector<u64>
    ld_u64 1 vec_pack<u64> 1 st_loc v
    imm_borrow_loc v vec_len<u64> pop
    imm_borrow_loc v ld_u64 0 vec_imm_borrow<u64> pop
    mut_borrow_loc v ld_u64 0 vec_mut_borrow<u64> pop
    mut_borrow_loc v ld_u64 2 vec_push_back<u64>
    mut_borrow_loc v ld_u64 0 ld_u64 1 vec_swap<u64>
    mut_borrow_loc v vec_pop_back<u64> pop
    move_loc v vec_unpack<u64> 1 pop
    ret
}
public fun aborts(s: &signer) { ld_u64 7 abort }
public fun aborts_with_message(s: &signer) { ld_u64 7 ld_const<vector<u8>> \"why\" abort_msg }
";

const FUNCTIONS: [&str; 7] = [
    "numbers",
    "flow",
    "structs",
    "globals",
    "vectors",
    "aborts",
    "aborts_with_message",
];

const BUDGET: u64 = 1_000_000;

/// The status and what is left.
fn run(
    interpreter: Interpreter,
    function: &str,
    dear: Option<(Opcode, u64)>,
    budget: u64,
) -> (Option<StatusCode>, u64) {
    let mut chain = Chain::with(interpreter, &[TEXT]);
    if let Some((opcode, price)) = dear {
        chain.engine.gas.set(opcode, price);
    }
    let mut gas = Gas::new(budget);
    let arguments = [Address::small(9).0.to_vec()];
    let result = chain.call_with("m", function, &[], &arguments, &mut gas);
    (result.map_err(|e| e.status()).err(), gas.left())
}

/// The instructions of a function, and of the two that it may call, with how often each runs.
fn instructions(function: &str) -> Vec<Opcode> {
    let chain = Chain::with(ENGINES[0], &[TEXT]);
    let module = read_module(&chain.memory.modules[&id("m")]).unwrap();
    let place = FUNCTIONS.iter().position(|f| *f == function).unwrap() + 2;
    let code = &module.function_defs[place].code.as_ref().unwrap().code;
    let mut opcodes: Vec<_> = code.iter().map(Bytecode::opcode).collect();
    if function == "flow" {
        // Two functions run twice each, and `branch` is jumped over by nobody.
        opcodes.extend([Opcode::Ret; 4]);
    }
    opcodes
}

#[test]
fn each_instruction_costs_its_price_each_time() {
    let mut covered = BTreeSet::new();
    for function in FUNCTIONS {
        let opcodes = instructions(function);
        let base: Vec<_> = ENGINES
            .map(|interpreter| run(interpreter, function, None, BUDGET))
            .to_vec();
        assert_eq!(base[0], base[1], "{function}");
        assert_ne!(base[0].0, Some(StatusCode::OutOfGas), "{function}");
        if !function.starts_with("aborts") {
            assert_eq!(base[0].0, None, "{function}");
        }
        let normal = Chain::new(ENGINES[0]).engine.gas;
        for opcode in opcodes.iter().copied().collect::<BTreeSet<_>>() {
            covered.insert(opcode);
            let times = opcodes.iter().filter(|o| **o == opcode).count() as u64;
            let dear = Some((opcode, normal.price(opcode) + 1000));
            let cost = BUDGET - base[0].1 + 1000 * times;
            for interpreter in ENGINES {
                let got = run(interpreter, function, dear, BUDGET);
                let expected = (base[0].0, BUDGET - cost);
                assert_eq!(got, expected, "{opcode:?} in {function} on {interpreter:?}");
                let enough = run(interpreter, function, dear, cost);
                assert_eq!(enough, (base[0].0, 0), "{opcode:?} in {function}");
                let short = run(interpreter, function, dear, cost - 1);
                let refused = (Some(StatusCode::OutOfGas), 0);
                assert_eq!(
                    short, refused,
                    "{opcode:?} in {function} on {interpreter:?}"
                );
            }
        }
    }
    let missing: Vec<_> = Opcode::ALL
        .iter()
        .filter(|opcode| !covered.contains(opcode))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert_eq!(covered.len(), 104);
}
