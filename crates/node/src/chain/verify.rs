//! Checking a database against itself: the state root from scratch, with what it commits to of all
//! VMs, and the supply of wei.

use crate::chain::{ChainError, SUPPLY_KEY, supply::supply_of};
use alloy_primitives::{B256, U256, U512};
use lumio_state::{
    STATE_ACCOUNT, StateView, Value,
    trie::{AccountLeaf, TrieError, state_root},
};
use lumio_storage::{Snapshot, StorageError};
use std::{cell::RefCell, fmt};

/// A database that agrees with itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Height of the head.
    pub head: u64,
    /// Its hash.
    pub hash: B256,
    /// The state root, recomputed and equal to the header's.
    pub state_root: B256,
    /// The sum of all balances in wei, equal to what was issued.
    pub supply: U512,
    /// Accounts in the state.
    pub accounts: u64,
    /// Values of other VMs than the EVM, to which the state root commits.
    pub commitments: u64,
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "head        {} {}", self.head, self.hash)?;
        writeln!(f, "state root  {} (recomputed: equal)", self.state_root)?;
        writeln!(f, "accounts    {}", self.accounts)?;
        writeln!(f, "commitments {}", self.commitments)?;
        write!(f, "supply      {} wei (recomputed: equal)", self.supply)
    }
}

/// What does not agree.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The database cannot be read.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The state is not the one that the header commits to.
    #[error("the state root of block {number} is {computed}, but its header says {header}")]
    Root {
        /// The head.
        number: u64,
        /// Recomputed from all accounts.
        computed: B256,
        /// In the header.
        header: B256,
    },
    /// Wei were made or lost.
    #[error("all balances add up to {counted} wei, but {issued} wei were issued")]
    Supply {
        /// Sum of all balances.
        counted: U512,
        /// Genesis, deposits and edits less what was burnt.
        issued: U512,
    },
}

impl From<StorageError> for VerifyError {
    fn from(error: StorageError) -> Self {
        Self::Chain(error.into())
    }
}

/// Recomputes the state root and the sum of all balances at the head.
///
/// # Errors
/// What does not agree, or why it cannot be told.
pub fn verify(snapshot: &Snapshot) -> Result<Verified, VerifyError> {
    let header = snapshot.head_header().ok_or(ChainError::NoGenesis)?;
    let failed = RefCell::new(None);
    let (mut accounts, mut commitments) = (0_u64, 0_u64);
    let leaves = snapshot
        .evm_accounts()?
        .map_while(|account| match account {
            Ok(account) => Some(account),
            Err(error) => {
                failed.replace(Some(error));
                None
            }
        })
        .map(|account| {
            accounts = accounts.saturating_add(1);
            let record = account.record.unwrap_or_default();
            let leaf = AccountLeaf {
                nonce: record.nonce,
                balance: account.balance,
                code_hash: record.code_hash,
            };
            let storage = if account.address == STATE_ACCOUNT {
                commitments_of(snapshot)
            } else {
                storage_of(snapshot, account.address)
            };
            let storage = storage.unwrap_or_else(|error| {
                failed.replace(Some(error));
                Vec::new()
            });
            if account.address == STATE_ACCOUNT {
                commitments = u64::try_from(storage.len()).unwrap_or(u64::MAX);
            }
            (account.address, leaf, storage)
        });
    let root = state_root(leaves).map_err(|error: TrieError| ChainError::from(error))?;
    if let Some(error) = failed.take() {
        return Err(error.into());
    }
    if root != header.header.state_root {
        return Err(VerifyError::Root {
            number: header.header.number,
            computed: root,
            header: header.header.state_root,
        });
    }
    let counted = snapshot.total_wei()?;
    let issued = snapshot
        .state_at(header.header.number)?
        .get(&SUPPLY_KEY)
        .map_err(ChainError::from)?
        .map_or(Ok(U512::ZERO), |value| supply_of(&value))
        .map_err(ChainError::from)?;
    if counted != issued {
        return Err(VerifyError::Supply { counted, issued });
    }
    Ok(Verified {
        head: header.header.number,
        hash: header.hash,
        state_root: root,
        supply: counted,
        accounts,
        commitments,
    })
}

/// The slots of a contract.
fn storage_of(
    snapshot: &Snapshot,
    address: alloy_primitives::Address,
) -> Result<Vec<(U256, U256)>, StorageError> {
    snapshot.evm_storage(address)?.collect()
}

/// The slots that commit to what is not Ethereum's.
fn commitments_of(snapshot: &Snapshot) -> Result<Vec<(U256, U256)>, StorageError> {
    let mut slots = Vec::new();
    for entry in snapshot.state_entries()? {
        let (key, value) = entry?;
        if let Some(slot) = key.commitment_slot() {
            slots.push((slot, Value::commitment(Some(&value))));
        }
    }
    Ok(slots)
}
