//! References of changed nodes, and what the store must write and delete.

use super::{
    Nibbles, codec,
    node::{Child, Link, Reference, nibbles_of},
    store::NodeChange,
};
use alloc::{sync::Arc, vec::Vec};
use alloy_primitives::{B256, Bytes, keccak256};

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

/// The hash of the root, which is hashed however short it is.
pub(super) fn settle_root(root: &mut Child, buffer: &mut Vec<u8>) -> B256 {
    if let Reference::Hash(hash) = root.reference {
        return hash;
    }
    settle_below(&mut root.link, buffer);
    buffer.clear();
    codec::encode(&root.link, buffer);
    let hash = keccak256(&*buffer);
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

/// Collects the writes below `at` in the order of paths, and takes all as committed.
pub(super) fn collect(
    at: &mut Child,
    path: &Nibbles,
    buffer: &mut Vec<u8>,
    changes: &mut Vec<NodeChange>,
) {
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
