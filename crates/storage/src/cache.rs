//! Recently used state values, coherent with commits.
//!
//! Every commit raises the version by one. An entry holds from its `since` up
//! to its shard's version, so a reader at version `v` may use it when
//! `since <= v`. For that to stay true, a reader adds what it read only while
//! its version is still the shard's, and a commit raises a shard's version
//! before it replaces entries and before readers of the new version exist.

use alloy_primitives::map::DefaultHashBuilder;
use lru::LruCache;
use lumio_state::{StateKey, Value, WriteSet};
use parking_lot::Mutex;
use std::hash::BuildHasher;

/// Shards, so that parallel readers rarely wait for each other.
const SHARDS: usize = 32;
/// Bytes that an entry takes besides a long key or value.
const ENTRY_BYTES: usize = 224;

struct Entry {
    value: Option<Value>,
    since: u64,
}

struct Shard {
    version: u64,
    bytes: usize,
    entries: LruCache<StateKey, Entry, DefaultHashBuilder>,
}

/// A cache of state values, bounded in bytes.
pub(crate) struct ValueCache {
    shards: Vec<Mutex<Shard>>,
    hasher: DefaultHashBuilder,
    shard_limit: usize,
}

impl ValueCache {
    /// An empty cache at version 0 that keeps at most `limit` bytes.
    pub(crate) fn new(limit: usize) -> Self {
        let shard = || {
            Mutex::new(Shard {
                version: 0,
                bytes: 0,
                entries: LruCache::unbounded_with_hasher(DefaultHashBuilder::default()),
            })
        };
        Self {
            shards: (0..SHARDS).map(|_| shard()).collect(),
            hasher: DefaultHashBuilder::default(),
            shard_limit: limit / SHARDS,
        }
    }

    /// The value under a key at a version, if the cache knows it.
    pub(crate) fn get(&self, key: &StateKey, version: u64) -> Option<Option<Value>> {
        let mut shard = self.shard(key)?.lock();
        let entry = shard.entries.get(key)?;
        (entry.since <= version).then(|| entry.value.clone())
    }

    /// Remembers what a reader at `version` found.
    pub(crate) fn offer(&self, key: &StateKey, value: &Option<Value>, version: u64) {
        let Some(shard) = self.shard(key) else { return };
        let mut shard = shard.lock();
        if shard.version == version {
            shard.put(key, value, version, self.shard_limit);
        }
    }

    /// Takes the cache from the version before to `version` with the writes
    /// of one commit. Readers of `version` must not exist yet.
    pub(crate) fn advance(&self, version: u64, writes: &WriteSet) {
        for shard in &self.shards {
            shard.lock().version = version;
        }
        for (key, value) in writes {
            if let Some(shard) = self.shard(key) {
                shard.lock().put(key, value, version, self.shard_limit);
            }
        }
    }

    /// Forgets everything and goes to `version`. Readers of it must not exist
    /// yet.
    pub(crate) fn reset(&self, version: u64) {
        for shard in &self.shards {
            let mut shard = shard.lock();
            shard.version = version;
            shard.bytes = 0;
            shard.entries.clear();
        }
    }

    fn shard(&self, key: &StateKey) -> Option<&Mutex<Shard>> {
        // The low bits choose the bucket inside the shard's own map.
        let index = (self.hasher.hash_one(key) >> 32) % SHARDS as u64;
        self.shards.get(usize::try_from(index).ok()?)
    }
}

impl Shard {
    fn put(&mut self, key: &StateKey, value: &Option<Value>, since: u64, limit: usize) {
        let cost = cost(key, value);
        if cost > limit / 4 {
            if let Some(old) = self.entries.pop(key) {
                self.bytes = self.bytes.saturating_sub(self::cost(key, &old.value));
            }
            return;
        }
        let value = value.clone();
        if let Some(entry) = self.entries.get_mut(key) {
            self.bytes = self.bytes.saturating_sub(self::cost(key, &entry.value));
            *entry = Entry { value, since };
        } else {
            self.entries.put(key.clone(), Entry { value, since });
        }
        self.bytes = self.bytes.saturating_add(cost);
        while self.bytes > limit {
            let Some((key, entry)) = self.entries.pop_lru() else {
                break;
            };
            self.bytes = self.bytes.saturating_sub(self::cost(&key, &entry.value));
        }
    }
}

fn cost(key: &StateKey, value: &Option<Value>) -> usize {
    let tail = match key {
        StateKey::MoveResource(_, tail)
        | StateKey::MoveModule(_, tail)
        | StateKey::MoveTableItem(_, tail)
        | StateKey::System(tail) => tail.len(),
        StateKey::Balance(_)
        | StateKey::EvmAccount(_)
        | StateKey::EvmStorage(..)
        | StateKey::EvmCode(_)
        | StateKey::Link(_)
        | StateKey::SvmAccount(_)
        | StateKey::SvmMessage(_) => 0,
    };
    let value = value.as_ref().map_or(0, |value| value.len());
    ENTRY_BYTES.saturating_add(tail).saturating_add(value)
}
