//! SHA3-256 with the prefixes that keep one kind of hash from passing for another.

use sha3::{Digest, Sha3_256};

/// A SHA3-256 hash.
pub type Hash = [u8; 32];

/// What an account's key hashes to. An account that never rotated its key has it as its address.
pub type AuthenticationKey = [u8; 32];

/// What authentication keys are hashed with after the key.
pub(crate) const ED25519: u8 = 0;
pub(crate) const MULTI_ED25519: u8 = 1;
pub(crate) const SINGLE_KEY: u8 = 2;
pub(crate) const MULTI_KEY: u8 = 3;
pub(crate) const DERIVABLE_ABSTRACTION: u8 = 5;

/// The hash of some byte strings one after another.
pub(crate) fn sha3_256(parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha3_256::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

/// What the hash or the message of a type begins with.
pub(crate) fn prefix(name: &str) -> Hash {
    sha3_256(&[b"APTOS::", name.as_bytes()])
}
