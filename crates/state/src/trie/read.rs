//! Reading without changing: values, proofs, and walks over all nodes.

use super::{
    Nibbles, TrieError,
    codec::{self, LeafView},
    node::{Child, Link, Reference, Source, nibbles_of, slot},
};
use alloc::vec::Vec;
use alloy_primitives::Bytes;

/// What is done with each node of a walk.
pub(super) type Visit<'a> = dyn FnMut(&Nibbles, &Child, &Link) -> Result<(), TrieError> + 'a;

/// The value of a key; `visit` sees every node on the way, from `root` on.
pub(super) fn descend(
    source: Source<'_>,
    root: &Child,
    key: &Nibbles,
    visit: &mut dyn FnMut(&Child, &Link),
) -> Result<Option<Bytes>, TrieError> {
    let mut at = root.clone();
    let mut depth = 0;
    loop {
        let path = key.prefix(depth);
        let link = source.resolve(&at, &path)?;
        visit(&at, &link);
        at = match &link {
            Link::Unloaded => return Err(source.missing(&path)),
            Link::Leaf(rlp) => {
                let leaf = LeafView::read(rlp).ok_or_else(|| source.malformed_leaf(&path))?;
                let found = leaf.rest.as_slice() == key.from(depth);
                return Ok(found.then(|| Bytes::copy_from_slice(leaf.value)));
            }
            Link::Extension(extension) => {
                if !key.from(depth).starts_with(extension.run.as_slice()) {
                    return Ok(None);
                }
                depth += extension.run.len();
                extension.child.clone()
            }
            Link::Branch(mask, children) => {
                let index = key.at(depth).and_then(|nibble| slot(*mask, nibble));
                let Some(child) = index.and_then(|index| children.get(index)) else {
                    return Ok(None);
                };
                depth += 1;
                child.clone()
            }
        };
    }
}

/// The nodes that prove a key's value or its absence, the root first; inline ones lie in their parents.
pub(super) fn prove(
    source: Source<'_>,
    root: &Child,
    key: &Nibbles,
) -> Result<Vec<Bytes>, TrieError> {
    let mut proof = Vec::new();
    descend(source, root, key, &mut |child, link| {
        if matches!(child.reference, Reference::Hash(_)) {
            let mut rlp = Vec::new();
            codec::encode(link, &mut rlp);
            proof.push(rlp.into());
        }
    })?;
    Ok(proof)
}

/// Visits all nodes in the order of their paths, without keeping those that it loads.
pub(super) fn walk(
    source: Source<'_>,
    at: &Child,
    path: &Nibbles,
    visit: &mut Visit<'_>,
) -> Result<(), TrieError> {
    let too_deep = || source.corrupt(path, "the node lies below the end of the longest key");
    let link = source.resolve(at, path)?;
    visit(path, at, &link)?;
    match &link {
        Link::Unloaded | Link::Leaf(_) => Ok(()),
        Link::Extension(extension) => {
            let path = path.joined(extension.run.as_slice()).ok_or_else(too_deep)?;
            walk(source, &extension.child, &path, visit)
        }
        Link::Branch(mask, children) => {
            nibbles_of(*mask)
                .zip(children.iter())
                .try_for_each(|(nibble, child)| {
                    let path = path.joined(&[nibble]).ok_or_else(too_deep)?;
                    walk(source, child, &path, visit)
                })
        }
    }
}
