//! What programs are verified for and run in: the runtime's syscalls, with ours in place of those that
//! log or invoke, and those by which programs call other VMs.

use lumio_state::Fault;
use solana_program_runtime::{
    execution_budget::SVMTransactionExecutionBudget,
    loaded_programs::ProgramRuntimeEnvironment,
    solana_sbpf::program::{BuiltinFunctionDefinition, BuiltinProgram},
};
use solana_svm_feature_set::SVMFeatureSet;
use std::error::Error;

use crate::{
    invoke::{InvokeC, InvokeRust},
    logging::{Log, Log64, LogData, LogPubkey, LogUnits},
    syscall::{CrossVmCallC, CrossVmCallRust},
};

const LOG: &str = "sol_log_";
const LOG_DATA: &str = "sol_log_data";
const LOG_64: &str = "sol_log_64_";
const LOG_PUBKEY: &str = "sol_log_pubkey";
const LOG_UNITS: &str = "sol_log_compute_units_";
const INVOKE_C: &str = "sol_invoke_signed_c";
const INVOKE_RUST: &str = "sol_invoke_signed_rust";

/// The environment of all programs.
///
/// # Errors
/// When the runtime's parts do not fit each other: a bug.
pub(crate) fn environment(
    features: &SVMFeatureSet,
    budget: &SVMTransactionExecutionBudget,
) -> Result<ProgramRuntimeEnvironment, Fault> {
    made(features, budget).map_err(|error| Fault::Bug(format!("Solana's syscalls: {error}")))
}

fn made(
    features: &SVMFeatureSet,
    budget: &SVMTransactionExecutionBudget,
) -> Result<ProgramRuntimeEnvironment, Box<dyn Error>> {
    let theirs =
        solana_syscalls::create_program_runtime_environment(features, budget, false, false)?;
    let mut ours = BuiltinProgram::new_loader(theirs.get_config().clone());
    for (_, (name, function)) in theirs.get_function_registry().iter() {
        match std::str::from_utf8(name)? {
            name @ LOG => ours.register_definition::<Log>(name),
            name @ LOG_DATA => ours.register_definition::<LogData>(name),
            name @ LOG_64 => ours.register_definition::<Log64>(name),
            name @ LOG_PUBKEY => ours.register_definition::<LogPubkey>(name),
            name @ LOG_UNITS => ours.register_definition::<LogUnits>(name),
            name @ INVOKE_C => ours.register_definition::<InvokeC>(name),
            name @ INVOKE_RUST => ours.register_definition::<InvokeRust>(name),
            name => ours.register_function(name, function),
        }?;
    }
    CrossVmCallC::register(&mut ours, "sol_cross_vm_call_c")?;
    CrossVmCallRust::register(&mut ours, "sol_cross_vm_call_rust")?;
    Ok(ProgramRuntimeEnvironment::from(ours))
}
