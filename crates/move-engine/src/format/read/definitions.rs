//! Tables of what a module defines.

use alloc::vec::Vec;

use super::{code::code_unit, cursor::Cursor, cursor::malformed, token::token};
use crate::{
    StatusCode, VmError, VmResult,
    format::{
        ACQUIRES_COUNT_MAX, FIELD_COUNT_MAX, FieldDefinition, FieldHandle, FieldHandleIndex,
        FieldInstantiation, FunctionDefinition, FunctionHandleIndex, IdentifierIndex,
        SignatureIndex, StructDefIndex, StructDefinition, StructFields, StructHandleIndex,
        StructInstantiation, StructVariantHandle, StructVariantHandleIndex,
        StructVariantInstantiation, VARIANT_COUNT_MAX, VariantDefinition, VariantFieldHandle,
        VariantFieldHandleIndex, VariantFieldInstantiation, Visibility,
    },
};

pub(super) fn struct_def(cursor: &mut Cursor<'_>) -> VmResult<StructDefinition> {
    let handle = StructHandleIndex(cursor.index()?);
    let fields = match cursor.u8()? {
        1 => StructFields::Native,
        2 => StructFields::Declared(fields(cursor)?),
        3 if cursor.version >= 7 => {
            let count = cursor.count(VARIANT_COUNT_MAX, "an enum has more than 127 variants")?;
            let variants = (0..count).map(|_| {
                let name = IdentifierIndex(cursor.index()?);
                Ok(VariantDefinition {
                    name,
                    fields: fields(cursor)?,
                })
            });
            StructFields::Variants(variants.collect::<VmResult<_>>()?)
        }
        _ => return Err(StatusCode::UnknownNativeStructFlag.into()),
    };
    Ok(StructDefinition { handle, fields })
}

fn fields(cursor: &mut Cursor<'_>) -> VmResult<Vec<FieldDefinition>> {
    let count = cursor.count(FIELD_COUNT_MAX, "a struct has more than 255 fields")?;
    let field = |_| {
        let name = IdentifierIndex(cursor.index()?);
        Ok(FieldDefinition {
            name,
            token: token(cursor)?,
        })
    };
    (0..count).map(field).collect()
}

pub(super) fn struct_inst(cursor: &mut Cursor<'_>) -> VmResult<StructInstantiation> {
    Ok(StructInstantiation {
        def: StructDefIndex(cursor.index()?),
        type_arguments: SignatureIndex(cursor.index()?),
    })
}

pub(super) fn function_def(cursor: &mut Cursor<'_>) -> VmResult<FunctionDefinition> {
    const NATIVE: u8 = 2;
    const ENTRY: u8 = 4;
    let handle = FunctionHandleIndex(cursor.index()?);
    let visibility = match cursor.u8()? {
        0 => Visibility::Private,
        1 => Visibility::Public,
        3 => Visibility::Friend,
        _ => return Err(malformed("the visibility of a function is unknown")),
    };
    let flags = cursor.u8()?;
    let count = cursor.count(
        ACQUIRES_COUNT_MAX,
        "a function acquires more than 255 resources",
    )?;
    let acquires = (0..count)
        .map(|_| cursor.index().map(StructDefIndex))
        .collect::<VmResult<_>>()?;
    let code = if flags & NATIVE == 0 {
        Some(code_unit(cursor)?)
    } else {
        None
    };
    // After the code, so that code that cannot be read is the first thing that is wrong.
    if flags & !(NATIVE | ENTRY) != 0 {
        return Err(VmError::new(StatusCode::InvalidFlagBits));
    }
    Ok(FunctionDefinition {
        handle,
        visibility,
        is_entry: flags & ENTRY != 0,
        acquires,
        code,
    })
}

/// The number of a field within its struct or variant.
fn field_number(cursor: &mut Cursor<'_>) -> VmResult<u16> {
    cursor
        .uleb_max(FIELD_COUNT_MAX, "a field's number exceeds 255")
        .and_then(|n| u16::try_from(n).map_err(|_| StatusCode::Malformed.into()))
}

fn variant_number(cursor: &mut Cursor<'_>) -> VmResult<u16> {
    cursor
        .uleb_max(VARIANT_COUNT_MAX, "a variant's number exceeds 127")
        .and_then(|n| u16::try_from(n).map_err(|_| StatusCode::Malformed.into()))
}

pub(super) fn field_handle(cursor: &mut Cursor<'_>) -> VmResult<FieldHandle> {
    Ok(FieldHandle {
        def: StructDefIndex(cursor.index()?),
        field: field_number(cursor)?,
    })
}

pub(super) fn field_inst(cursor: &mut Cursor<'_>) -> VmResult<FieldInstantiation> {
    Ok(FieldInstantiation {
        handle: FieldHandleIndex(cursor.index()?),
        type_arguments: SignatureIndex(cursor.index()?),
    })
}

pub(super) fn variant_field_handle(cursor: &mut Cursor<'_>) -> VmResult<VariantFieldHandle> {
    let def = StructDefIndex(cursor.index()?);
    let field = field_number(cursor)?;
    let count = cursor.count(VARIANT_COUNT_MAX, "a field has more than 127 variants")?;
    let variants = (0..count)
        .map(|_| variant_number(cursor))
        .collect::<VmResult<_>>()?;
    Ok(VariantFieldHandle {
        def,
        variants,
        field,
    })
}

pub(super) fn variant_field_inst(cursor: &mut Cursor<'_>) -> VmResult<VariantFieldInstantiation> {
    Ok(VariantFieldInstantiation {
        handle: VariantFieldHandleIndex(cursor.index()?),
        type_arguments: SignatureIndex(cursor.index()?),
    })
}

pub(super) fn struct_variant_handle(cursor: &mut Cursor<'_>) -> VmResult<StructVariantHandle> {
    Ok(StructVariantHandle {
        def: StructDefIndex(cursor.index()?),
        variant: variant_number(cursor)?,
    })
}

pub(super) fn struct_variant_inst(cursor: &mut Cursor<'_>) -> VmResult<StructVariantInstantiation> {
    Ok(StructVariantInstantiation {
        handle: StructVariantHandleIndex(cursor.index()?),
        type_arguments: SignatureIndex(cursor.index()?),
    })
}
