//! Reading accounts out of state values.

use alloy_primitives::{Address, B256, Bytes, U256};
use lumio_move_engine::{Address as MoveAddress, ModuleId, StructTag};
use lumio_rpc::eth::{AccountState, BackendError};
use lumio_state::{
    AccountRecord, EMPTY_CODE_HASH, STATE_ACCOUNT, StateKey, StateView, Value, WriteSet,
};
use lumio_types::AccountId;
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

/// What a Move account's own resource says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MoveAccount {
    pub(crate) sequence_number: u64,
    pub(crate) authentication_key: [u8; 32],
}

/// The name of that resource, as state keys have it.
pub(crate) fn account_tag() -> Bytes {
    let tag = StructTag {
        module: ModuleId::new(MoveAddress::ONE, "account"),
        name: "Account".into(),
        type_arguments: Vec::new(),
    };
    let mut name = Vec::new();
    tag.write(&mut name);
    name.into()
}

/// The resource of a Move account; none as long as it needs none.
///
/// # Errors
/// When the view fails or the resource is malformed.
pub(crate) fn move_account(
    view: &dyn StateView,
    id: AccountId,
) -> Result<Option<MoveAccount>, BackendError> {
    let Some(value) = read(view, &StateKey::MoveResource(id, account_tag()))? else {
        return Ok(None);
    };
    let account = read_account(&value).ok_or_else(|| internal(format!("the account {id}")))?;
    Ok(Some(account))
}

/// The sequence number in an account's resource.
pub(crate) fn sequence_number(resource: &[u8]) -> Option<u64> {
    read_account(resource).map(|account| account.sequence_number)
}

/// The first fields of the resource: the authentication key, the sequence number.
fn read_account(resource: &[u8]) -> Option<MoveAccount> {
    let (length, rest) = resource.split_first()?;
    let (key, rest) = rest.split_first_chunk::<32>()?;
    let (number, _) = rest.split_first_chunk::<8>()?;
    (*length == 32).then(|| MoveAccount {
        sequence_number: u64::from_le_bytes(*number),
        authentication_key: *key,
    })
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
