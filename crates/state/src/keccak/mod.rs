//! Keccak-256 of many inputs at once.
//!
//! One input after another leaves a wide processor idle, because each round of the permutation
//! waits for the one before it. With `std` and vectors of four words or more, that many inputs go
//! through the permutation together; everywhere else each is hashed alone. The hashes are the same.

#[cfg(feature = "std")]
mod lanes;
#[cfg(feature = "std")]
mod permutation;

use alloc::vec::Vec;
use alloy_primitives::{B256, keccak256};

/// The keccak-256 of each input, in their order.
pub fn keccak256_many<T: AsRef<[u8]>>(inputs: &[T]) -> Vec<B256> {
    #[cfg(feature = "std")]
    if let Some(hashes) = lanes::hash(inputs) {
        return hashes;
    }
    inputs.iter().map(keccak256).collect()
}
