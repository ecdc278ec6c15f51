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

/// What hashes and messages of each type begin with: the hash of `APTOS::` and the type's name.
pub(crate) const TRANSACTION: &Hash =
    b"\xfa\x21\x0a\x94\x17\xef\x3e\x7f\xa4\x5b\xfa\x1d\x17\xa8\xdb\xd4\
      \xd8\x83\x71\x19\x10\xa5\x50\xd2\x65\xfe\xe1\x89\xe9\x26\x6d\xd4";
pub(crate) const RAW_TRANSACTION: &Hash =
    b"\xb5\xe9\x7d\xb0\x7f\xa0\xbd\x0e\x55\x98\xaa\x36\x43\xa9\xbc\x6f\
      \x66\x93\xbd\xdc\x1a\x9f\xec\x9e\x67\x4a\x46\x1e\xaa\x00\xb1\x93";
pub(crate) const RAW_TRANSACTION_WITH_DATA: &Hash =
    b"\x5e\xfa\x3c\x4f\x02\xf8\x3a\x0f\x4b\x2d\x69\xfc\x95\xc6\x07\xcc\
      \x02\x82\x5c\xc4\xe7\xbe\x53\x6e\xf0\x99\x2d\xf0\x50\xd9\xe6\x7c";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_the_hashes_of_names() {
        for (prefix, name) in [
            (TRANSACTION, "Transaction"),
            (RAW_TRANSACTION, "RawTransaction"),
            (RAW_TRANSACTION_WITH_DATA, "RawTransactionWithData"),
        ] {
            assert_eq!(*prefix, sha3_256(&[b"APTOS::", name.as_bytes()]), "{name}");
        }
    }
}
