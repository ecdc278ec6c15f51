//! Every index of a binary points to something.

use alloc::vec::Vec;

use super::{
    AccessSpecifier, AddressSpecifier, Bytecode, CodeUnit, CompiledModule, CompiledScript,
    FunctionHandle, LOCALS_COUNT_MAX, ModuleHandle, ResourceSpecifier, SignatureIndex,
    SignatureToken, StructDefinition, TableKind, Tables,
};
use crate::{StatusCode, VmError, VmResult};

/// Checks a module's indices. Errors: `INDEX_OUT_OF_BOUNDS`, `NUMBER_OF_TYPE_ARGUMENTS_MISMATCH`,
/// `TOO_MANY_LOCALS`, `NO_MODULE_HANDLES`, with the table and position that are wrong.
pub fn check_bounds_module(module: &CompiledModule) -> VmResult<()> {
    let t = &module.tables;
    if t.module_handles.is_empty() {
        return Err(StatusCode::NoModuleHandles.into());
    }
    within(
        TableKind::ModuleHandle,
        module.self_handle.0,
        t.module_handles.len(),
    )?;
    check_tables(t)?;
    for (number, def) in t.function_defs.iter().enumerate() {
        let number = u16::try_from(number).unwrap_or(u16::MAX);
        within(
            TableKind::FunctionHandle,
            def.handle.0,
            t.function_handles.len(),
        )?;
        for acquired in &def.acquires {
            within(TableKind::StructDefinition, acquired.0, t.struct_defs.len())?;
        }
        let Some(handle) = t.function_handles.get(def.handle.index()) else {
            continue;
        };
        if let Some(code) = &def.code {
            check_code(t, code, handle.parameters, handle.type_parameters.len())
                .map_err(|e| e.at_index(TableKind::FunctionDefinition, number))?;
        }
    }
    Ok(())
}

/// Checks a script's indices. See [`check_bounds_module`].
pub fn check_bounds_script(script: &CompiledScript) -> VmResult<()> {
    check_tables(&script.tables)?;
    let signature = signature(&script.tables, script.parameters)?;
    let count = script.type_parameters.len();
    signature
        .iter()
        .try_for_each(|token| type_parameters(token, count))?;
    check_code(&script.tables, &script.code, script.parameters, count)
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

fn signature(t: &Tables, index: SignatureIndex) -> VmResult<&Vec<SignatureToken>> {
    within(TableKind::Signature, index.0, t.signatures.len())?;
    t.signatures
        .get(index.index())
        .ok_or_else(|| StatusCode::IndexOutOfBounds.into())
}

fn check_tables(t: &Tables) -> VmResult<()> {
    for tokens in &t.signatures {
        tokens.iter().try_for_each(|token| check_token(t, token))?;
    }
    for constant in &t.constants {
        check_token(t, &constant.token)?;
    }
    for handle in t.module_handles.iter().chain(&t.friends) {
        module_handle(t, handle)?;
    }
    for handle in &t.struct_handles {
        within(
            TableKind::ModuleHandle,
            handle.module.0,
            t.module_handles.len(),
        )?;
        within(TableKind::Identifier, handle.name.0, t.identifiers.len())?;
    }
    for handle in &t.function_handles {
        function_handle(t, handle)?;
    }
    for inst in &t.function_insts {
        within(
            TableKind::FunctionHandle,
            inst.handle.0,
            t.function_handles.len(),
        )?;
        signature(t, inst.type_arguments)?;
    }
    for def in &t.struct_defs {
        struct_def(t, def)?;
    }
    for inst in &t.struct_insts {
        within(TableKind::StructDefinition, inst.def.0, t.struct_defs.len())?;
        signature(t, inst.type_arguments)?;
    }
    members(t)
}

fn module_handle(t: &Tables, handle: &ModuleHandle) -> VmResult<()> {
    within(
        TableKind::AddressIdentifier,
        handle.address.0,
        t.addresses.len(),
    )?;
    within(TableKind::Identifier, handle.name.0, t.identifiers.len())
}

fn function_handle(t: &Tables, handle: &FunctionHandle) -> VmResult<()> {
    within(
        TableKind::ModuleHandle,
        handle.module.0,
        t.module_handles.len(),
    )?;
    within(TableKind::Identifier, handle.name.0, t.identifiers.len())?;
    let count = handle.type_parameters.len();
    let parameters = signature(t, handle.parameters)?;
    for token in parameters.iter().chain(signature(t, handle.returns)?) {
        type_parameters(token, count)?;
    }
    for specifier in handle.access_specifiers.iter().flatten() {
        access_specifier(t, specifier, parameters.len(), count)?;
    }
    Ok(())
}

fn access_specifier(
    t: &Tables,
    specifier: &AccessSpecifier,
    parameters: usize,
    count: usize,
) -> VmResult<()> {
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
            signature(t, *arguments)?
                .iter()
                .try_for_each(|token| type_parameters(token, count))?;
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
                within(
                    TableKind::FunctionInstantiation,
                    function.0,
                    t.function_insts.len(),
                )?;
            }
        }
    }
    Ok(())
}

fn struct_def(t: &Tables, def: &StructDefinition) -> VmResult<()> {
    within(
        TableKind::StructHandle,
        def.handle.0,
        t.struct_handles.len(),
    )?;
    let count = t
        .struct_handles
        .get(def.handle.index())
        .map_or(0, |h| h.type_parameters.len());
    for variant in def.fields.variants() {
        within(TableKind::Identifier, variant.name.0, t.identifiers.len())?;
    }
    for field in def.fields.all() {
        within(TableKind::Identifier, field.name.0, t.identifiers.len())?;
        check_token(t, &field.token)?;
        type_parameters(&field.token, count)?;
    }
    Ok(())
}

/// Fields and variants, with and without type arguments.
fn members(t: &Tables) -> VmResult<()> {
    let field_exists = |def: super::StructDefIndex, variant: Option<u16>, field: u16| {
        within(TableKind::StructDefinition, def.0, t.struct_defs.len())?;
        let def = t.struct_defs.get(def.index());
        if let Some(variant) = variant {
            let variants = def.map_or(0, |d| d.fields.variants().len());
            within(TableKind::VariantDefinition, variant, variants)?;
        }
        let fields = def.and_then(|d| d.fields.of(variant)).map_or(0, <[_]>::len);
        within(TableKind::FieldDefinition, field, fields)
    };
    for handle in &t.field_handles {
        field_exists(handle.def, None, handle.field)?;
    }
    for handle in &t.variant_field_handles {
        within(
            TableKind::StructDefinition,
            handle.def.0,
            t.struct_defs.len(),
        )?;
        for variant in &handle.variants {
            field_exists(handle.def, Some(*variant), handle.field)?;
        }
    }
    for handle in &t.struct_variant_handles {
        within(
            TableKind::StructDefinition,
            handle.def.0,
            t.struct_defs.len(),
        )?;
        let def = t.struct_defs.get(handle.def.index());
        let variants = def.map_or(0, |d| d.fields.variants().len());
        within(TableKind::VariantDefinition, handle.variant, variants)?;
    }
    for inst in &t.field_insts {
        within(TableKind::FieldHandle, inst.handle.0, t.field_handles.len())?;
        signature(t, inst.type_arguments)?;
    }
    for inst in &t.variant_field_insts {
        within(
            TableKind::VariantFieldHandle,
            inst.handle.0,
            t.variant_field_handles.len(),
        )?;
        signature(t, inst.type_arguments)?;
    }
    for inst in &t.struct_variant_insts {
        within(
            TableKind::StructVariantHandle,
            inst.handle.0,
            t.struct_variant_handles.len(),
        )?;
        signature(t, inst.type_arguments)?;
    }
    Ok(())
}

/// Structs that a type names exist and have as many type parameters as it gives arguments.
fn check_token(t: &Tables, token: &SignatureToken) -> VmResult<()> {
    for (inner, _) in token.preorder() {
        let (handle, arguments) = match inner {
            SignatureToken::Struct(handle) => (handle, 0),
            SignatureToken::StructInstantiation(handle, arguments) => (handle, arguments.len()),
            _ => continue,
        };
        within(TableKind::StructHandle, handle.0, t.struct_handles.len())?;
        let declared = t
            .struct_handles
            .get(handle.index())
            .map_or(0, |h| h.type_parameters.len());
        if declared != arguments {
            let error = VmError::new(StatusCode::NumberOfTypeArgumentsMismatch);
            return Err(error.at_index(TableKind::StructHandle, handle.0));
        }
    }
    Ok(())
}

/// The type parameters that a type names are among the first `count`.
fn type_parameters(token: &SignatureToken, count: usize) -> VmResult<()> {
    for (inner, _) in token.preorder() {
        if let SignatureToken::TypeParameter(number) = inner {
            within(TableKind::TypeParameter, *number, count)?;
        }
    }
    Ok(())
}

struct Code<'a> {
    t: &'a Tables,
    length: usize,
    locals: usize,
    type_parameters: usize,
}

fn check_code(
    t: &Tables,
    unit: &CodeUnit,
    parameters: SignatureIndex,
    count: usize,
) -> VmResult<()> {
    let locals = signature(t, unit.locals)?;
    locals
        .iter()
        .try_for_each(|token| type_parameters(token, count))?;
    let all = signature(t, parameters)?.len().saturating_add(locals.len());
    if all as u64 > LOCALS_COUNT_MAX {
        return Err(StatusCode::TooManyLocals.into());
    }
    let code = Code {
        t,
        length: unit.code.len(),
        locals: all,
        type_parameters: count,
    };
    for (offset, instruction) in unit.code.iter().enumerate() {
        let offset = u16::try_from(offset).unwrap_or(u16::MAX);
        code.check(instruction)
            .map_err(|e| e.at_index(TableKind::CodeOffset, offset))?;
    }
    Ok(())
}

impl Code<'_> {
    fn arguments(&self, index: SignatureIndex) -> VmResult<()> {
        let count = self.type_parameters;
        signature(self.t, index)?
            .iter()
            .try_for_each(|token| type_parameters(token, count))
    }

    fn check(&self, instruction: &Bytecode) -> VmResult<()> {
        use Bytecode as B;
        let t = self.t;
        macro_rules! generic {
            ($index:expr, $table:expr, $kind:ident) => {{
                within(TableKind::$kind, $index.0, $table.len())?;
                if let Some(inst) = $table.get($index.index()) {
                    self.arguments(inst.type_arguments)?;
                }
                Ok(())
            }};
        }
        match instruction {
            B::LdConst(i) => within(TableKind::ConstantPool, i.0, t.constants.len()),
            B::BrTrue(to) | B::BrFalse(to) | B::Branch(to) => {
                within(TableKind::CodeOffset, *to, self.length)
            }
            B::CopyLoc(n)
            | B::MoveLoc(n)
            | B::StLoc(n)
            | B::MutBorrowLoc(n)
            | B::ImmBorrowLoc(n) => within(TableKind::Local, u16::from(*n), self.locals),
            B::MutBorrowField(i) | B::ImmBorrowField(i) => {
                within(TableKind::FieldHandle, i.0, t.field_handles.len())
            }
            B::MutBorrowFieldGeneric(i) | B::ImmBorrowFieldGeneric(i) => {
                generic!(i, t.field_insts, FieldInstantiation)
            }
            B::MutBorrowVariantField(i) | B::ImmBorrowVariantField(i) => within(
                TableKind::VariantFieldHandle,
                i.0,
                t.variant_field_handles.len(),
            ),
            B::MutBorrowVariantFieldGeneric(i) | B::ImmBorrowVariantFieldGeneric(i) => {
                generic!(i, t.variant_field_insts, VariantFieldInstantiation)
            }
            B::Call(i) | B::PackClosure(i, _) => {
                within(TableKind::FunctionHandle, i.0, t.function_handles.len())
            }
            B::CallGeneric(i) | B::PackClosureGeneric(i, _) => {
                generic!(i, t.function_insts, FunctionInstantiation)
            }
            B::Pack(i)
            | B::Unpack(i)
            | B::Exists(i)
            | B::MutBorrowGlobal(i)
            | B::ImmBorrowGlobal(i)
            | B::MoveFrom(i)
            | B::MoveTo(i) => within(TableKind::StructDefinition, i.0, t.struct_defs.len()),
            B::PackGeneric(i)
            | B::UnpackGeneric(i)
            | B::ExistsGeneric(i)
            | B::MutBorrowGlobalGeneric(i)
            | B::ImmBorrowGlobalGeneric(i)
            | B::MoveFromGeneric(i)
            | B::MoveToGeneric(i) => generic!(i, t.struct_insts, StructDefInstantiation),
            B::PackVariant(i) | B::UnpackVariant(i) | B::TestVariant(i) => within(
                TableKind::StructVariantHandle,
                i.0,
                t.struct_variant_handles.len(),
            ),
            B::PackVariantGeneric(i) | B::UnpackVariantGeneric(i) | B::TestVariantGeneric(i) => {
                generic!(i, t.struct_variant_insts, StructVariantInstantiation)
            }
            B::VecPack(i, _)
            | B::VecLen(i)
            | B::VecImmBorrow(i)
            | B::VecMutBorrow(i)
            | B::VecPushBack(i)
            | B::VecPopBack(i)
            | B::VecUnpack(i, _)
            | B::VecSwap(i)
            | B::CallClosure(i) => self.arguments(*i),
            B::Pop
            | B::Ret
            | B::LdU8(_)
            | B::LdU16(_)
            | B::LdU32(_)
            | B::LdU64(_)
            | B::LdU128(_)
            | B::LdU256(_)
            | B::LdI8(_)
            | B::LdI16(_)
            | B::LdI32(_)
            | B::LdI64(_)
            | B::LdI128(_)
            | B::LdI256(_)
            | B::CastU8
            | B::CastU16
            | B::CastU32
            | B::CastU64
            | B::CastU128
            | B::CastU256
            | B::CastI8
            | B::CastI16
            | B::CastI32
            | B::CastI64
            | B::CastI128
            | B::CastI256
            | B::LdTrue
            | B::LdFalse
            | B::ReadRef
            | B::WriteRef
            | B::FreezeRef
            | B::Add
            | B::Sub
            | B::Mul
            | B::Mod
            | B::Div
            | B::Negate
            | B::BitOr
            | B::BitAnd
            | B::Xor
            | B::Shl
            | B::Shr
            | B::Or
            | B::And
            | B::Not
            | B::Eq
            | B::Neq
            | B::Lt
            | B::Gt
            | B::Le
            | B::Ge
            | B::Abort
            | B::AbortMsg
            | B::Nop => Ok(()),
        }
    }
}
