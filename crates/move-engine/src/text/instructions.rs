//! Writes instructions as text. An operand that points to nothing is written as its number.

use alloc::{collections::BTreeSet, format, string::String};

use super::{
    literal::{render, render_integer},
    names::Names,
};
use crate::format::{
    Bytecode, ClosureMask, CodeUnit, ConstantIndex, FieldHandleIndex, FieldInstIndex,
    FunctionHandleIndex, FunctionInstIndex, SignatureIndex, StructDefIndex, StructFields,
    StructInstIndex, StructVariantHandleIndex, StructVariantInstIndex, VariantFieldHandleIndex,
    VariantFieldInstIndex,
};

/// Writes the instructions of one function.
pub(super) struct InstructionWriter<'a> {
    pub(super) names: &'a Names<'a>,
    /// How many type parameters are in scope.
    pub(super) scope: usize,
    /// How many of the locals are parameters, and how many there are in all.
    pub(super) parameters: usize,
    pub(super) locals: usize,
    /// How many instructions there are.
    pub(super) length: usize,
}

impl InstructionWriter<'_> {
    /// A body in braces.
    pub(super) fn body(&self, unit: &CodeUnit) -> String {
        let mut text = String::from("{\n");
        let locals = self.names.tables.signatures.get(unit.locals.index());
        for (i, token) in locals.into_iter().flatten().enumerate() {
            text.push_str(if i == 0 { "    locals " } else { ", " });
            text.push_str(&format!("l{i}: {}", self.names.ty(token, self.scope)));
        }
        if locals.is_some_and(|locals| !locals.is_empty()) {
            text.push('\n');
        }
        let targets: BTreeSet<usize> = unit
            .code
            .iter()
            .filter_map(|instruction| instruction.branch_target().map(usize::from))
            .collect();
        for (position, instruction) in unit.code.iter().enumerate() {
            if targets.contains(&position) {
                text.push_str(&format!("  L{position}:\n"));
            }
            text.push_str(&format!("    {}\n", self.instruction(instruction)));
        }
        if targets.contains(&unit.code.len()) {
            text.push_str(&format!("  L{}:\n", unit.code.len()));
        }
        text.push_str("}\n");
        text
    }

    pub(super) fn instruction(&self, instruction: &Bytecode) -> String {
        use Bytecode as B;
        let operand = match instruction {
            B::BrTrue(to) | B::BrFalse(to) | B::Branch(to) => self.target(*to),
            B::LdU8(value) => format!("{value}"),
            B::LdU16(value) => format!("{value}"),
            B::LdU32(value) => format!("{value}"),
            B::LdU64(value) => format!("{value}"),
            B::LdU128(value) => format!("{value}"),
            B::LdU256(value) => format!("{value}"),
            B::LdI8(value) => format!("{value}"),
            B::LdI16(value) => format!("{value}"),
            B::LdI32(value) => format!("{value}"),
            B::LdI64(value) => format!("{value}"),
            B::LdI128(value) => format!("{value}"),
            B::LdI256(value) => {
                let bytes: [u8; 32] = value.to_le_bytes();
                render_integer(&bytes, true)
            }
            B::LdConst(index) => return self.constant(*index),
            B::CopyLoc(local)
            | B::MoveLoc(local)
            | B::StLoc(local)
            | B::MutBorrowLoc(local)
            | B::ImmBorrowLoc(local) => self.local(*local),
            B::MutBorrowField(index) | B::ImmBorrowField(index) => {
                or_index(self.field(*index), index.0)
            }
            B::MutBorrowFieldGeneric(index) | B::ImmBorrowFieldGeneric(index) => {
                return self.generic(instruction, self.field_inst(*index), index.0);
            }
            B::MutBorrowVariantField(index) | B::ImmBorrowVariantField(index) => {
                or_index(self.variant_field(*index), index.0)
            }
            B::MutBorrowVariantFieldGeneric(index) | B::ImmBorrowVariantFieldGeneric(index) => {
                return self.generic(instruction, self.variant_field_inst(*index), index.0);
            }
            B::Call(index) => or_index(self.function(*index), index.0),
            B::CallGeneric(index) => {
                return self.generic(instruction, self.function_inst(*index), index.0);
            }
            B::PackClosure(index, mask) => {
                let function = or_index(self.function(*index), index.0);
                format!("{function} {}", mask_text(*mask))
            }
            B::PackClosureGeneric(index, mask) => {
                let call = self.generic(instruction, self.function_inst(*index), index.0);
                return format!("{call} {}", mask_text(*mask));
            }
            B::Pack(index)
            | B::Unpack(index)
            | B::Exists(index)
            | B::MutBorrowGlobal(index)
            | B::ImmBorrowGlobal(index)
            | B::MoveFrom(index)
            | B::MoveTo(index) => self.names.definition(*index),
            B::PackGeneric(index)
            | B::UnpackGeneric(index)
            | B::ExistsGeneric(index)
            | B::MutBorrowGlobalGeneric(index)
            | B::ImmBorrowGlobalGeneric(index)
            | B::MoveFromGeneric(index)
            | B::MoveToGeneric(index) => {
                return self.generic(instruction, self.struct_inst(*index), index.0);
            }
            B::PackVariant(index) | B::UnpackVariant(index) | B::TestVariant(index) => {
                or_index(self.variant(*index), index.0)
            }
            B::PackVariantGeneric(index)
            | B::UnpackVariantGeneric(index)
            | B::TestVariantGeneric(index) => {
                return self.generic(instruction, self.variant_inst(*index), index.0);
            }
            B::VecPack(types, count) | B::VecUnpack(types, count) => {
                return format!("{}{} {count}", name(instruction), self.types(*types));
            }
            B::VecLen(types)
            | B::VecImmBorrow(types)
            | B::VecMutBorrow(types)
            | B::VecPushBack(types)
            | B::VecPopBack(types)
            | B::VecSwap(types)
            | B::CallClosure(types) => {
                return format!("{}{}", name(instruction), self.types(*types));
            }
            _ => return name(instruction).into(),
        };
        format!("{} {operand}", name(instruction))
    }

    /// With type arguments the plain name is enough; with a number the name must tell the table.
    fn generic(&self, instruction: &Bytecode, operand: Option<String>, index: u16) -> String {
        let name = name(instruction);
        match operand {
            Some(operand) => {
                let name = name.strip_suffix("_generic").unwrap_or(name);
                format!("{name} {operand}")
            }
            None => format!("{name} #{index}"),
        }
    }

    fn target(&self, to: u16) -> String {
        if usize::from(to) <= self.length {
            format!("L{to}")
        } else {
            format!("@{to}")
        }
    }

    fn local(&self, local: u8) -> String {
        let number = usize::from(local);
        match number.checked_sub(self.parameters) {
            None => format!("a{local}"),
            Some(number) if usize::from(local) < self.locals => format!("l{number}"),
            Some(_) => format!("#{local}"),
        }
    }

    fn constant(&self, index: ConstantIndex) -> String {
        let constant = self.names.tables.constants.get(index.index());
        constant.map_or_else(
            || format!("ld_const #{}", index.0),
            |constant| {
                let ty = self.names.ty(&constant.token, self.scope);
                let literal = render(&constant.token, &constant.data);
                format!("ld_const<{ty}> {literal}")
            },
        )
    }

    fn types(&self, index: SignatureIndex) -> String {
        self.arguments(index)
            .unwrap_or_else(|| format!(" #{}", index.0))
    }

    fn arguments(&self, index: SignatureIndex) -> Option<String> {
        let types = self.names.signature(index, self.scope)?;
        Some(format!("<{types}>"))
    }

    fn function(&self, index: FunctionHandleIndex) -> Option<String> {
        self.names.function(index)
    }

    fn function_inst(&self, index: FunctionInstIndex) -> Option<String> {
        let instance = self.names.tables.function_insts.get(index.index())?;
        let function = self.function(instance.handle)?;
        Some(function + &self.arguments(instance.type_arguments)?)
    }

    fn struct_inst(&self, index: StructInstIndex) -> Option<String> {
        let instance = self.names.tables.struct_insts.get(index.index())?;
        let definition = self.names.definition(instance.def);
        Some(definition + &self.arguments(instance.type_arguments)?)
    }

    fn field(&self, index: FieldHandleIndex) -> Option<String> {
        let handle = self.names.tables.field_handles.get(index.index())?;
        let definition = self.names.definition(handle.def);
        let field = self.field_name(handle.def, None, handle.field);
        Some(format!("{definition}::{field}"))
    }

    fn field_inst(&self, index: FieldInstIndex) -> Option<String> {
        let instance = self.names.tables.field_insts.get(index.index())?;
        let field = self.field(instance.handle)?;
        Some(field + &self.arguments(instance.type_arguments)?)
    }

    fn field_name(&self, def: StructDefIndex, variant: Option<u16>, field: u16) -> String {
        let definition = self.names.tables.struct_defs.get(def.index());
        let fields = definition.map_or(&StructFields::Native, |d| &d.fields);
        let fields = fields.of(variant).unwrap_or_default();
        self.names.field(fields, field)
    }

    fn variant(&self, index: StructVariantHandleIndex) -> Option<String> {
        let handle = self
            .names
            .tables
            .struct_variant_handles
            .get(index.index())?;
        let definition = self.names.definition(handle.def);
        let variant = self.names.variant(handle.def, handle.variant);
        Some(format!("{definition}::{variant}"))
    }

    fn variant_inst(&self, index: StructVariantInstIndex) -> Option<String> {
        let instance = self.names.tables.struct_variant_insts.get(index.index())?;
        let variant = self.variant(instance.handle)?;
        Some(variant + &self.arguments(instance.type_arguments)?)
    }

    fn variant_field(&self, index: VariantFieldHandleIndex) -> Option<String> {
        let handle = self.names.tables.variant_field_handles.get(index.index())?;
        let definition = self.names.definition(handle.def);
        let mut variants = String::new();
        for (i, variant) in handle.variants.iter().enumerate() {
            variants.push_str(if i > 0 { ", " } else { "" });
            variants.push_str(&self.names.variant(handle.def, *variant));
        }
        if handle.variants.len() != 1 {
            variants = format!("{{{variants}}}");
        }
        let first = handle.variants.first().copied();
        let field = self.field_name(handle.def, first, handle.field);
        Some(format!("{definition}::{variants}::{field}"))
    }

    fn variant_field_inst(&self, index: VariantFieldInstIndex) -> Option<String> {
        let instance = self.names.tables.variant_field_insts.get(index.index())?;
        let field = self.variant_field(instance.handle)?;
        Some(field + &self.arguments(instance.type_arguments)?)
    }
}

fn name(instruction: &Bytecode) -> &'static str {
    instruction.opcode().name()
}

fn or_index(operand: Option<String>, index: u16) -> String {
    operand.unwrap_or_else(|| format!("#{index}"))
}

fn mask_text(mask: ClosureMask) -> String {
    format!("mask=0b{:b}", mask.0)
}
