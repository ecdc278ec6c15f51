//! `debug_trace…`: transactions under a tracer of geth's, with the frames of all virtual machines.
//!
//! ```text
//! Wanted ──prepare──► Recorder ──run──► Seen ──render──► the tracer's answer
//! ```

mod accesses;
mod budget;
mod frames;
mod names;
mod order;
mod recorder;
mod run;
mod steps;
mod transfers;
mod wanted;

pub(crate) use accesses::list_accesses;
pub(crate) use transfers::run_with_transfers;

use crate::{Base, Overrides, SimulateError, Simulator, call::overridden, request::Prepared};
use alloy_rpc_types_eth::{TransactionInfo, TransactionRequest};
use alloy_rpc_types_trace::geth::{GethDebugTracingOptions, GethTrace, TraceResult};
use lumio_executor::{BlockContext, Executed};
use lumio_state::{Overlay, StateView};
use lumio_types::{Carried, MoveTransaction, SolanaTransaction, Transaction};
use lumio_vm_evm::evm_transaction;
use run::{Subject, Traced};
use wanted::Wanted;

impl Simulator {
    /// Traces a call.
    ///
    /// # Errors
    /// When it is refused, or the tracer is unknown. A revert is a trace.
    pub fn trace_call(
        &self,
        base: Base<'_>,
        request: &TransactionRequest,
        overrides: &Overrides,
        options: &GethDebugTracingOptions,
    ) -> Result<GethTrace, SimulateError> {
        let (state, block) = overridden(base, overrides)?;
        let base = Base {
            view: &state,
            block: &block,
        };
        let Prepared {
            transaction,
            checks,
        } = self.prepare(base, request)?;
        let traced = Traced {
            base,
            subject: Subject::Evm {
                transaction: Box::new(transaction),
                checks,
            },
            info: TransactionInfo::default(),
        };
        Ok(self.trace(&traced, &Wanted::of(options)?)?.0)
    }

    /// Traces a Move transaction that is in no block.
    ///
    /// # Errors
    /// When no block could contain it, or the tracer is unknown. A failure is a trace.
    pub fn trace_move(
        &self,
        base: Base<'_>,
        inner: &MoveTransaction,
        overrides: &Overrides,
        options: &GethDebugTracingOptions,
    ) -> Result<GethTrace, SimulateError> {
        let (state, block) = overridden(base, overrides)?;
        let traced = Traced {
            base: Base {
                view: &state,
                block: &block,
            },
            subject: Subject::Move {
                envelope: None,
                inner,
            },
            info: TransactionInfo::default(),
        };
        Ok(self.trace(&traced, &Wanted::of(options)?)?.0)
    }

    /// Traces a Solana transaction, whose signatures need not hold, as its simulation would run it.
    ///
    /// # Errors
    /// When no block could contain it, or the tracer is unknown. A failure is a trace.
    pub fn trace_solana(
        &self,
        base: Base<'_>,
        inner: &SolanaTransaction,
        overrides: &Overrides,
        options: &GethDebugTracingOptions,
    ) -> Result<GethTrace, SimulateError> {
        let (state, block) = overridden(base, overrides)?;
        let traced = Traced {
            base: Base {
                view: &state,
                block: &block,
            },
            subject: Subject::Solana {
                envelope: None,
                inner,
            },
            info: TransactionInfo::default(),
        };
        Ok(self.trace(&traced, &Wanted::of(options)?)?.0)
    }

    /// Traces transactions of a block from the state before the block: all of
    /// them, or the one at an index.
    ///
    /// # Errors
    /// When a transaction does not run, or the tracer is unknown.
    pub fn trace_block(
        &self,
        parent_state: &dyn StateView,
        block: &BlockContext,
        transactions: &[Transaction],
        only: Option<usize>,
        options: &GethDebugTracingOptions,
    ) -> Result<Vec<TraceResult>, SimulateError> {
        let wanted = Wanted::of(options)?;
        let mut state = Overlay::new(parent_state);
        state.apply(self.executor.begin_block(parent_state, block)?);
        let mut traces = Vec::new();
        for (index, transaction) in transactions.iter().enumerate() {
            if only.is_some_and(|only| only != index) {
                let executed = self.executor.execute(&state, block, transaction)?;
                state.apply(executed.writes);
                continue;
            }
            let subject = match transaction.carried() {
                Some(Carried::Move(inner)) => Subject::Move {
                    envelope: Some(transaction),
                    inner,
                },
                Some(Carried::Solana(inner)) => Subject::Solana {
                    envelope: Some(transaction),
                    inner,
                },
                None => Subject::Evm {
                    transaction: Box::new(evm_transaction(transaction)),
                    // As its block made them.
                    checks: self.executor.evm().checks(),
                },
            };
            let traced = Traced {
                base: Base {
                    view: &state,
                    block,
                },
                subject,
                info: TransactionInfo {
                    hash: Some(transaction.hash()),
                    index: Some(index as u64),
                    block_number: Some(block.number),
                    base_fee: Some(block.base_fee),
                    ..TransactionInfo::default()
                },
            };
            let (result, executed) = self.trace(&traced, &wanted)?;
            traces.push(TraceResult::new_success(result, Some(transaction.hash())));
            if only.is_some() {
                break;
            }
            state.apply(executed.writes);
        }
        Ok(traces)
    }

    fn trace(
        &self,
        traced: &Traced<'_>,
        wanted: &Wanted,
    ) -> Result<(GethTrace, Executed), SimulateError> {
        let seen = self.observe(traced, wanted.recorder())?;
        let trace = wanted.render(&seen)?;
        Ok((trace, seen.executed))
    }
}
