//! The syscall through which Solana programs call contracts of other VMs, and go on if the call
//! fails.
//!
//! It takes what `sol_invoke_signed_c` (or `_rust`) takes: an instruction of the cross-VM program,
//! accounts, and seeds. It returns 0 if the callee succeeded and 1 if it failed; what the callee
//! returned, or why it failed, is the return data. Otherwise it is that invocation, so that the
//! accounts in the program's memory are as they are after it.

use solana_instruction::{Instruction, error::InstructionError};
use solana_program_runtime::{
    cpi::{
        SyscallInvokeSigned, TranslatedAccount, cpi_common, translate_accounts_c,
        translate_accounts_rust, translate_instruction_c, translate_instruction_rust,
    },
    invoke_context::InvokeContext,
    solana_sbpf::declare_builtin_function,
};
use solana_svm_log_collector::ic_msg;

use crate::crossing::{CATCH, CROSS_VM};

type Error = Box<dyn std::error::Error>;

declare_builtin_function!(
    /// The call of a program in C, or in Rust with C's layout.
    CrossVmCallC,
    fn rust(
        invoke: &mut InvokeContext<'_, '_>,
        instruction: u64,
        accounts: u64,
        accounts_len: u64,
        seeds: u64,
        seeds_len: u64,
    ) -> Result<u64, Error> {
        cpi_common::<Self>(invoke, instruction, accounts, accounts_len, seeds, seeds_len)?;
        ended(invoke)
    }
);

declare_builtin_function!(
    /// The call of a program with the layout of Solana's own Rust crates.
    CrossVmCallRust,
    fn rust(
        invoke: &mut InvokeContext<'_, '_>,
        instruction: u64,
        accounts: u64,
        accounts_len: u64,
        seeds: u64,
        seeds_len: u64,
    ) -> Result<u64, Error> {
        cpi_common::<Self>(invoke, instruction, accounts, accounts_len, seeds, seeds_len)?;
        ended(invoke)
    }
);

impl SyscallInvokeSigned for CrossVmCallC {
    fn translate_instruction(
        at: u64,
        invoke: &InvokeContext<'_, '_>,
    ) -> Result<Instruction, Error> {
        catching(translate_instruction_c(at, invoke)?, invoke)
    }

    fn translate_accounts<'a>(
        at: u64,
        count: u64,
        invoke: &InvokeContext<'_, '_>,
    ) -> Result<Vec<TranslatedAccount<'a>>, Error> {
        translate_accounts_c(at, count, invoke)
    }
}

impl SyscallInvokeSigned for CrossVmCallRust {
    fn translate_instruction(
        at: u64,
        invoke: &InvokeContext<'_, '_>,
    ) -> Result<Instruction, Error> {
        catching(translate_instruction_rust(at, invoke)?, invoke)
    }

    fn translate_accounts<'a>(
        at: u64,
        count: u64,
        invoke: &InvokeContext<'_, '_>,
    ) -> Result<Vec<TranslatedAccount<'a>>, Error> {
        translate_accounts_rust(at, count, invoke)
    }
}

/// Makes the instruction one that tells of a failure in its return data.
fn catching(
    mut instruction: Instruction,
    invoke: &InvokeContext<'_, '_>,
) -> Result<Instruction, Error> {
    if instruction.program_id != CROSS_VM {
        ic_msg!(invoke, "This syscall calls {} alone", CROSS_VM);
        return Err(Box::new(InstructionError::IncorrectProgramId));
    }
    match instruction.data.get_mut(1) {
        Some(flags) => *flags |= CATCH,
        None => return Err(Box::new(InstructionError::InvalidInstructionData)),
    }
    Ok(instruction)
}

/// Splits what the program has returned: whether the callee succeeded, and its data.
fn ended(invoke: &mut InvokeContext<'_, '_>) -> Result<u64, Error> {
    let (_, data) = invoke.transaction_context.get_return_data();
    let (flag, data) = data
        .split_first()
        .ok_or(InstructionError::InvalidInstructionData)?;
    let (has_failed, data) = (u64::from(*flag == 0), data.to_vec());
    let context = &mut invoke.transaction_context;
    context.set_return_data(CROSS_VM, data)?;
    Ok(has_failed)
}
