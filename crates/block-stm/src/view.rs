//! What a transaction sees, and what it has read.

use crate::{
    Block, Stopped, Values,
    memory::{Found, Memory, Version},
};
use std::cell::RefCell;

/// The state before a transaction of a block, as far as it is known.
pub struct View<'a, B: Block + ?Sized> {
    block: &'a B,
    memory: &'a Memory<B>,
    transaction: usize,
    /// Everything before the transaction is final, so that nothing need be checked later.
    settled: bool,
    reads: RefCell<Reads<B>>,
}

/// What a run has read, with where it was from.
pub(crate) type Reads<B> = Vec<(<B as Block>::Key, Origin<<B as Block>::Value>)>;

#[derive(Debug)]
pub(crate) enum Origin<V> {
    /// What a run of an earlier transaction wrote, or the state before the block.
    Version(Option<Version>),
    /// The sum of what several wrote.
    Sum(V),
}

impl<'a, B: Block + ?Sized> View<'a, B> {
    pub(crate) fn new(block: &'a B, memory: &'a Memory<B>, transaction: usize) -> Self {
        Self {
            block,
            memory,
            transaction,
            settled: false,
            reads: RefCell::default(),
        }
    }

    /// A view for a transaction before which everything is final.
    pub(crate) fn settled(block: &'a B, memory: &'a Memory<B>, transaction: usize) -> Self {
        Self {
            settled: true,
            ..Self::new(block, memory, transaction)
        }
    }

    /// The value of a key.
    ///
    /// # Errors
    /// When it is not known yet, or the state cannot be read.
    pub fn read(&self, key: &B::Key) -> Result<B::Value, Stopped<B>> {
        let (value, origin) = match self.memory.find(key, self.transaction) {
            Found::Estimate(earlier) => return Err(Stopped::Waits(earlier)),
            Found::Nothing => (base(self.block, key)?, Origin::Version(None)),
            Found::Set(version, value) => (value, Origin::Version(Some(version))),
            Found::Added(start, deltas) => {
                let value = sum(self.block, key, start, &deltas)?;
                (value.clone(), Origin::Sum(value))
            }
        };
        if !self.settled {
            self.reads.borrow_mut().push((key.clone(), origin));
        }
        Ok(value)
    }

    /// All keys that pass and were written in this block before the transaction, in no order.
    ///
    /// # Errors
    /// [`Stopped::NeedsOrder`] unless all earlier transactions are done.
    pub fn written(&self, passes: impl FnMut(&B::Key) -> bool) -> Result<Values<B>, Stopped<B>> {
        if !self.settled {
            return Err(Stopped::NeedsOrder);
        }
        let found = self.memory.scan(self.transaction, passes).into_iter();
        let values = found.filter_map(|(key, found)| match last(self.block, &key, found) {
            Ok(Some(value)) => Some(Ok((key, value))),
            Ok(None) => None,
            Err(error) => Some(Err(Stopped::Failed(error))),
        });
        values.collect()
    }

    pub(crate) fn into_reads(self) -> Reads<B> {
        self.reads.into_inner()
    }
}

fn base<B: Block + ?Sized>(block: &B, key: &B::Key) -> Result<B::Value, Stopped<B>> {
    block.base(key).map_err(Stopped::Failed)
}

fn sum<B: Block + ?Sized>(
    block: &B,
    key: &B::Key,
    start: Option<B::Value>,
    deltas: &[B::Delta],
) -> Result<B::Value, Stopped<B>> {
    let start = match start {
        Some(value) => value,
        None => base(block, key)?,
    };
    let mut deltas = deltas.iter();
    deltas
        .try_fold(start, |value, delta| block.add(&value, delta))
        .map_err(Stopped::Failed)
}

/// The value of what was found after all that could change it.
///
/// # Errors
/// When the state cannot be read.
pub(crate) fn last<B: Block + ?Sized>(
    block: &B,
    key: &B::Key,
    found: Found<B>,
) -> Result<Option<B::Value>, B::Error> {
    match found {
        Found::Set(_, value) => Ok(Some(value)),
        Found::Added(start, deltas) => match sum(block, key, start, &deltas) {
            Ok(value) => Ok(Some(value)),
            Err(Stopped::Failed(error)) => Err(error),
            Err(Stopped::Waits(_) | Stopped::NeedsOrder) => Ok(None),
        },
        Found::Nothing | Found::Estimate(_) => Ok(None),
    }
}

/// Whether a transaction would read the same values now.
pub(crate) fn holds<B: Block + ?Sized>(
    block: &B,
    memory: &Memory<B>,
    transaction: usize,
    reads: &Reads<B>,
) -> bool {
    reads.iter().all(|(key, origin)| match origin {
        Origin::Version(seen) => memory.version(key, transaction) == Some(*seen),
        Origin::Sum(seen) => match memory.find(key, transaction) {
            Found::Added(start, deltas) => {
                sum(block, key, start, &deltas).is_ok_and(|value| value == *seen)
            }
            Found::Set(_, value) => value == *seen,
            Found::Nothing | Found::Estimate(_) => false,
        },
    })
}
