//! What a caller brings, and what it gets.

use crate::{Sum, View, Writes};
use smallvec::SmallVec;
use std::{hash::Hash, iter};

/// A block's transactions over the state before them.
pub trait Block: Sync {
    /// Names a value of the state.
    type Key: Clone + Eq + Hash + Send + Sync;
    /// What is under a key, absence included. Cheap to clone.
    type Value: Clone + PartialEq + Send + Sync;
    /// What can be added to a value without reading it.
    type Delta: Clone + Send + Sync;
    /// What a transaction comes to, besides what it writes.
    type Output: Send;
    /// Why the state cannot be read.
    type Error: Send;

    /// How many transactions the block has.
    fn len(&self) -> usize;

    /// Whether it has none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Runs a transaction. It may read nothing that changes but through `view`, and may be called
    /// several times: what counts is the last one. A speculative run can see a state that no
    /// order of the transactions would give.
    ///
    /// # Errors
    /// What stopped a read of the view.
    fn run(&self, transaction: usize, view: &View<'_, Self>) -> Result<Ran<Self>, Stopped<Self>>;

    /// The value of a key before the block.
    ///
    /// # Errors
    /// When the state cannot be read.
    fn base(&self, key: &Self::Key) -> Result<Self::Value, Self::Error>;

    /// A value with something added.
    ///
    /// # Errors
    /// When the value is none that can be added to.
    fn add(&self, value: &Self::Value, delta: &Self::Delta) -> Result<Self::Value, Self::Error>;

    /// Keys to which many transactions add. Who adds to one of them without reading it does not
    /// conflict with others who do; to read one takes longer than to read another key.
    fn sums(&self) -> &[Self::Key] {
        &[]
    }

    /// The earlier transactions that this one probably depends on. A wrong hint costs time and
    /// changes nothing.
    fn follows(&self, transaction: usize) -> impl Iterator<Item = usize> {
        let _ = transaction;
        iter::empty()
    }

    /// How many usual transactions each one is, if they are batches: tables are made for what
    /// so many probably read and write.
    fn batch(&self) -> usize {
        1
    }
}

/// Keys of a block with their values.
pub type Values<B> = Vec<(<B as Block>::Key, <B as Block>::Value)>;

/// What a transaction adds, and where.
pub type Added<B> = SmallVec<[(Sum, <B as Block>::Delta); 4]>;

/// A transaction that ran.
pub struct Ran<B: Block + ?Sized> {
    /// What it writes.
    pub writes: Writes<B::Key, B::Value>,
    /// What it adds to keys that it does not write; each of them once.
    pub added: Added<B>,
    /// What else it came to.
    pub output: B::Output,
}

/// Why a read has no value.
pub enum Stopped<B: Block + ?Sized> {
    /// An earlier transaction is about to write the key: to be run again after that one.
    Waits(usize),
    /// It can be told only when all earlier transactions are done.
    NeedsOrder,
    /// The state cannot be read.
    Failed(B::Error),
}

/// A block that ran.
pub struct Outcome<B: Block + ?Sized> {
    /// What each transaction came to.
    pub outputs: Vec<B::Output>,
    /// What the block wrote, in parts: where a key is in several, the last one has its value
    /// after the block.
    pub writes: Vec<Values<B>>,
    /// What it took.
    pub counts: Counts,
    /// Transactions of which a run was for nothing; differs from run to run.
    pub repeated: Vec<usize>,
}

/// How often things happened; differs from run to run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Runs of transactions, repeated ones included.
    pub runs: usize,
    /// Checks of what a transaction had read.
    pub checks: usize,
    /// Checks that found something changed.
    pub spoiled: usize,
    /// Runs that came upon a key which an earlier transaction was about to write.
    pub waits: usize,
    /// Transactions that were run in order, after patience had ended.
    pub in_order: usize,
}
