//! What is added: kept by transaction, apart from what is written.
//!
//! Nearly every transaction adds to the same few keys, and nearly none reads them. So to add touches
//! nothing that other transactions touch, and who reads adds up.

use crate::{
    Added, Block, KeyHash, Stopped,
    memory::{Found, Memory},
    sync::Mutex,
};

/// A key to which is added: its place among [`Block::sums`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum(usize);

struct Addend<B: Block + ?Sized> {
    added: Added<B>,
    /// Its transaction will run again, and probably add to the same keys.
    estimate: bool,
}

/// On a cache line of its own: others' neighbours run on other threads.
#[repr(align(64))]
struct Place<B: Block + ?Sized>(Mutex<Addend<B>>);

pub(crate) struct Sums<'b, B: Block + ?Sized> {
    block: &'b B,
    hashes: Vec<KeyHash>,
    addends: Vec<Place<B>>,
}

impl<'b, B: Block + ?Sized> Sums<'b, B> {
    pub(crate) fn new(block: &'b B, memory: &Memory<B>) -> Self {
        let none = || Addend {
            added: Added::<B>::new(),
            estimate: false,
        };
        let keys = block.sums();
        let addends = match keys.is_empty() {
            true => 0..0,
            false => 0..block.len(),
        };
        Self {
            block,
            hashes: keys.iter().map(|key| memory.hash(key)).collect(),
            addends: addends.map(|_| Place(Mutex::new(none()))).collect(),
        }
    }

    /// The sum that a key is.
    pub(crate) fn named(&self, key: &B::Key) -> Option<Sum> {
        self.block.sums().iter().position(|it| it == key).map(Sum)
    }

    /// The same, if its hash is known.
    pub(crate) fn of(&self, hash: KeyHash, key: &B::Key) -> Option<Sum> {
        let may_be = self.hashes.contains(&hash);
        may_be.then(|| self.named(key)).flatten()
    }

    /// Puts down what a run added.
    pub(crate) fn put(&self, transaction: usize, added: Added<B>) {
        if let Some(Place(place)) = self.addends.get(transaction) {
            *place.lock() = Addend {
                added,
                estimate: false,
            };
        }
    }

    /// Marks what a transaction has added as what it will probably add again.
    pub(crate) fn mark_estimate(&self, transaction: usize) {
        if let Some(Place(place)) = self.addends.get(transaction) {
            place.lock().estimate = true;
        }
    }

    /// Where a transaction adds.
    pub(crate) fn added_by(&self, transaction: usize) -> Vec<Sum> {
        let Some(Place(place)) = self.addends.get(transaction) else {
            return Vec::new();
        };
        place.lock().added.iter().map(|(sum, _)| *sum).collect()
    }

    /// The key of a sum, with its hash.
    pub(crate) fn key(&self, Sum(place): Sum) -> Option<(KeyHash, &'b B::Key)> {
        Some((*self.hashes.get(place)?, self.block.sums().get(place)?))
    }

    /// What a transaction sees under a sum's key.
    ///
    /// # Errors
    /// When somebody is about to, or the state cannot be read.
    pub(crate) fn value(
        &self,
        memory: &Memory<B>,
        sum: Sum,
        transaction: usize,
    ) -> Result<B::Value, Stopped<B>> {
        let Some((hash, key)) = self.key(sum) else {
            unreachable!("a sum is made of a place that there is")
        };
        let (mut value, from) = match memory.find(hash, key, transaction) {
            Found::Estimate(earlier) => return Err(Stopped::Waits(earlier)),
            Found::Nothing => (self.block.base(key).map_err(Stopped::Failed)?, 0),
            Found::Set(version, value) => (value, version.transaction().saturating_add(1)),
        };
        let addends = self.addends.iter().enumerate();
        let between = addends.take(transaction).skip(from);
        for (earlier, Place(place)) in between {
            let addend = place.lock();
            for (_, delta) in addend.added.iter().filter(|(to, _)| *to == sum) {
                if addend.estimate {
                    return Err(Stopped::Waits(earlier));
                }
                value = self.block.add(&value, delta).map_err(Stopped::Failed)?;
            }
        }
        Ok(value)
    }

    /// How many there are.
    pub(crate) const fn len(&self) -> usize {
        self.hashes.len()
    }

    /// The sum in a place, if there are so many.
    pub(crate) fn at(&self, place: usize) -> Option<Sum> {
        (place < self.len()).then_some(Sum(place))
    }

    /// What is under a sum's key after the block, if the block changed it and every transaction is
    /// settled.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub(crate) fn after(&self, memory: &Memory<B>, sum: Sum) -> Result<Option<B::Value>, B::Error> {
        let Some((hash, key)) = self.key(sum) else {
            return Ok(None);
        };
        let (from, mut value) = match memory.find(hash, key, self.block.len()) {
            Found::Set(version, value) => (version.transaction().saturating_add(1), Some(value)),
            Found::Nothing | Found::Estimate(_) => (0, None),
        };
        for Place(place) in self.addends.iter().skip(from) {
            for (_, delta) in place.lock().added.iter().filter(|(to, _)| *to == sum) {
                let before = match value.take() {
                    Some(value) => value,
                    None => self.block.base(key)?,
                };
                value = Some(self.block.add(&before, delta)?);
            }
        }
        Ok(value)
    }
}
