//! Every index of a binary points to something. Whether what it points to fits is the verifier's
//! business.

mod code;

use alloc::vec::Vec;

use self::code::Scope;
use super::{
    AccessSpecifier, AddressSpecifier, CompiledModule, CompiledScript, FunctionDefIndex,
    FunctionHandle, ModuleHandle, ModuleHandleIndex, ResourceSpecifier, SignatureIndex,
    SignatureToken, StructDefIndex, StructDefinition, TableKind, Tables,
};
use crate::{StatusCode, VmError, VmResult};

/// Checks a module's indices. Errors: `INDEX_OUT_OF_BOUNDS`, `NUMBER_OF_TYPE_ARGUMENTS_MISMATCH`,
/// `TOO_MANY_LOCALS`, `NO_MODULE_HANDLES`, with the table and position that are wrong. Takes time in
/// proportion to the module's size.
pub fn check_bounds_module(module: &CompiledModule) -> VmResult<()> {
    let t = &module.tables;
    if t.module_handles.is_empty() {
        return Err(VmError::new(StatusCode::NoModuleHandles).at_index(TableKind::ModuleHandle, 0));
    }
    let checker = Checker::new(t);
    checker.tables(Some(module.self_handle))?;
    for (number, def) in t.function_defs.iter().enumerate() {
        let number = u16::try_from(number).unwrap_or(u16::MAX);
        let length = t.function_handles.len();
        within(TableKind::FunctionHandle, def.handle.0, length)?;
        for acquired in &def.acquires {
            checker.struct_def_exists(*acquired)?;
        }
        let handle = t.function_handles.get(def.handle.index());
        if let (Some(handle), Some(code)) = (handle, &def.code) {
            let type_parameters = handle.type_parameters.len();
            Scope::new(&checker, code, handle.parameters, type_parameters)?
                .check(&code.code, FunctionDefIndex(number))?;
        }
    }
    Ok(())
}

/// Checks a script's indices. See [`check_bounds_module`]. Errors: also `INVALID_OPERATION_IN_SCRIPT`
/// for instructions on structs that a binary defines, which a script cannot.
pub fn check_bounds_script(script: &CompiledScript) -> VmResult<()> {
    let checker = Checker::new(&script.tables);
    checker.tables(None)?;
    let type_parameters = script.type_parameters.len();
    checker.open_signature(script.parameters, type_parameters)?;
    Scope::new(&checker, &script.code, script.parameters, type_parameters)?
        .of_script()
        .check(&script.code.code, FunctionDefIndex(0))
}

fn within(kind: TableKind, index: u16, length: usize) -> VmResult<()> {
    if usize::from(index) < length {
        return Ok(());
    }
    let message = alloc::format!("{kind:?} {index} is beyond the {length} that there are");
    Err(VmError::new(StatusCode::IndexOutOfBounds)
        .at_index(kind, index)
        .with_message(message))
}

/// The type parameters that a type names are among the first `count`.
fn type_parameters_within(token: &SignatureToken, count: usize) -> VmResult<()> {
    for (inner, _) in token.preorder() {
        if let SignatureToken::TypeParameter(number) = inner {
            within(TableKind::TypeParameter, *number, count)?;
        }
    }
    Ok(())
}

struct Checker<'a> {
    t: &'a Tables,
    /// How many type parameters each signature needs. Many places share a signature, each with type
    /// parameters of its own: looking through its types for each of them would take time in
    /// proportion to the square of the binary's size.
    needed: Vec<usize>,
}

impl<'a> Checker<'a> {
    fn new(t: &'a Tables) -> Self {
        let needed = |tokens: &Vec<SignatureToken>| {
            let inner = tokens.iter().flat_map(SignatureToken::preorder);
            inner
                .filter_map(|(token, _)| match token {
                    SignatureToken::TypeParameter(number) => Some(usize::from(*number)),
                    _ => None,
                })
                .max()
                .map_or(0, |number| number.saturating_add(1))
        };
        Self {
            t,
            needed: t.signatures.iter().map(needed).collect(),
        }
    }

    fn tables(&self, self_handle: Option<ModuleHandleIndex>) -> VmResult<()> {
        let t = self.t;
        for token in t.signatures.iter().flatten() {
            self.structs_of(token)?;
        }
        for constant in &t.constants {
            self.structs_of(&constant.token)?;
        }
        for handle in &t.module_handles {
            self.module_handle(handle)?;
        }
        if let Some(index) = self_handle {
            within(TableKind::ModuleHandle, index.0, t.module_handles.len())?;
        }
        for handle in &t.struct_handles {
            let length = t.module_handles.len();
            within(TableKind::ModuleHandle, handle.module.0, length)?;
            within(TableKind::Identifier, handle.name.0, t.identifiers.len())?;
        }
        for handle in &t.function_handles {
            self.function_handle(handle)?;
        }
        for handle in &t.field_handles {
            self.field(handle.def, None, handle.field)?;
        }
        for handle in &t.friends {
            self.module_handle(handle)?;
        }
        self.instantiations()?;
        for def in &t.struct_defs {
            self.struct_def(def)?;
        }
        self.variants()
    }

    fn instantiations(&self) -> VmResult<()> {
        let t = self.t;
        for inst in &t.struct_insts {
            self.struct_def_exists(inst.def)?;
            self.signature(inst.type_arguments)?;
        }
        for inst in &t.function_insts {
            let length = t.function_handles.len();
            within(TableKind::FunctionHandle, inst.handle.0, length)?;
            self.signature(inst.type_arguments)?;
        }
        for inst in &t.field_insts {
            within(TableKind::FieldHandle, inst.handle.0, t.field_handles.len())?;
            self.signature(inst.type_arguments)?;
        }
        Ok(())
    }

    fn variants(&self) -> VmResult<()> {
        let t = self.t;
        for handle in &t.variant_field_handles {
            self.struct_def_exists(handle.def)?;
            for variant in &handle.variants {
                self.field(handle.def, Some(*variant), handle.field)?;
            }
        }
        for inst in &t.variant_field_insts {
            let length = t.variant_field_handles.len();
            within(TableKind::VariantFieldHandle, inst.handle.0, length)?;
            self.signature(inst.type_arguments)?;
        }
        for handle in &t.struct_variant_handles {
            self.struct_def_exists(handle.def)?;
            self.variant(handle.def, handle.variant)?;
        }
        for inst in &t.struct_variant_insts {
            let length = t.struct_variant_handles.len();
            within(TableKind::StructVariantHandle, inst.handle.0, length)?;
            self.signature(inst.type_arguments)?;
        }
        Ok(())
    }

    fn struct_def_exists(&self, def: StructDefIndex) -> VmResult<()> {
        within(TableKind::StructDefinition, def.0, self.t.struct_defs.len())
    }

    fn variant(&self, def: StructDefIndex, variant: u16) -> VmResult<()> {
        let def = self.t.struct_defs.get(def.index());
        let length = def.map_or(0, |d| d.fields.variants().len());
        within(TableKind::VariantDefinition, variant, length)
    }

    /// A field of a struct or of a variant of an enum exists.
    fn field(&self, def: StructDefIndex, variant: Option<u16>, field: u16) -> VmResult<()> {
        self.struct_def_exists(def)?;
        if let Some(variant) = variant {
            self.variant(def, variant)?;
        }
        let def = self.t.struct_defs.get(def.index());
        let fields = def.and_then(|d| d.fields.of(variant));
        within(
            TableKind::FieldDefinition,
            field,
            fields.map_or(0, <[_]>::len),
        )
    }

    fn signature(&self, index: SignatureIndex) -> VmResult<&'a [SignatureToken]> {
        within(TableKind::Signature, index.0, self.t.signatures.len())?;
        let tokens = self.t.signatures.get(index.index());
        tokens
            .map(Vec::as_slice)
            .ok_or_else(|| StatusCode::IndexOutOfBounds.into())
    }

    /// A signature where `count` type parameters can be named.
    fn open_signature(
        &self,
        index: SignatureIndex,
        count: usize,
    ) -> VmResult<&'a [SignatureToken]> {
        let tokens = self.signature(index)?;
        if self.needed.get(index.index()).is_none_or(|n| *n > count) {
            for token in tokens {
                type_parameters_within(token, count)?;
            }
        }
        Ok(tokens)
    }

    fn module_handle(&self, handle: &ModuleHandle) -> VmResult<()> {
        let t = self.t;
        within(
            TableKind::AddressIdentifier,
            handle.address.0,
            t.addresses.len(),
        )?;
        within(TableKind::Identifier, handle.name.0, t.identifiers.len())
    }

    fn function_handle(&self, handle: &FunctionHandle) -> VmResult<()> {
        let t = self.t;
        let length = t.module_handles.len();
        within(TableKind::ModuleHandle, handle.module.0, length)?;
        within(TableKind::Identifier, handle.name.0, t.identifiers.len())?;
        let count = handle.type_parameters.len();
        self.signature(handle.parameters)?;
        self.signature(handle.returns)?;
        let parameters = self.open_signature(handle.parameters, count)?.len();
        self.open_signature(handle.returns, count)?;
        for specifier in handle.access_specifiers.iter().flatten() {
            self.access_specifier(specifier, parameters, count)?;
        }
        Ok(())
    }

    fn access_specifier(
        &self,
        specifier: &AccessSpecifier,
        parameters: usize,
        count: usize,
    ) -> VmResult<()> {
        let t = self.t;
        match &specifier.resource {
            ResourceSpecifier::Any => {}
            ResourceSpecifier::DeclaredAtAddress(address) => {
                within(TableKind::AddressIdentifier, address.0, t.addresses.len())?;
            }
            ResourceSpecifier::DeclaredInModule(module) => {
                within(TableKind::ModuleHandle, module.0, t.module_handles.len())?;
            }
            ResourceSpecifier::Resource(handle) => {
                within(TableKind::StructHandle, handle.0, t.struct_handles.len())?;
            }
            ResourceSpecifier::ResourceInstantiation(handle, arguments) => {
                within(TableKind::StructHandle, handle.0, t.struct_handles.len())?;
                self.open_signature(*arguments, count)?;
            }
        }
        match &specifier.address {
            AddressSpecifier::Any => {}
            AddressSpecifier::Literal(address) => {
                within(TableKind::AddressIdentifier, address.0, t.addresses.len())?;
            }
            AddressSpecifier::Parameter(parameter, function) => {
                within(TableKind::Local, u16::from(*parameter), parameters)?;
                if let Some(function) = function {
                    let length = t.function_insts.len();
                    within(TableKind::FunctionInstantiation, function.0, length)?;
                }
            }
        }
        Ok(())
    }

    fn struct_def(&self, def: &StructDefinition) -> VmResult<()> {
        let t = self.t;
        within(
            TableKind::StructHandle,
            def.handle.0,
            t.struct_handles.len(),
        )?;
        let handle = t.struct_handles.get(def.handle.index());
        let count = handle.map_or(0, |h| h.type_parameters.len());
        for variant in def.fields.variants() {
            within(TableKind::Identifier, variant.name.0, t.identifiers.len())?;
        }
        for field in def.fields.all() {
            within(TableKind::Identifier, field.name.0, t.identifiers.len())?;
            self.structs_of(&field.token)?;
            type_parameters_within(&field.token, count)?;
        }
        Ok(())
    }

    /// Structs that a type names exist and have as many type parameters as it gives arguments.
    fn structs_of(&self, token: &SignatureToken) -> VmResult<()> {
        let handles = &self.t.struct_handles;
        for (inner, _) in token.preorder() {
            let (index, arguments) = match inner {
                SignatureToken::Struct(index) => (index, 0),
                SignatureToken::StructInstantiation(index, arguments) => (index, arguments.len()),
                _ => continue,
            };
            within(TableKind::StructHandle, index.0, handles.len())?;
            let declared = handles
                .get(index.index())
                .map_or(0, |h| h.type_parameters.len());
            if declared != arguments {
                let message = alloc::format!("{declared} type arguments belong here");
                return Err(VmError::new(StatusCode::NumberOfTypeArgumentsMismatch)
                    .at_index(TableKind::StructHandle, index.0)
                    .with_message(message));
            }
        }
        Ok(())
    }
}
