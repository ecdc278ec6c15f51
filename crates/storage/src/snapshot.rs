//! The database as it was after one commit.

use crate::{StorageError, cache::ValueCache, edits::stored_edits, encode, layers::Layers, layout};
use alloy_primitives::B256;
use lumio_state::{StateKey, WriteSet};
use lumio_types::SealedHeader;
use redb::{ReadOnlyTable, ReadTransaction, ReadableDatabase, ReadableTable};
use std::{fmt, sync::Arc};

/// The newest block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its height.
    pub number: u64,
    /// Its hash.
    pub hash: B256,
}

/// The database as it was after one commit.
///
/// Cheap to clone. The space of what later commits replaced is not reused
/// while a snapshot lives, so do not keep one for long.
#[derive(Clone)]
pub struct Snapshot(pub(crate) Arc<Tables>);

pub(crate) struct Tables {
    pub(crate) version: u64,
    pub(crate) head: Option<SealedHeader>,
    /// The oldest block whose state can be read.
    pub(crate) oldest: u64,
    pub(crate) edits: Arc<WriteSet>,
    pub(crate) cache: Arc<ValueCache>,
    pub(crate) layers: Layers,
    pub(crate) current: ReadOnlyTable<&'static [u8], &'static [u8]>,
    pub(crate) diffs: ReadOnlyTable<u64, &'static [u8]>,
    pub(crate) headers: ReadOnlyTable<u64, &'static [u8]>,
    pub(crate) bodies: ReadOnlyTable<u64, &'static [u8]>,
    pub(crate) receipts: ReadOnlyTable<u64, &'static [u8]>,
    pub(crate) changes: ReadOnlyTable<u64, &'static [u8]>,
    pub(crate) meta: ReadOnlyTable<&'static str, &'static [u8]>,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("version", &self.0.version)
            .field("head", &self.head())
            .field("oldest", &self.0.oldest)
            .finish_non_exhaustive()
    }
}

impl Snapshot {
    /// Reads the newest commit.
    pub(crate) fn take(
        engine: &redb::Database,
        cache: Arc<ValueCache>,
        version: u64,
        edits: Arc<WriteSet>,
        layers: Layers,
    ) -> Result<Self, StorageError> {
        let transaction = engine.begin_read()?;
        let headers = transaction.open_table(layout::HEADERS)?;
        let diffs = transaction.open_table(layout::DIFFS)?;
        let head = match headers.last()? {
            Some((_, header)) => Some(encode::read_header(header.value())?),
            None => None,
        };
        let oldest = match diffs.first()? {
            Some((number, _)) => number.value().saturating_sub(1),
            None => head.as_ref().map_or(0, |head| head.header.number),
        };
        Ok(Self(Arc::new(Tables {
            version,
            head,
            oldest,
            edits,
            cache,
            layers,
            current: transaction.open_table(layout::CURRENT)?,
            diffs,
            headers,
            bodies: transaction.open_table(layout::BODIES)?,
            receipts: transaction.open_table(layout::RECEIPTS)?,
            changes: transaction.open_table(layout::CHANGES)?,
            meta: transaction.open_table(layout::META)?,
        })))
    }

    /// Reads a value of the current data, whatever its kind.
    pub(crate) fn current<T>(
        &self,
        key: &[u8],
        read: impl FnOnce(&[u8]) -> T,
    ) -> Result<Option<T>, StorageError> {
        match self.0.layers.find(key)? {
            Some(value) => Ok(value.map(read)),
            None => {
                let found = self.0.current.get(key)?;
                Ok(found.map(|found| read(found.value())))
            }
        }
    }

    /// Reads what is stored when the database is opened, as version 0.
    pub(crate) fn first(
        engine: &redb::Database,
        cache: Arc<ValueCache>,
    ) -> Result<Self, StorageError> {
        let stored = engine.begin_read()?;
        let edits = Arc::new(stored_edits(&stored)?);
        let layers = stored_layers(&stored)?;
        Self::take(engine, cache, 0, edits, layers)
    }

    pub(crate) fn version(&self) -> u64 {
        self.0.version
    }

    /// The newest block, or `None` before genesis.
    pub fn head(&self) -> Option<Head> {
        self.0.head.as_ref().map(|header| Head {
            number: header.header.number,
            hash: header.hash,
        })
    }

    /// The newest block's header, or `None` before genesis.
    pub fn head_header(&self) -> Option<&SealedHeader> {
        self.0.head.as_ref()
    }

    /// The oldest block whose state can be read.
    pub fn oldest_state(&self) -> u64 {
        self.0.oldest
    }

    /// Changes of the state that no block holds yet.
    pub fn edits(&self) -> Arc<WriteSet> {
        Arc::clone(&self.0.edits)
    }
}

/// The changes of the last blocks in the journal.
pub(crate) fn stored_layers(transaction: &ReadTransaction) -> Result<Layers, StorageError> {
    let mut layers = Layers::default();
    for entry in transaction.open_table(layout::JOURNAL)?.iter()? {
        let (number, delta) = entry?;
        layers = layers.with(number.value(), delta.value().to_vec())?;
    }
    Ok(layers)
}

/// Decodes a key that this crate wrote.
pub(crate) fn state_key(bytes: &[u8]) -> Result<StateKey, StorageError> {
    StateKey::decode(bytes).map_err(|error| StorageError::corrupt(error.to_string()))
}
