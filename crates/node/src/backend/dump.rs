//! A state as one compressed JSON document, in the form of anvil's: accounts with nonce, balance,
//! code and storage.

use crate::{
    backend::Result,
    state::{account_state, code_of, internal, with_record},
};
use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use lumio_rpc::eth::BackendError;
use lumio_state::{EMPTY_CODE_HASH, StateKey, Value, WriteSet};
use lumio_storage::Snapshot;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read, Write},
};

/// A decompressed dump larger than this is refused.
const MAX_JSON: u64 = 1 << 30;

#[derive(Serialize, Deserialize)]
struct Dump {
    accounts: BTreeMap<Address, DumpedAccount>,
    #[serde(default)]
    best_block_number: Option<U256>,
}

#[derive(Serialize, Deserialize)]
struct DumpedAccount {
    #[serde(with = "alloy_serde::quantity")]
    nonce: u64,
    balance: U256,
    #[serde(default)]
    code: Bytes,
    #[serde(default)]
    storage: BTreeMap<B256, B256>,
}

/// The state of the head, with the pending edits.
pub(super) fn dump(snapshot: &Snapshot) -> Result<Bytes> {
    let state = snapshot.latest_state();
    let mut dump = Dump {
        accounts: BTreeMap::new(),
        best_block_number: snapshot.head().map(|head| U256::from(head.number)),
    };
    for address in addresses(snapshot)? {
        let account = account_state(&state, address)?;
        let slots = state.slots(address).map_err(internal)?;
        let storage = slots
            .into_iter()
            .map(|slot| {
                let word = crate::state::storage_word(&state, address, slot)?;
                Ok((slot.into(), word.into()))
            })
            .collect::<Result<_>>()?;
        dump.accounts.insert(
            address,
            DumpedAccount {
                nonce: account.nonce,
                balance: account.balance,
                code: code_of(&state, account.code_hash)?,
                storage,
            },
        );
    }
    let json = serde_json::to_vec(&dump).map_err(internal)?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&json).map_err(internal)?;
    Ok(encoder.finish().map_err(internal)?.into())
}

fn addresses(snapshot: &Snapshot) -> Result<BTreeSet<Address>> {
    let mut found = BTreeSet::new();
    for account in snapshot.evm_accounts().map_err(internal)? {
        found.insert(account.map_err(internal)?.address);
    }
    for key in snapshot.edits().keys() {
        if let StateKey::Balance(owner) | StateKey::EvmAccount(owner) = key {
            found.insert(*owner);
        }
    }
    Ok(found)
}

/// The changes that a dump asks for.
pub(super) fn read(bytes: &[u8]) -> Result<WriteSet> {
    let invalid = |error: String| {
        BackendError::InvalidParams(format!("the state is not what dumpState returned: {error}"))
    };
    let mut json = Vec::new();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut decoder = GzDecoder::new(bytes).take(MAX_JSON);
        decoder
            .read_to_end(&mut json)
            .map_err(|error| invalid(error.to_string()))?;
    } else {
        json.extend_from_slice(bytes);
    }
    let dump: Dump = serde_json::from_slice(&json).map_err(|error| invalid(error.to_string()))?;
    let mut changes = WriteSet::new();
    for (address, account) in dump.accounts {
        let balance = (!account.balance.is_zero()).then(|| Value::word(account.balance));
        changes.insert(StateKey::Balance(address), balance);
        let code_hash = if account.code.is_empty() {
            EMPTY_CODE_HASH
        } else {
            let hash = keccak256(&account.code);
            changes.insert(StateKey::EvmCode(hash), Some(Value::from(account.code)));
            hash
        };
        changes.extend([with_record(address, account.nonce, code_hash)]);
        for (slot, word) in account.storage {
            let word = U256::from_be_bytes(word.0);
            let key = StateKey::EvmStorage(address, U256::from_be_bytes(slot.0));
            changes.insert(key, (!word.is_zero()).then(|| Value::word(word)));
        }
    }
    Ok(changes)
}
