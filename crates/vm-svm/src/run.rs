//! Runs top-level instructions over loaded accounts, for whole transactions and for calls alike.
//!
//! ```text
//! accounts ──► instructions, one after another ──► rent and conservation ──► what was touched
//! ```

use lumio_vm_bus::{Fault, Host};
use solana_account::{AccountSharedData, ReadableAccount};
use solana_message::{
    compiled_instruction::CompiledInstruction,
    inner_instruction::{InnerInstruction, InnerInstructionsList},
};
use solana_program_runtime::{
    execution_budget::{SVMTransactionExecutionBudget, SVMTransactionExecutionCost},
    invoke_context::{EnvironmentConfig, InvokeContext},
    loaded_programs::ProgramCacheForTxBatch,
    solana_sbpf::vm::ContextObject,
};
use solana_pubkey::Pubkey;
use solana_rent::Rent;
use solana_svm::rent_calculator::{
    RentState, check_rent_state_with_account, get_post_exec_account_rent_state,
    get_pre_exec_account_rent_state,
};
use solana_svm_callback::InvokeContextCallback;
use solana_svm_log_collector::LogCollector;
use solana_svm_timings::ExecuteTimings;
use solana_transaction_context::{
    IndexOfAccount, MAX_ACCOUNTS_PER_TRANSACTION,
    instruction_accounts::InstructionAccount,
    transaction::{ExecutionRecord, TransactionContext, TransactionReturnData},
};
use solana_transaction_error::TransactionError;
use std::{borrow::Cow, rc::Rc};

use crate::{
    SvmVm,
    context::{Context, Ledger},
    crossing::AMOUNT_TAKEN_UP,
    events,
    genesis::TOKEN,
    invoke,
    load::Accounts,
    machine::{Block, Settings},
    prices::LAMPORTS_PER_SIGNATURE,
    quiet::Quiet,
    sysvars::Sysvars,
};

/// Bytes of log messages that are kept of one run.
pub(crate) const MAX_LOG_BYTES: usize = 10_000;

/// A top-level instruction.
pub(crate) struct Top<'i> {
    /// Which account is the program.
    pub(crate) program: IndexOfAccount,
    pub(crate) accounts: Vec<InstructionAccount>,
    pub(crate) data: &'i [u8],
}

/// What is to be run.
pub(crate) struct Work<'i> {
    /// The accounts, a fee already taken.
    pub(crate) accounts: Vec<(Pubkey, AccountSharedData)>,
    /// Which of them may be written.
    pub(crate) writable: &'i [bool],
    /// Makes the instructions.
    pub(crate) instructions: &'i dyn Fn() -> Vec<Top<'i>>,
    pub(crate) budget: SVMTransactionExecutionBudget,
    /// Bytes of accounts that programs may pass on as they invoke others.
    pub(crate) passable: u64,
    pub(crate) blockhash: solana_hash::Hash,
}

/// What a run came to.
pub(crate) struct Ran {
    pub(crate) status: Result<(), TransactionError>,
    pub(crate) units: u64,
    pub(crate) logs: Vec<String>,
    pub(crate) inner_instructions: InnerInstructionsList,
    pub(crate) return_data: TransactionReturnData,
    /// Bytes of the events that programs logged.
    pub(crate) event_bytes: u64,
    /// Bytes of accounts that programs passed on as they invoked others.
    pub(crate) passed_on: u64,
    pub(crate) accounts: Vec<(Pubkey, AccountSharedData)>,
    /// Which of them were written to.
    pub(crate) touched: Box<[bool]>,
}

impl Ran {
    /// What did not even begin to run.
    pub(crate) fn nothing(error: TransactionError, accounts: Accounts) -> Self {
        Self {
            status: Err(error),
            units: 0,
            logs: Vec::new(),
            inner_instructions: Vec::new(),
            return_data: Default::default(),
            event_bytes: 0,
            passed_on: 0,
            touched: vec![false; accounts.len()].into(),
            accounts,
        }
    }
}

impl SvmVm {
    /// Runs instructions over accounts whose lamports the journal has as in the ledger; no program
    /// may speak for the account that called in from another VM. What the journal has afterwards
    /// comes along.
    pub(crate) fn run_work<'v>(
        &self,
        host: &mut dyn Host<'v>,
        block: &Block,
        ledger: Ledger,
        outer: Option<Pubkey>,
        work: Work<'_>,
    ) -> Result<(Ran, Ledger), Fault> {
        let settings = self.settings();
        let mut programs = block.programs(&work.accounts);
        let environment = settings.environments.get_env_for_execution();
        for (key, account) in &work.accounts {
            let journal = host.journal();
            self.programs()
                .provide(journal, environment, &mut programs, key, account)?;
        }
        let context = Context::new(host, ledger, outer);
        let mut ran = run(settings, &block.sysvars, &mut programs, &context, work);
        let ledger = context.finish()?;
        if ran.status.is_ok() {
            ran.status = ledger.check(&ran.accounts);
        }
        Ok((ran, ledger))
    }
}

/// Runs instructions. The accounts are those afterwards, whether the run failed or not.
fn run(
    settings: &Settings,
    sysvars: &Sysvars,
    programs: &mut ProgramCacheForTxBatch,
    callback: &dyn InvokeContextCallback,
    work: Work<'_>,
) -> Ran {
    let place = Place {
        settings,
        sysvars,
        callback,
        writable: work.writable,
        budget: work.budget,
        passable: work.passable,
        blockhash: work.blockhash,
    };
    let instructions = (work.instructions)();
    if let Some(mut quiet) = Quiet::of(&work.accounts, &instructions, work.budget.heap_size) {
        let accounts = work.accounts.clone();
        let ran = place.attempt(programs, accounts, instructions, Some(&mut quiet));
        if ran.status.is_ok() && !events::has_missed() {
            let logs = quiet.into_lines();
            return Ran { logs, ..ran };
        }
        return place.attempt(programs, work.accounts, (work.instructions)(), None);
    }
    place.attempt(programs, work.accounts, instructions, None)
}

/// What instructions run in.
struct Place<'e> {
    settings: &'e Settings,
    sysvars: &'e Sysvars,
    callback: &'e dyn InvokeContextCallback,
    writable: &'e [bool],
    budget: SVMTransactionExecutionBudget,
    passable: u64,
    blockhash: solana_hash::Hash,
}

impl Place<'_> {
    /// Runs instructions over accounts, with a log, or for programs without one.
    fn attempt(
        &self,
        programs: &mut ProgramCacheForTxBatch,
        accounts: Accounts,
        tops: Vec<Top<'_>>,
        quiet: Option<&mut Quiet>,
    ) -> Ran {
        events::begin();
        invoke::begin(self.passable);
        let (settings, rent) = (self.settings, &self.sysvars.rent);
        let sum = sum(&accounts);
        let before = rent_states(settings, rent, &accounts, self.writable);
        let count = tops.len();
        // Programs without a log invoke no others.
        let trace = match &quiet {
            Some(_) => count.min(self.budget.max_instruction_trace_length),
            None => self.budget.max_instruction_trace_length,
        };
        let depth = self.budget.max_instruction_stack_depth;
        let mut context = TransactionContext::new(accounts, rent.clone(), depth, trace, count);
        let logs = LogCollector::new_ref_with_limit(Some(MAX_LOG_BYTES));
        let logs = quiet.is_none().then_some(logs);
        let mut units = 0;
        let invoked = {
            let mut invoke = InvokeContext::new(
                &mut context,
                programs,
                EnvironmentConfig::new(
                    self.blockhash,
                    LAMPORTS_PER_SIGNATURE,
                    false,
                    self.callback,
                    &settings.runtime_features,
                    &settings.environments,
                    &self.sysvars.cache,
                ),
                logs.clone(),
                self.budget,
                SVMTransactionExecutionCost::default(),
            );
            instructions(&mut invoke, tops, &mut units, quiet)
        };
        let inner_instructions = inner_instructions(&mut context, count);
        let record = ExecutionRecord::from(context);
        let checked = invoked
            .and_then(|()| check_rent(settings, rent, &before, &record.accounts))
            .and_then(|()| match self::sum(&record.accounts) == sum {
                true => Ok(()),
                false => Err(TransactionError::UnbalancedTransaction),
            });
        Ran {
            status: checked,
            units,
            logs: logs
                .and_then(Rc::into_inner)
                .map(|logs| logs.into_inner().into_messages())
                .unwrap_or_default(),
            inner_instructions,
            return_data: record.return_data,
            event_bytes: events::bytes(),
            passed_on: invoke::bytes(),
            accounts: record.accounts,
            touched: record.touched_flags,
        }
    }
}

fn sum(accounts: &[(Pubkey, AccountSharedData)]) -> u128 {
    let lamports = accounts.iter().map(|(_, a)| u128::from(a.lamports()));
    // 256 accounts of 64 bits: cannot overflow.
    lamports.sum()
}

/// Runs one instruction after another, until one fails.
fn instructions<'i>(
    invoke: &mut InvokeContext<'_, 'i>,
    instructions: Vec<Top<'i>>,
    units: &mut u64,
    mut quiet: Option<&mut Quiet>,
) -> Result<(), TransactionError> {
    let datas: Vec<&'i [u8]> = instructions.iter().map(|top| top.data).collect();
    let programs: Vec<IndexOfAccount> = instructions.iter().map(|top| top.program).collect();
    for (number, top) in instructions.into_iter().enumerate() {
        let positions = first_positions(&top.accounts);
        invoke
            .transaction_context
            .configure_instruction_at_index(
                number,
                top.program,
                top.accounts,
                positions,
                Cow::Borrowed(top.data),
                None,
            )
            .map_err(|error| TransactionError::InstructionError(short(number), error))?;
    }
    let mut timings = ExecuteTimings::default();
    for (number, (program, data)) in programs.iter().zip(&datas).enumerate() {
        let failed = |error| TransactionError::InstructionError(short(number), error);
        let key = invoke
            .transaction_context
            .get_key_of_account_at_index(*program)
            .copied()
            .map_err(failed)?;
        let (mut used, left) = (0, invoke.get_remaining());
        let result = match invoke.is_precompile(&key) {
            true => invoke.process_precompile(&key, data, datas.iter().copied()),
            false => invoke.process_instruction(&mut used, &mut timings),
        };
        *units = units.saturating_add(used);
        result.map_err(failed)?;
        if let Some(quiet) = &mut quiet {
            quiet.note(&key, used, left);
            let (_, returned) = invoke.transaction_context.get_return_data();
            if !returned.is_empty() {
                events::miss();
            }
        }
    }
    Ok(())
}

/// Where in an instruction each account of the transaction comes first.
pub(crate) fn first_positions(accounts: &[InstructionAccount]) -> Vec<u16> {
    let mut positions = vec![u16::MAX; MAX_ACCOUNTS_PER_TRANSACTION];
    for (at, account) in (0_u16..).zip(accounts) {
        let place = usize::from(account.index_in_transaction);
        if let Some(first) = positions.get_mut(place)
            && *first == u16::MAX
        {
            *first = at;
        }
    }
    positions
}

fn short(number: usize) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

/// What of a writable account its rent depends on, before the run.
struct RentBefore {
    state: RentState,
    lamports: u64,
    size: usize,
    owner: Pubkey,
}

fn rent_states(
    settings: &Settings,
    rent: &Rent,
    accounts: &Accounts,
    writable: &[bool],
) -> Vec<Option<RentBefore>> {
    let is_relaxed = settings.runtime_features.relax_post_exec_min_balance_check;
    let accounts = accounts.iter().zip(writable);
    let states = accounts.map(|((_, account), is_writable)| {
        let (lamports, size) = (account.lamports(), account.data().len());
        let least = rent.minimum_balance(size);
        is_writable.then(|| RentBefore {
            state: get_pre_exec_account_rent_state(lamports, size, least, is_relaxed),
            lamports,
            size,
            owner: *account.owner(),
        })
    });
    states.collect()
}

fn check_rent(
    settings: &Settings,
    rent: &Rent,
    before: &[Option<RentBefore>],
    accounts: &[(Pubkey, AccountSharedData)],
) -> Result<(), TransactionError> {
    let is_relaxed = settings.runtime_features.relax_post_exec_min_balance_check;
    for (index, (before, (key, account))) in (0_u16..).zip(before.iter().zip(accounts)) {
        let Some(before) = before else { continue };
        let (lamports, size) = (account.lamports(), account.data().len());
        let is_exempt_still = is_relaxed
            && before.size >= size
            && before.state == RentState::RentExempt
            && before.owner == *account.owner();
        let after = get_post_exec_account_rent_state(
            lamports,
            size,
            rent.minimum_balance(size),
            &before.state,
            before.lamports,
            is_exempt_still,
        );
        check_rent_state_with_account(&before.state, &after, key, index)?;
    }
    Ok(())
}

/// The instructions that each top-level one invoked, in order.
fn inner_instructions(context: &mut TransactionContext<'_>, tops: usize) -> InnerInstructionsList {
    let mut lists = vec![Vec::new(); tops];
    let token = context.find_index_of_account(&TOKEN);
    let (frames, accounts, datas) = context.take_instruction_trace();
    // To which top-level instruction each one of the trace belongs.
    let mut owners: Vec<usize> = (0..tops).collect();
    let trace = frames.into_iter().zip(accounts).zip(datas).skip(tops);
    for ((frame, accounts), data) in trace {
        let caller = usize::from(frame.index_of_caller_instruction);
        let Some(top) = owners.get(caller).copied() else {
            break;
        };
        owners.push(top);
        if *data == *AMOUNT_TAKEN_UP && Some(frame.program_account_index_in_tx) == token {
            continue;
        }
        let indices = accounts
            .iter()
            .map(|a| a.index_in_transaction.to_le_bytes()[0]);
        let instruction = CompiledInstruction::new_from_raw_parts(
            frame.program_account_index_in_tx.to_le_bytes()[0],
            data.into_owned(),
            indices.collect(),
        );
        let height = frame.nesting_level.saturating_add(1);
        if let Some(list) = lists.get_mut(top) {
            list.push(InnerInstruction {
                instruction,
                stack_height: u8::try_from(height).unwrap_or(u8::MAX),
            });
        }
    }
    lists
}
