//! The record of an EVM account: what is not its balance nor its storage.

use crate::Value;
use alloy_primitives::{B256, KECCAK256_EMPTY};

/// The code hash of an account without code.
pub const EMPTY_CODE_HASH: B256 = KECCAK256_EMPTY;

/// Nonce and code hash. An account exists when it has a record or a balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountRecord {
    /// Transactions sent and contracts created.
    pub nonce: u64,
    /// keccak256 of its code.
    pub code_hash: B256,
}

/// A value that is no account record: the database is corrupt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an account record: expected 40 bytes, found {0}")]
pub struct RecordError(usize);

impl Default for AccountRecord {
    fn default() -> Self {
        Self {
            nonce: 0,
            code_hash: EMPTY_CODE_HASH,
        }
    }
}

impl AccountRecord {
    /// The record as bytes: the nonce, big-endian, then the hash.
    pub fn encode(&self) -> Value {
        let mut bytes = [0; 40];
        bytes[..8].copy_from_slice(&self.nonce.to_be_bytes());
        bytes[8..].copy_from_slice(self.code_hash.as_slice());
        Value::from(bytes.as_slice())
    }

    /// Reads a record back.
    ///
    /// # Errors
    /// When the value has another length.
    pub fn decode(value: &[u8]) -> Result<Self, RecordError> {
        let bytes: &[u8; 40] = value.try_into().map_err(|_| RecordError(value.len()))?;
        let (nonce, hash) = bytes.split_at(8);
        let mut be = [0; 8];
        be.copy_from_slice(nonce);
        Ok(Self {
            nonce: u64::from_be_bytes(be),
            code_hash: B256::from_slice(hash),
        })
    }
}
