//! An index beyond its table is found wherever it is, with the table and the position in the error.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod operands;

use std::{fs, path::Path, time::Instant};

use lumio_move_engine::{
    StatusCode,
    format::{
        AccessKind, AccessSpecifier, AddressIndex, AddressSpecifier, Bytecode as B, CompiledModule,
        FieldHandleIndex, FunctionHandleIndex, IdentifierIndex, ModuleHandleIndex,
        ResourceSpecifier, SignatureIndex, SignatureToken, StructDefIndex, StructFields,
        StructHandleIndex, StructVariantHandleIndex, TableKind, VariantFieldHandleIndex,
        check_bounds_module, check_bounds_script, read_module, read_script,
    },
};

const FAR: u16 = 9_999;

fn bytes(file: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    fs::read(folder.join(file)).unwrap()
}

/// A module with entries in every table except friends and constants.
fn colours() -> CompiledModule {
    read_module(&bytes("enums_v7/modules/colours.mv")).unwrap()
}

/// A module with entries in every table of structs.
fn store() -> CompiledModule {
    read_module(&bytes("plain_v7/modules/store.mv")).unwrap()
}

fn access(resource: ResourceSpecifier, address: AddressSpecifier) -> Option<Vec<AccessSpecifier>> {
    Some(vec![AccessSpecifier {
        kind: AccessKind::Reads,
        negated: false,
        resource,
        address,
    }])
}

type Change = fn(&mut CompiledModule);

fn expect(module: fn() -> CompiledModule, cases: &[(TableKind, Change)]) {
    check_bounds_module(&module()).unwrap();
    for (number, (kind, change)) in cases.iter().enumerate() {
        let mut module = module();
        change(&mut module);
        let error = check_bounds_module(&module).expect_err(&format!("case {number}, {kind:?}"));
        assert_eq!(
            error.status(),
            StatusCode::IndexOutOfBounds,
            "case {number}: {error}"
        );
        let (found, _) = error.details().indices[0];
        assert_eq!(found, *kind, "case {number}: {error}");
    }
}

#[test]
fn tables_of_structs_and_functions() {
    use TableKind as K;
    expect(
        store,
        &[
            (K::ModuleHandle, |m| m.self_handle = ModuleHandleIndex(FAR)),
            (K::AddressIdentifier, |m| {
                m.module_handles[0].address = AddressIndex(FAR)
            }),
            (K::Identifier, |m| {
                m.module_handles[0].name = IdentifierIndex(FAR)
            }),
            (K::AddressIdentifier, |m| {
                m.friends[0].address = AddressIndex(FAR)
            }),
            (K::Identifier, |m| m.friends[0].name = IdentifierIndex(FAR)),
            (K::ModuleHandle, |m| {
                m.struct_handles[0].module = ModuleHandleIndex(FAR)
            }),
            (K::Identifier, |m| {
                m.struct_handles[0].name = IdentifierIndex(FAR)
            }),
            (K::ModuleHandle, |m| {
                m.function_handles[0].module = ModuleHandleIndex(FAR)
            }),
            (K::Identifier, |m| {
                m.function_handles[0].name = IdentifierIndex(FAR)
            }),
            (K::Signature, |m| {
                m.function_handles[0].parameters = SignatureIndex(FAR)
            }),
            (K::Signature, |m| {
                m.function_handles[0].returns = SignatureIndex(FAR)
            }),
            (K::FunctionHandle, |m| {
                m.function_insts[0].handle = FunctionHandleIndex(FAR)
            }),
            (K::Signature, |m| {
                m.function_insts[0].type_arguments = SignatureIndex(FAR)
            }),
            (K::StructHandle, |m| {
                m.signatures[0] = vec![SignatureToken::Struct(StructHandleIndex(FAR))]
            }),
            (K::StructHandle, |m| {
                m.constants[0].token = SignatureToken::Struct(StructHandleIndex(FAR))
            }),
            (K::StructHandle, |m| {
                m.struct_defs[0].handle = StructHandleIndex(FAR)
            }),
            (K::StructDefinition, |m| {
                m.struct_insts[0].def = StructDefIndex(FAR)
            }),
            (K::Signature, |m| {
                m.struct_insts[0].type_arguments = SignatureIndex(FAR)
            }),
            (K::FunctionHandle, |m| {
                m.function_defs[0].handle = FunctionHandleIndex(FAR)
            }),
            (K::StructDefinition, |m| {
                m.function_defs[0].acquires = vec![StructDefIndex(FAR)]
            }),
            (K::StructDefinition, |m| {
                m.field_handles[0].def = StructDefIndex(FAR)
            }),
            (K::FieldDefinition, |m| m.field_handles[0].field = 200),
            (K::FieldHandle, |m| {
                m.field_insts[0].handle = FieldHandleIndex(FAR)
            }),
            (K::Signature, |m| {
                m.field_insts[0].type_arguments = SignatureIndex(FAR)
            }),
            (K::Signature, |m| {
                m.function_defs[0].code.as_mut().unwrap().locals = SignatureIndex(FAR)
            }),
            (K::Identifier, |m| {
                let StructFields::Declared(fields) = &mut m.struct_defs[0].fields else {
                    panic!()
                };
                fields[0].name = IdentifierIndex(FAR);
            }),
            (K::TypeParameter, |m| {
                let StructFields::Declared(fields) = &mut m.struct_defs[0].fields else {
                    panic!()
                };
                fields[0].token =
                    SignatureToken::Vector(Box::new(SignatureToken::TypeParameter(7)));
            }),
            (K::TypeParameter, |m| {
                m.signatures.push(vec![SignatureToken::TypeParameter(7)]);
                let last = SignatureIndex(m.signatures.len() as u16 - 1);
                m.function_handles[0].returns = last;
            }),
            (K::TypeParameter, |m| {
                m.signatures.push(vec![SignatureToken::TypeParameter(7)]);
                let last = SignatureIndex(m.signatures.len() as u16 - 1);
                m.function_defs[0].code.as_mut().unwrap().locals = last;
            }),
        ],
    );
}

#[test]
fn tables_of_enums() {
    use TableKind as K;
    expect(
        colours,
        &[
            (K::StructDefinition, |m| {
                m.variant_field_handles[0].def = StructDefIndex(FAR)
            }),
            (K::VariantDefinition, |m| {
                m.variant_field_handles[0].variants.push(100)
            }),
            (K::FieldDefinition, |m| {
                m.variant_field_handles[0].field = 200
            }),
            (K::VariantFieldHandle, |m| {
                m.variant_field_insts[0].handle = VariantFieldHandleIndex(FAR)
            }),
            (K::Signature, |m| {
                m.variant_field_insts[0].type_arguments = SignatureIndex(FAR)
            }),
            (K::StructDefinition, |m| {
                m.struct_variant_handles[0].def = StructDefIndex(FAR)
            }),
            (K::VariantDefinition, |m| {
                m.struct_variant_handles[0].variant = 100
            }),
            (K::StructVariantHandle, |m| {
                m.struct_variant_insts[0].handle = StructVariantHandleIndex(FAR)
            }),
            (K::Signature, |m| {
                m.struct_variant_insts[0].type_arguments = SignatureIndex(FAR)
            }),
            (K::Identifier, |m| {
                let StructFields::Variants(variants) = &mut m.struct_defs[0].fields else {
                    panic!()
                };
                variants[0].name = IdentifierIndex(FAR);
            }),
            (K::Identifier, |m| {
                let StructFields::Variants(variants) = &mut m.struct_defs[0].fields else {
                    panic!()
                };
                variants[1].fields[0].name = IdentifierIndex(FAR);
            }),
        ],
    );
}

#[test]
fn access_specifiers() {
    use {AddressSpecifier as A, ResourceSpecifier as R, TableKind as K};
    expect(
        store,
        &[
            (K::AddressIdentifier, |m| {
                m.function_handles[0].access_specifiers =
                    access(R::DeclaredAtAddress(AddressIndex(FAR)), A::Any)
            }),
            (K::ModuleHandle, |m| {
                m.function_handles[0].access_specifiers =
                    access(R::DeclaredInModule(ModuleHandleIndex(FAR)), A::Any)
            }),
            (K::StructHandle, |m| {
                m.function_handles[0].access_specifiers =
                    access(R::Resource(StructHandleIndex(FAR)), A::Any)
            }),
            (K::StructHandle, |m| {
                m.function_handles[0].access_specifiers = access(
                    R::ResourceInstantiation(StructHandleIndex(FAR), SignatureIndex(0)),
                    A::Any,
                )
            }),
            (K::Signature, |m| {
                m.function_handles[0].access_specifiers = access(
                    R::ResourceInstantiation(StructHandleIndex(0), SignatureIndex(FAR)),
                    A::Any,
                )
            }),
            (K::AddressIdentifier, |m| {
                m.function_handles[0].access_specifiers =
                    access(R::Any, A::Literal(AddressIndex(FAR)))
            }),
            (K::Local, |m| {
                m.function_handles[0].access_specifiers = access(R::Any, A::Parameter(200, None))
            }),
        ],
    );
}

#[test]
fn numbers_of_type_arguments() {
    let mut module = store();
    let generic = module
        .struct_handles
        .iter()
        .position(|h| !h.type_parameters.is_empty())
        .unwrap();
    let generic = StructHandleIndex(generic as u16);
    for token in [
        SignatureToken::Struct(generic),
        SignatureToken::StructInstantiation(generic, vec![SignatureToken::U8; 3]),
    ] {
        module
            .signatures
            .push(vec![SignatureToken::Vector(Box::new(token))]);
        let error = check_bounds_module(&module).unwrap_err();
        assert_eq!(error.status(), StatusCode::NumberOfTypeArgumentsMismatch);
        assert_eq!(
            error.details().indices,
            [(TableKind::StructHandle, generic.0)]
        );
        module.signatures.pop();
    }
}

#[test]
fn locals_and_parameters_together_are_at_most_255() {
    for (extra, fails) in [(255, false), (256, true)] {
        let mut module = store();
        let number = module
            .function_defs
            .iter()
            .position(|d| d.code.is_some())
            .unwrap();
        let handle = module.function_defs[number].handle.index();
        let parameters =
            module.signatures[module.function_handles[handle].parameters.index()].len();
        module
            .signatures
            .push(vec![SignatureToken::U8; extra - parameters]);
        let last = SignatureIndex(module.signatures.len() as u16 - 1);
        module.function_defs[number].code.as_mut().unwrap().locals = last;
        let outcome = check_bounds_module(&module);
        assert_eq!(outcome.is_err(), fails);
        if let Err(error) = outcome {
            assert_eq!(error.status(), StatusCode::TooManyLocals);
        }
    }
}

#[test]
fn scripts() {
    let good = read_script(&bytes("plain_v7/scripts/main_0.mv")).unwrap();
    check_bounds_script(&good).unwrap();
    let mut script = good.clone();
    script.parameters = SignatureIndex(FAR);
    assert_eq!(
        check_bounds_script(&script).unwrap_err().status(),
        StatusCode::IndexOutOfBounds
    );
    let mut script = good.clone();
    script.type_parameters.clear();
    let error = check_bounds_script(&script).unwrap_err();
    assert_eq!(error.details().indices, [(TableKind::TypeParameter, 0)]);
    let mut script = good;
    script.code.code.push(B::Pack(StructDefIndex(0)));
    assert_eq!(
        check_bounds_script(&script).unwrap_err().status(),
        StatusCode::InvalidOperationInScript
    );
}

/// A signature of 30,000 types that 20,000 instructions name.
#[test]
fn time_is_not_quadratic() {
    let mut module = store();
    let mut token = SignatureToken::U8;
    for _ in 0..120 {
        token = SignatureToken::Vector(Box::new(token));
    }
    module.signatures.push(vec![token; 250]);
    let last = SignatureIndex(module.signatures.len() as u16 - 1);
    let unit = module
        .function_defs
        .iter_mut()
        .find_map(|d| d.code.as_mut())
        .unwrap();
    unit.code.extend(vec![B::VecLen(last); 20_000]);
    let start = Instant::now();
    check_bounds_module(&module).unwrap();
    assert!(start.elapsed().as_secs() < 3, "{:?}", start.elapsed());
}
