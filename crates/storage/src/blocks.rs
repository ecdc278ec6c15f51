//! Reading blocks, receipts, places by hash, and trie nodes.

use crate::{Snapshot, StorageError, encode, layout, list::List};
use alloy_primitives::{B256, Bloom, Bytes};
use lumio_types::{Block, Receipt, SealedHeader, Transaction};
use std::ops::RangeInclusive;

/// Where a transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransactionPlace {
    /// The number of its block.
    pub block: u64,
    /// Its index in the block.
    pub index: u32,
}

impl Snapshot {
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
