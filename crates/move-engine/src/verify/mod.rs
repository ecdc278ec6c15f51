//! The verifier: what must hold of a binary before it may run.
//!
//! [`verify_module`] and [`verify_script`] check a binary by itself, [`link_module`] and
//! [`link_script`] against the modules that it names, [`check_cycles`] that dependencies and
//! friendship have no cycles. The machine relies on all of them.

mod code;
mod config;
mod constants;
mod cyclic;
mod dependencies;
mod duplication;
mod features;
mod friends;
mod instantiation_loops;
mod instruction_consistency;
mod limits;
mod meter;
mod recursive_structs;
mod signature;
mod struct_interfaces;
mod type_rules;

use alloc::collections::BTreeMap;

use crate::{
    Location, ModuleId, StatusCode, VmError, VmResult,
    format::{
        CompiledModule, CompiledScript, FunctionDefIndex, check_bounds_module, check_bounds_script,
    },
};

pub use config::Config;
pub(crate) use meter::{Meter, Scope};

/// The modules that a binary may name.
pub trait Dependencies {
    /// The module of that name, if it exists.
    fn module(&self, id: &ModuleId) -> Option<&CompiledModule>;
}

impl Dependencies for BTreeMap<ModuleId, CompiledModule> {
    fn module(&self, id: &ModuleId) -> Option<&CompiledModule> {
        self.get(id)
    }
}

/// Checks all that can be known of a module without those that it names.
///
/// # Errors
/// The status code of the first rule that is broken, with the table and position.
pub fn verify_module(config: &Config, module: &CompiledModule) -> VmResult<()> {
    count_module(config, module).1
}

/// The same, with the units of work that it took.
pub(crate) fn count_module(config: &Config, module: &CompiledModule) -> (u64, VmResult<()>) {
    let mut meter = Meter::new(config);
    // Before indices are in bounds, the module's own name cannot be told.
    let result = check_bounds_module(module).and_then(|()| {
        module_passes(config, module, &mut meter).map_err(|e| e.in_location(location(module)))
    });
    (meter.total(), result)
}

fn module_passes(config: &Config, module: &CompiledModule, meter: &mut Meter) -> VmResult<()> {
    let bodies = module
        .function_defs
        .iter()
        .filter_map(|def| def.code.as_ref());
    features::verify(config, module, bodies.map(|unit| unit.code.as_slice()))?;
    limits::verify(config, module)?;
    duplication::verify_module(module)?;
    signature::verify_module(module, meter)?;
    instruction_consistency::verify_module(module)?;
    constants::verify(module)?;
    friends::verify(module)?;
    recursive_structs::verify(module)?;
    instantiation_loops::verify(module, meter)?;
    meter.enter(Scope::Module);
    code::verify_module(config, module, meter)?;
    struct_interfaces::verify(module)
}

/// Checks all that can be known of a script without the modules that it names.
///
/// # Errors
/// The status code of the first rule that is broken, with the table and position.
pub fn verify_script(config: &Config, script: &CompiledScript) -> VmResult<()> {
    count_script(config, script).1
}

/// The same, with the units of work that it took.
pub(crate) fn count_script(config: &Config, script: &CompiledScript) -> (u64, VmResult<()>) {
    let mut meter = Meter::new(config);
    let result = script_passes(config, script, &mut meter);
    let result = result.map_err(|e| e.in_location(Location::Script));
    (meter.total(), result)
}

fn script_passes(config: &Config, script: &CompiledScript, meter: &mut Meter) -> VmResult<()> {
    check_bounds_script(script)?;
    features::verify(config, script, [script.code.code.as_slice()])?;
    limits::verify(config, script)?;
    limits::verify_script(config, script)?;
    duplication::verify_tables(script)?;
    signature::verify_script(script, meter)?;
    instruction_consistency::verify_code(script, FunctionDefIndex(0), &script.code)?;
    constants::verify(script)?;
    meter.enter(Scope::Module);
    code::verify_script(config, script, meter)
}

/// Checks that a verified module's expectations of other modules hold: that they exist, and define
/// the structs and functions that it names as it names them, and let it call those.
///
/// # Errors
/// `MISSING_DEPENDENCY`, `LOOKUP_FAILED`, `TYPE_MISMATCH`, `LINKER_ERROR`, with the handle.
pub fn link_module(module: &CompiledModule, deps: &dyn Dependencies) -> VmResult<()> {
    dependencies::verify(module, Some(module.self_handle), deps)
        .map_err(|e| e.in_location(location(module)))
}

/// Checks that a verified script's expectations of modules hold. See [`link_module`].
///
/// # Errors
/// Those of [`link_module`].
pub fn link_script(script: &CompiledScript, deps: &dyn Dependencies) -> VmResult<()> {
    dependencies::verify(script, None, deps).map_err(|e| e.in_location(Location::Script))
}

/// Checks that a verified module is no dependency of its dependencies, no friend of its friends,
/// and that none of the ones is one of the others.
///
/// # Errors
/// `CYCLIC_MODULE_DEPENDENCY`, `CYCLIC_MODULE_FRIENDSHIP`,
/// `INVALID_FRIEND_DECL_WITH_MODULES_IN_DEPENDENCIES`, `MISSING_DEPENDENCY`.
pub fn check_cycles(module: &CompiledModule, deps: &dyn Dependencies) -> VmResult<()> {
    cyclic::verify(module, deps).map_err(|e| e.in_location(location(module)))
}

/// Checks that a verified module is no dependency of its dependencies. Unlike [`check_cycles`] this
/// asks for nothing but those.
///
/// # Errors
/// `CYCLIC_MODULE_DEPENDENCY`, `MISSING_DEPENDENCY`.
pub fn check_dependency_cycles(module: &CompiledModule, deps: &dyn Dependencies) -> VmResult<()> {
    let checked = cyclic::verify_dependencies(module, deps).map(|_| ());
    checked.map_err(|e| e.in_location(location(module)))
}

/// Checks that the friends of a verified module exist.
///
/// # Errors
/// `LINKER_ERROR`, with the declaration.
pub fn check_friends_exist(module: &CompiledModule, deps: &dyn Dependencies) -> VmResult<()> {
    cyclic::verify_friends_exist(module, deps).map_err(|e| e.in_location(location(module)))
}

fn location(module: &CompiledModule) -> Location {
    let handle = module.module_handles.get(module.self_handle.index());
    let id = handle.and_then(|handle| {
        let address = module.addresses.get(handle.address.index())?;
        let name = module.identifiers.get(handle.name.index())?;
        Some(ModuleId::new(*address, name.as_str()))
    });
    id.map_or(Location::Undefined, Location::Module)
}

/// An entry that an earlier pass has found to exist.
fn at<T>(table: &[T], index: usize) -> VmResult<&T> {
    table
        .get(index)
        .ok_or_else(|| VmError::new(StatusCode::VerifierInvariantViolation))
}
