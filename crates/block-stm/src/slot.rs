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

    /// Frees what a transaction has read, which nobody checks any more.
    pub(crate) fn forget(&self, transaction: usize) {
        if let Some(slot) = self.get(transaction) {
            let reads = std::mem::take(&mut slot.lock().reads);
            drop(reads);
        }
    }

    pub(crate) fn into_iter(self) -> impl Iterator<Item = Slot<B>> {
        self.0.into_iter().map(|slot| slot.0.into_inner())
    }
}
