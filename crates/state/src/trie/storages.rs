//! The storage tries in memory: those that changed since the last commit, and as many of the
//! others as the limit allows.

use super::{
    AccountUpdate, EMPTY_ROOT, NodeChange, NodeStore, Trie, TrieError,
    account::{StoredAccount, slot_entries, write_slot},
    spread::spread,
};
use alloc::{collections::BTreeSet, vec::Vec};
use alloy_primitives::{B256, map::B256Map};
use core::{cmp::Reverse, num::NonZeroUsize};

/// From how many changes on a trie is worth more than one thread.
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
    /// What of the commit under way is known already.
    changes: Vec<NodeChange>,
}

/// What comes after the changes of a storage trie: its root is needed in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    Root,
    /// At once: [`Storages::commit`] must be next.
    Commit,
}

/// An update on its way into the tries.
#[derive(Debug)]
pub(super) struct Owned<'a> {
    pub(super) owner: B256,
    pub(super) update: &'a AccountUpdate,
    /// The account's storage root, if the update may have changed it.
    pub(super) root: Option<B256>,
}

impl Owned<'_> {
    fn reaches_storage(&self) -> bool {
        let AccountUpdate {
            account,
            storage,
            storage_wiped,
            ..
        } = self.update;
        account.is_none() || *storage_wiped || !storage.is_empty()
    }
}

/// What becomes of one storage trie.
struct Job<'a, 'u> {
    storage: Storage,
    updates: &'a mut [Owned<'u>],
    result: Result<(), TrieError>,
}

impl Job<'_, '_> {
    fn slots(&self) -> usize {
        let slots = self.updates.iter().map(|owned| owned.update.storage.len());
        slots.sum()
    }

    fn run(&mut self, store: &dyn NodeStore, threads: NonZeroUsize, then: Then) {
        self.result = self.apply(store, threads, then);
    }

    fn apply(
        &mut self,
        store: &dyn NodeStore,
        threads: NonZeroUsize,
        then: Then,
    ) -> Result<(), TrieError> {
        let trie = &mut self.storage.trie;
        for Owned { update, .. } in &*self.updates {
            let exists = update.account.is_some();
            if update.storage_wiped || !exists {
                trie.clear(store)?;
            }
            if exists {
                let slots = slot_entries(&update.storage);
                trie.update_sorted(store, &slots, threads, &|word, _, new| {
                    write_slot(*word, new);
                    Ok(())
                })?;
            }
        }
        if then == Then::Commit {
            self.storage.changes = trie.commit_on(threads);
        }
        let root = trie.root_on(threads);
        for owned in &mut *self.updates {
            owned.root = Some(root);
        }
        Ok(())
    }
}

impl Storages {
    /// Applies the updates, sorted by owner, to the storage tries, and notes the new roots.
    ///
    /// Large tries are changed one after another, each on all threads, and small ones side by side.
    pub(super) fn apply(
        &mut self,
        store: &dyn NodeStore,
        accounts: &Trie,
        updates: &mut [Owned<'_>],
        threads: NonZeroUsize,
        then: Then,
    ) -> Result<(), TrieError> {
        let mut jobs = Vec::new();
        for updates in updates.chunk_by_mut(|a, b| a.owner == b.owner) {
            if let Some(storage) = self.take(store, accounts, updates)? {
                jobs.push(Job {
                    storage,
                    updates,
                    result: Ok(()),
                });
            }
        }
        jobs.sort_by_cached_key(|job| Reverse(job.slots()));
        let large = jobs.partition_point(|job| job.slots() >= MANY);
        let small: usize = jobs.iter().skip(large).map(Job::slots).sum();
        let (large, others) = jobs.split_at_mut(large);
        large
            .iter_mut()
            .for_each(|job| job.run(store, threads, then));
        let several = if small >= MANY {
            threads
        } else {
            NonZeroUsize::MIN
        };
        spread(others, several, |job| {
            job.run(store, NonZeroUsize::MIN, then)
        });
        for Job {
            mut storage,
            updates,
            result,
        } in jobs
        {
            result?;
            let Some(Owned { owner, .. }) = updates.first() else {
                continue;
            };
            storage.used = self.commits;
            self.changed.insert(*owner);
            self.tries.insert(*owner, storage);
        }
        Ok(())
    }

    /// Takes the trie out that the updates of one owner may change, if there is any.
    fn take(
        &mut self,
        store: &dyn NodeStore,
        accounts: &Trie,
        updates: &[Owned<'_>],
    ) -> Result<Option<Storage>, TrieError> {
        let Some(Owned { owner, .. }) = updates.first() else {
            return Ok(None);
        };
        if !updates.iter().any(Owned::reaches_storage) {
            return Ok(None);
        }
        if let Some(storage) = self.tries.remove(owner) {
            return Ok(Some(storage));
        }
        let stored = accounts.get(store, owner)?;
        let stored = stored
            .map(|value| StoredAccount::read(owner, &value))
            .transpose()?;
        let root = stored.map_or(EMPTY_ROOT, |account| account.storage_root);
        let slots = updates.iter().any(|owned| !owned.update.storage.is_empty());
        Ok((slots || root != EMPTY_ROOT).then(|| Storage {
            trie: Trie::open(Some(*owner), root),
            nodes: 0,
            used: 0,
            changes: Vec::new(),
        }))
    }

    /// The trie of this owner, whose storage root is `root`.
    pub(super) fn trie(&self, owner: B256, root: B256) -> Trie {
        match self.tries.get(&owner) {
            Some(storage) => storage.trie.clone(),
            None => Trie::open(Some(owner), root),
        }
    }

    /// Commits the tries that changed.
    pub(super) fn commit(&mut self) -> Vec<(Option<B256>, Vec<NodeChange>)> {
        let mut changes = Vec::new();
        for owner in core::mem::take(&mut self.changed) {
            let Some(storage) = self.tries.get_mut(&owner) else {
                continue;
            };
            let mut nodes = core::mem::take(&mut storage.changes);
            if nodes.is_empty() {
                nodes = storage.trie.commit();
            }
            changes.push((Some(owner), nodes));
            self.nodes -= storage.nodes;
            storage.nodes = storage.trie.loaded_nodes();
            self.nodes += storage.nodes;
            if storage.trie.is_empty() {
                self.tries.remove(&owner);
            }
        }
        changes
    }

    /// How many nodes are in memory.
    pub(super) fn loaded_nodes(&self) -> usize {
        self.tries
            .values()
            .map(|storage| storage.trie.loaded_nodes())
            .sum()
    }

    /// Keeps at most `max_nodes` in memory, when all tries are committed.
    pub(super) fn shrink(&mut self, max_nodes: usize) {
        self.thin(max_nodes);
        self.commits += 1;
    }

    /// Drops the tries that were idle longest, and thins out the rest if those alone are too many.
    fn thin(&mut self, max_nodes: usize) {
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
