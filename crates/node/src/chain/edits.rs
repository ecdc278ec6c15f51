//! Changes of the state that are kept beside the blocks: the edits that a block began with, so
//! that it can be run again, and what genesis wrote, so that a reset finds it at any height.

use crate::chain::{Chain, ChainError};
use lumio_state::{StateKey, Value, WriteSet};
use lumio_storage::{Database, StorageError};

/// Where the writes of genesis are.
const GENESIS: &str = "genesis";
/// A genesis with more bytes than this is not kept a second time.
const LARGEST_GENESIS: usize = 32 << 20;

impl Chain {
    /// Keeps the edits that a block begins with.
    pub(crate) fn keep_edits(&self, number: u64, edits: &WriteSet) -> Result<(), ChainError> {
        Ok(self
            .database
            .set_meta(&name(number), Some(&encode(edits)))?)
    }

    /// Forgets the edits of a block that is gone.
    pub(super) fn forget_edits(&self, number: u64) -> Result<(), ChainError> {
        if self.snapshot().meta(&name(number))?.is_some() {
            self.database.set_meta(&name(number), None)?;
        }
        Ok(())
    }

    /// The edits that a block began with; mostly none.
    ///
    /// # Errors
    /// When the database fails.
    pub fn edits_of(&self, number: u64) -> Result<WriteSet, ChainError> {
        let Some(bytes) = self.snapshot().meta(&name(number))? else {
            return Ok(WriteSet::new());
        };
        decode(&bytes).ok_or_else(|| {
            let what = format!("the edits of block {number} are malformed");
            ChainError::Storage(StorageError::Corrupt { what })
        })
    }
}

impl Chain {
    /// What genesis wrote, unless that was too much to keep.
    pub(super) fn genesis_writes(&self) -> Result<Option<WriteSet>, ChainError> {
        let Some(bytes) = self.snapshot().meta(GENESIS)? else {
            return Ok(None);
        };
        let what = "the writes of genesis are malformed";
        let corrupt = || ChainError::Storage(StorageError::Corrupt { what: what.into() });
        decode(&bytes).map(Some).ok_or_else(corrupt)
    }
}

/// Keeps what genesis wrote.
pub(super) fn keep_genesis(database: &Database, writes: &WriteSet) -> Result<(), ChainError> {
    let bytes = encode(writes);
    if bytes.len() <= LARGEST_GENESIS {
        database.set_meta(GENESIS, Some(&bytes))?;
    }
    Ok(())
}

fn name(number: u64) -> String {
    format!("edits/{number}")
}

fn encode(edits: &WriteSet) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut put = |part: &[u8]| {
        let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(part);
    };
    for (key, value) in edits {
        put(&key.encode());
        match value {
            Some(value) => {
                put(&[1]);
                put(value);
            }
            None => put(&[0]),
        }
    }
    bytes
}

fn decode(mut bytes: &[u8]) -> Option<WriteSet> {
    let mut edits = WriteSet::new();
    while !bytes.is_empty() {
        let key = StateKey::decode(take(&mut bytes)?).ok()?;
        let value = match take(&mut bytes)? {
            [1] => Some(Value::from(take(&mut bytes)?)),
            [0] => None,
            _ => return None,
        };
        edits.insert(key, value);
    }
    Some(edits)
}

fn take<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let (part, rest) = rest.split_at_checked(length)?;
    *bytes = rest;
    Some(part)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use alloy_primitives::{Address, U256};

    #[test]
    fn edits_are_read_back() {
        let owner = Address::repeat_byte(7);
        let edits = WriteSet::from([
            (StateKey::Balance(owner), Some(Value::word(U256::from(5)))),
            (StateKey::EvmStorage(owner, U256::from(1)), None),
            (
                StateKey::EvmCode(Default::default()),
                Some(Value::from(&[9; 300][..])),
            ),
        ]);
        let bytes = encode(&edits);
        assert_eq!(decode(&bytes).unwrap(), edits);
        assert!(decode(&bytes[..bytes.len() - 1]).is_none());
    }
}
