//! The pool's journal: accepted transactions on disk, so that a killed process finds them again.
//!
//! A record is the length of what follows (4 bytes, little-endian), the sender, and the
//! EIP-2718 encoding. Records are appended before a transaction is acknowledged, without waiting
//! for the disk. A torn record at the end is what a crash leaves; reading stops there.

use crate::pool::PoolError;
use alloy_eips::eip2718::{Decodable2718, Encodable2718};
use alloy_primitives::Address;
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
        let mut transactions = Vec::new();
        let mut rest = bytes.as_slice();
        while let Some((transaction, after)) = read_record(rest) {
            transactions.push(transaction);
            rest = after;
        }
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
        match self.file.write_all(&record) {
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
        std::fs::write(&next, &bytes).map_err(fail)?;
        std::fs::rename(&next, &self.path).map_err(fail)?;
        self.file = OpenOptions::new()
            .append(true)
            .open(&self.path)
            .map_err(fail)?;
        self.length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(())
    }
}

fn write_record(out: &mut Vec<u8>, transaction: &Transaction) {
    let envelope = transaction.envelope();
    let body = Address::len_bytes().saturating_add(envelope.encode_2718_len());
    // The pool takes no transaction of more than 128 KiB.
    let Ok(length) = u32::try_from(body) else {
        return;
    };
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(transaction.sender().as_slice());
    envelope.encode_2718(out);
}

fn read_record(bytes: &[u8]) -> Option<(Transaction, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let (body, rest) = rest.split_at_checked(length)?;
    let (sender, mut encoded) = body.split_at_checked(Address::len_bytes())?;
    let envelope = Envelope::decode_2718(&mut encoded).ok()?;
    encoded.is_empty().then(|| {
        (
            Transaction::trusted(envelope, Address::from_slice(sender)),
            rest,
        )
    })
}
