//! The pool's journal: accepted transactions on disk, so that a killed process finds them again.
//!
//! A record is the length of what follows (4 bytes, little-endian), the sender, and the
//! EIP-2718 encoding; or 32 bytes alone, the hash of a transaction that was dropped. Records are appended before a transaction is acknowledged, without waiting
//! for the disk. A torn record at the end is what a crash leaves; reading stops there.

use crate::pool::PoolError;
use alloy_eips::eip2718::{Decodable2718, Encodable2718};
use alloy_primitives::{Address, B256, map::HashMap};
use lumio_rpc::eth::PoolContent;
use lumio_types::{Envelope, Transaction};
use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// A journal smaller than this is not worth rewriting.
const SMALL: u64 = 4 * 1024 * 1024;
/// The same while the pool is empty, when nothing need be written.
const SMALL_IDLE: u64 = 64 * 1024;

/// The length of a hash, which no transaction with its sender is as short as.
const DROPPED: u32 = 32;

/// The journal cannot be opened or rewritten.
#[derive(Debug, thiserror::Error)]
#[error("the pool's journal {path}: {source}")]
pub struct JournalError {
    path: PathBuf,
    source: io::Error,
}

/// An open journal.
#[derive(Debug)]
pub struct PoolJournal {
    path: PathBuf,
    file: File,
    length: u64,
}

impl PoolJournal {
    /// Opens the journal, or creates it, and reads what it holds. A torn or unreadable end is cut.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn open(path: &Path) -> Result<(Self, Vec<Transaction>), JournalError> {
        let fail = |source| JournalError {
            path: path.to_owned(),
            source,
        };
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(fail(error)),
        };
        let mut found: Vec<Option<Transaction>> = Vec::new();
        let mut places: HashMap<B256, usize> = HashMap::default();
        let mut rest = bytes.as_slice();
        while let Some((record, after)) = read_record(rest) {
            match record {
                Record::Added(transaction) => {
                    places.insert(transaction.hash(), found.len());
                    found.push(Some(*transaction));
                }
                Record::Dropped(hash) => {
                    let place = places.remove(&hash);
                    if let Some(slot) = place.and_then(|place| found.get_mut(place)) {
                        *slot = None;
                    }
                }
            }
            rest = after;
        }
        let transactions = found.into_iter().flatten().collect();
        let torn = u64::try_from(rest.len()).unwrap_or(u64::MAX);
        let length = u64::try_from(bytes.len())
            .unwrap_or(u64::MAX)
            .saturating_sub(torn);
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .map_err(fail)?;
        file.set_len(length).map_err(fail)?;
        let journal = Self {
            path: path.to_owned(),
            file,
            length,
        };
        Ok((journal, transactions))
    }

    /// Adds a transaction.
    pub(super) fn append(&mut self, transaction: &Transaction) -> Result<(), PoolError> {
        let mut record = Vec::with_capacity(192);
        write_record(&mut record, transaction);
        self.write(&record)
    }

    /// Notes that a transaction was dropped.
    pub(super) fn strike(&mut self, hash: B256) -> Result<(), PoolError> {
        let mut record = DROPPED.to_le_bytes().to_vec();
        record.extend_from_slice(hash.as_slice());
        self.write(&record)
    }

    fn write(&mut self, record: &[u8]) -> Result<(), PoolError> {
        match self.file.write_all(record) {
            Ok(()) => {
                let written = u64::try_from(record.len()).unwrap_or(u64::MAX);
                self.length = self.length.saturating_add(written);
                Ok(())
            }
            Err(error) => {
                // Half a record would hide all later ones.
                let _ = self.file.set_len(self.length);
                Err(PoolError::Journal(error.to_string()))
            }
        }
    }

    /// Whether most of the file is transactions that are no longer in the pool.
    pub(super) fn is_due(&self, live_bytes: usize) -> bool {
        let live = u64::try_from(live_bytes).unwrap_or(u64::MAX);
        let limit = if live == 0 { SMALL_IDLE } else { SMALL };
        self.length > limit && self.length / 4 > live
    }

    /// Writes the pool anew and puts it in the file's place.
    pub(super) fn rewrite(&mut self, content: &PoolContent) -> Result<(), JournalError> {
        let fail = |source| JournalError {
            path: self.path.clone(),
            source,
        };
        if content.pending.is_empty() && content.queued.is_empty() {
            self.length = 0;
            return self.file.set_len(0).map_err(fail);
        }
        let mut bytes = Vec::new();
        for transaction in content.pending.iter().chain(&content.queued) {
            write_record(&mut bytes, transaction);
        }
        let next = self.path.with_extension("next");
        // Open before it takes the place: what is appended must go to the file of that name.
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&next)
            .map_err(fail)?;
        file.set_len(0).map_err(fail)?;
        file.write_all(&bytes).map_err(fail)?;
        std::fs::rename(&next, &self.path).map_err(fail)?;
        self.file = file;
        self.length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(())
    }
}

fn write_record(out: &mut Vec<u8>, transaction: &Transaction) {
    let envelope = transaction.envelope();
    let body = Address::len_bytes().saturating_add(envelope.encode_2718_len());
    // The pool takes no transaction of more than a few MiB.
    let Ok(length) = u32::try_from(body) else {
        return;
    };
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(transaction.sender().as_slice());
    envelope.encode_2718(out);
}

enum Record {
    Added(Box<Transaction>),
    Dropped(B256),
}

fn read_record(bytes: &[u8]) -> Option<(Record, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length);
    let (body, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    if length == DROPPED {
        return Some((Record::Dropped(B256::try_from(body).ok()?), rest));
    }
    let (sender, mut encoded) = body.split_at_checked(Address::len_bytes())?;
    let envelope = Envelope::decode_2718(&mut encoded).ok()?;
    encoded.is_empty().then(|| {
        let transaction = Transaction::trusted(envelope, Address::from_slice(sender));
        (Record::Added(Box::new(transaction)), rest)
    })
}
