//! What the disassembler writes assembles to the same unit again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "text/resolve.rs"]
mod resolve;

use std::collections::BTreeSet;

use lumio_move_engine::{
    Address, U256,
    format::{
        AbilitySet, Bytecode, CodeUnit, CompiledModule, Constant, FieldDefinition,
        FunctionDefinition, FunctionHandle, FunctionHandleIndex, FunctionInstIndex,
        FunctionInstantiation, IdentifierIndex, ModuleHandle, ModuleHandleIndex, Opcode,
        SignatureIndex, SignatureToken, StructDefIndex, StructDefinition, StructFields,
        StructHandle, StructHandleIndex, Visibility, read_module, write_module,
    },
    text::{
        Unit, assemble, assemble_module, assemble_script, disassemble_module, disassemble_script,
    },
};
use resolve::{resolve_module, resolve_script};

const ALL: &str = include_str!("text/all_instructions.masm");

/// Takes a module through text and back.
fn check(module: &CompiledModule) -> String {
    let text = disassemble_module(module);
    let again = assemble_module(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(resolve_module(module), resolve_module(&again), "{text}");
    assert_eq!(text, disassemble_module(&again));
    assert_eq!(again, assemble_module(&text).unwrap());
    text
}

#[test]
fn every_instruction_and_table_survives() {
    let module = assemble_module(ALL).unwrap_or_else(|error| panic!("{error}"));
    let bodies = module.function_defs.iter().filter_map(|f| f.code.as_ref());
    let seen: BTreeSet<Opcode> = bodies
        .flat_map(|unit| &unit.code)
        .map(Bytecode::opcode)
        .collect();
    let missing: Vec<_> = Opcode::ALL.iter().filter(|o| !seen.contains(o)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let t = &module.tables;
    let sizes = [
        t.module_handles.len(),
        t.struct_handles.len(),
        t.function_handles.len(),
        t.function_insts.len(),
        t.signatures.len(),
        t.constants.len(),
        t.identifiers.len(),
        t.addresses.len(),
        t.metadata.len(),
        t.struct_defs.len(),
        t.struct_insts.len(),
        t.function_defs.len(),
        t.field_handles.len(),
        t.field_insts.len(),
        t.friends.len(),
        t.variant_field_handles.len(),
        t.variant_field_insts.len(),
        t.struct_variant_handles.len(),
        t.struct_variant_insts.len(),
    ];
    assert!(sizes.iter().all(|size| *size > 0), "{sizes:?}");
    let bytes = write_module(&module).unwrap();
    assert_eq!(read_module(&bytes).unwrap(), module);
    let text = check(&module);
    assert!(text.contains("ld_const<vector<u8>> \"text \\\"quoted\\\" \\\\\""));
    assert!(text.contains("imm_borrow_variant_field Shape::{Circle, Square}::radius"));
    assert!(text.contains("call 0x1::vector::length<T0>"));
}

#[test]
fn assembling_gives_the_operands_that_were_written() {
    let module = assemble_module(ALL).unwrap();
    let code = |n: usize| &module.function_defs[n].code.as_ref().unwrap().code;
    let lowest = U256::from(1) << 255;
    assert_eq!(code(1)[0], Bytecode::LdI8(-128));
    assert_eq!(code(1)[1], Bytecode::LdI16(-1));
    assert_eq!(code(1)[2], Bytecode::LdI32(i32::MAX));
    assert_eq!(code(1)[3], Bytecode::LdI64(i64::MIN));
    assert_eq!(code(1)[4], Bytecode::LdI128(Box::new(-5)));
    assert_eq!(code(1)[5], Bytecode::LdI256(Box::new(lowest)));
    assert_eq!(code(2)[1], Bytecode::BrTrue(4));
    assert!(code(2).contains(&Bytecode::LdU128(Box::new(u128::MAX))));
    assert!(code(2).contains(&Bytecode::LdU256(Box::new(U256::MAX))));
    let constant = |token, data: &[u8]| Constant {
        token,
        data: data.to_vec(),
    };
    let bytes = SignatureToken::Vector(Box::new(SignatureToken::U8));
    let names = SignatureToken::Vector(Box::new(bytes));
    for expected in [
        constant(SignatureToken::U64, &[0xe8, 3, 0, 0, 0, 0, 0, 0]),
        constant(names, &[3, 1, b'a', 2, 0xff, 0, 0]),
        constant(SignatureToken::I16, &[0xfe, 0xff]),
        constant(SignatureToken::Bool, &[5]),
    ] {
        assert!(module.constants.contains(&expected), "{expected:?}");
    }
    assert_eq!(module.friends.len(), 2);
    assert_eq!(module.function_defs[2].acquires.len(), 2);
    assert_eq!(module.function_defs[3].visibility, Visibility::Friend);
}

#[test]
fn scripts_survive() {
    let source = "script version 6
        use 0x1::coin { struct Coin<phantom T> has store; fun pay<T>(&signer, u64); }
        const LIMIT: u64 = 5
        fun main<T: store>(who: signer, amount: u64, c: &0x1::coin::Coin<T>) {
            locals x: u64
            imm_borrow_loc who move_loc amount call 0x1::coin::pay<T> ld_const LIMIT st_loc x ret
        }";
    let script = assemble_script(source).unwrap_or_else(|error| panic!("{error}"));
    let text = disassemble_script(&script);
    let Unit::Script(again) = assemble(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
    else {
        panic!("{text}");
    };
    assert_eq!(resolve_script(&script), resolve_script(&again));
    assert_eq!(script.type_parameters, again.type_parameters);
    assert_eq!(text, disassemble_script(&again));
}

#[test]
fn keywords_and_odd_names_survive_in_backquotes() {
    check(
        &assemble_module(
            "module 0x1::`module` version 9
             struct `fun` has key { `has`: u64, `a b\\`c\\\\d\\x00`: `u64`, t: `T0`, v: `vector` }
             struct `u64` {} struct T0 {} struct `vector` {}
             fun `<SELF>`<T0>(`ret`: u64, b: 0x1::`module`::T0, c: `T0`, d: T0): `fun` {
                copy_loc `ret` imm_borrow_field `fun`::`has` `nop`: branch `nop` }
             fun `call`() { call `<SELF>` call_closure<|(|u64|u64), &(|u8|())|(|u64|(|u8|u8, bool) has copy) has drop> }",
        )
        .unwrap_or_else(|error| panic!("{error}")),
    );
}

#[test]
fn things_of_one_name_stay_apart() {
    let module = assemble_module(
        "module 0x1::m
         use 0x1::m { struct S has drop; fun f(u8); }
         use 0x2::n { fun f(u8); fun f as g(u8); fun f as `f#2`(u16); }
         struct S { a: S, a: u8 } struct S { b: u8 }
         struct S as Other has key { c: S } struct S as Other has key { d: Other }
         enum E { A, A { x: u8, x: u8 } }
         fun f(a: u8) { call f call 0x2::n::f call 0x2::n::g call 0x2::n::`f#2` }
         fun f(a: u8) { pack S pack Other pack #2 pack #3 unpack #3 imm_borrow_field #3::#0
            imm_borrow_field S::#1 pack_variant E::#1 imm_borrow_variant_field E::{A, #1}::#1
            imm_borrow_variant_field E::{}::#4 imm_borrow_field E::#2 exists #3<u8> }
         public fun f(a: u64) acquires #3 { call f }",
    )
    .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(module.struct_defs.len(), 5);
    check(&module);
}

#[test]
fn operands_that_point_to_nothing_are_written_as_numbers() {
    let source = "module 0x1::m version 10
        fun f(a: u8) {
            copy_loc #1 br_true @9999 ld_const #1 call #5 call_generic #6 pack #1 pack_generic #1
            mut_borrow_field #1 mut_borrow_field_generic #1 imm_borrow_variant_field #1
            imm_borrow_variant_field_generic #1 pack_variant #1 test_variant_generic #2
            vec_len #60000 vec_pack #9 7 pack_closure #4 mask=0 pack_closure_generic #4 mask=3
            call_closure #100
        }";
    let module = assemble_module(source).unwrap_or_else(|error| panic!("{error}"));
    let text = disassemble_module(&module);
    assert_eq!(assemble_module(&text).unwrap(), module, "{text}");
}

/// Entries twice in a table, other orders than the assembler's, and definitions of a foreign module.
#[test]
fn a_module_in_no_particular_order_survives() {
    let mut module = CompiledModule::default();
    let t = &mut module.tables;
    t.version = 7;
    t.identifiers = ["z", "m", "S", "f", "S", "x"].map(String::from).to_vec();
    t.addresses = vec![Address::small(9), Address::ONE, Address::small(9)];
    let handle = |address, name| ModuleHandle {
        address: lumio_move_engine::format::AddressIndex(address),
        name: IdentifierIndex(name),
    };
    t.module_handles = vec![handle(0, 0), handle(1, 1), handle(2, 0)];
    let structure = |module, name| StructHandle {
        module: ModuleHandleIndex(module),
        name: IdentifierIndex(name),
        abilities: AbilitySet::ALL,
        type_parameters: Vec::new(),
    };
    t.struct_handles = vec![structure(0, 2), structure(1, 4), structure(2, 4)];
    t.signatures = vec![
        vec![SignatureToken::Struct(StructHandleIndex(2))],
        vec![],
        vec![SignatureToken::Struct(StructHandleIndex(0))],
        vec![],
    ];
    let function = |module, parameters| FunctionHandle {
        module: ModuleHandleIndex(module),
        name: IdentifierIndex(3),
        parameters: SignatureIndex(parameters),
        returns: SignatureIndex(3),
        type_parameters: vec![AbilitySet::EMPTY],
        access_specifiers: None,
        attributes: Vec::new(),
    };
    t.function_handles = vec![function(2, 0), function(1, 2), function(0, 2)];
    t.function_insts = vec![FunctionInstantiation {
        handle: FunctionHandleIndex(0),
        type_arguments: SignatureIndex(3),
    }];
    t.struct_defs = [1, 0]
        .map(|handle| StructDefinition {
            handle: StructHandleIndex(handle),
            fields: StructFields::Declared(vec![FieldDefinition {
                name: IdentifierIndex(5),
                token: SignatureToken::TypeParameter(7),
            }]),
        })
        .to_vec();
    t.function_defs = [1, 2]
        .map(|handle| FunctionDefinition {
            handle: FunctionHandleIndex(handle),
            visibility: Visibility::Private,
            is_entry: false,
            acquires: vec![StructDefIndex(1)],
            code: Some(CodeUnit {
                locals: SignatureIndex(0),
                code: vec![
                    Bytecode::CallGeneric(FunctionInstIndex(0)),
                    Bytecode::Pack(StructDefIndex(1)),
                    Bytecode::CopyLoc(1),
                    Bytecode::Branch(4),
                ],
            }),
        })
        .to_vec();
    module.self_handle = ModuleHandleIndex(1);
    check(&module);
}

/// The content of each compiled module of the differential tests.
fn compiled_modules() -> Vec<Vec<u8>> {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/differential/basics/modules"
    );
    let files = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|f| std::fs::read(f).unwrap()).collect()
}

#[test]
fn compiled_modules_survive() {
    let modules = compiled_modules();
    assert!(modules.len() > 15);
    for bytes in modules {
        let module = read_module(&bytes).unwrap();
        check(&module);
        let again = assemble_module(&disassemble_module(&module)).unwrap();
        let first = write_module(&again).unwrap();
        let again = assemble_module(&disassemble_module(&again)).unwrap();
        assert_eq!(first, write_module(&again).unwrap());
    }
}

/// The bytes that the tests damage.
fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = compiled_modules();
    seeds.retain(|bytes| bytes.len() < 3_000);
    seeds.push(write_module(&assemble_module(ALL).unwrap()).unwrap());
    seeds
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(20_000))]

    /// Damaged binaries that the reader still accepts are the oddest modules there are.
    #[test]
    fn damaged_modules_survive(
        seed in 0_usize..100,
        changes in proptest::collection::vec((0_usize..100_000, 0_u8..=255), 1..4),
    ) {
        thread_local!(static SEEDS: Vec<Vec<u8>> = seeds());
        let mut bytes = SEEDS.with(|seeds| seeds[seed % seeds.len()].clone());
        for (position, value) in changes {
            let length = bytes.len();
            bytes[position % length] = if value < 128 { value % 16 } else { value };
        }
        if let Ok(module) = read_module(&bytes) {
            let text = disassemble_module(&module);
            let again = assemble_module(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
            assert_eq!(resolve_module(&module), resolve_module(&again), "{text}");
            let text = disassemble_module(&again);
            assert_eq!(assemble_module(&text).unwrap(), again, "{text}");
        }
    }
}

#[test]
fn the_example_of_the_description_assembles() {
    let description = include_str!("../TEXT.md");
    let examples: Vec<_> = description
        .split("```move\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert_eq!(examples.len(), 2);
    for example in examples {
        match assemble(example).unwrap_or_else(|error| panic!("{error}")) {
            Unit::Module(module) => {
                check(&module);
            }
            Unit::Script(script) => {
                let again = assemble_script(&disassemble_script(&script)).unwrap();
                assert_eq!(resolve_script(&script), resolve_script(&again));
            }
        }
    }
}
