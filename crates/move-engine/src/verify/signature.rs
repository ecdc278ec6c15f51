//! All types that a binary writes down are well formed, and their type arguments satisfy their
//! constraints; fields have the abilities that their struct promises.

use alloc::{collections::BTreeSet, vec::Vec};

use super::{
    Meter, at,
    type_rules::{Parameters, References, check, check_arguments, check_phantoms},
};
use crate::{
    StatusCode, VmError, VmResult,
    format::{
        Ability, AbilitySet, Bytecode, CodeUnit, CompiledModule, CompiledScript, FunctionHandle,
        FunctionInstIndex, ResourceSpecifier, SignatureIndex, SignatureToken, StructDefIndex,
        StructDefinition, StructFields, StructInstIndex, TableKind, Tables,
    },
};

/// Checks a module.
pub(super) fn verify_module(module: &CompiledModule, meter: &mut Meter) -> VmResult<()> {
    let mut pass = Signatures {
        tables: module,
        meter,
    };
    pass.pools()?;
    pass.function_handles()?;
    for (number, def) in module.function_defs.iter().enumerate() {
        if let Some(code) = &def.code {
            let handle = at(&module.function_handles, def.handle.index())?;
            pass.code(code, &handle.type_parameters)
                .map_err(|e| index(e, TableKind::FunctionDefinition, number))?;
        }
    }
    for (number, def) in module.struct_defs.iter().enumerate() {
        pass.fields(def)
            .map_err(|e| index(e, TableKind::StructDefinition, number))?;
    }
    Ok(())
}

/// Checks a script.
pub(super) fn verify_script(script: &CompiledScript, meter: &mut Meter) -> VmResult<()> {
    let mut pass = Signatures {
        tables: script,
        meter,
    };
    pass.pools()?;
    pass.function_handles()?;
    pass.signature(
        script.parameters,
        Parameters::Constrained(&script.type_parameters),
    )?;
    pass.code(&script.code, &script.type_parameters)
}

fn index(error: VmError, kind: TableKind, number: usize) -> VmError {
    error.at_index(kind, u16::try_from(number).unwrap_or(u16::MAX))
}

struct Signatures<'a> {
    tables: &'a Tables,
    meter: &'a mut Meter,
}

impl<'a> Signatures<'a> {
    /// What can be said of signatures and instantiations before it is known where they are used.
    fn pools(&mut self) -> VmResult<()> {
        let tables = self.tables;
        for number in 0..tables.signatures.len() {
            let signature = SignatureIndex(u16::try_from(number).unwrap_or(u16::MAX));
            self.signature(signature, Parameters::Unknown)
                .map_err(|e| index(e, TableKind::Signature, number))?;
        }
        for (number, inst) in tables.function_insts.iter().enumerate() {
            let handle = at(&tables.function_handles, inst.handle.index())?;
            let constraints = handle.type_parameters.iter().copied();
            self.arguments(inst.type_arguments, constraints, Parameters::Unknown)
                .map_err(|e| index(e, TableKind::FunctionInstantiation, number))?;
        }
        let structs = tables
            .struct_insts
            .iter()
            .map(|i| (i.def, i.type_arguments));
        self.struct_arguments(TableKind::StructDefInstantiation, structs.collect())?;
        let mut fields = Vec::with_capacity(tables.field_insts.len());
        for inst in &tables.field_insts {
            let handle = at(&tables.field_handles, inst.handle.index())?;
            fields.push((handle.def, inst.type_arguments));
        }
        self.struct_arguments(TableKind::FieldInstantiation, fields)?;
        let mut fields = Vec::with_capacity(tables.variant_field_insts.len());
        for inst in &tables.variant_field_insts {
            let handle = at(&tables.variant_field_handles, inst.handle.index())?;
            fields.push((handle.def, inst.type_arguments));
        }
        self.struct_arguments(TableKind::VariantFieldInstantiation, fields)?;
        let mut variants = Vec::with_capacity(tables.struct_variant_insts.len());
        for inst in &tables.struct_variant_insts {
            let handle = at(&tables.struct_variant_handles, inst.handle.index())?;
            variants.push((handle.def, inst.type_arguments));
        }
        self.struct_arguments(TableKind::StructVariantInstantiation, variants)
    }

    fn struct_arguments(
        &mut self,
        kind: TableKind,
        insts: Vec<(StructDefIndex, SignatureIndex)>,
    ) -> VmResult<()> {
        for (number, (def, arguments)) in insts.into_iter().enumerate() {
            self.arguments_of_struct(def, arguments, Parameters::Unknown)
                .map_err(|e| index(e, kind, number))?;
        }
        Ok(())
    }

    fn function_handles(&mut self) -> VmResult<()> {
        for (number, handle) in self.tables.function_handles.iter().enumerate() {
            self.function_handle(handle)
                .map_err(|e| index(e, TableKind::FunctionHandle, number))?;
        }
        Ok(())
    }

    fn function_handle(&mut self, handle: &FunctionHandle) -> VmResult<()> {
        let parameters = Parameters::Constrained(&handle.type_parameters);
        for signature in [handle.parameters, handle.returns] {
            self.signature(signature, parameters)
                .map_err(|e| e.at_index(TableKind::Signature, signature.0))?;
        }
        for specifier in handle.access_specifiers.iter().flatten() {
            let (resource, arguments) = match &specifier.resource {
                ResourceSpecifier::ResourceInstantiation(resource, arguments) => {
                    (resource, *arguments)
                }
                ResourceSpecifier::Any
                | ResourceSpecifier::DeclaredAtAddress(_)
                | ResourceSpecifier::DeclaredInModule(_)
                | ResourceSpecifier::Resource(_) => continue,
            };
            let resource = at(&self.tables.struct_handles, resource.index())?;
            let constraints = resource.type_parameters.iter().map(|p| p.constraints);
            self.arguments(arguments, constraints, parameters)?;
        }
        Ok(())
    }

    fn signature(&mut self, signature: SignatureIndex, parameters: Parameters<'_>) -> VmResult<()> {
        let tables = self.tables;
        for token in at(&tables.signatures, signature.index())? {
            self.token(token, References::Allowed, AbilitySet::EMPTY, parameters)?;
        }
        Ok(())
    }

    fn token(
        &mut self,
        token: &SignatureToken,
        references: References,
        required: AbilitySet,
        parameters: Parameters<'_>,
    ) -> VmResult<()> {
        check(
            self.tables,
            token,
            references,
            required,
            parameters,
            self.meter,
        )
    }

    fn arguments(
        &mut self,
        arguments: SignatureIndex,
        constraints: impl ExactSizeIterator<Item = AbilitySet>,
        parameters: Parameters<'_>,
    ) -> VmResult<()> {
        let arguments = at(&self.tables.signatures, arguments.index())?;
        check_arguments(self.tables, arguments, constraints, parameters, self.meter)
    }

    fn arguments_of_struct(
        &mut self,
        def: StructDefIndex,
        arguments: SignatureIndex,
        parameters: Parameters<'_>,
    ) -> VmResult<()> {
        let tables = self.tables;
        let def = at(&tables.struct_defs, def.index())?;
        let handle = at(&tables.struct_handles, def.handle.index())?;
        let constraints = handle.type_parameters.iter().map(|p| p.constraints);
        self.arguments(arguments, constraints, parameters)
    }

    /// As [`Self::arguments_of_struct`], of an instance that must be a resource.
    fn arguments_of_resource(
        &mut self,
        inst: StructInstIndex,
        parameters: Parameters<'_>,
    ) -> VmResult<()> {
        let tables = self.tables;
        let inst = at(&tables.struct_insts, inst.index())?;
        let def = at(&tables.struct_defs, inst.def.index())?;
        let handle = at(&tables.struct_handles, def.handle.index())?;
        if !handle.abilities.has(Ability::Key) {
            return Err(StatusCode::ConstraintNotSatisfied.into());
        }
        let inherited = AbilitySet::EMPTY.with(Ability::Key).required_of_arguments();
        let constraints = handle.type_parameters.iter().map(|p| {
            if p.phantom {
                p.constraints
            } else {
                p.constraints.union(inherited)
            }
        });
        self.arguments(inst.type_arguments, constraints, parameters)
    }

    fn arguments_of_function(
        &mut self,
        inst: FunctionInstIndex,
        parameters: Parameters<'_>,
    ) -> VmResult<()> {
        let tables = self.tables;
        let inst = at(&tables.function_insts, inst.index())?;
        let handle = at(&tables.function_handles, inst.handle.index())?;
        let constraints = handle.type_parameters.iter().copied();
        self.arguments(inst.type_arguments, constraints, parameters)
    }

    fn fields(&mut self, def: &StructDefinition) -> VmResult<()> {
        let declared = match &def.fields {
            StructFields::Native => return Ok(()),
            StructFields::Declared(_) | StructFields::Variants(_) => def.fields.all(),
        };
        let tables = self.tables;
        let handle = at(&tables.struct_handles, def.handle.index())?;
        let constraints: Vec<AbilitySet> = handle
            .type_parameters
            .iter()
            .map(|p| p.constraints)
            .collect();
        let required = handle.abilities.required_of_arguments();
        for (number, field) in declared.enumerate() {
            let error = |e| index(e, TableKind::FieldDefinition, number);
            let (none, refused) = (AbilitySet::EMPTY, References::Refused);
            let parameters = Parameters::Constrained(&constraints);
            self.token(&field.token, refused, none, parameters)
                .map_err(error)?;
            self.token(&field.token, refused, required, Parameters::Unconstrained)
                .map_err(|e| match e.status() {
                    StatusCode::ConstraintNotSatisfied => {
                        error(StatusCode::FieldMissingTypeAbility.into())
                    }
                    _ => error(e),
                })?;
            check_phantoms(tables, &field.token, &handle.type_parameters).map_err(error)?;
        }
        Ok(())
    }

    fn code(&mut self, unit: &'a CodeUnit, type_parameters: &[AbilitySet]) -> VmResult<()> {
        let parameters = Parameters::Constrained(type_parameters);
        self.signature(unit.locals, parameters)
            .map_err(|e| e.at_index(TableKind::Signature, unit.locals.0))?;
        let mut seen = BTreeSet::new();
        for (offset, instruction) in unit.code.iter().enumerate() {
            let Some(operand) = generic_operand(instruction) else {
                continue;
            };
            // In one function, the same operand means the same types.
            if seen.insert((instruction.opcode(), operand)) {
                self.instruction(instruction, parameters)
                    .map_err(|e| index(e, TableKind::CodeOffset, offset))?;
            }
        }
        Ok(())
    }

    fn instruction(&mut self, instruction: &Bytecode, parameters: Parameters<'_>) -> VmResult<()> {
        use Bytecode as B;
        let tables = self.tables;
        match instruction {
            B::CallGeneric(i) | B::PackClosureGeneric(i, _) => {
                self.arguments_of_function(*i, parameters)
            }
            B::ExistsGeneric(i)
            | B::MoveFromGeneric(i)
            | B::MoveToGeneric(i)
            | B::ImmBorrowGlobalGeneric(i)
            | B::MutBorrowGlobalGeneric(i) => self.arguments_of_resource(*i, parameters),
            B::PackGeneric(i) | B::UnpackGeneric(i) => {
                let inst = at(&tables.struct_insts, i.index())?;
                self.arguments_of_struct(inst.def, inst.type_arguments, parameters)
            }
            B::ImmBorrowFieldGeneric(i) | B::MutBorrowFieldGeneric(i) => {
                let inst = at(&tables.field_insts, i.index())?;
                let def = at(&tables.field_handles, inst.handle.index())?.def;
                self.arguments_of_struct(def, inst.type_arguments, parameters)
            }
            B::ImmBorrowVariantFieldGeneric(i) | B::MutBorrowVariantFieldGeneric(i) => {
                let inst = at(&tables.variant_field_insts, i.index())?;
                let def = at(&tables.variant_field_handles, inst.handle.index())?.def;
                self.arguments_of_struct(def, inst.type_arguments, parameters)
            }
            B::PackVariantGeneric(i) | B::UnpackVariantGeneric(i) | B::TestVariantGeneric(i) => {
                let inst = at(&tables.struct_variant_insts, i.index())?;
                let def = at(&tables.struct_variant_handles, inst.handle.index())?.def;
                self.arguments_of_struct(def, inst.type_arguments, parameters)
            }
            B::VecPack(i, _)
            | B::VecLen(i)
            | B::VecImmBorrow(i)
            | B::VecMutBorrow(i)
            | B::VecPushBack(i)
            | B::VecPopBack(i)
            | B::VecUnpack(i, _)
            | B::VecSwap(i) => self.arguments(*i, [AbilitySet::EMPTY].into_iter(), parameters),
            B::CallClosure(i) => {
                self.arguments(*i, [AbilitySet::EMPTY].into_iter(), parameters)?;
                let called = at(&tables.signatures, i.index())?.first();
                if !matches!(called, Some(SignatureToken::Function(_))) {
                    return Err(StatusCode::ClosureTypeMismatchError.into());
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// The index of the operand that says type arguments, if there is one.
fn generic_operand(instruction: &Bytecode) -> Option<u16> {
    use Bytecode as B;
    match instruction {
        B::CallGeneric(i) | B::PackClosureGeneric(i, _) => Some(i.0),
        B::PackGeneric(i)
        | B::UnpackGeneric(i)
        | B::ExistsGeneric(i)
        | B::MoveFromGeneric(i)
        | B::MoveToGeneric(i)
        | B::ImmBorrowGlobalGeneric(i)
        | B::MutBorrowGlobalGeneric(i) => Some(i.0),
        B::ImmBorrowFieldGeneric(i) | B::MutBorrowFieldGeneric(i) => Some(i.0),
        B::ImmBorrowVariantFieldGeneric(i) | B::MutBorrowVariantFieldGeneric(i) => Some(i.0),
        B::PackVariantGeneric(i) | B::UnpackVariantGeneric(i) | B::TestVariantGeneric(i) => {
            Some(i.0)
        }
        B::VecPack(i, _)
        | B::VecLen(i)
        | B::VecImmBorrow(i)
        | B::VecMutBorrow(i)
        | B::VecPushBack(i)
        | B::VecPopBack(i)
        | B::VecUnpack(i, _)
        | B::VecSwap(i)
        | B::CallClosure(i) => Some(i.0),
        _ => None,
    }
}
