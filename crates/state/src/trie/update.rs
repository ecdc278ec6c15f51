//! One key's change: down to its place, and back up with the parents made dirty.
//! An error on the way down leaves the trie as it was.

use super::{
    Nibbles, TrieError,
    codec::LeafView,
    node::{Child, Extension, Link, Source, nibbles_of, slot},
};
use alloc::{collections::BTreeSet, sync::Arc, vec::Vec};
use core::mem;

/// What writes a key's new value, given the old one; nothing written means that there is none.
pub(super) type Change<'a> = dyn FnMut(Option<&[u8]>, &mut Vec<u8>) -> Result<(), TrieError> + 'a;

/// What changes leave to be noted in the trie, and buffers that they share.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// Paths that the store has and the trie does not.
    pub(super) removed: BTreeSet<Nibbles>,
    /// How many nodes came into memory, less those that went.
    pub(super) loaded: isize,
    /// The leaf that is being encoded.
    pub(super) leaf: Vec<u8>,
    /// The value that is being asked for.
    pub(super) value: Vec<u8>,
}

/// What became of a node.
pub(super) enum Effect {
    Same,
    Changed,
    /// Another node takes its place.
    Becomes(Link),
    /// It held nothing but the removed key.
    Gone,
}

/// A change of one key under way.
pub(super) struct Edit<'a> {
    pub(super) source: Source<'a>,
    pub(super) key: &'a Nibbles,
    pub(super) change: &'a mut Change<'a>,
    pub(super) work: &'a mut Work,
}

impl Edit<'_> {
    /// Changes the key below the node at `depth`; never returns [`Effect::Becomes`].
    pub(super) fn visit(&mut self, at: &mut Child, depth: usize) -> Result<Effect, TrieError> {
        self.load(at, depth)?;
        at.touched = true;
        let effect = match &mut at.link {
            Link::Unloaded => Err(self.source.missing(&self.key.prefix(depth))),
            Link::Leaf(rlp) => self.visit_leaf(rlp, depth),
            Link::Extension(extension) => self.visit_extension(extension, depth),
            Link::Branch(mask, children) => self.visit_branch(*mask, children, depth),
        }?;
        let effect = match effect {
            Effect::Becomes(link) => {
                at.link = link;
                Effect::Changed
            }
            effect => effect,
        };
        if matches!(effect, Effect::Changed) {
            at.mark();
        }
        Ok(effect)
    }

    /// The node that a trie without any gets, if the change gives the key a value.
    pub(super) fn first(&mut self) -> Result<Option<Child>, TrieError> {
        let Some(value) = self.ask(None)? else {
            return Ok(None);
        };
        let link = self.leaf(self.key.as_slice(), &value);
        Ok(Some(self.fresh(link, &Nibbles::EMPTY)))
    }

    fn visit_leaf(&mut self, rlp: &mut Arc<[u8]>, depth: usize) -> Result<Effect, TrieError> {
        let leaf = LeafView::read(rlp)
            .ok_or_else(|| self.source.malformed_leaf(&self.key.prefix(depth)))?;
        let rest = leaf.rest.as_slice();
        let common = self.key.common(depth, rest);
        let fork = depth + common;
        if common == rest.len() && fork == self.key.len() {
            let Some(value) = self.ask(Some(leaf.value))? else {
                return Ok(Effect::Gone);
            };
            if value == leaf.value {
                return Ok(Effect::Same);
            }
            self.encode_leaf(rest, &value);
            self.work.value = value;
            let new = self.work.leaf.as_slice();
            match Arc::get_mut(rlp) {
                Some(old) if old.len() == new.len() => old.copy_from_slice(new),
                _ => *rlp = Arc::from(new),
            }
            return Ok(Effect::Changed);
        }
        let Some(value) = self.ask(None)? else {
            return Ok(Effect::Same);
        };
        let Some((turn, rest)) = rest.get(common..).and_then(<[u8]>::split_first) else {
            return Err(self.prefix_key());
        };
        let link = self.leaf(rest, leaf.value);
        let old = self.fresh(link, &self.path(fork, *turn)?);
        self.fork(depth, fork, (*turn, old), &value)
    }

    fn visit_extension(
        &mut self,
        extension: &mut Arc<Extension>,
        depth: usize,
    ) -> Result<Effect, TrieError> {
        let run = extension.run;
        let common = self.key.common(depth, run.as_slice());
        let fork = depth + common;
        let Some((turn, rest)) = run.from(common).split_first() else {
            let extension = Arc::make_mut(extension);
            let effect = self.visit(&mut extension.child, fork)?;
            match (&effect, &extension.child.link) {
                (Effect::Gone, _) => self.dissolve(&extension.child, &self.key.prefix(fork)),
                (Effect::Changed, Link::Leaf(_) | Link::Extension(_)) => {
                    let child = mem::take(&mut extension.child);
                    let path = self.key.prefix(fork);
                    return self
                        .prefixed(run.as_slice(), child, &path)
                        .map(Effect::Becomes);
                }
                _ => {}
            }
            return Ok(effect);
        };
        let Some(value) = self.ask(None)? else {
            return Ok(Effect::Same);
        };
        let old = if rest.is_empty() {
            extension.child.clone()
        } else {
            let run = self.run(rest)?;
            let link = Link::Extension(Arc::new(Extension {
                run,
                child: extension.child.clone(),
            }));
            self.fresh(link, &self.path(fork, *turn)?)
        };
        self.fork(depth, fork, (*turn, old), &value)
    }

    fn visit_branch(
        &mut self,
        mask: u16,
        children: &mut Arc<[Child]>,
        depth: usize,
    ) -> Result<Effect, TrieError> {
        let Some(nibble) = self.key.at(depth) else {
            return Err(self.prefix_key());
        };
        let Some(index) = slot(mask, nibble) else {
            let Some(value) = self.ask(None)? else {
                return Ok(Effect::Same);
            };
            let link = self.leaf(self.key.from(depth + 1), &value);
            let leaf = self.fresh(link, &self.key.prefix(depth + 1));
            let mask = mask | 1 << nibble;
            let before = slot(mask, nibble).unwrap_or_default();
            let mut grown = Vec::with_capacity(children.len() + 1);
            grown.extend(Arc::make_mut(children).iter_mut().map(mem::take));
            grown.insert(before, leaf);
            return Ok(Effect::Becomes(Link::Branch(mask, grown.into())));
        };
        let children = Arc::make_mut(children);
        let Some(child) = children.get_mut(index) else {
            return Ok(Effect::Same);
        };
        let effect = self.visit(child, depth + 1)?;
        if !matches!(effect, Effect::Gone) {
            return Ok(effect);
        }
        self.lose(mask, children, index, depth).map(Effect::Becomes)
    }

    /// What a branch at `depth` becomes without the child at `index`, of which nothing is left.
    pub(super) fn lose(
        &mut self,
        mask: u16,
        children: &mut [Child],
        index: usize,
        depth: usize,
    ) -> Result<Link, TrieError> {
        let gone = nibbles_of(mask).nth(index).unwrap_or_default();
        let mask = mask & !(1 << gone);
        let place = self.path(depth, gone)?;
        if mask.count_ones() > 1 {
            if let Some(child) = children.get(index) {
                self.dissolve(child, &place);
            }
            let kept = children.iter_mut().enumerate().filter(|(i, _)| *i != index);
            let kept: Vec<Child> = kept.map(|(_, child)| mem::take(child)).collect();
            return Ok(Link::Branch(mask, kept.into()));
        }
        let turn = mask.trailing_zeros() as u8;
        let path = self.path(depth, turn)?;
        let [first, second] = children else {
            return Err(self.source.corrupt(&path, "the branch has one child"));
        };
        let (child, sibling) = if index == 0 {
            (first, second)
        } else {
            (second, first)
        };
        self.load_at(sibling, &path)?;
        let sibling = mem::take(sibling);
        self.dissolve(child, &place);
        self.prefixed(&[turn], sibling, &path)
    }
}
