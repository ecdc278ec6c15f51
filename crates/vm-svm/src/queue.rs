//! The step of a transaction in which other VMs do what it has left for them: its own code has
//! succeeded, and what it changed is written before and read again after. The contracts of ERC-20s
//! move what programs have moved of their tokens, and the calls run that it has queued.

use lumio_state::{Checkpoint, Fault};
use lumio_vm_bus::{Meter, Outcome, Status, has_queued, message::reason_of};
use solana_account::{ReadableAccount, WritableAccount};
use solana_instruction::error::InstructionError;
use solana_sdk_ids::sysvar;
use solana_svm_transaction::svm_message::SVMStaticMessage;
use solana_transaction_error::TransactionError;

use crate::{
    context::Ledger,
    crossing::{CROSS_VM_VAULT, QUEUED_CALL_FAILED, TOKENS_REFUSED},
    erc20::{Gas, TokenError},
    host::{self, LoadError},
    load::Accounts,
    prices::{gas_of_units, units_of_gas},
    run::Ran,
    shown::Shown,
    tokens::token_of,
    transact::Run,
};

/// How a transaction fails after its own code, and why.
type Failure = (InstructionError, String);

/// As much as a log says of a reason, in characters.
const MAX_REASON: usize = 900;

impl Run<'_, '_, '_> {
    /// Moves tokens of ERC-20s and runs what was queued since the checkpoint, on what is left of so
    /// many compute units. If anything fails, so has the transaction, and its caller undoes everything.
    pub(crate) fn drain(
        &mut self,
        checkpoint: Checkpoint,
        mut ran: Ran,
        mut ledger: Ledger,
        limit: u64,
    ) -> Result<(Ran, Ledger), Fault> {
        if ran.status.is_err() {
            return Ok((ran, ledger));
        }
        let mut gas = Gas::of_units(limit.saturating_sub(ran.units));
        let tokens = ran.accounts.iter().map(|(key, it)| (*key, token_of(it)));
        let due = ledger.shown.due(self.host, tokens, &mut gas);
        let has_queued = has_queued(self.host.journal_ref(), checkpoint.logs);
        let due = match due {
            Ok(due) if due.is_nothing() && !has_queued => {
                ledger.shown.keep(due);
                ledger.shown.show(&mut ran.accounts);
                ran.units = ran.units.saturating_add(gas.used_units());
                return Ok((ran, ledger));
            }
            due => due,
        };
        let journal = self.host.journal();
        for ((at, (key, account)), touched) in ran.accounts.iter().enumerate().zip(&ran.touched) {
            // The payer's fee is not in the journal yet.
            if (*touched || at == 0) && *key != CROSS_VM_VAULT {
                let stored = ledger.shown.stored(key, account);
                host::store(journal, key, ledger.lamports(key), &stored)?;
                ledger.note(*key, account.lamports());
            }
        }
        let paid = due.and_then(|due| ledger.shown.pay(self.host, due, &mut gas));
        ran.units = ran.units.saturating_add(gas.used_units()).min(limit);
        let mut failed = token_failure(paid)?;
        if failed.is_none() {
            failed = match has_queued {
                true => self.run_queue(checkpoint, &mut ran, &mut ledger, limit)?,
                false => {
                    ledger.shown.show(&mut ran.accounts);
                    self.reread(&mut ran, &mut ledger)?
                }
            };
        }
        if let Some(failed) = failed {
            self.fail_last(&mut ran, failed);
        }
        Ok((ran, ledger))
    }

    /// Has a transaction fail after its own code, as if at its last instruction.
    pub(crate) fn fail_last(&self, ran: &mut Ran, (error, reason): Failure) {
        let last = self.message.num_instructions();
        let last = u8::try_from(last.saturating_sub(1)).unwrap_or(u8::MAX);
        ran.status = Err(TransactionError::InstructionError(last, error));
        ran.logs.push(log(&reason));
    }

    /// Runs the queue. Some if it has failed.
    fn run_queue(
        &mut self,
        checkpoint: Checkpoint,
        ran: &mut Ran,
        ledger: &mut Ledger,
        limit: u64,
    ) -> Result<Option<Failure>, Fault> {
        let left = gas_of_units(limit.saturating_sub(ran.units));
        let whole = std::mem::replace(self.host.meter(), Meter::new(left));
        let failed = self.host.run_queue(checkpoint.logs)?;
        let used = std::mem::replace(self.host.meter(), whole).used();
        ran.units = ran.units.saturating_add(units_of_gas(used)).min(limit);
        if let Some(outcome) = failed {
            let (error, reason) = failure(&outcome);
            return Ok(Some((error, format!("A queued call failed: {reason}"))));
        }
        if let Some(failed) = self.reload(ran, ledger)? {
            return Ok(Some(failed));
        }
        let mut gas = Gas::of_units(limit.saturating_sub(ran.units));
        let shown = Shown::load(self.host, &mut ran.accounts, &mut gas);
        ran.units = ran.units.saturating_add(gas.used_units()).min(limit);
        token_failure(shown.map(|shown| ledger.shown = shown))
    }

    /// Reads lamports again, which contracts may have moved. Some if Solana cannot count them.
    fn reread(&mut self, ran: &mut Ran, ledger: &mut Ledger) -> Result<Option<Failure>, Fault> {
        for (key, account) in &mut ran.accounts {
            if *key == CROSS_VM_VAULT || sysvar::instructions::check_id(key) {
                continue;
            }
            let lamports = match host::lamports(self.host.journal(), key) {
                Ok(lamports) => lamports,
                Err(error) => return too_rich(error).map(Some),
            };
            if ledger.note(*key, lamports) != lamports {
                account.set_lamports(lamports);
            }
        }
        Ok(None)
    }

    /// Reads again what the queue may have changed. Some if that is no account of Solana's any
    /// more.
    fn reload(&mut self, ran: &mut Ran, ledger: &mut Ledger) -> Result<Option<Failure>, Fault> {
        for ((key, account), touched) in ran.accounts.iter_mut().zip(ran.touched.iter_mut()) {
            if *key == CROSS_VM_VAULT || sysvar::instructions::check_id(key) {
                continue;
            }
            let journal = self.host.journal();
            let lamports = match host::lamports(journal, key) {
                Ok(lamports) => lamports,
                Err(error) => return too_rich(error).map(Some),
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

/// The line of a log that says why a transaction failed after its own code.
fn log(reason: &str) -> String {
    let reason: String = reason.chars().take(MAX_REASON).collect();
    format!("Program log: {reason}")
}

fn too_rich(error: LoadError) -> Result<Failure, Fault> {
    match error {
        LoadError::Fault(fault) => Err(fault),
        LoadError::Amount(key, error) => {
            let reason = format!("{key} has got more than Solana can count: {error}");
            Ok((InstructionError::ArithmeticOverflow, reason))
        }
    }
}

/// How a transaction ends whose tokens came to this.
fn token_failure(result: Result<(), TokenError>) -> Result<Option<Failure>, Fault> {
    match result {
        Ok(()) => Ok(None),
        Err(TokenError::Fault(fault)) => Err(fault),
        Err(TokenError::OutOfGas) => {
            let reason = "the contract of an ERC-20 used all compute units that were left";
            Ok(Some((
                InstructionError::ComputationalBudgetExceeded,
                reason.into(),
            )))
        }
        Err(TokenError::Refused(reason)) => {
            Ok(Some((InstructionError::Custom(TOKENS_REFUSED), reason)))
        }
    }
}

/// What is left of a transaction whose tokens could not be read, after so many compute units.
pub(crate) fn failed_to_show(
    error: TokenError,
    units: u64,
    accounts: Accounts,
) -> Result<Ran, Fault> {
    let failed = token_failure(Err(error))?;
    let (error, reason) = failed.unwrap_or((InstructionError::GenericError, String::new()));
    Ok(Ran {
        units,
        logs: vec![log(&reason)],
        ..Ran::nothing(TransactionError::InstructionError(0, error), accounts)
    })
}

/// How a transaction ends whose queued call came to this, and why.
fn failure(outcome: &Outcome) -> Failure {
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
