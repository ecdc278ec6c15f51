//! The check that nobody can tell: the block once more, in order, by the executor alone.

use crate::{Block, BlockRun, Refused};
use alloy_primitives::B256;
use lumio_executor::Executed;
use lumio_state::{Fault, Overlay, StateKey, StateView, Value, WriteSet};
use lumio_types::Transaction;
use std::borrow::Borrow;

/// What differs between a block in parallel and in order: a bug.
#[derive(Debug, thiserror::Error)]
pub enum Mismatch {
    /// The state cannot be read.
    #[error(transparent)]
    State(#[from] Fault),
    /// A transaction came to something else.
    #[error(
        "internal error, please report it: transaction {number} ({hash}) comes to something else \
         in parallel ({parallel}) than in order ({in_order})"
    )]
    Transaction {
        /// Its place in the block.
        number: usize,
        /// Its hash.
        hash: B256,
        /// What it came to in parallel.
        parallel: String,
        /// What it came to in order.
        in_order: String,
    },
    /// The state after differs.
    #[error(
        "internal error, please report it: {key:?} is {parallel:?} after the block in parallel, \
         and {in_order:?} in order"
    )]
    Value {
        /// Where it differs.
        key: Box<StateKey>,
        /// What is there after the block in parallel; the outer `None` when it did not write.
        parallel: Option<Option<Value>>,
        /// What is there after it in order.
        in_order: Option<Option<Value>>,
    },
}

impl<K> BlockRun<K> {
    /// Runs the same transactions in order and compares.
    ///
    /// # Errors
    /// The first difference.
    pub fn verify<V: StateView, T: Borrow<Transaction>>(
        &self,
        block: &Block<'_, V, T>,
    ) -> Result<(), Mismatch> {
        let mut overlay = Overlay::new(block.state);
        let mut results = self.results.iter().flatten();
        for (number, transaction) in block.transactions.iter().enumerate() {
            let (transaction, result) = (transaction.borrow(), results.next());
            let expected = block.executor.execute(&overlay, block.context, transaction);
            let differs = match (result, &expected) {
                (Some(Ok(ran)), Ok(expected)) => !is_same(&ran.executed, expected),
                (Some(Err(Refused::Execute(refused))), Err(expected)) => refused != expected,
                // Which only this check sees, after it ran.
                (Some(Err(Refused::Supply(_))), Ok(_)) => false,
                (Some(_) | None, _) => true,
            };
            if differs {
                return Err(Mismatch::Transaction {
                    number,
                    hash: transaction.hash(),
                    parallel: result.map_or_else(String::new, |result| {
                        let executed = result.as_ref().map(|ran| &ran.executed);
                        told(executed.map_err(ToString::to_string))
                    }),
                    in_order: told(expected.as_ref().map_err(ToString::to_string)),
                });
            }
            if let (Some(Ok(_)), Ok(expected)) = (result, expected) {
                overlay.apply(expected.writes);
            }
        }
        let ours: WriteSet = self.writes.iter().flatten().cloned().collect();
        first_difference(&ours, &overlay.into_writes()).map_or(Ok(()), Err)
    }
}

/// Whether two runs came to the same, writes aside.
fn is_same(ours: &Executed, theirs: &Executed) -> bool {
    let Executed {
        success,
        gas_used,
        output,
        halt,
        events,
        writes: _,
        credits: _,
        grew: _,
        contract_address,
        deposit_nonce,
        carried,
    } = ours;
    *success == theirs.success
        && *gas_used == theirs.gas_used
        && *output == theirs.output
        && *halt == theirs.halt
        && *events == theirs.events
        && *contract_address == theirs.contract_address
        && *deposit_nonce == theirs.deposit_nonce
        && *carried == theirs.carried
}

fn told(result: Result<&Executed, String>) -> String {
    match result {
        Ok(executed) => format!(
            "success {}, {} gas, {} events, {:?}, {:?}",
            executed.success,
            executed.gas_used,
            executed.events.len(),
            executed.halt,
            executed.carried
        ),
        Err(error) => error,
    }
}

fn first_difference(parallel: &WriteSet, in_order: &WriteSet) -> Option<Mismatch> {
    let keys = parallel.keys().chain(in_order.keys());
    let mut differing = keys.filter(|key| parallel.get(key) != in_order.get(key));
    differing.next().map(|key| Mismatch::Value {
        key: Box::new(key.clone()),
        parallel: parallel.get(key).cloned(),
        in_order: in_order.get(key).cloned(),
    })
}
