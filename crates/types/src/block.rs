//! Blocks: an Ethereum header over a list of transactions.

use crate::Transaction;
use alloc::vec::Vec;
use alloy_consensus::Header;
use alloy_primitives::B256;

/// A header together with its hash, so that nobody hashes it twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedHeader {
    /// The Ethereum header.
    pub header: Header,
    /// keccak256 of its RLP.
    pub hash: B256,
}

impl SealedHeader {
    /// Seals a header.
    pub fn new(header: Header) -> Self {
        let hash = header.hash_slow();
        Self { header, hash }
    }
}

/// A block with its transactions' senders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The sealed header.
    pub header: SealedHeader,
    /// The transactions, in the order in which they ran.
    pub transactions: Vec<Transaction>,
}

impl Block {
    /// The block's height.
    pub const fn number(&self) -> u64 {
        self.header.header.number
    }

    /// The block's hash.
    pub const fn hash(&self) -> B256 {
        self.header.hash
    }
}
