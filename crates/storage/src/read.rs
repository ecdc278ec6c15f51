//! Reading blocks, receipts, indexes and trie nodes at one commit.

use crate::{
    Identity, StorageError, cache::ValueCache, encode, layers::Layers, layout, list::List,
};
use alloy_primitives::{B256, Bloom, Bytes};
use lumio_state::{StateKey, Value, WriteSet};
use lumio_types::{Block, Receipt, SealedHeader, Transaction};
use redb::{ReadOnlyTable, ReadTransaction, ReadableDatabase, ReadableTable};
use std::{fmt, ops::RangeInclusive, sync::Arc};

/// The newest block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its height.
    pub number: u64,
    /// Its hash.
    pub hash: B256,
}

/// Where a transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransactionPlace {
    /// The number of its block.
    pub block: u64,
    /// Its index in the block.
    pub index: u32,
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
    headers: ReadOnlyTable<u64, &'static [u8]>,
    bodies: ReadOnlyTable<u64, &'static [u8]>,
    receipts: ReadOnlyTable<u64, &'static [u8]>,
    meta: ReadOnlyTable<&'static str, &'static [u8]>,
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

    /// The header of a block.
    ///
    /// # Errors
    /// When the database cannot be read, as for all methods here.
    pub fn header(&self, number: u64) -> Result<Option<SealedHeader>, StorageError> {
        match &self.0.head {
            Some(head) if head.header.number == number => Ok(Some(head.clone())),
            _ => self
                .0
                .headers
                .get(number)?
                .map(|header| encode::read_header(header.value()))
                .transpose(),
        }
    }

    /// The number of the block with this hash.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn number_of(&self, hash: B256) -> Result<Option<u64>, StorageError> {
        self.current(&layout::block_key(hash), encode::read_number)?
            .transpose()
    }

    /// A block with its transactions.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn block(&self, number: u64) -> Result<Option<Block>, StorageError> {
        let Some(header) = self.header(number)? else {
            return Ok(None);
        };
        let body = self.0.bodies.get(number)?;
        let body = body.ok_or_else(|| missing("body", number))?;
        let transactions = encode::read_all(body.value(), encode::read_transaction)?;
        Ok(Some(Block {
            header,
            transactions,
        }))
    }

    /// The block with this hash.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn block_by_hash(&self, hash: B256) -> Result<Option<Block>, StorageError> {
        match self.number_of(hash)? {
            Some(number) => self.block(number),
            None => Ok(None),
        }
    }

    /// How many transactions a block has.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn transaction_count(&self, number: u64) -> Result<Option<usize>, StorageError> {
        match self.0.bodies.get(number)? {
            Some(body) => Ok(Some(List::parse(body.value())?.len())),
            None => Ok(None),
        }
    }

    /// Where the transaction with this hash is.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn place_of(&self, hash: B256) -> Result<Option<TransactionPlace>, StorageError> {
        self.current(&layout::transaction_key(hash), encode::read_place)?
            .transpose()
    }

    /// One transaction, without decoding the others of its block.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn transaction(
        &self,
        place: TransactionPlace,
    ) -> Result<Option<Transaction>, StorageError> {
        let Some(body) = self.0.bodies.get(place.block)? else {
            return Ok(None);
        };
        item(body.value(), place.index)?
            .map(encode::read_transaction)
            .transpose()
    }

    /// The receipts of a block.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn receipts(&self, number: u64) -> Result<Option<Vec<Receipt>>, StorageError> {
        let Some(receipts) = self.0.receipts.get(number)? else {
            return Ok(None);
        };
        let read = |item: &[u8]| Ok(encode::read_receipt(item)?.0);
        encode::read_all(receipts.value(), read).map(Some)
    }

    /// One receipt, and the index in the block of its first log.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn receipt(&self, place: TransactionPlace) -> Result<Option<(Receipt, u64)>, StorageError> {
        let Some(receipts) = self.0.receipts.get(place.block)? else {
            return Ok(None);
        };
        item(receipts.value(), place.index)?
            .map(encode::read_receipt)
            .transpose()
    }

    /// The headers of a range of blocks, in order, read as the iterator goes.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn headers(
        &self,
        numbers: RangeInclusive<u64>,
    ) -> Result<impl Iterator<Item = Result<SealedHeader, StorageError>> + use<>, StorageError>
    {
        let range = self.0.headers.range_owned::<u64>(numbers)?;
        Ok(range.map(|entry| encode::read_header(entry?.1.value())))
    }

    /// The numbers and log blooms of a range of blocks, in order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn blooms(
        &self,
        numbers: RangeInclusive<u64>,
    ) -> Result<impl Iterator<Item = Result<(u64, Bloom), StorageError>> + use<>, StorageError>
    {
        let headers = self.headers(numbers)?;
        Ok(
            headers
                .map(|header| header.map(|found| (found.header.number, found.header.logs_bloom))),
        )
    }

    /// A trie node as of the head: `owner` is `None` for the account trie.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn node(&self, owner: Option<B256>, path: &[u8]) -> Result<Option<Bytes>, StorageError> {
        let mut key = Vec::with_capacity(path.len().saturating_add(33));
        layout::node_key(owner.as_deref(), path, &mut key);
        self.current(&key, Bytes::copy_from_slice)
    }

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

/// The pending edits in the database.
pub(crate) fn stored_edits(transaction: &ReadTransaction) -> Result<WriteSet, StorageError> {
    let mut edits = WriteSet::new();
    for entry in transaction.open_table(layout::EDITS)?.iter()? {
        let (key, value) = entry?;
        edits.insert(state_key(key.value())?, value.value().map(Value::from));
    }
    Ok(edits)
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

fn item(list: &[u8], index: u32) -> Result<Option<&[u8]>, StorageError> {
    let list = List::parse(list)?;
    match usize::try_from(index) {
        Ok(index) if index < list.len() => list.get(index).map(Some),
        _ => Ok(None),
    }
}

pub(crate) fn missing(what: &str, number: u64) -> StorageError {
    StorageError::corrupt(format!("block {number} has no {what}"))
}
