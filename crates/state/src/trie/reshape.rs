//! How a change reshapes the trie: a fork where a new key turns off, and nodes that join
//! when a branch is left with one child.

use super::{
    Nibbles, TrieError,
    codec::{self, LeafView},
    node::{Child, Extension, Link},
    update::{Edit, Effect},
};
use alloc::{sync::Arc, vec::Vec};
use core::mem;

impl Edit<'_> {
    /// The branch at `fork` of an old node and the key's new leaf, behind what they share from `depth` on.
    pub(super) fn fork(
        &mut self,
        depth: usize,
        fork: usize,
        old: (u8, Child),
        value: &[u8],
    ) -> Result<Effect, TrieError> {
        let Some(nibble) = self.key.at(fork) else {
            return Err(self.prefix_key());
        };
        let link = self.leaf(self.key.from(fork + 1), value);
        let leaf = self.fresh(link, &self.key.prefix(fork + 1));
        let (turn, old) = old;
        let children: [Child; 2] = if nibble < turn {
            [leaf, old]
        } else {
            [old, leaf]
        };
        let branch = Link::Branch(1 << nibble | 1 << turn, Arc::new(children));
        if fork == depth {
            return Ok(Effect::Becomes(branch));
        }
        let child = self.fresh(branch, &self.key.prefix(fork));
        let run = self.run(self.key.prefix(fork).from(depth))?;
        Ok(Effect::Becomes(Link::Extension(Arc::new(Extension {
            run,
            child,
        }))))
    }

    /// What a run of nibbles before the node at `path` becomes: leaves and extensions take the run in.
    pub(super) fn prefixed(
        &mut self,
        run: &[u8],
        child: Child,
        path: &Nibbles,
    ) -> Result<Link, TrieError> {
        let link = match &child.link {
            Link::Unloaded => return Err(self.source.missing(path)),
            Link::Branch(..) => {
                let run = self.run(run)?;
                return Ok(Link::Extension(Arc::new(Extension { run, child })));
            }
            Link::Leaf(rlp) => {
                let leaf = LeafView::read(rlp).ok_or_else(|| self.source.malformed_leaf(path))?;
                let rest = self
                    .run(run)?
                    .joined(leaf.rest.as_slice())
                    .ok_or_else(|| self.prefix_key())?;
                self.leaf(rest.as_slice(), leaf.value)
            }
            Link::Extension(inner) => {
                let run = self
                    .run(run)?
                    .joined(inner.run.as_slice())
                    .ok_or_else(|| self.prefix_key())?;
                Link::Extension(Arc::new(Extension {
                    run,
                    child: inner.child.clone(),
                }))
            }
        };
        self.dissolve(&child, path);
        Ok(link)
    }

    /// Brings the node at `depth` on the key's way into memory.
    pub(super) fn load(&mut self, at: &mut Child, depth: usize) -> Result<(), TrieError> {
        if matches!(at.link, Link::Unloaded) {
            self.load_at(at, &self.key.prefix(depth))?;
        }
        Ok(())
    }

    pub(super) fn load_at(&mut self, at: &mut Child, path: &Nibbles) -> Result<(), TrieError> {
        if matches!(at.link, Link::Unloaded) {
            at.link = self.source.resolve(at, path)?;
            self.work.loaded += 1;
        }
        Ok(())
    }

    /// The new value; an empty one is none.
    pub(super) fn ask(&mut self, old: Option<&[u8]>) -> Result<Option<Vec<u8>>, TrieError> {
        let mut value = mem::take(&mut self.work.value);
        value.clear();
        (self.change)(old, &mut value)?;
        Ok((!value.is_empty()).then_some(value))
    }

    pub(super) fn leaf(&mut self, rest: &[u8], value: &[u8]) -> Link {
        self.encode_leaf(rest, value);
        Link::Leaf(Arc::from(self.work.leaf.as_slice()))
    }

    pub(super) fn encode_leaf(&mut self, rest: &[u8], value: &[u8]) {
        self.work.leaf.clear();
        codec::encode_leaf(rest, value, &mut self.work.leaf);
    }

    /// A new node at `path`.
    pub(super) fn fresh(&mut self, link: Link, path: &Nibbles) -> Child {
        self.work.loaded += 1;
        let stored = self.work.removed.remove(path);
        Child {
            link,
            stored,
            dirty: true,
            touched: true,
            ..Child::default()
        }
    }

    /// The first `depth` nibbles of the key, then another.
    pub(super) fn path(&self, depth: usize, nibble: u8) -> Result<Nibbles, TrieError> {
        self.key
            .prefix(depth)
            .joined(&[nibble])
            .ok_or_else(|| self.prefix_key())
    }

    pub(super) fn run(&self, nibbles: &[u8]) -> Result<Nibbles, TrieError> {
        Nibbles::EMPTY
            .joined(nibbles)
            .ok_or_else(|| self.prefix_key())
    }

    pub(super) fn prefix_key(&self) -> TrieError {
        self.source
            .corrupt(self.key, "a key of the trie is the start of another")
    }

    /// Forgets a node that is no longer at `path`.
    pub(super) fn dissolve(&mut self, child: &Child, path: &Nibbles) {
        if child.stored {
            self.work.removed.insert(*path);
        }
        self.work.loaded -= 1;
    }
}
