//! The changes of the last blocks, kept in memory over the table of current
//! data.
//!
//! A block's writes are scattered over the whole table, and a scattered write
//! costs a page each. So a block's delta goes to the journal in one piece, and
//! with each block only one slice of the keys is written to the table, for the
//! deltas of the last [`SLICES`] blocks at once. After so many blocks every
//! slice has had its turn, and a delta is no longer needed.
//!
//! **Invariant:** the table holds each slice as of the last block that wrote
//! it, and all deltas after that block are here and in the journal. So a key
//! has the value of the newest delta that names it, else that of the table.

use crate::{
    StorageError,
    delta::Delta,
    layout::{SLICES, slice_of},
};
use alloy_primitives::map::{DefaultHashBuilder, HashSet};
use std::{collections::BTreeMap, hash::BuildHasher, sync::Arc};

/// The delta of one block.
#[derive(Debug)]
struct Layer {
    number: u64,
    delta: Vec<u8>,
    /// Hashes of the keys, to pass over the layer quickly.
    hashes: HashSet<u64>,
    /// The indices of the entries of each slice, in order.
    slices: Vec<Vec<u32>>,
}

/// The deltas of the last blocks, the oldest first. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Layers {
    layers: Vec<Arc<Layer>>,
    hasher: DefaultHashBuilder,
}

/// Keys with the newest value that any layer has for them.
pub(crate) type Merged<'a> = BTreeMap<&'a [u8], Option<&'a [u8]>>;

impl Layers {
    /// These layers and the delta of the next block on top.
    pub(crate) fn with(&self, number: u64, delta: Vec<u8>) -> Result<Self, StorageError> {
        let entries = Delta::parse(&delta)?;
        let mut hashes = HashSet::with_capacity_and_hasher(entries.len(), Default::default());
        let mut slices = vec![Vec::new(); SLICES as usize];
        for index in 0..entries.len() {
            let (key, _) = entries.get(index)?;
            hashes.insert(self.hasher.hash_one(key));
            if let (Some(slice), Ok(index)) = (slices.get_mut(slice_of(key)), u32::try_from(index))
            {
                slice.push(index);
            }
        }
        let mut next = self.clone();
        next.layers.push(Arc::new(Layer {
            number,
            delta,
            hashes,
            slices,
        }));
        Ok(next)
    }

    /// What the newest layer that names a key says about it.
    pub(crate) fn find(&self, key: &[u8]) -> Result<Option<Option<&[u8]>>, StorageError> {
        if self.layers.is_empty() {
            return Ok(None);
        }
        let hash = self.hasher.hash_one(key);
        for layer in self.layers.iter().rev() {
            if layer.hashes.contains(&hash)
                && let Some(value) = Delta::parse(&layer.delta)?.find(key)?
            {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// The changes of one slice, in the order of the keys.
    pub(crate) fn slice(&self, slice: usize) -> Result<Merged<'_>, StorageError> {
        let mut merged = Merged::new();
        for layer in &self.layers {
            let delta = Delta::parse(&layer.delta)?;
            for index in layer.slices.get(slice).into_iter().flatten() {
                let index = usize::try_from(*index).map_err(|_| StorageError::TooLarge)?;
                let (key, value) = delta.get(index)?;
                merged.insert(key, value);
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

    /// Drops the layers of blocks up to `number`.
    pub(crate) fn drop_through(&mut self, number: u64) {
        self.layers.retain(|layer| layer.number > number);
    }

    /// Bytes that the layers take.
    pub(crate) fn bytes(&self) -> usize {
        // A hash and an index beside each key.
        let of = |layer: &Arc<Layer>| {
            let keys = layer.hashes.capacity().saturating_mul(14);
            layer.delta.len().saturating_add(keys)
        };
        self.layers.iter().map(of).fold(0, usize::saturating_add)
    }
}
