//! Random commits, edits and rewinds against a naive model that keeps every
//! state in full.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use alloy_primitives::{B256, Bytes, U256, U512};
use lumio_state::{AccountRecord, StateKey, StateView, Value, WriteSet};
use lumio_storage::{
    BlockCommit, Database, MetaChange, NodeChange, Options, Rewind, StorageError, View,
};
use lumio_types::AccountId;
use proptest::{collection::vec, prelude::*};
use std::{collections::BTreeMap, path::Path};
use support::{CHAIN, address, block, options, transfer, word};

const HISTORY: u64 = 6;

#[derive(Clone, Debug)]
enum Step {
    Commit(WriteSet, BTreeMap<u8, Option<u8>>),
    Edit(WriteSet),
    Rewind(u64),
    Reopen,
}

/// All keys that steps use: few, so that they collide.
fn keys() -> Vec<StateKey> {
    let mut keys = Vec::new();
    for seed in 0..3 {
        keys.push(StateKey::Balance(address(seed)));
        keys.push(StateKey::EvmAccount(address(seed)));
        keys.extend((0..3).map(|slot| StateKey::EvmStorage(address(seed), U256::from(slot))));
    }
    keys.push(StateKey::MoveResource(
        AccountId(B256::repeat_byte(1)),
        Bytes::from_static(b"tag"),
    ));
    keys.push(StateKey::MoveResource(
        AccountId(B256::repeat_byte(1)),
        Bytes::from_static(b"tag longer"),
    ));
    keys.push(StateKey::System(Bytes::new()));
    keys
}

fn value_for(key: &StateKey, seed: u64) -> Value {
    match key {
        StateKey::EvmAccount(_) => AccountRecord {
            nonce: seed,
            ..AccountRecord::default()
        }
        .encode(),
        // An empty value is not the absence of one.
        StateKey::MoveResource(..) => Value::from(Bytes::from(vec![7; (seed % 100) as usize])),
        _ => word(seed),
    }
}

fn writes() -> impl Strategy<Value = WriteSet> {
    let keys = keys();
    vec(
        (0..keys.len(), proptest::option::weighted(0.7, 0_u64..1000)),
        0..8,
    )
    .prop_map(move |changes| {
        changes
            .into_iter()
            .map(|(key, seed)| {
                let key = &keys[key];
                (key.clone(), seed.map(|seed| value_for(key, seed)))
            })
            .collect()
    })
}

fn step() -> impl Strategy<Value = Step> {
    let nodes = proptest::collection::btree_map(0_u8..8, proptest::option::of(any::<u8>()), 0..4);
    prop_oneof![
        24 => (writes(), nodes).prop_map(|(writes, nodes)| Step::Commit(writes, nodes)),
        4 => writes().prop_map(Step::Edit),
        1 => (0_u64..8).prop_map(Step::Rewind),
        1 => Just(Step::Reopen),
    ]
}

/// The state and the trie nodes after one block.
#[derive(Clone, Default)]
struct Height {
    hash: B256,
    state: BTreeMap<StateKey, Value>,
    nodes: BTreeMap<u8, u8>,
}

#[derive(Default)]
struct Model {
    heights: Vec<Height>,
    edits: WriteSet,
    /// The oldest state that was ever kept since a rewind.
    oldest: u64,
}

fn apply(state: &mut BTreeMap<StateKey, Value>, writes: &WriteSet) {
    for (key, value) in writes {
        match value {
            Some(value) => state.insert(key.clone(), value.clone()),
            None => state.remove(key),
        };
    }
}

fn node_change(path: u8, node: Option<u8>) -> NodeChange {
    NodeChange {
        owner: path.is_multiple_of(2).then_some(B256::repeat_byte(path)),
        path: vec![path],
        node: node.map(|byte| Bytes::from(vec![byte; 40])),
    }
}

impl Model {
    fn head(&self) -> u64 {
        self.heights.len() as u64 - 1
    }

    fn commit(&mut self, database: &Database, writes: WriteSet, nodes: BTreeMap<u8, Option<u8>>) {
        let number = self.heights.len() as u64;
        let mut height = self.heights.last().cloned().unwrap_or_default();
        let mut folded = std::mem::take(&mut self.edits);
        folded.extend(writes);
        let block = block(height.hash, number, vec![transfer(number)]);
        let changes: Vec<_> = nodes
            .iter()
            .map(|(path, node)| node_change(*path, *node))
            .collect();
        let commit = BlockCommit {
            block: &block,
            receipts: &[support::receipt(number)],
            writes: &folded,
            changes: &[],
            beginning: &[],
            nodes: &changes,
            meta: &[],
            keep: None,
        };
        if number == 0 {
            database.commit_genesis(CHAIN, &commit).unwrap();
        } else {
            database.commit(&commit).unwrap();
        }
        apply(&mut height.state, &folded);
        for (path, node) in nodes {
            match node {
                Some(node) => height.nodes.insert(path, node),
                None => height.nodes.remove(&path),
            };
        }
        height.hash = block.hash();
        self.heights.push(height);
        self.oldest = self.oldest.max(number.saturating_sub(HISTORY));
    }

    fn rewind(&mut self, database: &Database, back: u64) {
        let to = self.head().saturating_sub(back);
        let target = self.heights[usize::try_from(to).unwrap()].clone();
        let nodes: Vec<_> = (0..8)
            .map(|path| node_change(path, target.nodes.get(&path).copied()))
            .collect();
        let edits: WriteSet = [(keys()[0].clone(), Some(word(back)))].into();
        let rewind = Rewind {
            state: None,
            meta: &[],
            to,
            nodes: &nodes,
            edits: edits.clone(),
        };
        let result = database.rewind(rewind);
        if to < self.oldest {
            assert!(
                matches!(result, Err(StorageError::Pruned { requested, .. }) if requested == to)
            );
            return;
        }
        result.unwrap();
        self.heights.truncate(usize::try_from(to).unwrap() + 1);
        self.edits = edits;
    }

    fn check(&self, database: &Database) {
        let snapshot = database.snapshot();
        let head = self.head();
        assert_eq!(snapshot.head().unwrap().number, head);
        assert_eq!(snapshot.oldest_state(), self.oldest);
        for (number, height) in (0..).zip(&self.heights) {
            assert_eq!(snapshot.header(number).unwrap().unwrap().hash, height.hash);
            if number < self.oldest {
                let error = snapshot.state_at(number).unwrap_err();
                assert!(error.to_string().contains("--history-blocks"), "{error}");
                assert!(snapshot.changes_since(number).is_err());
                continue;
            }
            let view = snapshot.state_at(number).unwrap();
            check_view(&view, &height.state);
            let mut undone = self.heights.last().unwrap().state.clone();
            apply(&mut undone, &snapshot.changes_since(number).unwrap());
            assert_eq!(undone, height.state, "changes since {number}");
        }
        assert!(matches!(
            snapshot.state_at(head + 1),
            Err(StorageError::UnknownBlock { .. })
        ));
        assert!(
            snapshot
                .place_of(transfer(head + 1).hash())
                .unwrap()
                .is_none()
        );
        assert!(snapshot.receipts(head + 1).unwrap().is_none());
        let last = self.heights.last().unwrap();
        for path in 0..8 {
            let change = node_change(path, last.nodes.get(&path).copied());
            assert_eq!(
                snapshot.node(change.owner, &change.path).unwrap(),
                change.node
            );
        }
        let mut latest = last.state.clone();
        apply(&mut latest, &self.edits);
        check_view(&snapshot.latest_state(), &latest);
        check_scans(&snapshot, &last.state);
    }
}

/// Lists a view by prefixes, two keys at a time.
fn check_listings(view: &View, state: &BTreeMap<StateKey, Value>) {
    let owner = AccountId(B256::repeat_byte(1));
    let prefixes = [
        StateKey::resource_prefix(owner),
        StateKey::module_prefix(owner),
        StateKey::storage_prefix(address(0)),
    ];
    for prefix in prefixes {
        let mut listed = Vec::new();
        let mut after: Option<Vec<u8>> = None;
        loop {
            let page = view.entries_with_prefix(&prefix, after.as_deref(), 2);
            let page = page.unwrap();
            let keys = view.keys_with_prefix(&prefix, after.as_deref(), 2);
            assert!(keys.unwrap().iter().eq(page.iter().map(|(key, _)| key)));
            let Some((last, _)) = page.last() else {
                break;
            };
            after = Some(last.encode());
            listed.extend(page);
        }
        let expected: Vec<_> = state
            .iter()
            .filter(|(key, _)| key.encode().starts_with(&prefix))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        assert_eq!(listed, expected, "{prefix:?}");
    }
}

fn check_view(view: &View, state: &BTreeMap<StateKey, Value>) {
    check_listings(view, state);
    for key in keys() {
        assert_eq!(view.get(&key).unwrap().as_ref(), state.get(&key), "{key:?}");
    }
    for seed in 0..3 {
        let slots: Vec<U256> = state
            .keys()
            .filter_map(|key| match key {
                StateKey::EvmStorage(owner, slot) if *owner == address(seed) => Some(*slot),
                _ => None,
            })
            .collect();
        assert_eq!(view.storage_slots(address(seed)).unwrap(), slots);
    }
}

fn check_scans(snapshot: &lumio_storage::Snapshot, state: &BTreeMap<StateKey, Value>) {
    let entries: BTreeMap<_, _> = snapshot
        .state_entries()
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(&entries, state);
    let mut total = U256::ZERO;
    let mut accounts = 0;
    for account in snapshot.evm_accounts().unwrap().map(Result::unwrap) {
        let balance = state.get(&StateKey::Balance(account.address));
        let record = state.get(&StateKey::EvmAccount(account.address));
        assert!(balance.is_some() || record.is_some());
        assert_eq!(
            account.balance,
            balance.map_or(U256::ZERO, |value| value.as_word().unwrap())
        );
        assert_eq!(account.record.map(|found| found.encode()).as_ref(), record);
        total += account.balance;
        accounts += 1;
    }
    let expected = (0..3).filter(|seed| {
        state.contains_key(&StateKey::Balance(address(*seed)))
            || state.contains_key(&StateKey::EvmAccount(address(*seed)))
    });
    assert_eq!(accounts, expected.count());
    assert_eq!(snapshot.total_wei().unwrap(), U512::from(total));
}

fn open(folder: Option<&Path>, options: Options) -> Database {
    match folder {
        Some(folder) => Database::open(folder, options).unwrap(),
        None => Database::ephemeral(options).unwrap(),
    }
}

fn run(steps: Vec<Step>, folder: Option<&Path>, options: Options) {
    let mut database = open(folder, options);
    let mut model = Model::default();
    let genesis = keys().into_iter().step_by(2).map(|key| {
        let value = value_for(&key, 500);
        (key, Some(value))
    });
    model.commit(&database, genesis.collect(), BTreeMap::from([(1, Some(1))]));
    model.check(&database);
    for step in steps {
        match step {
            Step::Commit(writes, nodes) => model.commit(&database, writes, nodes),
            Step::Edit(edits) => {
                database.set_edits(edits.clone()).unwrap();
                model.edits = edits;
            }
            Step::Rewind(back) => model.rewind(&database, back),
            Step::Reopen if folder.is_some() => {
                drop(database);
                database = open(folder, options);
            }
            Step::Reopen => {}
        }
        model.check(&database);
    }
}

#[test]
fn a_commit_keeps_the_state_that_is_asked_for_and_brings_metadata() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        history_blocks: 2,
        ..Options::default()
    };
    let database = Database::open(folder.path(), options).unwrap();
    support::commit_numbered(&database).unwrap();
    support::commit_numbered(&database).unwrap();
    let note = |value: Option<&[u8]>| MetaChange {
        name: "note".into(),
        value: value.map(<[u8]>::to_vec),
    };
    for number in 2..8 {
        let keep = (number < 7).then_some(1);
        let parent = database.head().unwrap().hash;
        let commit = BlockCommit {
            block: &support::numbered_block(parent, number),
            receipts: &[],
            writes: &WriteSet::new(),
            changes: &[],
            beginning: &[],
            nodes: &[],
            meta: &[note(Some(&number.to_le_bytes()))],
            keep,
        };
        database.commit(&commit).unwrap();
        let snapshot = database.snapshot();
        let oldest = match number {
            2 => 0,
            3..7 => 1,
            _ => 5,
        };
        assert_eq!(snapshot.oldest_state(), oldest);
        let found = snapshot.meta("note").unwrap();
        assert_eq!(found.unwrap(), number.to_le_bytes());
    }
    let rewind = Rewind {
        state: None,
        meta: &[note(None)],
        to: 6,
        nodes: &[],
        edits: WriteSet::new(),
    };
    database.rewind(rewind).unwrap();
    assert!(database.snapshot().meta("note").unwrap().is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_kept_height_reads_like_the_model(steps in vec(step(), 1..80)) {
        run(steps, None, options(HISTORY));
    }

    #[test]
    fn small_caches_change_nothing(steps in vec(step(), 1..80)) {
        let small = Options {
            value_cache_bytes: 32 * 1200,
            recent_bytes: 3000,
            ..options(HISTORY)
        };
        run(steps, None, small);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn reopening_changes_nothing(steps in vec(step(), 1..60)) {
        let folder = tempfile::tempdir().unwrap();
        run(steps, Some(folder.path()), options(HISTORY));
    }
}
