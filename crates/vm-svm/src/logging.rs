//! The syscalls of programs: the runtime's own, of which those that log also make events, and those
//! that invoke count what they copy.

use lumio_state::Fault;
use solana_program_runtime::{
    execution_budget::SVMTransactionExecutionBudget,
    invoke_context::InvokeContext,
    loaded_programs::ProgramRuntimeEnvironment,
    memory::{translate_slice, translate_vm_slice},
    solana_sbpf::{declare_builtin_function, program::BuiltinProgram},
};
use solana_pubkey::Pubkey;
use solana_svm_feature_set::SVMFeatureSet;
use solana_syscalls::{
    SyscallLog, SyscallLogBpfComputeUnits, SyscallLogData, SyscallLogPubkey, SyscallLogU64,
};
use solana_transaction_context::vm_slice::VmSlice;
use std::error::Error;

use crate::{
    events,
    invoke::{InvokeC, InvokeRust},
};

const LOG: &str = "sol_log_";
const LOG_DATA: &str = "sol_log_data";
const LOG_64: &str = "sol_log_64_";
const LOG_PUBKEY: &str = "sol_log_pubkey";
const LOG_UNITS: &str = "sol_log_compute_units_";
const INVOKE_C: &str = "sol_invoke_signed_c";
const INVOKE_RUST: &str = "sol_invoke_signed_rust";

/// The environment that programs are verified for and run in.
///
/// # Errors
/// When the runtime's parts do not fit each other: a bug.
pub(crate) fn environment(
    features: &SVMFeatureSet,
    budget: &SVMTransactionExecutionBudget,
) -> Result<ProgramRuntimeEnvironment, Fault> {
    let broken = |error: &dyn Error| Fault::Bug(format!("Solana's syscalls: {error}"));
    let theirs =
        solana_syscalls::create_program_runtime_environment(features, budget, false, false)
            .map_err(|error| broken(&*error))?;
    let mut ours = BuiltinProgram::new_loader(theirs.get_config().clone());
    for (_, (name, function)) in theirs.get_function_registry().iter() {
        let name = std::str::from_utf8(name).map_err(|error| broken(&error))?;
        let registered = match name {
            LOG => ours.register_definition::<Log>(name),
            LOG_DATA => ours.register_definition::<LogData>(name),
            LOG_64 => ours.register_definition::<Log64>(name),
            LOG_PUBKEY => ours.register_definition::<LogPubkey>(name),
            LOG_UNITS => ours.register_definition::<LogUnits>(name),
            INVOKE_C => ours.register_definition::<InvokeC>(name),
            INVOKE_RUST => ours.register_definition::<InvokeRust>(name),
            name => ours.register_function(name, function),
        };
        registered.map_err(|error| broken(&error))?;
    }
    Ok(ProgramRuntimeEnvironment::from(ours))
}

/// The program that runs, if the log has kept what it has just logged.
fn logged(invoke: &InvokeContext<'_, '_>) -> Option<Pubkey> {
    let Some(collector) = invoke.get_log_collector() else {
        events::miss();
        return None;
    };
    if collector.try_borrow().ok()?.limit_warning {
        return None;
    }
    let instruction = invoke
        .transaction_context
        .get_current_instruction_context()
        .ok()?;
    instruction.get_program_key().ok().copied()
}

declare_builtin_function!(
    /// Logs text.
    Log,
    fn rust(
        invoke: &mut InvokeContext<'_, '_>,
        address: u64,
        length: u64,
        _unused_3: u64,
        _unused_4: u64,
        _unused_5: u64,
    ) -> Result<u64, Box<dyn Error>> {
        let result = SyscallLog::rust(invoke, address, length, 0, 0, 0)?;
        if let Some(program) = logged(invoke) {
            let is_aligned = invoke.get_check_aligned();
            let memory = invoke.memory_contexts.memory_mapping()?;
            let text = translate_slice::<u8>(memory, address, length, is_aligned)?;
            events::note_text(&program, std::str::from_utf8(text)?);
        }
        Ok(result)
    }
);

declare_builtin_function!(
    /// Logs a list of byte strings.
    LogData,
    fn rust(
        invoke: &mut InvokeContext<'_, '_>,
        address: u64,
        count: u64,
        _unused_3: u64,
        _unused_4: u64,
        _unused_5: u64,
    ) -> Result<u64, Box<dyn Error>> {
        let result = SyscallLogData::rust(invoke, address, count, 0, 0, 0)?;
        if let Some(program) = logged(invoke) {
            let is_aligned = invoke.get_check_aligned();
            let memory = invoke.memory_contexts.memory_mapping()?;
            let fields = translate_slice::<VmSlice<u8>>(memory, address, count, is_aligned)?;
            let fields = fields
                .iter()
                .map(|field| translate_vm_slice(field, memory, is_aligned))
                .collect::<Result<Vec<_>, _>>()?;
            events::note_data(&program, fields.into_iter());
        }
        Ok(result)
    }
);

/// A syscall that logs what makes no event.
macro_rules! without_event {
    ($name:ident, $theirs:ident, $what:literal) => {
        declare_builtin_function!(
            #[doc = $what]
            $name,
            fn rust(
                invoke: &mut InvokeContext<'_, '_>,
                a: u64,
                b: u64,
                c: u64,
                d: u64,
                e: u64,
            ) -> Result<u64, Box<dyn Error>> {
                if invoke.get_log_collector().is_none() {
                    events::miss();
                }
                $theirs::rust(invoke, a, b, c, d, e)
            }
        );
    };
}

without_event!(Log64, SyscallLogU64, "Logs five numbers.");
without_event!(LogPubkey, SyscallLogPubkey, "Logs an address.");
without_event!(
    LogUnits,
    SyscallLogBpfComputeUnits,
    "Logs the compute units that are left."
);
