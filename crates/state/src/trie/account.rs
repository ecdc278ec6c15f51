//! Accounts as the state trie takes, keeps and proves them.

use super::{Nibbles, TrieError};
use crate::keccak256_many;
use alloc::vec::Vec;
use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use alloy_rlp::{Encodable, RlpDecodable, RlpEncodable};

/// An account but for its storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountLeaf {
    /// How many transactions or creations it has made.
    pub nonce: u64,
    /// In wei.
    pub balance: U256,
    /// The keccak-256 of its code, or of nothing.
    pub code_hash: B256,
}

/// What a block did to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountUpdate {
    /// Whose account.
    pub address: Address,
    /// The account now, changed or not; nothing if it was removed, which removes its storage too.
    pub account: Option<AccountLeaf>,
    /// The slots that changed, with their new values; zero removes a slot.
    pub storage: Vec<(U256, U256)>,
    /// Whether all earlier storage is gone, before the slots above are set.
    pub storage_wiped: bool,
}

/// The value of an account in the account trie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, RlpEncodable, RlpDecodable)]
pub(super) struct StoredAccount {
    nonce: u64,
    balance: U256,
    pub(super) storage_root: B256,
    code_hash: B256,
}

impl StoredAccount {
    pub(super) const fn new(account: AccountLeaf, storage_root: B256) -> Self {
        let AccountLeaf {
            nonce,
            balance,
            code_hash,
        } = account;
        Self {
            nonce,
            balance,
            storage_root,
            code_hash,
        }
    }

    pub(super) const fn account(&self) -> AccountLeaf {
        let Self {
            nonce,
            balance,
            code_hash,
            ..
        } = *self;
        AccountLeaf {
            nonce,
            balance,
            code_hash,
        }
    }

    /// Reads the value at `owner` in the account trie.
    pub(super) fn read(owner: &B256, value: &[u8]) -> Result<Self, TrieError> {
        alloy_rlp::decode_exact(value)
            .map_err(|_| corrupt(None, owner, "the value is not an account"))
    }

    pub(super) fn write(&self, value: &mut Vec<u8>) {
        self.encode(value);
    }
}

/// An account with the nodes that prove it, in the shape of `eth_getProof`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountProof {
    /// Whose account.
    pub address: Address,
    /// The account, or nothing if the proof shows that there is none.
    pub account: Option<AccountLeaf>,
    /// The root of its storage; the empty trie's if there is none.
    pub storage_root: B256,
    /// The nodes from the state root to the account or the place where it would be.
    pub proof: Vec<Bytes>,
    /// The slots that were asked for, in that order.
    pub storage: Vec<SlotProof>,
}

/// A storage slot with the nodes that prove it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotProof {
    /// Which slot.
    pub slot: U256,
    /// Its value; zero if the proof shows that there is none.
    pub value: U256,
    /// The nodes from the storage root to the slot or the place where it would be.
    pub proof: Vec<Bytes>,
}

/// The key of a slot in its storage trie.
pub(super) fn slot_key(slot: U256) -> B256 {
    keccak256(slot.to_be_bytes::<32>())
}

/// Slots by their paths in a storage trie, sorted; of the same slots the last one comes last.
pub(super) fn slot_entries(storage: &[(U256, U256)]) -> Vec<(Nibbles, U256)> {
    let slots: Vec<_> = storage
        .iter()
        .map(|(slot, _)| slot.to_be_bytes::<32>())
        .collect();
    let words = storage.iter().map(|(_, word)| *word);
    let mut entries: Vec<_> = keccak256_many(&slots).into_iter().zip(words).collect();
    entries.sort_by_key(|(key, _)| *key);
    entries
        .iter()
        .map(|(key, word)| (Nibbles::from_key(key), *word))
        .collect()
}

/// Writes the value of a slot in a storage trie; zero is no value.
pub(super) fn write_slot(word: U256, value: &mut Vec<u8>) {
    if !word.is_zero() {
        word.encode(value);
    }
}

/// Reads a slot's value in the storage trie of `owner`.
pub(super) fn read_slot(owner: B256, key: &B256, value: &[u8]) -> Result<U256, TrieError> {
    alloy_rlp::decode_exact(value)
        .map_err(|_| corrupt(Some(owner), key, "the value is not a storage word"))
}

fn corrupt(owner: Option<B256>, key: &B256, reason: &'static str) -> TrieError {
    TrieError::Corrupt {
        owner,
        path: Nibbles::from_key(key),
        reason,
    }
}
