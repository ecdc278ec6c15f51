//! Tables of what a module defines.

use super::{code::code_unit, sink::Sink, token::token};
use crate::{
    VmResult,
    format::{
        ACQUIRES_COUNT_MAX, FIELD_COUNT_MAX, FieldDefinition, FunctionDefinition, StructDefinition,
        StructFields, VARIANT_COUNT_MAX, VariantFieldHandle, Visibility,
    },
};

pub(super) fn struct_def(sink: &mut Sink, def: &StructDefinition) -> VmResult<()> {
    sink.index(def.handle.0);
    match &def.fields {
        StructFields::Native => sink.u8(1),
        StructFields::Declared(declared) => {
            sink.u8(2);
            fields(sink, declared)?;
        }
        StructFields::Variants(variants) => {
            sink.since(7, "enums need version 7")?;
            sink.u8(3);
            sink.count(
                variants.len(),
                VARIANT_COUNT_MAX,
                "an enum has too many variants",
            )?;
            for variant in variants {
                sink.index(variant.name.0);
                fields(sink, &variant.fields)?;
            }
        }
    }
    Ok(())
}

fn fields(sink: &mut Sink, fields: &[FieldDefinition]) -> VmResult<()> {
    sink.count(
        fields.len(),
        FIELD_COUNT_MAX,
        "a struct has too many fields",
    )?;
    for field in fields {
        sink.index(field.name.0);
        token(sink, &field.token)?;
    }
    Ok(())
}

pub(super) fn function_def(sink: &mut Sink, def: &FunctionDefinition) -> VmResult<()> {
    sink.index(def.handle.0);
    sink.u8(match def.visibility {
        Visibility::Private => 0,
        Visibility::Public => 1,
        Visibility::Friend => 3,
    });
    let native = if def.code.is_none() { 2 } else { 0 };
    sink.u8(native | if def.is_entry { 4 } else { 0 });
    sink.count(
        def.acquires.len(),
        ACQUIRES_COUNT_MAX,
        "a function acquires too much",
    )?;
    def.acquires
        .iter()
        .for_each(|acquired| sink.index(acquired.0));
    def.code
        .as_ref()
        .map_or(Ok(()), |code| code_unit(sink, code))
}

pub(super) fn variant_field_handle(sink: &mut Sink, handle: &VariantFieldHandle) -> VmResult<()> {
    sink.index(handle.def.0);
    sink.number(
        handle.field,
        FIELD_COUNT_MAX,
        "a field's number exceeds 255",
    )?;
    sink.count(
        handle.variants.len(),
        VARIANT_COUNT_MAX,
        "a field has too many variants",
    )?;
    handle.variants.iter().try_for_each(|variant| {
        sink.number(
            *variant,
            VARIANT_COUNT_MAX,
            "a variant's number exceeds 127",
        )
    })
}
