//! Accounts and block fields that a simulation sees otherwise.

use crate::SimulateError;
use alloy_primitives::{Address, B256, U256, keccak256, map::B256HashMap};
use alloy_rpc_types_eth::{
    BlockOverrides,
    state::{AccountOverride, StateOverride},
};
use lumio_executor::BlockContext;
use lumio_state::{AccountRecord, Journal, Overlay, StateKey, StateView, Value, WriteSet};

/// What a simulation changes before it starts.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// Accounts.
    pub state: Option<StateOverride>,
    /// Fields of the block.
    pub block: Option<Box<BlockOverrides>>,
}

impl Overrides {
    /// The block with its fields changed.
    pub(crate) fn block(&self, block: &BlockContext) -> Result<BlockContext, SimulateError> {
        let mut block = block.clone();
        if let Some(overrides) = &self.block {
            apply_block_overrides(&mut block, overrides)?;
        }
        Ok(block)
    }
}

/// Changes accounts of a state.
///
/// # Errors
/// When an account is overridden in two ways at once, or the state cannot be
/// read.
pub fn apply_state_overrides<V: StateView>(
    state: &mut Overlay<V>,
    overrides: &StateOverride,
) -> Result<(), SimulateError> {
    for (address, account) in overrides {
        let writes = account_writes(state, *address, account)?;
        state.apply(writes);
    }
    Ok(())
}

fn account_writes<V: StateView>(
    state: &Overlay<V>,
    address: Address,
    account: &AccountOverride,
) -> Result<WriteSet, SimulateError> {
    if account.move_precompile_to.is_some() {
        return Err(SimulateError::InvalidParams(
            "movePrecompileToAddress is not supported".into(),
        ));
    }
    let mut writes = WriteSet::new();
    if let Some(wei) = account.balance {
        writes.insert(StateKey::Balance(address), word(wei));
    }
    if account.nonce.is_some() || account.code.is_some() {
        let before = Journal::new(state).account(address)?;
        let mut record = AccountRecord {
            nonce: before.nonce,
            code_hash: before.code_hash,
        };
        if let Some(nonce) = account.nonce {
            record.nonce = nonce;
        }
        if let Some(code) = &account.code {
            record.code_hash = keccak256(code);
            if !code.is_empty() {
                let key = StateKey::EvmCode(record.code_hash);
                writes.insert(key, Some(Value::from(code.clone())));
            }
        }
        writes.insert(StateKey::EvmAccount(address), Some(record.encode()));
    }
    let slots = match (&account.state, &account.state_diff) {
        (Some(_), Some(_)) => {
            return Err(SimulateError::InvalidParams(format!(
                "account {address} has both 'state' and 'stateDiff'"
            )));
        }
        (Some(whole), None) => {
            for slot in state.storage_slots(address)? {
                writes.insert(StateKey::EvmStorage(address, slot), None);
            }
            whole
        }
        (None, Some(diff)) => diff,
        (None, None) => return Ok(writes),
    };
    insert_slots(&mut writes, address, slots);
    Ok(writes)
}

fn insert_slots(writes: &mut WriteSet, address: Address, slots: &B256HashMap<B256>) {
    for (slot, value) in slots {
        let key = StateKey::EvmStorage(address, U256::from_be_bytes(slot.0));
        writes.insert(key, word(U256::from_be_bytes(value.0)));
    }
}

fn word(word: U256) -> Option<Value> {
    (!word.is_zero()).then(|| Value::word(word))
}

/// Changes fields of a block.
pub(crate) fn apply_block_overrides(
    block: &mut BlockContext,
    overrides: &BlockOverrides,
) -> Result<(), SimulateError> {
    let narrow = |name: &str, value: U256| {
        u64::try_from(value).map_err(|_| {
            SimulateError::InvalidParams(format!("block override {name} exceeds 64 bits"))
        })
    };
    if let Some(number) = overrides.number {
        block.number = narrow("number", number)?;
    }
    if let Some(base_fee) = overrides.base_fee {
        block.base_fee = narrow("baseFeePerGas", base_fee)?;
    }
    block.difficulty = overrides.difficulty.unwrap_or(block.difficulty);
    block.timestamp = overrides.time.unwrap_or(block.timestamp);
    block.gas_limit = overrides.gas_limit.unwrap_or(block.gas_limit);
    block.beneficiary = overrides.coinbase.unwrap_or(block.beneficiary);
    block.prev_randao = overrides.random.unwrap_or(block.prev_randao);
    if overrides.beacon_root.is_some() {
        block.parent_beacon_block_root = overrides.beacon_root;
    }
    Ok(())
}
