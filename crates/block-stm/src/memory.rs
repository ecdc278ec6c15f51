//! The memory of many versions: for each key, what each transaction wrote there.

use crate::{
    Block, Values,
    sync::{AtomicUsize, Ordering, RwLock},
};
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use smallvec::SmallVec;
use std::hash::BuildHasher;

/// Parts with a lock each. Far more than threads, so that two seldom meet.
pub(crate) const PARTS: usize = if cfg!(feature = "model") { 2 } else { 256 };

/// Bits of the filter for each key, so that most keys that nobody writes have none.
const FILTER_BITS_EACH: usize = 16;

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

/// What a transaction left under a key.
#[derive(Debug)]
struct Entry<V> {
    version: Version,
    /// Its transaction will run again, and probably write here again.
    estimate: bool,
    value: V,
}

/// Entries of a key by transaction. Most keys have one writer.
type Entries<B> = SmallVec<[Entry<<B as Block>::Value>; 1]>;

struct Cell<B: Block + ?Sized> {
    hash: u64,
    key: B::Key,
    entries: Entries<B>,
}

/// On a cache line of its own, because its lock is written even by those who read.
#[repr(align(64))]
struct Part<B: Block + ?Sized>(RwLock<HashTable<Cell<B>>>);

pub(crate) struct Memory<B: Block + ?Sized> {
    hasher: RandomState,
    parts: Vec<Part<B>>,
    /// A bit for the hash of each key that was written, set before the key is in its part. Who
    /// does not see it yet is checked later, as with the key itself.
    filter: Vec<AtomicUsize>,
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
    /// For about so many keys.
    pub(crate) fn new(keys: usize) -> Self {
        let bits = keys.saturating_mul(FILTER_BITS_EACH);
        let part = || Part(RwLock::new(HashTable::with_capacity(keys / PARTS)));
        let words = (bits / 64).next_power_of_two();
        Self {
            hasher: RandomState::default(),
            parts: (0..PARTS).map(|_| part()).collect(),
            filter: (0..words).map(|_| AtomicUsize::new(0)).collect(),
        }
    }

    /// The hash by which a key is asked for.
    pub(crate) fn hash(&self, key: &B::Key) -> u64 {
        self.hasher.hash_one(key)
    }

    /// The word of the filter for a hash, and the bit in it.
    fn bit(&self, hash: u64) -> Option<(&AtomicUsize, usize)> {
        let bits = usize::try_from(hash >> 16).unwrap_or(usize::MAX);
        let word = (bits >> 6) & self.filter.len().saturating_sub(1);
        Some((self.filter.get(word)?, 1 << (bits & 63)))
    }

    fn may_have(&self, hash: u64) -> bool {
        let bit = self.bit(hash);
        bit.is_some_and(|(word, bit)| word.load(Ordering::Acquire) & bit != 0)
    }

    /// The number of the part in which a hash is.
    fn part_of(hash: u64) -> usize {
        // The table itself uses the lowest and the highest bits.
        usize::try_from(hash >> 32).unwrap_or_default() % PARTS
    }

    fn part(&self, hash: u64) -> Option<&RwLock<HashTable<Cell<B>>>> {
        self.parts.get(Self::part_of(hash)).map(|part| &part.0)
    }

    /// What a transaction sees under a key.
    pub(crate) fn find(&self, hash: u64, key: &B::Key, transaction: usize) -> Found<B> {
        let Some(part) = self.part(hash).filter(|_| self.may_have(hash)) else {
            return Found::Nothing;
        };
        let part = part.read();
        match part.find(hash, |cell| cell.key == *key) {
            Some(cell) => seen(&cell.entries, transaction),
            None => Found::Nothing,
        }
    }

    /// Whether a transaction would see a value from there again under the key of a hash. If two
    /// keys have that hash, it is said to have changed: to run a transaction once more is never
    /// wrong.
    pub(crate) fn is_from(&self, hash: u64, transaction: usize, source: Source) -> bool {
        if !self.may_have(hash) {
            return source.is_none();
        }
        let Some(part) = self.part(hash).map(RwLock::read) else {
            return false;
        };
        let mut cells = part.iter_hash(hash).filter(|cell| cell.hash == hash);
        match (cells.next(), cells.next()) {
            (None, _) => source.is_none(),
            (Some(cell), None) => match before(&cell.entries, transaction).last() {
                None => source.is_none(),
                Some(entry) => !entry.estimate && source == Some(entry.version),
            },
            (Some(_), Some(_)) => false,
        }
    }

    /// Puts down what a run wrote. Tells whether the transaction had nothing there before.
    pub(crate) fn put(&self, version: Version, hash: u64, key: B::Key, value: B::Value) -> bool {
        let Some(part) = self.part(hash) else {
            return false;
        };
        let entry = Entry {
            version,
            estimate: false,
            value,
        };
        if let Some((word, bit)) = self.bit(hash)
            && word.load(Ordering::Relaxed) & bit == 0
        {
            word.fetch_or(bit, Ordering::AcqRel);
        }
        let mut part = part.write();
        if let Some(cell) = part.find_mut(hash, |cell| cell.key == key) {
            return match place(&cell.entries, version.transaction()) {
                Ok(here) => {
                    if let Some(old) = cell.entries.get_mut(here) {
                        *old = entry;
                    }
                    false
                }
                Err(here) => {
                    cell.entries.insert(here, entry);
                    true
                }
            };
        }
        let mut entries = SmallVec::new();
        entries.push(entry);
        let cell = Cell { hash, key, entries };
        part.insert_unique(hash, cell, |cell| cell.hash);
        true
    }

    /// Takes away what earlier runs of a transaction had written under keys of a hash, and this
    /// one has not.
    pub(crate) fn remove_older(&self, version: Version, hash: u64) {
        self.change(hash, version.transaction(), |entries, here| {
            let is_older = entries.get(here).is_some_and(|it| it.version != version);
            if is_older {
                entries.remove(here);
            }
        });
    }

    /// Marks what a transaction had written under keys of a hash as what it will probably write
    /// again.
    pub(crate) fn mark_estimate(&self, transaction: usize, hash: u64) {
        self.change(hash, transaction, |entries, here| {
            if let Some(entry) = entries.get_mut(here) {
                entry.estimate = true;
            }
        });
    }

    /// Changes a transaction's entries under all keys of a hash: one key, but for a coincidence.
    fn change(
        &self,
        hash: u64,
        transaction: usize,
        mut change: impl FnMut(&mut Entries<B>, usize),
    ) {
        if let Some(part) = self.part(hash) {
            for cell in part.write().iter_hash_mut(hash) {
                if cell.hash == hash
                    && let Ok(here) = place(&cell.entries, transaction)
                {
                    change(&mut cell.entries, here);
                }
            }
        }
    }

    /// What is under the keys that pass, for a transaction before which all is final.
    pub(crate) fn scan(
        &self,
        transaction: usize,
        mut passes: impl FnMut(&B::Key) -> bool,
    ) -> Vec<(B::Key, Found<B>)> {
        let mut found = Vec::new();
        for part in &self.parts {
            let part = part.0.read();
            let cells = part.iter().filter(|cell| passes(&cell.key));
            found.extend(cells.map(|cell| (cell.key.clone(), seen(&cell.entries, transaction))));
        }
        found
    }

    /// Takes one part's keys out, with what is there after the block. What is kept stays.
    pub(crate) fn take(&self, part: usize, keeps: impl Fn(u64, &B::Key) -> bool) -> Values<B> {
        let Some(part) = self.parts.get(part) else {
            return Vec::new();
        };
        let mut part = part.0.write();
        let cells = std::mem::take(&mut *part);
        let mut taken = Vec::with_capacity(cells.len());
        for mut cell in cells {
            if keeps(cell.hash, &cell.key) {
                part.insert_unique(cell.hash, cell, |cell| cell.hash);
            } else if let Some(last) = cell.entries.pop() {
                taken.push((cell.key, last.value));
            }
        }
        taken
    }
}

fn place<V>(entries: &[Entry<V>], transaction: usize) -> Result<usize, usize> {
    // Most are put at the end.
    match entries.last() {
        Some(last) if last.version.transaction() < transaction => Err(entries.len()),
        Some(_) | None => {
            entries.binary_search_by_key(&transaction, |entry| entry.version.transaction())
        }
    }
}

fn before<V>(entries: &[Entry<V>], transaction: usize) -> &[Entry<V>] {
    match place(entries, transaction) {
        Ok(here) | Err(here) => entries.get(..here).unwrap_or_default(),
    }
}

fn seen<B: Block + ?Sized>(entries: &[Entry<B::Value>], transaction: usize) -> Found<B> {
    match before(entries, transaction).last() {
        None => Found::Nothing,
        Some(entry) if entry.estimate => Found::Estimate(entry.version.transaction()),
        Some(entry) => Found::Set(entry.version, entry.value.clone()),
    }
}
