//! The incremental Merkle Patricia trie of accounts and storage.
//!
//! Nodes are kept in a store by owner and path, and are loaded when a change or a proof needs them.
//! [`StateTrie`] is what a node uses: updates in, a root and the store's changes out. [`Trie`] is one
//! trie of it.
//!
//! A clone shares all nodes, and so serves as a snapshot, or to try out changes that are then
//! forgotten. For a proof at an earlier block, clone the latest state and apply the earlier values
//! to it: a clone of that time would load nodes that the store has since overwritten, which is
//! [`TrieError::Corrupt`].
//!
//! ```
//! use alloy_primitives::{Address, KECCAK256_EMPTY, U256};
//! use lumio_state::trie::{
//!     AccountLeaf, AccountUpdate, EMPTY_ROOT, MemoryNodes, StateTrie, TrieError, TrieLimits,
//! };
//!
//! # fn main() -> Result<(), TrieError> {
//! let mut store = MemoryNodes::new();
//! let mut state = StateTrie::open(EMPTY_ROOT, TrieLimits::default());
//! let (address, slot) = (Address::repeat_byte(1), U256::from(7));
//! let root = state.apply(&store, [AccountUpdate {
//!     address,
//!     account: Some(AccountLeaf { nonce: 1, balance: U256::from(5), code_hash: KECCAK256_EMPTY }),
//!     storage: vec![(slot, U256::from(9))],
//!     storage_wiped: false,
//! }])?;
//! for (owner, nodes) in state.commit() {
//!     store.apply(owner, nodes);
//! }
//!
//! let reopened = StateTrie::open(root, TrieLimits::default());
//! let proof = reopened.account_proof(&store, address, &[slot])?;
//! assert_eq!(proof.storage[0].value, U256::from(9));
//! # Ok(())
//! # }
//! ```

mod account;
mod bulk;
mod codec;
mod commit;
mod evict;
mod hash;
mod nibbles;
mod node;
mod ordered;
mod read;
mod reshape;
mod spread;
mod state;
mod storages;
mod store;
mod tree;
mod update;

pub use account::{AccountLeaf, AccountProof, AccountUpdate, SlotProof};
pub use nibbles::Nibbles;
pub use ordered::ordered_root;
pub use state::{StateChanges, StateTrie, TrieLimits, state_root};
pub use store::{MemoryNodes, NodeChange, NodeStore, TrieError};
pub use tree::{EMPTY_ROOT, Trie};
