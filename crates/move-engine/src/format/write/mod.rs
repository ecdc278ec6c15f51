//! From modules and scripts to bytes.

mod code;
mod definitions;
mod handles;
mod sink;
mod token;

use alloc::vec::Vec;

use self::sink::{Sink, unwritable};
use crate::{
    VmResult,
    format::{
        CompiledModule, CompiledScript, FIELD_COUNT_MAX, IDENTIFIER_SIZE_MAX, MAGIC,
        TABLE_INDEX_MAX, TableId, Tables, VARIANT_COUNT_MAX, VERSION_FLAGS, VERSION_MAX,
        VERSION_MIN,
    },
    is_identifier,
};

/// The order in which tables are laid out, as compilers do it.
const MODULE_TABLES: &[TableId] = &[
    TableId::ModuleHandles,
    TableId::StructHandles,
    TableId::FunctionHandles,
    TableId::FunctionInsts,
    TableId::Signatures,
    TableId::Identifiers,
    TableId::Addresses,
    TableId::Constants,
    TableId::Metadata,
    TableId::StructDefs,
    TableId::StructInsts,
    TableId::FunctionDefs,
    TableId::FieldHandles,
    TableId::FieldInsts,
    TableId::Friends,
    TableId::VariantFieldHandles,
    TableId::VariantFieldInsts,
    TableId::StructVariantHandles,
    TableId::StructVariantInsts,
];

/// Writes a module in its own version. `VALUE_SERIALIZATION_ERROR` if that version cannot express
/// it, or if it exceeds a limit of the format.
pub fn write_module(module: &CompiledModule) -> VmResult<Vec<u8>> {
    let mut sink = tables(&module.tables)?;
    sink.index(module.self_handle.0);
    Ok(sink.bytes)
}

/// Writes a script in its own version. See [`write_module`].
pub fn write_script(script: &CompiledScript) -> VmResult<Vec<u8>> {
    let mut sink = tables(&script.tables)?;
    handles::ability_sets(&mut sink, &script.type_parameters)?;
    sink.index(script.parameters.0);
    code::code_unit(&mut sink, &script.code)?;
    Ok(sink.bytes)
}

fn tables(t: &Tables) -> VmResult<Sink> {
    if !(VERSION_MIN..=VERSION_MAX).contains(&t.version) {
        return Err(unwritable("only versions 5 to 10 can be written"));
    }
    let mut contents = Sink::new(t.version);
    let mut directory = Vec::new();
    for id in MODULE_TABLES {
        let start = contents.bytes.len();
        table(&mut contents, t, *id)?;
        let length = contents.bytes.len().saturating_sub(start);
        if length > 0 {
            contents.since(id.since(), "a table needs a later version of the format")?;
            directory.push((*id, start, length));
        }
    }
    let mut sink = Sink::new(t.version);
    sink.raw(&MAGIC);
    let flags = if t.version >= 7 { VERSION_FLAGS } else { 0 };
    sink.raw(&(t.version | flags).to_le_bytes());
    sink.uleb(directory.len() as u64);
    for (id, start, length) in directory {
        sink.u8(id as u8);
        sink.uleb(start as u64);
        sink.uleb(length as u64);
    }
    sink.raw(&contents.bytes);
    Ok(sink)
}

fn each<T>(
    sink: &mut Sink,
    entries: &[T],
    mut write: impl FnMut(&mut Sink, &T) -> VmResult<()>,
) -> VmResult<()> {
    if entries.len() as u64 > TABLE_INDEX_MAX.saturating_add(1) {
        return Err(unwritable(
            "a table has more entries than an index can name",
        ));
    }
    entries.iter().try_for_each(|entry| write(sink, entry))
}

fn pair(sink: &mut Sink, first: u16, second: u16) -> VmResult<()> {
    sink.index(first);
    sink.index(second);
    Ok(())
}

fn table(s: &mut Sink, t: &Tables, id: TableId) -> VmResult<()> {
    match id {
        TableId::ModuleHandles => each(s, &t.module_handles, handles::module_handle),
        TableId::StructHandles => each(s, &t.struct_handles, handles::struct_handle),
        TableId::FunctionHandles => each(s, &t.function_handles, handles::function_handle),
        TableId::FunctionInsts => each(s, &t.function_insts, |s, i| {
            pair(s, i.handle.0, i.type_arguments.0)
        }),
        TableId::Signatures => each(s, &t.signatures, |s, i| handles::signature(s, i)),
        TableId::Constants => each(s, &t.constants, handles::constant),
        TableId::Identifiers => each(s, &t.identifiers, |s, name| {
            if !is_identifier(name, s.version >= 9) {
                return Err(unwritable("a name has characters that names cannot have"));
            }
            s.blob(name.as_bytes(), IDENTIFIER_SIZE_MAX, "a name is too long")
        }),
        TableId::Addresses => each(s, &t.addresses, |s, address| {
            s.raw(&address.0);
            Ok(())
        }),
        TableId::StructDefs => each(s, &t.struct_defs, definitions::struct_def),
        TableId::StructInsts => each(s, &t.struct_insts, |s, i| {
            pair(s, i.def.0, i.type_arguments.0)
        }),
        TableId::FunctionDefs => each(s, &t.function_defs, definitions::function_def),
        TableId::FieldHandles => each(s, &t.field_handles, |s, i| {
            s.index(i.def.0);
            s.number(i.field, FIELD_COUNT_MAX, "a field's number exceeds 255")
        }),
        TableId::FieldInsts => each(s, &t.field_insts, |s, i| {
            pair(s, i.handle.0, i.type_arguments.0)
        }),
        TableId::Friends => each(s, &t.friends, handles::module_handle),
        TableId::Metadata => each(s, &t.metadata, handles::metadata),
        TableId::VariantFieldHandles => each(
            s,
            &t.variant_field_handles,
            definitions::variant_field_handle,
        ),
        TableId::VariantFieldInsts => each(s, &t.variant_field_insts, |s, i| {
            pair(s, i.handle.0, i.type_arguments.0)
        }),
        TableId::StructVariantHandles => each(s, &t.struct_variant_handles, |s, i| {
            s.index(i.def.0);
            s.number(
                i.variant,
                VARIANT_COUNT_MAX,
                "a variant's number exceeds 127",
            )
        }),
        TableId::StructVariantInsts => each(s, &t.struct_variant_insts, |s, i| {
            pair(s, i.handle.0, i.type_arguments.0)
        }),
    }
}
