//! What a journal keeps its cells and its undo log in. A thread's next journal takes them over, empty,
//! instead of allocating its own: that takes longer than many a transaction's reads and writes.

use super::{Cell, account::AccountCell, undo::Undo};
use crate::StateKey;
use alloc::vec::Vec;
use alloy_primitives::map::{AddressMap, DefaultHashBuilder};

/// Cells of opaque bytes.
pub(super) type Cells = hashbrown::HashMap<StateKey, Cell, DefaultHashBuilder>;

/// Tables without anything in them.
pub(super) struct Tables {
    pub(super) accounts: AddressMap<AccountCell>,
    pub(super) cells: Cells,
    pub(super) undo: Vec<Undo>,
}

impl Tables {
    /// For most transactions large enough.
    fn new() -> Self {
        let mut accounts = AddressMap::default();
        accounts.reserve(7);
        Self {
            accounts,
            cells: Cells::with_capacity_and_hasher(7, DefaultHashBuilder::default()),
            undo: Vec::with_capacity(32),
        }
    }
}

#[cfg(not(feature = "std"))]
impl Tables {
    /// New ones: there are no threads to keep any for.
    pub(super) fn take() -> Self {
        Self::new()
    }

    /// Nothing.
    pub(super) fn give_back(self) {}
}

#[cfg(feature = "std")]
mod kept {
    use super::Tables;
    use std::cell::Cell;

    /// Larger ones are not kept: to empty them takes longer than to make new ones.
    const MOST: usize = 256;

    std::thread_local! {
        static TABLES: Cell<Option<Tables>> = const { Cell::new(None) };
    }

    impl Tables {
        /// Those that the thread's last journal has given back, or new ones.
        pub(in crate::journal) fn take() -> Self {
            TABLES.take().unwrap_or_else(Self::new)
        }

        /// Empties them, and keeps them for the thread's next journal.
        pub(in crate::journal) fn give_back(mut self) {
            let largest = self.accounts.capacity().max(self.cells.capacity());
            if largest.max(self.undo.capacity()) <= MOST {
                self.accounts.clear();
                self.cells.clear();
                self.undo.clear();
                TABLES.set(Some(self));
            }
        }
    }
}
