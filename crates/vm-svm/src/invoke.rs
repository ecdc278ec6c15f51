//! The syscalls by which programs invoke each other: the runtime's own, which count besides what
//! they copy.
//!
//! Solana takes a compute unit for 250 bytes of accounts that a program passes on, far less than the
//! copies cost. So a run has an allowance of such bytes, beside its compute units.

use solana_account::ReadableAccount;
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
use std::cell::Cell;

type Error = Box<dyn std::error::Error>;

/// Bytes that programs of a run have passed on, and how many they may.
#[derive(Clone, Copy, Default)]
struct Passed {
    bytes: u64,
    allowance: u64,
}

thread_local! {
    static PASSED: Cell<Passed> = Cell::default();
}

/// Begins a run, whose programs may pass so many bytes on.
pub(crate) fn begin(allowance: u64) {
    PASSED.set(Passed {
        bytes: 0,
        allowance,
    });
}

/// Bytes that the programs of the run have passed on.
pub(crate) fn bytes() -> u64 {
    PASSED.get().bytes
}

/// Counts the accounts of the instruction that is about to be invoked, each once.
fn count(invoke: &InvokeContext<'_, '_>) -> Result<(), Error> {
    let context = &invoke.transaction_context;
    let next = context.get_next_instruction_context()?;
    let mut more = 0_u64;
    for (place, account) in (0_u16..).zip(next.instruction_accounts()) {
        if next.is_instruction_account_duplicate(place)?.is_none() {
            let account = context
                .accounts()
                .try_borrow(account.index_in_transaction)?;
            more = more.saturating_add(account.data().len() as u64);
        }
    }
    let Passed { bytes, allowance } = PASSED.get();
    let bytes = bytes.saturating_add(more);
    if bytes > allowance {
        ic_msg!(
            invoke,
            "Programs may pass on {} bytes of accounts here: more compute units allow more",
            allowance
        );
        return Err(Box::new(InstructionError::ComputationalBudgetExceeded));
    }
    PASSED.set(Passed { bytes, allowance });
    Ok(())
}

declare_builtin_function!(
    /// Invokes a program, for one in C or in Rust with C's layout.
    InvokeC,
    fn rust(
        invoke: &mut InvokeContext<'_, '_>,
        instruction: u64,
        accounts: u64,
        accounts_len: u64,
        seeds: u64,
        seeds_len: u64,
    ) -> Result<u64, Error> {
        cpi_common::<Self>(invoke, instruction, accounts, accounts_len, seeds, seeds_len)
    }
);

declare_builtin_function!(
    /// Invokes a program, for one with the layout of Solana's own Rust crates.
    InvokeRust,
    fn rust(
        invoke: &mut InvokeContext<'_, '_>,
        instruction: u64,
        accounts: u64,
        accounts_len: u64,
        seeds: u64,
        seeds_len: u64,
    ) -> Result<u64, Error> {
        cpi_common::<Self>(invoke, instruction, accounts, accounts_len, seeds, seeds_len)
    }
);

impl SyscallInvokeSigned for InvokeC {
    fn translate_instruction(
        at: u64,
        invoke: &InvokeContext<'_, '_>,
    ) -> Result<Instruction, Error> {
        translate_instruction_c(at, invoke)
    }

    fn translate_accounts<'a>(
        at: u64,
        number: u64,
        invoke: &InvokeContext<'_, '_>,
    ) -> Result<Vec<TranslatedAccount<'a>>, Error> {
        count(invoke)?;
        translate_accounts_c(at, number, invoke)
    }
}

impl SyscallInvokeSigned for InvokeRust {
    fn translate_instruction(
        at: u64,
        invoke: &InvokeContext<'_, '_>,
    ) -> Result<Instruction, Error> {
        translate_instruction_rust(at, invoke)
    }

    fn translate_accounts<'a>(
        at: u64,
        number: u64,
        invoke: &InvokeContext<'_, '_>,
    ) -> Result<Vec<TranslatedAccount<'a>>, Error> {
        count(invoke)?;
        translate_accounts_rust(at, number, invoke)
    }
}
