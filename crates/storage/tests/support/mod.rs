//! A small chain to commit: blocks whose content follows from their number.
#![allow(dead_code)]

use alloy_consensus::{Header, SignableTransaction, TxLegacy};
use alloy_primitives::{Address, B256, Bytes, Log, Signature, TxKind, U256, keccak256};
use lumio_state::{AccountRecord, StateKey, Value, WriteSet};
use lumio_storage::{
    BlockCommit, Database, NodeChange, Options, Rewind, StorageError, TransactionPlace,
};
use lumio_types::{AccountId, Block, Event, EventOrigin, Receipt, SealedHeader, Transaction};
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
    let transactions = (0..3).map(|index| transfer(number * 3 + index));
    block(parent, number, transactions.collect())
}

/// Commits the next numbered block, or genesis, and returns its number.
pub(crate) fn commit_numbered(database: &Database) -> Result<u64, StorageError> {
    let head = database.head();
    let number = head.map_or(0, |head| head.number + 1);
    let block = numbered_block(head.map_or(B256::ZERO, |head| head.hash), number);
    let commit = BlockCommit {
        block: &block,
        receipts: &[receipt(number), receipt(number), receipt(number)],
        writes: &numbered_writes(number),
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
        vec![receipt(head.number); 3]
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
