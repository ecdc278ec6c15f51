//! How each instruction fails: status, sub-status, and the place that the error names, alike on both
//! interpreters.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod chain;

use std::collections::BTreeSet;

use chain::{Chain, ENGINES, id};
use lumio_move_engine::{
    Address, Gas, Location, StatusCode,
    format::{Bytecode, Opcode, read_module},
};

const DECLARATIONS: &str = "
struct R has key { n: u64 }
struct G<T: store> has key { n: T }
enum E has copy, drop { A { x: u64 }, B }
enum H<T> has copy, drop { A { x: T }, B }
";

/// What fails: a name, the body of `fun f(s: &signer, a: address)`, the instruction that fails, the
/// status, and the sub-status.
const FAILURES: &[(&str, &str, Opcode, StatusCode, Option<u64>)] = {
    use Opcode as O;
    use StatusCode as S;
    const ARITHMETIC: StatusCode = StatusCode::ArithmeticError;
    &[
        (
            "add u8",
            "ld_u8 255 ld_u8 1 add pop ret",
            O::Add,
            ARITHMETIC,
            None,
        ),
        (
            "add u16",
            "ld_u16 65535 ld_u16 1 add pop ret",
            O::Add,
            ARITHMETIC,
            None,
        ),
        (
            "add u32",
            "ld_u32 4294967295 ld_u32 1 add pop ret",
            O::Add,
            ARITHMETIC,
            None,
        ),
        (
            "add u64",
            "ld_u64 18446744073709551615 ld_u64 1 add pop ret",
            O::Add,
            ARITHMETIC,
            None,
        ),
        (
            "add u128",
            "ld_u128 340282366920938463463374607431768211455 ld_u128 1 add pop ret",
            O::Add,
            ARITHMETIC,
            None,
        ),
        (
            "add u256",
            "ld_u256 115792089237316195423570985008687907853269984665640564039457584007913129639935 ld_u256 1 add pop ret",
            O::Add,
            ARITHMETIC,
            None,
        ),
        (
            "add i8",
            "ld_i8 127 ld_i8 1 add pop ret",
            O::Add,
            ARITHMETIC,
            None,
        ),
        (
            "add i16",
            "ld_i16 -32768 ld_i16 -1 add pop ret",
            O::Add,
            ARITHMETIC,
            None,
        ),
        (
            "add i32",
            "ld_i32 2147483647 ld_i32 1 add pop ret",
            O::Add,
            ARITHMETIC,
            None,
        ),
        (
            "add i64",
            "ld_i64 9223372036854775807 ld_i64 1 add pop ret",
            O::Add,
            ARITHMETIC,
            None,
        ),
        (
            "add i128",
            "ld_i128 170141183460469231731687303715884105727 ld_i128 1 add pop ret",
            O::Add,
            ARITHMETIC,
            None,
        ),
        (
            "add i256",
            "ld_i256 57896044618658097711785492504343953926634992332820282019728792003956564819967 ld_i256 1 add pop ret",
            O::Add,
            ARITHMETIC,
            None,
        ),
        (
            "sub u8",
            "ld_u8 0 ld_u8 1 sub pop ret",
            O::Sub,
            ARITHMETIC,
            None,
        ),
        (
            "sub u64",
            "ld_u64 0 ld_u64 1 sub pop ret",
            O::Sub,
            ARITHMETIC,
            None,
        ),
        (
            "sub u256",
            "ld_u256 1 ld_u256 2 sub pop ret",
            O::Sub,
            ARITHMETIC,
            None,
        ),
        (
            "sub i64",
            "ld_i64 -9223372036854775808 ld_i64 1 sub pop ret",
            O::Sub,
            ARITHMETIC,
            None,
        ),
        (
            "mul u16",
            "ld_u16 256 ld_u16 256 mul pop ret",
            O::Mul,
            ARITHMETIC,
            None,
        ),
        (
            "mul u64",
            "ld_u64 4294967296 ld_u64 4294967296 mul pop ret",
            O::Mul,
            ARITHMETIC,
            None,
        ),
        (
            "mul u128",
            "ld_u128 18446744073709551616 ld_u128 18446744073709551616 mul pop ret",
            O::Mul,
            ARITHMETIC,
            None,
        ),
        (
            "mul i32",
            "ld_i32 65536 ld_i32 -65536 mul pop ret",
            O::Mul,
            ARITHMETIC,
            None,
        ),
        (
            "div u8",
            "ld_u8 1 ld_u8 0 div pop ret",
            O::Div,
            ARITHMETIC,
            None,
        ),
        (
            "div u64",
            "ld_u64 1 ld_u64 0 div pop ret",
            O::Div,
            ARITHMETIC,
            None,
        ),
        (
            "div u256",
            "ld_u256 1 ld_u256 0 div pop ret",
            O::Div,
            ARITHMETIC,
            None,
        ),
        (
            "div i64, the least by -1",
            "ld_i64 -9223372036854775808 ld_i64 -1 div pop ret",
            O::Div,
            ARITHMETIC,
            None,
        ),
        (
            "div i8 by 0",
            "ld_i8 1 ld_i8 0 div pop ret",
            O::Div,
            ARITHMETIC,
            None,
        ),
        (
            "mod u64",
            "ld_u64 1 ld_u64 0 mod pop ret",
            O::Mod,
            ARITHMETIC,
            None,
        ),
        (
            "mod u128",
            "ld_u128 1 ld_u128 0 mod pop ret",
            O::Mod,
            ARITHMETIC,
            None,
        ),
        (
            "mod i64, the least by -1",
            "ld_i64 -9223372036854775808 ld_i64 -1 mod pop ret",
            O::Mod,
            ARITHMETIC,
            None,
        ),
        (
            "shl u8 by 8",
            "ld_u8 1 ld_u8 8 shl pop ret",
            O::Shl,
            ARITHMETIC,
            None,
        ),
        (
            "shl u64 by 64",
            "ld_u64 1 ld_u8 64 shl pop ret",
            O::Shl,
            ARITHMETIC,
            None,
        ),
        (
            "shl u128 by 128",
            "ld_u128 1 ld_u8 128 shl pop ret",
            O::Shl,
            ARITHMETIC,
            None,
        ),
        (
            "shr u16 by 16",
            "ld_u16 1 ld_u8 16 shr pop ret",
            O::Shr,
            ARITHMETIC,
            None,
        ),
        (
            "shr u64 by 255",
            "ld_u64 1 ld_u8 255 shr pop ret",
            O::Shr,
            ARITHMETIC,
            None,
        ),
        (
            "negate the least i8",
            "ld_i8 -128 negate pop ret",
            O::Negate,
            ARITHMETIC,
            None,
        ),
        (
            "negate the least i256",
            "ld_i256 -57896044618658097711785492504343953926634992332820282019728792003956564819968 negate pop ret",
            O::Negate,
            ARITHMETIC,
            None,
        ),
        (
            "cast to u8",
            "ld_u64 256 cast_u8 pop ret",
            O::CastU8,
            ARITHMETIC,
            None,
        ),
        (
            "cast to u16",
            "ld_u32 65536 cast_u16 pop ret",
            O::CastU16,
            ARITHMETIC,
            None,
        ),
        (
            "cast to u32",
            "ld_u128 4294967296 cast_u32 pop ret",
            O::CastU32,
            ARITHMETIC,
            None,
        ),
        (
            "cast to u64",
            "ld_u128 18446744073709551616 cast_u64 pop ret",
            O::CastU64,
            ARITHMETIC,
            None,
        ),
        (
            "cast to u64 of a negative",
            "ld_i8 -1 cast_u64 pop ret",
            O::CastU64,
            ARITHMETIC,
            None,
        ),
        (
            "cast to u128",
            "ld_u256 340282366920938463463374607431768211456 cast_u128 pop ret",
            O::CastU128,
            ARITHMETIC,
            None,
        ),
        (
            "cast to u256 of a negative",
            "ld_i64 -1 cast_u256 pop ret",
            O::CastU256,
            ARITHMETIC,
            None,
        ),
        (
            "cast to i8",
            "ld_u8 128 cast_i8 pop ret",
            O::CastI8,
            ARITHMETIC,
            None,
        ),
        (
            "cast to i16",
            "ld_i32 -32769 cast_i16 pop ret",
            O::CastI16,
            ARITHMETIC,
            None,
        ),
        (
            "cast to i32",
            "ld_u32 2147483648 cast_i32 pop ret",
            O::CastI32,
            ARITHMETIC,
            None,
        ),
        (
            "cast to i64",
            "ld_u64 9223372036854775808 cast_i64 pop ret",
            O::CastI64,
            ARITHMETIC,
            None,
        ),
        (
            "cast to i128",
            "ld_u128 170141183460469231731687303715884105728 cast_i128 pop ret",
            O::CastI128,
            ARITHMETIC,
            None,
        ),
        (
            "cast to i256",
            "ld_u256 57896044618658097711785492504343953926634992332820282019728792003956564819968 cast_i256 pop ret",
            O::CastI256,
            ARITHMETIC,
            None,
        ),
        (
            "vec_imm_borrow past the end",
            "ld_u64 1 ld_u64 2 vec_pack<u64> 2 st_loc v imm_borrow_loc v ld_u64 2 vec_imm_borrow<u64> pop ret",
            O::VecImmBorrow,
            S::VectorOperationError,
            Some(1),
        ),
        (
            "vec_imm_borrow far past the end",
            "vec_pack<u64> 0 st_loc v imm_borrow_loc v ld_u64 18446744073709551615 vec_imm_borrow<u64> pop ret",
            O::VecImmBorrow,
            S::VectorOperationError,
            Some(1),
        ),
        (
            "vec_mut_borrow past the end",
            "vec_pack<u64> 0 st_loc v mut_borrow_loc v ld_u64 0 vec_mut_borrow<u64> pop ret",
            O::VecMutBorrow,
            S::VectorOperationError,
            Some(1),
        ),
        (
            "vec_mut_borrow of bytes past the end",
            "ld_u8 1 vec_pack<u8> 1 st_loc b mut_borrow_loc b ld_u64 1 vec_mut_borrow<u8> pop ret",
            O::VecMutBorrow,
            S::VectorOperationError,
            Some(1),
        ),
        (
            "vec_swap of the left past the end",
            "ld_u64 1 vec_pack<u64> 1 st_loc v mut_borrow_loc v ld_u64 1 ld_u64 0 vec_swap<u64> ret",
            O::VecSwap,
            S::VectorOperationError,
            Some(1),
        ),
        (
            "vec_swap of the right past the end",
            "ld_u64 1 vec_pack<u64> 1 st_loc v mut_borrow_loc v ld_u64 0 ld_u64 1 vec_swap<u64> ret",
            O::VecSwap,
            S::VectorOperationError,
            Some(1),
        ),
        (
            "vec_pop_back of nothing",
            "vec_pack<u64> 0 st_loc v mut_borrow_loc v vec_pop_back<u64> pop ret",
            O::VecPopBack,
            S::VectorOperationError,
            Some(2),
        ),
        (
            "vec_pop_back of no bytes",
            "vec_pack<u8> 0 st_loc b mut_borrow_loc b vec_pop_back<u8> pop ret",
            O::VecPopBack,
            S::VectorOperationError,
            Some(2),
        ),
        (
            "vec_unpack of too few",
            "ld_u64 1 vec_pack<u64> 1 vec_unpack<u64> 2 pop pop ret",
            O::VecUnpack,
            S::VectorOperationError,
            Some(3),
        ),
        (
            "vec_unpack of too many",
            "ld_u64 1 ld_u64 1 vec_pack<u64> 2 vec_unpack<u64> 1 pop ret",
            O::VecUnpack,
            S::VectorOperationError,
            Some(3),
        ),
        ("abort", "ld_u64 77 abort", O::Abort, S::Aborted, Some(77)),
        (
            "abort with a message",
            "ld_u64 78 ld_const<vector<u8>> \"why\" abort_msg",
            O::AbortMsg,
            S::Aborted,
            Some(78),
        ),
        (
            "abort with a message that is no text",
            "ld_u64 78 ld_u8 255 vec_pack<u8> 1 abort_msg",
            O::AbortMsg,
            S::InvalidAbortMessage,
            None,
        ),
        (
            "move_to twice",
            "copy_loc s ld_u64 1 pack R move_to R move_loc s ld_u64 2 pack R move_to R ret",
            O::MoveTo,
            S::ResourceAlreadyExists,
            None,
        ),
        (
            "generic move_to twice",
            "copy_loc s ld_u8 1 pack G<u8> move_to G<u8> move_loc s ld_u8 2 pack G<u8> move_to G<u8> ret",
            O::MoveToGeneric,
            S::ResourceAlreadyExists,
            None,
        ),
        (
            "move_from of nothing",
            "move_loc a move_from R unpack R pop ret",
            O::MoveFrom,
            S::MissingData,
            None,
        ),
        (
            "generic move_from of nothing",
            "move_loc a move_from G<u8> unpack G<u8> pop ret",
            O::MoveFromGeneric,
            S::MissingData,
            None,
        ),
        (
            "imm_borrow_global of nothing",
            "move_loc a imm_borrow_global R pop ret",
            O::ImmBorrowGlobal,
            S::MissingData,
            None,
        ),
        (
            "generic imm_borrow_global of nothing",
            "move_loc a imm_borrow_global G<u8> pop ret",
            O::ImmBorrowGlobalGeneric,
            S::MissingData,
            None,
        ),
        (
            "mut_borrow_global of nothing",
            "move_loc a mut_borrow_global R pop ret",
            O::MutBorrowGlobal,
            S::MissingData,
            None,
        ),
        (
            "generic mut_borrow_global of nothing",
            "move_loc a mut_borrow_global G<u8> pop ret",
            O::MutBorrowGlobalGeneric,
            S::MissingData,
            None,
        ),
        (
            "unpack_variant of another",
            "pack_variant E::B unpack_variant E::A pop ret",
            O::UnpackVariant,
            S::StructVariantMismatch,
            None,
        ),
        (
            "generic unpack_variant of another",
            "pack_variant H::B<u8> unpack_variant H::A<u8> pop ret",
            O::UnpackVariantGeneric,
            S::StructVariantMismatch,
            None,
        ),
        (
            "imm_borrow_variant_field of another",
            "pack_variant E::B st_loc e imm_borrow_loc e imm_borrow_variant_field E::A::x pop ret",
            O::ImmBorrowVariantField,
            S::StructVariantMismatch,
            None,
        ),
        (
            "mut_borrow_variant_field of another",
            "pack_variant E::B st_loc e mut_borrow_loc e mut_borrow_variant_field E::A::x pop ret",
            O::MutBorrowVariantField,
            S::StructVariantMismatch,
            None,
        ),
        (
            "generic imm_borrow_variant_field of another",
            "pack_variant H::B<u8> st_loc h imm_borrow_loc h imm_borrow_variant_field H::A::x<u8> pop ret",
            O::ImmBorrowVariantFieldGeneric,
            S::StructVariantMismatch,
            None,
        ),
        (
            "generic mut_borrow_variant_field of another",
            "pack_variant H::B<u8> st_loc h mut_borrow_loc h mut_borrow_variant_field H::A::x<u8> pop ret",
            O::MutBorrowVariantFieldGeneric,
            S::StructVariantMismatch,
            None,
        ),
    ]
};

/// Instructions that fail for want of gas only, or with what they call.
const NEVER_FAIL: &[Opcode] = {
    use Opcode as O;
    &[
        O::Pop,
        O::Ret,
        O::BrTrue,
        O::BrFalse,
        O::Branch,
        O::LdU8,
        O::LdU16,
        O::LdU32,
        O::LdU64,
        O::LdU128,
        O::LdU256,
        O::LdI8,
        O::LdI16,
        O::LdI32,
        O::LdI64,
        O::LdI128,
        O::LdI256,
        O::LdConst,
        O::LdTrue,
        O::LdFalse,
        O::CopyLoc,
        O::MoveLoc,
        O::StLoc,
        O::MutBorrowLoc,
        O::ImmBorrowLoc,
        O::MutBorrowField,
        O::MutBorrowFieldGeneric,
        O::ImmBorrowField,
        O::ImmBorrowFieldGeneric,
        O::Pack,
        O::PackGeneric,
        O::Unpack,
        O::UnpackGeneric,
        O::PackVariant,
        O::PackVariantGeneric,
        O::TestVariant,
        O::TestVariantGeneric,
        O::ReadRef,
        O::WriteRef,
        O::FreezeRef,
        O::BitOr,
        O::BitAnd,
        O::Xor,
        O::Or,
        O::And,
        O::Not,
        O::Eq,
        O::Neq,
        O::Lt,
        O::Gt,
        O::Le,
        O::Ge,
        O::Nop,
        O::Exists,
        O::ExistsGeneric,
        O::VecPack,
        O::VecLen,
        O::VecPushBack,
        O::PackClosure,
        O::PackClosureGeneric,
    ]
};

/// Instructions whose failures are those of calls, tested below.
const CALLS: [Opcode; 3] = [Opcode::Call, Opcode::CallGeneric, Opcode::CallClosure];

fn module(body: &str) -> String {
    let acquires = match (
        body.contains("_global R") || body.contains("move_from R"),
        body.contains(" G<u8>"),
    ) {
        (true, _) => " acquires R",
        (_, true) if !body.contains("move_to") => " acquires G",
        _ => "",
    };
    format!(
        "module 0x42::m version 10 {DECLARATIONS}
         public fun before() {{ ret }}
         public fun f(s: &signer, a: address){acquires} {{
            locals v: vector<u64>, b: vector<u8>, e: E, h: H<u8>
            {body} }}"
    )
}

/// Where the instruction last is in the second function.
fn offset(chain: &Chain, opcode: Opcode) -> u16 {
    let module = read_module(&chain.memory.modules[&id("m")]).unwrap();
    let code = &module.function_defs[1].code.as_ref().unwrap().code;
    let last = code.iter().rposition(|i| Bytecode::opcode(i) == opcode);
    u16::try_from(last.expect("the instruction is not there")).unwrap()
}

#[test]
fn each_failure_has_its_status_and_place() {
    let address = Address::small(9).0.to_vec();
    for interpreter in ENGINES {
        for (name, body, opcode, status, sub) in FAILURES {
            let mut chain = Chain::with(interpreter, &[&module(body)]);
            let arguments = [address.clone(), address.clone()];
            let error = match chain.call("m", "f", &arguments) {
                Ok(returned) => panic!("{name} on {interpreter:?}: {returned:?}"),
                Err(error) => error,
            };
            let details = error.details();
            assert_eq!(
                details.status, *status,
                "{name} on {interpreter:?}: {error}"
            );
            assert_eq!(details.sub_status, *sub, "{name} on {interpreter:?}");
            assert_eq!(details.location, Location::Module(id("m")), "{name}");
            let places: Vec<_> = details
                .offsets
                .iter()
                .map(|(f, pc)| (f.index(), *pc))
                .collect();
            assert_eq!(
                places,
                [(1, offset(&chain, *opcode))],
                "{name} on {interpreter:?}"
            );
            assert!(chain.memory.state.is_empty(), "{name} left something");
        }
    }
}

#[test]
fn no_instruction_is_forgotten() {
    let tested: BTreeSet<Opcode> = FAILURES.iter().map(|(_, _, opcode, ..)| *opcode).collect();
    for opcode in Opcode::ALL {
        let lists = usize::from(tested.contains(opcode))
            + usize::from(NEVER_FAIL.contains(opcode))
            + usize::from(CALLS.contains(opcode));
        assert_eq!(lists, 1, "{opcode:?} must be in exactly one list");
    }
}

#[test]
fn endless_recursion_ends_at_the_callers_instruction() {
    let text = "module 0x42::m version 10
        public fun deep(n: u64): u64 { move_loc n ld_u64 1 add call deep ret }
        public fun generic<T>(n: u64): u64 { nop move_loc n call generic<T> ret }
        public fun by_value(): u64 { nop nop pack_closure by_value mask=0b0 call_closure<||u64> ret }";
    for interpreter in ENGINES {
        let mut chain = Chain::with(interpreter, &[text]);
        for (function, types, arguments, place) in [
            ("deep", vec![], vec![vec![0; 8]], (0, 3)),
            ("generic", vec![chain::tag("u8")], vec![vec![0; 8]], (1, 2)),
            ("by_value", vec![], vec![], (2, 3)),
        ] {
            let gas = &mut Gas::unlimited();
            let error = chain
                .call_with("m", function, &types, &arguments, gas)
                .unwrap_err();
            assert_eq!(error.status(), StatusCode::CallStackOverflow, "{function}");
            let (definition, pc) = error.details().offsets[0];
            assert_eq!(
                (definition.index(), pc),
                place,
                "{function} on {interpreter:?}"
            );
        }
    }
}

/// A thousand operands wait in callers: the next does not fit.
#[test]
fn operands_of_all_callers_are_bounded() {
    let waiting = "ld_u64 1 ".repeat(100);
    let drop = "pop ".repeat(100);
    let text = format!(
        "module 0x42::m version 10
         public fun f(n: u64) {{ copy_loc n ld_u64 0 eq br_true l {waiting} move_loc n ld_u64 1 sub call f {drop} ret l: ret }}"
    );
    for interpreter in ENGINES {
        let mut chain = Chain::with(interpreter, &[&text]);
        chain.call("m", "f", &[chain::u64_bytes(9)]).unwrap();
        let error = chain.call("m", "f", &[chain::u64_bytes(12)]).unwrap_err();
        assert_eq!(
            error.status(),
            StatusCode::ExecutionStackOverflow,
            "{interpreter:?}"
        );
    }
}

/// Every instruction is paid for: with one unit less than it takes, a program fails, and nothing of
/// it stays.
#[test]
fn one_unit_of_gas_less_is_too_little() {
    let programs = [
        "copy_loc s ld_u64 1 pack R move_to R move_loc a exists R pop ret",
        "ld_u64 1 ld_u64 2 vec_pack<u64> 2 st_loc v mut_borrow_loc v ld_u64 3 vec_push_back<u64> imm_borrow_loc v vec_len<u64> pop ret",
        "pack_variant E::B st_loc e copy_loc e copy_loc e eq pop ret",
        "call before ret",
    ];
    let address = Address::small(9).0.to_vec();
    for interpreter in ENGINES {
        for body in programs {
            let arguments = [address.clone(), address.clone()];
            let run = |budget: u64| {
                let mut chain = Chain::with(interpreter, &[&module(body)]);
                let mut gas = Gas::new(budget);
                let result = chain.call_with("m", "f", &[], &arguments, &mut gas);
                (
                    result.map_err(|e| e.status()).err(),
                    gas.left(),
                    chain.memory.state.len(),
                )
            };
            let (done, left, _) = run(100_000);
            assert_eq!(done, None, "{body}");
            let cost = 100_000 - left;
            assert_eq!(run(cost).0, None);
            for budget in 0..cost {
                let (failed, left, kept) = run(budget);
                assert_eq!(failed, Some(StatusCode::OutOfGas), "{body} with {budget}");
                assert_eq!((left, kept), (0, 0), "{body} with {budget}");
            }
        }
    }
}
