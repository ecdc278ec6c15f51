//! The state trie: the account trie, and the storage tries under it.

use super::{
    AccountLeaf, AccountProof, AccountUpdate, EMPTY_ROOT, MemoryNodes, Nibbles, NodeChange,
    NodeStore, SlotProof, Trie, TrieError,
    account::{StoredAccount, read_slot, slot_entries, slot_key, write_slot},
    storages::{MANY, Owned, Storages, Then},
};
use crate::keccak256_many;
use alloc::vec::Vec;
use alloy_primitives::{Address, B256, U256, keccak256};
use core::num::NonZeroUsize;

/// How much memory and how many threads a state may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrieLimits {
    /// How many nodes of the account trie stay in memory after a commit, at about 200 bytes each.
    pub account_nodes: usize,
    /// The same of all storage tries together.
    pub storage_nodes: usize,
    /// On how many threads many changes are applied and hashed. The root does not depend on it,
    /// and without `std` there is one.
    pub threads: NonZeroUsize,
}

impl Default for TrieLimits {
    fn default() -> Self {
        Self {
            account_nodes: 2_000_000,
            storage_nodes: 2_000_000,
            threads: NonZeroUsize::MIN,
        }
    }
}

/// What a commit asks the store to write and delete, by owner and then by path.
pub type StateChanges = Vec<(Option<B256>, Vec<NodeChange>)>;

/// The state of all accounts: updates in, a root, proofs, and changed nodes out.
#[derive(Debug, Clone)]
pub struct StateTrie {
    accounts: Trie,
    storages: Storages,
    limits: TrieLimits,
    /// All is committed, and nodes over the limits are in memory still.
    crowded: bool,
}

impl StateTrie {
    /// The state with this root, whose nodes are loaded when they are needed; [`EMPTY_ROOT`] for a new chain.
    pub fn open(root: B256, limits: TrieLimits) -> Self {
        Self {
            accounts: Trie::open(None, root),
            storages: Storages::default(),
            limits,
            crowded: false,
        }
    }

    /// Applies what a block changed, and returns the new root.
    ///
    /// # Errors
    ///
    /// If a node cannot be loaded. Some updates are then applied and some not: throw the state away,
    /// and open it again at its last committed root.
    pub fn apply(
        &mut self,
        store: &dyn NodeStore,
        updates: impl IntoIterator<Item = AccountUpdate>,
    ) -> Result<B256, TrieError> {
        let threads = self.update(store, updates, Then::Root)?;
        Ok(self.accounts.root_on(threads))
    }

    /// [`Self::apply`] and then [`Self::commit`], which costs less than each for itself: what is
    /// hashed is also what is stored. Nodes over the limits stay until the next updates, so that
    /// proofs can be read before the store has taken the changes in.
    ///
    /// # Errors
    ///
    /// As [`Self::apply`].
    pub fn apply_and_commit(
        &mut self,
        store: &dyn NodeStore,
        updates: impl IntoIterator<Item = AccountUpdate>,
    ) -> Result<(B256, StateChanges), TrieError> {
        let threads = self.update(store, updates, Then::Commit)?;
        let changes = self.changes(threads);
        self.crowded = true;
        Ok((self.accounts.root(), changes))
    }

    /// Changes all tries, and settles the storage tries. Returns how many threads the account trie
    /// is worth.
    fn update(
        &mut self,
        store: &dyn NodeStore,
        updates: impl IntoIterator<Item = AccountUpdate>,
        then: Then,
    ) -> Result<NonZeroUsize, TrieError> {
        if self.crowded {
            self.shrink();
        }
        let updates: Vec<AccountUpdate> = updates.into_iter().collect();
        let addresses: Vec<Address> = updates.iter().map(|update| update.address).collect();
        let mut updates: Vec<_> = keccak256_many(&addresses)
            .into_iter()
            .zip(&updates)
            .map(|(owner, update)| Owned {
                owner,
                update,
                root: None,
            })
            .collect();
        updates.sort_by_key(|owned| owned.owner);
        let threads = self.limits.threads;
        self.storages
            .apply(store, &self.accounts, &mut updates, threads, then)?;
        let updates: Vec<_> = updates
            .iter()
            .map(|owned| (Nibbles::from_key(&owned.owner), owned))
            .collect();
        let threads = if updates.len() >= MANY {
            threads
        } else {
            NonZeroUsize::MIN
        };
        self.accounts
            .update_sorted(store, &updates, threads, &|owned, old, new| {
                let Some(account) = owned.update.account else {
                    return Ok(());
                };
                let root = match (owned.root, old) {
                    (Some(root), _) => root,
                    (None, None) => EMPTY_ROOT,
                    (None, Some(value)) => StoredAccount::read(&owned.owner, value)?.storage_root,
                };
                StoredAccount::new(account, root).write(new);
                Ok(())
            })?;
        Ok(threads)
    }

    /// The state root.
    pub fn root(&mut self) -> B256 {
        self.accounts.root()
    }

    /// What the store must write and delete to hold exactly this state's nodes; then evicts nodes over the limits.
    ///
    /// The store must have taken the changes in before the next call that is given it. Of the clones
    /// of a state only one may be committed to its store.
    pub fn commit(&mut self) -> StateChanges {
        let changes = self.changes(NonZeroUsize::MIN);
        self.shrink();
        changes
    }

    fn changes(&mut self, threads: NonZeroUsize) -> StateChanges {
        let mut changes = alloc::vec![(None, self.accounts.commit_on(threads))];
        changes.extend(self.storages.commit());
        changes.retain(|(_, nodes)| !nodes.is_empty());
        changes
    }

    /// Evicts nodes over the limits, when all are committed.
    fn shrink(&mut self) {
        self.crowded = false;
        self.storages.shrink(self.limits.storage_nodes);
        self.accounts.shrink(self.limits.account_nodes);
    }

    /// An account, or nothing, and the given slots of it, with proofs.
    ///
    /// # Errors
    ///
    /// If a node cannot be loaded or holds something else.
    pub fn account_proof(
        &self,
        store: &dyn NodeStore,
        address: Address,
        slots: &[U256],
    ) -> Result<AccountProof, TrieError> {
        let owner = keccak256(address);
        let stored = self.accounts.get(store, &owner)?;
        let stored = stored
            .map(|value| StoredAccount::read(&owner, &value))
            .transpose()?;
        let storage_root = stored.map_or(EMPTY_ROOT, |stored| stored.storage_root);
        let trie = self.storages.trie(owner, storage_root);
        let prove = |slot: &U256| {
            let key = slot_key(*slot);
            let value = trie.get(store, &key)?;
            let value = value
                .map(|value| read_slot(owner, &key, &value))
                .transpose()?;
            let proof = trie.prove(store, &key)?;
            Ok(SlotProof {
                slot: *slot,
                value: value.unwrap_or_default(),
                proof,
            })
        };
        Ok(AccountProof {
            address,
            account: stored.map(|stored| stored.account()),
            storage_root,
            proof: self.accounts.prove(store, &owner)?,
            storage: slots.iter().map(prove).collect::<Result<_, TrieError>>()?,
        })
    }

    /// How many nodes are in memory.
    pub fn loaded_nodes(&self) -> usize {
        self.accounts.loaded_nodes() + self.storages.loaded_nodes()
    }
}

/// The root of a state, built from nothing: every account with its whole storage.
///
/// # Errors
///
/// None while each account and each slot comes once; the trie is built in memory.
pub fn state_root<S: IntoIterator<Item = (U256, U256)>>(
    accounts: impl IntoIterator<Item = (Address, AccountLeaf, S)>,
) -> Result<B256, TrieError> {
    let nowhere = MemoryNodes::new();
    let leaf = |(address, account, storage): (Address, AccountLeaf, S)| {
        let mut trie = Trie::empty(None);
        let slots: Vec<_> = storage.into_iter().collect();
        let slots = slot_entries(&slots);
        let one = NonZeroUsize::MIN;
        trie.update_sorted(&nowhere, &slots, one, &|word, _, new| {
            write_slot(*word, new);
            Ok(())
        })?;
        let mut value = Vec::new();
        StoredAccount::new(account, trie.root()).write(&mut value);
        Ok((keccak256(address), Some(value)))
    };
    let leaves: Vec<_> = accounts
        .into_iter()
        .map(leaf)
        .collect::<Result<_, TrieError>>()?;
    let mut state = Trie::empty(None);
    state.extend(&nowhere, leaves)?;
    Ok(state.root())
}
