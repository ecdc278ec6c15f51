//! What the latest run of a transaction left, besides what it wrote.

use crate::{Block, sync::Mutex, view::Reads};

pub(crate) struct Slot<B: Block> {
    pub(crate) reads: Reads<B>,
    /// None before the first run, and after one that was taken back.
    pub(crate) output: Option<B::Output>,
    /// A run of it was for nothing.
    pub(crate) repeated: bool,
}

/// The slots of a block, each on cache lines of its own: a transaction's neighbours run on other
/// threads.
pub(crate) struct Slots<B: Block>(Vec<Aligned<B>>);

#[repr(align(64))]
struct Aligned<B: Block>(Mutex<Slot<B>>);

/// Slots of which a thread frees at a time.
const FORGOTTEN_AT_ONCE: usize = 64;

impl<B: Block> Slots<B> {
    pub(crate) fn new(transactions: usize) -> Self {
        let slot = || Slot {
            reads: Vec::new(),
            output: None,
            repeated: false,
        };
        let slots = (0..transactions).map(|_| Aligned(Mutex::new(slot())));
        Self(slots.collect())
    }

    pub(crate) fn get(&self, transaction: usize) -> Option<&Mutex<Slot<B>>> {
        self.0.get(transaction).map(|slot| &slot.0)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Mutex<Slot<B>>> {
        self.0.iter().map(|slot| &slot.0)
    }

    /// Into how many parts [`forget`](Self::forget) divides them.
    pub(crate) const fn parts(&self) -> usize {
        self.0.len().div_ceil(FORGOTTEN_AT_ONCE)
    }

    /// Frees what the transactions of a part have read, which nobody checks any more.
    pub(crate) fn forget(&self, part: usize) {
        let from = part.saturating_mul(FORGOTTEN_AT_ONCE);
        for slot in self.iter().skip(from).take(FORGOTTEN_AT_ONCE) {
            let reads = std::mem::take(&mut slot.lock().reads);
            drop(reads);
        }
    }

    pub(crate) fn into_iter(self) -> impl Iterator<Item = Slot<B>> {
        self.0.into_iter().map(|slot| slot.0.into_inner())
    }
}
