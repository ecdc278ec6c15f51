//! A block in order, on the caller's thread: over an overlay, without the scheduler's memory.

use crate::{Block, BlockRun, Counts, Ran, Refused, block::execute};
use lumio_executor::{ExecuteError, Executed};
use lumio_state::{Fault, Overlay, StateView};
use lumio_types::Transaction;
use std::borrow::Borrow;

/// Runs one transaction after another, whatever threads there are. `keep` is that of
/// [`Threads::run`](crate::Threads::run).
///
/// # Errors
/// When the state cannot be read.
pub fn run<V, T, K>(
    block: &Block<'_, V, T>,
    keep: impl Fn(&Transaction, &Executed) -> K,
) -> Result<BlockRun<K>, Fault>
where
    V: StateView,
    T: Borrow<Transaction>,
{
    // As in parallel, so that what is kept is the same.
    let executor = block
        .executor
        .deferring_credits(block.state, block.context)?;
    let mut state = Overlay::new(block.state);
    let mut results = Vec::with_capacity(block.transactions.len());
    for transaction in block.transactions {
        let transaction = transaction.borrow();
        let result = match execute(&executor, &state, block.context, transaction) {
            Ok(mut executed) => {
                let kept = keep(transaction, &executed);
                executed.settle_on(&mut state)?;
                Ok(Ran { executed, kept })
            }
            Err(Refused::Execute(ExecuteError::Fault(Fault::Storage(error)))) => {
                return Err(Fault::Storage(error));
            }
            Err(refused) => Err(refused),
        };
        results.push(result);
    }
    let transactions = block.transactions.len();
    Ok(BlockRun {
        results: vec![results],
        writes: vec![state.into_changes().collect()],
        counts: Counts {
            runs: transactions,
            in_order: transactions,
            ..Counts::default()
        },
        repeated: Vec::new(),
    })
}
