//! Committed transactions in the terms of Aptos' API.

use crate::aptos::{
    AptosBackend, Result, address_of, internal, ledger::MICROS, native_coin, of_fault, of_storage,
};
use alloy_consensus::Transaction as _;
use alloy_primitives::{B256, keccak256};
use lumio_move_engine::{Address, ModuleId, StructTag, TypeTag, U256, bcs::Reader};
use lumio_move_transaction::Hash;
use lumio_rpc::aptos::{
    Change, Event, ForeignTransaction, ForeignVm, Transaction, TransactionBody,
};
use lumio_state::{StateKey, StateView, Value};
use lumio_storage::{Snapshot, VersionPlace};
use lumio_types::{
    AccountId, Block, Carried, CarriedReceipt, Event as ChainEvent, EventOrigin, MoveReceipt,
    OCTA_WEI, Receipt, Transaction as ChainTransaction,
};
use lumio_vm_move::GAS_PER_UNIT;
use solana_transaction_error::TransactionError;
use std::sync::Arc;

const SUCCESS: &str = "Executed successfully";

impl AptosBackend {
    /// What stands at a version.
    pub(super) fn show(
        &self,
        snapshot: &Snapshot,
        version: u64,
        place: VersionPlace,
        block: &Block,
        receipts: &[Receipt],
    ) -> Result<Option<Transaction>> {
        let header = &block.header.header;
        let last = u64::try_from(block.transactions.len()).unwrap_or(u64::MAX);
        let index = place.index.and_then(|index| usize::try_from(index).ok());
        let is_last = place
            .index
            .map_or(0, |index| u64::from(index).saturating_add(1))
            == last;
        let state = snapshot.latest_state();
        let mut changes = Vec::new();
        for (key, value) in snapshot.move_changes(version).map_err(of_storage)? {
            changes.extend(change(&state, &key, value.as_ref())?);
        }
        let mut shown = Transaction {
            version,
            hash: named_hash(block.header.hash, version),
            body: TransactionBody::Genesis,
            success: true,
            vm_status: SUCCESS.into(),
            gas_used: 0,
            timestamp_usecs: header.timestamp.saturating_mul(MICROS),
            changes,
            events: Vec::new(),
            state_checkpoint_hash: is_last.then_some(header.state_root.0),
            accumulator_root_hash: named_hash(header.state_root, version),
        };
        match index {
            None if header.number == 0 => shown.events = beginning(snapshot, 0)?,
            None => {
                shown.events = beginning(snapshot, header.number)?;
                shown.body = TransactionBody::BlockMetadata {
                    id: block.header.hash.0,
                    epoch: Self::epoch(snapshot),
                    round: header.number,
                    proposer: address_of(AccountId::from_evm(header.beneficiary)),
                };
            }
            Some(index) => {
                let transaction = block.transactions.get(index);
                let receipt = receipts.get(index);
                let (Some(transaction), Some(receipt)) = (transaction, receipt) else {
                    return Ok(None);
                };
                let base_fee = header.base_fee_per_gas.unwrap_or_default();
                fill(&mut shown, transaction, receipt, base_fee);
            }
        }
        Ok(Some(shown))
    }
}

/// What a block's beginning announced.
fn beginning(snapshot: &Snapshot, block: u64) -> Result<Vec<Event>> {
    let events = snapshot.beginning_events(block);
    let events = events.map_err(crate::aptos::of_storage)?;
    Ok(events.iter().filter_map(event).collect())
}

/// What a transaction is, and what it came to.
fn fill(shown: &mut Transaction, transaction: &ChainTransaction, receipt: &Receipt, base_fee: u64) {
    shown.success = receipt.success;
    shown.events = receipt.events.iter().filter_map(event).collect();
    let of_move = receipt.carried.as_ref().and_then(CarriedReceipt::as_move);
    match (transaction.carried(), of_move) {
        (Some(Carried::Move(inner)), Some(carried)) => {
            shown.body = TransactionBody::User(Arc::new(inner.signed.clone()));
            end(shown, carried);
        }
        _ => {
            shown.hash = transaction.hash().0;
            shown.body = TransactionBody::Foreign(foreign(transaction, Some(base_fee)));
            shown.gas_used = receipt.gas_used.div_ceil(GAS_PER_UNIT);
            if !receipt.success {
                shown.vm_status = failure(receipt);
            }
        }
    }
}

/// How a Move transaction ended.
pub(super) fn end(shown: &mut Transaction, carried: &MoveReceipt) {
    shown.hash = carried.hash.0;
    shown.gas_used = carried.gas_units;
    shown.vm_status.clone_from(&carried.status);
}

/// Why a transaction of another VM has failed.
fn failure(receipt: &Receipt) -> String {
    let of_solana = receipt.carried.as_ref().and_then(CarriedReceipt::as_solana);
    let error = of_solana.and_then(|receipt| receipt.error.as_ref());
    let error = error.and_then(|error| bincode::deserialize::<TransactionError>(error).ok());
    error.map_or_else(|| "execution reverted".into(), |error| error.to_string())
}

/// A transaction of another VM. One of the EVM has, in a block, the price that it paid at the
/// block's base fee.
pub(super) fn foreign(transaction: &ChainTransaction, base_fee: Option<u64>) -> ForeignTransaction {
    let envelope = transaction.envelope();
    if let Some(inner) = transaction.carried().and_then(Carried::as_solana) {
        return ForeignTransaction {
            vm: ForeignVm::Svm,
            sender: address_of(inner.payer),
            nonce: 0,
            to: None,
            value_wei: U256::ZERO,
            input: inner.versioned.message.serialize(),
            max_gas_amount: envelope.gas_limit().div_ceil(GAS_PER_UNIT),
            gas_unit_price: 0,
        };
    }
    let price = envelope.effective_gas_price(base_fee);
    let per_unit = price.saturating_mul(u128::from(GAS_PER_UNIT));
    let octas = per_unit.div_ceil(u128::from(OCTA_WEI));
    ForeignTransaction {
        vm: ForeignVm::Evm,
        sender: address_of(AccountId::from_evm(transaction.sender())),
        nonce: envelope.nonce(),
        to: envelope.to().map(|to| address_of(AccountId::from_evm(to))),
        value_wei: U256::from_limbs(*envelope.value().as_limbs()),
        input: envelope.input().to_vec(),
        max_gas_amount: envelope.gas_limit().div_ceil(GAS_PER_UNIT),
        gas_unit_price: u64::try_from(octas).unwrap_or(u64::MAX),
    }
}

/// An event, unless it is of a VM that this API does not show.
pub(super) fn event(event: &ChainEvent) -> Option<Event> {
    match &event.origin {
        EventOrigin::Move(origin) => Some(Event::Move {
            handle: origin.handle.map(|handle| {
                let creator = address_of(handle.creator);
                (creator, handle.creation_number, handle.sequence_number)
            }),
            tag: origin.type_tag.parse::<TypeTag>().ok()?,
            data: event.log.data.data.to_vec(),
        }),
        EventOrigin::Evm | EventOrigin::Svm => Some(Event::EvmLog {
            address: address_of(AccountId::from_evm(event.log.address)),
            topics: event.log.topics().iter().map(|topic| topic.0).collect(),
            data: event.log.data.data.to_vec(),
        }),
    }
}

/// A change of the state, unless it is of another VM. A balance is shown as the store of the
/// native coin; whose it is, `state` knows, in which it changed or a later one.
pub(super) fn change(
    state: &dyn StateView,
    key: &StateKey,
    value: Option<&Value>,
) -> Result<Option<Change>> {
    let bytes = value.map(|value| value.to_vec());
    Ok(match key {
        StateKey::MoveResource(owner, tag) => Some(Change::Resource {
            address: address_of(*owner),
            tag: struct_tag(tag).ok_or_else(|| malformed("a resource's type"))?,
            value: bytes,
        }),
        StateKey::MoveModule(owner, name) => {
            let name = std::str::from_utf8(name).map_err(|_| malformed("a module's name"))?;
            Some(Change::Module {
                id: ModuleId::new(address_of(*owner), name),
                code: bytes,
            })
        }
        StateKey::Balance(owner) => {
            let link = state.get(&StateKey::Link(*owner)).map_err(of_fault)?;
            let id = link.and_then(|link| link.as_hash()).map(AccountId);
            let address = address_of(id.unwrap_or_else(|| AccountId::from_evm(*owner)));
            let wei = value.and_then(Value::as_word).unwrap_or_default();
            Some(Change::Resource {
                address,
                tag: native_coin::shown(),
                value: Some(native_coin::store(address, wei)),
            })
        }
        StateKey::MoveTableItem(handle, key) => Some(Change::TableItem {
            handle: Address(handle.0),
            key: key.to_vec(),
            value: bytes,
            types: None,
        }),
        StateKey::EvmAccount(_)
        | StateKey::EvmStorage(..)
        | StateKey::EvmCode(_)
        | StateKey::Link(_)
        | StateKey::SvmAccount(_)
        | StateKey::SvmMessage(_)
        | StateKey::System(_) => None,
    })
}

/// The struct tag in a resource's key.
pub(super) fn struct_tag(bytes: &[u8]) -> Option<StructTag> {
    StructTag::read(&mut Reader::new(bytes)).ok()
}

/// What names something that has no hash of its own.
fn named_hash(of: B256, version: u64) -> Hash {
    let mut bytes = of.0.to_vec();
    bytes.extend(version.to_le_bytes());
    keccak256(bytes).0
}

/// A failure that no well-formed chain has.
pub(super) fn malformed(what: &str) -> lumio_rpc::aptos::BackendError {
    internal(format!("{what} is malformed"))
}
