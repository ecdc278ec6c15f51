//! What the store must write and delete.
//!
//! Encodings share allocations, because a block has thousands of them, and the store takes them
//! all at once.

use super::{
    Nibbles, codec,
    node::{Child, Link, Reference, nibbles_of},
    store::NodeChange,
};
use alloc::{sync::Arc, vec::Vec};
use alloy_primitives::Bytes;
use core::{mem, ops::Range};

/// Bytes that are allocated at once for encodings.
const CHUNK: usize = 32 * 1024;

/// The changes so far, in any order.
#[derive(Default)]
pub(super) struct Writes {
    changes: Vec<NodeChange>,
    /// Encodings of nodes that are not among the changes yet.
    encoded: Vec<u8>,
    /// Where they are, and in `encoded`.
    pending: Vec<(Nibbles, Range<usize>)>,
}

impl Writes {
    /// Commits the nodes below `at` that wait for that, and itself. All have their references.
    pub(super) fn collect(&mut self, at: &mut Child, path: &Nibbles) {
        if !at.dirty {
            return;
        }
        self.write(at, path);
        match &mut at.link {
            Link::Unloaded | Link::Leaf(_) => {}
            Link::Extension(extension) => {
                if extension.child.dirty
                    && let Some(path) = path.joined(extension.run.as_slice())
                {
                    self.collect(&mut Arc::make_mut(extension).child, &path);
                }
            }
            Link::Branch(mask, children) => {
                for (nibble, child) in nibbles_of(*mask).zip(Arc::make_mut(children)) {
                    if child.dirty
                        && let Some(path) = path.joined(&[nibble])
                    {
                        self.collect(child, &path);
                    }
                }
            }
        }
    }

    /// Commits a node.
    pub(super) fn write(&mut self, node: &mut Child, path: &Nibbles) {
        if !self.must_store(node, path) {
            return;
        }
        let len = codec::encoded_len(&node.link);
        if self.encoded.capacity() - self.encoded.len() < len {
            self.share();
            self.encoded.reserve_exact(CHUNK.max(len));
        }
        let start = self.encoded.len();
        codec::encode(&node.link, &mut self.encoded);
        self.pending.push((*path, start..self.encoded.len()));
    }

    /// Commits nodes whose encodings are in these ranges.
    pub(super) fn take_in<'n>(
        &mut self,
        nodes: impl Iterator<Item = ((&'n mut Child, &'n Nibbles), Range<usize>)>,
        encoded: Vec<u8>,
    ) {
        let encoded = Bytes::from(encoded);
        for ((node, path), range) in nodes {
            if self.must_store(node, path) {
                self.changes.push((*path, Some(encoded.slice(range))));
            }
        }
    }

    /// Takes a node as committed. Returns whether the store must have it: else it may have to
    /// delete what it has.
    fn must_store(&mut self, node: &mut Child, path: &Nibbles) -> bool {
        node.dirty = false;
        let hashed = matches!(node.reference, Reference::Hash(_));
        if !hashed && node.stored {
            self.changes.push((*path, None));
        }
        node.stored = hashed;
        hashed
    }

    /// Adds what another thread collected.
    pub(super) fn append(&mut self, mut other: Self) {
        other.share();
        self.changes.append(&mut other.changes);
    }

    /// Makes the pending encodings changes.
    fn share(&mut self) {
        let encoded = Bytes::from(mem::take(&mut self.encoded));
        let pending = self.pending.drain(..);
        self.changes
            .extend(pending.map(|(path, range)| (path, Some(encoded.slice(range)))));
    }

    /// The changes and the deletions of other paths, in the order of paths.
    pub(super) fn finish(mut self, removed: impl IntoIterator<Item = Nibbles>) -> Vec<NodeChange> {
        self.share();
        let removed = removed.into_iter().map(|path| (path, None));
        self.changes.extend(removed);
        self.changes.sort_by_key(|(path, _)| *path);
        self.changes
    }
}
