//! Transactions as JSON, in every form in which clients meet them.
//!
//! A transaction of another VM is shown as a `user_transaction` too, since SDKs
//! know no other: its sender is the account id of the EVM or Solana sender, its
//! payload the call of an entry function that tells what it does (see
//! [`super::payload::foreign_call`]), and it has no `signature`.

use super::{
    backend::{Event, ForeignTransaction, Pending, Transaction, TransactionBody},
    binary::event_hash,
    changes::{change_hash, change_json},
    error::ApiError,
    names::{self, address},
    payload::{foreign_payload_json, payload_json},
    signatures::signature_json,
    types::Types,
};
use alloy_primitives::hex;
use lumio_move_transaction::{Hash, SignedTransaction};
use serde_json::{Map, Value, json};

/// Foreign transactions do not expire.
const NEVER: u64 = u64::MAX;

/// Bytes as `0x` and hex digits.
pub(super) fn hex_of(bytes: &[u8]) -> String {
    hex::encode_prefixed(bytes)
}

/// A transaction of a block, or one that was simulated.
pub(super) fn transaction_json(
    types: &mut Types<'_>,
    transaction: &Transaction,
) -> Result<Value, ApiError> {
    let mut object = info(types, transaction)?;
    let timestamp = transaction.timestamp_usecs.to_string();
    let kind = match &transaction.body {
        TransactionBody::Genesis => {
            object.remove("timestamp");
            let write_set = json!({
                "type": "direct_write_set",
                "changes": object.get("changes"),
                "events": object.get("events"),
            });
            let payload = json!({ "type": "write_set_payload", "write_set": write_set });
            object.insert("payload".into(), payload);
            "genesis_transaction"
        }
        TransactionBody::BlockMetadata {
            id,
            epoch,
            round,
            proposer,
        } => {
            object.insert("id".into(), json!(hex_of(id)));
            object.insert("epoch".into(), json!(epoch.to_string()));
            object.insert("round".into(), json!(round.to_string()));
            object.insert("proposer".into(), json!(address(proposer)));
            object.insert("previous_block_votes_bitvec".into(), json!([]));
            object.insert("failed_proposer_indices".into(), json!([]));
            object.insert("timestamp".into(), json!(timestamp));
            "block_metadata_transaction"
        }
        TransactionBody::StateCheckpoint => {
            object.remove("events");
            object.insert("timestamp".into(), json!(timestamp));
            "state_checkpoint_transaction"
        }
        TransactionBody::User(signed) => {
            add_request(&mut object, types, signed)?;
            object.insert("timestamp".into(), json!(timestamp));
            "user_transaction"
        }
        TransactionBody::Foreign(foreign) => {
            add_foreign(&mut object, foreign);
            object.insert("timestamp".into(), json!(timestamp));
            "user_transaction"
        }
    };
    object.insert("type".into(), json!(kind));
    Ok(Value::Object(object))
}

/// A transaction on its way into a block.
pub(super) fn pending_json(
    types: &mut Types<'_>,
    hash: &Hash,
    pending: &Pending,
) -> Result<Value, ApiError> {
    let mut object = Map::new();
    match pending {
        Pending::Move(signed) => add_request(&mut object, types, signed)?,
        Pending::Foreign(foreign) => add_foreign(&mut object, foreign),
    }
    object.insert("hash".into(), json!(hex_of(hash)));
    object.insert("type".into(), json!("pending_transaction"));
    Ok(Value::Object(object))
}

fn info(types: &mut Types<'_>, transaction: &Transaction) -> Result<Map<String, Value>, ApiError> {
    types.meet(transaction)?;
    let mut changes = Vec::new();
    for change in &transaction.changes {
        changes.push(change_json(types, change)?);
    }
    let mut events = Vec::new();
    for event in &transaction.events {
        events.push(Value::Object(event_json(types, event)?));
    }
    let checkpoint = transaction.state_checkpoint_hash.map(|hash| hex_of(&hash));
    let fields = [
        ("version", json!(transaction.version.to_string())),
        ("hash", json!(hex_of(&transaction.hash))),
        (
            "state_change_hash",
            json!(hex_of(&change_hash(&transaction.changes))),
        ),
        (
            "event_root_hash",
            json!(hex_of(&event_hash(&transaction.events))),
        ),
        ("state_checkpoint_hash", json!(checkpoint)),
        ("gas_used", json!(transaction.gas_used.to_string())),
        ("success", json!(transaction.success)),
        ("vm_status", json!(transaction.vm_status)),
        (
            "accumulator_root_hash",
            json!(hex_of(&transaction.accumulator_root_hash)),
        ),
        ("changes", Value::Array(changes)),
        ("events", Value::Array(events)),
    ];
    Ok(fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect())
}

/// What the sender asked for.
fn add_request(
    object: &mut Map<String, Value>,
    types: &mut Types<'_>,
    signed: &SignedTransaction,
) -> Result<(), ApiError> {
    let raw = &signed.raw;
    let expiry = raw.expiration_timestamp_secs.to_string();
    let fields = [
        ("sender", json!(address(&raw.sender))),
        ("sequence_number", json!(raw.sequence_number.to_string())),
        ("max_gas_amount", json!(raw.max_gas_amount.to_string())),
        ("gas_unit_price", json!(raw.gas_unit_price.to_string())),
        ("expiration_timestamp_secs", json!(expiry)),
        ("payload", payload_json(types, &raw.payload)?),
        ("signature", signature_json(&signed.authenticator)),
    ];
    object.extend(
        fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value)),
    );
    if let Some(nonce) = raw.payload.nonce() {
        object.insert("replay_protection_nonce".into(), json!(nonce.to_string()));
    }
    Ok(())
}

fn add_foreign(object: &mut Map<String, Value>, foreign: &ForeignTransaction) {
    let fields = [
        ("sender", json!(address(&foreign.sender))),
        ("sequence_number", json!(foreign.nonce.to_string())),
        ("max_gas_amount", json!(foreign.max_gas_amount.to_string())),
        ("gas_unit_price", json!(foreign.gas_unit_price.to_string())),
        ("expiration_timestamp_secs", json!(NEVER.to_string())),
        ("payload", foreign_payload_json(foreign)),
    ];
    object.extend(
        fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value)),
    );
}

/// An event. A log of the EVM is one of type `0x1::evm::Log`, without a handle.
pub(super) fn event_json(
    types: &mut Types<'_>,
    event: &Event,
) -> Result<Map<String, Value>, ApiError> {
    let (handle, tag, data) = match event {
        Event::Move { handle, tag, data } => {
            let shown = types.show(tag, data)?;
            let shown = shown.unwrap_or_else(|| json!(hex_of(data)));
            (*handle, names::type_of(tag), shown)
        }
        Event::EvmLog {
            address: contract,
            topics,
            data,
        } => {
            let topics: Vec<_> = topics.iter().map(|topic| hex_of(topic)).collect();
            let shown = json!({
                "address": address(contract),
                "topics": topics,
                "data": hex_of(data),
            });
            (None, "0x1::evm::Log".to_owned(), shown)
        }
    };
    let (creator, creation_number, number) = handle.unwrap_or_default();
    let guid = json!({
        "creation_number": creation_number.to_string(),
        "account_address": address(&creator),
    });
    let fields = [
        ("guid", guid),
        ("sequence_number", json!(number.to_string())),
        ("type", json!(tag)),
        ("data", data),
    ];
    Ok(fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect())
}
