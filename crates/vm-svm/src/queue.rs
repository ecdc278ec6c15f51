//! The step of a transaction in which the calls run that it has queued: its own code has succeeded,
//! and what it changed is written before and read again after.

use lumio_state::{Checkpoint, Fault};
use lumio_vm_bus::{Meter, Outcome, Status, has_queued, message::reason_of};
use solana_account::{ReadableAccount, WritableAccount};
use solana_instruction::error::InstructionError;
use solana_sdk_ids::sysvar;
use solana_svm_transaction::svm_message::SVMStaticMessage;
use solana_transaction_error::TransactionError;

use crate::{
    context::Ledger,
    crossing::{CROSS_VM_VAULT, QUEUED_CALL_FAILED},
    host::{self, LoadError},
    prices::{gas_of_units, units_of_gas},
    run::Ran,
    transact::Run,
};

/// As much as a log says of a reason, in characters.
const MAX_REASON: usize = 900;

impl Run<'_, '_, '_> {
    /// Runs what was queued since the checkpoint, on what is left of so many compute units. If a
    /// call fails, so has the transaction, and its caller undoes everything.
    pub(crate) fn drain(
        &mut self,
        checkpoint: Checkpoint,
        mut ran: Ran,
        mut ledger: Ledger,
        limit: u64,
    ) -> Result<(Ran, Ledger), Fault> {
        if ran.status.is_err() || !has_queued(self.host.journal_ref(), checkpoint.logs) {
            return Ok((ran, ledger));
        }
        let journal = self.host.journal();
        for ((at, (key, account)), touched) in ran.accounts.iter().enumerate().zip(&ran.touched) {
            // The payer's fee is not in the journal yet.
            if (*touched || at == 0) && *key != CROSS_VM_VAULT {
                host::store(journal, key, ledger.lamports(key), account)?;
                ledger.note(*key, account.lamports());
            }
        }
        let left = gas_of_units(limit.saturating_sub(ran.units));
        let whole = std::mem::replace(self.host.meter(), Meter::new(left));
        let failed = self.host.run_queue(checkpoint.logs)?;
        let used = std::mem::replace(self.host.meter(), whole).used();
        ran.units = ran.units.saturating_add(units_of_gas(used)).min(limit);
        let failed = match failed {
            Some(outcome) => Some(failure(&outcome)),
            None => self.reload(&mut ran, &mut ledger)?,
        };
        if let Some((error, reason)) = failed {
            let last = self.message.num_instructions();
            let last = u8::try_from(last.saturating_sub(1)).unwrap_or(u8::MAX);
            ran.status = Err(TransactionError::InstructionError(last, error));
            let reason: String = reason.chars().take(MAX_REASON).collect();
            ran.logs
                .push(format!("Program log: A queued call failed: {reason}"));
        }
        Ok((ran, ledger))
    }

    /// Reads again what the queue may have changed. Some if that is no account of Solana's any
    /// more.
    fn reload(
        &mut self,
        ran: &mut Ran,
        ledger: &mut Ledger,
    ) -> Result<Option<(InstructionError, String)>, Fault> {
        for ((key, account), touched) in ran.accounts.iter_mut().zip(ran.touched.iter_mut()) {
            if *key == CROSS_VM_VAULT || sysvar::instructions::check_id(key) {
                continue;
            }
            let journal = self.host.journal();
            let lamports = match host::lamports(journal, key) {
                Ok(lamports) => lamports,
                Err(LoadError::Fault(fault)) => return Err(fault),
                Err(LoadError::Amount(key, error)) => {
                    let reason = format!("{key} has got more than Solana can count: {error}");
                    return Ok(Some((InstructionError::ArithmeticOverflow, reason)));
                }
            };
            ledger.note(*key, lamports);
            if self.block.sysvars.account(key, lamports).is_some() {
                account.set_lamports(lamports);
                continue;
            }
            *account = host::load_with(journal, key, lamports)?.unwrap_or_else(|| host::empty(0));
            *touched = true;
        }
        Ok(None)
    }
}

/// How a transaction ends whose queued call came to this, and why.
fn failure(outcome: &Outcome) -> (InstructionError, String) {
    match outcome.status {
        Status::OutOfGas => (
            InstructionError::ComputationalBudgetExceeded,
            "it used all compute units that were left".into(),
        ),
        Status::Success | Status::Revert | Status::Halt => (
            InstructionError::Custom(QUEUED_CALL_FAILED),
            reason_of(&outcome.output),
        ),
    }
}
