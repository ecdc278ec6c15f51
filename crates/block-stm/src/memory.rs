//! The memory of many versions: for each key, what each transaction wrote there.

use crate::{
    Block, Write,
    sync::{AtomicUsize, Mutex, Ordering, RwLock},
};
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use smallvec::SmallVec;
use std::hash::BuildHasher;

/// Parts with a lock each. Far more than threads, so that two seldom meet.
const PARTS: usize = if cfg!(feature = "model") { 2 } else { 256 };

/// Words of the filter: most keys that a block reads it does not write.
const FILTER: usize = if cfg!(feature = "model") { 1 } else { 1024 };

/// A run of a transaction: its place in the block, and how many runs were before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its place in the block.
    pub transaction: usize,
    /// How many runs were before.
    pub run: u32,
}

/// What a transaction left under a key.
#[derive(Debug)]
struct Entry<V, D> {
    version: Version,
    /// Its transaction will run again, and probably write here again.
    estimate: bool,
    write: Write<V, D>,
}

/// Entries of a key by transaction. Most keys have one writer.
type Entries<B> = SmallVec<[Entry<<B as Block>::Value, <B as Block>::Delta>; 1]>;

struct Cell<B: Block + ?Sized> {
    key: B::Key,
    entries: Entries<B>,
}

pub(crate) struct Memory<B: Block + ?Sized> {
    hasher: RandomState,
    parts: Vec<RwLock<HashTable<Cell<B>>>>,
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
    /// Something was added, in this order, to the value of a version or to that before the block.
    Added(Option<B::Value>, Vec<B::Delta>),
    /// A transaction is about to write there.
    Estimate(usize),
}

impl<B: Block + ?Sized> Memory<B> {
    pub(crate) fn new() -> Self {
        let parts = (0..PARTS).map(|_| RwLock::new(HashTable::new())).collect();
        Self {
            hasher: RandomState::default(),
            parts,
            filter: (0..FILTER).map(|_| AtomicUsize::new(0)).collect(),
        }
    }

    /// The word of the filter for a hash, and the bit in it.
    fn bit(&self, hash: u64) -> Option<(&AtomicUsize, usize)> {
        let bits = usize::try_from(hash >> 16).unwrap_or(usize::MAX);
        let word = self.filter.get((bits >> 6) % FILTER)?;
        Some((word, 1 << (bits & 63)))
    }

    fn may_have(&self, hash: u64) -> bool {
        let bit = self.bit(hash);
        bit.is_some_and(|(word, bit)| word.load(Ordering::Acquire) & bit != 0)
    }

    fn part(&self, hash: u64) -> Option<&RwLock<HashTable<Cell<B>>>> {
        // The table itself uses the lowest and the highest bits.
        let part = usize::try_from(hash >> 32).unwrap_or_default() % PARTS;
        self.parts.get(part)
    }

    /// What a transaction sees under a key.
    pub(crate) fn find(&self, key: &B::Key, transaction: usize) -> Found<B> {
        let hash = self.hasher.hash_one(key);
        let Some(part) = self.part(hash).filter(|_| self.may_have(hash)) else {
            return Found::Nothing;
        };
        let part = part.read();
        match part.find(hash, |cell| cell.key == *key) {
            Some(cell) => seen(&cell.entries, transaction),
            None => Found::Nothing,
        }
    }

    /// The version whose value a transaction sees under a key, if nothing was added to it since.
    /// The outer `None` when it sees no such thing.
    #[allow(clippy::option_option, reason = "a key that nobody wrote is seen, too")]
    pub(crate) fn version(&self, key: &B::Key, transaction: usize) -> Option<Option<Version>> {
        let hash = self.hasher.hash_one(key);
        if !self.may_have(hash) {
            return Some(None);
        }
        let part = self.part(hash)?.read();
        let Some(cell) = part.find(hash, |cell| cell.key == *key) else {
            return Some(None);
        };
        let mut newest_first = cell.entries.iter().rev();
        match newest_first.find(|entry| entry.version.transaction < transaction) {
            None => Some(None),
            Some(entry) if entry.estimate => None,
            Some(entry) => match entry.write {
                Write::Set(_) => Some(Some(entry.version)),
                Write::Add(_) => None,
            },
        }
    }

    /// Puts down what a run wrote. Tells whether the transaction had nothing there before.
    pub(crate) fn put(
        &self,
        version: Version,
        key: B::Key,
        write: Write<B::Value, B::Delta>,
    ) -> bool {
        let hash = self.hasher.hash_one(&key);
        let Some(part) = self.part(hash) else {
            return false;
        };
        let entry = Entry {
            version,
            estimate: false,
            write,
        };
        if let Some((word, bit)) = self.bit(hash)
            && word.load(Ordering::Relaxed) & bit == 0
        {
            word.fetch_or(bit, Ordering::AcqRel);
        }
        let mut part = part.write();
        if let Some(cell) = part.find_mut(hash, |cell| cell.key == key) {
            return match place(&cell.entries, version.transaction) {
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
        let cell = Cell { key, entries };
        part.insert_unique(hash, cell, |cell| self.hasher.hash_one(&cell.key));
        true
    }

    /// Takes away what an earlier run of a transaction had written.
    pub(crate) fn remove(&self, transaction: usize, key: &B::Key) {
        self.change(key, |entries| {
            if let Ok(here) = place(entries, transaction) {
                entries.remove(here);
            }
        });
    }

    /// Marks what a transaction had written as what it will probably write again.
    pub(crate) fn mark_estimate(&self, transaction: usize, key: &B::Key) {
        self.change(key, |entries| {
            if let Ok(here) = place(entries, transaction)
                && let Some(entry) = entries.get_mut(here)
            {
                entry.estimate = true;
            }
        });
    }

    /// Puts the sum in the place of what a transaction added.
    pub(crate) fn replace_sum(&self, transaction: usize, key: &B::Key, sum: B::Value) {
        self.change(key, |entries| {
            if let Ok(here) = place(entries, transaction)
                && let Some(entry) = entries.get_mut(here)
            {
                entry.write = Write::Set(sum);
            }
        });
    }

    fn change(&self, key: &B::Key, change: impl FnOnce(&mut Entries<B>)) {
        let hash = self.hasher.hash_one(key);
        if let Some(part) = self.part(hash)
            && let Some(cell) = part.write().find_mut(hash, |cell| cell.key == *key)
        {
            change(&mut cell.entries);
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
            let part = part.read();
            let cells = part.iter().filter(|cell| passes(&cell.key));
            found.extend(cells.map(|cell| (cell.key.clone(), seen(&cell.entries, transaction))));
        }
        found
    }

    /// Takes one part's keys out, with what is there after the block.
    pub(crate) fn take(&self, part: usize) -> Option<Vec<(B::Key, Found<B>)>> {
        let part = std::mem::take(&mut *self.parts.get(part)?.write());
        let cells = part.into_iter().filter(|cell| !cell.entries.is_empty());
        Some(cells.map(Cell::last).collect())
    }
}

impl<B: Block + ?Sized> Cell<B> {
    /// What is there after the block; what most cells have is moved out of them.
    fn last(mut self) -> (B::Key, Found<B>) {
        if let Some(Entry {
            write: Write::Add(_),
            ..
        }) = self.entries.last()
        {
            return (self.key, seen(&self.entries, usize::MAX));
        }
        let found = match self.entries.pop() {
            Some(Entry {
                version,
                write: Write::Set(value),
                ..
            }) => Found::Set(version, value),
            Some(_) | None => Found::Nothing,
        };
        (self.key, found)
    }
}

fn place<V, D>(entries: &[Entry<V, D>], transaction: usize) -> Result<usize, usize> {
    // Most are put at the end.
    match entries.last() {
        Some(last) if last.version.transaction < transaction => Err(entries.len()),
        Some(_) | None => {
            entries.binary_search_by_key(&transaction, |entry| entry.version.transaction)
        }
    }
}

fn seen<B: Block + ?Sized>(entries: &[Entry<B::Value, B::Delta>], transaction: usize) -> Found<B> {
    let before = match place(entries, transaction) {
        Ok(here) | Err(here) => entries.get(..here).unwrap_or_default(),
    };
    let mut added = Vec::new();
    for entry in before.iter().rev() {
        if entry.estimate {
            return Found::Estimate(entry.version.transaction);
        }
        match &entry.write {
            Write::Add(delta) => added.push(delta.clone()),
            Write::Set(value) if added.is_empty() => {
                return Found::Set(entry.version, value.clone());
            }
            Write::Set(value) => {
                added.reverse();
                return Found::Added(Some(value.clone()), added);
            }
        }
    }
    if added.is_empty() {
        return Found::Nothing;
    }
    added.reverse();
    Found::Added(None, added)
}

/// The parts of a memory, each given to one thread.
#[derive(Debug, Default)]
pub(crate) struct Parts(Mutex<usize>);

impl Parts {
    /// The next part that nobody has.
    pub(crate) fn next(&self) -> Option<usize> {
        let mut next = self.0.lock();
        let part = *next;
        *next = part.saturating_add(1);
        (part < PARTS).then_some(part)
    }
}
