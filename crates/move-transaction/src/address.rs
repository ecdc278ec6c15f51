//! Addresses that derive from others. Each kind has its own last byte under the hash, so that none
//! is another's, nor any key's.

use lumio_move_engine::Address;

use crate::{Hash, hash::sha3_256};

const UNIQUE: u8 = 0xfb;
const OBJECT_FROM_OBJECT: u8 = 0xfc;
const OBJECT_FROM_GUID: u8 = 0xfd;
const OBJECT_FROM_SEED: u8 = 0xfe;
const RESOURCE_ACCOUNT: u8 = 0xff;

fn derive(parts: [&[u8]; 2], scheme: u8) -> Address {
    let [first, second] = parts;
    Address(sha3_256(&[first, second, &[scheme]]))
}

/// A unique address: `counter` counts those of one transaction, from 1.
pub fn unique_address(transaction: &Hash, counter: u64) -> Address {
    derive([transaction, &counter.to_le_bytes()], UNIQUE)
}

/// An object that belongs to another, such as an account's primary store of a fungible asset, whose
/// metadata is `from`.
pub fn object_address_from_object(source: Address, from: Address) -> Address {
    derive([&source.0, &from.0], OBJECT_FROM_OBJECT)
}

/// An object made from one of its creator's numbered identifiers.
pub fn object_address_from_guid(creator: Address, creation_number: u64) -> Address {
    derive(
        [&creation_number.to_le_bytes(), &creator.0],
        OBJECT_FROM_GUID,
    )
}

/// A named object.
pub fn object_address_from_seed(creator: Address, seed: &[u8]) -> Address {
    derive([&creator.0, seed], OBJECT_FROM_SEED)
}

/// A resource account.
pub fn resource_account_address(creator: Address, seed: &[u8]) -> Address {
    derive([&creator.0, seed], RESOURCE_ACCOUNT)
}
