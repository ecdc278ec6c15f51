//! A whole transaction, as it is sent.

use alloc::vec::Vec;

use crate::{
    Bcs, DecodeError, Hash, RawTransaction, Reader, TransactionAuthenticator,
    hash::{TRANSACTION, sha3_256},
};

/// A transaction with what authenticates its accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedTransaction {
    /// What is signed.
    pub raw: RawTransaction,
    /// Who signed.
    pub authenticator: TransactionAuthenticator,
}

impl SignedTransaction {
    /// The hash that names it.
    pub fn hash(&self) -> Hash {
        Self::hash_of(&self.to_bytes())
    }

    /// The hash that names a transaction of these bytes.
    pub fn hash_of(bytes: &[u8]) -> Hash {
        // The zero tells a user's transaction from those that the chain itself makes.
        sha3_256(&[TRANSACTION, &[0], bytes])
    }
}

impl Bcs for SignedTransaction {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            raw: Bcs::read(reader)?,
            authenticator: Bcs::read(reader)?,
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.raw.write(out);
        self.authenticator.write(out);
    }
}
