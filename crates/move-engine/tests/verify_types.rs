//! What the checks of types, type arguments and generic members refuse, and just about accept.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "verify/refusal.rs"]
mod refusal;

use lumio_move_engine::{
    StatusCode as S,
    format::{CompiledModule, Constant, SignatureIndex, SignatureToken as T},
    verify::{Config, verify_module, verify_script},
};
use refusal::{accept, expect, module, refuse, refuse_changed, script};

#[test]
fn references_stand_only_outermost() {
    for text in [
        "fun f(x: &&u8) { ret }",
        "fun f(x: vector<&u8>) { ret }",
        "fun f(): &mut &u8 { ld_u64 0 abort }",
        "struct S { x: &u8 }",
        "enum E { A { x: &mut u8 } }",
        "struct G<T> { x: T } fun f(x: &G<&u8>) { ret }",
        "struct G<T> { x: T } struct S { x: G<&u8> }",
        "fun g<T>() { ret } fun f() { call g<&u8> ret }",
        "fun f() { vec_pack<&u8> 0 pop ret }",
        "fun f() { locals x: &&u8 ret }",
        "fun f(x: |vector<&u8>|) { ret }",
        "extra signature (&&u8)",
    ] {
        refuse(S::InvalidSignatureToken, text);
    }
    accept("fun f(x: &u8, y: &mut vector<u8>): &u8 { locals z: &u8 move_loc x ret }");
    accept("fun f(x: &|&u8, &mut u64|&u8) { ret }");
}

#[test]
fn type_arguments_have_the_right_number() {
    const G: &str = "struct G<T> has drop { x: T } fun g<T>() { ret }";
    let many = |m: &mut CompiledModule| {
        m.signatures.push(vec![T::U8, T::U8, T::U64]);
        SignatureIndex(m.signatures.len() as u16 - 1)
    };
    for (body, kind) in [
        ("call g<u8>", 0),
        ("ld_u8 1 pack G<u8> pop", 1),
        ("imm_borrow_loc x imm_borrow_field G::x<u8> pop", 2),
    ] {
        let text = format!("{G} fun f(x: G<u8>) {{ {body} ret }}");
        accept(&text);
        refuse_changed(S::NumberOfTypeArgumentsMismatch, &text, |m| {
            let arguments = many(m);
            match kind {
                0 => m.function_insts[0].type_arguments = arguments,
                1 => m.struct_insts[0].type_arguments = arguments,
                _ => m.field_insts[0].type_arguments = arguments,
            }
        });
    }
    refuse_changed(
        S::NumberOfTypeArgumentsMismatch,
        "fun f() { vec_pack<u8> 0 pop ret }",
        |m| {
            let arguments = many(m);
            let code = &mut m.function_defs[0].code.as_mut().unwrap().code;
            code[0] = lumio_move_engine::format::Bytecode::VecPack(arguments, 0);
        },
    );
    refuse(
        S::NumberOfTypeArgumentsMismatch,
        &format!("{G} fun f(x: G<u8, u8>) {{ ret }}"),
    );
}

#[test]
fn type_arguments_satisfy_constraints() {
    const D: &str = "struct Hot { x: u8 } struct K<T: copy> has copy, drop { x: T }
        struct P<phantom T: copy> has copy, drop { x: u8 }
        enum E<T: store> has drop { A { x: T } }
        fun g<T: copy + drop>() { ret } ";
    for text in [
        "fun f(x: &K<Hot>) { ret }",
        "fun f(x: &P<Hot>) { ret }",
        "fun f(x: &vector<K<Hot>>) { ret }",
        "fun f<A: drop>(x: &K<A>) { ret }",
        "struct S { x: K<Hot> }",
        "struct S<A> { x: K<A> }",
        "fun f() { locals x: K<Hot> ret }",
        "fun f() { call g<Hot> ret }",
        "fun f<A: copy>() { call g<A> ret }",
        "fun f() { call g<signer> ret }",
        "fun f(x: Hot) { move_loc x pack K<Hot> pop ret }",
        "fun f(x: &E<signer>) { ret }",
        "fun f() { call g<|u8| has drop> ret }",
        "fun f() { pack_closure g<Hot> mask=0 pop ret }",
        "fun f(x: signer) { move_loc x pack_variant E::A<signer> pop ret }",
    ] {
        refuse(S::ConstraintNotSatisfied, &format!("{D}{text}"));
    }
    for text in [
        "fun f<A: copy>(x: &K<A>) { ret }",
        "fun f() { call g<|u8| has copy + drop> ret }",
        "fun f() { call g<K<u8>> ret }",
        "struct S<A: copy> { x: K<A> }",
    ] {
        accept(&format!("{D}{text}"));
    }
}

#[test]
fn fields_have_what_their_struct_promises() {
    const D: &str = "struct Hot { x: u8 } struct B<T> has copy, drop, store { x: T }
        struct P<phantom T> has copy, drop, store { x: u8 } ";
    for text in [
        "struct S has drop { x: Hot }",
        "struct S has copy { x: vector<Hot> }",
        "struct S has key { x: signer }",
        "struct S has store { x: B<Hot> }",
        "struct S has copy { x: || has drop }",
        "enum E has drop { A, B { x: Hot } }",
    ] {
        refuse(S::FieldMissingTypeAbility, &format!("{D}{text}"));
    }
    for text in [
        "struct S { x: Hot }",
        "struct S<T> has copy, drop { x: T, y: B<T> }",
        "struct S has key { x: P<Hot> }",
        "struct S has key { x: || has store }",
    ] {
        accept(&format!("{D}{text}"));
    }
}

#[test]
fn phantom_parameters_occur_only_as_phantom_arguments() {
    const D: &str = "struct B<T> { x: T } struct P<phantom T> { x: u8 } ";
    for text in [
        "struct S<phantom T> { x: T }",
        "struct S<phantom T> { x: vector<T> }",
        "struct S<phantom T> { x: B<T> }",
        "struct S<phantom T> { x: P<B<T>> }",
        "struct S<phantom T> { x: |T| }",
        "struct S<phantom T> { x: ||T }",
        "enum S<phantom T> { A, B { x: T } }",
    ] {
        refuse(S::InvalidPhantomTypeParamPosition, &format!("{D}{text}"));
    }
    accept(&format!(
        "{D} struct S<phantom T> {{ x: P<T>, y: P<P<T>> }}"
    ));
}

#[test]
fn calls_of_closures_name_a_function_type() {
    accept("fun f(x: |u8|u8) { ld_u8 1 move_loc x call_closure<|u8|u8> pop ret }");
    refuse(
        S::ClosureTypeMismatchError,
        "fun f(x: |u8|u8) { ld_u8 1 move_loc x call_closure<u8> pop ret }",
    );
    refuse(
        S::ClosureTypeMismatchError,
        "fun g(x: u8) { ret } fun f() { ld_u8 1 ld_u8 1 pack_closure g mask=0b11 pop ret }",
    );
}

#[test]
fn types_in_scripts_are_checked() {
    for (status, source) in [
        (
            S::InvalidSignatureToken,
            "script fun main(x: vector<&u8>) { ret }",
        ),
        (
            S::InvalidSignatureToken,
            "script fun main() { locals x: &&u8 ret }",
        ),
        (
            S::ConstraintNotSatisfied,
            "script use 0x1::n { fun g<T: copy>(); } fun main<T>() { call 0x1::n::g<T> ret }",
        ),
        (
            S::ConstraintNotSatisfied,
            "script use 0x1::n { struct G<T: copy> has drop; }
             fun main(x: 0x1::n::G<signer>) { ret }",
        ),
        (
            S::InvalidConstantType,
            "script const C: signer = bcs x\"00\"; fun main() { ret }",
        ),
    ] {
        let mut script = script(source);
        if status == S::InvalidConstantType {
            script.constants.clear();
            let (token, data) = (T::Signer, vec![0]);
            script.constants.push(Constant { token, data });
        }
        expect(
            status,
            verify_script(&Config::production(), &script),
            source,
        );
    }
    let source = "script use 0x1::n { fun g<T: copy>(); }
        fun main<T: copy>(s: &signer) { call 0x1::n::g<T> ret }";
    assert_eq!(
        verify_script(&Config::production(), &script(source)),
        Ok(())
    );
}

#[test]
fn generic_members_take_generic_instructions() {
    use lumio_move_engine::format::Bytecode as B;
    const D: &str = "struct S has drop { x: u8 } struct G<T> has drop { x: T }
        enum E has drop { A { x: u8 } } enum F<T> has drop { A { x: T } }
        fun g<T>() { ret } fun h() { ret } ";
    let cases: [(&str, usize, B); 6] = [
        ("ld_u8 1 pack G<u8> pop", 1, B::Pack(def(1))),
        ("ld_u8 1 pack G<u8> unpack G<u8> pop", 2, B::Unpack(def(1))),
        (
            "call g<u8>",
            0,
            B::Call(lumio_move_engine::format::FunctionHandleIndex(0)),
        ),
        ("pack_closure g<u8> mask=0 pop", 0, {
            B::PackClosure(
                lumio_move_engine::format::FunctionHandleIndex(0),
                Default::default(),
            )
        }),
        ("ld_u8 1 pack_variant F::A<u8> pop", 1, {
            B::PackVariant(lumio_move_engine::format::StructVariantHandleIndex(0))
        }),
        (
            "ld_const<address> 0x1 exists G<u8> pop",
            1,
            B::Exists(def(1)),
        ),
    ];
    for (body, at, instruction) in cases {
        let text = format!("{D} fun f() {{ {body} ret }}");
        let error = refuse_changed(S::GenericMemberOpcodeMismatch, &text, |m| {
            let code = &mut m.function_defs[2].code.as_mut().unwrap().code;
            code[at] = instruction;
        });
        assert_eq!(error.details().offsets[0].1, at as u16);
    }
}

fn def(number: u16) -> lumio_move_engine::format::StructDefIndex {
    lumio_move_engine::format::StructDefIndex(number)
}

#[test]
fn vectors_are_packed_within_bounds() {
    refuse(
        S::ConstraintNotSatisfied,
        "fun f() { vec_pack<u8> 65536 pop ret }",
    );
    refuse(
        S::ConstraintNotSatisfied,
        "fun f(v: vector<u8>) { move_loc v vec_unpack<u8> 65536 ret }",
    );
}

#[test]
fn instances_do_not_grow_without_end() {
    for text in [
        "fun f<T>() { call f<vector<T>> ret }",
        "struct S<T> { x: T } fun f<T>() { call g<T> ret } fun g<T>() { call f<S<T>> ret }",
        "fun f<A, B>() { call f<B, vector<A>> ret }",
        "fun f<T>() { pack_closure f<vector<T>> mask=0 pop ret }",
        "fun f<T>() { call f<|T|> ret }",
    ] {
        refuse(S::LoopInInstantiationGraph, text);
    }
    for text in [
        "fun f<T>() { call f<T> ret }",
        "fun f<T>() { call f<vector<u8>> ret }",
        "fun f<A, B>() { call f<B, A> ret }",
        "fun f<T>() { call g<vector<T>> ret } fun g<T>() { ret }",
        "fun f<A, B>() { call f<A, vector<A>> ret }",
    ] {
        accept(text);
    }
}

#[test]
fn many_calls_in_a_row_are_no_hazard() {
    let unlimited = Config {
        max_function_definitions: None,
        ..Config::production()
    };
    let mut text = String::new();
    for n in 0..3_000 {
        text += &format!("fun f{n}<T>() {{ call f{}<T> ret }} ", n + 1);
    }
    text += "fun f3000<T>() { call f0<vector<T>> ret }";
    let result = verify_module(&unlimited, &module(&text));
    expect(S::LoopInInstantiationGraph, result, "a long loop");
}

#[test]
fn work_on_types_is_counted() {
    let config = Config {
        max_module_meter_units: Some(20),
        ..Config::production()
    };
    let text = "fun f(x: |u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8| has drop) { ret }";
    expect(
        S::ConstraintNotSatisfied,
        verify_module(&config, &module(text)),
        text,
    );
    accept(text);
}
