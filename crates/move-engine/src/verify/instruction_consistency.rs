//! Generic members are used by generic instructions and others by others; vectors are packed and
//! closures made within bounds.

use super::at;
use crate::{
    StatusCode, VmError, VmResult,
    format::{
        Bytecode, ClosureMask, CodeUnit, CompiledModule, FunctionDefIndex, FunctionHandleIndex,
        StructDefIndex, Tables,
    },
};

/// Checks a module.
pub(super) fn verify_module(module: &CompiledModule) -> VmResult<()> {
    for (number, def) in module.function_defs.iter().enumerate() {
        if let Some(code) = &def.code {
            let function = FunctionDefIndex(u16::try_from(number).unwrap_or(u16::MAX));
            verify_code(module, function, code)?;
        }
    }
    Ok(())
}

/// Checks one body.
pub(super) fn verify_code(
    tables: &Tables,
    function: FunctionDefIndex,
    unit: &CodeUnit,
) -> VmResult<()> {
    for (offset, instruction) in unit.code.iter().enumerate() {
        let offset = u16::try_from(offset).unwrap_or(u16::MAX);
        check(tables, instruction).map_err(|e| e.at_code(function, offset))?;
    }
    Ok(())
}

fn check(tables: &Tables, instruction: &Bytecode) -> VmResult<()> {
    use Bytecode as B;
    match instruction {
        B::MutBorrowField(i) | B::ImmBorrowField(i) => {
            member(tables, at(&tables.field_handles, i.index())?.def, false)
        }
        B::MutBorrowFieldGeneric(i) | B::ImmBorrowFieldGeneric(i) => {
            let handle = at(&tables.field_insts, i.index())?.handle;
            let def = at(&tables.field_handles, handle.index())?.def;
            member(tables, def, true)
        }
        B::MutBorrowVariantField(i) | B::ImmBorrowVariantField(i) => {
            let def = at(&tables.variant_field_handles, i.index())?.def;
            member(tables, def, false)
        }
        B::MutBorrowVariantFieldGeneric(i) | B::ImmBorrowVariantFieldGeneric(i) => {
            let handle = at(&tables.variant_field_insts, i.index())?.handle;
            let def = at(&tables.variant_field_handles, handle.index())?.def;
            member(tables, def, true)
        }
        B::PackVariant(i) | B::UnpackVariant(i) | B::TestVariant(i) => {
            let def = at(&tables.struct_variant_handles, i.index())?.def;
            member(tables, def, false)
        }
        B::PackVariantGeneric(i) | B::UnpackVariantGeneric(i) | B::TestVariantGeneric(i) => {
            let handle = at(&tables.struct_variant_insts, i.index())?.handle;
            let def = at(&tables.struct_variant_handles, handle.index())?.def;
            member(tables, def, true)
        }
        B::Pack(i)
        | B::Unpack(i)
        | B::Exists(i)
        | B::MutBorrowGlobal(i)
        | B::ImmBorrowGlobal(i)
        | B::MoveFrom(i)
        | B::MoveTo(i) => member(tables, *i, false),
        B::PackGeneric(i)
        | B::UnpackGeneric(i)
        | B::ExistsGeneric(i)
        | B::MutBorrowGlobalGeneric(i)
        | B::ImmBorrowGlobalGeneric(i)
        | B::MoveFromGeneric(i)
        | B::MoveToGeneric(i) => member(tables, at(&tables.struct_insts, i.index())?.def, true),
        B::Call(i) => function(tables, *i, false),
        B::CallGeneric(i) => {
            let handle = at(&tables.function_insts, i.index())?.handle;
            function(tables, handle, true)
        }
        B::PackClosure(i, mask) => {
            function(tables, *i, false)?;
            captured(tables, *i, *mask)
        }
        B::PackClosureGeneric(i, mask) => {
            let handle = at(&tables.function_insts, i.index())?.handle;
            function(tables, handle, true)?;
            captured(tables, handle, *mask)
        }
        B::VecPack(_, count) | B::VecUnpack(_, count) => {
            if *count > u64::from(u16::MAX) {
                return Err(StatusCode::ConstraintNotSatisfied.into());
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn member(tables: &Tables, def: StructDefIndex, generic: bool) -> VmResult<()> {
    let handle = at(&tables.struct_defs, def.index())?.handle;
    let handle = at(&tables.struct_handles, handle.index())?;
    same(!handle.type_parameters.is_empty(), generic)
}

fn function(tables: &Tables, handle: FunctionHandleIndex, generic: bool) -> VmResult<()> {
    let handle = at(&tables.function_handles, handle.index())?;
    same(!handle.type_parameters.is_empty(), generic)
}

fn same(declared: bool, used: bool) -> VmResult<()> {
    if declared == used {
        return Ok(());
    }
    Err(StatusCode::GenericMemberOpcodeMismatch.into())
}

/// Only parameters that exist can be captured.
fn captured(tables: &Tables, handle: FunctionHandleIndex, mask: ClosureMask) -> VmResult<()> {
    let handle = at(&tables.function_handles, handle.index())?;
    let parameters = at(&tables.signatures, handle.parameters.index())?;
    if mask.end() > parameters.len() {
        let error = VmError::new(StatusCode::ClosureTypeMismatchError);
        return Err(error.with_message("captures more than the parameters"));
    }
    Ok(())
}
