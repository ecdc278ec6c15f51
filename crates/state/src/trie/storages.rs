//! The storage tries in memory: those that changed since the last commit, and as many of the
//! others as the limit allows.

use super::{
    AccountUpdate, EMPTY_ROOT, NodeChange, NodeStore, Trie, TrieError, account::slot_entries,
    commit::Join,
};
use alloc::{collections::BTreeSet, vec::Vec};
use alloy_primitives::{B256, map::B256Map};

/// From how many changes on halves of a trie are worth hashing apart.
pub(super) const MANY: usize = 128;

/// Invariant: the root of each trie is the storage root in its owner's account.
#[derive(Debug, Clone, Default)]
pub(super) struct Storages {
    tries: B256Map<Storage>,
    /// The owners in `tries` that changed since the last commit.
    changed: BTreeSet<B256>,
    /// How many nodes were in memory at the last commit.
    nodes: usize,
    commits: u64,
}

#[derive(Debug, Clone)]
struct Storage {
    trie: Trie,
    /// Its share of the nodes in memory.
    nodes: usize,
    /// How many commits there had been when it last changed.
    used: u64,
}

impl Storages {
    /// Applies an update to the storage trie with this root, and returns the new root.
    pub(super) fn update(
        &mut self,
        store: &dyn NodeStore,
        owner: B256,
        root: B256,
        update: &AccountUpdate,
        join: Option<Join>,
    ) -> Result<B256, TrieError> {
        let exists = update.account.is_some();
        let slots = if exists {
            update.storage.as_slice()
        } else {
            &[]
        };
        let wiped = (update.storage_wiped || !exists) && root != EMPTY_ROOT;
        if slots.is_empty() && !wiped {
            return Ok(root);
        }
        let open = || Storage {
            trie: Trie::open(Some(owner), root),
            nodes: 0,
            used: 0,
        };
        let storage = self.tries.entry(owner).or_insert_with(open);
        storage.used = self.commits;
        self.changed.insert(owner);
        if wiped {
            storage.trie.clear(store)?;
        }
        storage
            .trie
            .extend(store, slot_entries(slots.iter().copied()))?;
        Ok(storage.trie.root_by(join.filter(|_| slots.len() >= MANY)))
    }

    /// The trie of this owner, whose storage root is `root`.
    pub(super) fn trie(&self, owner: B256, root: B256) -> Trie {
        match self.tries.get(&owner) {
            Some(storage) => storage.trie.clone(),
            None => Trie::open(Some(owner), root),
        }
    }

    /// Commits the tries that changed, and then keeps at most `max_nodes` in memory.
    pub(super) fn commit(&mut self, max_nodes: usize) -> Vec<(Option<B256>, Vec<NodeChange>)> {
        let mut changes = Vec::new();
        for owner in core::mem::take(&mut self.changed) {
            let Some(storage) = self.tries.get_mut(&owner) else {
                continue;
            };
            changes.push((Some(owner), storage.trie.commit()));
            self.nodes -= storage.nodes;
            storage.nodes = storage.trie.loaded_nodes();
            self.nodes += storage.nodes;
            if storage.trie.is_empty() {
                self.tries.remove(&owner);
            }
        }
        self.shrink(max_nodes);
        self.commits += 1;
        changes
    }

    /// How many nodes are in memory.
    pub(super) fn loaded_nodes(&self) -> usize {
        self.tries
            .values()
            .map(|storage| storage.trie.loaded_nodes())
            .sum()
    }

    /// Drops the tries that were idle longest, and thins out the rest if those alone are too many.
    fn shrink(&mut self, max_nodes: usize) {
        if self.nodes <= max_nodes {
            return;
        }
        let mut idle: Vec<_> = self
            .tries
            .iter()
            .map(|(owner, storage)| (storage.used, *owner))
            .collect();
        idle.sort_unstable();
        // A quarter below the limit, so that this does not happen at every commit.
        for (_, owner) in idle.iter().take_while(|(used, _)| *used < self.commits) {
            if self.nodes <= max_nodes / 4 * 3 {
                return;
            }
            self.nodes -= self.tries.remove(owner).map_or(0, |storage| storage.nodes);
        }
        for (_, owner) in &idle {
            if self.nodes <= max_nodes {
                return;
            }
            let Some(Storage { trie, nodes, .. }) = self.tries.get_mut(owner) else {
                continue;
            };
            trie.shrink(nodes.saturating_sub(self.nodes - max_nodes));
            self.nodes -= *nodes - trie.loaded_nodes();
            *nodes = trie.loaded_nodes();
        }
    }
}
