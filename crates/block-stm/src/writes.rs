//! What a transaction writes: a list, with the hash of each key beside it.
//!
//! A key is hashed once, whoever asks for it afterwards: most transactions write a handful of keys,
//! and to look through their hashes takes less time than to hash a key again.

use hashbrown::HashTable;

/// By what a key is asked for: see [`View::hash`](crate::View::hash).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyHash(pub(crate) u64);

/// Longest list that is looked through.
const LISTED: usize = 32;

/// Keys with what is written to them, each key once.
#[derive(Clone, Debug)]
pub struct Writes<K, V> {
    hashes: Vec<u64>,
    list: Vec<(K, V)>,
    /// Where in the list a key is, if the list is long.
    places: HashTable<usize>,
}

impl<K, V> Default for Writes<K, V> {
    fn default() -> Self {
        Self {
            hashes: Vec::new(),
            list: Vec::new(),
            places: HashTable::new(),
        }
    }
}

impl<K: Eq, V> Writes<K, V> {
    /// None yet, with space for so many.
    pub fn with_capacity(keys: usize) -> Self {
        Self {
            hashes: Vec::with_capacity(keys),
            list: Vec::with_capacity(keys),
            places: HashTable::new(),
        }
    }

    /// What is written to a key, if anything is. The hash is the key's.
    pub fn get(&self, hash: KeyHash, key: &K) -> Option<&V> {
        let place = self.place(hash, |(it, _)| it == key)?;
        self.list.get(place).map(|(_, value)| value)
    }

    /// Writes to a key, in place of what was written to it before. The hash is the key's.
    pub fn insert(&mut self, hash: KeyHash, key: K, value: V) {
        let place = self.place(hash, |(it, _)| *it == key);
        if let Some((_, before)) = place.and_then(|place| self.list.get_mut(place)) {
            *before = value;
            return;
        }
        self.hashes.push(hash.0);
        self.list.push((key, value));
        let hashes = &self.hashes;
        let of = |place: &usize| hashes.get(*place).copied().unwrap_or_default();
        let new = match hashes.len() {
            0..=LISTED => return,
            len if self.places.is_empty() => 0..len,
            len => len.saturating_sub(1)..len,
        };
        for place in new {
            self.places.insert_unique(of(&place), place, of);
        }
    }

    /// Keys and values, in no order that means anything.
    pub fn iter(&self) -> impl Iterator<Item = &(K, V)> {
        self.list.iter()
    }

    /// Whether something is written to a key of that hash.
    pub(crate) fn has(&self, hash: KeyHash) -> bool {
        self.place(hash, |_| true).is_some()
    }

    /// The hashes of the keys.
    pub(crate) fn hashes(&self) -> impl Iterator<Item = KeyHash> {
        self.hashes.iter().copied().map(KeyHash)
    }

    /// Keys and values.
    pub(crate) fn into_list(self) -> Vec<(K, V)> {
        self.list
    }

    fn place(&self, KeyHash(hash): KeyHash, is_it: impl Fn(&(K, V)) -> bool) -> Option<usize> {
        let is_there = |place: usize| self.list.get(place).is_some_and(&is_it);
        if self.places.is_empty() {
            let mut hashes = self.hashes.iter().enumerate();
            return hashes
                .find(|(place, it)| **it == hash && is_there(*place))
                .map(|(place, _)| place);
        }
        let same = |place: &usize| self.hashes.get(*place) == Some(&hash) && is_there(*place);
        self.places.find(hash, same).copied()
    }
}

#[cfg(all(test, not(feature = "model")))]
mod tests {
    use super::{KeyHash, LISTED, Writes};

    #[test]
    fn each_key_is_there_once_in_short_lists_and_long_ones() {
        // Three keys of each hash.
        let hash = |key: usize| KeyHash((key as u64 / 3).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut writes = Writes::default();
        for key in 0..3 * LISTED {
            assert_eq!(writes.get(hash(key), &key), None);
            assert_eq!(writes.has(hash(key)), key % 3 > 0);
            writes.insert(hash(key), key, 0);
            writes.insert(hash(key), key, key + 1);
            for key in 0..=key {
                assert_eq!(writes.get(hash(key), &key), Some(&(key + 1)));
            }
        }
        let expected: Vec<_> = (0..3 * LISTED).map(|key| (key, key + 1)).collect();
        assert_eq!(writes.hashes().count(), expected.len());
        assert_eq!(writes.into_list(), expected);
    }
}
