//! The state trie: the account trie, and the storage tries under it.

use super::{
    AccountLeaf, AccountProof, AccountUpdate, EMPTY_ROOT, MemoryNodes, NodeChange, NodeStore,
    SlotProof, Trie, TrieError,
    account::{StoredAccount, read_slot, slot_entries, slot_key},
    commit::Join,
    storages::{MANY, Storages},
};
use alloc::vec::Vec;
use alloy_primitives::{Address, B256, U256, keccak256};

/// How many nodes stay in memory after a commit, at about 200 bytes each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrieLimits {
    /// Of the account trie.
    pub account_nodes: usize,
    /// Of all storage tries together.
    pub storage_nodes: usize,
}

impl Default for TrieLimits {
    fn default() -> Self {
        Self {
            account_nodes: 2_000_000,
            storage_nodes: 2_000_000,
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
    join: Option<Join>,
}

impl StateTrie {
    /// The state with this root, whose nodes are loaded when they are needed; [`EMPTY_ROOT`] for a new chain.
    pub fn open(root: B256, limits: TrieLimits) -> Self {
        Self {
            accounts: Trie::open(None, root),
            storages: Storages::default(),
            limits,
            join: None,
        }
    }

    /// Hashes halves of tries with many changes by `join`, which may use a second thread.
    #[must_use]
    pub fn hashing_by(mut self, join: Join) -> Self {
        self.join = Some(join);
        self
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
        let hashed = |update: AccountUpdate| (keccak256(update.address), update);
        let mut updates: Vec<_> = updates.into_iter().map(hashed).collect();
        updates.sort_by_key(|(owner, _)| *owner);
        let (storages, join) = (&mut self.storages, self.join);
        self.accounts
            .update_sorted(store, &mut updates, |owner, update, old| {
                let old = old
                    .map(|value| StoredAccount::read(owner, value))
                    .transpose()?;
                let root = old.map_or(EMPTY_ROOT, |account| account.storage_root);
                let root = storages.update(store, *owner, root, update, join)?;
                Ok(update
                    .account
                    .map(|account| StoredAccount::new(account, root).write()))
            })?;
        Ok(self
            .accounts
            .root_by(join.filter(|_| updates.len() >= MANY)))
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
        let mut changes = alloc::vec![(None, self.accounts.commit())];
        changes.extend(self.storages.commit(self.limits.storage_nodes));
        changes.retain(|(_, nodes)| !nodes.is_empty());
        self.accounts.shrink(self.limits.account_nodes);
        changes
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
        trie.extend(&nowhere, slot_entries(storage))?;
        let stored = StoredAccount::new(account, trie.root());
        Ok((keccak256(address), Some(stored.write())))
    };
    let leaves: Vec<_> = accounts
        .into_iter()
        .map(leaf)
        .collect::<Result<_, TrieError>>()?;
    let mut state = Trie::empty(None);
    state.extend(&nowhere, leaves)?;
    Ok(state.root())
}
