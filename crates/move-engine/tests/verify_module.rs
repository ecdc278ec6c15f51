//! What the checks of a whole module or script refuse, and just about accept.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "verify/refusal.rs"]
mod refusal;

use lumio_move_engine::{
    Location, ModuleId, StatusCode as S, VmError,
    format::{AbilitySet, Constant, SignatureIndex, SignatureToken as T, StructFields, TableKind},
    verify::{Config, verify_module, verify_script},
};
use refusal::{accept, check, expect, list, module, refuse, refuse_changed, script};

#[test]
fn errors_say_whose_code_and_which_entry() {
    let error = refuse(S::ZeroSizedStruct, "struct A { x: u8 } struct B {}");
    let id = ModuleId::new(lumio_move_engine::Address::ONE, "m");
    assert_eq!(error.details().location, Location::Module(id));
    assert_eq!(error.details().indices, [(TableKind::StructDefinition, 1)]);
    let source = "script fun main(a: &&u64) { ret }";
    let error = expect(
        S::InvalidSignatureToken,
        verify_script(&Config::production(), &script(source)),
        source,
    );
    assert_eq!(error.details().location, Location::Script);
}

// Features.

#[test]
fn features_need_their_version() {
    for (version, text) in [
        (6, "enum E { A }"),
        (6, "fun f() access [reads *] { ret }"),
        (7, "fun f(x: |u64|u64 has drop) { ret }"),
        (7, "struct S { x: vector<|u64|u64> }"),
        (7, "#[persistent] fun f() { ret }"),
        (8, "fun f(x: i64) { ret }"),
        (8, "fun f() { ld_i8 1 pop ret }"),
        (
            9,
            "fun f(c: u64, m: vector<u8>) { move_loc c move_loc m abort_msg }",
        ),
        (
            9,
            "struct S { x: u8 } #[pack] fun f(x: u8): S { move_loc x pack S ret }",
        ),
        (5, "fun f(x: u16) { ret }"),
    ] {
        refuse(S::FeatureNotEnabled, &format!("version {version} {text}"));
        accept(&format!("version {} {text}", version + 1));
    }
}

#[test]
fn features_can_be_switched_off() {
    type Switch = fn(&mut Config);
    let cases: [(&str, Switch); 6] = [
        ("enum E { A }", |c| c.enums = false),
        ("fun f() access [reads *] { ret }", |c| {
            c.access_specifiers = false;
        }),
        ("fun f(x: || has drop) { ret }", |c| {
            c.function_values = false
        }),
        ("const C: i8 = -1;", |c| c.signed_integers = false),
        (
            "fun f(c: u64, m: vector<u8>) { move_loc c move_loc m abort_msg }",
            |c| c.abort_messages = false,
        ),
        (
            "struct S { x: u8 } #[pack] fun f(x: u8): S { move_loc x pack S ret }",
            |c| c.struct_interfaces = false,
        ),
    ];
    for (text, switch) in cases {
        let mut config = Config::production();
        let mut module = module(text);
        if text.starts_with("const") {
            let data = vec![0xff];
            module.constants.clear();
            module.constants.push(Constant { token: T::I8, data });
        }
        assert_eq!(verify_module(&config, &module), Ok(()), "{text}");
        switch(&mut config);
        expect(S::FeatureNotEnabled, verify_module(&config, &module), text);
    }
}

#[test]
fn newer_versions_than_configured_are_refused() {
    let mut config = Config::production();
    config.max_version = 7;
    let text = "version 8";
    expect(
        S::UnknownVersion,
        verify_module(&config, &module(text)),
        text,
    );
    assert_eq!(verify_module(&config, &module("version 7")), Ok(()));
}

// Limits.

fn at_limit(status: S, limit: usize, text: impl Fn(usize) -> String) {
    accept(&text(limit));
    refuse(status, &text(limit + 1));
}

#[test]
fn type_parameters_are_limited() {
    at_limit(S::TooManyTypeParameters, 32, |n| {
        format!("fun f<{}>() {{ ret }}", list(n, ", ", "A{}"))
    });
    at_limit(S::TooManyTypeParameters, 32, |n| {
        format!("struct G<{}> {{ x: u8 }}", list(n, ", ", "A{}"))
    });
}

#[test]
fn parameters_are_limited() {
    at_limit(S::TooManyParameters, 128, |n| {
        format!("fun f({}) {{ ret }}", list(n, ", ", "a{}: u8"))
    });
    at_limit(S::TooManyParameters, 128, |n| {
        format!("struct G {{ x: |{}| }}", list(n, ", ", "u8"))
    });
    let source = |n| format!("script fun main({}) {{ ret }}", list(n, ", ", "a{}: u8"));
    assert_eq!(
        verify_script(&Config::production(), &script(&source(128))),
        Ok(())
    );
    let result = verify_script(&Config::production(), &script(&source(129)));
    expect(S::TooManyParameters, result, "script");
}

#[test]
fn types_weigh_their_nodes_and_four_for_structs_and_type_parameters() {
    let vectors = |n: usize| format!("{}u8{}", "vector<".repeat(n - 1), ">".repeat(n - 1));
    at_limit(S::TooManyTypeNodes, 200, |n| {
        // The limit of 256 less the 56 of the others.
        let others = list(14, ", ", "T");
        let ty = format!("|{others}, {}|", vectors(n - 1));
        format!("struct G<T> {{ x: {ty} }}")
    });
    let mut deep = T::U8;
    for _ in 0..300 {
        deep = T::Vector(Box::new(deep));
    }
    let unlimited = Config {
        max_type_nodes: None,
        ..Config::production()
    };
    let mut module = module("");
    module.signatures.push(vec![deep]);
    let result = verify_module(&unlimited, &module);
    expect(S::TooManyTypeNodes, result, "300 vectors");
}

#[test]
fn type_depth_can_be_limited() {
    let config = Config {
        max_type_depth: Some(3),
        ..Config::production()
    };
    let text = "fun f(x: vector<vector<u8>>) { ret }";
    assert_eq!(verify_module(&config, &module(text)), Ok(()));
    let text = "fun f(x: vector<vector<vector<u8>>>) { ret }";
    expect(
        S::TooManyTypeNodes,
        verify_module(&config, &module(text)),
        text,
    );
}

#[test]
fn definitions_are_limited() {
    at_limit(S::MaxFunctionDefinitionsReached, 1000, |n| {
        list(n, " ", "fun f{}() { ret }")
    });
    at_limit(S::MaxStructDefinitionsReached, 200, |n| {
        list(n, " ", "struct S{} { x: u8 }")
    });
    at_limit(S::MaxFieldDefinitionsReached, 30, |n| {
        format!("struct S {{ {} }}", list(n, ", ", "f{}: u8"))
    });
    at_limit(S::MaxFieldDefinitionsReached, 30, |n| {
        format!("enum E {{ A, B {{ {} }} }}", list(n, ", ", "f{}: u8"))
    });
    at_limit(S::MaxStructVariantsReached, 90, |n| {
        format!("enum E {{ {} }}", list(n, ", ", "V{}"))
    });
}

// Duplicates and definitions.

#[test]
fn entries_of_each_table_are_distinct() {
    const FULL: &str = "friend 0x1::n;
        const C: u64 = 1;
        struct S<T> has drop { x: T }
        enum E<T> has drop { A { x: T }, B { x: T } }
        fun g<T>(x: T): S<T> { move_loc x pack S<T> ret }
        fun f(s: &S<u8>, e: &E<u8>): u8 {
            ld_const C pop
            ld_u8 1 pack S<u8> pop
            ld_u8 1 pack_variant E::A<u8> pop
            ld_u8 1 call g<u8> pop
            move_loc e imm_borrow_variant_field E::{A, B}::x<u8> pop
            move_loc s imm_borrow_field S::x<u8> read_ref ret }";
    accept(FULL);
    macro_rules! twice {
        ($($table:ident => $kind:ident;)*) => {$(
            let error = refuse_changed(S::DuplicateElement, FULL, |module| {
                let first = module.tables.$table[0].clone();
                module.tables.$table.push(first);
            });
            let at = module(FULL).tables.$table.len() as u16;
            assert_eq!(error.details().indices, [(TableKind::$kind, at)]);
        )*};
    }
    twice! {
        identifiers => Identifier;
        addresses => AddressIdentifier;
        constants => ConstantPool;
        signatures => Signature;
        module_handles => ModuleHandle;
        friends => FriendDeclaration;
        struct_handles => StructHandle;
        function_handles => FunctionHandle;
        function_insts => FunctionInstantiation;
        field_handles => FieldHandle;
        field_insts => FieldInstantiation;
        variant_field_handles => VariantFieldHandle;
        variant_field_insts => VariantFieldInstantiation;
        struct_variant_handles => StructVariantHandle;
        struct_variant_insts => StructVariantInstantiation;
        function_defs => FunctionDefinition;
        struct_defs => StructDefinition;
        struct_insts => StructDefInstantiation;
    }
}

#[test]
fn names_of_fields_and_variants_are_distinct() {
    refuse_changed(S::DuplicateElement, "struct S { x: u8, y: u8 }", |m| {
        if let StructFields::Declared(fields) = &mut m.struct_defs[0].fields {
            fields[1].name = fields[0].name;
        }
    });
    refuse_changed(S::DuplicateElement, "enum E { A, B }", |m| {
        if let StructFields::Variants(variants) = &mut m.struct_defs[0].fields {
            variants[1].name = variants[0].name;
        }
    });
    refuse_changed(S::DuplicateElement, "enum E { A { x: u8, y: u8 } }", |m| {
        if let StructFields::Variants(variants) = &mut m.struct_defs[0].fields {
            variants[0].fields[1].name = variants[0].fields[0].name;
        }
    });
    accept("enum E { A { x: u8 }, B { x: u64 } } struct S { x: u8 }");
}

#[test]
fn structs_have_fields_and_enums_variants() {
    refuse(S::ZeroSizedStruct, "struct S {}");
    refuse_changed(S::ZeroVariantsError, "enum E { A }", |m| {
        m.struct_defs[0].fields = StructFields::Variants(Vec::new());
    });
    accept("native struct S; enum E { A }");
}

#[test]
fn what_is_the_modules_own_is_defined_by_it() {
    let text = "use 0x1::n { struct S; fun f(); } struct T { x: u8 } fun g() { ret }";
    refuse_changed(S::UnimplementedHandle, text, |m| {
        m.struct_defs.clear();
    });
    refuse_changed(S::UnimplementedHandle, text, |m| {
        m.function_defs.clear();
    });
    refuse_changed(S::InvalidModuleHandle, text, |m| {
        let foreign = m
            .struct_handles
            .iter()
            .position(|h| h.module != m.self_handle);
        m.struct_defs[0].handle.0 = foreign.unwrap() as u16;
    });
    refuse_changed(S::InvalidModuleHandle, text, |m| {
        let foreign = m
            .function_handles
            .iter()
            .position(|h| h.module != m.self_handle);
        m.function_defs[0].handle.0 = foreign.unwrap() as u16;
    });
}

#[test]
fn acquired_resources_are_named_once() {
    let text = "struct R has key, drop { x: u8 }
        fun f() acquires R { ld_true pop ld_const<address> 0x1 move_from R pop ret }";
    accept(text);
    refuse_changed(S::DuplicateAcquiresAnnotation, text, |m| {
        let first = m.function_defs[0].acquires[0];
        m.function_defs[0].acquires.push(first);
    });
}

// Constants.

fn constant(token: T, data: &[u8]) -> Result<(), VmError> {
    let mut module = module("");
    let data = data.to_vec();
    module.constants.push(Constant { token, data });
    check(&module)
}

fn vector(token: T) -> T {
    T::Vector(Box::new(token))
}

#[test]
fn constants_have_types_without_structs_signers_and_references() {
    let function = "fun f(x: ||) { ret }";
    let function = module(function).signatures[0][0].clone();
    for token in [
        T::Signer,
        vector(T::Signer),
        T::Reference(Box::new(T::U8)),
        vector(function.clone()),
        function,
    ] {
        let result = constant(token.clone(), &[0]);
        // References inside of constants are no signature's business.
        expect(S::InvalidConstantType, result, &format!("{token:?}"));
    }
    refuse_changed(S::InvalidConstantType, "struct S { x: u8 }", |m| {
        let token = T::Struct(lumio_move_engine::format::StructHandleIndex(0));
        m.constants.push(Constant {
            token,
            data: vec![0],
        });
    });
}

#[test]
fn constants_are_values_of_their_types() {
    let nested = vector(vector(T::U16));
    for (token, data) in [
        (T::Bool, &[1][..]),
        (T::U8, &[255]),
        (T::I64, &[0; 8]),
        (T::U256, &[0xff; 32]),
        (T::Address, &[7; 32]),
        (vector(T::U8), &[0]),
        (vector(T::U8), &[2, 1, 2]),
        (nested.clone(), &[0]),
        (nested.clone(), &[3, 0, 1, 5, 0, 0]),
        (vector(nested.clone()), &[2, 0, 1, 1, 9, 9]),
    ] {
        assert_eq!(constant(token.clone(), data), Ok(()), "{token:?} {data:?}");
    }
    for (token, data) in [
        (T::Bool, &[2][..]),
        (T::Bool, &[]),
        (T::U8, &[1, 1]),
        (T::U64, &[0; 7]),
        (T::Address, &[7; 31]),
        (vector(T::U8), &[]),
        (vector(T::U8), &[2, 1]),
        (vector(T::U8), &[1, 1, 1]),
        (vector(T::U8), &[0x80, 0]),
        (vector(T::U8), &[0xff, 0xff, 0xff, 0xff, 0x0f]),
        (vector(T::Bool), &[1, 3]),
        (nested.clone(), &[2, 0]),
        (nested.clone(), &[1, 1, 5]),
        (nested, &[0, 0]),
    ] {
        let result = constant(token.clone(), data);
        expect(
            S::MalformedConstantData,
            result,
            &format!("{token:?} {data:?}"),
        );
    }
}

// Friends, recursion.

#[test]
fn friends_are_other_modules_of_the_account() {
    accept("friend 0x1::n");
    refuse(S::InvalidFriendDeclWithSelf, "friend 0x1::m");
    refuse(
        S::InvalidFriendDeclWithModulesOutsideAccountAddress,
        "friend 0x1::n friend 0x2::n",
    );
}

#[test]
fn structs_do_not_contain_themselves() {
    for text in [
        "struct S { x: S }",
        "struct S { x: vector<S> }",
        "struct A { x: B } struct B { x: C } struct C { x: A }",
        "struct G<T> { x: T } struct S { x: G<S> }",
        "struct S<T> { x: vector<S<vector<T>>>, y: T }",
        "enum E { A, B { x: E } }",
        "enum E { A { x: S } } struct S { x: E }",
        "struct S { x: |S| }",
        "use 0x1::n { struct G<T>; } struct S { x: 0x1::n::G<S> }",
    ] {
        refuse(S::RecursiveStructDefinition, text);
    }
    accept("struct A { x: B, y: B } struct B { x: C } struct C { x: u8 } struct D { x: A, y: C }");
}

#[test]
fn long_chains_of_structs_are_no_hazard() {
    let unlimited = Config {
        max_struct_definitions: None,
        ..Config::production()
    };
    let chain = |last: &str| {
        let mut text = String::new();
        for n in 0..20_000 {
            text += &format!("struct S{n} {{ x: S{} }} ", n + 1);
        }
        text + "struct S20000 { x: " + last + " }"
    };
    assert_eq!(verify_module(&unlimited, &module(&chain("u8"))), Ok(()));
    let text = chain("S0");
    let result = verify_module(&unlimited, &module(&text));
    expect(S::RecursiveStructDefinition, result, "a long cycle");
}

// Functions that stand for operations on structs.

#[test]
fn struct_interfaces_do_what_they_say() {
    const D: &str = "struct S has drop { x: u8, y: u64 } struct G<T> has drop { x: T }
        enum E has drop { A { x: u8 }, B { x: u8 } } ";
    for text in [
        "#[pack] public fun f(x: u8, y: u64): S { move_loc x move_loc y pack S ret }",
        "#[pack] public fun f<T>(x: T): G<T> { move_loc x pack G<T> ret }",
        "#[unpack] public fun f(s: S): (u8, u64) { move_loc s unpack S ret }",
        "#[pack_variant(1)] public fun f(x: u8): E { move_loc x pack_variant E::B ret }",
        "#[unpack_variant(0)] public fun f(e: E): u8 { move_loc e unpack_variant E::A ret }",
        "#[test_variant(1)] public fun f(e: &E): bool { move_loc e test_variant E::B ret }",
        "#[borrow_field(1)] public fun f(s: &S): &u64 { move_loc s imm_borrow_field S::y ret }",
        "#[borrow_field_mut(0)] public fun f(s: &mut S): &mut u8 {
            move_loc s mut_borrow_field S::x ret }",
    ] {
        accept(&format!("{D}{text}"));
    }
    for text in [
        "#[pack] public fun f(x: u8, y: u64): S { copy_loc x move_loc y pack S ret }",
        "#[pack] public fun f(x: u8, y: u64): S { ld_u8 0 move_loc y pack S ret }",
        "#[pack] public fun f(x: u8, y: u64): S { nop move_loc x move_loc y pack S ret }",
        "#[pack, unpack] public fun f(x: u8, y: u64): S { move_loc x move_loc y pack S ret }",
        "#[pack] native public fun f(x: u8, y: u64): S;",
        "#[pack] public fun f<T>(x: u8): G<u8> { move_loc x pack G<u8> ret }",
        "#[pack_variant(0)] public fun f(x: u8): E { move_loc x pack_variant E::B ret }",
        "#[test_variant(0)] public fun f(e: &E): bool { move_loc e test_variant E::B ret }",
        "#[borrow_field(0)] public fun f(s: &S): &u64 { move_loc s imm_borrow_field S::y ret }",
        "#[borrow_field(1)] public fun f(s: &mut S): &mut u64 {
            move_loc s mut_borrow_field S::y ret }",
    ] {
        refuse(S::TypeMismatch, &format!("{D}{text}"));
    }
}

#[test]
fn indices_are_checked_first() {
    let error = refuse_changed(S::IndexOutOfBounds, "fun f() { ret }", |m| {
        m.function_handles[0].parameters = SignatureIndex(99);
    });
    assert_eq!(error.details().location, Location::Undefined);
    refuse_changed(S::NoModuleHandles, "", |m| m.module_handles.clear());
    refuse_changed(S::IndexOutOfBounds, "fun f<T>(x: T) { ret }", |m| {
        m.function_handles[0].type_parameters = Vec::<AbilitySet>::new();
    });
}
