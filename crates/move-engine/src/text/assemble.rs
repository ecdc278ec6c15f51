//! Makes a module or script of a text.

use alloc::{collections::BTreeMap, vec::Vec};

use super::{
    declare::Builder,
    error::{Position, TextError},
    parser::parse,
    pool::index,
    syntax::{
        Access, Body, Constant, Extra, Field, Fields, Function, Instruction, Name, Place, Resource,
        Source, Struct, TypeArguments,
    },
};
use crate::format::{
    self, AccessSpecifier, AddressSpecifier, CodeUnit, CompiledModule, CompiledScript,
    ConstantIndex, FieldDefinition, FunctionDefinition, FunctionHandleIndex, FunctionInstIndex,
    Metadata, ResourceSpecifier, StructDefIndex, StructDefinition, StructFields, StructHandleIndex,
    Tables, VariantDefinition,
};

/// What a text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unit {
    /// It starts with `module`.
    Module(CompiledModule),
    /// It starts with `script`.
    Script(CompiledScript),
}

/// Makes a module or script of a text. What it says is not verified: types may be wrong, and
/// operands given as numbers may point to nothing.
///
/// # Errors
/// The first place where the syntax is wrong, a name is unknown or a number does not fit.
pub fn assemble(source: &str) -> Result<Unit, TextError> {
    let source = parse(source)?;
    Assembler::new(&source).unit(&source)
}

/// As [`assemble`], of a text that must be a module.
///
/// # Errors
/// As [`assemble`], and if the text is a script.
pub fn assemble_module(source: &str) -> Result<CompiledModule, TextError> {
    match assemble(source)? {
        Unit::Module(module) => Ok(module),
        Unit::Script(_) => Err(START.expected("a module", "a script")),
    }
}

/// As [`assemble`], of a text that must be a script.
///
/// # Errors
/// As [`assemble`], and if the text is a module.
pub fn assemble_script(source: &str) -> Result<CompiledScript, TextError> {
    match assemble(source)? {
        Unit::Script(script) => Ok(script),
        Unit::Module(_) => Err(START.expected("a script", "a module")),
    }
}

const START: Position = Position { line: 1, column: 1 };

/// The first field or variant of each name.
pub(super) type Numbers<'a> = BTreeMap<&'a str, usize>;

/// The names within a struct definition.
pub(super) struct StructNames<'a> {
    pub(super) fields: Numbers<'a>,
    pub(super) variants: Numbers<'a>,
    pub(super) variant_fields: Vec<Numbers<'a>>,
}

fn numbers<'a>(names: impl Iterator<Item = &'a Name>) -> Numbers<'a> {
    let mut numbers = Numbers::new();
    for (number, name) in names.enumerate() {
        numbers.entry(&name.text).or_insert(number);
    }
    numbers
}

impl<'a> StructNames<'a> {
    fn of(definition: &'a Struct) -> Self {
        let (fields, variants): (&[Field], &[(Name, Vec<Field>)]) = match &definition.fields {
            Fields::Native => (&[], &[]),
            Fields::Declared(fields) => (fields, &[]),
            Fields::Variants(variants) => (&[], variants),
        };
        let of_fields = |fields: &'a [Field]| numbers(fields.iter().map(|f| &f.name));
        Self {
            fields: of_fields(fields),
            variants: numbers(variants.iter().map(|(name, _)| name)),
            variant_fields: variants.iter().map(|(_, f)| of_fields(f)).collect(),
        }
    }
}

/// Resolves the names of one text.
pub(super) struct Assembler<'a> {
    pub(super) builder: Builder,
    pub(super) structs: Vec<StructNames<'a>>,
    pub(super) constants: BTreeMap<&'a str, ConstantIndex>,
}

impl<'a> Assembler<'a> {
    fn new(source: &'a Source) -> Self {
        Self {
            builder: Builder::new(source.module.clone()),
            structs: source.structs.iter().map(StructNames::of).collect(),
            constants: BTreeMap::new(),
        }
    }

    /// Declares everything before it looks into definitions, so that their order does not matter.
    fn unit(mut self, source: &'a Source) -> Result<Unit, TextError> {
        let self_handle = match &source.module {
            Some(module) => self.builder.module(module, source.start)?,
            None => format::ModuleHandleIndex::default(),
        };
        let struct_handles = self.declare_structs(source)?;
        let function_handles = self.declare_functions(source)?;
        let mut tables = Tables {
            version: source.version,
            ..Tables::default()
        };
        for (module, at) in &source.friends {
            let friend = self.builder.module_handle(module, *at)?;
            tables.friends.push(friend);
        }
        for (key, value) in &source.metadata {
            tables.metadata.push(Metadata {
                key: key.clone(),
                value: value.clone(),
            });
        }
        for (name, constant) in &source.constants {
            let index = self.constant(constant).map(ConstantIndex)?;
            if self.constants.insert(&name.text, index).is_some() {
                return Err(name.at.twice("constant", name.text.as_str()));
            }
        }
        for (definition, handle) in source.structs.iter().zip(struct_handles) {
            let fields = self.fields(&definition.fields)?;
            tables.struct_defs.push(StructDefinition { handle, fields });
        }
        if source.module.is_none() {
            let function = source.functions.first();
            return self.script(source, function, tables);
        }
        for (function, handle) in source.functions.iter().zip(function_handles) {
            let definition = self.function(function, handle)?;
            tables.function_defs.push(definition);
        }
        self.extras(&source.extras)?;
        self.finish(&mut tables);
        Ok(Unit::Module(CompiledModule {
            tables,
            self_handle,
        }))
    }

    fn script(
        mut self,
        source: &Source,
        function: Option<&Function>,
        mut tables: Tables,
    ) -> Result<Unit, TextError> {
        let Some((function, body)) = function.and_then(|f| Some((f, f.body.as_ref()?))) else {
            return Err(source.start.expected("a function", "none"));
        };
        let at = function.head.path.name.at;
        let parameters = self.builder.signature(&function.head.parameters, at)?;
        let code = self.body(body, at)?;
        self.extras(&source.extras)?;
        self.finish(&mut tables);
        Ok(Unit::Script(CompiledScript {
            tables,
            type_parameters: function.head.type_parameters.clone(),
            parameters,
            code,
        }))
    }

    fn declare_structs(&mut self, source: &Source) -> Result<Vec<StructHandleIndex>, TextError> {
        for used in &source.uses {
            self.builder.module(&used.module, used.at)?;
            for head in &used.structs {
                self.builder.declare_struct(head, None)?;
            }
        }
        let mut handles = Vec::new();
        for (number, definition) in source.structs.iter().enumerate() {
            let at = definition.head.path.name.at;
            let number = index(number, "struct definitions", at).map(StructDefIndex)?;
            let handle = self
                .builder
                .declare_struct(&definition.head, Some(number))?;
            handles.push(handle);
        }
        Ok(handles)
    }

    fn declare_functions(
        &mut self,
        source: &Source,
    ) -> Result<Vec<FunctionHandleIndex>, TextError> {
        let mut handles = Vec::new();
        let used = source.uses.iter().flat_map(|used| &used.functions);
        // The function of a script has no handle.
        let defined = match source.module {
            Some(_) => source.functions.as_slice(),
            None => &[],
        };
        let defined = defined.iter().map(|function| &function.head);
        let heads: Vec<_> = used.chain(defined).collect();
        for head in &heads {
            handles.push(self.builder.declare_function(head)?);
        }
        for (head, handle) in heads.iter().zip(&handles) {
            let Some(access) = &head.access else {
                continue;
            };
            let specifiers = access
                .iter()
                .map(|access| self.access(access))
                .collect::<Result<_, _>>()?;
            if let Some(entry) = self.builder.function_handles.get_mut(usize::from(handle.0)) {
                entry.access_specifiers = Some(specifiers);
            }
        }
        let used = source.uses.iter().map(|used| used.functions.len()).sum();
        Ok(handles.into_iter().skip(used).collect())
    }

    fn access(&mut self, access: &Access) -> Result<AccessSpecifier, TextError> {
        let resource = match &access.resource {
            Resource::Any => ResourceSpecifier::Any,
            Resource::AtAddress(address) => {
                ResourceSpecifier::DeclaredAtAddress(self.builder.address(*address, access.at)?)
            }
            Resource::InModule(module) => {
                ResourceSpecifier::DeclaredInModule(self.builder.module(module, access.at)?)
            }
            Resource::Struct(path, None) => {
                ResourceSpecifier::Resource(self.builder.struct_handle(path)?)
            }
            Resource::Struct(path, Some(arguments)) => ResourceSpecifier::ResourceInstantiation(
                self.builder.struct_handle(path)?,
                self.builder.signature(arguments, access.at)?,
            ),
        };
        let address = match &access.address {
            Place::Any => AddressSpecifier::Any,
            Place::Literal(address) => {
                AddressSpecifier::Literal(self.builder.address(*address, access.at)?)
            }
            Place::Parameter(number) => AddressSpecifier::Parameter(*number, None),
            Place::Computed(path, arguments, number) => {
                let none: TypeArguments = Some(Vec::new());
                let arguments = arguments.as_ref().or(none.as_ref());
                let types = arguments.map(Vec::as_slice).unwrap_or_default();
                let function = self.builder.function_inst(path, types)?;
                AddressSpecifier::Parameter(*number, Some(FunctionInstIndex(function)))
            }
        };
        Ok(AccessSpecifier {
            kind: access.kind,
            negated: access.negated,
            resource,
            address,
        })
    }

    pub(super) fn constant(&mut self, constant: &Constant) -> Result<u16, TextError> {
        let entry = format::Constant {
            token: self.builder.token(&constant.ty)?,
            data: constant.data.clone(),
        };
        self.builder.constants.intern(entry, constant.at)
    }

    fn fields(&mut self, fields: &Fields) -> Result<StructFields, TextError> {
        Ok(match fields {
            Fields::Native => StructFields::Native,
            Fields::Declared(fields) => StructFields::Declared(self.field_list(fields)?),
            Fields::Variants(variants) => StructFields::Variants(
                variants
                    .iter()
                    .map(|(name, fields)| self.variant(name, fields))
                    .collect::<Result<_, _>>()?,
            ),
        })
    }

    fn variant(&mut self, name: &Name, fields: &[Field]) -> Result<VariantDefinition, TextError> {
        Ok(VariantDefinition {
            name: self.builder.identifier(&name.text, name.at)?,
            fields: self.field_list(fields)?,
        })
    }

    fn field_list(&mut self, fields: &[Field]) -> Result<Vec<FieldDefinition>, TextError> {
        let mut list = Vec::new();
        for field in fields {
            list.push(FieldDefinition {
                name: self.builder.identifier(&field.name.text, field.name.at)?,
                token: self.builder.token(&field.ty)?,
            });
        }
        Ok(list)
    }

    fn function(
        &mut self,
        function: &Function,
        handle: FunctionHandleIndex,
    ) -> Result<FunctionDefinition, TextError> {
        let acquires = function
            .acquires
            .iter()
            .map(|of| self.builder.definition(of))
            .collect::<Result<_, _>>()?;
        let at = function.head.path.name.at;
        let code = match &function.body {
            Some(body) => Some(self.body(body, at)?),
            None => None,
        };
        Ok(FunctionDefinition {
            handle,
            visibility: function.visibility,
            is_entry: function.is_entry,
            acquires,
            code,
        })
    }

    fn body(&mut self, body: &Body, at: Position) -> Result<CodeUnit, TextError> {
        let locals = self.builder.signature(&body.locals, at)?;
        let code = body
            .code
            .iter()
            .map(|instruction: &Instruction| self.instruction(instruction))
            .collect::<Result<_, _>>()?;
        Ok(CodeUnit { locals, code })
    }

    /// Table entries that nothing refers to.
    fn extras(&mut self, extras: &[Extra]) -> Result<(), TextError> {
        for extra in extras {
            match extra {
                Extra::Identifier(name) => {
                    self.builder.identifier(&name.text, name.at)?;
                }
                Extra::Address(address, at) => {
                    self.builder.address(*address, *at)?;
                }
                Extra::Signature(types, at) => {
                    self.builder.signature(types, *at)?;
                }
                Extra::Operand(instruction) => {
                    self.instruction(instruction)?;
                }
            }
        }
        Ok(())
    }

    fn finish(self, tables: &mut Tables) {
        let from = self.builder;
        tables.struct_handles = from.struct_handles;
        tables.function_handles = from.function_handles;
        tables.module_handles = from.module_handles.entries;
        tables.function_insts = from.function_insts.entries;
        tables.signatures = from.signatures.entries;
        tables.constants = from.constants.entries;
        tables.identifiers = from.identifiers.entries;
        tables.addresses = from.addresses.entries;
        tables.struct_insts = from.struct_insts.entries;
        tables.field_handles = from.field_handles.entries;
        tables.field_insts = from.field_insts.entries;
        tables.variant_field_handles = from.variant_field_handles.entries;
        tables.variant_field_insts = from.variant_field_insts.entries;
        tables.struct_variant_handles = from.struct_variant_handles.entries;
        tables.struct_variant_insts = from.struct_variant_insts.entries;
    }
}
