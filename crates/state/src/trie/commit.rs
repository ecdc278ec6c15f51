//! References of changed nodes, and what the store must write and delete.

use super::{
    Nibbles, codec,
    node::{Child, Link, Reference, nibbles_of},
    store::NodeChange,
};
use alloc::{sync::Arc, vec::Vec};
use alloy_primitives::{B256, Bytes, keccak256};

/// Room for a branch of 16 hashes.
const BUFFER: usize = 544;

/// Runs two pieces of work, perhaps at the same time, and returns when both are done.
///
/// With threads its body is `std::thread::scope(|scope| { scope.spawn(first); second() })`.
pub type Join = fn(&mut (dyn FnMut() + Send), &mut (dyn FnMut() + Send));

/// Computes the references of the changed nodes below `at`, then its own.
pub(super) fn settle(at: &mut Child, buffer: &mut Vec<u8>) {
    if at.reference != Reference::Unknown {
        return;
    }
    settle_below(&mut at.link, buffer);
    at.reference = match &at.link {
        Link::Leaf(rlp) => Reference::of(rlp),
        link => {
            buffer.clear();
            codec::encode(link, buffer);
            Reference::of(buffer)
        }
    };
}

/// The hash of the root, which is hashed however short it is; with `join`, by halves of the trie.
pub(super) fn settle_root(root: &mut Child, join: Option<Join>) -> B256 {
    if let Reference::Hash(hash) = root.reference {
        return hash;
    }
    let mut buffer = Vec::with_capacity(BUFFER);
    if let (Some(join), Link::Branch(_, children)) = (join, &mut root.link) {
        let children = Arc::make_mut(children);
        let (left, right) = children.split_at_mut(children.len() / 2);
        let settle_all = |children: &mut [Child]| {
            let mut buffer = Vec::with_capacity(BUFFER);
            children
                .iter_mut()
                .for_each(|child| settle(child, &mut buffer));
        };
        join(&mut || settle_all(left), &mut || settle_all(right));
    }
    settle_below(&mut root.link, &mut buffer);
    buffer.clear();
    codec::encode(&root.link, &mut buffer);
    let hash = keccak256(&buffer);
    root.reference = Reference::Hash(hash);
    hash
}

fn settle_below(link: &mut Link, buffer: &mut Vec<u8>) {
    match link {
        Link::Unloaded | Link::Leaf(_) => {}
        Link::Extension(extension) => {
            if extension.child.reference == Reference::Unknown {
                settle(&mut Arc::make_mut(extension).child, buffer);
            }
        }
        Link::Branch(_, children) => {
            for child in Arc::make_mut(children) {
                settle(child, buffer);
            }
        }
    }
}

/// Collects the writes of a trie in the order of paths, and takes all as committed.
pub(super) fn collect_all(root: &mut Child) -> Vec<NodeChange> {
    let mut changes = Vec::new();
    collect(
        root,
        &Nibbles::EMPTY,
        &mut Vec::with_capacity(BUFFER),
        &mut changes,
    );
    changes
}

/// Collects the writes below `at` in the order of paths, and takes all as committed.
fn collect(at: &mut Child, path: &Nibbles, buffer: &mut Vec<u8>, changes: &mut Vec<NodeChange>) {
    if !at.dirty {
        return;
    }
    at.dirty = false;
    if matches!(at.reference, Reference::Hash(_)) {
        buffer.clear();
        codec::encode(&at.link, buffer);
        changes.push((*path, Some(Bytes::copy_from_slice(buffer))));
        at.stored = true;
    } else if at.stored {
        changes.push((*path, None));
        at.stored = false;
    }
    match &mut at.link {
        Link::Unloaded | Link::Leaf(_) => {}
        Link::Extension(extension) => {
            if extension.child.dirty
                && let Some(path) = path.joined(extension.run.as_slice())
            {
                collect(&mut Arc::make_mut(extension).child, &path, buffer, changes);
            }
        }
        Link::Branch(mask, children) => {
            for (nibble, child) in nibbles_of(*mask).zip(Arc::make_mut(children)) {
                if child.dirty
                    && let Some(path) = path.joined(&[nibble])
                {
                    collect(child, &path, buffer, changes);
                }
            }
        }
    }
}
