//! The memory of many versions, without values: who wrote which key.

use super::step::Key;
use lumio_block_stm::simulation::Version;

struct Entry {
    version: Version,
    estimate: bool,
    adds: bool,
}

/// For each key, who wrote it, in the block's order.
pub(super) struct Memory(Vec<Vec<Entry>>);

/// Where what a transaction reads is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// Whose value it is; that before the block without.
    value: Option<Version>,
    /// Who added to it.
    added: Vec<usize>,
}

impl Memory {
    pub(super) fn new(keys: usize) -> Self {
        Self((0..keys).map(|_| Vec::new()).collect())
    }

    /// What a transaction sees under a key, or the transaction that is about to write there.
    pub(super) fn find(&self, key: Key, transaction: usize) -> Result<Origin, usize> {
        let entries = self.0.get(key).map(Vec::as_slice).unwrap_or_default();
        let (Ok(end) | Err(end)) = place(entries, transaction);
        let mut added = Vec::new();
        for entry in entries.iter().take(end).rev() {
            if entry.estimate {
                return Err(entry.version.transaction());
            }
            if !entry.adds {
                let value = Some(entry.version);
                return Ok(Origin { value, added });
            }
            added.push(entry.version.transaction());
        }
        Ok(Origin { value: None, added })
    }

    /// Puts down what a run wrote.
    pub(super) fn put(&mut self, version: Version, key: Key, adds: bool) {
        let Some(entries) = self.0.get_mut(key) else {
            return;
        };
        let entry = Entry {
            version,
            estimate: false,
            adds,
        };
        match place(entries, version.transaction()) {
            Ok(here) => {
                if let Some(old) = entries.get_mut(here) {
                    *old = entry;
                }
            }
            Err(here) => entries.insert(here, entry),
        }
    }

    /// Marks what a transaction had written as what it will probably write again.
    pub(super) fn mark_estimate(&mut self, transaction: usize, key: Key) {
        if let Some(entries) = self.0.get_mut(key)
            && let Ok(here) = place(entries, transaction)
            && let Some(entry) = entries.get_mut(here)
        {
            entry.estimate = true;
        }
    }
}

fn place(entries: &[Entry], transaction: usize) -> Result<usize, usize> {
    entries.binary_search_by_key(&transaction, |entry| entry.version.transaction())
}
