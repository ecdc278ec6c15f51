//! References of changed nodes. Nodes of the same depth are hashed together, because many hashes
//! at once cost a fraction of as many alone. A commit takes the encodings that were hashed.

use super::{
    Nibbles, codec,
    commit::Writes,
    node::{Child, Link, Reference, nibbles_of},
    spread::spread,
};
use crate::keccak256_many;
use alloc::{sync::Arc, vec::Vec};
use alloy_primitives::{B256, keccak256};
use core::{mem, num::NonZeroUsize, ops::Range};

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
    /// Where it is in the trie.
    path: Nibbles,
    node: Child,
}

/// A subtrie under the root, and what its nodes ask the store to write.
struct Subtrie {
    top: Taken,
    writes: Option<Writes>,
}

/// Computes the references of all changed nodes, those under different children of the root on
/// different threads, and then the root's hash, which is hashed however short it is.
///
/// With `writes`, the nodes are committed on the way, and so are those that have their references.
pub(super) fn settle(
    root: &mut Child,
    threads: NonZeroUsize,
    mut writes: Option<&mut Writes>,
) -> B256 {
    if let Reference::Hash(hash) = root.reference {
        if let Some(writes) = writes {
            writes.collect(root, &Nibbles::EMPTY);
        }
        return hash;
    }
    let mut below = Vec::new();
    take_changed(
        &mut root.link,
        0,
        &Nibbles::EMPTY,
        &mut below,
        writes.as_deref_mut(),
    );
    if threads == NonZeroUsize::MIN {
        settle_all(&mut below, writes.as_deref_mut());
    } else {
        let mut subtries: Vec<_> = below
            .into_iter()
            .map(|top| Subtrie {
                top,
                writes: writes.is_some().then(Writes::default),
            })
            .collect();
        spread(&mut subtries, threads, |Subtrie { top, writes }| {
            settle_all(core::slice::from_mut(top), writes.as_mut());
        });
        below = subtries
            .into_iter()
            .map(|subtrie| {
                if let (Some(all), Some(own)) = (writes.as_deref_mut(), subtrie.writes) {
                    all.append(own);
                }
                subtrie.top
            })
            .collect();
    }
    for taken in below {
        put_back(&mut root.link, taken.index, taken.node);
    }
    let mut rlp = Vec::with_capacity(codec::encoded_len(&root.link));
    codec::encode(&root.link, &mut rlp);
    let hash = keccak256(&rlp);
    root.reference = Reference::Hash(hash);
    if let Some(writes) = writes {
        writes.write(root, &Nibbles::EMPTY);
    }
    hash
}

fn settle_all(nodes: &mut [Taken], mut writes: Option<&mut Writes>) {
    for crowd in nodes.chunks_mut(CROWD) {
        let mut below = Vec::new();
        for (parent, taken) in crowd.iter_mut().enumerate() {
            let Taken { path, node, .. } = taken;
            take_changed(
                &mut node.link,
                parent,
                path,
                &mut below,
                writes.as_deref_mut(),
            );
        }
        if !below.is_empty() {
            settle_all(&mut below, writes.as_deref_mut());
            for taken in below {
                if let Some(parent) = crowd.get_mut(taken.parent) {
                    put_back(&mut parent.node.link, taken.index, taken.node);
                }
            }
        }
        for batch in crowd.chunks_mut(BATCH) {
            refer(batch, writes.as_deref_mut());
        }
    }
}

/// Takes the changed children out of a node at `path`; those that only wait for a commit get it.
fn take_changed(
    link: &mut Link,
    parent: usize,
    path: &Nibbles,
    below: &mut Vec<Taken>,
    mut writes: Option<&mut Writes>,
) {
    let committing = writes.is_some();
    let changed =
        |child: &Child| child.reference == Reference::Unknown || committing && child.dirty;
    let mut take = |index, child: &mut Child, turn: &[u8]| {
        // No path is too long: the trie's keys are behind all its nodes.
        let path = path.joined(turn).unwrap_or(*path);
        if child.reference != Reference::Unknown {
            if let Some(writes) = &mut writes {
                writes.collect(child, &path);
            }
            return;
        }
        below.push(Taken {
            parent,
            index,
            path,
            node: mem::take(child),
        });
    };
    match link {
        Link::Unloaded | Link::Leaf(_) => {}
        Link::Extension(extension) => {
            if changed(&extension.child) {
                let extension = Arc::make_mut(extension);
                take(0, &mut extension.child, extension.run.as_slice());
            }
        }
        Link::Branch(mask, children) => {
            let children = Arc::make_mut(children).iter_mut().enumerate();
            for (nibble, (index, child)) in nibbles_of(*mask).zip(children) {
                if changed(child) {
                    take(index, child, &[nibble]);
                }
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
fn refer(nodes: &mut [Taken], writes: Option<&mut Writes>) {
    let committing = writes.is_some();
    let lengths = nodes
        .iter()
        .map(|taken| codec::encoded_len(&taken.node.link));
    let mut encoded = Vec::with_capacity(lengths.sum());
    let ranges: Vec<Range<usize>> = nodes
        .iter()
        .map(|taken| {
            let start = encoded.len();
            if committing || !matches!(taken.node.link, Link::Leaf(_)) {
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
    if let Some(writes) = writes {
        let nodes = nodes.iter_mut().map(|taken| (&mut taken.node, &taken.path));
        writes.take_in(nodes.zip(ranges), encoded);
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
