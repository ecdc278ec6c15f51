//! Transactions, events and blocks in BCS, for clients that accept it: the
//! types are those of Aptos' node.
//!
//! A transaction of another VM has a user transaction's form, with an absent
//! authenticator; its hash beside it is its own.

use super::{
    backend::{Block, Event, Pending, Transaction, TransactionBody},
    changes::{change_hash, hash, write_set},
    payload::foreign_call,
};
use lumio_move_engine::{
    Address, ModuleId, TypeTag,
    bcs::{put_bytes, put_uleb},
};
use lumio_move_transaction::{
    AccountAuthenticator, Bcs as _, Hash, RawTransaction, SignedTransaction,
    TransactionAuthenticator, TransactionPayload,
};

/// A hash: 32 bytes with their length before them.
fn put_hash(out: &mut Vec<u8>, hash: &Hash) {
    put_bytes(out, hash);
}

/// A committed or simulated transaction with all that is known of it.
pub(super) fn put_transaction(out: &mut Vec<u8>, transaction: &Transaction, chain_id: u8) {
    out.extend(transaction.version.to_le_bytes());
    put_body(out, transaction, chain_id);
    // The first version of a transaction's info.
    put_uleb(out, 0);
    out.extend(transaction.gas_used.to_le_bytes());
    put_status(out, transaction);
    put_hash(out, &transaction.hash);
    put_hash(out, &event_hash(&transaction.events));
    put_hash(out, &change_hash(&transaction.changes));
    out.push(u8::from(transaction.state_checkpoint_hash.is_some()));
    if let Some(hash) = &transaction.state_checkpoint_hash {
        put_hash(out, hash);
    }
    // No auxiliary info.
    out.push(0);
    put_events(out, &transaction.events);
    put_hash(out, &transaction.accumulator_root_hash);
    write_set(&transaction.changes, out);
}

fn put_body(out: &mut Vec<u8>, transaction: &Transaction, chain_id: u8) {
    match &transaction.body {
        TransactionBody::User(signed) => {
            out.push(0);
            signed.write(out);
        }
        TransactionBody::Foreign(foreign) => {
            out.push(0);
            let (call, _) = foreign_call(foreign);
            let raw = RawTransaction {
                sender: foreign.sender,
                sequence_number: foreign.nonce,
                payload: TransactionPayload::EntryFunction(call),
                max_gas_amount: foreign.max_gas_amount,
                gas_unit_price: foreign.gas_unit_price,
                expiration_timestamp_secs: u64::MAX,
                chain_id,
            };
            let absent = AccountAuthenticator::Absent;
            let authenticator = TransactionAuthenticator::SingleSender(absent);
            SignedTransaction { raw, authenticator }.write(out);
        }
        TransactionBody::Genesis => {
            // A direct write set with its events.
            out.extend([1, 0]);
            write_set(&transaction.changes, out);
            put_events(out, &transaction.events);
        }
        TransactionBody::BlockMetadata {
            id,
            epoch,
            round,
            proposer,
        } => {
            out.push(2);
            put_hash(out, id);
            out.extend(epoch.to_le_bytes());
            out.extend(round.to_le_bytes());
            out.extend(proposer.0);
            // No votes, and no proposers that failed.
            out.extend([0, 0]);
            out.extend(transaction.timestamp_usecs.to_le_bytes());
        }
        TransactionBody::StateCheckpoint => {
            out.push(3);
            put_hash(out, &transaction.accumulator_root_hash);
        }
    }
}

/// Success, running out of gas, or any other failure, of which the words are in
/// JSON.
fn put_status(out: &mut Vec<u8>, transaction: &Transaction) {
    match transaction.vm_status.as_str() {
        _ if transaction.success => out.push(0),
        "Out of gas" => out.push(1),
        _ => out.extend([4, 0]),
    }
}

fn put_events(out: &mut Vec<u8>, events: &[Event]) {
    put_uleb(out, events.len() as u64);
    for event in events {
        put_event(out, event);
    }
}

/// A commitment to events.
pub(super) fn event_hash(events: &[Event]) -> Hash {
    let mut bytes = Vec::new();
    put_events(&mut bytes, events);
    hash(b"APTOS::ContractEvent", &bytes)
}

/// An event. A log of the EVM is a module event of type `0x1::evm::Log`, a
/// struct of address, topics and data.
pub(super) fn put_event(out: &mut Vec<u8>, event: &Event) {
    match event {
        Event::Move {
            handle: Some((creator, creation_number, number)),
            tag,
            data,
        } => {
            out.push(0);
            out.extend(creation_number.to_le_bytes());
            out.extend(creator.0);
            out.extend(number.to_le_bytes());
            tag.write(out);
            put_bytes(out, data);
        }
        Event::Move {
            handle: None,
            tag,
            data,
        } => {
            out.push(1);
            tag.write(out);
            put_bytes(out, data);
        }
        Event::EvmLog {
            address,
            topics,
            data,
        } => {
            out.push(1);
            log_tag().write(out);
            let mut log = address.0.to_vec();
            put_uleb(&mut log, topics.len() as u64);
            for topic in topics {
                put_bytes(&mut log, topic);
            }
            put_bytes(&mut log, data);
            put_bytes(out, &log);
        }
    }
}

fn log_tag() -> TypeTag {
    TypeTag::Struct(Box::new(lumio_move_engine::StructTag {
        module: ModuleId::new(Address::ONE, "evm"),
        name: "Log".into(),
        type_arguments: Vec::new(),
    }))
}

/// A transaction that is pending, where a committed one could stand as well.
pub(super) fn pending(pending: &Pending) -> Option<Vec<u8>> {
    match pending {
        Pending::Move(signed) => {
            let mut out = vec![1];
            signed.write(&mut out);
            Some(out)
        }
        Pending::Foreign(_) => None,
    }
}

/// A committed transaction, where a pending one could stand as well.
pub(super) fn committed(transaction: &Transaction, chain_id: u8) -> Vec<u8> {
    let mut out = vec![0];
    put_transaction(&mut out, transaction, chain_id);
    out
}

/// A list of transactions.
pub(super) fn transactions(list: &[Transaction], chain_id: u8) -> Vec<u8> {
    let mut out = Vec::new();
    put_uleb(&mut out, list.len() as u64);
    for transaction in list {
        put_transaction(&mut out, transaction, chain_id);
    }
    out
}

/// A block, with its transactions if they are asked for.
pub(super) fn block(block: &Block, list: Option<&[Transaction]>, chain_id: u8) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend(block.height.to_le_bytes());
    put_hash(&mut out, &block.hash);
    out.extend(block.timestamp_usecs.to_le_bytes());
    out.extend(block.first_version.to_le_bytes());
    out.extend(block.last_version.to_le_bytes());
    out.push(u8::from(list.is_some()));
    if let Some(list) = list {
        out.extend(transactions(list, chain_id));
    }
    out
}
