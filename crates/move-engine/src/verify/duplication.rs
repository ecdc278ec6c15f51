//! Nothing occurs twice, and what the module says to define it defines.
//!
//! Sorted sets, as whoever writes a module could make hashes collide.

use alloc::collections::BTreeSet;

use crate::{
    StatusCode, VmError, VmResult,
    format::{CompiledModule, FieldDefinition, ModuleHandleIndex, StructFields, TableKind, Tables},
};

/// Checks a module.
pub(super) fn verify_module(module: &CompiledModule) -> VmResult<()> {
    use TableKind as K;
    let m = module;
    verify_tables(m)?;
    let friends = m.friends.iter().map(|h| (h.address, h.name));
    distinct(K::FriendDeclaration, friends)?;
    let handles = m.field_handles.iter().map(|h| (h.def, h.field));
    distinct(K::FieldHandle, handles)?;
    let insts = m.field_insts.iter().map(|i| (i.handle, i.type_arguments));
    distinct(K::FieldInstantiation, insts)?;
    let handles = m.variant_field_handles.iter();
    let handles = handles.map(|h| (h.def, h.field, &h.variants));
    distinct(K::VariantFieldHandle, handles)?;
    let insts = m.variant_field_insts.iter();
    let insts = insts.map(|i| (i.handle, i.type_arguments));
    distinct(K::VariantFieldInstantiation, insts)?;
    let handles = m.struct_variant_handles.iter().map(|h| (h.def, h.variant));
    distinct(K::StructVariantHandle, handles)?;
    let insts = m.struct_variant_insts.iter();
    let insts = insts.map(|i| (i.handle, i.type_arguments));
    distinct(K::StructVariantInstantiation, insts)?;
    functions(m)?;
    structs(m)?;
    let insts = m.struct_insts.iter().map(|i| (i.def, i.type_arguments));
    distinct(K::StructDefInstantiation, insts)
}

/// Checks what modules and scripts share.
pub(super) fn verify_tables(tables: &Tables) -> VmResult<()> {
    use TableKind as K;
    distinct(K::Identifier, &tables.identifiers)?;
    distinct(K::AddressIdentifier, &tables.addresses)?;
    let constants = tables.constants.iter().map(|c| (&c.token, &c.data));
    distinct(K::ConstantPool, constants)?;
    distinct(K::Signature, &tables.signatures)?;
    let modules = tables.module_handles.iter().map(|h| (h.address, h.name));
    distinct(K::ModuleHandle, modules)?;
    let structs = tables.struct_handles.iter().map(|h| (h.module, h.name));
    distinct(K::StructHandle, structs)?;
    let functions = tables.function_handles.iter().map(|h| (h.module, h.name));
    distinct(K::FunctionHandle, functions)?;
    let insts = tables.function_insts.iter();
    let insts = insts.map(|i| (i.handle, i.type_arguments));
    distinct(K::FunctionInstantiation, insts)
}

fn functions(module: &CompiledModule) -> VmResult<()> {
    let kind = TableKind::FunctionDefinition;
    let defs = &module.function_defs;
    distinct(kind, defs.iter().map(|def| def.handle))?;
    for (number, def) in defs.iter().enumerate() {
        if first_duplicate(&def.acquires).is_some() {
            return Err(error(StatusCode::DuplicateAcquiresAnnotation, kind, number));
        }
    }
    let owner = |i: usize| module.function_handles.get(i).map(|h| h.module);
    defined_here(module, kind, defs.iter().map(|d| owner(d.handle.index())))?;
    all_defined(
        module,
        TableKind::FunctionHandle,
        module.function_handles.iter().map(|h| h.module),
        defs.iter().map(|d| d.handle.index()),
    )
}

fn structs(module: &CompiledModule) -> VmResult<()> {
    let kind = TableKind::StructDefinition;
    let defs = &module.struct_defs;
    distinct(kind, defs.iter().map(|def| def.handle))?;
    for (number, def) in defs.iter().enumerate() {
        match &def.fields {
            StructFields::Native => {}
            StructFields::Declared(fields) => {
                if fields.is_empty() {
                    return Err(error(StatusCode::ZeroSizedStruct, kind, number));
                }
                distinct_fields(fields)?;
            }
            StructFields::Variants(variants) => {
                if variants.is_empty() {
                    return Err(error(StatusCode::ZeroVariantsError, kind, number));
                }
                distinct(
                    TableKind::VariantDefinition,
                    variants.iter().map(|v| v.name),
                )?;
                for variant in variants {
                    distinct_fields(&variant.fields)?;
                }
            }
        }
    }
    let owner = |i: usize| module.struct_handles.get(i).map(|h| h.module);
    defined_here(module, kind, defs.iter().map(|d| owner(d.handle.index())))?;
    all_defined(
        module,
        TableKind::StructHandle,
        module.struct_handles.iter().map(|h| h.module),
        defs.iter().map(|d| d.handle.index()),
    )
}

fn distinct_fields(fields: &[FieldDefinition]) -> VmResult<()> {
    distinct(TableKind::FieldDefinition, fields.iter().map(|f| f.name))
}

/// Definitions define what is the module's own.
fn defined_here(
    module: &CompiledModule,
    kind: TableKind,
    owners: impl Iterator<Item = Option<ModuleHandleIndex>>,
) -> VmResult<()> {
    for (number, owner) in owners.enumerate() {
        if owner != Some(module.self_handle) {
            return Err(error(StatusCode::InvalidModuleHandle, kind, number));
        }
    }
    Ok(())
}

/// What is the module's own is defined.
fn all_defined(
    module: &CompiledModule,
    kind: TableKind,
    owners: impl Iterator<Item = ModuleHandleIndex>,
    defined: impl Iterator<Item = usize>,
) -> VmResult<()> {
    let defined: BTreeSet<usize> = defined.collect();
    for (number, owner) in owners.enumerate() {
        if owner == module.self_handle && !defined.contains(&number) {
            return Err(error(StatusCode::UnimplementedHandle, kind, number));
        }
    }
    Ok(())
}

fn distinct<T: Ord>(kind: TableKind, items: impl IntoIterator<Item = T>) -> VmResult<()> {
    match first_duplicate(items) {
        Some(number) => Err(error(StatusCode::DuplicateElement, kind, number)),
        None => Ok(()),
    }
}

fn first_duplicate<T: Ord>(items: impl IntoIterator<Item = T>) -> Option<usize> {
    let mut seen = BTreeSet::new();
    items.into_iter().position(|item| !seen.insert(item))
}

fn error(status: StatusCode, kind: TableKind, number: usize) -> VmError {
    VmError::new(status).at_index(kind, u16::try_from(number).unwrap_or(u16::MAX))
}
