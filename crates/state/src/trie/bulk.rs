//! Changes of many keys: one way down for all keys below a node, and on several threads the
//! subtries below the root at the same time.

use super::{
    Nibbles, TrieError,
    node::{Child, Link, Source, nibbles_of, slot},
    spread::spread,
    update::{Edit, Effect, Work},
};
use alloc::{collections::BTreeSet, sync::Arc, vec::Vec};
use core::num::NonZeroUsize;

/// A change of one key: its path, and what the new value is made from.
pub(super) type Update<T> = (Nibbles, T);

/// What writes a key's new value, given the old one; nothing written means that there is none.
///
/// It may be asked twice about an update.
pub(super) type Changer<'a, T> =
    dyn Fn(&T, Option<&[u8]>, &mut Vec<u8>) -> Result<(), TrieError> + Sync + 'a;

/// Many changes of one trie under way.
pub(super) struct Bulk<'a, T> {
    pub(super) source: Source<'a>,
    pub(super) change: &'a Changer<'a, T>,
    pub(super) work: &'a mut Work,
}

impl<T> Bulk<'_, T> {
    /// Changes keys below the node at `depth`, given in their order, until all are changed or
    /// nothing is left of the node. Returns how many are changed.
    pub(super) fn visit(
        &mut self,
        at: &mut Child,
        depth: usize,
        updates: &[Update<T>],
    ) -> Result<(Effect, usize), TrieError> {
        let mut done = 0;
        let mut changed = false;
        let mut result = Ok(Effect::Same);
        while let Some(rest @ [_, ..]) = updates.get(done..) {
            match self.step(at, depth, rest) {
                Ok((effect, count)) => {
                    done += count;
                    if matches!(effect, Effect::Gone) {
                        result = Ok(effect);
                        break;
                    }
                    changed |= matches!(effect, Effect::Changed | Effect::Becomes(_));
                }
                Err(error) => {
                    // Perhaps something below is changed; a node not in memory has nothing below.
                    changed |= !matches!(at.link, Link::Unloaded);
                    result = Err(error);
                    break;
                }
            }
        }
        if changed {
            at.mark();
            if let Ok(effect @ Effect::Same) = &mut result {
                *effect = Effect::Changed;
            }
        }
        result.map(|effect| (effect, done))
    }

    /// Changes the keys that turn off alike at a branch, or else one key.
    fn step(
        &mut self,
        at: &mut Child,
        depth: usize,
        updates: &[Update<T>],
    ) -> Result<(Effect, usize), TrieError> {
        let [(key, update), others @ ..] = updates else {
            return Ok((Effect::Same, 0));
        };
        let mut ask = |old: Option<&[u8]>, new: &mut Vec<u8>| (self.change)(update, old, new);
        let mut edit = Edit {
            source: self.source,
            key,
            change: &mut ask,
            work: self.work,
        };
        if others.is_empty() {
            return Ok((edit.visit(at, depth)?, 1));
        }
        edit.load(at, depth)?;
        let Link::Branch(mask, children) = &mut at.link else {
            return Ok((edit.visit(at, depth)?, 1));
        };
        let turn = key.at(depth);
        let index = turn.and_then(|nibble| slot(*mask, nibble));
        let Some(index) = index.filter(|index| *index < children.len()) else {
            return Ok((edit.visit(at, depth)?, 1));
        };
        at.touched = true;
        let alike = updates.partition_point(|(key, _)| key.at(depth) <= turn);
        let group = updates.get(..alike).unwrap_or_default();
        let children = Arc::make_mut(children);
        let (effect, done) = self.visit(&mut children[index], depth + 1, group)?;
        if !matches!(effect, Effect::Gone) {
            return Ok((effect, done));
        }
        let mut edit = Edit {
            source: self.source,
            key,
            change: &mut |_, _| Ok(()),
            work: self.work,
        };
        at.link = edit.lose(*mask, children, index, depth)?;
        Ok((Effect::Changed, done))
    }
}

/// A subtrie under the root, with what its thread needs and finds out.
struct Subtrie<'a, 'u, T> {
    nibble: u8,
    child: &'a mut Child,
    updates: &'u [Update<T>],
    work: Work,
    result: Result<(Effect, usize), TrieError>,
}

/// As [`Bulk::visit`] for a branch at the root, with each subtrie that is there changed on its own. Returns the updates that are left to be done one after another: those under
/// nibbles where nothing is, or is any more.
pub(super) fn visit_subtries<'u, T: Sync>(
    root: &mut Child,
    source: Source<'_>,
    change: &Changer<'_, T>,
    work: &mut Work,
    updates: &'u [Update<T>],
    threads: NonZeroUsize,
) -> Result<Vec<&'u [Update<T>]>, TrieError> {
    let Link::Branch(mask, children) = &mut root.link else {
        return Ok(alloc::vec![updates]);
    };
    let mut left = Vec::new();
    let mut subtries = Vec::new();
    let mut children = nibbles_of(*mask).zip(Arc::make_mut(children)).peekable();
    for group in updates.chunk_by(|(a, _), (b, _)| a.at(0) == b.at(0)) {
        let nibble = group.first().and_then(|(key, _)| key.at(0));
        while children.next_if(|(turn, _)| Some(*turn) < nibble).is_some() {}
        match children.next_if(|(turn, _)| Some(*turn) == nibble) {
            Some((nibble, child)) => subtries.push(Subtrie {
                nibble,
                child,
                updates: group,
                work: Work::default(),
                result: Ok((Effect::Same, 0)),
            }),
            None => left.push(group),
        }
    }
    // Of removed nodes, each subtrie gets those below it, and the root's stays.
    for subtrie in subtries.iter_mut().rev() {
        if let Some(first) = Nibbles::from_nibbles(&[subtrie.nibble]) {
            subtrie.work.removed = work.removed.split_off(&first);
        }
    }
    subtries.sort_by_key(|subtrie| core::cmp::Reverse(subtrie.updates.len()));
    spread(&mut subtries, threads, |subtrie| {
        let mut bulk = Bulk {
            source,
            change,
            work: &mut subtrie.work,
        };
        subtrie.result = bulk.visit(subtrie.child, 1, subtrie.updates);
    });
    let mut failed: Option<(u8, TrieError)> = None;
    let mut changed = false;
    for Subtrie {
        nibble,
        updates,
        work: own,
        result,
        ..
    } in subtries
    {
        work.take_in(own);
        match result {
            Ok((Effect::Same, _)) => {}
            Ok((Effect::Gone, done)) => {
                // What was there is the last key's, which is removed again, with all around.
                changed = true;
                left.extend(updates.get(done.saturating_sub(1)..));
            }
            Ok((Effect::Changed | Effect::Becomes(_), _)) => changed = true,
            Err(error) => {
                changed = true;
                if failed.as_ref().is_none_or(|(first, _)| nibble < *first) {
                    failed = Some((nibble, error));
                }
            }
        }
    }
    if changed {
        root.mark();
    }
    root.touched = true;
    left.sort_unstable_by(|a, b| {
        let first = |group: &[Update<T>]| group.first().map(|(key, _)| *key);
        first(a).cmp(&first(b))
    });
    failed.map_or(Ok(left), |(_, error)| Err(error))
}

impl Work {
    /// Adds what another thread did.
    fn take_in(&mut self, other: Self) {
        let removed: BTreeSet<Nibbles> = other.removed;
        self.removed.extend(removed);
        self.loaded += other.loaded;
    }
}
