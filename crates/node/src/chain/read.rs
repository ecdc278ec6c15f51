//! Reading blocks, transactions and proofs.

use crate::chain::{Chain, ChainError, Filled, nodes::StoredNodes, updates::account_updates};
use alloy_eips::{BlockId, BlockNumberOrTag};
use alloy_primitives::{Address, B256, U256};
use lumio_rpc::eth::{AccountProof, AccountState, LocatedTransaction, StorageProof};
use lumio_state::EMPTY_CODE_HASH;
use lumio_storage::{Snapshot, View};
use std::sync::Arc;

impl Chain {
    /// The height that a block id stands for; `pending` is the head plus one.
    ///
    /// # Errors
    /// When the database fails, as for all methods here.
    pub fn resolve(&self, id: BlockId) -> Result<Option<u64>, ChainError> {
        let snapshot = self.snapshot();
        let head = snapshot.head().ok_or(ChainError::NoGenesis)?.number;
        Ok(match id {
            BlockId::Hash(hash) => snapshot.number_of(hash.block_hash)?,
            BlockId::Number(BlockNumberOrTag::Number(number)) => (number <= head).then_some(number),
            BlockId::Number(BlockNumberOrTag::Earliest) => Some(0),
            BlockId::Number(BlockNumberOrTag::Pending) => Some(head.saturating_add(1)),
            BlockId::Number(
                BlockNumberOrTag::Latest | BlockNumberOrTag::Safe | BlockNumberOrTag::Finalized,
            ) => Some(head),
        })
    }

    /// A block with its receipts.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) fn filled(&self, number: u64) -> Result<Option<Filled>, ChainError> {
        self.filled_in(&self.snapshot(), number)
    }

    /// A block of a snapshot with its receipts.
    pub(super) fn filled_in(
        &self,
        snapshot: &Snapshot,
        number: u64,
    ) -> Result<Option<Filled>, ChainError> {
        let Some(header) = snapshot.header(number)? else {
            return Ok(None);
        };
        if let Some(filled) = self.recent.lock().get(&header.hash) {
            return Ok(Some(filled.clone()));
        }
        let (Some(block), Some(receipts)) = (snapshot.block(number)?, snapshot.receipts(number)?)
        else {
            return Ok(None);
        };
        let filled = (Arc::new(block), Arc::new(receipts));
        self.recent.lock().put(header.hash, filled.clone());
        Ok(Some(filled))
    }

    /// A committed transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) fn transaction(&self, hash: B256) -> Result<Option<LocatedTransaction>, ChainError> {
        let snapshot = self.snapshot();
        let Some(place) = snapshot.place_of(hash)? else {
            return Ok(None);
        };
        let Some((block, _)) = self.filled_in(&snapshot, place.block)? else {
            return Ok(None);
        };
        Ok(usize::try_from(place.index)
            .ok()
            .map(|index| LocatedTransaction { block, index }))
    }

    /// The state as a block left it; at the head, with the pending edits over it.
    ///
    /// # Errors
    /// When that state is no longer kept, or the database fails.
    pub(crate) fn state_at(&self, number: u64) -> Result<View, ChainError> {
        let snapshot = self.snapshot();
        let head = snapshot.head().ok_or(ChainError::NoGenesis)?;
        if head.number == number {
            return Ok(snapshot.latest_state());
        }
        Ok(snapshot.state_at(number)?)
    }

    /// Proves an account and slots of its storage against the state root of a block.
    ///
    /// # Errors
    /// When that state is no longer kept, or trie or database fail.
    pub(crate) fn proof(
        &self,
        number: u64,
        address: Address,
        slots: &[U256],
    ) -> Result<AccountProof, ChainError> {
        let snapshot = self.snapshot();
        let nodes = StoredNodes(&snapshot);
        let changes = snapshot.changes_since(number)?;
        let mut trie = self.trie_of(&snapshot)?;
        if !changes.is_empty() {
            let updates = account_updates(&changes, &snapshot.state_at(number)?)?;
            trie.apply(&nodes, updates)?;
        }
        let proof = trie.account_proof(&nodes, address, slots)?;
        let account = proof.account;
        Ok(AccountProof {
            account: AccountState {
                balance: account.map_or(U256::ZERO, |leaf| leaf.balance),
                nonce: account.map_or(0, |leaf| leaf.nonce),
                code_hash: account.map_or(EMPTY_CODE_HASH, |leaf| leaf.code_hash),
            },
            storage_root: proof.storage_root,
            proof: proof.proof,
            storage: proof
                .storage
                .into_iter()
                .map(|slot| StorageProof {
                    slot: slot.slot,
                    value: slot.value,
                    proof: slot.proof,
                })
                .collect(),
        })
    }
}
