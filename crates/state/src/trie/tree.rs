//! One trie: its root, and what became of its nodes since the last commit.

use super::{
    Nibbles, NodeChange, NodeStore, TrieError,
    bulk::{Bulk, Changer, Update, visit_subtries},
    codec::LeafView,
    commit::Writes,
    evict,
    hash::settle,
    node::{Child, Link, Reference, Source},
    read::{self, Visit},
    update::{Change, Edit, Effect, Work},
};
use alloc::{collections::BTreeSet, vec::Vec};
use alloy_primitives::{B256, Bytes, b256};
use core::{mem, num::NonZeroUsize};

/// The root of a trie without keys: the keccak-256 of an empty RLP string.
pub const EMPTY_ROOT: B256 =
    b256!("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");

/// A Merkle Patricia trie with 32-byte keys, which callers hash.
///
/// Cloning is cheap, above all just after a commit: clones share nodes until one of them changes.
#[derive(Debug, Clone)]
pub struct Trie {
    owner: Option<B256>,
    root: Option<Child>,
    removed: BTreeSet<Nibbles>,
    loaded: usize,
    hand: u8,
}

impl Trie {
    /// A trie without keys; the owner is nothing for the account trie, `keccak256(address)` for a storage trie.
    pub const fn empty(owner: Option<B256>) -> Self {
        Self {
            owner,
            root: None,
            removed: BTreeSet::new(),
            loaded: 0,
            hand: 0,
        }
    }

    /// The trie with this root, whose nodes are loaded when they are needed.
    pub fn open(owner: Option<B256>, root: B256) -> Self {
        let mut trie = Self::empty(owner);
        trie.root = (root != EMPTY_ROOT).then(|| Child::unloaded(Reference::Hash(root)));
        trie
    }

    /// The value of a key. Nodes that this loads are not kept.
    ///
    /// # Errors
    ///
    /// If a node on the way cannot be loaded.
    pub fn get(&self, store: &dyn NodeStore, key: &B256) -> Result<Option<Bytes>, TrieError> {
        let Some(root) = &self.root else {
            return Ok(None);
        };
        read::descend(
            self.source(store),
            root,
            &Nibbles::from_key(key),
            &mut |_, _| {},
        )
    }

    /// Sets the value of a key, which is RLP; an empty value removes the key.
    ///
    /// # Errors
    ///
    /// If a node on the way cannot be loaded; the trie is then as before.
    pub fn insert(
        &mut self,
        store: &dyn NodeStore,
        key: &B256,
        value: &[u8],
    ) -> Result<(), TrieError> {
        self.update(store, key, &mut |_, new| {
            new.extend_from_slice(value);
            Ok(())
        })
    }

    /// Removes a key, if the trie has it.
    ///
    /// # Errors
    ///
    /// If a node on the way, or one that must join another, cannot be loaded; the trie is then as before.
    pub fn remove(&mut self, store: &dyn NodeStore, key: &B256) -> Result<(), TrieError> {
        self.update(store, key, &mut |_, _| Ok(()))
    }

    /// Replaces the value of a key by what `change` writes, given the old one; nothing stands for
    /// no value.
    ///
    /// # Errors
    ///
    /// If a node cannot be loaded, or `change` fails; the trie is then as before.
    pub fn update(
        &mut self,
        store: &dyn NodeStore,
        key: &B256,
        change: &mut Change<'_>,
    ) -> Result<(), TrieError> {
        self.update_path(store, &Nibbles::from_key(key), change)
    }

    /// Sets and removes many keys; of updates of the same key the last one counts.
    ///
    /// # Errors
    ///
    /// If a node cannot be loaded; some of the keys are then set.
    pub fn extend(
        &mut self,
        store: &dyn NodeStore,
        updates: impl IntoIterator<Item = (B256, Option<Vec<u8>>)>,
    ) -> Result<(), TrieError> {
        self.extend_on(store, updates, NonZeroUsize::MIN)
    }

    /// As [`Self::extend`], with the subtries under the root on at most as many threads: worth it
    /// from some hundred changes on. Without `std`, there is one thread.
    ///
    /// # Errors
    ///
    /// If a node cannot be loaded; some of the keys are then set.
    pub fn extend_on(
        &mut self,
        store: &dyn NodeStore,
        updates: impl IntoIterator<Item = (B256, Option<Vec<u8>>)>,
        threads: NonZeroUsize,
    ) -> Result<(), TrieError> {
        let mut updates: Vec<_> = updates
            .into_iter()
            .map(|(key, value)| (Nibbles::from_key(&key), value))
            .collect();
        updates.sort_by_key(|(key, _)| *key);
        self.update_sorted(store, &updates, threads, &|value, _, new| {
            new.extend_from_slice(value.as_deref().unwrap_or_default());
            Ok(())
        })
    }

    /// Replaces the values of many keys, in their order, by what `change` makes of the update and the old value.
    pub(super) fn update_sorted<T: Sync>(
        &mut self,
        store: &dyn NodeStore,
        updates: &[Update<T>],
        threads: NonZeroUsize,
        change: &Changer<'_, T>,
    ) -> Result<(), TrieError> {
        let source = self.source(store);
        let mut left = alloc::vec![updates];
        self.working(|root, work| {
            if let Some(root) = root
                && threads.get() > 1
            {
                left = visit_subtries(root, source, change, work, updates, threads)?;
            }
            for updates in &left {
                visit_all(root, source, change, work, updates)?;
            }
            Ok(())
        })
    }

    /// As [`Self::update`], for any prefix-free set of keys.
    pub(super) fn update_path(
        &mut self,
        store: &dyn NodeStore,
        key: &Nibbles,
        change: &mut Change<'_>,
    ) -> Result<(), TrieError> {
        let source = self.source(store);
        self.working(|root, work| visit_one(root, source, key, change, work))
    }

    /// Changes the root, and notes what that leaves to be noted.
    fn working<R>(&mut self, change: impl FnOnce(&mut Option<Child>, &mut Work) -> R) -> R {
        let mut work = Work {
            removed: mem::take(&mut self.removed),
            ..Work::default()
        };
        let result = change(&mut self.root, &mut work);
        self.removed = work.removed;
        self.loaded = self.loaded.saturating_add_signed(work.loaded);
        result
    }

    /// Removes all keys, and with the next commit all nodes from the store.
    ///
    /// # Errors
    ///
    /// If a node cannot be loaded: all must be, to know their paths. The trie is then as before.
    pub fn clear(&mut self, store: &dyn NodeStore) -> Result<(), TrieError> {
        let mut paths = Vec::new();
        self.walk(store, &mut |path, child, _| {
            if child.stored {
                paths.push(*path);
            }
            Ok(())
        })?;
        self.removed.extend(paths);
        self.root = None;
        self.loaded = 0;
        Ok(())
    }

    /// Visits all keys and values in order, which checks the hash of every node.
    ///
    /// # Errors
    ///
    /// If a node cannot be loaded, or `visit` fails.
    pub fn for_each(
        &self,
        store: &dyn NodeStore,
        mut visit: impl FnMut(B256, &[u8]) -> Result<(), TrieError>,
    ) -> Result<(), TrieError> {
        let source = self.source(store);
        self.walk(store, &mut |path, _, link| {
            let Link::Leaf(rlp) = link else { return Ok(()) };
            let leaf = LeafView::read(rlp).ok_or_else(|| source.malformed_leaf(path))?;
            let key = path
                .joined(leaf.rest.as_slice())
                .and_then(|key| key.to_key());
            visit(key.ok_or_else(|| source.malformed_leaf(path))?, leaf.value)
        })
    }

    /// The root hash. Only nodes that changed since the last call are hashed.
    pub fn root(&mut self) -> B256 {
        self.root_on(NonZeroUsize::MIN)
    }

    /// As [`Self::root`], with the subtries under the root on at most as many threads.
    pub fn root_on(&mut self, threads: NonZeroUsize) -> B256 {
        let settled = |root| settle(root, threads, None);
        self.root.as_mut().map_or(EMPTY_ROOT, settled)
    }

    /// What the store must write and delete, in the order of paths, to hold exactly this trie's nodes.
    ///
    /// Of the clones of a trie only one may be committed to its store.
    pub fn commit(&mut self) -> Vec<NodeChange> {
        self.commit_on(NonZeroUsize::MIN)
    }

    /// As [`Self::commit`], with the subtries under the root on at most as many threads. What is
    /// not hashed yet is hashed on the way, which is cheaper than to ask for the root before.
    pub fn commit_on(&mut self, threads: NonZeroUsize) -> Vec<NodeChange> {
        let mut writes = Writes::default();
        if let Some(root) = &mut self.root {
            settle(root, threads, Some(&mut writes));
        }
        writes.finish(mem::take(&mut self.removed))
    }

    /// The nodes from the root to the key that prove its value, or that it has none, as `eth_getProof` orders them.
    ///
    /// # Errors
    ///
    /// If a node on the way cannot be loaded.
    pub fn prove(&self, store: &dyn NodeStore, key: &B256) -> Result<Vec<Bytes>, TrieError> {
        let mut settled = self.root.clone();
        let Some(root) = &mut settled else {
            return Ok(Vec::new());
        };
        settle(root, NonZeroUsize::MIN, None);
        read::prove(self.source(store), root, &Nibbles::from_key(key))
    }

    /// Whether the trie has no keys.
    pub const fn is_empty(&self) -> bool {
        self.root.is_none()
    }

    /// How many nodes are in memory.
    pub const fn loaded_nodes(&self) -> usize {
        self.loaded
    }

    /// Evicts nodes that no change visited lately, until at most `max_nodes` are in memory.
    ///
    /// Nodes that are not committed stay, and so may the topmost 17.
    pub fn shrink(&mut self, max_nodes: usize) {
        let Some(root) = &mut self.root else { return };
        // Twice around: the first pass may only take the marks away.
        for _ in 0..512 {
            if self.loaded <= max_nodes {
                return;
            }
            self.loaded -= evict::pass(root, self.hand);
            self.hand = self.hand.wrapping_add(1);
        }
    }

    fn walk(&self, store: &dyn NodeStore, visit: &mut Visit<'_>) -> Result<(), TrieError> {
        let Some(root) = &self.root else {
            return Ok(());
        };
        read::walk(self.source(store), root, &Nibbles::EMPTY, visit)
    }

    fn source<'a>(&self, store: &'a dyn NodeStore) -> Source<'a> {
        Source {
            store,
            owner: self.owner,
        }
    }
}

/// Changes one key of the trie with this root.
fn visit_one(
    root: &mut Option<Child>,
    source: Source<'_>,
    key: &Nibbles,
    change: &mut Change<'_>,
    work: &mut Work,
) -> Result<(), TrieError> {
    let mut edit = Edit {
        source,
        key,
        change,
        work,
    };
    let Some(at) = root else {
        *root = edit.first()?;
        return Ok(());
    };
    if let Effect::Gone = edit.visit(at, 0)? {
        edit.dissolve(at, &Nibbles::EMPTY);
        *root = None;
    }
    Ok(())
}

/// Changes many keys of the trie with this root, in their order.
fn visit_all<T>(
    root: &mut Option<Child>,
    source: Source<'_>,
    change: &Changer<'_, T>,
    work: &mut Work,
    updates: &[Update<T>],
) -> Result<(), TrieError> {
    let mut done = 0;
    while let Some([(key, update), ..]) = updates.get(done..) {
        let Some(at) = root else {
            let mut ask = |old: Option<&[u8]>, new: &mut Vec<u8>| change(update, old, new);
            visit_one(root, source, key, &mut ask, work)?;
            done += 1;
            continue;
        };
        let mut bulk = Bulk {
            source,
            change,
            work,
        };
        let rest = updates.get(done..).unwrap_or_default();
        let (effect, count) = bulk.visit(at, 0, rest)?;
        done += count;
        if let Effect::Gone = effect {
            if at.stored {
                work.removed.insert(Nibbles::EMPTY);
            }
            work.loaded -= 1;
            *root = None;
        }
    }
    Ok(())
}
