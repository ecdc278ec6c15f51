//! One Solana transaction: checks, fee, load, run, keep.
//!
//! ```text
//! sanitise ──► age or nonce ──► fee payer ──► load ──► run ──► write
//!    │ refused      │ refused      │ refused    │ failed: fee and nonce alone stay
//!    ▼              ▼              ▼            ▼
//!         no block may contain it            fee is paid all the same
//! ```

use lumio_state::Fault;
use lumio_types::wei_of_lamports;
use lumio_vm_bus::Host;
use solana_account::AccountSharedData;
use solana_compute_budget_instruction::instructions_processor::process_compute_budget_instructions;
use solana_fee::FeeFeatures;
use solana_message::inner_instruction::InnerInstructionsList;
use solana_program_runtime::execution_budget::SVMTransactionExecutionBudget;
use solana_pubkey::Pubkey;
use solana_svm_transaction::svm_message::{SVMMessage, SVMStaticMessage};
use solana_transaction::{sanitized::SanitizedTransaction, versioned::VersionedTransaction};
use solana_transaction_context::{
    instruction_accounts::InstructionAccount, transaction::TransactionReturnData,
};
use solana_transaction_error::TransactionError;
use std::sync::Arc;

use crate::{
    SvmVm,
    context::Ledger,
    crossing::CROSS_VM_VAULT,
    host,
    machine::Block,
    payer::{self, Charged},
    prices::{self, LAMPORTS_PER_SIGNATURE},
    replay,
    run::{Ran, Top, Work},
    status::SvmTransactError,
};

/// A Solana transaction that is in a block, whether its effects stand or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SvmTransacted {
    /// How it ended. Its fee is paid either way.
    pub status: Result<(), TransactionError>,
    /// Its fee, in lamports.
    pub fee: u64,
    /// Compute units that it used.
    pub compute_units: u64,
    /// The same, and what its accounts cost, in EVM gas.
    pub gas_used: u64,
    /// What its programs logged.
    pub logs: Vec<String>,
    /// The instructions that each of its instructions invoked.
    pub inner_instructions: InnerInstructionsList,
    /// What the last program that returned something returned; empty if none did.
    pub return_data: TransactionReturnData,
    /// Its accounts: the static ones, then those of lookup tables, writable ones first.
    pub keys: Vec<Pubkey>,
    /// The accounts before, in the same order; the fee not yet taken.
    pub before: Vec<AccountSharedData>,
    /// The accounts after.
    pub after: Vec<AccountSharedData>,
    /// Bytes of accounts that it loaded.
    pub loaded_bytes: u32,
}

/// A transaction on its way.
pub(crate) struct Run<'a, 'h, 'v> {
    pub(crate) vm: &'a SvmVm,
    pub(crate) host: &'h mut dyn Host<'v>,
    pub(crate) block: Arc<Block>,
    pub(crate) transaction: SanitizedTransaction,
}

impl SvmVm {
    /// Runs a whole transaction, whose signatures hold. What it changes stays in the host's
    /// journal. It must fit the host's gas.
    ///
    /// # Errors
    /// [`SvmTransactError::Refused`] leaves the journal as it was.
    pub fn transact<'v>(
        &self,
        transaction: &VersionedTransaction,
        host: &mut dyn Host<'v>,
    ) -> Result<SvmTransacted, SvmTransactError> {
        let context = host.env().block.clone();
        let block = self.block(host.journal(), &context)?;
        let transaction = self.sanitise(transaction, host, &block)?;
        let run = Run {
            vm: self,
            host,
            block,
            transaction,
        };
        run.go()
    }
}

impl Run<'_, '_, '_> {
    fn go(mut self) -> Result<SvmTransacted, SvmTransactError> {
        let settings = self.vm.settings();
        let message = &self.transaction;
        let limits = process_compute_budget_instructions(
            SVMStaticMessage::program_instructions_iter(message),
            &settings.features,
        )?;
        let count = message.account_keys().len() as u64;
        let units = u64::from(limits.compute_unit_limit);
        check_gas(self.host, prices::gas_of(units, count, 0))?;
        let fees = solana_fee::calculate_fee_details(
            message,
            LAMPORTS_PER_SIGNATURE,
            limits.get_prioritization_fee(),
            FeeFeatures::from(&settings.features),
        );
        let fee = fees.total_fee();
        let charged = self.charge(fee)?;
        let mut budget = settings.budget();
        budget.compute_unit_limit = units;
        budget.heap_size = limits.updated_heap_bytes;

        let mut loaded_bytes = 0;
        let limit = limits.loaded_accounts_bytes.get();
        let loaded = self.load(&charged, limit, &mut loaded_bytes)?;
        let most = prices::gas_of(units, count, u64::from(loaded_bytes));
        check_gas(self.host, most)?;
        let (mut before, mut failed) = match loaded {
            Ok(accounts) => (accounts, None),
            Err(error) => {
                let ran = self.failed_to_load(error, &charged)?;
                (ran.accounts.clone(), Some(ran))
            }
        };
        let accounts = before.clone();
        if let Some((_, payer)) = before.first_mut() {
            *payer = charged.payer_before.clone();
        }
        let checkpoint = self.host.journal().checkpoint();
        let (ran, ledger) = match failed.take() {
            Some(ran) => (ran, None),
            None => {
                let (ran, ledger) = self.run(accounts, &before, budget)?;
                (ran, Some(ledger))
            }
        };
        let ledger = match (ledger, &ran.status) {
            (Some(ledger), Ok(())) => ledger,
            _ => {
                // What other VMs did for it goes with it.
                self.host.journal().revert(checkpoint);
                Ledger::of(&before)
            }
        };
        self.settle(fee, loaded_bytes, charged, before, ran, &ledger)
    }

    fn run(
        &mut self,
        accounts: Vec<(Pubkey, AccountSharedData)>,
        before: &[(Pubkey, AccountSharedData)],
        budget: SVMTransactionExecutionBudget,
    ) -> Result<(Ran, Ledger), Fault> {
        let message = &self.transaction;
        let writable = (0..accounts.len()).map(|at| message.is_writable(at));
        let work = Work {
            writable: writable.collect(),
            accounts,
            instructions: instructions(message),
            budget,
            blockhash: self.block.facts.blockhash(),
        };
        let ledger = Ledger::of(before);
        let block = &self.block;
        self.vm.run_work(&mut *self.host, block, ledger, None, work)
    }

    /// Writes what stays, and tells what happened.
    fn settle(
        mut self,
        fee: u64,
        loaded_bytes: u32,
        charged: Charged,
        before: Vec<(Pubkey, AccountSharedData)>,
        ran: Ran,
        ledger: &Ledger,
    ) -> Result<SvmTransacted, SvmTransactError> {
        let before: Vec<_> = before.into_iter().map(|(_, account)| account).collect();
        let mut after: Vec<AccountSharedData> = before.clone();
        let (keys, accounts): (Vec<_>, Vec<_>) = ran.accounts.into_iter().unzip();
        let slot = charged.slot;
        let kept: Vec<(usize, AccountSharedData)> = match &ran.status {
            Ok(()) => {
                let touched = ran.touched.iter().copied().enumerate().zip(accounts);
                let touched = touched.filter(|((at, touched), _)| *touched || *at == 0);
                touched.map(|((at, _), account)| (at, account)).collect()
            }
            Err(_) => charged.rollback(&keys),
        };
        let journal = self.host.journal();
        for (at, account) in kept {
            if let Some(key) = keys.get(at).filter(|key| **key != CROSS_VM_VAULT) {
                host::store(journal, key, ledger.lamports(key), &account)?;
            }
            if let Some(after) = after.get_mut(at) {
                *after = account;
            }
        }
        if let Some(slot) = slot {
            replay::note(journal, slot, self.transaction.message_hash())?;
        }
        self.pay(fee)?;
        Ok(SvmTransacted {
            status: ran.status,
            fee,
            compute_units: ran.units,
            gas_used: prices::gas_of(ran.units, keys.len() as u64, u64::from(loaded_bytes)),
            logs: ran.logs,
            inner_instructions: ran.inner_instructions,
            return_data: ran.return_data,
            keys,
            before,
            after,
            loaded_bytes,
        })
    }

    /// Gives the fee to the block's beneficiary.
    fn pay(&mut self, fee: u64) -> Result<(), Fault> {
        let beneficiary = self.host.env().block.beneficiary;
        let journal = self.host.journal();
        let wei = journal.balance(beneficiary)?;
        let sum = wei.checked_add(wei_of_lamports(fee));
        let sum = sum.ok_or_else(|| Fault::Bug("more than 2^256 wei in fees".into()))?;
        journal.set_balance(beneficiary, sum)
    }

    fn charge(&mut self, fee: u64) -> Result<Charged, SvmTransactError> {
        payer::charge(
            self.host.journal(),
            &self.block,
            &self.transaction,
            self.vm,
            fee,
        )
    }
}

/// Refuses a transaction that may use more gas than there is.
fn check_gas(host: &mut dyn Host<'_>, most: u64) -> Result<(), TransactionError> {
    match most > host.meter().remaining() {
        true => Err(TransactionError::WouldExceedMaxBlockCostLimit),
        false => Ok(()),
    }
}

/// The instructions of a message, with their accounts.
fn instructions(message: &SanitizedTransaction) -> Vec<Top<'_>> {
    let tops = message
        .message()
        .program_instructions_iter()
        .map(|(_, instruction)| {
            let accounts = instruction.accounts.iter().map(|at| {
                let place = usize::from(*at);
                let (is_signer, is_writable) =
                    (message.is_signer(place), message.is_writable(place));
                InstructionAccount::new(u16::from(*at), is_signer, is_writable)
            });
            Top {
                program: u16::from(instruction.program_id_index),
                accounts: accounts.collect(),
                data: &instruction.data,
            }
        });
    tops.collect()
}
