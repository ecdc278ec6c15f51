//! The syscalls that log: the runtime's own, of which those that say something also make events.

use solana_program_runtime::{
    invoke_context::InvokeContext,
    memory::{translate_slice, translate_vm_slice},
    solana_sbpf::declare_builtin_function,
};
use solana_pubkey::Pubkey;
use solana_syscalls::{
    SyscallLog, SyscallLogBpfComputeUnits, SyscallLogData, SyscallLogPubkey, SyscallLogU64,
};
use solana_transaction_context::vm_slice::VmSlice;
use std::error::Error;

use crate::events;

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
