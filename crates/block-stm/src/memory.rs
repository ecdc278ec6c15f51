//! The memory of many versions: what each transaction wrote is kept with it, and an index says who
//! may have written a key.

use crate::{Block, KeyHash, Values, Writes, index::Index, sync::Mutex};
use foldhash::fast::RandomState;
use std::{collections::HashMap, hash::BuildHasher};

/// A run of a transaction: its place in the block, and how many runs were before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    transaction: u32,
    /// How many runs were before.
    pub run: u32,
}

impl Version {
    /// A run of the transaction at a place.
    pub fn new(transaction: usize, run: u32) -> Self {
        let transaction = u32::try_from(transaction).unwrap_or(u32::MAX);
        Self { transaction, run }
    }

    /// Its place in the block.
    pub fn transaction(self) -> usize {
        usize::try_from(self.transaction).unwrap_or(usize::MAX)
    }
}

/// Keys that a usual transaction writes, or fewer.
const WRITES: usize = 4;

/// What the latest run of a transaction wrote.
struct Written<B: Block + ?Sized> {
    run: u32,
    /// The transaction will run again, and probably write to the same keys.
    estimate: bool,
    writes: Writes<B::Key, B::Value>,
}

/// On cache lines of its own: a transaction's neighbours run on other threads.
#[repr(align(64))]
struct Place<B: Block + ?Sized>(Mutex<Written<B>>);

pub(crate) struct Memory<B: Block + ?Sized> {
    hasher: RandomState,
    index: Index,
    places: Vec<Place<B>>,
}

/// What is under a key for a transaction.
pub(crate) enum Found<B: Block + ?Sized> {
    /// Nobody before it has written there.
    Nothing,
    /// The last one that did.
    Set(Version, B::Value),
    /// A transaction is about to write there.
    Estimate(usize),
}

/// Where a value is from: what a run of an earlier transaction wrote, or the state before the
/// block.
pub(crate) type Source = Option<Version>;

impl<B: Block + ?Sized> Memory<B> {
    /// For so many transactions, each of which is so many usual ones.
    pub(crate) fn new(transactions: usize, usual: usize) -> Self {
        let keys = transactions.saturating_mul(usual).saturating_mul(WRITES);
        let place = || {
            Place(Mutex::new(Written {
                run: 0,
                estimate: false,
                writes: Writes::default(),
            }))
        };
        Self {
            hasher: RandomState::default(),
            index: Index::new(transactions, keys),
            places: (0..transactions).map(|_| place()).collect(),
        }
    }

    /// The hash by which a key is asked for.
    pub(crate) fn hash(&self, key: &B::Key) -> KeyHash {
        KeyHash(self.hasher.hash_one(key))
    }

    /// Those before a transaction that may have written a key, the last one first.
    fn writers(
        &self,
        hash: KeyHash,
        transaction: usize,
    ) -> impl Iterator<Item = (usize, &Place<B>)> {
        let mut before = transaction;
        std::iter::from_fn(move || {
            before = self.index.last_before(hash, before)?;
            Some((before, self.places.get(before)?))
        })
    }

    /// What a transaction sees under a key.
    pub(crate) fn find(&self, hash: KeyHash, key: &B::Key, transaction: usize) -> Found<B> {
        for (writer, Place(place)) in self.writers(hash, transaction) {
            let written = place.lock();
            if let Some(value) = written.writes.get(hash, key) {
                return match written.estimate {
                    true => Found::Estimate(writer),
                    false => Found::Set(Version::new(writer, written.run), value.clone()),
                };
            }
        }
        Found::Nothing
    }

    /// Whether a transaction would see a value from there again under the key of a hash. If two
    /// keys have that hash, it may be said to have changed: to run a transaction once more is never
    /// wrong.
    pub(crate) fn is_from(&self, hash: KeyHash, transaction: usize, source: Source) -> bool {
        for (writer, Place(place)) in self.writers(hash, transaction) {
            let written = place.lock();
            if written.writes.has(hash) {
                let version = Version::new(writer, written.run);
                return !written.estimate && source == Some(version);
            }
        }
        source.is_none()
    }

    /// Puts down what a run wrote.
    pub(crate) fn put(&self, version: Version, writes: Writes<B::Key, B::Value>) {
        let writer = version.transaction();
        let Some(Place(place)) = self.places.get(writer) else {
            return;
        };
        // Before the values are there: who looks for them meanwhile sees those before.
        for hash in writes.hashes() {
            self.index.add(hash, writer);
        }
        *place.lock() = Written {
            run: version.run,
            estimate: false,
            writes,
        };
    }

    /// Puts down one more value that a transaction wrote.
    pub(crate) fn put_one(&self, transaction: usize, hash: KeyHash, key: &B::Key, value: B::Value) {
        let Some(Place(place)) = self.places.get(transaction) else {
            return;
        };
        self.index.add(hash, transaction);
        place.lock().writes.insert(hash, key.clone(), value);
    }

    /// Marks what a transaction had written as what it will probably write again.
    pub(crate) fn mark_estimate(&self, transaction: usize) {
        if let Some(Place(place)) = self.places.get(transaction) {
            place.lock().estimate = true;
        }
    }

    /// What is under the keys that pass, for a transaction before which all is final.
    pub(crate) fn scan(
        &self,
        transaction: usize,
        mut passes: impl FnMut(&B::Key) -> bool,
    ) -> HashMap<B::Key, B::Value> {
        let mut found = HashMap::new();
        for Place(place) in self.places.iter().take(transaction) {
            let written = place.lock();
            let passing = written.writes.iter().filter(|(key, _)| passes(key));
            found.extend(passing.cloned());
        }
        found
    }

    /// What each transaction wrote.
    pub(crate) fn into_values(self) -> impl Iterator<Item = Values<B>> {
        let places = self.places.into_iter();
        places.map(|Place(place)| place.into_inner().writes.into_list())
    }
}
