//! What Solana's clients look for: transactions by the accounts that they name, and what a block
//! changed.

use crate::{Snapshot, StorageError, delta::Delta, index::IndexEntry, layout, snapshot::state_key};
use lumio_state::StateKey;
use lumio_types::{AccountId, SolanaReceipt};
use std::collections::BTreeMap;

/// Adds the entries of a Solana transaction: one for each account that it names.
pub(crate) fn push_accounts(entries: &mut Vec<IndexEntry>, receipt: &SolanaReceipt, version: u64) {
    for account in &receipt.accounts {
        let key = layout::mention_key(account.id, version);
        entries.push((key.to_vec(), Vec::new()));
    }
}

impl Snapshot {
    /// Versions of the Solana transactions that name an account, newest first: at most `limit`, of
    /// those before version `before` and after version `after`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn mentions(
        &self,
        account: AccountId,
        before: Option<u64>,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Vec<u64>, StorageError> {
        let first = match after.map(|after| after.checked_add(1)) {
            None => 0,
            Some(Some(first)) => first,
            Some(None) => return Ok(Vec::new()),
        };
        let end = before.unwrap_or(u64::MAX);
        if first >= end {
            return Ok(Vec::new());
        }
        let start = layout::mention_key(account, first);
        let end = layout::mention_key(account, end);
        let mut found = BTreeMap::new();
        let mut put = |key: &[u8]| {
            let version = key.last_chunk::<8>();
            let version =
                version.ok_or_else(|| StorageError::corrupt("an index key is malformed"))?;
            found.insert(u64::from_be_bytes(*version), ());
            Ok::<_, StorageError>(())
        };
        let table = self
            .0
            .current
            .range(start.as_slice()..end.as_slice())?
            .rev();
        for entry in table.take(limit) {
            put(entry?.0.value())?;
        }
        // The layers of the last blocks only add to an index.
        for (key, _) in self.0.layers.range(&start, Some(&end))? {
            put(key)?;
        }
        Ok(found.into_keys().rev().take(limit).collect())
    }

    /// The state keys that a block changed; none of one whose diff is no longer kept.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn keys_changed_in(&self, block: u64) -> Result<Vec<StateKey>, StorageError> {
        let Some(diff) = self.0.diffs.get(block)? else {
            return Ok(Vec::new());
        };
        let mut keys = Vec::new();
        for replaced in Delta::parse(diff.value())?.range(&[], None)? {
            keys.push(state_key(replaced?.0)?);
        }
        Ok(keys)
    }
}
