//! Eviction: clean nodes that no change visited lately become references again.
//!
//! A clock hand goes around 256 slices of the trie, one for each first two nibbles. In a slice a
//! node visited since the hand's last pass loses its mark and stays; an unmarked one goes with all
//! that is below it. One step touches one slice only, so that the work comes in small portions.

use super::node::{Child, Link, nibbles_of};
use alloc::sync::Arc;

/// Passes the hand over a slice, and returns how many nodes went.
pub(super) fn pass(root: &mut Child, hand: u8) -> usize {
    sweep(root, &[hand >> 4, hand & 0x0f])
}

/// Evicts what is unmarked below `at` on the way of `turns`; nodes above the slice stay.
fn sweep(at: &mut Child, turns: &[u8]) -> usize {
    if matches!(at.link, Link::Unloaded) {
        return 0;
    }
    if turns.is_empty() {
        if !at.dirty && !at.touched {
            return unload(at);
        }
        at.touched = false;
    }
    match &mut at.link {
        Link::Unloaded | Link::Leaf(_) => 0,
        Link::Extension(extension) => sweep(&mut Arc::make_mut(extension).child, &[]),
        Link::Branch(mask, children) => {
            let (only, below) = match turns.split_first() {
                Some((turn, rest)) => (Some(*turn), rest),
                None => (None, turns),
            };
            let children = nibbles_of(*mask).zip(Arc::make_mut(children));
            children
                .filter(|(nibble, _)| only.is_none_or(|only| only == *nibble))
                .map(|(_, child)| sweep(child, below))
                .sum()
        }
    }
}

/// Makes a node a reference, and returns how many nodes that takes out of memory.
fn unload(at: &mut Child) -> usize {
    let loaded = count(at);
    at.link = Link::Unloaded;
    loaded
}

/// How many nodes are in memory from `at` on.
pub(super) fn count(at: &Child) -> usize {
    match &at.link {
        Link::Unloaded => 0,
        Link::Leaf(_) => 1,
        Link::Extension(extension) => 1 + count(&extension.child),
        Link::Branch(_, children) => 1 + children.iter().map(count).sum::<usize>(),
    }
}
