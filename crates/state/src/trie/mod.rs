//! The incremental Merkle Patricia trie.
//!
//! Nodes are kept in a store by owner and path, and are loaded when a change or a proof needs them.

mod codec;
mod commit;
mod evict;
mod nibbles;
mod node;
mod ordered;
mod read;
mod reshape;
mod store;
mod tree;
mod update;

pub use nibbles::Nibbles;
pub use ordered::ordered_root;
pub use store::{MemoryNodes, NodeChange, NodeStore, TrieError};
pub use tree::{EMPTY_ROOT, Trie};
