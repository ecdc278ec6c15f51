//! Who may have written a key: a table of hints, to which threads only ever add.
//!
//! A place holds a writer with a part of the key's hash. What a writer has really written is with
//! the writer: a place that no longer holds, or is of another key, costs a look and changes nothing.
//! So places are never taken back, and neither who adds nor who looks waits for the other.

use crate::{
    KeyHash,
    sync::{AtomicBool, AtomicU32, Ordering, RwLock},
};
use std::collections::HashMap;

/// Places in which a writer of a key may be.
const PROBES: usize = if cfg!(feature = "model") { 2 } else { 32 };
/// Places for each key that is expected.
const PLACES_EACH: usize = 2;

/// Bits of a place for the writer, whose number is one more, so that an empty place is zero.
const WRITER_BITS: u32 = 16;

pub(crate) struct Index {
    places: Vec<AtomicU32>,
    /// Some writers' numbers are too high for a place.
    has_high_numbers: bool,
    /// Writers that have no place, by hash: where a key has very many, there are more keys than
    /// were expected, or the number is too high.
    crowded: RwLock<HashMap<u64, Vec<usize>>>,
    is_crowded: AtomicBool,
}

impl Index {
    /// For so many writers of about so many keys.
    pub(crate) fn new(writers: usize, keys: usize) -> Self {
        let places = keys.saturating_mul(PLACES_EACH).next_power_of_two();
        Self {
            places: (0..places).map(|_| AtomicU32::new(0)).collect(),
            has_high_numbers: writers >> WRITER_BITS != 0,
            crowded: RwLock::new(HashMap::new()),
            is_crowded: AtomicBool::new(false),
        }
    }

    fn probes(&self, hash: u64) -> impl Iterator<Item = &AtomicU32> {
        let last = self.places.len().saturating_sub(1);
        let first = usize::try_from(hash >> 16).unwrap_or_default();
        let places = (0..PROBES).map(move |probe| first.wrapping_add(probe) & last);
        places.filter_map(|place| self.places.get(place))
    }

    /// The part of a hash that is in a place.
    fn tag(hash: u64) -> u32 {
        u32::try_from(hash >> 48).unwrap_or_default() << WRITER_BITS
    }

    /// What is in the place of a writer, if its number is not too high.
    fn entry(hash: u64, writer: usize) -> Option<u32> {
        let number = u32::try_from(writer).ok()?.checked_add(1)?;
        (number >> WRITER_BITS == 0).then_some(Self::tag(hash) | number)
    }

    /// Adds a writer of a key.
    pub(crate) fn add(&self, KeyHash(hash): KeyHash, writer: usize) {
        if let Some(entry) = Self::entry(hash, writer) {
            for place in self.probes(hash) {
                let mut here = place.load(Ordering::Acquire);
                if here == 0 {
                    match place.compare_exchange(0, entry, Ordering::AcqRel, Ordering::Acquire) {
                        Ok(_) => return,
                        Err(other) => here = other,
                    }
                }
                if here == entry {
                    return;
                }
            }
        }
        let mut crowded = self.crowded.write();
        let writers = crowded.entry(hash).or_default();
        if let Err(here) = writers.binary_search(&writer) {
            writers.insert(here, writer);
        }
        self.is_crowded.store(true, Ordering::Release);
    }

    /// The last writer before one that may have written a key.
    pub(crate) fn last_before(&self, KeyHash(hash): KeyHash, writer: usize) -> Option<usize> {
        let tag = Self::tag(hash);
        let mut last = None;
        let mut is_full = true;
        for place in self.probes(hash) {
            let here = place.load(Ordering::Acquire);
            if here == 0 {
                is_full = false;
                break;
            }
            // Of another key, it has other bits above.
            let number = here ^ tag;
            if number >> WRITER_BITS == 0 {
                let it = usize::try_from(number).unwrap_or_default().checked_sub(1);
                last = last.max(it.filter(|it| *it < writer));
            }
        }
        if !(is_full || self.has_high_numbers) || !self.is_crowded.load(Ordering::Acquire) {
            return last;
        }
        let crowded = self.crowded.read();
        let writers = crowded.get(&hash).map(Vec::as_slice).unwrap_or_default();
        let end = writers.partition_point(|it| *it < writer);
        let before = end.checked_sub(1).and_then(|place| writers.get(place));
        last.max(before.copied())
    }
}

#[cfg(all(test, not(feature = "model")))]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{Index, KeyHash};

    const HASH: KeyHash = KeyHash(0x1234_5678_9abc_def0);

    #[test]
    fn the_last_one_before_is_found_among_few_and_many() {
        let index = Index::new(2_000, 64);
        for writer in (0..2_000).rev().filter(|writer| writer % 2 == 0) {
            index.add(HASH, writer);
            index.add(HASH, writer);
        }
        assert_eq!(index.last_before(HASH, 0), None);
        for writer in 1..2_000 {
            assert_eq!(index.last_before(HASH, writer), Some((writer - 1) / 2 * 2));
        }
    }

    #[test]
    fn nobody_is_lost_in_a_table_that_is_too_small() {
        let index = Index::new(100, 1);
        let hash = |key: usize| KeyHash((key << 48 | key << 20) as u64);
        for key in 0..100 {
            index.add(hash(key), key);
        }
        for key in 0..100 {
            assert_eq!(index.last_before(hash(key), key + 1), Some(key));
        }
    }

    #[test]
    fn writers_of_high_numbers_are_found() {
        let index = Index::new(80_000, 64);
        index.add(HASH, 70_000);
        index.add(HASH, 65_535);
        index.add(HASH, 65_534);
        assert_eq!(index.last_before(HASH, 65_535), Some(65_534));
        assert_eq!(index.last_before(HASH, 70_000), Some(65_535));
        assert_eq!(index.last_before(HASH, 80_000), Some(70_000));
    }
}
