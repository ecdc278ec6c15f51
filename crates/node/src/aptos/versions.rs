//! From blocks and hashes to versions and back.

use crate::aptos::{Result, internal, of_storage};
use alloy_primitives::{B256, map::HashMap};
use lumio_storage::Snapshot;
use parking_lot::Mutex;

/// What stands at a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct VersionPlace {
    pub(super) block: u64,
    /// The transaction's index; none for what a block begins with.
    pub(super) index: Option<u32>,
}

/// The first versions of all blocks, and versions of carried transactions by their own hashes.
#[derive(Debug, Default)]
pub(super) struct Versions(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    blocks: Vec<(B256, u64, u64)>,
    carried: HashMap<B256, (u64, u64)>,
}

impl Versions {
    fn known<T>(&self, snapshot: &Snapshot, ask: impl FnOnce(&Known) -> T) -> Result<T> {
        let mut known = self.0.lock();
        let head = snapshot.head().ok_or_else(|| internal("no genesis"))?;
        let length = |known: &Known| u64::try_from(known.blocks.len()).unwrap_or(u64::MAX);
        while let Some((hash, _, _)) = known.blocks.last().copied() {
            let number = length(&known).saturating_sub(1);
            let header = snapshot.header(number).map_err(of_storage)?;
            if header.is_some_and(|header| header.hash == hash) {
                break;
            }
            known.blocks.pop();
        }
        while length(&known) <= head.number {
            let number = length(&known);
            let header = snapshot.header(number).map_err(of_storage)?;
            let header = header.ok_or_else(|| internal("a block is missing"))?;
            let receipts = snapshot.receipts(number).map_err(of_storage)?;
            let receipts = receipts.unwrap_or_default();
            let first = known.blocks.last().map_or(0, |(_, _, last)| last + 1);
            let count = u64::try_from(receipts.len()).unwrap_or(u64::MAX);
            for (index, receipt) in (1_u64..).zip(&receipts) {
                if let Some(carried) = &receipt.carried {
                    let version = first.saturating_add(index);
                    known.carried.insert(carried.hash, (number, version));
                }
            }
            known
                .blocks
                .push((header.hash, first, first.saturating_add(count)));
        }
        Ok(ask(&known))
    }

    pub(super) fn latest(&self, snapshot: &Snapshot) -> Result<u64> {
        self.known(snapshot, |known| {
            known.blocks.last().map_or(0, |(_, _, last)| *last)
        })
    }

    /// First and last version of a block.
    pub(super) fn range(&self, snapshot: &Snapshot, number: u64) -> Result<Option<(u64, u64)>> {
        let Ok(index) = usize::try_from(number) else {
            return Ok(None);
        };
        self.known(snapshot, |known| {
            let block = known.blocks.get(index);
            block.map(|(_, first, last)| (*first, *last))
        })
    }

    pub(super) fn place(&self, snapshot: &Snapshot, version: u64) -> Result<Option<VersionPlace>> {
        self.known(snapshot, |known| {
            let block = known.blocks.partition_point(|(_, _, last)| *last < version);
            let (_, first, _) = known.blocks.get(block)?;
            let index = version.saturating_sub(*first).checked_sub(1);
            Some(VersionPlace {
                block: u64::try_from(block).ok()?,
                index: index.and_then(|index| u32::try_from(index).ok()),
            })
        })
    }

    /// The version of a transaction by its hash, or by that of what it carries.
    pub(super) fn of_hash(&self, snapshot: &Snapshot, hash: B256) -> Result<Option<u64>> {
        if let Some(place) = snapshot.place_of(hash).map_err(of_storage)? {
            let range = self.range(snapshot, place.block)?;
            let index = u64::from(place.index);
            return Ok(range.map(|(first, _)| first.saturating_add(index).saturating_add(1)));
        }
        let found = self.known(snapshot, |known| known.carried.get(&hash).copied())?;
        let Some((block, version)) = found else {
            return Ok(None);
        };
        let range = self.range(snapshot, block)?;
        Ok(range
            .filter(|(first, last)| (*first..=*last).contains(&version))
            .map(|_| version))
    }
}
