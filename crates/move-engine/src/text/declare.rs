//! The tables while they are filled: names to indices, types to signatures.

use alloc::{string::String, vec::Vec};

use hashbrown::HashMap;

use super::{
    error::{Position, TextError},
    pool::{Pool, index},
    syntax::{FunctionHead, Path, Selector, StructHead, Type, TypeArguments},
};
use crate::{
    Address, ModuleId,
    format::{
        AddressIndex, Constant, FieldHandle, FieldInstantiation, FunctionHandle,
        FunctionHandleIndex, FunctionInstantiation, FunctionToken, IdentifierIndex, ModuleHandle,
        ModuleHandleIndex, SignatureIndex, SignatureToken, StructDefIndex, StructHandle,
        StructHandleIndex, StructInstantiation, StructVariantHandle, StructVariantInstantiation,
        VariantFieldHandle, VariantFieldInstantiation,
    },
};

/// What a struct's label stands for.
struct StructEntry {
    head: StructHead,
    handle: StructHandleIndex,
    definition: Option<StructDefIndex>,
}

/// What a function's label stands for.
struct FunctionEntry {
    head: FunctionHead,
    handle: FunctionHandleIndex,
}

/// The tables of the unit that is being assembled.
pub(super) struct Builder {
    /// The module itself, where names without a module are looked up; `None` in a script.
    own: Option<ModuleId>,
    structs: HashMap<(ModuleId, String), StructEntry>,
    functions: HashMap<(ModuleId, String), FunctionEntry>,
    pub(super) struct_handles: Vec<StructHandle>,
    pub(super) function_handles: Vec<FunctionHandle>,
    pub(super) module_handles: Pool<ModuleHandle>,
    pub(super) function_insts: Pool<FunctionInstantiation>,
    pub(super) signatures: Pool<Vec<SignatureToken>>,
    pub(super) constants: Pool<Constant>,
    pub(super) identifiers: Pool<String>,
    pub(super) addresses: Pool<Address>,
    pub(super) struct_insts: Pool<StructInstantiation>,
    pub(super) field_handles: Pool<FieldHandle>,
    pub(super) field_insts: Pool<FieldInstantiation>,
    pub(super) variant_field_handles: Pool<VariantFieldHandle>,
    pub(super) variant_field_insts: Pool<VariantFieldInstantiation>,
    pub(super) struct_variant_handles: Pool<StructVariantHandle>,
    pub(super) struct_variant_insts: Pool<StructVariantInstantiation>,
}

impl Builder {
    pub(super) fn new(own: Option<ModuleId>) -> Self {
        Self {
            own,
            structs: HashMap::new(),
            functions: HashMap::new(),
            struct_handles: Vec::new(),
            function_handles: Vec::new(),
            module_handles: Pool::new("modules"),
            function_insts: Pool::new("generic calls"),
            signatures: Pool::new("signatures"),
            constants: Pool::new("constants"),
            identifiers: Pool::new("names"),
            addresses: Pool::new("addresses"),
            struct_insts: Pool::new("generic structs"),
            field_handles: Pool::new("fields"),
            field_insts: Pool::new("generic fields"),
            variant_field_handles: Pool::new("variant fields"),
            variant_field_insts: Pool::new("generic variant fields"),
            struct_variant_handles: Pool::new("variants"),
            struct_variant_insts: Pool::new("generic variants"),
        }
    }

    pub(super) fn identifier(
        &mut self,
        name: &str,
        at: Position,
    ) -> Result<IdentifierIndex, TextError> {
        self.identifiers
            .intern(name.into(), at)
            .map(IdentifierIndex)
    }

    pub(super) fn address(
        &mut self,
        address: Address,
        at: Position,
    ) -> Result<AddressIndex, TextError> {
        self.addresses.intern(address, at).map(AddressIndex)
    }

    pub(super) fn module_handle(
        &mut self,
        module: &ModuleId,
        at: Position,
    ) -> Result<ModuleHandle, TextError> {
        Ok(ModuleHandle {
            address: self.address(module.address, at)?,
            name: self.identifier(&module.name, at)?,
        })
    }

    pub(super) fn module(
        &mut self,
        module: &ModuleId,
        at: Position,
    ) -> Result<ModuleHandleIndex, TextError> {
        let handle = self.module_handle(module, at)?;
        self.module_handles
            .intern(handle, at)
            .map(ModuleHandleIndex)
    }

    /// The module that a path is about and the label in it.
    fn key(&self, path: &Path, what: &'static str) -> Result<(ModuleId, String), TextError> {
        let module = path.module.as_ref().or(self.own.as_ref());
        let module = module.ok_or_else(|| path.name.at.unknown(what, path))?;
        Ok((module.clone(), path.name.text.clone()))
    }

    /// Declares a struct, which is a definition if it has a number.
    pub(super) fn declare_struct(
        &mut self,
        head: &StructHead,
        definition: Option<StructDefIndex>,
    ) -> Result<StructHandleIndex, TextError> {
        let (module_id, name) = self.key(&head.path, "module of")?;
        let label = head.alias.as_ref().map_or(&head.path.name, |a| a);
        let key = (module_id, label.text.clone());
        if let Some(entry) = self.structs.get_mut(&key)
            && entry.head == *head
        {
            entry.definition = entry.definition.or(definition);
            return Ok(entry.handle);
        }
        let at = label.at;
        let handle = index(self.struct_handles.len(), "structs", at).map(StructHandleIndex)?;
        let module = self.module(&key.0, at)?;
        let name = self.identifier(&name, at)?;
        self.struct_handles.push(StructHandle {
            module,
            name,
            abilities: head.abilities,
            type_parameters: head.type_parameters.clone(),
        });
        self.structs.entry(key).or_insert_with(|| StructEntry {
            head: head.clone(),
            handle,
            definition,
        });
        Ok(handle)
    }

    /// Declares a function. Its access specifiers are resolved later, as they may name functions.
    pub(super) fn declare_function(
        &mut self,
        head: &FunctionHead,
    ) -> Result<FunctionHandleIndex, TextError> {
        let (module_id, name) = self.key(&head.path, "module of")?;
        let label = head.alias.as_ref().map_or(&head.path.name, |a| a);
        let key = (module_id, label.text.clone());
        if let Some(entry) = self.functions.get(&key)
            && entry.head == *head
        {
            return Ok(entry.handle);
        }
        let at = label.at;
        let handle =
            index(self.function_handles.len(), "functions", at).map(FunctionHandleIndex)?;
        let module = self.module(&key.0, at)?;
        let name = self.identifier(&name, at)?;
        let parameters = self.signature(&head.parameters, at)?;
        let returns = self.signature(&head.returns, at)?;
        self.function_handles.push(FunctionHandle {
            module,
            name,
            parameters,
            returns,
            type_parameters: head.type_parameters.clone(),
            access_specifiers: None,
            attributes: head.attributes.clone(),
        });
        self.functions.entry(key).or_insert_with(|| FunctionEntry {
            head: head.clone(),
            handle,
        });
        Ok(handle)
    }

    pub(super) fn struct_handle(&self, path: &Path) -> Result<StructHandleIndex, TextError> {
        self.structs
            .get(&self.key(path, "struct")?)
            .map(|entry| entry.handle)
            .ok_or_else(|| path.name.at.unknown("struct", path))
    }

    pub(super) fn definition(&self, of: &Selector<Path>) -> Result<StructDefIndex, TextError> {
        match of {
            Selector::Index(index) => Ok(StructDefIndex(*index)),
            Selector::Name(path) => self
                .structs
                .get(&self.key(path, "struct definition")?)
                .and_then(|entry| entry.definition)
                .ok_or_else(|| path.name.at.unknown("struct definition", path)),
        }
    }

    pub(super) fn function(&self, path: &Path) -> Result<FunctionHandleIndex, TextError> {
        self.functions
            .get(&self.key(path, "function")?)
            .map(|entry| entry.handle)
            .ok_or_else(|| path.name.at.unknown("function", path))
    }

    pub(super) fn function_inst(
        &mut self,
        path: &Path,
        arguments: &[Type],
    ) -> Result<u16, TextError> {
        let handle = self.function(path)?;
        let type_arguments = self.signature(arguments, path.name.at)?;
        let entry = FunctionInstantiation {
            handle,
            type_arguments,
        };
        self.function_insts.intern(entry, path.name.at)
    }

    pub(super) fn signature(
        &mut self,
        types: &[Type],
        at: Position,
    ) -> Result<SignatureIndex, TextError> {
        let tokens = self.tokens(types)?;
        self.signatures.intern(tokens, at).map(SignatureIndex)
    }

    fn tokens(&self, types: &[Type]) -> Result<Vec<SignatureToken>, TextError> {
        types.iter().map(|ty| self.token(ty)).collect()
    }

    /// The parser has bounded how deep a type nests.
    pub(super) fn token(&self, ty: &Type) -> Result<SignatureToken, TextError> {
        Ok(match ty {
            Type::Plain(token) => token.clone(),
            Type::Vector(element) => SignatureToken::Vector(self.token(element)?.into()),
            Type::Reference { mutable: true, to } => {
                SignatureToken::MutableReference(self.token(to)?.into())
            }
            Type::Reference { mutable: false, to } => {
                SignatureToken::Reference(self.token(to)?.into())
            }
            Type::Function {
                parameters,
                results,
                abilities,
            } => {
                let function = FunctionToken {
                    parameters: self.tokens(parameters)?,
                    results: self.tokens(results)?,
                    abilities: *abilities,
                };
                SignatureToken::Function(function.into())
            }
            Type::Struct(of, arguments) => self.struct_token(of, arguments)?,
        })
    }

    fn struct_token(
        &self,
        of: &Selector<Path>,
        arguments: &TypeArguments,
    ) -> Result<SignatureToken, TextError> {
        let handle = match of {
            Selector::Index(index) => StructHandleIndex(*index),
            Selector::Name(path) => self.struct_handle(path)?,
        };
        Ok(match arguments {
            None => SignatureToken::Struct(handle),
            Some(arguments) => SignatureToken::StructInstantiation(handle, self.tokens(arguments)?),
        })
    }
}
