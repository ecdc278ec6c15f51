//! Metadata: which chain this is, and what callers note under names.

use crate::{
    Database, Snapshot, StorageError,
    database::{Change, StateChange},
    layout,
};
use alloy_primitives::B256;
use redb::{ReadableTable, WriteTransaction};

/// Which chain a database holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The chain id.
    pub chain_id: u64,
    /// The hash of block 0.
    pub genesis_hash: B256,
}

/// A change of a caller's metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetaChange {
    /// The name.
    pub name: String,
    /// What is now under that name, or `None` for nothing.
    pub value: Option<Vec<u8>>,
}

/// Writes callers' metadata as part of a transaction.
pub(crate) fn write_meta(
    transaction: &WriteTransaction,
    changes: &[MetaChange],
) -> Result<(), StorageError> {
    if changes.is_empty() {
        return Ok(());
    }
    let mut meta = transaction.open_table(layout::META)?;
    for change in changes {
        let name = format!("{}{}", layout::META_CALLER, change.name);
        match &change.value {
            Some(value) => meta.insert(name.as_str(), value.as_slice())?,
            None => meta.remove(name.as_str())?,
        };
    }
    Ok(())
}

impl Database {
    /// Refuses a database of another chain. One without a chain passes.
    ///
    /// # Errors
    /// [`StorageError::OtherChain`], or when the database cannot be read.
    pub fn require_chain(&self, chain_id: u64) -> Result<(), StorageError> {
        match self.snapshot().identity()? {
            Some(identity) if identity.chain_id != chain_id => Err(StorageError::OtherChain {
                found: identity.chain_id,
                expected: chain_id,
            }),
            _ => Ok(()),
        }
    }

    /// Stores metadata under a name of the caller's, or removes it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn set_meta(&self, name: &str, value: Option<&[u8]>) -> Result<(), StorageError> {
        self.write(|transaction, _| {
            let name = format!("{}{name}", layout::META_CALLER);
            let mut meta = transaction.open_table(layout::META)?;
            match value {
                Some(value) => meta.insert(name.as_str(), value)?,
                None => meta.remove(name.as_str())?,
            };
            Ok(Change {
                state: StateChange::None,
                edits: None,
                layers: None,
            })
        })
    }
}

impl Snapshot {
    /// Which chain this is, or `None` before genesis.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn identity(&self) -> Result<Option<Identity>, StorageError> {
        Identity::read(&self.0.meta)
    }

    /// Metadata of the caller's, by its name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn meta(&self, name: &str) -> Result<Option<Vec<u8>>, StorageError> {
        let name = format!("{}{name}", layout::META_CALLER);
        Ok(self
            .0
            .meta
            .get(name.as_str())?
            .map(|value| value.value().to_vec()))
    }
}

impl Identity {
    pub(crate) fn encode(&self) -> [u8; 40] {
        let mut bytes = [0; 40];
        bytes[..8].copy_from_slice(&self.chain_id.to_le_bytes());
        bytes[8..].copy_from_slice(self.genesis_hash.as_slice());
        bytes
    }

    pub(crate) fn read(
        meta: &impl ReadableTable<&'static str, &'static [u8]>,
    ) -> Result<Option<Self>, StorageError> {
        let Some(found) = meta.get(layout::META_IDENTITY)? else {
            return Ok(None);
        };
        let malformed = || StorageError::corrupt("the chain's identity is malformed");
        let (id, hash) = found
            .value()
            .split_first_chunk::<8>()
            .ok_or_else(malformed)?;
        Ok(Some(Self {
            chain_id: u64::from_le_bytes(*id),
            genesis_hash: B256::try_from(hash).map_err(|_| malformed())?,
        }))
    }
}
