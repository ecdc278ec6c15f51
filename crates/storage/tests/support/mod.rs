//! A small chain to commit: blocks whose content follows from their number.
#![allow(dead_code)]

use alloy_consensus::{Header, SignableTransaction, TxLegacy};
use alloy_primitives::{Address, B256, Bytes, Log, Signature, TxKind, U256, keccak256};
use lumio_move_engine::{Address as MoveAddress, ModuleId};
use lumio_move_transaction::{
    Bcs, Ed25519PublicKey, Ed25519Signature, EntryFunction, Executable, ExtraConfig,
    OrderlessPayload, RawTransaction, SignedTransaction, TransactionAuthenticator,
    TransactionPayload,
};
use lumio_state::{AccountRecord, StateKey, Value, WriteSet};
use lumio_storage::{
    AccountOrder, AccountTransaction, AccountVersion, BlockCommit, Database, HandleEvent,
    NodeChange, Options, Rewind, Snapshot, StorageError, TransactionPlace, VersionPlace,
};
use lumio_types::{
    AccountId, Block, CARRIER, CarriedReceipt, Event, EventHandle, EventOrigin, MOVE_MAGIC,
    MoveEvent, MoveReceipt, Receipt, SealedHeader, Transaction,
};
use op_alloy_consensus::{OpTxEnvelope, OpTxType};

pub(crate) const CHAIN: u64 = 901;

pub(crate) fn options(history_blocks: u64) -> Options {
    Options {
        history_blocks,
        page_cache_bytes: 16 << 20,
        value_cache_bytes: 1 << 20,
        recent_bytes: 1 << 20,
    }
}

pub(crate) fn address(seed: u64) -> Address {
    Address::from_word(keccak256(seed.to_be_bytes()))
}

pub(crate) fn word(value: u64) -> Value {
    Value::word(U256::from(value))
}

pub(crate) fn block(parent: B256, number: u64, transactions: Vec<Transaction>) -> Block {
    let header = Header {
        parent_hash: parent,
        number,
        extra_data: Bytes::from_static(b"lumio"),
        ..Header::default()
    };
    Block {
        header: SealedHeader::new(header),
        transactions,
    }
}

pub(crate) fn transfer(nonce: u64) -> Transaction {
    let unsigned = TxLegacy {
        chain_id: Some(CHAIN),
        nonce,
        gas_price: 7,
        gas_limit: 21_000,
        to: TxKind::Call(address(nonce)),
        value: U256::from(nonce),
        input: Bytes::new(),
    };
    let signature = Signature::new(U256::from(nonce) + U256::from(1), U256::from(2), true);
    let envelope = OpTxEnvelope::Legacy(unsigned.into_signed(signature));
    Transaction::trusted(envelope, address(nonce))
}

pub(crate) fn receipt(number: u64) -> Receipt {
    let log = Log::new_unchecked(
        address(number),
        vec![B256::from(U256::from(number))],
        Bytes::from(number.to_be_bytes().to_vec()),
    );
    Receipt {
        tx_type: OpTxType::Legacy,
        success: true,
        gas_used: 21_000,
        cumulative_gas_used: 21_000,
        events: vec![Event {
            origin: EventOrigin::Evm,
            log,
        }],
        contract_address: None,
        deposit_nonce: None,
        carried: None,
    }
}

/// Who sends the Move transactions of numbered blocks.
pub(crate) const MOVER: AccountId = AccountId(B256::repeat_byte(0x4d));
/// The number of the handle whose events numbered blocks emit.
pub(crate) const HANDLE: u64 = 2;

/// A Move transaction in a carrier: with a sequence number, or with a nonce instead.
pub(crate) fn carrier(number: u64, is_orderless: bool) -> Transaction {
    let call = EntryFunction {
        module: ModuleId::new(MoveAddress::ONE, "account"),
        function: "create_account".into(),
        type_arguments: Vec::new(),
        arguments: Vec::new(),
    };
    let payload = if is_orderless {
        TransactionPayload::Orderless(OrderlessPayload {
            executable: Executable::EntryFunction(call),
            extra: ExtraConfig {
                multisig_address: None,
                replay_protection_nonce: Some(number),
            },
        })
    } else {
        TransactionPayload::EntryFunction(call)
    };
    let signed = SignedTransaction {
        raw: RawTransaction {
            sender: MoveAddress(MOVER.0.0),
            sequence_number: if is_orderless { u64::MAX } else { number },
            payload,
            max_gas_amount: 1,
            gas_unit_price: 1,
            expiration_timestamp_secs: 1,
            chain_id: 4,
        },
        authenticator: TransactionAuthenticator::Ed25519 {
            key: Ed25519PublicKey([1; 32]),
            signature: Ed25519Signature([2; 64]),
        },
    };
    let unsigned = TxLegacy {
        chain_id: Some(CHAIN),
        gas_limit: 21_000,
        to: TxKind::Create,
        input: [MOVE_MAGIC.as_slice(), &signed.to_bytes()].concat().into(),
        ..TxLegacy::default()
    };
    let signature = Signature::new(U256::from(1), U256::from(2), true);
    let envelope = OpTxEnvelope::Legacy(unsigned.into_signed(signature));
    Transaction::trusted(envelope, CARRIER)
}

/// The hash of the transaction that a carrier brings.
pub(crate) fn inner_hash(carrier: &Transaction) -> B256 {
    carrier.carried().unwrap().hash()
}

/// The receipt of a carrier, with an event of a handle.
pub(crate) fn move_receipt(number: u64) -> Receipt {
    let mut receipt = receipt(number);
    let handle = EventHandle {
        creator: MOVER,
        creation_number: HANDLE,
        sequence_number: number,
    };
    let origin = MoveEvent {
        type_tag: "0x1::account::Created".into(),
        handle: Some(handle),
    };
    let mut event = receipt.events[0].clone();
    event.origin = EventOrigin::Move(origin);
    receipt.events.push(event);
    receipt.carried = Some(CarriedReceipt::Move(MoveReceipt {
        hash: inner_hash(&carrier(number, false)),
        sender: MOVER,
        ..MoveReceipt::default()
    }));
    receipt
}

/// The handle of what the beginnings of numbered blocks announce.
pub(crate) const BLOCKS_HANDLE: u64 = 3;

pub(crate) fn beginning_event(number: u64) -> Event {
    let mut event = receipt(number).events[0].clone();
    let handle = EventHandle {
        creator: MOVER,
        creation_number: BLOCKS_HANDLE,
        sequence_number: number,
    };
    let origin = MoveEvent {
        type_tag: "0x1::block::NewBlockEvent".into(),
        handle: Some(handle),
    };
    event.origin = EventOrigin::Move(origin);
    event
}

pub(crate) fn numbered_receipts(number: u64) -> Vec<Receipt> {
    vec![receipt(number), receipt(number), move_receipt(number)]
}

/// What the beginning and the transactions of a numbered block changed.
pub(crate) fn numbered_changes(number: u64) -> Vec<WriteSet> {
    let change = |name: &'static [u8], value| {
        let key = StateKey::MoveResource(MOVER, Bytes::from_static(name));
        WriteSet::from([(key, value)])
    };
    vec![
        change(b"clock", Some(word(number))),
        WriteSet::new(),
        WriteSet::new(),
        change(b"account", number.is_multiple_of(2).then(|| word(number))),
    ]
}

/// Keys of every VM that every numbered block writes.
fn shared_keys() -> Vec<StateKey> {
    let mut keys: Vec<StateKey> = (0..20)
        .map(|seed| StateKey::Balance(address(seed)))
        .collect();
    keys.push(StateKey::EvmStorage(address(0), U256::from(3)));
    keys.push(StateKey::MoveResource(
        AccountId(B256::repeat_byte(7)),
        Bytes::from_static(b"0x1::coin::Coin"),
    ));
    keys.push(StateKey::SvmAccount(AccountId(B256::repeat_byte(8))));
    keys.push(StateKey::SvmMessage(B256::repeat_byte(9)));
    keys.push(StateKey::System(Bytes::from_static(b"blockhashes")));
    keys
}

/// What numbered block `number` writes: its number under the shared keys, one
/// new record, and every other block one deletion.
pub(crate) fn numbered_writes(number: u64) -> WriteSet {
    let mut writes: WriteSet = shared_keys()
        .into_iter()
        .map(|key| (key, Some(word(number))))
        .collect();
    let record = AccountRecord {
        nonce: number,
        ..AccountRecord::default()
    };
    writes.insert(StateKey::EvmAccount(address(number)), Some(record.encode()));
    if number.is_multiple_of(2) && number > 0 {
        writes.insert(StateKey::EvmAccount(address(number - 1)), None);
    }
    writes
}

fn numbered_nodes(number: u64) -> Vec<NodeChange> {
    let node = |owner, path: Vec<u8>| NodeChange {
        owner,
        path,
        node: Some(Bytes::from(number.to_be_bytes().to_vec())),
    };
    vec![
        node(None, vec![]),
        node(Some(B256::repeat_byte(1)), vec![1, 2]),
        node(None, vec![(number % 16) as u8]),
    ]
}

pub(crate) fn numbered_block(parent: B256, number: u64) -> Block {
    let transfers = (0..2).map(|index| transfer(number * 3 + index));
    let transactions = transfers.chain([carrier(number, false)]).collect();
    block(parent, number, transactions)
}

/// Commits the next numbered block, or genesis, and returns its number.
pub(crate) fn commit_numbered(database: &Database) -> Result<u64, StorageError> {
    let head = database.head();
    let number = head.map_or(0, |head| head.number + 1);
    let block = numbered_block(head.map_or(B256::ZERO, |head| head.hash), number);
    let commit = BlockCommit {
        block: &block,
        receipts: &numbered_receipts(number),
        writes: &numbered_writes(number),
        changes: &numbered_changes(number),
        beginning: &[beginning_event(number)],
        nodes: &numbered_nodes(number),
        meta: &[],
        keep: None,
    };
    match head {
        None => database.commit_genesis(CHAIN, &commit)?,
        Some(_) => database.commit(&commit)?,
    }
    Ok(number)
}

/// Goes back to an earlier numbered block.
pub(crate) fn rewind_numbered(database: &Database, to: u64) {
    let head = database.head().unwrap().number;
    let mut nodes = numbered_nodes(to);
    for gone in to + 1..=head {
        let before = (0..=to).rev().find(|number| number % 16 == gone % 16);
        nodes.push(NodeChange {
            owner: None,
            path: vec![(gone % 16) as u8],
            node: before.map(|number| Bytes::from(number.to_be_bytes().to_vec())),
        });
    }
    let rewind = Rewind {
        state: None,
        meta: &[],
        to,
        nodes: &nodes,
        edits: WriteSet::new(),
    };
    database.rewind(rewind).unwrap();
}

/// Checks that everything about the head of a numbered chain is there and
/// belongs to one block, and that its recent past can be read.
pub(crate) fn check_numbered(database: &Database) -> u64 {
    let snapshot = database.snapshot();
    let head = snapshot.head().unwrap();
    let block = snapshot.block(head.number).unwrap().unwrap();
    assert_eq!(
        block,
        numbered_block(block.header.header.parent_hash, head.number)
    );
    assert_eq!(block.hash(), head.hash);
    assert_eq!(snapshot.number_of(head.hash).unwrap(), Some(head.number));
    assert_eq!(
        snapshot.receipts(head.number).unwrap().unwrap(),
        numbered_receipts(head.number)
    );
    for (index, transaction) in (0..).zip(&block.transactions) {
        let place = TransactionPlace {
            block: head.number,
            index,
        };
        assert_eq!(snapshot.place_of(transaction.hash()).unwrap(), Some(place));
        assert_eq!(
            snapshot.transaction(place).unwrap().as_ref(),
            Some(transaction)
        );
        let (_, first_log) = snapshot.receipt(place).unwrap().unwrap();
        assert_eq!(first_log, u64::from(index));
    }
    check_indexes(&snapshot, head.number);
    for node in numbered_nodes(head.number) {
        assert_eq!(snapshot.node(node.owner, &node.path).unwrap(), node.node);
    }
    assert!(snapshot.block(head.number + 1).unwrap().is_none());
    assert!(
        snapshot
            .place_of(transfer((head.number + 1) * 3).hash())
            .unwrap()
            .is_none()
    );
    for number in [
        head.number,
        head.number.saturating_sub(1),
        snapshot.oldest_state(),
    ] {
        let view = snapshot.state_at(number).unwrap();
        for (key, value) in numbered_writes(number) {
            assert_eq!(view.value(&key).unwrap(), value, "{key:?} at {number}");
        }
        let newer = StateKey::EvmAccount(address(number + 1));
        assert_eq!(view.value(&newer).unwrap(), None, "{newer:?} at {number}");
    }
    head.number
}

/// Checks what the indexes say about a numbered block and about none after the head.
pub(crate) fn check_indexes(snapshot: &Snapshot, number: u64) {
    let (first, last) = (4 * number, 4 * number + 3);
    assert_eq!(snapshot.version_range(number).unwrap(), Some((first, last)));
    for version in first..=last {
        let index = version.checked_sub(first + 1).map(|index| index as u32);
        let place = VersionPlace {
            block: number,
            index,
        };
        assert_eq!(snapshot.place_of_version(version).unwrap(), Some(place));
        let changes: Vec<_> = numbered_changes(number)[(version - first) as usize]
            .clone()
            .into_iter()
            .collect();
        assert_eq!(snapshot.move_changes(version).unwrap(), changes);
    }
    let place = TransactionPlace {
        block: number,
        index: 2,
    };
    assert_eq!(snapshot.version_of(place).unwrap(), Some(last));
    let hash = inner_hash(&carrier(number, false));
    assert_eq!(snapshot.place_of(hash).unwrap(), Some(place));

    let of_mover = snapshot.versions_of_account(MOVER, Some(number), 1);
    let expected = AccountVersion {
        sequence_number: number,
        version: last,
    };
    assert_eq!(of_mover.unwrap(), [expected]);
    let sender = AccountId::from_evm(address(number * 3));
    let of_sender = snapshot.transactions_of_account(sender, Some(first), 1);
    let expected = AccountTransaction {
        version: first + 1,
        order: AccountOrder::Nonce(number * 3),
    };
    assert_eq!(of_sender.unwrap(), [expected]);
    let events = snapshot.handle_events(MOVER, HANDLE, Some(number), 1);
    let expected = HandleEvent {
        version: last,
        sequence_number: number,
        event: move_receipt(number).events[1].clone(),
    };
    assert_eq!(events.unwrap(), [expected]);

    let event = beginning_event(number);
    assert_eq!(
        snapshot.beginning_events(number).unwrap(),
        std::slice::from_ref(&event)
    );
    let events = snapshot.handle_events(MOVER, BLOCKS_HANDLE, Some(number), 1);
    let expected = HandleEvent {
        version: first,
        sequence_number: number,
        event,
    };
    assert_eq!(events.unwrap(), [expected]);

    let head = snapshot.head().unwrap().number;
    let end = 4 * head + 3;
    assert_eq!(snapshot.latest_version().unwrap(), Some(end));
    assert_eq!(snapshot.place_of_version(end + 1).unwrap(), None);
    assert!(snapshot.move_changes(end + 1).unwrap().is_empty());
    assert_eq!(snapshot.version_range(head + 1).unwrap(), None);
    let next = head + 1;
    let hash = inner_hash(&carrier(next, false));
    assert_eq!(snapshot.place_of(hash).unwrap(), None);
    let none = snapshot.versions_of_account(MOVER, Some(next), 9).unwrap();
    assert!(none.is_empty(), "{none:?}");
    let none = snapshot.transactions_of_account(MOVER, Some(end + 1), 9);
    assert!(none.unwrap().is_empty());
    for handle in [HANDLE, BLOCKS_HANDLE] {
        let none = snapshot.handle_events(MOVER, handle, Some(next), 9);
        assert!(none.unwrap().is_empty());
    }
}
