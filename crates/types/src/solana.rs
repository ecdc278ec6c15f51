//! Solana transactions that come in Ethereum ones.

use alloc::{string::ToString, vec::Vec};
use alloy_primitives::{B256, Bytes, keccak256};
use solana_transaction::versioned::VersionedTransaction;

use crate::{AccountId, DecodeTransactionError};

/// Bytes of the largest transaction that Solana's clients may send.
pub const MAX_SOLANA_TRANSACTION_BYTES: usize = 1_232;

/// A Solana transaction whose payer is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SolanaTransaction {
    /// The transaction.
    pub versioned: VersionedTransaction,
    /// Its bytes, as clients send them.
    pub wire: Bytes,
    /// Its first signature, by which clients ask for it.
    pub signature: [u8; 64],
    /// The keccak256 of that signature: what it is found by in this chain's indexes.
    pub hash: B256,
    /// Who pays: the first account that it names.
    pub payer: AccountId,
}

impl SolanaTransaction {
    /// Reads a transaction and checks its signatures.
    ///
    /// # Errors
    /// When the bytes are not exactly one transaction, or a signature does not hold.
    pub fn decode(wire: &[u8]) -> Result<Self, DecodeTransactionError> {
        let transaction = Self::trusted(wire)?;
        transaction.verify()?;
        Ok(transaction)
    }

    /// Reads a transaction whose signatures are checked elsewhere, or not at all: from the
    /// database, or to simulate it.
    ///
    /// # Errors
    /// When the bytes are not exactly one transaction.
    pub fn trusted(wire: &[u8]) -> Result<Self, DecodeTransactionError> {
        if wire.len() > MAX_SOLANA_TRANSACTION_BYTES {
            return Err(malformed(alloc::format!(
                "it has {} bytes, and at most {MAX_SOLANA_TRANSACTION_BYTES} are allowed",
                wire.len()
            )));
        }
        let versioned = wincode::deserialize_exact::<VersionedTransaction>(wire)
            .map_err(|error| malformed(error.to_string()))?;
        versioned
            .sanitize()
            .map_err(|error| malformed(error.to_string()))?;
        let payer = versioned.message.static_account_keys().first();
        let payer = payer.ok_or_else(|| malformed("it names no account"))?;
        let payer = AccountId(B256::from(payer.to_bytes()));
        let signature = versioned.signatures.first();
        let signature = signature.ok_or_else(|| malformed("it has no signature"))?;
        let signature: [u8; 64] = (*signature).into();
        Ok(Self {
            wire: Bytes::copy_from_slice(wire),
            hash: solana_hash_of(&signature),
            versioned,
            signature,
            payer,
        })
    }

    /// Checks all signatures.
    ///
    /// # Errors
    /// When one does not hold.
    pub fn verify(&self) -> Result<(), DecodeTransactionError> {
        let results: Vec<bool> = self.versioned.verify_with_results();
        match results.iter().position(|holds| !holds) {
            None => Ok(()),
            Some(number) => Err(DecodeTransactionError::CarriedSignature(
                "Solana",
                alloc::format!("signature {number} does not hold"),
            )),
        }
    }
}

/// By what a Solana transaction is found in this chain's indexes, given its first signature.
pub fn solana_hash_of(signature: &[u8; 64]) -> B256 {
    keccak256(signature)
}

fn malformed(reason: impl ToString) -> DecodeTransactionError {
    DecodeTransactionError::Carried("Solana", reason.to_string())
}
