//! Instructions that no compiler at hand emits, on both interpreters: function values, signed
//! integers, messages of aborts, casts; and that no instruction is left without a test that runs it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod memory;

use std::{collections::BTreeSet, fs, path::Path};

use lumio_move_engine::{
    Address, Engine, Gas, Interpreter, ModuleId, Natives, Returned, Session, StatusCode, VmResult,
    code::Code,
    format::{Opcode, read_module, write_module},
    text::assemble_module,
};
use memory::Memory;

const ENGINES: [Interpreter; 2] = [Interpreter::Plain, Interpreter::Fast];

const FUNCTION_VALUES: &str = "
module 0x42::values version 10
const TEXT: vector<u8> = \"text\"
struct Kept has key { f: |u64|u64 has copy + drop + store }
enum Shape has copy, drop { Circle { radius: u8 }, Square { side: u128, radius: u8 } }
#[persistent] fun add(a: u64, b: u64): u64 { move_loc a move_loc b add ret }
fun join<T: drop>(a: T, b: vector<u8>): vector<u8> { move_loc b ret }
public fun capture_first(x: u64): u64 {
    ld_u64 10 move_loc x ld_u64 1 pop pack_closure add mask=0b01 call_closure<|u64|u64> ret
}
public fun capture_none(x: u64): u64 {
    move_loc x ld_u64 5 pack_closure add mask=0 call_closure<|u64, u64|u64> ret
}
public fun capture_both(): u64 {
    ld_u64 3 ld_u64 4 pack_closure add mask=0b11 call_closure<||u64> ret
}
public fun capture_vector(): vector<u8> {
    ld_u64 1 ld_const TEXT pack_closure join<u64> mask=0b10
    call_closure<|u64|vector<u8>> ret
}
public fun keep(s: signer) {
    imm_borrow_loc s ld_u64 100 pack_closure add mask=0b10 pack Kept move_to Kept ret
}
public fun use_kept(a: address, x: u64): u64 acquires Kept {
    locals f: |u64|u64 has copy + drop + store
    move_loc a imm_borrow_global Kept imm_borrow_field Kept::f read_ref st_loc f
    move_loc x move_loc f call_closure<|u64|u64 has copy + drop + store> ret
}
public fun variant_field(circle: bool): u8 {
    locals s: Shape
    move_loc circle br_false square
    ld_u8 7 pack_variant Shape::Circle st_loc s branch read
  square:
    ld_u128 1 ld_u8 9 pack_variant Shape::Square st_loc s branch read
  read:
    mut_borrow_loc s mut_borrow_variant_field Shape::Square::side pop
    ld_u8 1 ret
}
fun id<T>(x: T): T { move_loc x ret }
public fun generic_value(): u64 { ld_u64 8 pack_closure id<u64> mask=0 call_closure<|u64|u64> ret }
";

const GENERIC: &str = "
module 0x42::generic version 10
enum Maybe<T> has copy, drop, store { None, Some { value: T }, Twice { value: T, again: T } }
struct Held<T: store> has key { maybe: Maybe<T> }
fun bump<T: drop>(m: &mut Maybe<T>, value: T) {
    move_loc value move_loc m mut_borrow_variant_field Maybe::{Some, Twice}::value<T> write_ref ret
}
public fun change(twice: bool): (u256, bool) {
    locals m: Maybe<u256>
    move_loc twice br_false once
    ld_u256 1 ld_u256 2 pack_variant Maybe::Twice<u256> st_loc m branch go
  once:
    ld_u256 1 pack_variant Maybe::Some<u256> st_loc m branch go
  go:
    mut_borrow_loc m ld_u256 77 call bump<u256>
    imm_borrow_loc m imm_borrow_variant_field Maybe::{Some, Twice}::value<u256> read_ref
    imm_borrow_loc m test_variant Maybe::Twice<u256>
    ret
}
public fun take(some: bool): u8 {
    locals m: Maybe<u8>
    move_loc some br_false none
    ld_u8 9 pack_variant Maybe::Some<u8> unpack_variant Maybe::Some<u8> ret
  none:
    pack_variant Maybe::None<u8> unpack_variant Maybe::Some<u8> ret
}
public fun hold(s: signer, a: address): (bool, bool, bool) acquires Held {
    locals before: bool
    copy_loc a exists Held<u8> st_loc before
    imm_borrow_loc s ld_u8 1 pack_variant Maybe::Some<u8> pack Held<u8> move_to Held<u8>
    move_loc before
    copy_loc a exists Held<u8>
    copy_loc a move_from Held<u8> unpack Held<u8> pop
    move_loc a exists Held<u8>
    ret
}
";

const SIGNED: &str = "
module 0x42::signed version 10
public fun arithmetic(a: i64, b: i64): (i64, i64, i64, i64, i64) {
    copy_loc a copy_loc b add
    copy_loc a copy_loc b sub
    copy_loc a copy_loc b mul
    copy_loc a copy_loc b div
    move_loc a move_loc b mod
    ret
}
public fun less(a: i8, b: i8): bool { move_loc a move_loc b lt ret }
public fun negate(a: i8): i8 { move_loc a negate ret }
public fun literals(): (i8, i16, i32, i64, i128, i256) {
    ld_i8 -1 ld_i16 -2 ld_i32 -3 ld_i64 -4 ld_i128 -5 ld_i256 -6 ret
}
public fun casts(a: i64): (i8, i16, i32, i128, i256) {
    copy_loc a cast_i8 copy_loc a cast_i16 copy_loc a cast_i32 copy_loc a cast_i128
    move_loc a cast_i256 ret
}
public fun narrow(a: i64): i64 { move_loc a cast_i128 cast_i64 ret }
public fun to_unsigned(a: i64): u64 { move_loc a cast_u64 ret }
public fun fails(code: u64, message: vector<u8>) { move_loc code move_loc message abort_msg }
public fun more(): u64 {
    nop ld_u16 1 cast_u8 pop ld_u32 1 cast_u16 pop ld_u256 1 cast_u32 pop ld_u8 1 cast_u128 pop
    ld_u8 1 cast_u256 pop ld_true ld_false or ld_true and not pop ld_u64 1 ld_u64 2 gt pop
    ld_u64 1 ld_u64 2 le pop ld_u64 1 ld_u64 2 ge pop ld_u64 6 ld_u64 3 xor ret
}
";

fn run(
    interpreter: Interpreter,
    source: &str,
    name: &str,
    arguments: &[Vec<u8>],
) -> VmResult<Returned> {
    let mut memory = Memory::default();
    run_in(&mut memory, interpreter, source, name, arguments)
}

fn run_in(
    memory: &mut Memory,
    interpreter: Interpreter,
    source: &str,
    name: &str,
    arguments: &[Vec<u8>],
) -> VmResult<Returned> {
    let module = assemble_module(source).unwrap_or_else(|e| panic!("{e}"));
    let id: ModuleId = memory.add(&write_module(&module).unwrap());
    let engine = Engine {
        natives: Natives::standard(),
        interpreter,
        ..Engine::default()
    };
    let mut code = Code::default();
    let mut session = Session::new(&engine, &mut code, memory)?;
    let returned = session.call(&id, name, &[], arguments, &mut Gas::unlimited())?;
    let changes = session.finish()?;
    memory.commit(changes);
    Ok(returned)
}

fn u64_bytes(n: u64) -> Vec<u8> {
    n.to_le_bytes().to_vec()
}

#[test]
fn function_values_capture_what_they_are_told_to() {
    for interpreter in ENGINES {
        for (name, arguments, expected) in [
            ("capture_first", vec![u64_bytes(5)], None),
            ("capture_none", vec![u64_bytes(5)], Some(u64_bytes(10))),
            ("capture_both", vec![], Some(u64_bytes(7))),
            ("capture_vector", vec![], Some(b"\x04text".to_vec())),
            ("generic_value", vec![], Some(u64_bytes(8))),
        ] {
            let got = run(interpreter, FUNCTION_VALUES, name, &arguments).unwrap();
            let expected = expected.unwrap_or_else(|| u64_bytes(15));
            assert_eq!(got.values, [expected], "{name} on {interpreter:?}");
        }
    }
}

#[test]
fn a_function_value_is_stored_and_called_in_another_session() {
    let account = Address::small(7).0.to_vec();
    let mut stored = Vec::new();
    for interpreter in ENGINES {
        let mut memory = Memory::default();
        let keep = std::slice::from_ref(&account);
        run_in(&mut memory, interpreter, FUNCTION_VALUES, "keep", keep).unwrap();
        stored.push(memory.state.clone());
        let arguments = [account.clone(), u64_bytes(11)];
        let got = run_in(
            &mut memory,
            interpreter,
            FUNCTION_VALUES,
            "use_kept",
            &arguments,
        );
        assert_eq!(got.unwrap().values, [u64_bytes(111)], "{interpreter:?}");
    }
    assert_eq!(stored[0], stored[1], "both store the same bytes");
}

#[test]
fn a_field_of_another_variant_is_refused() {
    for interpreter in ENGINES {
        let error = run(interpreter, FUNCTION_VALUES, "variant_field", &[vec![1]]).unwrap_err();
        assert_eq!(error.status(), StatusCode::StructVariantMismatch);
        run(interpreter, FUNCTION_VALUES, "variant_field", &[vec![0]]).unwrap();
    }
}

#[test]
fn signed_arithmetic_is_that_of_the_processor() {
    let values = [0, 1, -1, 7, -7, i64::MAX, i64::MIN, 1 << 40];
    for interpreter in ENGINES {
        for a in values {
            for b in values {
                let arguments = [a.to_le_bytes().to_vec(), b.to_le_bytes().to_vec()];
                let got = run(interpreter, SIGNED, "arithmetic", &arguments);
                let expected = (|| {
                    let all = [
                        a.checked_add(b)?,
                        a.checked_sub(b)?,
                        a.checked_mul(b)?,
                        a.checked_div(b)?,
                        a.checked_rem(b)?,
                    ];
                    Some(all.map(|n| n.to_le_bytes().to_vec()).to_vec())
                })();
                match (got, expected) {
                    (Ok(got), Some(expected)) => assert_eq!(got.values, expected, "{a} {b}"),
                    (Err(e), None) => assert_eq!(e.status(), StatusCode::ArithmeticError),
                    (got, expected) => panic!("{a} {b}: {got:?}, not {expected:?}"),
                }
            }
        }
        for (a, b) in [(-1_i8, 0_i8), (0, -1), (-128, 127), (5, 5)] {
            let arguments = [vec![a.cast_unsigned()], vec![b.cast_unsigned()]];
            let got = run(interpreter, SIGNED, "less", &arguments).unwrap();
            assert_eq!(got.values, [vec![u8::from(a < b)]], "{a} {b}");
        }
    }
}

#[test]
fn signed_literals_negation_and_casts() {
    for interpreter in ENGINES {
        let got = run(interpreter, SIGNED, "literals", &[]).unwrap();
        let lengths: Vec<_> = got.values.iter().map(Vec::len).collect();
        assert_eq!(lengths, [1, 2, 4, 8, 16, 32]);
        for (n, value) in (1_u8..).zip(&got.values) {
            assert_eq!(value[0], 0_u8.wrapping_sub(n));
            assert!(value[1..].iter().all(|b| *b == 0xff));
        }
        let got = run(interpreter, SIGNED, "negate", &[vec![5]]).unwrap();
        assert_eq!(got.values, [vec![251]]);
        let error = run(interpreter, SIGNED, "negate", &[vec![128]]).unwrap_err();
        assert_eq!(error.status(), StatusCode::ArithmeticError);
        let minus = |n: i64| vec![n.to_le_bytes().to_vec()];
        let got = run(interpreter, SIGNED, "casts", &minus(-100)).unwrap();
        assert_eq!(got.values[0], [156]);
        assert_eq!(got.values[4], [&[156][..], &[255; 31]].concat());
        for (name, n) in [("casts", 200), ("to_unsigned", -1)] {
            let error = run(interpreter, SIGNED, name, &minus(n)).unwrap_err();
            assert_eq!(error.status(), StatusCode::ArithmeticError, "{name}");
        }
        assert_eq!(
            run(interpreter, SIGNED, "narrow", &minus(-3))
                .unwrap()
                .values,
            minus(-3)
        );
        assert_eq!(
            run(interpreter, SIGNED, "more", &[]).unwrap().values,
            [u64_bytes(5)]
        );
    }
}

#[test]
fn aborts_have_messages() {
    for interpreter in ENGINES {
        let call = |message: &[u8]| {
            let mut bcs = Vec::new();
            lumio_move_engine::bcs::put_bytes(&mut bcs, message);
            run(interpreter, SIGNED, "fails", &[u64_bytes(77), bcs]).unwrap_err()
        };
        let error = call("too little gold: ½".as_bytes());
        assert_eq!(
            (error.status(), error.sub_status()),
            (StatusCode::Aborted, Some(77))
        );
        assert_eq!(
            error.details().message.as_deref(),
            Some("too little gold: ½")
        );
        assert_eq!(call(b"\xff").status(), StatusCode::InvalidAbortMessage);
        assert_eq!(
            call(&[b'a'; 1025]).status(),
            StatusCode::AbortMessageLimitExceeded
        );
        assert_eq!(call(&[b'a'; 1024]).status(), StatusCode::Aborted);
        assert_eq!(call(b"").status(), StatusCode::Aborted);
    }
}

#[test]
fn generic_enums_and_resources() {
    for interpreter in ENGINES {
        for twice in [0, 1] {
            let got = run(interpreter, GENERIC, "change", &[vec![twice]]).unwrap();
            assert_eq!(got.values[0], [&[77][..], &[0; 31]].concat());
            assert_eq!(got.values[1], [twice]);
        }
        assert_eq!(
            run(interpreter, GENERIC, "take", &[vec![1]])
                .unwrap()
                .values,
            [vec![9]]
        );
        let error = run(interpreter, GENERIC, "take", &[vec![0]]).unwrap_err();
        assert_eq!(error.status(), StatusCode::StructVariantMismatch);
        let account = Address::small(3).0.to_vec();
        let arguments = [account.clone(), account];
        let got = run(interpreter, GENERIC, "hold", &arguments).unwrap();
        assert_eq!(got.values, [vec![0], vec![1], vec![0]]);
    }
}

/// Every instruction occurs in a program that some test runs.
#[test]
fn no_instruction_is_left_out() {
    let mut seen = BTreeSet::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential/basics/modules");
    let mut modules = vec![
        assemble_module(FUNCTION_VALUES).unwrap(),
        assemble_module(SIGNED).unwrap(),
        assemble_module(GENERIC).unwrap(),
    ];
    for entry in fs::read_dir(folder).unwrap() {
        modules.push(read_module(&fs::read(entry.unwrap().path()).unwrap()).unwrap());
    }
    for module in &modules {
        for code in module
            .function_defs
            .iter()
            .filter_map(|def| def.code.as_ref())
        {
            seen.extend(code.code.iter().map(|instruction| instruction.opcode()));
        }
    }
    let missing: Vec<_> = Opcode::ALL
        .iter()
        .filter(|opcode| !seen.contains(opcode))
        .collect();
    assert!(missing.is_empty(), "never run: {missing:?}");
}
