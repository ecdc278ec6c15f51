//! References of changed nodes. Nodes of the same depth are hashed together, because many hashes
//! at once cost a fraction of as many alone.

use super::{
    codec,
    node::{Child, Link, Reference},
};
use crate::keccak256_many;
use alloc::{sync::Arc, vec::Vec};
use alloy_primitives::{B256, keccak256};
use core::{mem, ops::Range};

/// Nodes whose children are looked after together, which bounds the memory that this takes.
const CROWD: usize = 1024;
/// Nodes that are encoded and hashed together: their RLP should stay in the processor's cache.
const BATCH: usize = 128;

/// A node that is out of its parent until its reference is known.
struct Taken {
    /// The place of the parent among those whose children were taken.
    parent: usize,
    /// The place among the parent's children.
    index: usize,
    node: Child,
}

/// Computes the references of the changed nodes below `at`, then its own.
pub(super) fn settle(at: &mut Child) {
    if at.reference != Reference::Unknown {
        return;
    }
    let mut taken = [Taken {
        parent: 0,
        index: 0,
        node: mem::take(at),
    }];
    settle_all(&mut taken);
    let [Taken { node, .. }] = taken;
    *at = node;
}

/// The hash of the root, which is hashed however short it is.
pub(super) fn settle_root(root: &mut Child) -> B256 {
    settle(root);
    let hash = match &root.reference {
        Reference::Hash(hash) => *hash,
        Reference::Inline(rlp, len) => keccak256(rlp.get(..usize::from(*len)).unwrap_or_default()),
        Reference::Unknown => B256::ZERO,
    };
    root.reference = Reference::Hash(hash);
    hash
}

fn settle_all(nodes: &mut [Taken]) {
    for crowd in nodes.chunks_mut(CROWD) {
        let mut below = Vec::new();
        for (parent, taken) in crowd.iter_mut().enumerate() {
            take_changed(&mut taken.node.link, parent, &mut below);
        }
        if !below.is_empty() {
            settle_all(&mut below);
            for taken in below {
                if let Some(parent) = crowd.get_mut(taken.parent) {
                    put_back(&mut parent.node.link, taken.index, taken.node);
                }
            }
        }
        crowd.chunks_mut(BATCH).for_each(refer);
    }
}

fn take_changed(link: &mut Link, parent: usize, below: &mut Vec<Taken>) {
    let mut take = |index, child: &mut Child| {
        if child.reference == Reference::Unknown {
            let node = mem::take(child);
            below.push(Taken {
                parent,
                index,
                node,
            });
        }
    };
    match link {
        Link::Unloaded | Link::Leaf(_) => {}
        Link::Extension(extension) => {
            if extension.child.reference == Reference::Unknown {
                take(0, &mut Arc::make_mut(extension).child);
            }
        }
        Link::Branch(_, children) => {
            for (index, child) in Arc::make_mut(children).iter_mut().enumerate() {
                take(index, child);
            }
        }
    }
}

fn put_back(link: &mut Link, index: usize, node: Child) {
    match link {
        Link::Unloaded | Link::Leaf(_) => {}
        Link::Extension(extension) => Arc::make_mut(extension).child = node,
        Link::Branch(_, children) => {
            if let Some(child) = Arc::make_mut(children).get_mut(index) {
                *child = node;
            }
        }
    }
}

/// Sets the references of nodes whose children have theirs.
fn refer(nodes: &mut [Taken]) {
    let mut encoded = Vec::new();
    let ranges: Vec<Range<usize>> = nodes
        .iter()
        .map(|taken| {
            let start = encoded.len();
            if !matches!(taken.node.link, Link::Leaf(_)) {
                codec::encode(&taken.node.link, &mut encoded);
            }
            start..encoded.len()
        })
        .collect();
    let rlps: Vec<&[u8]> = nodes
        .iter()
        .zip(&ranges)
        .map(|(taken, range)| match &taken.node.link {
            Link::Leaf(rlp) => rlp,
            _ => encoded.get(range.clone()).unwrap_or_default(),
        })
        .collect();
    let references = references(&rlps);
    for (taken, reference) in nodes.iter_mut().zip(references) {
        taken.node.reference = reference;
    }
}

/// What refers to nodes of these encodings.
fn references(rlps: &[&[u8]]) -> Vec<Reference> {
    let mut references: Vec<Reference> = rlps
        .iter()
        .map(|rlp| Reference::inline(rlp).unwrap_or_default())
        .collect();
    let mut unknown: Vec<_> = references
        .iter_mut()
        .zip(rlps)
        .filter(|(reference, _)| **reference == Reference::Unknown)
        .collect();
    let long: Vec<&[u8]> = unknown.iter().map(|(_, rlp)| **rlp).collect();
    for ((reference, _), hash) in unknown.iter_mut().zip(keccak256_many(&long)) {
        **reference = Reference::Hash(hash);
    }
    references
}
