//! Where nodes are loaded from, and what can go wrong on the way.

use super::Nibbles;
use alloc::{collections::BTreeMap, string::String, sync::Arc};
use alloy_primitives::{B256, Bytes};
use core::fmt;

/// Why a trie could not be read or changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrieError {
    /// The trie refers to a node that the store does not have.
    #[error("{} has no node at {path}: the database is incomplete, rebuild its state", Place(*owner))]
    Missing {
        /// Whose trie: nothing is the account trie.
        owner: Option<B256>,
        /// Where the node should be.
        path: Nibbles,
    },
    /// The store has another node than the one the trie refers to, or not a node at all.
    #[error("{} is corrupt at {path}: {reason}; rebuild the database's state", Place(*owner))]
    Corrupt {
        /// Whose trie: nothing is the account trie.
        owner: Option<B256>,
        /// Where the node is.
        path: Nibbles,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The store itself failed.
    #[error("cannot read trie nodes: {0}")]
    Store(String),
}

struct Place(Option<B256>);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("the account trie"),
            Some(owner) => write!(f, "the storage trie of {owner}"),
        }
    }
}

/// A change of the persisted nodes: the node now at this path, or nothing if there is none any more.
pub type NodeChange = (Nibbles, Option<Bytes>);

/// Persisted nodes, each in its RLP form under its trie's owner and its path.
///
/// The owner is nothing for the account trie, `keccak256(address)` for an account's storage trie.
/// Several threads may read at once.
pub trait NodeStore: Sync {
    /// The node at this path, if there is one.
    ///
    /// # Errors
    ///
    /// [`TrieError::Store`] if the store cannot be read.
    fn node(&self, owner: Option<B256>, path: &Nibbles) -> Result<Option<Bytes>, TrieError>;
}

impl<S: NodeStore + ?Sized> NodeStore for &S {
    fn node(&self, owner: Option<B256>, path: &Nibbles) -> Result<Option<Bytes>, TrieError> {
        (**self).node(owner, path)
    }
}

impl<S: NodeStore + Send + ?Sized> NodeStore for Arc<S> {
    fn node(&self, owner: Option<B256>, path: &Nibbles) -> Result<Option<Bytes>, TrieError> {
        (**self).node(owner, path)
    }
}

/// Nodes in memory: a store for tests, new chains, and tries that are built from nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemoryNodes {
    nodes: BTreeMap<(Option<B256>, Nibbles), Bytes>,
}

impl MemoryNodes {
    /// A store without nodes.
    pub const fn new() -> Self {
        Self {
            nodes: BTreeMap::new(),
        }
    }

    /// Writes and deletes what a commit of the trie of `owner` returned.
    pub fn apply(&mut self, owner: Option<B256>, changes: impl IntoIterator<Item = NodeChange>) {
        for (path, node) in changes {
            match node {
                // A copy, because the nodes of a commit share memory, and most go before the last.
                Some(node) => {
                    let node = Bytes::copy_from_slice(&node);
                    self.nodes.insert((owner, path), node)
                }
                None => self.nodes.remove(&(owner, path)),
            };
        }
    }

    /// All nodes by owner and path.
    pub fn iter(&self) -> impl Iterator<Item = (Option<B256>, &Nibbles, &Bytes)> {
        self.nodes
            .iter()
            .map(|((owner, path), node)| (*owner, path, node))
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}

impl NodeStore for MemoryNodes {
    fn node(&self, owner: Option<B256>, path: &Nibbles) -> Result<Option<Bytes>, TrieError> {
        Ok(self.nodes.get(&(owner, *path)).cloned())
    }
}
