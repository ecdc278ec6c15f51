//! A function that says to stand for an operation on a struct of its module (AIP-142) does that
//! operation and nothing else, so that callers may treat a call as the operation itself.
//!
//! The body must be: all parameters in order, the operation, return. The checks of code then leave
//! no freedom to the signature.

use super::at;
use crate::{
    StatusCode, VmError, VmResult,
    format::{
        Bytecode, CodeUnit, CompiledModule, FieldHandleIndex, FunctionAttribute, FunctionHandle,
        SignatureIndex, SignatureToken, StructVariantHandleIndex, TableKind,
        VariantFieldHandleIndex,
    },
};

/// Checks a module.
pub(super) fn verify(module: &CompiledModule) -> VmResult<()> {
    for (number, def) in module.function_defs.iter().enumerate() {
        let handle = at(&module.function_handles, def.handle.index())?;
        let mut operations = handle.attributes.iter().filter(|a| is_operation(**a));
        let Some(attribute) = operations.next() else {
            continue;
        };
        let stands = operations.next().is_none()
            && match &def.code {
                Some(unit) => stands_for(module, handle, unit, *attribute)?,
                None => false,
            };
        if !stands {
            let number = u16::try_from(number).unwrap_or(u16::MAX);
            return Err(VmError::new(StatusCode::TypeMismatch)
                .with_message("the function is not the operation that its attribute says")
                .at_index(TableKind::FunctionDefinition, number));
        }
    }
    Ok(())
}

fn is_operation(attribute: FunctionAttribute) -> bool {
    !matches!(
        attribute,
        FunctionAttribute::Persistent | FunctionAttribute::ModuleLock
    )
}

fn stands_for(
    module: &CompiledModule,
    handle: &FunctionHandle,
    unit: &CodeUnit,
    attribute: FunctionAttribute,
) -> VmResult<bool> {
    let parameters = at(&module.signatures, handle.parameters.index())?.len();
    let Some((moves, rest)) = unit.code.split_at_checked(parameters) else {
        return Ok(false);
    };
    let in_order = moves
        .iter()
        .enumerate()
        .all(|(n, i)| matches!(i, Bytecode::MoveLoc(local) if usize::from(*local) == n));
    let [operation, Bytecode::Ret] = rest else {
        return Ok(false);
    };
    Ok(in_order
        && at(&module.signatures, unit.locals.index())?.is_empty()
        && is_that(module, handle, operation, attribute)?)
}

fn is_that(
    module: &CompiledModule,
    handle: &FunctionHandle,
    operation: &Bytecode,
    attribute: FunctionAttribute,
) -> VmResult<bool> {
    use Bytecode as B;
    use FunctionAttribute as A;
    let variant_of = |i: StructVariantHandleIndex| {
        VmResult::Ok(at(&module.struct_variant_handles, i.index())?.variant)
    };
    let field_of = |i: FieldHandleIndex| VmResult::Ok(at(&module.field_handles, i.index())?.field);
    let variant_field_of = |i: VariantFieldHandleIndex| {
        VmResult::Ok(at(&module.variant_field_handles, i.index())?.field)
    };
    let own = |arguments| own_type_parameters(module, handle, arguments);
    Ok(match (attribute, operation) {
        (A::Pack, B::Pack(_)) | (A::Unpack, B::Unpack(_)) => true,
        (A::Pack, B::PackGeneric(i)) | (A::Unpack, B::UnpackGeneric(i)) => {
            own(at(&module.struct_insts, i.index())?.type_arguments)?
        }
        (A::PackVariant(variant), B::PackVariant(i))
        | (A::UnpackVariant(variant), B::UnpackVariant(i))
        | (A::TestVariant(variant), B::TestVariant(i)) => variant_of(*i)? == variant,
        (A::PackVariant(variant), B::PackVariantGeneric(i))
        | (A::UnpackVariant(variant), B::UnpackVariantGeneric(i))
        | (A::TestVariant(variant), B::TestVariantGeneric(i)) => {
            let inst = at(&module.struct_variant_insts, i.index())?;
            variant_of(inst.handle)? == variant && own(inst.type_arguments)?
        }
        (A::BorrowFieldImmutable(field), B::ImmBorrowField(i))
        | (A::BorrowFieldMutable(field), B::MutBorrowField(i)) => field_of(*i)? == field,
        (A::BorrowFieldImmutable(field), B::ImmBorrowFieldGeneric(i))
        | (A::BorrowFieldMutable(field), B::MutBorrowFieldGeneric(i)) => {
            let inst = at(&module.field_insts, i.index())?;
            field_of(inst.handle)? == field && own(inst.type_arguments)?
        }
        (A::BorrowFieldImmutable(field), B::ImmBorrowVariantField(i))
        | (A::BorrowFieldMutable(field), B::MutBorrowVariantField(i)) => {
            variant_field_of(*i)? == field
        }
        (A::BorrowFieldImmutable(field), B::ImmBorrowVariantFieldGeneric(i))
        | (A::BorrowFieldMutable(field), B::MutBorrowVariantFieldGeneric(i)) => {
            let inst = at(&module.variant_field_insts, i.index())?;
            variant_field_of(inst.handle)? == field && own(inst.type_arguments)?
        }
        _ => false,
    })
}

/// Whether the type arguments are just the function's type parameters in order.
fn own_type_parameters(
    module: &CompiledModule,
    handle: &FunctionHandle,
    arguments: SignatureIndex,
) -> VmResult<bool> {
    let arguments = at(&module.signatures, arguments.index())?;
    let in_order = arguments.iter().enumerate().all(|(n, token)| {
        matches!(token, SignatureToken::TypeParameter(number) if usize::from(*number) == n)
    });
    Ok(in_order && arguments.len() == handle.type_parameters.len())
}
