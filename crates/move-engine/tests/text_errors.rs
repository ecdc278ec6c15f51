//! The assembler says where a text is wrong, what must stand there and what does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use lumio_move_engine::{
    format::{Bytecode, StructDefIndex, Visibility},
    text::{Unit, assemble, assemble_module, assemble_script},
};

fn error(source: &str) -> String {
    assemble(source).expect_err(source).to_string()
}

/// The error of a function with this body.
fn body_error(body: &str) -> String {
    error(&format!("module 0x1::m\nfun f(a: u64) {{\n{body}\n}}"))
}

#[test]
fn a_missing_type_is_reported_at_the_comma() {
    assert_eq!(
        error("module 0x1::m\nstruct S { x: , y: u8 }"),
        "2:15: expected a type, found ','"
    );
}

#[test]
fn the_head_must_be_module_or_script() {
    assert_eq!(
        error("fun f() {}"),
        "1:1: expected 'module' or 'script', found 'fun'"
    );
    assert_eq!(
        error(""),
        "1:1: expected 'module' or 'script', found the end of the text"
    );
    assert_eq!(
        error("module counter"),
        "1:8: expected an address, found 'counter'"
    );
}

#[test]
fn a_unit_of_the_other_kind_is_refused() {
    let script = assemble_module("script fun main() { ret }").unwrap_err();
    assert_eq!(script.to_string(), "1:1: expected a module, found a script");
    let module = assemble_script("module 0x1::m").unwrap_err();
    assert_eq!(module.to_string(), "1:1: expected a script, found a module");
    assert_eq!(
        error("script"),
        "1:7: expected one function in a script, found the end of the text"
    );
}

#[test]
fn unknown_names_are_reported_where_they_stand() {
    assert_eq!(body_error("copy_loc b"), "3:10: unknown local 'b'");
    assert_eq!(body_error("branch on"), "3:8: unknown label 'on'");
    assert_eq!(body_error("call g"), "3:6: unknown function 'g'");
    assert_eq!(
        body_error("call 0x2::n::g"),
        "3:14: unknown function '0x2::n::g'"
    );
    assert_eq!(body_error("pack S"), "3:6: unknown struct definition 'S'");
    assert_eq!(body_error("ld_const C"), "3:10: unknown constant 'C'");
    assert_eq!(body_error("vec_len<S>"), "3:9: unknown struct 'S'");
    assert_eq!(
        body_error("ld_u63 1"),
        "3:1: expected an instruction, a label or '}', found 'ld_u63'"
    );
    assert_eq!(
        error("module 0x1::m struct S { x: u64 } fun f() { mut_borrow_field S::y }"),
        "1:65: unknown field 'y'"
    );
    assert_eq!(
        error("module 0x1::m enum E { A, B } fun f() { pack_variant E::C }"),
        "1:57: unknown variant 'C'"
    );
    assert_eq!(
        error("module 0x1::m #[fast] fun f() { ret }"),
        "1:17: unknown attribute 'fast'"
    );
}

#[test]
fn names_that_must_differ_do() {
    assert_eq!(
        body_error("again: nop again: ret"),
        "3:12: the label 'again' is there twice"
    );
    assert_eq!(
        body_error("locals a: u8 ret"),
        "3:8: the local 'a' is there twice"
    );
    assert_eq!(
        error("module 0x1::m fun f<T, T>() { ret }"),
        "1:24: the type parameter 'T' is there twice"
    );
    assert_eq!(
        error("module 0x1::m const C: u8 = 1 const C: u8 = 2"),
        "1:37: the constant 'C' is there twice"
    );
}

#[test]
fn numbers_must_fit() {
    assert_eq!(body_error("ld_u8 256"), "3:7: 256 does not fit u8");
    assert_eq!(body_error("ld_i8 128"), "3:7: 128 does not fit i8");
    assert_eq!(body_error("ld_i8 -129"), "3:7: -129 does not fit i8");
    assert_eq!(
        body_error("ld_u8 -1"),
        "3:7: expected an integer, found '-'"
    );
    assert_eq!(
        body_error("copy_loc #256"),
        "3:11: 256 does not fit a number below 256"
    );
    assert_eq!(
        body_error("pack #65536"),
        "3:7: 65536 does not fit an index below 65536"
    );
    assert_eq!(
        body_error("ld_u64 0xg"),
        "3:8: expected an integer, found '0xg'"
    );
    let many = "9".repeat(100);
    assert_eq!(
        body_error(&format!("ld_u256 {many}")),
        format!("3:9: {many} does not fit 256 bits")
    );
}

#[test]
fn strings_and_comments_must_end() {
    assert_eq!(
        body_error("ld_const<vector<u8>> \"ab"),
        "3:25: expected a closing \", found the end of the line"
    );
    assert_eq!(
        body_error("ld_const<vector<u8>> x\"a\""),
        "3:25: expected two hex digits, found '\"'"
    );
    assert_eq!(
        error("module 0x1::m /* "),
        "1:15: expected a comment that ends, found the end of the text"
    );
    assert_eq!(
        error("module 0x1::m\u{e9}"),
        "1:14: expected a name, number, string or mark, found 'é'"
    );
}

#[test]
fn deep_types_are_refused_without_overflowing_the_stack() {
    for (open, close) in [("vector<", ">"), ("&", ""), ("|", "|"), ("S<", ">")] {
        let source = format!(
            "module 0x1::m fun f(x: {}u8{}) {{}}",
            open.repeat(100_000),
            close.repeat(100_000)
        );
        let error = error(&source);
        assert!(
            error.contains("more than 256 deep") || open == "|",
            "{error}"
        );
    }
}

#[test]
fn generic_names_want_type_arguments() {
    assert_eq!(
        error("module 0x1::m fun f() { call_generic f }"),
        "1:25: expected type arguments, found none"
    );
}

#[test]
fn more_entries_than_an_index_holds_are_refused() {
    use std::fmt::Write as _;
    let mut source = String::from("module 0x1::m\n");
    for i in 0..66_000 {
        writeln!(source, "extra identifier n{i}").unwrap();
    }
    assert!(error(&source).ends_with("too many names"));
    let parameters: Vec<_> = (0..300).map(|i| format!("P{i}")).collect();
    let source = format!("module 0x1::m struct S<{}> {{}}", parameters.join(", "));
    assert!(error(&source).ends_with("too many type parameters"));
}

#[test]
fn modules_that_the_verifier_refuses_can_be_written() {
    let module = assemble_module(
        "module 0x1::m
         struct S {} struct S {}
         fun f() { copy_loc #7 branch @99 pack #3 pack_generic #4 call #5 }
         public fun f() { ret ld_u8 1 add }",
    )
    .unwrap();
    assert_eq!(module.struct_defs[0].handle, module.struct_defs[1].handle);
    assert_eq!(
        module.function_defs[0].handle,
        module.function_defs[1].handle
    );
    assert_eq!(module.function_defs[1].visibility, Visibility::Public);
    let code = &module.function_defs[0].code.as_ref().unwrap().code;
    assert_eq!(code[0], Bytecode::CopyLoc(7));
    assert_eq!(code[1], Bytecode::Branch(99));
    assert_eq!(code[2], Bytecode::Pack(StructDefIndex(3)));
}

#[test]
fn any_text_gives_a_unit_or_an_error() {
    let source = include_str!("text/all_instructions.masm");
    for end in 0..source.len() {
        if let Some(prefix) = source.get(..end) {
            let _ = assemble(prefix);
        }
    }
    let whole = assemble(source).unwrap_or_else(|error| panic!("{error}"));
    assert!(matches!(whole, Unit::Module(_)));
}
