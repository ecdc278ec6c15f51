//! The world state of the chain: how it is named ([`StateKey`]), read
//! ([`StateView`]), changed with the possibility to go back ([`Journal`]), and
//! what a change comes to ([`Writes`] of a transaction, a [`WriteSet`] of more).
//!
//! Knows no virtual machine and does no I/O: a database implements
//! [`StateView`] elsewhere.
#![no_std]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod trie;

mod commitment;
mod fault;
mod journal;
mod keccak;
mod key;
mod overlay;
mod record;
mod value;
mod view;
mod writes;

pub use commitment::{STATE_ACCOUNT, commitments};
pub use fault::Fault;
pub use journal::{
    AccountFlags, AccountInfo, Checkpoint, Created, Finished, Journal, LoadedAccount, SelfDestruct,
    SlotChange, TransferError,
};
pub use keccak::keccak256_many;
pub use key::{KeyError, StateKey};
pub use overlay::{Overlay, slots_after};
pub use record::{AccountRecord, EMPTY_CODE_HASH, RecordError};
pub use value::Value;
pub use view::{EmptyView, StateView};
pub use writes::Writes;

use alloc::collections::BTreeMap;

/// What a block or more of them change: the new value of each key, or `None`
/// where it is deleted. Ordered, so that it never depends on hashing.
pub type WriteSet = BTreeMap<StateKey, Option<Value>>;
