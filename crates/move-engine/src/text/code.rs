//! Makes instructions of what a body says.

use alloc::vec::Vec;

use super::{
    assemble::Assembler,
    error::TextError,
    pool::index,
    shape::{Shape, load_integer},
    syntax::{ConstantName, Instruction, Member, Name, Operand, Selector, TypeArguments},
};
use crate::format::{
    Bytecode, ClosureMask, ConstantIndex, FieldHandle, FieldHandleIndex, FieldInstIndex,
    FieldInstantiation, FunctionHandleIndex, FunctionInstIndex, SignatureIndex, StructDefIndex,
    StructInstIndex, StructInstantiation, StructVariantHandle, StructVariantHandleIndex,
    StructVariantInstIndex, StructVariantInstantiation, VariantFieldHandle,
    VariantFieldHandleIndex, VariantFieldInstIndex, VariantFieldInstantiation,
};

/// An entry of a table, or of the table of the same things with type arguments.
enum Entry {
    Bare(u16),
    Instance(u16),
}

impl Entry {
    fn make<A, B>(
        self,
        bare: impl FnOnce(A) -> Bytecode,
        instance: impl FnOnce(B) -> Bytecode,
        to_bare: impl FnOnce(u16) -> A,
        to_instance: impl FnOnce(u16) -> B,
    ) -> Bytecode {
        match self {
            Self::Bare(index) => bare(to_bare(index)),
            Self::Instance(index) => instance(to_instance(index)),
        }
    }
}

impl Assembler<'_> {
    pub(super) fn instruction(&mut self, of: &Instruction) -> Result<Bytecode, TextError> {
        Ok(match &of.shape {
            Shape::Plain(bytecode) => bytecode.clone(),
            Shape::Integer(token) => match of.operand {
                Operand::Integer(value) => load_integer(token, value),
                _ => return Err(of.at.expected("an integer", "another operand")),
            },
            Shape::Local(make) => match of.operand {
                Operand::Local(local) => make(local),
                _ => return Err(of.at.expected("a local", "another operand")),
            },
            Shape::Branch(make) => match of.operand {
                Operand::Target(target) => make(target),
                _ => return Err(of.at.expected("a label", "another operand")),
            },
            Shape::Constant => Bytecode::LdConst(ConstantIndex(self.constant_operand(of)?)),
            Shape::Types(make) => make(self.types_operand(of)?),
            Shape::TypesAndCount(make) => make(self.types_operand(of)?, of.number),
            Shape::Struct(bare, instance) => {
                self.struct_entry(of)?
                    .make(bare, instance, StructDefIndex, StructInstIndex)
            }
            Shape::Field(bare, instance) => {
                self.field_entry(of)?
                    .make(bare, instance, FieldHandleIndex, FieldInstIndex)
            }
            Shape::Variant(bare, instance) => self.variant_entry(of)?.make(
                bare,
                instance,
                StructVariantHandleIndex,
                StructVariantInstIndex,
            ),
            Shape::VariantField(bare, instance) => self.variant_field_entry(of)?.make(
                bare,
                instance,
                VariantFieldHandleIndex,
                VariantFieldInstIndex,
            ),
            Shape::Function(bare, instance) => self.function_entry(of)?.make(
                bare,
                instance,
                FunctionHandleIndex,
                FunctionInstIndex,
            ),
            Shape::Closure(bare, instance) => {
                let mask = ClosureMask(of.number);
                self.function_entry(of)?.make(
                    |f| bare(f, mask),
                    |f| instance(f, mask),
                    FunctionHandleIndex,
                    FunctionInstIndex,
                )
            }
        })
    }

    /// An operand that is a number, or the error that it is none.
    fn raw(of: &Instruction) -> Result<Entry, TextError> {
        match of.operand {
            Operand::Index(index) if of.generic => Ok(Entry::Instance(index)),
            Operand::Index(index) => Ok(Entry::Bare(index)),
            _ => Err(of.at.expected("a name", "another operand")),
        }
    }

    /// Whoever writes an instruction's generic name must write type arguments.
    fn check_arguments(of: &Instruction, arguments: &TypeArguments) -> Result<(), TextError> {
        if of.generic && arguments.is_none() {
            return Err(of.at.expected("type arguments", "none"));
        }
        Ok(())
    }

    fn constant_operand(&mut self, of: &Instruction) -> Result<u16, TextError> {
        match &of.operand {
            Operand::Constant(ConstantName::Declared(name)) => self
                .constants
                .get(name.text.as_str())
                .map(|index| index.0)
                .ok_or_else(|| name.at.unknown("constant", &name.text)),
            Operand::Constant(ConstantName::Literal(literal)) => self.constant(literal),
            Operand::Index(index) => Ok(*index),
            _ => Err(of.at.expected("a constant", "another operand")),
        }
    }

    fn types_operand(&mut self, of: &Instruction) -> Result<SignatureIndex, TextError> {
        match &of.operand {
            Operand::Types(types) => self.builder.signature(types, of.at),
            Operand::Index(index) => Ok(SignatureIndex(*index)),
            _ => Err(of.at.expected("types", "another operand")),
        }
    }

    fn function_entry(&mut self, of: &Instruction) -> Result<Entry, TextError> {
        let Operand::Function(path, arguments) = &of.operand else {
            return Self::raw(of);
        };
        Self::check_arguments(of, arguments)?;
        match arguments {
            None => self.builder.function(path).map(|f| Entry::Bare(f.0)),
            Some(arguments) => self
                .builder
                .function_inst(path, arguments)
                .map(Entry::Instance),
        }
    }

    fn struct_entry(&mut self, of: &Instruction) -> Result<Entry, TextError> {
        let Operand::Struct(selector, arguments) = &of.operand else {
            return Self::raw(of);
        };
        Self::check_arguments(of, arguments)?;
        let def = self.builder.definition(selector)?;
        let Some(arguments) = arguments else {
            return Ok(Entry::Bare(def.0));
        };
        let type_arguments = self.builder.signature(arguments, of.at)?;
        let entry = StructInstantiation {
            def,
            type_arguments,
        };
        let instance = self.builder.struct_insts.intern(entry, of.at)?;
        Ok(Entry::Instance(instance))
    }

    fn field_entry(&mut self, of: &Instruction) -> Result<Entry, TextError> {
        let Operand::Member(member) = &of.operand else {
            return Self::raw(of);
        };
        Self::check_arguments(of, &member.arguments)?;
        let def = self.builder.definition(&member.of)?;
        let field = self.field_number(def, None, member)?;
        let entry = FieldHandle { def, field };
        let handle = self.builder.field_handles.intern(entry, of.at)?;
        let Some(arguments) = &member.arguments else {
            return Ok(Entry::Bare(handle));
        };
        let entry = FieldInstantiation {
            handle: FieldHandleIndex(handle),
            type_arguments: self.builder.signature(arguments, of.at)?,
        };
        let instance = self.builder.field_insts.intern(entry, of.at)?;
        Ok(Entry::Instance(instance))
    }

    fn variant_entry(&mut self, of: &Instruction) -> Result<Entry, TextError> {
        let Operand::Member(member) = &of.operand else {
            return Self::raw(of);
        };
        Self::check_arguments(of, &member.arguments)?;
        let def = self.builder.definition(&member.of)?;
        let variants = self.variant_numbers(def, member)?;
        let variant = variants.first().copied().unwrap_or_default();
        let entry = StructVariantHandle { def, variant };
        let handle = self.builder.struct_variant_handles.intern(entry, of.at)?;
        let Some(arguments) = &member.arguments else {
            return Ok(Entry::Bare(handle));
        };
        let entry = StructVariantInstantiation {
            handle: StructVariantHandleIndex(handle),
            type_arguments: self.builder.signature(arguments, of.at)?,
        };
        let instance = self.builder.struct_variant_insts.intern(entry, of.at)?;
        Ok(Entry::Instance(instance))
    }

    fn variant_field_entry(&mut self, of: &Instruction) -> Result<Entry, TextError> {
        let Operand::Member(member) = &of.operand else {
            return Self::raw(of);
        };
        Self::check_arguments(of, &member.arguments)?;
        let def = self.builder.definition(&member.of)?;
        let variants = self.variant_numbers(def, member)?;
        let field = self.field_number(def, variants.first().copied(), member)?;
        let entry = VariantFieldHandle {
            def,
            variants,
            field,
        };
        let handle = self.builder.variant_field_handles.intern(entry, of.at)?;
        let Some(arguments) = &member.arguments else {
            return Ok(Entry::Bare(handle));
        };
        let entry = VariantFieldInstantiation {
            handle: VariantFieldHandleIndex(handle),
            type_arguments: self.builder.signature(arguments, of.at)?,
        };
        let instance = self.builder.variant_field_insts.intern(entry, of.at)?;
        Ok(Entry::Instance(instance))
    }

    fn variant_numbers(&self, def: StructDefIndex, member: &Member) -> Result<Vec<u16>, TextError> {
        let number = |variant: &Selector<Name>| {
            let name = match variant {
                Selector::Index(index) => return Ok(*index),
                Selector::Name(name) => name,
            };
            let definition = self.structs.get(def.index());
            let found = definition.and_then(|d| d.variants.get(name.text.as_str()));
            match found {
                Some(position) => index(*position, "variants", name.at),
                None => Err(name.at.unknown("variant", &name.text)),
            }
        };
        member.variants.iter().map(number).collect()
    }

    /// A field of a struct, or of a variant of an enum.
    fn field_number(
        &self,
        def: StructDefIndex,
        variant: Option<u16>,
        member: &Member,
    ) -> Result<u16, TextError> {
        let name = match &member.field {
            None => return Ok(0),
            Some(Selector::Index(index)) => return Ok(*index),
            Some(Selector::Name(name)) => name,
        };
        let definition = self.structs.get(def.index());
        let fields = definition.and_then(|definition| match variant {
            None => Some(&definition.fields),
            Some(variant) => definition.variant_fields.get(usize::from(variant)),
        });
        match fields.and_then(|fields| fields.get(name.text.as_str())) {
            Some(position) => index(*position, "fields", name.at),
            None => Err(name.at.unknown("field", &name.text)),
        }
    }
}
