//! Nodes in memory. One node is one shared allocation: a leaf is its own RLP,
//! a branch is the array of its children; what refers to a node lies in its
//! parent, so that a parent is encoded without touching its children.

use super::{Nibbles, NodeStore, TrieError, codec};
use alloc::sync::Arc;
use alloy_primitives::{B256, keccak256};

/// How a parent refers to a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Reference {
    /// Not computed since the node changed.
    #[default]
    Unknown,
    /// The keccak-256 of its RLP.
    Hash(B256),
    /// The RLP itself, shorter than 32 bytes: the bytes and how many count.
    Inline([u8; 31], u8),
}

impl Reference {
    /// The reference that holds the encoding itself, if that is short enough.
    pub(super) fn inline(rlp: &[u8]) -> Option<Self> {
        let mut bytes = [0; 31];
        bytes.get_mut(..rlp.len())?.copy_from_slice(rlp);
        Some(Self::Inline(bytes, rlp.len() as u8))
    }
}

/// A node, or the lack of it in memory.
#[derive(Debug, Clone, Default)]
pub(super) enum Link {
    /// Only in the store, or in the reference if that is inline.
    #[default]
    Unloaded,
    /// The RLP of the leaf.
    Leaf(Arc<[u8]>),
    /// A run of nibbles before a branch.
    Extension(Arc<Extension>),
    /// The children in the order of their nibbles, which are the bits set in the mask.
    Branch(u16, Arc<[Child]>),
}

#[derive(Debug, Clone)]
pub(super) struct Extension {
    pub(super) run: Nibbles,
    pub(super) child: Child,
}

/// A node as its parent holds it.
///
/// Invariant: the parents of a dirty child are dirty, those of a touched child touched or loaded.
#[derive(Debug, Clone, Default)]
pub(super) struct Child {
    pub(super) reference: Reference,
    pub(super) link: Link,
    /// Changed since the last commit.
    pub(super) dirty: bool,
    /// The store has a record at this path, perhaps an outdated one.
    pub(super) stored: bool,
    /// Visited by a change since eviction last passed by.
    pub(super) touched: bool,
}

impl Child {
    /// A node as the store has it.
    pub(super) fn unloaded(reference: Reference) -> Self {
        let stored = matches!(reference, Reference::Hash(_));
        Self {
            reference,
            stored,
            ..Self::default()
        }
    }

    /// Notes that the node changed.
    pub(super) fn mark(&mut self) {
        self.reference = Reference::Unknown;
        self.dirty = true;
    }
}

/// Where in `children` the child at `nibble` is.
pub(super) fn slot(mask: u16, nibble: u8) -> Option<usize> {
    let bit = 1u16.checked_shl(nibble.into())?;
    (mask & bit != 0).then(|| (mask & (bit - 1)).count_ones() as usize)
}

/// The nibbles of the children, in order.
pub(super) fn nibbles_of(mask: u16) -> impl Iterator<Item = u8> {
    (0..16).filter(move |nibble| mask >> nibble & 1 == 1)
}

/// The store, seen by the trie of one owner.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) store: &'a dyn NodeStore,
    pub(super) owner: Option<B256>,
}

impl Source<'_> {
    pub(super) fn corrupt(&self, path: &Nibbles, reason: &'static str) -> TrieError {
        TrieError::Corrupt {
            owner: self.owner,
            path: *path,
            reason,
        }
    }

    pub(super) fn missing(&self, path: &Nibbles) -> TrieError {
        TrieError::Missing {
            owner: self.owner,
            path: *path,
        }
    }

    /// The node, from memory or from the store, checked against its reference.
    pub(super) fn resolve(&self, child: &Child, path: &Nibbles) -> Result<Link, TrieError> {
        match (&child.link, &child.reference) {
            (Link::Unloaded, Reference::Hash(hash)) => {
                let rlp = self
                    .store
                    .node(self.owner, path)?
                    .ok_or_else(|| self.missing(path))?;
                if keccak256(&rlp) != *hash {
                    return Err(
                        self.corrupt(path, "the node has another hash than its parent says")
                    );
                }
                self.decode(&rlp, path)
            }
            (Link::Unloaded, Reference::Inline(rlp, len)) => {
                self.decode(rlp.get(..usize::from(*len)).unwrap_or_default(), path)
            }
            (Link::Unloaded, Reference::Unknown) => Err(self.missing(path)),
            (link, _) => Ok(link.clone()),
        }
    }

    pub(super) fn malformed_leaf(&self, path: &Nibbles) -> TrieError {
        self.corrupt(path, "the leaf is malformed")
    }

    fn decode(&self, rlp: &[u8], path: &Nibbles) -> Result<Link, TrieError> {
        codec::decode(rlp, path.len())
            .ok_or_else(|| self.corrupt(path, "the record is not a trie node"))
    }
}
