//! Functions with their type arguments.

use alloc::{boxed::Box, string::String};

use super::{
    Code, Instance, InstanceId, Type,
    cache::UnitId,
    unit::{SCRIPT_FUNCTION, bounds, identifier},
};
use crate::{
    Engine, Gas, Host, ModuleId, StatusCode, VmError, VmResult,
    format::{AbilitySet, FunctionAttribute, FunctionDefIndex, Visibility},
};

impl Code {
    /// Finds a function of a module, which is loaded if need be, and gives it type arguments.
    /// Errors: `FUNCTION_RESOLUTION_FAILURE`, `NUMBER_OF_TYPE_ARGUMENTS_MISMATCH`,
    /// `CONSTRAINT_NOT_SATISFIED`, and those of loading.
    pub fn function(
        &mut self,
        engine: &Engine,
        host: &mut dyn Host,
        module: &ModuleId,
        name: &str,
        type_arguments: &[Type],
    ) -> VmResult<InstanceId> {
        let unit = self.load_unit(engine, host, module)?;
        let Some(definition) = self.unit(unit)?.function(name) else {
            let message = alloc::format!("{module} has no function {name}");
            let error = VmError::new(StatusCode::FunctionResolutionFailure);
            return Err(error.with_message(message));
        };
        self.check_arguments(unit, definition, type_arguments)?;
        self.instantiate(engine, unit, definition, type_arguments)
    }

    /// The function of a script.
    pub(crate) fn script_function(
        &mut self,
        engine: &Engine,
        host: &mut dyn Host,
        bytes: &[u8],
        type_arguments: &[Type],
        gas: &mut Gas,
    ) -> VmResult<InstanceId> {
        let unit = self.load_script(engine, host, bytes, gas)?;
        let definition = bounds(self.unit(unit)?.function(SCRIPT_FUNCTION))?;
        self.check_arguments(unit, definition, type_arguments)?;
        self.instantiate(engine, unit, definition, type_arguments)
    }

    /// Whether transactions may call a function. Those of scripts always are.
    pub(crate) fn is_entry(&self, id: InstanceId) -> VmResult<bool> {
        let instance = self.instance(id)?;
        let tables = &self.unit(instance.unit)?.module.tables;
        let def = bounds(tables.function_defs.get(instance.definition.index()))?;
        Ok(def.is_entry)
    }

    /// Whether any module may call a function.
    pub(crate) fn is_public(&self, id: InstanceId) -> VmResult<bool> {
        let instance = self.instance(id)?;
        let tables = &self.unit(instance.unit)?.module.tables;
        let def = bounds(tables.function_defs.get(instance.definition.index()))?;
        Ok(def.visibility == Visibility::Public)
    }

    /// Type arguments that come from outside: as many as there are parameters, able to do what
    /// those ask for, and no references.
    fn check_arguments(
        &self,
        unit: UnitId,
        definition: FunctionDefIndex,
        arguments: &[Type],
    ) -> VmResult<()> {
        let tables = &self.unit(unit)?.module.tables;
        let def = bounds(tables.function_defs.get(definition.index()))?;
        let handle = bounds(tables.function_handles.get(def.handle.index()))?;
        if handle.type_parameters.len() != arguments.len() {
            let what = match &self.unit(unit)?.id {
                Some(module) => {
                    alloc::format!("{module}::{}", identifier(tables, Some(handle.name))?)
                }
                None => "the script".into(),
            };
            let (needed, given) = (handle.type_parameters.len(), arguments.len());
            return Err(wrong_number(&what, needed, given));
        }
        for (constraints, argument) in handle.type_parameters.iter().zip(arguments) {
            let abilities = self.abilities(*argument)?;
            let is_reference = self.types.referent(*argument).is_some();
            if is_reference || !AbilitySet::is_subset(*constraints, abilities) {
                return Err(StatusCode::ConstraintNotSatisfied.into());
            }
        }
        Ok(())
    }

    /// The instance with these type arguments, which fit.
    pub(super) fn instantiate(
        &mut self,
        engine: &Engine,
        unit_id: UnitId,
        definition: FunctionDefIndex,
        arguments: &[Type],
    ) -> VmResult<InstanceId> {
        let key = (unit_id, definition, Box::from(arguments));
        if let Some(known) = self.known_instance(&key) {
            return Ok(known);
        }
        let unit = self.unit(unit_id)?.clone();
        let tables = &unit.module.tables;
        let limits = &engine.limits;
        let def = bounds(tables.function_defs.get(definition.index()))?;
        let handle = bounds(tables.function_handles.get(def.handle.index()))?;
        let name = match &unit.id {
            Some(_) => String::from(identifier(tables, Some(handle.name))?),
            None => String::from(SCRIPT_FUNCTION),
        };
        let parameters = self.substitute_signature(limits, tables, handle.parameters, arguments)?;
        let returns = self.substitute_signature(limits, tables, handle.returns, arguments)?;
        let mut locals = parameters.to_vec();
        if let Some(code) = &def.code {
            locals.extend(self.substitute_signature(limits, tables, code.locals, arguments)?);
        }
        let mut local_words = 0_u64;
        for local in &locals {
            local_words = local_words.saturating_add(self.words(engine, *local)?);
        }
        for result in &returns {
            self.words(engine, *result)?;
        }
        let native = match &unit.id {
            Some(module) if def.code.is_none() => engine.natives.get(module, &name),
            _ => None,
        };
        let public = def.visibility == crate::format::Visibility::Public;
        let instance = Instance {
            module: unit.id.clone(),
            name,
            definition,
            type_arguments: arguments.into(),
            parameters,
            returns,
            locals: locals.into(),
            local_words,
            is_native: def.code.is_none(),
            native,
            module_lock: handle.attributes.contains(&FunctionAttribute::ModuleLock),
            persistent: public || handle.attributes.contains(&FunctionAttribute::Persistent),
            unit: unit_id,
        };
        self.insert_instance(key, instance)
    }
}

/// Of type arguments that come from outside.
#[cold]
pub(super) fn wrong_number(what: &str, needed: usize, given: usize) -> VmError {
    let plural = if needed == 1 { "" } else { "s" };
    let message = alloc::format!("{what} takes {needed} type argument{plural}, not {given}");
    VmError::new(StatusCode::NumberOfTypeArgumentsMismatch).with_message(message)
}
