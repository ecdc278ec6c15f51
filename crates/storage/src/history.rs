//! The state before the head, through the blocks' reverse diffs.

use crate::{Snapshot, StorageError, delta::Delta, layout::prefix_end, snapshot::state_key};
use lumio_state::{StateKey, Value, WriteSet};

impl Snapshot {
    /// Every state key that changed after a block, with its value at that
    /// block: applied to the head's state, they give that block's.
    ///
    /// # Errors
    /// [`StorageError::Pruned`] or [`StorageError::UnknownBlock`] when the
    /// database does not have that state.
    pub fn changes_since(&self, number: u64) -> Result<WriteSet, StorageError> {
        self.require_state(number)?;
        let mut changes = WriteSet::new();
        self.each_replaced_after(number, &[], |key, before| {
            changes.insert(key, before.map(Value::from));
        })?;
        Ok(changes)
    }

    /// What a key held at block `number`, or `None` if no later block wrote
    /// it.
    pub(crate) fn replaced_after(
        &self,
        number: u64,
        key: &[u8],
    ) -> Result<Option<Option<Value>>, StorageError> {
        // The first block to write the key replaced the value asked for.
        for entry in self.0.diffs.range(number.saturating_add(1)..)? {
            let (_, diff) = entry?;
            if let Some(before) = Delta::parse(diff.value())?.find(key)? {
                return Ok(Some(before.map(Value::from)));
            }
        }
        Ok(None)
    }

    /// Visits what all blocks after `number` replaced under keys that start
    /// with `prefix`, from the head down, so that a key's last visit has its
    /// value at `number`.
    pub(crate) fn each_replaced_after(
        &self,
        number: u64,
        prefix: &[u8],
        mut visit: impl FnMut(StateKey, Option<&[u8]>),
    ) -> Result<(), StorageError> {
        let end = prefix_end(prefix);
        for entry in self.0.diffs.range(number.saturating_add(1)..)?.rev() {
            let (_, diff) = entry?;
            for replaced in Delta::parse(diff.value())?.range(prefix, end.as_deref())? {
                let (key, before) = replaced?;
                visit(state_key(key)?, before);
            }
        }
        Ok(())
    }
}
