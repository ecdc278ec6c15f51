//! From changed state values to changed leaves of the trie.
//!
//! What is not Ethereum's becomes a slot of the state account, under the hash of its key.

use alloy_primitives::{Address, U256, map::HashMap};
use lumio_state::{
    AccountRecord, Fault, STATE_ACCOUNT, StateKey, StateView, Value, WriteSet, commitments,
    trie::{AccountLeaf, AccountUpdate},
};

/// The accounts that a write set touches, as they are with the writes applied over `base`.
///
/// # Errors
/// When `base` cannot be read or holds a malformed value.
pub(super) fn account_updates(
    writes: &WriteSet,
    base: &dyn StateView,
) -> Result<Vec<AccountUpdate>, Fault> {
    let mut slots: HashMap<Address, Vec<(U256, U256)>> = HashMap::default();
    for (key, value) in writes {
        match key {
            StateKey::Balance(owner) | StateKey::EvmAccount(owner) => {
                slots.entry(*owner).or_default();
            }
            // Its slots are commitments and nothing else.
            StateKey::EvmStorage(STATE_ACCOUNT, _) => {}
            StateKey::EvmStorage(owner, slot) => {
                let word = value.as_ref().map_or(Ok(U256::ZERO), word)?;
                slots.entry(*owner).or_default().push((*slot, word));
            }
            _ => {}
        }
    }
    let committed = commitments(writes.iter().map(|(key, value)| (key, value.as_ref())));
    if !committed.is_empty() {
        slots.entry(STATE_ACCOUNT).or_default().extend(committed);
    }
    slots
        .into_iter()
        .map(|(address, storage)| {
            Ok(AccountUpdate {
                address,
                account: leaf(address, writes, base)?,
                storage,
                // A wiped storage is in the writes slot by slot.
                storage_wiped: false,
            })
        })
        .collect()
}

/// An account exists when it has a record or a balance.
fn leaf(
    address: Address,
    writes: &WriteSet,
    base: &dyn StateView,
) -> Result<Option<AccountLeaf>, Fault> {
    let read = |key: StateKey| match writes.get(&key) {
        Some(value) => Ok(value.clone()),
        None => base.get(&key),
    };
    let balance = read(StateKey::Balance(address))?;
    let record = read(StateKey::EvmAccount(address))?;
    if balance.is_none() && record.is_none() {
        return Ok(None);
    }
    let record = match record {
        Some(value) => {
            AccountRecord::decode(&value).map_err(|error| Fault::Storage(error.to_string()))?
        }
        None => AccountRecord::default(),
    };
    Ok(Some(AccountLeaf {
        nonce: record.nonce,
        balance: balance.as_ref().map_or(Ok(U256::ZERO), word)?,
        code_hash: record.code_hash,
    }))
}

fn word(value: &Value) -> Result<U256, Fault> {
    value
        .as_word()
        .ok_or_else(|| Fault::Storage("a state value is not a 256-bit word".into()))
}
