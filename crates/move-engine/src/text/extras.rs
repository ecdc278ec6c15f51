//! Finds table entries to which nothing refers: the disassembler writes them down one by one.

use alloc::{collections::BTreeSet, vec::Vec};
use core::hash::Hash;

use hashbrown::HashSet;

use crate::format::{
    AccessSpecifier, AddressIndex, AddressSpecifier, Bytecode, CodeUnit, ConstantIndex,
    FieldHandleIndex, FieldInstIndex, FunctionInstIndex, IdentifierIndex, ResourceSpecifier,
    SignatureIndex, StructInstIndex, StructVariantHandleIndex, StructVariantInstIndex, Tables,
    VariantFieldHandleIndex, VariantFieldInstIndex,
};

/// What a unit refers to.
#[derive(Default)]
pub(super) struct Used {
    identifiers: BTreeSet<u16>,
    addresses: BTreeSet<u16>,
    signatures: BTreeSet<u16>,
    constants: BTreeSet<u16>,
    function_insts: BTreeSet<u16>,
    struct_insts: BTreeSet<u16>,
    field_handles: BTreeSet<u16>,
    field_insts: BTreeSet<u16>,
    variant_field_handles: BTreeSet<u16>,
    variant_field_insts: BTreeSet<u16>,
    struct_variant_handles: BTreeSet<u16>,
    struct_variant_insts: BTreeSet<u16>,
}

/// The positions of entries that are not in the set and equal to none that is.
fn others<T: Eq + Hash>(table: &[T], used: &BTreeSet<u16>) -> Vec<u16> {
    let mut seen: HashSet<&T> = used
        .iter()
        .filter_map(|position| table.get(usize::from(*position)))
        .collect();
    let entries = (0..).zip(table);
    let new = entries.filter(|(_, entry)| seen.insert(entry));
    new.map(|(position, _)| position).collect()
}

impl Used {
    /// What the tables refer to, before any code is looked at.
    pub(super) fn by_tables(tables: &Tables) -> Self {
        let mut used = Self::default();
        for module in tables.module_handles.iter().chain(&tables.friends) {
            used.identifiers.insert(module.name.0);
            used.addresses.insert(module.address.0);
        }
        let names = tables.struct_handles.iter().map(|h| h.name);
        used.identifiers.extend(names.map(|name| name.0));
        for function in &tables.function_handles {
            used.identifiers.insert(function.name.0);
            used.signatures.insert(function.parameters.0);
            used.signatures.insert(function.returns.0);
            for access in function.access_specifiers.iter().flatten() {
                used.access(access);
            }
        }
        for definition in &tables.struct_defs {
            let variants = definition.fields.variants().iter().map(|v| v.name);
            let fields = definition.fields.all().map(|f| f.name);
            let names = variants.chain(fields);
            used.identifiers.extend(names.map(|name| name.0));
        }
        // Instances appear in the text whether something refers to them or not.
        let instances = tables.function_insts.iter().map(|i| i.type_arguments);
        let instances = instances
            .chain(tables.struct_insts.iter().map(|i| i.type_arguments))
            .chain(tables.field_insts.iter().map(|i| i.type_arguments))
            .chain(tables.variant_field_insts.iter().map(|i| i.type_arguments))
            .chain(tables.struct_variant_insts.iter().map(|i| i.type_arguments));
        used.signatures.extend(instances.map(|types| types.0));
        let fields = tables.field_insts.iter().map(|i| i.handle.0);
        used.field_handles.extend(fields);
        let fields = tables.variant_field_insts.iter().map(|i| i.handle.0);
        used.variant_field_handles.extend(fields);
        let variants = tables.struct_variant_insts.iter().map(|i| i.handle.0);
        used.struct_variant_handles.extend(variants);
        for definition in &tables.function_defs {
            if let Some(code) = &definition.code {
                used.code(code);
            }
        }
        used
    }

    fn access(&mut self, access: &AccessSpecifier) {
        match access.resource {
            ResourceSpecifier::DeclaredAtAddress(address) => {
                self.addresses.insert(address.0);
            }
            ResourceSpecifier::ResourceInstantiation(_, types) => {
                self.signatures.insert(types.0);
            }
            _ => {}
        }
        match access.address {
            AddressSpecifier::Literal(address) => {
                self.addresses.insert(address.0);
            }
            AddressSpecifier::Parameter(_, Some(function)) => {
                self.function_insts.insert(function.0);
            }
            _ => {}
        }
    }

    pub(super) fn signature(&mut self, index: SignatureIndex) {
        self.signatures.insert(index.0);
    }

    /// Adds what a body refers to.
    pub(super) fn code(&mut self, unit: &CodeUnit) {
        use Bytecode as B;
        self.signature(unit.locals);
        for instruction in &unit.code {
            match instruction {
                B::LdConst(index) => self.constants.insert(index.0),
                B::CallGeneric(index) | B::PackClosureGeneric(index, _) => {
                    self.function_insts.insert(index.0)
                }
                B::PackGeneric(index)
                | B::UnpackGeneric(index)
                | B::ExistsGeneric(index)
                | B::MutBorrowGlobalGeneric(index)
                | B::ImmBorrowGlobalGeneric(index)
                | B::MoveFromGeneric(index)
                | B::MoveToGeneric(index) => self.struct_insts.insert(index.0),
                B::MutBorrowField(index) | B::ImmBorrowField(index) => {
                    self.field_handles.insert(index.0)
                }
                B::MutBorrowFieldGeneric(index) | B::ImmBorrowFieldGeneric(index) => {
                    self.field_insts.insert(index.0)
                }
                B::MutBorrowVariantField(index) | B::ImmBorrowVariantField(index) => {
                    self.variant_field_handles.insert(index.0)
                }
                B::MutBorrowVariantFieldGeneric(index) | B::ImmBorrowVariantFieldGeneric(index) => {
                    self.variant_field_insts.insert(index.0)
                }
                B::PackVariant(index) | B::UnpackVariant(index) | B::TestVariant(index) => {
                    self.struct_variant_handles.insert(index.0)
                }
                B::PackVariantGeneric(index)
                | B::UnpackVariantGeneric(index)
                | B::TestVariantGeneric(index) => self.struct_variant_insts.insert(index.0),
                B::VecPack(types, _)
                | B::VecUnpack(types, _)
                | B::VecLen(types)
                | B::VecImmBorrow(types)
                | B::VecMutBorrow(types)
                | B::VecPushBack(types)
                | B::VecPopBack(types)
                | B::VecSwap(types)
                | B::CallClosure(types) => self.signatures.insert(types.0),
                _ => false,
            };
        }
    }

    pub(super) fn other_identifiers(&self, tables: &Tables) -> Vec<IdentifierIndex> {
        let others = others(&tables.identifiers, &self.identifiers);
        others.into_iter().map(IdentifierIndex).collect()
    }

    pub(super) fn other_addresses(&self, tables: &Tables) -> Vec<AddressIndex> {
        let others = others(&tables.addresses, &self.addresses);
        others.into_iter().map(AddressIndex).collect()
    }

    pub(super) fn other_signatures(&self, tables: &Tables) -> Vec<SignatureIndex> {
        let others = others(&tables.signatures, &self.signatures);
        others.into_iter().map(SignatureIndex).collect()
    }

    /// Instructions that refer to the entries of the remaining tables.
    pub(super) fn other_operands(&self, tables: &Tables) -> Vec<Bytecode> {
        use Bytecode as B;
        let mut found = Vec::new();
        macro_rules! add {
            ($table:ident, $make:expr) => {
                found.extend(others(&tables.$table, &self.$table).into_iter().map($make));
            };
        }
        add!(constants, |i| B::LdConst(ConstantIndex(i)));
        add!(function_insts, |i| B::CallGeneric(FunctionInstIndex(i)));
        add!(struct_insts, |i| B::PackGeneric(StructInstIndex(i)));
        add!(field_handles, |i| B::ImmBorrowField(FieldHandleIndex(i)));
        add!(field_insts, |i| B::ImmBorrowFieldGeneric(FieldInstIndex(i)));
        add!(variant_field_handles, |i| B::ImmBorrowVariantField(
            VariantFieldHandleIndex(i)
        ));
        add!(variant_field_insts, |i| B::ImmBorrowVariantFieldGeneric(
            VariantFieldInstIndex(i)
        ));
        add!(struct_variant_handles, |i| B::TestVariant(
            StructVariantHandleIndex(i)
        ));
        add!(struct_variant_insts, |i| B::TestVariantGeneric(
            StructVariantInstIndex(i)
        ));
        found
    }
}
