//! What a block does to the current data, as deltas.

use crate::{
    BlockCommit, NodeChange, Snapshot, StorageError, delta::DeltaWriter, index::index_entries,
    layout,
};

/// What a block does to the current data.
pub(crate) struct Changes {
    /// The delta of all it changes.
    pub(crate) delta: Vec<u8>,
    /// The delta that undoes what it changes in the state.
    pub(crate) replaced: Vec<u8>,
}

impl Changes {
    /// What a block does on top of a snapshot, if its first version is this one.
    pub(crate) fn of(
        commit: &BlockCommit<'_>,
        latest: &Snapshot,
        first_version: u64,
    ) -> Result<Self, StorageError> {
        let block = commit.block;
        let keys = commit.writes.len();
        let all = keys
            .saturating_add(commit.nodes.len())
            .saturating_add(block.transactions.len());
        let (mut delta, mut replaced) = (
            DeltaWriter::with_capacity(all),
            DeltaWriter::with_capacity(keys),
        );
        // A delta is in the order of its keys, and so are state keys in a
        // write set, nodes by owner and path, and the spaces of keys here.
        for (key, value) in commit.writes {
            let before = match latest.head() {
                Some(_) => latest.head_value(key)?,
                None => None,
            };
            if before != *value {
                let key = key.encode();
                delta.push(&key, value.as_deref())?;
                replaced.push(&key, before.as_deref())?;
            }
        }
        push_nodes(commit.nodes, &mut delta)?;
        for (key, value) in index_entries(block, commit.beginning, commit.receipts, first_version)?
        {
            delta.push(&key, Some(&value))?;
        }
        Ok(Self {
            delta: delta.finish(),
            replaced: replaced.finish(),
        })
    }
}

/// Appends changed nodes in the order of their keys.
pub(crate) fn push_nodes(
    nodes: &[NodeChange],
    delta: &mut DeltaWriter,
) -> Result<(), StorageError> {
    let same = |a: &NodeChange, b: &NodeChange| a.owner == b.owner && a.path == b.path;
    let mut order: Vec<&NodeChange> = nodes.iter().collect();
    order.sort_by(|a, b| (a.owner, &a.path).cmp(&(b.owner, &b.path)));
    let mut order = order.into_iter().peekable();
    let mut key = Vec::new();
    while let Some(change) = order.next() {
        // The sort is stable: the last of several changes of a node counts.
        if order.peek().is_some_and(|next| same(next, change)) {
            continue;
        }
        layout::node_key(change.owner.as_deref(), &change.path, &mut key);
        delta.push(&key, change.node.as_ref().map(AsRef::as_ref))?;
    }
    Ok(())
}
