//! Accounts, storage, code and proofs at a block.

use crate::{
    backend::{NodeBackend, Result},
    state::{account_state, code_of, storage_word},
};
use alloy_eips::{BlockId, BlockNumberOrTag};
use alloy_primitives::{Address, Bytes, U256};
use lumio_rpc::eth::{AccountProof, AccountState, BackendError, StateReader};
use lumio_state::{STATE_ACCOUNT, StateView};

impl NodeBackend {
    /// The state at a block.
    pub(super) fn view(&self, at: BlockId) -> Result<Box<dyn StateView>> {
        if at == BlockId::Number(BlockNumberOrTag::Pending) {
            return Ok(Box::new(SharedView(self.pending()?.state)));
        }
        let number = self.number(at)?;
        Ok(Box::new(self.chain.state_at(number)?))
    }

    /// The height of a block that exists.
    pub(super) fn number(&self, at: BlockId) -> Result<u64> {
        self.chain
            .resolve(at)?
            .ok_or_else(|| BackendError::NotFound("header not found".into()))
    }
}

/// A view that others look at too.
pub(super) struct SharedView<V>(pub(super) std::sync::Arc<V>);

impl<V: StateView> StateView for SharedView<V> {
    fn get(
        &self,
        key: &lumio_state::StateKey,
    ) -> std::result::Result<Option<lumio_state::Value>, lumio_state::Fault> {
        self.0.get(key)
    }

    fn storage_slots(&self, owner: Address) -> std::result::Result<Vec<U256>, lumio_state::Fault> {
        self.0.storage_slots(owner)
    }
}

impl StateReader for NodeBackend {
    fn account(&self, at: BlockId, address: Address) -> Result<AccountState> {
        account_state(&*self.view(at)?, address)
    }

    fn storage(&self, at: BlockId, address: Address, slot: U256) -> Result<U256> {
        if address == STATE_ACCOUNT {
            // Its slots are in the trie alone.
            let proof = self.proof(at, address, &[slot])?;
            return Ok(proof.storage.first().map_or(U256::ZERO, |word| word.value));
        }
        storage_word(&*self.view(at)?, address, slot)
    }

    fn code(&self, at: BlockId, address: Address) -> Result<Bytes> {
        let view = self.view(at)?;
        let account = account_state(&*view, address)?;
        code_of(&*view, account.code_hash)
    }

    fn proof(&self, at: BlockId, address: Address, slots: &[U256]) -> Result<AccountProof> {
        // The pending block is nobody's yet, so there is no header to prove against.
        let at = match at {
            BlockId::Number(BlockNumberOrTag::Pending) => BlockId::latest(),
            at => at,
        };
        Ok(self.chain.proof(self.number(at)?, address, slots)?)
    }
}
