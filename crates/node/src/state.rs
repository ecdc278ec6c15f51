//! Reading accounts out of state values.

use alloy_primitives::{Address, B256, Bytes, U256};
use lumio_rpc::eth::{AccountState, BackendError};
use lumio_state::{
    AccountRecord, EMPTY_CODE_HASH, STATE_ACCOUNT, StateKey, StateView, Value, WriteSet,
};
use std::collections::BTreeMap;

/// The nonce in the value of an account's record; zero if there is none.
///
/// A record that cannot be read counts as none here: reading it through
/// [`account_state`] says so.
pub(crate) fn nonce_of(record: Option<&Value>) -> u64 {
    record
        .and_then(|value| AccountRecord::decode(value).ok())
        .map_or(0, |record| record.nonce)
}

/// Balance, nonce and code hash of an account.
///
/// # Errors
/// When the view fails or a value is malformed.
pub(crate) fn account_state(
    view: &dyn StateView,
    address: Address,
) -> Result<AccountState, BackendError> {
    let record = view.record(address).map_err(internal)?.unwrap_or_default();
    Ok(AccountState {
        balance: view.word(&StateKey::Balance(address)).map_err(internal)?,
        nonce: record.nonce,
        code_hash: record.code_hash,
    })
}

/// The write that gives an account this nonce and code; an account with neither needs no record.
pub(crate) fn with_record(
    address: Address,
    nonce: u64,
    code_hash: B256,
) -> (StateKey, Option<Value>) {
    let record = AccountRecord { nonce, code_hash };
    let value = (record != AccountRecord::default()).then(|| record.encode());
    (StateKey::EvmAccount(address), value)
}

/// Adds to changes of a state what keeps storage and accounts together: the state root knows
/// storage only under an account that exists. An account that gets storage and has nothing else
/// gets nonce 1; one that is emptied loses its storage. The state account always has storage.
///
/// # Errors
/// As [`account_state`].
pub(crate) fn keep_storage_owned(
    state: &dyn StateView,
    changes: &mut WriteSet,
) -> Result<(), BackendError> {
    let mut touched = BTreeMap::new();
    for (key, value) in &*changes {
        match key {
            StateKey::Balance(owner) | StateKey::EvmAccount(owner) => {
                touched.entry(*owner).or_insert(false);
            }
            StateKey::EvmStorage(owner, _) => {
                *touched.entry(*owner).or_insert(false) |= value.is_some();
            }
            _ => {}
        }
    }
    for (owner, gets_storage) in touched {
        let has = |key: StateKey| match changes.get(&key) {
            Some(value) => Ok(value.is_some()),
            None => read(state, &key).map(|value| value.is_some()),
        };
        if has(StateKey::Balance(owner))? || has(StateKey::EvmAccount(owner))? {
            continue;
        }
        if gets_storage || owner == STATE_ACCOUNT {
            changes.extend([with_record(owner, 1, EMPTY_CODE_HASH)]);
        } else {
            let slots = state.storage_slots(owner).map_err(internal)?;
            let slots = slots
                .into_iter()
                .map(|slot| (StateKey::EvmStorage(owner, slot), None));
            changes.extend(slots);
        }
    }
    Ok(())
}

/// A word of a contract's storage.
///
/// # Errors
/// As [`account_state`].
pub(crate) fn storage_word(
    view: &dyn StateView,
    address: Address,
    slot: U256,
) -> Result<U256, BackendError> {
    view.word(&StateKey::EvmStorage(address, slot))
        .map_err(internal)
}

/// The code under a hash.
///
/// # Errors
/// As [`account_state`], and when the code is missing.
pub(crate) fn code_of(view: &dyn StateView, hash: B256) -> Result<Bytes, BackendError> {
    if hash == EMPTY_CODE_HASH {
        return Ok(Bytes::new());
    }
    read(view, &StateKey::EvmCode(hash))?
        .map(|value| value.to_bytes())
        .ok_or_else(|| BackendError::Internal(format!("no code with hash {hash}")))
}

fn read(view: &dyn StateView, key: &StateKey) -> Result<Option<Value>, BackendError> {
    view.get(key).map_err(internal)
}

/// A failure of the node itself.
pub(crate) fn internal(error: impl std::fmt::Display) -> BackendError {
    BackendError::Internal(error.to_string())
}
