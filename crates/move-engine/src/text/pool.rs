//! Tables that are filled in the order of first use, without repeating an entry.

use alloc::vec::Vec;
use core::hash::Hash;

use hashbrown::HashMap;

use super::error::{Position, TextError, TextProblem};

/// A table of distinct entries.
pub(super) struct Pool<T> {
    pub(super) entries: Vec<T>,
    positions: HashMap<T, u16>,
    /// What they are, for an error.
    what: &'static str,
}

impl<T: Clone + Eq + Hash> Pool<T> {
    pub(super) fn new(what: &'static str) -> Self {
        Self {
            entries: Vec::new(),
            positions: HashMap::new(),
            what,
        }
    }

    /// Where the entry is; it is appended if it is nowhere.
    pub(super) fn intern(&mut self, entry: T, at: Position) -> Result<u16, TextError> {
        if let Some(position) = self.positions.get(&entry) {
            return Ok(*position);
        }
        let position = index(self.entries.len(), self.what, at)?;
        self.entries.push(entry.clone());
        self.positions.insert(entry, position);
        Ok(position)
    }
}

/// A position in a table as an index into it.
pub(super) fn index(position: usize, what: &'static str, at: Position) -> Result<u16, TextError> {
    u16::try_from(position).map_err(|_| at.error(TextProblem::TooMany(what)))
}
