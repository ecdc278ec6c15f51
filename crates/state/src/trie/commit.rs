//! What the store must write and delete.

use super::{
    Nibbles, codec,
    node::{Child, Link, Reference, nibbles_of},
    store::NodeChange,
};
use alloc::{sync::Arc, vec::Vec};
use alloy_primitives::Bytes;
use core::{mem, ops::Range};

/// Bytes of encodings that lie in one allocation.
const CHUNK: usize = 32 * 1024;
/// The longest encoding of a branch: sixteen hashes and no value.
const BRANCH: usize = 3 + 16 * 33 + 1;

/// Collects the writes of a trie in the order of paths, and takes all as committed.
pub(super) fn collect_all(root: &mut Child) -> Vec<NodeChange> {
    let mut writes = Writes::default();
    writes.collect(root, &Nibbles::EMPTY);
    writes.finish()
}

/// The changes so far. Encodings share allocations: a block has thousands, and the store takes
/// them all at once.
#[derive(Default)]
struct Writes {
    changes: Vec<NodeChange>,
    /// Encodings of the changes from `first` on, and where each lies.
    encoded: Vec<u8>,
    ranges: Vec<Range<usize>>,
    first: usize,
}

impl Writes {
    fn collect(&mut self, at: &mut Child, path: &Nibbles) {
        if !at.dirty {
            return;
        }
        at.dirty = false;
        if matches!(at.reference, Reference::Hash(_)) {
            self.write(&at.link, path);
            at.stored = true;
        } else if at.stored {
            self.push(*path, 0..0, None);
            at.stored = false;
        }
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

    fn write(&mut self, link: &Link, path: &Nibbles) {
        if self.encoded.len() + BRANCH > self.encoded.capacity() {
            self.share();
            self.encoded.reserve_exact(CHUNK);
        }
        let start = self.encoded.len();
        codec::encode(link, &mut self.encoded);
        self.push(*path, start..self.encoded.len(), Some(Bytes::new()));
    }

    fn push(&mut self, path: Nibbles, range: Range<usize>, node: Option<Bytes>) {
        self.ranges.push(range);
        self.changes.push((path, node));
    }

    /// Gives the changes since the last time their encodings.
    fn share(&mut self) {
        let encoded = Bytes::from(mem::take(&mut self.encoded));
        let changes = self.changes.iter_mut().skip(self.first);
        for ((_, node), range) in changes.zip(self.ranges.drain(..)) {
            if let Some(node) = node {
                *node = encoded.slice(range).into();
            }
        }
        self.first = self.changes.len();
    }

    fn finish(mut self) -> Vec<NodeChange> {
        self.share();
        self.changes
    }
}
