//! Reads a block from the node in the form in which the index is made from it:
//! values as JSON, types as text. Needs no lock of the tables.

use super::{
    super::{
        backend::{Block, Change, Event, ForeignTransaction, Result, Transaction, TransactionBody},
        convert::event_json,
        module_cache::ModuleCache,
        payload::foreign_call,
        signatures::signature_json,
        table_types::TableTypes,
        types::Types,
    },
    backend::{IndexBackend, account_of, contract_tag},
    store::Tip,
};
use lumio_move_engine::{Address, StructTag, TypeTag};
use lumio_move_transaction::{ExecutableRef, SignedTransaction, TransactionAuthenticator};
use serde_json::Value;

/// The topic of `Transfer(address,address,uint256)`.
const TRANSFER: [u8; 32] = [
    0xdd, 0xf2, 0x52, 0xad, 0x1b, 0xe2, 0xc8, 0x9b, 0x69, 0xc2, 0xb0, 0x68, 0xfc, 0x37, 0x8d, 0xaa,
    0x95, 0x2b, 0xa7, 0xf1, 0x63, 0xc4, 0xa1, 0x16, 0x28, 0xf5, 0x5a, 0x4d, 0xf5, 0x23, 0xb3, 0xef,
];

/// `0x1::erc20::vault`.
const VAULT: Address = Address(*b"lumio/erc20/vault\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");

/// A block with its transactions.
pub(super) struct ReadBlock {
    pub(super) tip: Tip,
    pub(super) epoch: u64,
    pub(super) transactions: Vec<ReadTransaction>,
}

/// What the index needs of a transaction.
pub(super) struct ReadTransaction {
    pub(super) version: u64,
    pub(super) success: bool,
    pub(super) gas_used: u64,
    pub(super) request: Option<Request>,
    pub(super) resources: Vec<Resource>,
    pub(super) items: Vec<Item>,
    pub(super) events: Vec<ReadEvent>,
}

/// What somebody asked for; blocks begin with transactions that nobody sent.
pub(super) struct Request {
    pub(super) sender: Address,
    /// Other signers, and the target of another VM's transaction.
    pub(super) others: Vec<Address>,
    pub(super) fee_payer: Option<Address>,
    pub(super) sequence_number: u64,
    pub(super) function: Option<String>,
    pub(super) signature: String,
    pub(super) max_gas_amount: u64,
    pub(super) gas_unit_price: u64,
    pub(super) expiration_secs: u64,
}

/// A resource that was written, or is gone.
pub(super) struct Resource {
    pub(super) address: Address,
    pub(super) tag: StructTag,
    /// None if it is gone. Null if the index does not look at the type.
    pub(super) value: Option<Value>,
}

/// A table's item that was written, or is gone.
pub(super) struct Item {
    /// Its number among the transaction's changes.
    pub(super) place: usize,
    pub(super) handle: Address,
    pub(super) key: Vec<u8>,
    /// Types of keys and values, and both as JSON, if the types are known.
    pub(super) typed: Option<(String, String, Value, Option<Value>)>,
}

/// An event of any VM.
pub(super) struct ReadEvent {
    /// Whose handle; the zero address if there is none.
    pub(super) account: Address,
    pub(super) creation_number: u64,
    pub(super) sequence_number: u64,
    pub(super) kind: String,
    pub(super) data: Value,
    /// Of a `Transfer` of an ERC-20 contract that has an asset: the contract, and whose balances have
    /// changed.
    pub(super) moved: Option<(Address, Vec<Address>)>,
}

/// The native coin has two names; clients know this one.
pub(super) fn shown_type(name: &str) -> String {
    name.replace("0x1::native_coin::NativeCoin", "0x1::aptos_coin::AptosCoin")
}

/// Reads a block; none if the chain has changed meanwhile.
pub(super) fn read_block(
    backend: &dyn IndexBackend,
    cache: &ModuleCache,
    tables: &TableTypes,
    block: &Block,
) -> Result<Option<ReadBlock>> {
    let info = backend.info();
    // Types of modules that were published stay, so the newest state knows all.
    let mut types = Types::new(backend.state(info.version)?, info.version, cache, tables);
    let mut transactions = Vec::new();
    for version in block.first_version..=block.last_version {
        let Some(transaction) = backend.transaction(version)? else {
            return Ok(None);
        };
        types.learn(&transaction)?;
        transactions.push(read_transaction(&mut types, &transaction)?);
    }
    if backend.block(block.height)?.as_ref() != Some(block) {
        return Ok(None);
    }
    Ok(Some(ReadBlock {
        tip: Tip {
            height: block.height,
            hash: block.hash,
            version: block.last_version,
            timestamp_usecs: block.timestamp_usecs,
        },
        epoch: info.epoch,
        transactions,
    }))
}

fn read_transaction(types: &mut Types<'_>, transaction: &Transaction) -> Result<ReadTransaction> {
    let mut resources = Vec::new();
    let mut items = Vec::new();
    for (place, change) in transaction.changes.iter().enumerate() {
        match change {
            Change::Resource {
                address,
                tag,
                value,
            } => {
                let value = match value {
                    Some(bcs) if is_indexed(tag) => {
                        let tag = TypeTag::Struct(Box::new(tag.clone()));
                        Some(types.show(&tag, bcs)?.unwrap_or(Value::Null))
                    }
                    Some(_) => Some(Value::Null),
                    None => None,
                };
                resources.push(Resource {
                    address: *address,
                    tag: tag.clone(),
                    value,
                });
            }
            Change::TableItem {
                handle,
                key,
                value,
                types: _,
            } => {
                let typed = match types.of_table(handle).as_deref() {
                    Some((key_type, value_type)) => {
                        let shown = match value {
                            Some(bcs) => types.show(value_type, bcs)?,
                            None => None,
                        };
                        let key = types.show(key_type, key)?.unwrap_or(Value::Null);
                        let names = (key_type.to_string(), value_type.to_string());
                        Some((shown_type(&names.0), shown_type(&names.1), key, shown))
                    }
                    None => None,
                };
                items.push(Item {
                    place,
                    handle: *handle,
                    key: key.clone(),
                    typed,
                });
            }
            Change::Module { .. } => {}
        }
    }
    let mut events = Vec::new();
    for event in &transaction.events {
        events.push(read_event(types, event)?);
    }
    Ok(ReadTransaction {
        version: transaction.version,
        success: transaction.success,
        gas_used: transaction.gas_used,
        request: match &transaction.body {
            TransactionBody::User(signed) => Some(request(signed)),
            TransactionBody::Foreign(foreign) => Some(foreign_request(foreign)),
            TransactionBody::Genesis
            | TransactionBody::BlockMetadata { .. }
            | TransactionBody::StateCheckpoint => None,
        },
        resources,
        items,
        events,
    })
}

/// Whether the index looks into resources of a type.
fn is_indexed(tag: &StructTag) -> bool {
    let module = tag.module.name.as_str();
    if tag.module.address == Address::ONE {
        return match module {
            "object" | "fungible_asset" | "faces" => true,
            "coin" => tag.name == "CoinStore" || tag.name == "CoinInfo",
            _ => false,
        };
    }
    tag.module.address == Address::small(4)
        || (tag.module.address == Address::small(3) && module == "token")
}

fn read_event(types: &mut Types<'_>, event: &Event) -> Result<ReadEvent> {
    let (handle, kind) = match event {
        Event::Move { handle, tag, .. } => (*handle, Some(tag.to_string())),
        Event::EvmLog { .. } => (None, None),
    };
    // The same words as the REST API has for it.
    let mut shown = event_json(types, event).map_err(|error| {
        super::super::backend::BackendError::Internal(format!("an event: {error}"))
    })?;
    let kind = kind.unwrap_or_else(|| {
        let kind = shown.get("type").and_then(Value::as_str);
        kind.unwrap_or_default().to_owned()
    });
    let (account, creation_number, sequence_number) = handle.unwrap_or_default();
    Ok(ReadEvent {
        account,
        creation_number,
        sequence_number,
        kind: shown_type(&kind),
        data: shown.remove("data").unwrap_or(Value::Null),
        moved: moved(types, event)?,
    })
}

/// The holders that a log of the EVM is about. An asset in flight is nobody's.
fn moved(types: &mut Types<'_>, event: &Event) -> Result<Option<(Address, Vec<Address>)>> {
    let Event::EvmLog {
        address, topics, ..
    } = event
    else {
        return Ok(None);
    };
    let [topic, parties @ ..] = topics.as_slice() else {
        return Ok(None);
    };
    if *topic != TRANSFER || parties.len() != 2 {
        return Ok(None);
    }
    let state = &mut *types.state;
    if state.resource(*address, &contract_tag())?.is_none() {
        return Ok(None);
    }
    let mut accounts = Vec::new();
    for party in parties {
        let evm_address = party.last_chunk::<20>();
        if let Some(evm_address) = evm_address.filter(|it| **it != [0; 20])
            && let Some(account) = account_of(state, evm_address)?
            && account != VAULT
        {
            accounts.push(account);
        }
    }
    Ok(Some((*address, accounts)))
}

fn request(signed: &SignedTransaction) -> Request {
    let raw = &signed.raw;
    let function = match raw.payload.executable() {
        ExecutableRef::EntryFunction(call) => Some(format!("{}::{}", call.module, call.function)),
        ExecutableRef::Script(_) | ExecutableRef::Empty => None,
    };
    let (others, fee_payer) = match &signed.authenticator {
        TransactionAuthenticator::MultiAgent {
            secondary_addresses,
            ..
        } => (secondary_addresses.clone(), None),
        TransactionAuthenticator::FeePayer {
            secondary_addresses,
            fee_payer_address,
            ..
        } => (secondary_addresses.clone(), Some(*fee_payer_address)),
        TransactionAuthenticator::Ed25519 { .. }
        | TransactionAuthenticator::MultiEd25519 { .. }
        | TransactionAuthenticator::SingleSender(_) => (Vec::new(), None),
    };
    let signature = signature_json(&signed.authenticator);
    let signature = signature.get("type").and_then(Value::as_str);
    Request {
        sender: raw.sender,
        others,
        fee_payer,
        sequence_number: raw.sequence_number,
        function,
        signature: signature.unwrap_or_default().to_owned(),
        max_gas_amount: raw.max_gas_amount,
        gas_unit_price: raw.gas_unit_price,
        expiration_secs: raw.expiration_timestamp_secs,
    }
}

fn foreign_request(foreign: &ForeignTransaction) -> Request {
    let (call, _) = foreign_call(foreign);
    Request {
        sender: foreign.sender,
        others: foreign.to.into_iter().collect(),
        fee_payer: None,
        sequence_number: foreign.nonce,
        function: Some(format!("{}::{}", call.module, call.function)),
        signature: "foreign_signature".to_owned(),
        max_gas_amount: foreign.max_gas_amount,
        gas_unit_price: foreign.gas_unit_price,
        expiration_secs: u64::MAX,
    }
}
