//! The tables of a binary while code is generated: whatever is needed is entered once, in the order
//! of first use.

use std::{collections::HashMap, hash::Hash};

use lumio_move_engine::{
    Address, ModuleId as ModuleName,
    format::{
        AddressIndex, Constant, ConstantIndex, FieldHandle, FieldHandleIndex, FieldInstIndex,
        FieldInstantiation, FunctionAttribute, FunctionHandle, FunctionHandleIndex,
        FunctionInstIndex, FunctionInstantiation, FunctionToken, IdentifierIndex, ModuleHandle,
        ModuleHandleIndex, SignatureIndex, SignatureToken, StructDefIndex, StructHandle,
        StructHandleIndex, StructInstIndex, StructInstantiation, StructTypeParameter,
        StructVariantHandle, StructVariantHandleIndex, StructVariantInstIndex,
        StructVariantInstantiation, Tables, VariantFieldHandle, VariantFieldHandleIndex,
        VariantFieldInstIndex, VariantFieldInstantiation,
    },
};

use crate::{
    declare::has_attribute,
    program::{FunctionId, Program, StructId, UnitId, Visibility},
    types::{Integer, Type},
};

/// Something that the format has no room for.
#[derive(Clone, Debug)]
pub(super) struct Full(pub(super) &'static str);

type Result<T> = std::result::Result<T, Full>;

/// Tables, with where everything is.
pub(super) struct Pools<'a> {
    program: &'a Program,
    version: u32,
    /// Whether a later version may be written if something needs it.
    may_raise: bool,
    pub(super) tables: Tables,
    identifiers: HashMap<String, u16>,
    addresses: HashMap<Address, u16>,
    modules: HashMap<ModuleHandle, u16>,
    structs: HashMap<StructId, u16>,
    functions: HashMap<FunctionId, u16>,
    signatures: HashMap<Vec<SignatureToken>, u16>,
    constants: HashMap<Constant, u16>,
    function_insts: HashMap<FunctionInstantiation, u16>,
    struct_insts: HashMap<StructInstantiation, u16>,
    fields: HashMap<FieldHandle, u16>,
    field_insts: HashMap<FieldInstantiation, u16>,
    variant_fields: HashMap<VariantFieldHandle, u16>,
    variant_field_insts: HashMap<VariantFieldInstantiation, u16>,
    variants: HashMap<StructVariantHandle, u16>,
    variant_insts: HashMap<StructVariantInstantiation, u16>,
    /// Numbers of the unit's own structs.
    pub(super) definitions: HashMap<StructId, StructDefIndex>,
}

fn enter<T: Clone + Eq + Hash>(
    table: &mut Vec<T>,
    known: &mut HashMap<T, u16>,
    entry: T,
    what: &'static str,
) -> Result<u16> {
    if let Some(number) = known.get(&entry) {
        return Ok(*number);
    }
    let number = next(table.len(), what)?;
    table.push(entry.clone());
    known.insert(entry, number);
    Ok(number)
}

fn next(length: usize, what: &'static str) -> Result<u16> {
    u16::try_from(length)
        .ok()
        .filter(|n| *n < u16::MAX)
        .ok_or(Full(what))
}

impl<'a> Pools<'a> {
    pub(super) fn new(program: &'a Program, version: u32, may_raise: bool) -> Self {
        Self {
            program,
            version,
            may_raise,
            tables: Tables {
                version,
                ..Tables::default()
            },
            identifiers: HashMap::new(),
            addresses: HashMap::new(),
            modules: HashMap::new(),
            structs: HashMap::new(),
            functions: HashMap::new(),
            signatures: HashMap::new(),
            constants: HashMap::new(),
            function_insts: HashMap::new(),
            struct_insts: HashMap::new(),
            fields: HashMap::new(),
            field_insts: HashMap::new(),
            variant_fields: HashMap::new(),
            variant_field_insts: HashMap::new(),
            variants: HashMap::new(),
            variant_insts: HashMap::new(),
            definitions: HashMap::new(),
        }
    }

    /// The version of the format that is written.
    pub(super) fn version(&self) -> u32 {
        self.version
    }

    /// Whether the version of the format that is written has what came with another one.
    pub(super) fn has(&mut self, version: u32) -> bool {
        if self.may_raise && self.version < version {
            self.version = version;
            self.tables.version = version;
        }
        self.version >= version
    }

    pub(super) fn identifier(&mut self, name: &str) -> Result<IdentifierIndex> {
        let (table, known) = (&mut self.tables.identifiers, &mut self.identifiers);
        enter(table, known, name.to_owned(), "names").map(IdentifierIndex)
    }

    /// A module's name. Without a handle it is no dependency.
    pub(super) fn module_name(&mut self, name: &ModuleName) -> Result<ModuleHandle> {
        let (table, known) = (&mut self.tables.addresses, &mut self.addresses);
        let address = AddressIndex(enter(table, known, name.address, "addresses")?);
        let name = self.identifier(&name.name)?;
        Ok(ModuleHandle { address, name })
    }

    pub(super) fn module(&mut self, name: &ModuleName) -> Result<ModuleHandleIndex> {
        let handle = self.module_name(name)?;
        let (table, known) = (&mut self.tables.module_handles, &mut self.modules);
        enter(table, known, handle, "modules").map(ModuleHandleIndex)
    }

    fn module_of(&mut self, unit: UnitId) -> Result<ModuleHandleIndex> {
        let program = self.program;
        match &program.unit(unit).name {
            Some(name) => self.module(name),
            None => Err(Full("members of a script")),
        }
    }

    pub(super) fn token(&mut self, ty: &Type) -> Result<SignatureToken> {
        Ok(match ty {
            Type::Bool => SignatureToken::Bool,
            Type::Integer(integer) if integer.is_signed() && !self.has(9) => {
                return Err(Full("signed integers, which need bytecode version 9"));
            }
            Type::Integer(integer) => match integer {
                Integer::U8 => SignatureToken::U8,
                Integer::U16 => SignatureToken::U16,
                Integer::U32 => SignatureToken::U32,
                Integer::U64 => SignatureToken::U64,
                Integer::U128 => SignatureToken::U128,
                Integer::U256 => SignatureToken::U256,
                Integer::I8 => SignatureToken::I8,
                Integer::I16 => SignatureToken::I16,
                Integer::I32 => SignatureToken::I32,
                Integer::I64 => SignatureToken::I64,
                Integer::I128 => SignatureToken::I128,
                Integer::I256 => SignatureToken::I256,
            },
            Type::Address => SignatureToken::Address,
            Type::Signer => SignatureToken::Signer,
            Type::Vector(of) => SignatureToken::Vector(Box::new(self.token(of)?)),
            Type::Struct(id, arguments) => {
                let handle = self.structure(*id)?;
                match arguments.is_empty() {
                    true => SignatureToken::Struct(handle),
                    false => SignatureToken::StructInstantiation(handle, self.tokens(arguments)?),
                }
            }
            Type::Parameter(n) => SignatureToken::TypeParameter(*n),
            Type::Reference { mutable, to } => {
                let to = Box::new(self.token(to)?);
                match mutable {
                    true => SignatureToken::MutableReference(to),
                    false => SignatureToken::Reference(to),
                }
            }
            Type::Function(function) => {
                if !self.has(8) {
                    return Err(Full("function values, which need bytecode version 8"));
                }
                SignatureToken::Function(Box::new(FunctionToken {
                    parameters: self.tokens(&function.parameters)?,
                    results: self.tokens(&function.returns.values())?,
                    abilities: function.abilities,
                }))
            }
            // Where code cannot be reached, any type will do.
            Type::Tuple(_) | Type::Var(_) | Type::Never | Type::Error => SignatureToken::Bool,
        })
    }

    pub(super) fn tokens(&mut self, types: &[Type]) -> Result<Vec<SignatureToken>> {
        types.iter().map(|ty| self.token(ty)).collect()
    }

    pub(super) fn signature(&mut self, types: &[Type]) -> Result<SignatureIndex> {
        let tokens = self.tokens(types)?;
        let (table, known) = (&mut self.tables.signatures, &mut self.signatures);
        enter(table, known, tokens, "signatures").map(SignatureIndex)
    }

    pub(super) fn structure(&mut self, id: StructId) -> Result<StructHandleIndex> {
        if let Some(known) = self.structs.get(&id) {
            return Ok(StructHandleIndex(*known));
        }
        let program = self.program;
        let structure = program.structure(id);
        let handle = StructHandle {
            module: self.module_of(structure.unit)?,
            name: self.identifier(&structure.name.name)?,
            abilities: structure.abilities,
            type_parameters: structure
                .type_parameters
                .iter()
                .map(|p| StructTypeParameter {
                    constraints: p.abilities,
                    phantom: p.is_phantom,
                })
                .collect(),
        };
        let number = next(self.tables.struct_handles.len(), "structs")?;
        self.tables.struct_handles.push(handle);
        self.structs.insert(id, number);
        Ok(StructHandleIndex(number))
    }

    pub(super) fn function(&mut self, id: FunctionId) -> Result<FunctionHandleIndex> {
        if let Some(known) = self.functions.get(&id) {
            return Ok(FunctionHandleIndex(*known));
        }
        let program = self.program;
        let function = program.function(id);
        let module = self.module_of(function.unit)?;
        let name = self.identifier(&function.name.name)?;
        let parameters: Vec<Type> = function
            .parameters
            .iter()
            .map(|(_, ty)| ty.clone())
            .collect();
        let mut attributes = Vec::new();
        if self.version >= 8 {
            // Values of public functions can be stored: no upgrade can take those away.
            if has_attribute(&function.attributes, "persistent")
                || function.visibility == Visibility::Public
            {
                attributes.push(FunctionAttribute::Persistent);
            }
            if has_attribute(&function.attributes, "module_lock") {
                attributes.push(FunctionAttribute::ModuleLock);
            }
        }
        let handle = FunctionHandle {
            module,
            name,
            parameters: self.signature(&parameters)?,
            returns: self.signature(&function.returns.values())?,
            type_parameters: function
                .type_parameters
                .iter()
                .map(|p| p.abilities)
                .collect(),
            access_specifiers: None,
            attributes,
        };
        let number = next(self.tables.function_handles.len(), "functions")?;
        self.tables.function_handles.push(handle);
        self.functions.insert(id, number);
        Ok(FunctionHandleIndex(number))
    }

    pub(super) fn function_inst(
        &mut self,
        id: FunctionId,
        arguments: &[Type],
    ) -> Result<FunctionInstIndex> {
        let inst = FunctionInstantiation {
            handle: self.function(id)?,
            type_arguments: self.signature(arguments)?,
        };
        let (table, known) = (&mut self.tables.function_insts, &mut self.function_insts);
        enter(table, known, inst, "generic calls").map(FunctionInstIndex)
    }

    /// The number of a struct's definition; only the unit's own have one.
    pub(super) fn definition(&mut self, id: StructId) -> Result<StructDefIndex> {
        let found = self.definitions.get(&id).copied();
        found.ok_or(Full("access to structs of other modules"))
    }

    pub(super) fn struct_inst(
        &mut self,
        id: StructId,
        arguments: &[Type],
    ) -> Result<StructInstIndex> {
        let inst = StructInstantiation {
            def: self.definition(id)?,
            type_arguments: self.signature(arguments)?,
        };
        let (table, known) = (&mut self.tables.struct_insts, &mut self.struct_insts);
        enter(table, known, inst, "generic structs").map(StructInstIndex)
    }

    pub(super) fn field(&mut self, id: StructId, field: u16) -> Result<FieldHandleIndex> {
        let def = self.definition(id)?;
        let handle = FieldHandle { def, field };
        let (table, known) = (&mut self.tables.field_handles, &mut self.fields);
        enter(table, known, handle, "fields").map(FieldHandleIndex)
    }

    pub(super) fn field_inst(
        &mut self,
        id: StructId,
        field: u16,
        arguments: &[Type],
    ) -> Result<FieldInstIndex> {
        let inst = FieldInstantiation {
            handle: self.field(id, field)?,
            type_arguments: self.signature(arguments)?,
        };
        let (table, known) = (&mut self.tables.field_insts, &mut self.field_insts);
        enter(table, known, inst, "generic fields").map(FieldInstIndex)
    }

    pub(super) fn variant_field(
        &mut self,
        id: StructId,
        variants: Vec<u16>,
        field: u16,
    ) -> Result<VariantFieldHandleIndex> {
        let handle = VariantFieldHandle {
            def: self.definition(id)?,
            variants,
            field,
        };
        let (table, known) = (
            &mut self.tables.variant_field_handles,
            &mut self.variant_fields,
        );
        enter(table, known, handle, "fields of variants").map(VariantFieldHandleIndex)
    }

    pub(super) fn variant_field_inst(
        &mut self,
        handle: VariantFieldHandleIndex,
        arguments: &[Type],
    ) -> Result<VariantFieldInstIndex> {
        let type_arguments = self.signature(arguments)?;
        let inst = VariantFieldInstantiation {
            handle,
            type_arguments,
        };
        let (table, known) = (
            &mut self.tables.variant_field_insts,
            &mut self.variant_field_insts,
        );
        enter(table, known, inst, "fields of generic variants").map(VariantFieldInstIndex)
    }

    pub(super) fn variant(
        &mut self,
        id: StructId,
        variant: u16,
    ) -> Result<StructVariantHandleIndex> {
        let def = self.definition(id)?;
        let handle = StructVariantHandle { def, variant };
        let (table, known) = (&mut self.tables.struct_variant_handles, &mut self.variants);
        enter(table, known, handle, "variants").map(StructVariantHandleIndex)
    }

    pub(super) fn variant_inst(
        &mut self,
        id: StructId,
        variant: u16,
        arguments: &[Type],
    ) -> Result<StructVariantInstIndex> {
        let inst = StructVariantInstantiation {
            handle: self.variant(id, variant)?,
            type_arguments: self.signature(arguments)?,
        };
        let (table, known) = (
            &mut self.tables.struct_variant_insts,
            &mut self.variant_insts,
        );
        enter(table, known, inst, "generic variants").map(StructVariantInstIndex)
    }

    pub(super) fn constant(&mut self, ty: &Type, data: Vec<u8>) -> Result<ConstantIndex> {
        let token = self.token(ty)?;
        let (table, known) = (&mut self.tables.constants, &mut self.constants);
        enter(table, known, Constant { token, data }, "constants").map(ConstantIndex)
    }
}
