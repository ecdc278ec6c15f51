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
use solana_account::{AccountSharedData, ReadableAccount};
use solana_compute_budget_instruction::instructions_processor::process_compute_budget_instructions;
use solana_fee::FeeFeatures;
use solana_instruction::error::InstructionError;
use solana_message::inner_instruction::InnerInstructionsList;
use solana_program_runtime::execution_budget::SVMTransactionExecutionBudget;
use solana_pubkey::Pubkey;
use solana_sdk_ids::native_loader;
use solana_svm_transaction::svm_message::{SVMMessage, SVMStaticMessage};
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_context::{
    instruction_accounts::InstructionAccount, transaction::TransactionReturnData,
};
use solana_transaction_error::TransactionError;
use std::sync::Arc;

use crate::{
    SvmVm,
    context::Ledger,
    crossing::CROSS_VM_VAULT,
    erc20::Gas,
    host,
    load::Accounts,
    machine::Block,
    message::Message,
    mint_faces,
    payer::{self, Age, Charged},
    prices::{LAMPORTS_PER_SIGNATURE, Usage, passable},
    queue::failed_to_show,
    replay,
    run::{Ran, Top, Work},
    shown::Shown,
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
    /// The same, and what its accounts and events cost, in EVM gas.
    pub gas_used: u64,
    /// What its programs logged.
    pub logs: Vec<String>,
    /// The instructions that each of its instructions invoked.
    pub inner_instructions: InnerInstructionsList,
    /// What the last program that returned something returned; empty if none did.
    pub return_data: TransactionReturnData,
    /// Its accounts: the static ones, then those of lookup tables, writable ones first.
    pub keys: Vec<Pubkey>,
    /// How many of them are writable ones of lookup tables.
    pub loaded_writable: usize,
    /// How many of them are read-only ones of lookup tables.
    pub loaded_readonly: usize,
    /// The accounts before, in the same order; the fee not yet taken.
    pub before: Vec<AccountSharedData>,
    /// The accounts after.
    pub after: Vec<AccountSharedData>,
    /// Bytes of accounts that it loaded.
    pub loaded_bytes: u32,
}

/// What a transaction costs besides its compute units.
struct Paid {
    /// In lamports.
    fee: u64,
    loaded_bytes: u32,
    /// Bytes that are passed to deployed programs.
    passed: u64,
    /// EVM gas of saying what it has moved of mints with an ERC-20 contract.
    face_gas: u64,
}

/// A transaction on its way.
pub(crate) struct Run<'a, 'h, 'v> {
    pub(crate) vm: &'a SvmVm,
    pub(crate) host: &'h mut dyn Host<'v>,
    pub(crate) block: Arc<Block>,
    pub(crate) message: Message<'a>,
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
        let message = self.message(transaction, host, &block)?;
        let run = Run {
            vm: self,
            host,
            block,
            message,
        };
        run.go()
    }
}

impl Run<'_, '_, '_> {
    fn go(mut self) -> Result<SvmTransacted, SvmTransactError> {
        let settings = self.vm.settings();
        let message = &self.message;
        let limits = process_compute_budget_instructions(
            SVMStaticMessage::program_instructions_iter(message),
            &settings.features,
        )?;
        let units = u64::from(limits.compute_unit_limit);
        let mut usage = Usage {
            units,
            ..message.usage()
        };
        check_gas(self.host, usage.most_gas())?;
        let fees = solana_fee::calculate_fee_details(
            message,
            LAMPORTS_PER_SIGNATURE,
            limits.get_prioritization_fee(),
            FeeFeatures::from(&settings.features),
        );
        let fee = fees.total_fee();
        let charged = self.charge(fee)?;
        let mut budget = settings.budget;
        budget.compute_unit_limit = units;
        budget.heap_size = limits.updated_heap_bytes;

        let mut loaded_bytes = 0;
        let limit = limits.loaded_accounts_bytes.get();
        let loaded = self.load(&charged, limit, &mut loaded_bytes)?;
        usage.bytes = u64::from(loaded_bytes);
        check_gas(self.host, usage.most_gas())?;
        let mut paid = Paid {
            fee,
            loaded_bytes,
            passed: 0,
            face_gas: 0,
        };
        let loaded = loaded.and_then(|accounts| {
            paid.passed = passed(&self.message, &accounts);
            match paid.passed > passable(units) {
                true => Err(TransactionError::MaxLoadedAccountsDataSizeExceeded),
                false => Ok(accounts),
            }
        });
        let accounts = match loaded {
            Ok(accounts) => accounts,
            Err(error) => {
                paid.passed = 0;
                let ran = self.failed_to_load(error, &charged)?;
                let before = before(&ran.accounts, &charged);
                return self.fail(paid, charged, before, ran);
            }
        };
        let mut accounts = accounts;
        let mut gas = Gas::of_units(units);
        let shown = match Shown::load(self.host, &mut accounts, &mut gas) {
            Ok(shown) => shown,
            Err(error) => {
                let ran = failed_to_show(error, gas.used_units(), accounts)?;
                let before = before(&ran.accounts, &charged);
                return self.fail(paid, charged, before, ran);
            }
        };
        let asked = gas.used_units();
        budget.compute_unit_limit = units.saturating_sub(asked);
        let before = before(&accounts, &charged);
        let mut ledger = Ledger::of(&accounts, shown);
        ledger.note(charged.payer.0, charged.payer_before.lamports());
        let checkpoint = self.host.journal().checkpoint();
        let passable = passable(units).saturating_sub(paid.passed);
        let (mut ran, ledger) = self.run(accounts, ledger, budget, passable)?;
        paid.passed = paid.passed.saturating_add(ran.passed_on);
        ran.units = ran.units.saturating_add(asked);
        if ran.status.is_ok() {
            // Before the queue runs, whose calls say themselves what they move.
            let pairs = before.iter().zip(&ran.accounts);
            let pairs = pairs.map(|(before, (key, after))| (key, before, after));
            let moved = mint_faces::movements(self.host.journal_ref(), pairs, None)?;
            // The queue may use all compute units that are left.
            let most = Usage {
                units,
                ..self.usage(&paid, &ran)
            };
            let left = self.host.meter().remaining().saturating_sub(most.gas());
            paid.face_gas = moved.gas.min(left);
            if moved.gas > left {
                let error = InstructionError::ComputationalBudgetExceeded;
                let reason = "saying what tokens have moved takes more compute units";
                self.fail_last(&mut ran, (error, reason.into()));
            } else {
                moved.emit(self.host.journal())?;
            }
        }
        let (ran, ledger) = self.drain(checkpoint, ran, ledger, units)?;
        match ran.status {
            Ok(()) => self.succeed(paid, charged, before, ran, &ledger),
            Err(_) => {
                // What other VMs did for it goes with it.
                self.host.journal().revert(checkpoint);
                self.fail(paid, charged, before, ran)
            }
        }
    }

    fn run(
        &mut self,
        accounts: Accounts,
        ledger: Ledger,
        budget: SVMTransactionExecutionBudget,
        passable: u64,
    ) -> Result<(Ran, Ledger), Fault> {
        let work = Work {
            accounts,
            writable: self.message.writable(),
            instructions: &|| instructions(&self.message),
            budget,
            passable,
            blockhash: self.block.facts.blockhash(),
        };
        let block = &self.block;
        self.vm.run_work(&mut *self.host, block, ledger, None, work)
    }

    /// Writes what a transaction has changed.
    fn succeed(
        self,
        paid: Paid,
        charged: Charged,
        before: Vec<AccountSharedData>,
        ran: Ran,
        ledger: &Ledger,
    ) -> Result<SvmTransacted, SvmTransactError> {
        let journal = self.host.journal();
        // The payer's fee is no touch.
        let touched = ran.touched.iter().enumerate();
        let touched = touched.map(|(at, touched)| *touched || at == 0);
        for ((key, account), _) in ran.accounts.iter().zip(touched).filter(|(_, is)| *is) {
            if *key != CROSS_VM_VAULT {
                let stored = ledger.shown.stored(key, account);
                host::store(journal, key, ledger.lamports(key), &stored)?;
            }
        }
        self.settle(paid, charged.age, before, ran)
    }

    /// Writes what stays of a transaction that failed: its fee, and the nonce that it used up.
    fn fail(
        self,
        paid: Paid,
        charged: Charged,
        before: Vec<AccountSharedData>,
        mut ran: Ran,
    ) -> Result<SvmTransacted, SvmTransactError> {
        for ((_, account), before) in ran.accounts.iter_mut().zip(&before) {
            *account = before.clone();
        }
        for (key, account) in charged.rollback() {
            let found = ran.accounts.iter_mut().find(|(named, _)| *named == key);
            let Some((_, place)) = found else { continue };
            host::store(self.host.journal(), &key, place.lamports(), &account)?;
            *place = account;
        }
        self.settle(paid, charged.age, before, ran)
    }

    /// Notes the transaction, pays its fee, and tells what happened.
    fn settle(
        mut self,
        paid: Paid,
        age: Age,
        before: Vec<AccountSharedData>,
        ran: Ran,
    ) -> Result<SvmTransacted, SvmTransactError> {
        if let Age::Recent(message) = age {
            replay::note(self.host.journal(), message)?;
        }
        self.pay(paid.fee)?;
        let usage = self.usage(&paid, &ran);
        let (keys, after): (Vec<_>, Vec<_>) = ran.accounts.into_iter().unzip();
        Ok(SvmTransacted {
            status: ran.status,
            fee: paid.fee,
            compute_units: ran.units,
            gas_used: usage.gas(),
            logs: ran.logs,
            inner_instructions: ran.inner_instructions,
            return_data: ran.return_data,
            loaded_writable: self.message.loaded().writable.len(),
            loaded_readonly: self.message.loaded().readonly.len(),
            keys,
            before,
            after,
            loaded_bytes: paid.loaded_bytes,
        })
    }

    /// What it has taken.
    fn usage(&self, paid: &Paid, ran: &Ran) -> Usage {
        let usage = Usage {
            units: ran.units,
            bytes: u64::from(paid.loaded_bytes),
            passed: paid.passed,
            event_bytes: ran.event_bytes,
            face_gas: paid.face_gas,
            ..self.message.usage()
        };
        usage.invoking(&ran.inner_instructions)
    }

    /// Gives the fee to the block's beneficiary.
    fn pay(&mut self, fee: u64) -> Result<(), Fault> {
        let beneficiary = self.host.env().block.beneficiary;
        let journal = self.host.journal();
        journal.credit(beneficiary, wei_of_lamports(fee))
    }

    fn charge(&mut self, fee: u64) -> Result<Charged, SvmTransactError> {
        payer::charge(
            self.host.journal(),
            &self.block,
            &self.message,
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

/// Bytes of accounts that instructions pass to deployed programs.
fn passed(message: &Message<'_>, accounts: &Accounts) -> u64 {
    let account = |at: u8| accounts.get(usize::from(at)).map(|(_, account)| account);
    let mut bytes = 0_u64;
    for instruction in message.instructions() {
        let program = account(instruction.program_id_index);
        if program.is_none_or(|program| native_loader::check_id(program.owner())) {
            continue;
        }
        let named = instruction.accounts.iter().enumerate();
        for (place, at) in named {
            let is_first = !instruction.accounts.iter().take(place).any(|it| it == at);
            if let Some(account) = account(*at).filter(|_| is_first) {
                bytes = bytes.saturating_add(account.data().len() as u64);
            }
        }
    }
    bytes
}

/// The accounts before a transaction, its fee not yet taken.
fn before(accounts: &Accounts, charged: &Charged) -> Vec<AccountSharedData> {
    let (payer, payer_before) = (&charged.payer.0, &charged.payer_before);
    let before = accounts.iter().map(|(key, account)| match key == payer {
        true => payer_before.clone(),
        false => account.clone(),
    });
    before.collect()
}

/// The instructions of a message, with their accounts.
fn instructions<'t>(message: &Message<'t>) -> Vec<Top<'t>> {
    let tops = message.instructions().map(|instruction| {
        let accounts = instruction.accounts.iter().map(|at| {
            let place = usize::from(*at);
            let (is_signer, is_writable) = (message.is_signer(place), message.is_writable(place));
            InstructionAccount::new(u16::from(*at), is_signer, is_writable)
        });
        Top {
            program: u16::from(instruction.program_id_index),
            accounts: accounts.collect(),
            data: instruction.data,
        }
    });
    tops.collect()
}
