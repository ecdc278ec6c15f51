//! Solana transactions by the accounts that they name, and what a block changed: over many blocks,
//! after blocks were undone, and after the database was opened again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use alloy_primitives::B256;
use lumio_state::{StateKey, WriteSet};
use lumio_storage::{BlockCommit, Database, Rewind, Snapshot, StorageError};
use lumio_types::{AccountId, AccountLamports, CarriedReceipt, Lines, Receipt, SolanaReceipt};
use support::{CHAIN, block, options, receipt, transfer, word};

/// More than the layers hold, so that much has been written to the table.
const BLOCKS: u64 = 40;
/// An account that every transaction names, one that every third does, one that nobody does.
const ALL: AccountId = AccountId(B256::repeat_byte(1));
const THIRD: AccountId = AccountId(B256::repeat_byte(2));
const NONE: AccountId = AccountId(B256::repeat_byte(3));

fn solana_receipt(number: u64) -> Receipt {
    let of = |id| AccountLamports {
        id,
        before: 1,
        after: 1,
    };
    let mut accounts = vec![of(ALL)];
    if number.is_multiple_of(3) {
        accounts.push(of(THIRD));
    }
    let mut receipt = receipt(number);
    receipt.carried = Some(CarriedReceipt::Solana(Box::new(SolanaReceipt {
        signature: [7; 64],
        payer: ALL,
        error: None,
        fee: 5000,
        compute_units: 150,
        logs: Lines::default(),
        inner_instructions: Vec::new(),
        return_data: None,
        loaded_writable: 0,
        loaded_readonly: 0,
        tokens_before: Vec::new(),
        tokens_after: Vec::new(),
        accounts: accounts.into(),
    })));
    receipt
}

fn key(number: u64) -> StateKey {
    StateKey::SvmAccount(AccountId(B256::with_last_byte(number as u8)))
}

/// Commits the next block, whose only transaction names accounts by its number.
fn commit(database: &Database) -> Result<(), StorageError> {
    let head = database.head();
    let number = head.map_or(0, |head| head.number + 1);
    let block = block(
        head.map_or(B256::ZERO, |head| head.hash),
        number,
        vec![transfer(number)],
    );
    let commit = BlockCommit {
        block: &block,
        receipts: &[solana_receipt(number)],
        writes: &WriteSet::from([(key(number), Some(word(number)))]),
        changes: &[WriteSet::new(), WriteSet::new()],
        beginning: &[],
        nodes: &[],
        meta: &[],
        keep: None,
    };
    match head {
        None => database.commit_genesis(CHAIN, &commit),
        Some(_) => database.commit(&commit),
    }
}

/// The version of a block's only transaction: each block has one for its beginning, too.
const fn version(number: u64) -> u64 {
    2 * number + 1
}

/// Versions of the transactions of blocks, newest first.
fn versions(blocks: impl DoubleEndedIterator<Item = u64>) -> Vec<u64> {
    blocks.rev().map(version).collect()
}

fn check(snapshot: &Snapshot, head: u64) {
    let mentions =
        |account, before, after, limit| snapshot.mentions(account, before, after, limit).unwrap();
    let thirds = || (0..=head).filter(|number| number.is_multiple_of(3));
    assert_eq!(mentions(ALL, None, None, 1000), versions(0..=head));
    assert_eq!(
        mentions(THIRD, None, None, 1000),
        versions(thirds().collect::<Vec<_>>().into_iter())
    );
    assert_eq!(mentions(NONE, None, None, 1000), [] as [u64; 0]);
    assert_eq!(mentions(ALL, None, None, 3), versions(head - 2..=head));
    assert_eq!(mentions(ALL, None, None, 0), [] as [u64; 0]);
    for number in [0, 1, head / 2, head - 1, head] {
        let at = version(number);
        assert_eq!(mentions(ALL, Some(at), None, 1000), versions(0..number));
        let later = number + 1..=head;
        assert_eq!(mentions(ALL, None, Some(at), 1000), versions(later));
        let first = versions(number.saturating_sub(2)..number);
        assert_eq!(mentions(ALL, Some(at), None, 2), first);
        assert_eq!(mentions(ALL, Some(at), Some(at), 9), [] as [u64; 0]);
    }
    assert_eq!(mentions(ALL, None, Some(u64::MAX), 9), [] as [u64; 0]);
    assert_eq!(snapshot.keys_changed_in(head).unwrap(), [key(head)]);
    assert_eq!(snapshot.keys_changed_in(head + 1).unwrap(), []);
}

#[test]
fn lists_are_newest_first_between_their_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let mut database = Database::open(folder.path(), options(BLOCKS)).unwrap();
    for _ in 0..BLOCKS {
        commit(&database).unwrap();
    }
    check(&database.snapshot(), BLOCKS - 1);
    drop(database);
    database = Database::open(folder.path(), options(BLOCKS)).unwrap();
    check(&database.snapshot(), BLOCKS - 1);
}

#[test]
fn what_is_undone_is_mentioned_no_more() {
    let database = Database::ephemeral(options(BLOCKS)).unwrap();
    for _ in 0..BLOCKS {
        commit(&database).unwrap();
    }
    let rewind = Rewind {
        state: None,
        meta: &[],
        to: 20,
        nodes: &[],
        edits: WriteSet::new(),
    };
    database.rewind(rewind).unwrap();
    check(&database.snapshot(), 20);
    commit(&database).unwrap();
    check(&database.snapshot(), 21);
}
