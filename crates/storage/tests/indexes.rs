//! What is found by version, account, handle and hash, over many blocks, after blocks were undone,
//! and after the database was opened again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use alloy_primitives::B256;
use lumio_state::WriteSet;
use lumio_storage::{AccountOrder, BlockCommit, Database};
use lumio_types::AccountId;
use support::{
    HANDLE, MOVER, block, carrier, check_indexes, check_numbered, commit_numbered, inner_hash,
    move_receipt, options, rewind_numbered,
};

/// More than the layers hold, so that much has been written to the table.
const BLOCKS: u64 = 40;

fn numbered(database: &Database) {
    for _ in 0..BLOCKS {
        commit_numbered(database).unwrap();
    }
}

#[test]
fn every_version_is_one_place_and_every_place_one_version() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(folder.path(), options(4)).unwrap();
    assert_eq!(database.snapshot().latest_version().unwrap(), None);
    assert_eq!(database.snapshot().place_of_version(0).unwrap(), None);
    numbered(&database);
    for number in 0..BLOCKS {
        check_indexes(&database.snapshot(), number);
    }
    drop(database);
    let database = Database::open(folder.path(), options(4)).unwrap();
    for number in 0..BLOCKS {
        check_indexes(&database.snapshot(), number);
    }
}

#[test]
fn lists_begin_where_they_should_and_end_at_the_limit() {
    let database = Database::ephemeral(options(4)).unwrap();
    numbered(&database);
    let snapshot = database.snapshot();
    let numbers = |start, limit| -> Vec<u64> {
        let found = snapshot.versions_of_account(MOVER, start, limit).unwrap();
        found.iter().map(|found| found.sequence_number).collect()
    };
    assert_eq!(numbers(Some(5), 3), [5, 6, 7]);
    assert_eq!(numbers(Some(0), 1), [0]);
    assert_eq!(numbers(Some(BLOCKS - 2), 9), [BLOCKS - 2, BLOCKS - 1]);
    assert_eq!(numbers(None, 3), [BLOCKS - 3, BLOCKS - 2, BLOCKS - 1]);
    assert_eq!(numbers(None, 0), [] as [u64; 0]);
    assert_eq!(numbers(Some(BLOCKS), 9), [] as [u64; 0]);
    // The last ones when they lie both in the table and in the layers.
    let all: Vec<u64> = (0..BLOCKS).collect();
    assert_eq!(numbers(None, 1000), all);
    assert_eq!(numbers(Some(0), 1000), all);
    let events = |start, limit| -> Vec<u64> {
        let found = snapshot.handle_events(MOVER, HANDLE, start, limit).unwrap();
        found.iter().map(|found| found.sequence_number).collect()
    };
    assert_eq!(events(None, 2), [BLOCKS - 2, BLOCKS - 1]);
    assert_eq!(events(Some(1), 2), [1, 2]);
    let other = snapshot.handle_events(MOVER, HANDLE - 1, None, 9).unwrap();
    assert!(other.is_empty());
    let stranger = AccountId(B256::repeat_byte(9));
    let none = snapshot.versions_of_account(stranger, None, 9).unwrap();
    assert!(none.is_empty());
}

#[test]
fn what_is_undone_is_in_no_index() {
    let folder = tempfile::tempdir().unwrap();
    let mut database = Database::open(folder.path(), options(BLOCKS)).unwrap();
    numbered(&database);
    rewind_numbered(&database, 20);
    for reopened in [false, true] {
        if reopened {
            drop(database);
            database = Database::open(folder.path(), options(BLOCKS)).unwrap();
        }
        assert_eq!(check_numbered(&database), 20);
        let snapshot = database.snapshot();
        for number in 0..=20 {
            check_indexes(&snapshot, number);
        }
        for gone in 21..BLOCKS {
            let inner = inner_hash(&carrier(gone, false));
            assert_eq!(snapshot.place_of(inner).unwrap(), None);
            assert_eq!(snapshot.version_range(gone).unwrap(), None);
        }
        let last = snapshot.versions_of_account(MOVER, None, 1).unwrap();
        assert_eq!(last[0].sequence_number, 20);
    }
    // Other blocks take the versions of those that are gone.
    for number in 21..30 {
        assert_eq!(commit_numbered(&database).unwrap(), number);
        check_indexes(&database.snapshot(), number);
    }
}

#[test]
fn an_orderless_transaction_is_listed_without_a_sequence_number() {
    let database = Database::ephemeral(options(4)).unwrap();
    commit_numbered(&database).unwrap();
    let orderless = carrier(77, true);
    let head = database.head().unwrap();
    database
        .commit(&BlockCommit {
            block: &block(head.hash, 1, vec![orderless.clone()]),
            receipts: &[move_receipt(1)],
            writes: &WriteSet::new(),
            changes: &[],
            beginning: &[],
            nodes: &[],
            meta: &[],
            keep: None,
        })
        .unwrap();
    let snapshot = database.snapshot();
    let numbered = snapshot.versions_of_account(MOVER, None, 9).unwrap();
    assert_eq!(numbered.len(), 1, "that of genesis: {numbered:?}");
    let all = snapshot.transactions_of_account(MOVER, None, 9).unwrap();
    let orders: Vec<_> = all.iter().map(|found| found.order).collect();
    let expected = [AccountOrder::SequenceNumber(0), AccountOrder::Orderless(77)];
    assert_eq!(orders, expected);
    assert_eq!(all[1].version, 5);
    let place = snapshot.place_of(inner_hash(&orderless)).unwrap().unwrap();
    assert_eq!((place.block, place.index), (1, 0));
    assert_eq!(snapshot.place_of(orderless.hash()).unwrap(), Some(place));
}
