//! Operands of instructions.

use lumio_move_engine::{
    StatusCode,
    format::{
        Bytecode as B, ClosureMask, ConstantIndex, FieldHandleIndex, FieldInstIndex,
        FunctionDefIndex, FunctionHandleIndex, FunctionInstIndex, SignatureIndex, SignatureToken,
        StructDefIndex, StructInstIndex, StructVariantHandleIndex, StructVariantInstIndex,
        TableKind, VariantFieldHandleIndex, VariantFieldInstIndex, check_bounds_module,
    },
};

use crate::{FAR, colours};

/// The instruction that is put in the place of a function's second one, and the table of which it
/// names an entry that is not there.
#[test]
fn operands_of_instructions() {
    use TableKind as K;
    let cases = [
        (K::CodeOffset, B::Branch(FAR)),
        (K::CodeOffset, B::BrTrue(FAR)),
        (K::CodeOffset, B::BrFalse(FAR)),
        (K::ConstantPool, B::LdConst(ConstantIndex(FAR))),
        (K::Local, B::CopyLoc(255)),
        (K::Local, B::MoveLoc(255)),
        (K::Local, B::StLoc(255)),
        (K::Local, B::MutBorrowLoc(255)),
        (K::Local, B::ImmBorrowLoc(255)),
        (K::FieldHandle, B::MutBorrowField(FieldHandleIndex(FAR))),
        (K::FieldHandle, B::ImmBorrowField(FieldHandleIndex(FAR))),
        (
            K::FieldInstantiation,
            B::MutBorrowFieldGeneric(FieldInstIndex(FAR)),
        ),
        (
            K::FieldInstantiation,
            B::ImmBorrowFieldGeneric(FieldInstIndex(FAR)),
        ),
        (
            K::VariantFieldHandle,
            B::MutBorrowVariantField(VariantFieldHandleIndex(FAR)),
        ),
        (
            K::VariantFieldHandle,
            B::ImmBorrowVariantField(VariantFieldHandleIndex(FAR)),
        ),
        (
            K::VariantFieldInstantiation,
            B::MutBorrowVariantFieldGeneric(VariantFieldInstIndex(FAR)),
        ),
        (
            K::VariantFieldInstantiation,
            B::ImmBorrowVariantFieldGeneric(VariantFieldInstIndex(FAR)),
        ),
        (K::FunctionHandle, B::Call(FunctionHandleIndex(FAR))),
        (
            K::FunctionInstantiation,
            B::CallGeneric(FunctionInstIndex(FAR)),
        ),
        (
            K::FunctionHandle,
            B::PackClosure(FunctionHandleIndex(FAR), ClosureMask(0)),
        ),
        (
            K::FunctionInstantiation,
            B::PackClosureGeneric(FunctionInstIndex(FAR), ClosureMask(0)),
        ),
        (K::Signature, B::CallClosure(SignatureIndex(FAR))),
        (K::StructDefinition, B::Pack(StructDefIndex(FAR))),
        (
            K::StructDefInstantiation,
            B::PackGeneric(StructInstIndex(FAR)),
        ),
        (
            K::StructVariantHandle,
            B::PackVariant(StructVariantHandleIndex(FAR)),
        ),
        (
            K::StructVariantInstantiation,
            B::PackVariantGeneric(StructVariantInstIndex(FAR)),
        ),
        (K::StructDefinition, B::Unpack(StructDefIndex(FAR))),
        (
            K::StructDefInstantiation,
            B::UnpackGeneric(StructInstIndex(FAR)),
        ),
        (
            K::StructVariantHandle,
            B::UnpackVariant(StructVariantHandleIndex(FAR)),
        ),
        (
            K::StructVariantInstantiation,
            B::UnpackVariantGeneric(StructVariantInstIndex(FAR)),
        ),
        (
            K::StructVariantHandle,
            B::TestVariant(StructVariantHandleIndex(FAR)),
        ),
        (
            K::StructVariantInstantiation,
            B::TestVariantGeneric(StructVariantInstIndex(FAR)),
        ),
        (K::StructDefinition, B::Exists(StructDefIndex(FAR))),
        (
            K::StructDefInstantiation,
            B::ExistsGeneric(StructInstIndex(FAR)),
        ),
        (K::StructDefinition, B::MutBorrowGlobal(StructDefIndex(FAR))),
        (
            K::StructDefInstantiation,
            B::MutBorrowGlobalGeneric(StructInstIndex(FAR)),
        ),
        (K::StructDefinition, B::ImmBorrowGlobal(StructDefIndex(FAR))),
        (
            K::StructDefInstantiation,
            B::ImmBorrowGlobalGeneric(StructInstIndex(FAR)),
        ),
        (K::StructDefinition, B::MoveFrom(StructDefIndex(FAR))),
        (
            K::StructDefInstantiation,
            B::MoveFromGeneric(StructInstIndex(FAR)),
        ),
        (K::StructDefinition, B::MoveTo(StructDefIndex(FAR))),
        (
            K::StructDefInstantiation,
            B::MoveToGeneric(StructInstIndex(FAR)),
        ),
        (K::Signature, B::VecPack(SignatureIndex(FAR), 0)),
        (K::Signature, B::VecLen(SignatureIndex(FAR))),
        (K::Signature, B::VecImmBorrow(SignatureIndex(FAR))),
        (K::Signature, B::VecMutBorrow(SignatureIndex(FAR))),
        (K::Signature, B::VecPushBack(SignatureIndex(FAR))),
        (K::Signature, B::VecPopBack(SignatureIndex(FAR))),
        (K::Signature, B::VecUnpack(SignatureIndex(FAR), 0)),
        (K::Signature, B::VecSwap(SignatureIndex(FAR))),
    ];
    for (kind, instruction) in cases {
        let mut module = colours();
        let code = module.function_defs[1].code.as_mut().unwrap();
        code.code[1] = instruction.clone();
        let error = check_bounds_module(&module).expect_err(&format!("{instruction:?}"));
        let details = error.details();
        assert_eq!(
            details.status,
            StatusCode::IndexOutOfBounds,
            "{instruction:?}"
        );
        assert_eq!(details.indices[0].0, kind, "{instruction:?}");
        assert_eq!(
            details.offsets,
            [(FunctionDefIndex(1), 1)],
            "{instruction:?}"
        );
    }
}

/// Type arguments in code name type parameters of the function around them.
#[test]
fn type_parameters_in_code() {
    let mut module = colours();
    module
        .signatures
        .push(vec![SignatureToken::TypeParameter(0)]);
    let last = SignatureIndex(module.signatures.len() as u16 - 1);
    let position = |generic: bool| {
        let has = |f: &FunctionHandleIndex| {
            !module.function_handles[f.index()]
                .type_parameters
                .is_empty()
        };
        module
            .function_defs
            .iter()
            .position(|d| has(&d.handle) == generic)
            .unwrap()
    };
    let (generic, plain) = (position(true), position(false));
    for (number, fails) in [(generic, false), (plain, true)] {
        let mut module = module.clone();
        module.function_defs[number]
            .code
            .as_mut()
            .unwrap()
            .code
            .push(B::VecLen(last));
        assert_eq!(check_bounds_module(&module).is_err(), fails);
    }
}
