//! The changes of the last blocks, kept in memory over the table of current
//! data.
//!
//! A block's writes are scattered over the whole table, and a scattered write
//! costs a page each. So a block's delta goes to the journal in one piece, and
//! with each block only some slices of the keys are written to the table, in
//! turn, for the deltas of all blocks since the slice's last turn at once. A
//! slice is a small part of the table, so that many of them share its pages.
//! After every slice has had its turn, a delta is no longer needed.
//!
//! **Invariant:** the table holds each slice as of the last block that wrote
//! it, and all deltas after that block are here and in the journal. So a key
//! has the value of the newest delta that names it, else that of the table.

use crate::{
    StorageError,
    delta::Delta,
    layout::{SLICES, slice_of},
};
use alloy_primitives::map::{DefaultHashBuilder, HashMap};
use std::{collections::BTreeMap, hash::BuildHasher, sync::Arc};

/// So many groups of one level become one of the next, so that a reader never
/// has to look into many.
const FAN: usize = 4;
/// Groups of this level are not joined any further: each has 64 blocks.
const TOP: u8 = 3;
/// Nor are groups with more keys together, because a block waits for that.
const JOINED_KEYS: usize = 32_768;

/// The delta of one block.
#[derive(Debug)]
struct Layer {
    number: u64,
    /// How many slices had had their turn before the block.
    turn: u64,
    delta: Vec<u8>,
    /// The indices of the entries, by slices, in order.
    indices: Vec<u32>,
    /// Where the indices of each slice end.
    ends: Vec<u32>,
}

/// Where to look for the keys of blocks that follow each other.
#[derive(Debug)]
struct Group {
    first: u64,
    /// How often it was joined.
    level: u8,
    /// Hash of a key → how far behind the first block is the newest that names
    /// it, or that names another key of this hash.
    newest: HashMap<u64, u32>,
}

/// The deltas of the last blocks, the oldest first. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Layers {
    layers: Vec<Arc<Layer>>,
    /// All their keys, and some of older ones.
    groups: Vec<Arc<Group>>,
    /// How many slices have had their turn since the database was opened.
    turns: u64,
    hasher: DefaultHashBuilder,
}

/// Keys with the newest value that any layer has for them.
pub(crate) type Merged<'a> = BTreeMap<&'a [u8], Option<&'a [u8]>>;

impl Layer {
    fn new(number: u64, turn: u64, delta: Vec<u8>) -> Result<Self, StorageError> {
        let entries = Delta::parse(&delta)?;
        let mut slices = Vec::with_capacity(entries.len());
        for index in 0..entries.len() {
            let (key, _) = entries.get(index)?;
            let index = u32::try_from(index).map_err(|_| StorageError::TooLarge)?;
            slices.push((slice_of(key), index));
        }
        slices.sort_unstable();
        let mut ends = Vec::with_capacity(SLICES);
        for slice in 0..SLICES {
            let end = slices.partition_point(|(of, _)| usize::from(*of) <= slice);
            ends.push(u32::try_from(end).map_err(|_| StorageError::TooLarge)?);
        }
        Ok(Self {
            number,
            turn,
            delta,
            indices: slices.into_iter().map(|(_, index)| index).collect(),
            ends,
        })
    }

    /// The indices of one slice's entries.
    fn slice(&self, slice: usize) -> &[u32] {
        let end = |slice: usize| self.ends.get(slice).copied().unwrap_or_default();
        let start = slice.checked_sub(1).map_or(0, end);
        let place = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
        let range = place(start)..place(end(slice));
        self.indices.get(range).unwrap_or_default()
    }
}

impl Group {
    /// The group of one block.
    fn of(layer: &Layer, hasher: &DefaultHashBuilder) -> Result<Self, StorageError> {
        let delta = Delta::parse(&layer.delta)?;
        let mut newest = HashMap::with_capacity_and_hasher(delta.len(), Default::default());
        for index in 0..delta.len() {
            let (key, _) = delta.get(index)?;
            newest.insert(hasher.hash_one(key), 0);
        }
        Ok(Self {
            first: layer.number,
            level: 0,
            newest,
        })
    }

    /// One group of several that follow each other.
    fn joined(groups: &[Arc<Self>]) -> Result<Self, StorageError> {
        let first = groups.first().map_or(0, |group| group.first);
        let level = groups.first().map_or(0, |group| group.level);
        let keys = groups.iter().map(|group| group.newest.len()).sum();
        let mut newest = HashMap::with_capacity_and_hasher(keys, Default::default());
        for group in groups {
            let ahead = group.first.saturating_sub(first);
            let ahead = u32::try_from(ahead).map_err(|_| StorageError::TooLarge)?;
            let names = group.newest.iter();
            newest.extend(names.map(|(hash, behind)| (*hash, behind.saturating_add(ahead))));
        }
        Ok(Self {
            first,
            level: level.saturating_add(1),
            newest,
        })
    }
}

impl Layers {
    /// These layers and the delta of the next block on top.
    pub(crate) fn with(&self, number: u64, delta: Vec<u8>) -> Result<Self, StorageError> {
        let mut next = self.clone();
        let layer = Layer::new(number, self.turns, delta)?;
        next.groups.push(Arc::new(Group::of(&layer, &self.hasher)?));
        next.layers.push(Arc::new(layer));
        while let Some(start) = next.groups.len().checked_sub(FAN)
            && let Some(last) = next.groups.get(start..)
            && let Some(level) = last.first().map(|group| group.level)
            && level < TOP
            && last.iter().all(|group| group.level == level)
            && last.iter().map(|group| group.newest.len()).sum::<usize>() <= JOINED_KEYS
        {
            let joined = Group::joined(last)?;
            next.groups.truncate(start);
            next.groups.push(Arc::new(joined));
        }
        Ok(next)
    }

    /// What the newest layer that names a key says about it.
    pub(crate) fn find(&self, key: &[u8]) -> Result<Option<Option<&[u8]>>, StorageError> {
        if self.layers.is_empty() {
            return Ok(None);
        }
        let hash = self.hasher.hash_one(key);
        for group in self.groups.iter().rev() {
            let Some(behind) = group.newest.get(&hash) else {
                continue;
            };
            // The first look finds it, unless it was for another key of this hash.
            let newest = group.first.saturating_add(u64::from(*behind));
            for number in (group.first..=newest).rev() {
                let Some(layer) = self.layer(number) else {
                    break;
                };
                if let Some(value) = Delta::parse(&layer.delta)?.find(key)? {
                    return Ok(Some(value));
                }
            }
        }
        Ok(None)
    }

    /// The layer of a block, unless it is no longer needed.
    fn layer(&self, number: u64) -> Option<&Layer> {
        let first = self.layers.first()?.number;
        let place = usize::try_from(number.checked_sub(first)?).ok()?;
        self.layers.get(place).map(|layer| &**layer)
    }

    /// The changes of the slices whose turn is next, so many of them, in the
    /// order of the keys.
    pub(crate) fn due(&self, slices: usize) -> Result<Merged<'_>, StorageError> {
        let mut merged = Merged::new();
        let all = u64::try_from(SLICES).map_err(|_| StorageError::TooLarge)?;
        let first = usize::try_from(self.turns % all).map_err(|_| StorageError::TooLarge)?;
        for layer in &self.layers {
            let delta = Delta::parse(&layer.delta)?;
            for slice in (0..SLICES).cycle().skip(first).take(slices) {
                for index in layer.slice(slice) {
                    let index = usize::try_from(*index).map_err(|_| StorageError::TooLarge)?;
                    let (key, value) = delta.get(index)?;
                    merged.insert(key, value);
                }
            }
        }
        Ok(merged)
    }

    /// The changes under the keys from `start` on and before `end`.
    pub(crate) fn range(
        &self,
        start: &[u8],
        end: Option<&[u8]>,
    ) -> Result<Merged<'_>, StorageError> {
        let mut merged = Merged::new();
        for layer in &self.layers {
            for entry in Delta::parse(&layer.delta)?.range(start, end)? {
                let (key, value) = entry?;
                merged.insert(key, value);
            }
        }
        Ok(merged)
    }

    /// Notes that so many slices have had their turn, and drops the layers
    /// after which all have. Returns the last block of those.
    pub(crate) fn settled(&mut self, slices: usize) -> Option<u64> {
        let count = |slices: usize| u64::try_from(slices).unwrap_or(u64::MAX);
        self.turns = self.turns.saturating_add(count(slices));
        let done = |layer: &Arc<Layer>| layer.turn.saturating_add(count(SLICES)) <= self.turns;
        let gone = self.layers.partition_point(done);
        let last = self.layers.drain(..gone).next_back()?.number;
        // A group goes when the next one begins no later than what is left.
        let next = last.saturating_add(1);
        let later = self.groups.partition_point(|group| group.first <= next);
        let gone = match self.layers.is_empty() {
            true => self.groups.len(),
            false => later.saturating_sub(1),
        };
        self.groups.drain(..gone);
        Some(last)
    }

    /// Bytes that the layers take.
    pub(crate) fn bytes(&self) -> usize {
        let of = |layer: &Arc<Layer>| {
            let indices = layer.indices.len().saturating_mul(4);
            layer.delta.len().saturating_add(indices)
        };
        let layers = self.layers.iter().map(of).fold(0, usize::saturating_add);
        let keys = self.groups.iter().map(|group| group.newest.capacity());
        let keys = keys.fold(0, usize::saturating_add).saturating_mul(17);
        layers.saturating_add(keys)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::cast_possible_truncation)]
    use super::*;
    use crate::delta::DeltaWriter;

    /// A key of each slice's, and what a block says about it.
    fn key(number: u64) -> [u8; 9] {
        let mut key = [0; 9];
        key[1..].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        key
    }

    /// The newest delta decides, however many there are and however they are joined, and what is
    /// dropped has been in the table: played against a plain map of the same writes.
    #[test]
    fn the_newest_layer_or_the_table_has_every_value() {
        let mut layers = Layers::default();
        let mut table: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
        let mut expected = table.clone();
        for block in 1..1_500_u64 {
            let keys: std::collections::BTreeSet<_> = (0..block % 7)
                .map(|step| key((block * 31 + step * 17) % 400))
                .collect();
            let mut delta = DeltaWriter::with_capacity(keys.len());
            for key in keys {
                let value = (!block.is_multiple_of(5)).then(|| block.to_be_bytes());
                delta
                    .push(&key, value.as_ref().map(<[u8; 8]>::as_slice))
                    .unwrap();
                match value {
                    Some(value) => expected.insert(key.to_vec(), value.to_vec()),
                    None => expected.remove(key.as_slice()),
                };
            }
            layers = layers.with(block, delta.finish()).unwrap();
            // Now and then several slices, and once all of them.
            let slices = match block {
                900 => SLICES,
                block => (block % 3) as usize + 1,
            };
            for (key, value) in layers.due(slices).unwrap() {
                match value {
                    Some(value) => table.insert(key.to_vec(), value.to_vec()),
                    None => table.remove(key),
                };
            }
            layers.settled(slices);
            assert!(layers.layers.len() <= SLICES);
            for number in 0..400 {
                let key = key(number);
                let found = match layers.find(&key).unwrap() {
                    Some(value) => value,
                    None => table.get(key.as_slice()).map(Vec::as_slice),
                };
                let expected = expected.get(key.as_slice()).map(Vec::as_slice);
                assert_eq!(found, expected, "key {number} after block {block}");
            }
        }
    }
}
