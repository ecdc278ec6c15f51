//! What a transaction sees, and what it has read.

use crate::{
    Block, KeyHash, Stopped, Sum, Values,
    memory::{Found, Memory, Source},
    sums::Sums,
};
use std::{cell::RefCell, num::NonZeroU64};

/// Keys that a usual transaction reads, or fewer.
const READS: usize = 16;
/// Keys of which is remembered that nobody had written them.
const UNWRITTEN: usize = 32;

/// The state before a transaction of a block, as far as it is known.
pub struct View<'a, B: Block + ?Sized> {
    block: &'a B,
    memory: &'a Memory<B>,
    sums: &'a Sums<'a, B>,
    transaction: usize,
    /// Everything before the transaction is final, so that nothing need be checked later.
    settled: bool,
    reads: RefCell<Reads<B>>,
    /// Hashes of keys that were read and that nobody before the transaction had written, each in a
    /// place that follows from it.
    unwritten: RefCell<[Option<NonZeroU64>; UNWRITTEN]>,
}

/// What a run has read.
pub(crate) type Reads<B> = Vec<Read<<B as Block>::Value>>;

/// One value that it has read. The key's hash does: what has changed under another key of the same
/// hash makes the transaction run again, and nothing worse.
pub(crate) enum Read<V> {
    /// What one transaction wrote, or the state before the block.
    One(KeyHash, Source),
    /// A sum of what several added.
    Sum(Sum, Box<V>),
}

impl<'a, B: Block + ?Sized> View<'a, B> {
    pub(crate) fn new(
        block: &'a B,
        memory: &'a Memory<B>,
        sums: &'a Sums<'a, B>,
        transaction: usize,
    ) -> Self {
        Self {
            block,
            memory,
            sums,
            transaction,
            settled: false,
            reads: RefCell::default(),
            unwritten: RefCell::default(),
        }
    }

    /// The same for a transaction before which everything is final.
    pub(crate) fn settled(self) -> Self {
        Self {
            settled: true,
            ..self
        }
    }

    /// Whether everything before the transaction is final: what it reads is not speculative.
    pub const fn is_settled(&self) -> bool {
        self.settled
    }

    /// By what a key is asked for, in this view and in other ones of the block.
    pub fn hash(&self, key: &B::Key) -> KeyHash {
        self.memory.hash(key)
    }

    /// The value of a key.
    ///
    /// # Errors
    /// When it is not known yet, or the state cannot be read.
    pub fn read(&self, key: &B::Key) -> Result<B::Value, Stopped<B>> {
        self.read_hashed(self.hash(key), key)
    }

    /// The value of a key whose hash is known.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_hashed(&self, hash: KeyHash, key: &B::Key) -> Result<B::Value, Stopped<B>> {
        if let Some(sum) = self.sums.of(hash, key) {
            let value = self.sums.value(self.memory, sum, self.transaction)?;
            self.note(|| Read::Sum(sum, Box::new(value.clone())));
            return Ok(value);
        }
        if self.was_unwritten(hash) {
            return self.block.base(key).map_err(Stopped::Failed);
        }
        let (value, version) = match self.memory.find(hash, key, self.transaction) {
            Found::Estimate(earlier) => return Err(Stopped::Waits(earlier)),
            Found::Nothing => {
                // Before anything can fail: what is not noted is not checked.
                self.note(|| Read::One(hash, None));
                self.keep_unwritten(hash);
                return self.block.base(key).map_err(Stopped::Failed);
            }
            Found::Set(version, value) => (value, version),
        };
        self.note(|| Read::One(hash, Some(version)));
        Ok(value)
    }

    /// Whether a key of that hash was read, and nobody had written one. It need not be read again as
    /// long as the run is checked: to have been written since, under any key of that hash, makes
    /// the transaction run again.
    fn was_unwritten(&self, KeyHash(hash): KeyHash) -> bool {
        let unwritten = self.unwritten.borrow();
        let its = unwritten.get(place_of(hash)).copied().flatten();
        its.is_some_and(|it| it.get() == hash)
    }

    fn keep_unwritten(&self, KeyHash(hash): KeyHash) {
        if !self.settled
            && let Some(place) = self.unwritten.borrow_mut().get_mut(place_of(hash))
        {
            *place = NonZeroU64::new(hash);
        }
    }

    fn note(&self, read: impl FnOnce() -> Read<B::Value>) {
        if self.settled {
            return;
        }
        let mut reads = self.reads.borrow_mut();
        if reads.is_empty() {
            reads.reserve_exact(self.block.batch().saturating_mul(READS));
        }
        reads.push(read());
    }

    /// The sum that a key is, if the block names it as one.
    pub fn sum(&self, key: &B::Key) -> Option<Sum> {
        self.sums.named(key)
    }

    /// All keys that pass and were written in this block before the transaction, in no order.
    ///
    /// # Errors
    /// [`Stopped::NeedsOrder`] unless all earlier transactions are done.
    pub fn written(&self, passes: impl FnMut(&B::Key) -> bool) -> Result<Values<B>, Stopped<B>> {
        if !self.settled {
            return Err(Stopped::NeedsOrder);
        }
        let found = self.memory.scan(self.transaction, passes);
        Ok(found.into_iter().collect())
    }

    pub(crate) fn into_reads(self) -> Reads<B> {
        self.reads.into_inner()
    }
}

fn place_of(hash: u64) -> usize {
    usize::try_from(hash >> 32).unwrap_or_default() % UNWRITTEN
}

/// Whether a transaction would read the same values now.
pub(crate) fn holds<B: Block + ?Sized>(
    memory: &Memory<B>,
    sums: &Sums<'_, B>,
    transaction: usize,
    reads: &Reads<B>,
) -> bool {
    reads.iter().all(|read| match read {
        Read::One(hash, source) => memory.is_from(*hash, transaction, *source),
        Read::Sum(sum, seen) => {
            let now = sums.value(memory, *sum, transaction);
            now.is_ok_and(|value| value == **seen)
        }
    })
}
