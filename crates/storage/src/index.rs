//! What can be found by something else than its place: blocks and transactions by hash,
//! transactions by account, events by handle, Solana transactions by the accounts that they name.
//!
//! Entries are only ever added, and removed when their block is undone. So those of a block follow
//! from the block and its receipts, which is how they are undone.

use crate::{StorageError, TransactionPlace, encode, layout, solana};
use alloy_consensus::Transaction as _;
use lumio_move_transaction::ReplayProtector;
use lumio_types::{
    AccountId, Block, CARRIER, Carried, CarriedReceipt, Event, EventHandle, EventOrigin, Receipt,
    Transaction,
};

/// A key and what is under it.
pub(crate) type IndexEntry = (Vec<u8>, Vec<u8>);

/// What orders a transaction among those of its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountOrder {
    /// The nonce of an Ethereum transaction.
    Nonce(u64),
    /// The sequence number of a Move transaction.
    SequenceNumber(u64),
    /// Nothing: a Move transaction that is unique by this nonce.
    Orderless(u64),
}

/// In place of a transaction's index: the event is of the block's beginning.
pub(crate) const BEGINNING: u32 = u32::MAX;

/// The index entries of a block, in the order of their keys. `beginning` is what its beginning
/// announced, `first` its first version.
pub(crate) fn index_entries(
    block: &Block,
    beginning: &[Event],
    receipts: &[Receipt],
    first: u64,
) -> Result<Vec<IndexEntry>, StorageError> {
    let number = block.number();
    let hash = layout::block_key(block.hash()).to_vec();
    let mut entries = vec![(hash, number.to_le_bytes().to_vec())];
    let mut version = first;
    for (index, transaction) in (0_u32..).zip(&block.transactions) {
        version = version.checked_add(1).ok_or(StorageError::TooLarge)?;
        let place = TransactionPlace {
            block: number,
            index,
        };
        push_transaction(&mut entries, transaction, place, version);
        let receipt = usize::try_from(index).ok().and_then(|at| receipts.get(at));
        let carried = receipt.and_then(|receipt| receipt.carried.as_ref());
        if let Some(receipt) = carried.and_then(CarriedReceipt::as_solana) {
            solana::push_accounts(&mut entries, receipt, version);
        }
    }
    push_events(&mut entries, beginning, number, BEGINNING);
    for (index, receipt) in (0_u32..).zip(receipts) {
        push_events(&mut entries, &receipt.events, number, index);
    }
    // The first of several entries under one key counts: the sort is stable.
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    entries.dedup_by(|(later, _), (earlier, _)| later == earlier);
    Ok(entries)
}

fn push_transaction(
    entries: &mut Vec<IndexEntry>,
    transaction: &Transaction,
    place: TransactionPlace,
    version: u64,
) {
    let at = encode::place(place).to_vec();
    let key = layout::transaction_key(transaction.hash());
    entries.push((key.to_vec(), at.clone()));
    if let Some(Carried::Solana(inner)) = transaction.carried() {
        entries.push((layout::transaction_key(inner.hash).to_vec(), at.clone()));
    }
    if let Some(Carried::Move(inner)) = transaction.carried() {
        entries.push((layout::transaction_key(inner.hash).to_vec(), at));
        let account = AccountId(inner.sender.address.0.into());
        let order = match inner.signed.raw.replay_protector() {
            ReplayProtector::SequenceNumber(number) => {
                let key = layout::sequence_key(account, number);
                entries.push((key.to_vec(), version.to_le_bytes().to_vec()));
                AccountOrder::SequenceNumber(number)
            }
            ReplayProtector::Nonce(nonce) => AccountOrder::Orderless(nonce),
        };
        let key = layout::account_key(account, version);
        entries.push((key.to_vec(), encode::order(order).to_vec()));
    }
    let sender = transaction.sender();
    if sender != CARRIER {
        let key = layout::account_key(AccountId::from_evm(sender), version);
        let order = AccountOrder::Nonce(transaction.envelope().nonce());
        entries.push((key.to_vec(), encode::order(order).to_vec()));
    }
}

fn push_events(entries: &mut Vec<IndexEntry>, events: &[Event], block: u64, index: u32) {
    let place = TransactionPlace { block, index };
    for (number, event) in (0_u32..).zip(events) {
        if let EventOrigin::Move(origin) = &event.origin
            && let Some(handle) = &origin.handle
        {
            let key = layout::event_key(handle).to_vec();
            entries.push((key, encode::event_place(place, number).to_vec()));
        }
    }
}

/// What the keys of all events of a handle begin with.
pub(crate) fn handle_prefix(creator: AccountId, creation_number: u64) -> Vec<u8> {
    let key = layout::event_key(&EventHandle {
        creator,
        creation_number,
        sequence_number: 0,
    });
    key.get(..layout::HANDLE_PREFIX)
        .unwrap_or_default()
        .to_vec()
}
