//! The trie's nodes in the database.

use alloy_primitives::{B256, Bytes};
use lumio_state::trie::{Nibbles, NodeStore, StateChanges, TrieError};
use lumio_storage::{NodeChange, Snapshot};

/// The nodes as of a snapshot's head.
#[derive(Debug)]
pub(super) struct StoredNodes<'a>(pub(super) &'a Snapshot);

impl NodeStore for StoredNodes<'_> {
    fn node(&self, owner: Option<B256>, path: &Nibbles) -> Result<Option<Bytes>, TrieError> {
        self.0
            .node(owner, path.as_slice())
            .map_err(|error| TrieError::Store(error.to_string()))
    }
}

/// What the trie wants written, as the database takes it.
pub(super) fn node_changes(changes: StateChanges) -> Vec<NodeChange> {
    let mut all = Vec::with_capacity(changes.iter().map(|(_, nodes)| nodes.len()).sum());
    for (owner, nodes) in changes {
        all.extend(nodes.into_iter().map(|(path, node)| NodeChange {
            owner,
            path: path.as_slice().to_vec(),
            node,
        }));
    }
    all
}
