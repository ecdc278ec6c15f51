//! From bytes to modules and scripts. Time and memory are in proportion to the number of bytes.

mod code;
mod cursor;
mod definitions;
mod handles;
mod header;
mod token;

use alloc::vec::Vec;

use self::{
    cursor::{Cursor, malformed},
    header::{Sections, sections},
};
use crate::{
    StatusCode, VmError, VmResult,
    format::{
        CompiledModule, CompiledScript, IDENTIFIER_SIZE_MAX, ModuleHandleIndex, SignatureIndex,
        TABLE_INDEX_MAX, TableId, Tables, VERSION_MAX, check_bounds_module, check_bounds_script,
    },
};

/// What a reader accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReaderConfig {
    /// The newest version of the format.
    pub max_version: u32,
    /// Bytes of a name: 255, or 65535 as it once was.
    pub max_identifier: u64,
}

impl Default for ReaderConfig {
    fn default() -> Self {
        Self {
            max_version: VERSION_MAX,
            max_identifier: IDENTIFIER_SIZE_MAX,
        }
    }
}

/// Reads a module of any version that this crate knows. Errors are 3xxx codes for bytes that are no
/// module, and 1xxx codes where an index points nowhere.
pub fn read_module(bytes: &[u8]) -> VmResult<CompiledModule> {
    read_module_with(&ReaderConfig::default(), bytes)
}

/// Reads a script. See [`read_module`].
pub fn read_script(bytes: &[u8]) -> VmResult<CompiledScript> {
    read_script_with(&ReaderConfig::default(), bytes)
}

/// Reads a module as the configuration says. See [`read_module`].
pub fn read_module_with(config: &ReaderConfig, bytes: &[u8]) -> VmResult<CompiledModule> {
    let Sections { tables, mut rest } = sections(config, bytes)?;
    let self_handle = ModuleHandleIndex(rest.index()?);
    let module = CompiledModule {
        tables: read_tables(config, &tables, &rest, true)?,
        self_handle,
    };
    at_end(&rest)?;
    check_bounds_module(&module)?;
    Ok(module)
}

/// Reads a script as the configuration says. See [`read_module`].
pub fn read_script_with(config: &ReaderConfig, bytes: &[u8]) -> VmResult<CompiledScript> {
    let Sections { tables, mut rest } = sections(config, bytes)?;
    let type_parameters = handles::ability_sets(&mut rest)?;
    let parameters = SignatureIndex(rest.index()?);
    let code = code::code_unit(&mut rest)?;
    let script = CompiledScript {
        tables: read_tables(config, &tables, &rest, false)?,
        type_parameters,
        parameters,
        code,
    };
    at_end(&rest)?;
    check_bounds_script(&script)?;
    Ok(script)
}

fn at_end(rest: &Cursor<'_>) -> VmResult<()> {
    if rest.is_empty() {
        Ok(())
    } else {
        let message = alloc::format!("{} bytes follow the end", rest.rest().len());
        Err(VmError::new(StatusCode::TrailingBytes).with_message(message))
    }
}

/// Tables are read where they lie in the binary, first those that scripts have too: of several
/// mistakes, the one that is reported is the same everywhere.
fn read_tables(
    config: &ReaderConfig,
    sections: &[(TableId, Cursor<'_>)],
    rest: &Cursor<'_>,
    module: bool,
) -> VmResult<Tables> {
    let mut tables = Tables {
        version: rest.version,
        ..Tables::default()
    };
    for (id, cursor) in sections {
        cursor.since(id.since(), "a table needs a later version of the format")?;
        if !id.is_definition() {
            naming_table(config, *id, cursor.clone(), &mut tables)?;
        }
    }
    for (id, cursor) in sections {
        if id.is_definition() {
            if !module {
                return Err(malformed("a script has a table that only modules have"));
            }
            defining_table(*id, cursor.clone(), &mut tables)?;
        }
    }
    Ok(tables)
}

fn naming_table(
    config: &ReaderConfig,
    id: TableId,
    cursor: Cursor<'_>,
    t: &mut Tables,
) -> VmResult<()> {
    match id {
        TableId::ModuleHandles => t.module_handles = all(cursor, handles::module_handle)?,
        TableId::StructHandles => t.struct_handles = all(cursor, handles::struct_handle)?,
        TableId::FunctionHandles => t.function_handles = all(cursor, handles::function_handle)?,
        TableId::FunctionInsts => t.function_insts = all(cursor, handles::function_inst)?,
        TableId::Signatures => t.signatures = all(cursor, handles::signature)?,
        TableId::Constants => t.constants = all(cursor, handles::constant)?,
        TableId::Identifiers => t.identifiers = all(cursor, |c| handles::identifier(config, c))?,
        TableId::Addresses => t.addresses = all(cursor, handles::address)?,
        TableId::Metadata => t.metadata = all(cursor, handles::metadata)?,
        _ => {}
    }
    Ok(())
}

fn defining_table(id: TableId, cursor: Cursor<'_>, t: &mut Tables) -> VmResult<()> {
    use definitions as d;
    match id {
        TableId::StructDefs => t.struct_defs = all(cursor, d::struct_def)?,
        TableId::StructInsts => t.struct_insts = all(cursor, d::struct_inst)?,
        TableId::FunctionDefs => t.function_defs = all(cursor, d::function_def)?,
        TableId::FieldHandles => t.field_handles = all(cursor, d::field_handle)?,
        TableId::FieldInsts => t.field_insts = all(cursor, d::field_inst)?,
        TableId::Friends => t.friends = all(cursor, handles::module_handle)?,
        TableId::VariantFieldHandles => {
            t.variant_field_handles = all(cursor, d::variant_field_handle)?;
        }
        TableId::VariantFieldInsts => t.variant_field_insts = all(cursor, d::variant_field_inst)?,
        TableId::StructVariantHandles => {
            t.struct_variant_handles = all(cursor, d::struct_variant_handle)?;
        }
        TableId::StructVariantInsts => {
            t.struct_variant_insts = all(cursor, d::struct_variant_inst)?;
        }
        _ => {}
    }
    Ok(())
}

/// The entries of a table, to its end.
fn all<'a, T>(
    mut cursor: Cursor<'a>,
    mut read: impl FnMut(&mut Cursor<'a>) -> VmResult<T>,
) -> VmResult<Vec<T>> {
    let mut entries = Vec::new();
    while !cursor.is_empty() {
        entries.push(read(&mut cursor)?);
        if entries.len() as u64 > TABLE_INDEX_MAX.saturating_add(1) {
            return Err(malformed("a table has more entries than an index can name"));
        }
    }
    Ok(entries)
}
