//! Running the blocks of a chain again, each on the state that it was made on, and comparing.

use crate::{
    backend::context_of,
    chain::{Chain, ChainError},
    producer::{execute_on, unsealed},
};
use lumio_state::{StateKey, StateView as _};
use lumio_storage::Snapshot;
use lumio_types::Block;
use std::{
    fmt,
    ops::RangeInclusive,
    sync::Arc,
    time::{Duration, Instant},
};

/// Blocks that came to the same once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// The first and the last of them.
    pub blocks: RangeInclusive<u64>,
    /// Their transactions.
    pub transactions: u64,
    /// Gas that those used.
    pub gas: u64,
    /// On so many threads.
    pub threads: usize,
    /// What it took to run them, comparing aside.
    pub took: Duration,
}

impl fmt::Display for Replayed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = (self.blocks.start(), self.blocks.end());
        writeln!(f, "blocks        {first} to {last}: all as they were")?;
        writeln!(f, "transactions  {}", self.transactions)?;
        writeln!(f, "gas           {}", self.gas)?;
        let seconds = self.took.as_secs_f64();
        write!(
            f,
            "execution     {seconds:.3} s on {} threads",
            self.threads
        )
    }
}

/// Why blocks could not be run again, or what is different.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The chain cannot be read.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The state that the first block was made on is gone.
    #[error(
        "block {asked} cannot be run again: the state before it is gone. The first that can is \
         {oldest}; a node keeps more with --history-blocks"
    )]
    Pruned {
        /// The block.
        asked: u64,
        /// The first block whose parent's state is there.
        oldest: u64,
    },
    /// There is no such block.
    #[error("there is no block {asked}: the head is {head}")]
    Beyond {
        /// The block.
        asked: u64,
        /// The newest block.
        head: u64,
    },
    /// A block comes to something else.
    #[error("block {number} comes to something else when it is run again: {what}")]
    Differs {
        /// The block.
        number: u64,
        /// What is different.
        what: String,
    },
}

/// Runs blocks again, from `first` or the oldest that can be to the head.
///
/// # Errors
/// The first difference, or why there can be no comparison.
pub(crate) fn replay(chain: &Chain, first: Option<u64>) -> Result<Replayed, ReplayError> {
    let snapshot = chain.snapshot();
    let head = snapshot.head().ok_or(ChainError::NoGenesis)?.number;
    let oldest = snapshot.oldest_state().saturating_add(1);
    let first = first.unwrap_or(oldest);
    if first < oldest {
        let asked = first;
        return Err(ReplayError::Pruned { asked, oldest });
    }
    if first > head {
        let asked = first;
        return Err(ReplayError::Beyond { asked, head });
    }
    let mut replayed = Replayed {
        blocks: first..=head,
        transactions: 0,
        gas: 0,
        threads: chain.threads(),
        took: Duration::ZERO,
    };
    for number in first..=head {
        let block = snapshot.block(number).map_err(ChainError::from)?;
        let missing = ReplayError::Beyond {
            asked: number,
            head,
        };
        let block = block.ok_or(missing)?;
        replayed.took = replayed
            .took
            .saturating_add(again(chain, &snapshot, &block)?);
        let transactions = u64::try_from(block.transactions.len()).unwrap_or(u64::MAX);
        replayed.transactions = replayed.transactions.saturating_add(transactions);
        replayed.gas = replayed.gas.saturating_add(block.header.header.gas_used);
    }
    Ok(replayed)
}

/// Runs one block again and tells how long that took.
fn again(chain: &Chain, snapshot: &Snapshot, block: &Block) -> Result<Duration, ReplayError> {
    let number = block.number();
    let differs = |what: String| ReplayError::Differs { number, what };
    let before = snapshot
        .state_at(number.saturating_sub(1))
        .map_err(ChainError::from)?;
    let edits = chain.edits_of(number)?;
    let context = context_of(&block.header.header);
    let transactions = block.transactions.iter().cloned().map(Arc::new).collect();
    let began = Instant::now();
    let executed = execute_on(chain, before, &edits, &context, transactions)?;
    let took = began.elapsed();
    if let Some((hash, reason)) = executed.dropped.first() {
        return Err(differs(format!("transaction {hash} is refused: {reason}")));
    }
    let after = snapshot.state_at(number).map_err(ChainError::from)?;
    for (key, value) in &executed.writes {
        let there = after.get(key).map_err(ChainError::from)?;
        if there != *value {
            return Err(differs(told(key, &there, value)));
        }
    }
    let (ours, theirs) = (unsealed(&context, executed).header, &block.header.header);
    for (name, ours, theirs) in [
        (
            "transactions root",
            ours.transactions_root,
            theirs.transactions_root,
        ),
        ("receipts root", ours.receipts_root, theirs.receipts_root),
    ] {
        if ours != theirs {
            return Err(differs(format!("the {name} is {ours} and was {theirs}")));
        }
    }
    Ok(took)
}

fn told(key: &StateKey, was: &impl fmt::Debug, is: &impl fmt::Debug) -> String {
    format!("{key:?} is {is:?} and was {was:?}")
}
