//! Running a transaction under a recorder: the same code as in a block.

use super::{budget::TRACE_TOO_LARGE, recorder::Recorder};
use crate::{Base, SimulateError, Simulator, call::block_for};
use alloy_consensus::Transaction as _;
use alloy_rpc_types_eth::TransactionInfo;
use lumio_executor::{ExecuteError, Executed, Executor, Fault, Onlooker};
use lumio_move_transaction::{Bcs, ExecutableRef};
use lumio_state::Journal;
use lumio_types::{
    AccountId, MOVE_MAGIC, MoveTransaction, SOLANA_MAGIC, SolanaTransaction, Transaction, VmId,
};
use lumio_vm_bus::{Bus, Call, Env, Outcome, Status, Vms};
use lumio_vm_evm::{Checks, EvmTransaction, Shared, Transacted, Watch, Watched, inspected_state};
use revm::state::EvmState;

/// A transaction to trace, and where it is.
pub(super) struct Traced<'a> {
    pub(super) base: Base<'a>,
    pub(super) subject: Subject<'a>,
    pub(super) info: TransactionInfo,
}

/// What is to be run.
pub(super) enum Subject<'a> {
    /// A transaction of the EVM, with the checks that are made of it.
    Evm {
        transaction: Box<EvmTransaction>,
        checks: Checks,
    },
    /// A Move transaction, with what carries it; without, it is a simulation.
    Move {
        envelope: Option<&'a Transaction>,
        inner: &'a MoveTransaction,
    },
    /// A Solana transaction, in the same way.
    Solana {
        envelope: Option<&'a Transaction>,
        inner: &'a SolanaTransaction,
    },
}

/// What was seen of a run.
pub(super) struct Seen<'a> {
    pub(super) executor: &'a Executor,
    pub(super) traced: &'a Traced<'a>,
    pub(super) recorder: Recorder,
    /// The accounts that it looked at, as they are after it.
    pub(super) state: EvmState,
    pub(super) executed: Executed,
}

impl Simulator {
    pub(super) fn observe<'a>(
        &'a self,
        traced: &'a Traced<'a>,
        recorder: Recorder,
    ) -> Result<Seen<'a>, SimulateError> {
        let shared = Shared::new(recorder);
        let (state, executed) = match &traced.subject {
            Subject::Evm {
                transaction,
                checks,
            } => {
                let mut journal = Journal::new(traced.base.view);
                let hash = traced.info.hash.unwrap_or_default();
                let prepared = (&**transaction, *checks);
                let transacted = self.watch(&mut journal, traced.base, prepared, hash, &shared)?;
                let state = inspected_state(&mut journal)?;
                (state, self.executor.settle(journal, transacted)?)
            }
            Subject::Move { envelope, inner } => {
                self.watch_move(traced.base, (*envelope, inner), &shared)?
            }
            Subject::Solana { envelope, inner } => {
                self.watch_solana(traced.base, (*envelope, inner), &shared)?
            }
        };
        let mut recorder = shared.into_inspector();
        if let Subject::Evm { transaction, .. } = &traced.subject {
            recorder.set_gas_limit(transaction.base.gas_limit);
        }
        Ok(Seen {
            executor: &self.executor,
            traced,
            recorder,
            state,
            executed,
        })
    }

    /// Runs a transaction of the EVM under an inspector. What it changes stays in the journal.
    pub(super) fn watch<I: Watch>(
        &self,
        journal: &mut Journal<'_>,
        base: Base<'_>,
        (transaction, checks): (&EvmTransaction, Checks),
        transaction_hash: alloy_primitives::B256,
        shared: &Shared<I>,
    ) -> Result<Transacted, SimulateError> {
        let block = block_for(base.block, checks);
        let evm = self.executor.evm().with_checks(checks);
        let env = Env {
            transaction_hash,
            ..self.executor.env(&block, transaction)
        };
        let watched = Watched { evm: &evm, shared };
        let vms = Vms {
            evm: &watched,
            ..self.executor.vms()
        };
        let gas = transaction.base.gas_limit;
        let mut bus = Bus::new(journal, &env, vms, gas).observed_by(Some(shared));
        evm.inspect(transaction.clone(), &mut bus, shared)
            .map_err(|error| stopped(error.into()))
    }

    fn watch_move(
        &self,
        base: Base<'_>,
        (envelope, inner): (Option<&Transaction>, &MoveTransaction),
        shared: &Shared<Recorder>,
    ) -> Result<(EvmState, Executed), SimulateError> {
        let outermost = outermost(base, envelope, inner);
        shared.begin_transaction(&outermost);
        let mut journal = Journal::new(base.view);
        let watched = Watched {
            evm: self.executor.evm(),
            shared,
        };
        let onlooker = Onlooker {
            evm: &watched,
            observer: shared,
        };
        let carried = (envelope, inner);
        let transacted = self
            .executor
            .transact_move(&mut journal, base.block, carried, Some(onlooker))
            .map_err(stopped)?;
        let state = inspected_state(&mut journal)?;
        let executed = self.executor.settle_move(journal, inner, transacted)?;
        let status = match executed.halt.as_deref() {
            None => Status::Success,
            Some("Out of gas") => Status::OutOfGas,
            Some(_) => Status::Revert,
        };
        end(shared, &outermost, status, &executed);
        Ok((state, executed))
    }

    fn watch_solana(
        &self,
        base: Base<'_>,
        (envelope, inner): (Option<&Transaction>, &SolanaTransaction),
        shared: &Shared<Recorder>,
    ) -> Result<(EvmState, Executed), SimulateError> {
        let outermost = outermost_solana(base, envelope, inner);
        shared.begin_transaction(&outermost);
        let mut journal = Journal::new(base.view);
        let watched = Watched {
            evm: self.executor.evm(),
            shared,
        };
        let onlooker = Onlooker {
            evm: &watched,
            observer: shared,
        };
        let carried = (envelope, inner);
        let transacted = self
            .executor
            .transact_solana(&mut journal, base.block, carried, Some(onlooker))
            .map_err(stopped)?;
        let state = inspected_state(&mut journal)?;
        let executed = self.executor.settle_solana(journal, inner, &transacted)?;
        let status = match executed.success {
            true => Status::Success,
            false => Status::Revert,
        };
        end(shared, &outermost, status, &executed);
        Ok((state, executed))
    }
}

/// Tells the recorder how a whole transaction ended.
fn end(shared: &Shared<Recorder>, outermost: &Call, status: Status, executed: &Executed) {
    let outcome = Outcome {
        status,
        output: executed.output.clone(),
        gas_used: executed.gas_used,
        gas_refund: 0,
    };
    let events = executed.events.iter().map(|event| &event.log);
    shared.end_transaction(outermost, &outcome, events);
}

/// A Solana transaction as its outermost frame: a call by its payer, of the program of its last
/// instruction; those before it usually prepare.
fn outermost_solana(
    base: Base<'_>,
    envelope: Option<&Transaction>,
    inner: &SolanaTransaction,
) -> Call {
    let message = &inner.versioned.message;
    let last = message.instructions().last();
    let program = last.and_then(|instruction| {
        let keys = message.static_account_keys();
        keys.get(usize::from(instruction.program_id_index))
    });
    let target = program.map_or(inner.payer, |key| AccountId(key.to_bytes().into()));
    let (input, gas) = match envelope.map(Transaction::envelope) {
        Some(outer) => (outer.input().clone(), outer.gas_limit()),
        None => {
            let input = [SOLANA_MAGIC.as_slice(), &inner.wire].concat();
            (input.into(), base.block.gas_limit)
        }
    };
    Call::new(VmId::Svm, inner.payer, target, input, gas)
}

/// A Move transaction as its outermost frame: a call by its sender, of the module's account or, of
/// a script, of itself.
fn outermost(base: Base<'_>, envelope: Option<&Transaction>, inner: &MoveTransaction) -> Call {
    let sender = AccountId(inner.sender.address.0.into());
    let target = match inner.signed.raw.payload.executable() {
        ExecutableRef::EntryFunction(call) => AccountId(call.module.address.0.into()),
        ExecutableRef::Script(_) | ExecutableRef::Empty => sender,
    };
    let (input, gas) = match envelope.map(Transaction::envelope) {
        Some(outer) => (outer.input().clone(), outer.gas_limit()),
        None => {
            let input = [MOVE_MAGIC.as_slice(), &inner.signed.to_bytes()].concat();
            (input.into(), base.block.gas_limit)
        }
    };
    Call::new(VmId::Move, sender, target, input, gas)
}

/// Why a run did not come to its end.
fn stopped(error: ExecuteError) -> SimulateError {
    match error {
        ExecuteError::Fault(Fault::Bug(reason)) if reason == TRACE_TOO_LARGE => {
            SimulateError::Rejected(reason)
        }
        error => error.into(),
    }
}
