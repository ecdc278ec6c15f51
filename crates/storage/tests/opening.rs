//! Opening folders: empty, whole, of another format, in use, damaged.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use lumio_state::{StateKey, WriteSet};
use lumio_storage::{BlockCommit, Database, Identity, StorageError};
use redb::{ReadableDatabase, ReadableTable};
use std::{
    fs::{self, OpenOptions},
    io::{Seek, SeekFrom, Write},
    path::Path,
};
use support::{CHAIN, address, block, commit_numbered, options, word};

fn fill(folder: &Path, blocks: u64) {
    let database = Database::open(folder, options(10)).unwrap();
    for _ in 0..blocks {
        commit_numbered(&database).unwrap();
    }
}

fn data_file(folder: &Path) -> std::path::PathBuf {
    folder.join("chain.redb")
}

fn error_of(folder: &Path) -> StorageError {
    Database::open(folder, options(10)).expect_err("the folder must be refused")
}

#[test]
fn what_was_committed_is_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("not/there/yet");
    fill(&deep, 15);
    let database = Database::open(&deep, options(10)).unwrap();
    assert_eq!(support::check_numbered(&database), 14);
    let identity = Identity {
        chain_id: CHAIN,
        genesis_hash: database.snapshot().header(0).unwrap().unwrap().hash,
    };
    assert_eq!(database.snapshot().identity().unwrap(), Some(identity));
    database.require_chain(CHAIN).unwrap();
    let other = database.require_chain(1).unwrap_err().to_string();
    assert!(other.contains("chain 901, not chain 1"), "{other}");
}

#[test]
fn edits_and_metadata_survive_and_a_block_clears_the_edits() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path(), 3);
    let key = StateKey::Balance(address(1));
    let removed = StateKey::Balance(address(2));
    let edits: WriteSet = [(key.clone(), Some(word(77))), (removed.clone(), None)].into();
    let database = Database::open(folder.path(), options(10)).unwrap();
    let before = database.snapshot();
    database.set_edits(edits.clone()).unwrap();
    database.set_meta("time offset", Some(b"12")).unwrap();
    drop((before, database));

    let database = Database::open(folder.path(), options(10)).unwrap();
    let snapshot = database.snapshot();
    assert_eq!(*snapshot.edits(), edits);
    assert_eq!(snapshot.meta("time offset").unwrap().unwrap(), b"12");
    let latest = snapshot.latest_state();
    assert_eq!(latest.value(&key).unwrap(), Some(word(77)));
    assert_eq!(latest.value(&removed).unwrap(), None);
    let head = snapshot.state_at(2).unwrap();
    assert_eq!(head.value(&key).unwrap(), Some(word(2)));

    commit_numbered(&database).unwrap();
    database.set_meta("time offset", None).unwrap();
    assert!(database.snapshot().edits().is_empty());
    drop((snapshot, latest, head, database));
    let database = Database::open(folder.path(), options(10)).unwrap();
    assert!(database.snapshot().edits().is_empty());
    assert_eq!(database.snapshot().meta("time offset").unwrap(), None);
    assert_eq!(support::check_numbered(&database), 3);
}

#[test]
fn what_no_reader_needs_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path(), 400);
    let engine = redb::Database::open(data_file(folder.path())).unwrap();
    let transaction = engine.begin_read().unwrap();
    for (name, most) in [("journal", 256), ("diffs", 10)] {
        let table = redb::TableDefinition::<u64, &[u8]>::new(name);
        let numbers: Vec<u64> = transaction
            .open_table(table)
            .unwrap()
            .iter()
            .unwrap()
            .map(|entry| entry.unwrap().0.value())
            .collect();
        assert!(numbers.len() <= most, "{name} keeps {numbers:?}");
        assert_eq!(numbers.last(), Some(&399), "{name}");
    }
}

#[test]
fn a_block_must_follow_the_head() {
    let database = Database::ephemeral(options(10)).unwrap();
    let commit = |number, parent| {
        let block = block(parent, number, vec![]);
        let commit = BlockCommit {
            block: &block,
            receipts: &[],
            writes: &WriteSet::new(),
            changes: &[],
            beginning: &[],
            nodes: &[],
            meta: &[],
            keep: None,
        };
        match database.head() {
            None => (
                database.commit(&commit),
                database.commit_genesis(CHAIN, &commit),
            ),
            Some(_) => (
                database.commit(&commit),
                database.commit_genesis(1, &commit),
            ),
        }
    };
    let (before, genesis) = commit(0, Default::default());
    assert!(matches!(before, Err(StorageError::NoGenesis)));
    genesis.unwrap();
    let hash = database.head().unwrap().hash;
    for (number, parent) in [(0, hash), (2, hash), (1, Default::default())] {
        let (refused, genesis) = commit(number, parent);
        assert!(matches!(refused, Err(StorageError::NotNext { .. })));
        assert!(matches!(genesis, Err(StorageError::GenesisExists(found)) if found == hash));
        assert_eq!(database.head().unwrap().hash, hash);
    }
    commit(1, hash).0.unwrap();
}

#[test]
fn a_folder_in_use_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(folder.path(), options(10)).unwrap();
    let error = error_of(folder.path());
    assert!(matches!(error, StorageError::Locked { .. }));
    assert!(error.to_string().contains("in use by another process"));
    drop(database);
    Database::open(folder.path(), options(10)).unwrap();
}

#[test]
fn another_format_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path(), 2);
    let engine = redb::Database::open(data_file(folder.path())).unwrap();
    let transaction = engine.begin_write().unwrap();
    let meta = redb::TableDefinition::<&str, &[u8]>::new("meta");
    transaction
        .open_table(meta)
        .unwrap()
        .insert("lumio/format", 99_u32.to_le_bytes().as_slice())
        .unwrap();
    transaction.commit().unwrap();
    drop(engine);
    let error = error_of(folder.path());
    assert!(matches!(error, StorageError::Format { .. }));
    let text = error.to_string();
    let folder_name = folder.path().display().to_string();
    for part in ["format 99", "needs format 6", folder_name.as_str()] {
        assert!(text.contains(part), "{part} is not in: {text}");
    }
}

#[test]
fn a_file_without_our_tables_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(redb::Database::create(data_file(folder.path())).unwrap());
    assert!(matches!(
        error_of(folder.path()),
        StorageError::Format { .. }
    ));
}

#[test]
fn a_truncated_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path(), 20);
    let path = data_file(folder.path());
    let whole = fs::read(&path).unwrap();
    for keep in [0, 1, 100, 4096, 5000, whole.len() / 2, whole.len() - 4096] {
        fs::write(&path, &whole[..keep]).unwrap();
        let error = error_of(folder.path());
        assert!(
            matches!(error, StorageError::Corrupt { .. }),
            "{keep} bytes: {error}"
        );
    }
    fs::write(&path, &whole).unwrap();
    assert!(Database::open(folder.path(), options(10)).is_ok());
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for content in [
        vec![0; 100],
        vec![0; 1 << 20],
        b"not a database ".repeat(5000),
    ] {
        fs::write(data_file(folder.path()), content).unwrap();
        let error = error_of(folder.path());
        assert!(matches!(error, StorageError::Corrupt { .. }), "{error}");
    }
}

#[test]
fn a_damaged_root_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path(), 20);
    let path = data_file(folder.path());
    let whole = fs::read(&path).unwrap();
    // The header page, in steps that hit each of its fields.
    for at in (0..512).step_by(24) {
        fs::write(&path, &whole).unwrap();
        let mut file = OpenOptions::new().write(true).open(&path).unwrap();
        file.seek(SeekFrom::Start(at)).unwrap();
        file.write_all(&[0xa5; 24]).unwrap();
        drop(file);
        // Either the damage is found, or the other copy of the root serves.
        match Database::open(folder.path(), options(10)) {
            Ok(database) => assert!(support::check_numbered(&database) >= 18, "{at}"),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

#[test]
fn an_unfinished_new_file_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("chain.redb.new"), b"half").unwrap();
    fill(folder.path(), 2);
    assert!(!folder.path().join("chain.redb.new").exists());
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, b"").unwrap();
    let error = error_of(&file.join("folder")).to_string();
    assert!(error.contains("cannot create the folder"), "{error}");
    assert!(error.contains("file/folder"), "{error}");
}
