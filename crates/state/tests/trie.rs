//! The trie against a reference implementation: roots, proofs, the persisted nodes, and eviction,
//! after random changes of hashed keys and of keys that share long prefixes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use alloy_primitives::{B256, Bytes, keccak256};
use alloy_trie::{HashBuilder, proof::verify_proof};
use lumio_state::trie::{MemoryNodes, Nibbles, Trie, TrieError, ordered_root};
use proptest::prelude::*;
use std::{collections::BTreeMap, num::NonZeroUsize};

type Model = BTreeMap<B256, Vec<u8>>;

/// What a reference implementation says of the same keys.
fn reference_root(model: &Model) -> B256 {
    let mut builder = HashBuilder::default();
    for (key, value) in model {
        builder.add_leaf(alloy_trie::Nibbles::unpack(key), value);
    }
    builder.root()
}

/// The nodes of a trie that is built from nothing.
fn built(model: &Model) -> MemoryNodes {
    let (mut trie, mut store) = (Trie::empty(None), MemoryNodes::new());
    for (key, value) in model {
        trie.insert(&MemoryNodes::new(), key, value).unwrap();
    }
    store.apply(None, trie.commit());
    store
}

fn check_proof(trie: &Trie, store: &MemoryNodes, root: B256, key: &B256, value: Option<&Vec<u8>>) {
    let proof = trie.prove(store, key).unwrap();
    verify_proof(
        root,
        alloy_trie::Nibbles::unpack(key),
        value.cloned(),
        &proof,
    )
    .unwrap();
}

#[derive(Debug, Clone)]
enum Step {
    Set(B256, Vec<u8>),
    Remove(B256),
    Extend(Vec<(B256, Option<Vec<u8>>)>),
    Root,
    Commit,
    Reload,
    Shrink(usize),
    /// Changes a clone, which must not be seen by the trie it came from.
    Fork(B256, Vec<u8>),
    Clear,
}

fn hashed_key() -> impl Strategy<Value = B256> + Clone {
    (0u8..48).prop_map(|seed| keccak256([seed]))
}

/// Keys that leave a common pattern at one place and are zero, or nearly, after it.
fn close_key() -> impl Strategy<Value = B256> + Clone {
    let places = prop::sample::select(vec![0usize, 1, 2, 31, 32, 53, 60, 61, 62, 63]);
    (places, 0u8..4, 0u8..3).prop_map(|(place, turn, last)| {
        let mut nibbles = [0x0au8; 64];
        nibbles[place..].fill(0);
        nibbles[place] = turn;
        nibbles[63] |= last;
        Nibbles::from_nibbles(&nibbles).unwrap().to_key().unwrap()
    })
}

fn crowded_key() -> impl Strategy<Value = B256> + Clone {
    (0u8..3, 0u8..4, 0u8..3).prop_map(|(first, second, third)| {
        let mut key = B256::ZERO;
        key[0] = first << 6 | second;
        key[1] = third;
        key
    })
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        (1u8..4).prop_map(|byte| vec![byte]),
        Just(vec![0x80]),
        prop::collection::vec(any::<u8>(), 1..6),
        prop::collection::vec(any::<u8>(), 50..60),
        prop::collection::vec(any::<u8>(), 100..300),
    ]
}

fn steps(key: impl Strategy<Value = B256> + Clone + 'static) -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        10 => (key.clone(), value()).prop_map(|(key, value)| Step::Set(key, value)),
        8 => key.clone().prop_map(Step::Remove),
        4 => prop::collection::vec((key.clone(), prop::option::of(value())), 0..20).prop_map(Step::Extend),
        2 => Just(Step::Root),
        3 => Just(Step::Commit),
        2 => Just(Step::Reload),
        2 => (0usize..40).prop_map(Step::Shrink),
        1 => (key, value()).prop_map(|(key, value)| Step::Fork(key, value)),
        1 => Just(Step::Clear),
    ];
    prop::collection::vec(step, 1..120)
}

fn run(steps: Vec<Step>, threads: usize) {
    let threads = NonZeroUsize::new(threads).unwrap();
    let (mut trie, mut store, mut model) = (Trie::empty(None), MemoryNodes::new(), Model::new());
    for step in steps {
        match step {
            Step::Set(key, value) => {
                trie.insert(&store, &key, &value).unwrap();
                model.insert(key, value);
            }
            Step::Remove(key) => {
                trie.remove(&store, &key).unwrap();
                model.remove(&key);
                check_proof(&trie, &store, reference_root(&model), &key, None);
            }
            Step::Extend(updates) => {
                trie.extend_on(&store, updates.clone(), threads).unwrap();
                for (key, value) in updates {
                    match value {
                        Some(value) => model.insert(key, value),
                        None => model.remove(&key),
                    };
                }
            }
            Step::Root => assert_eq!(trie.root(), reference_root(&model)),
            Step::Commit => commit(&mut trie, &mut store, &model),
            Step::Reload => {
                commit(&mut trie, &mut store, &model);
                trie = Trie::open(None, trie.root());
            }
            Step::Shrink(max) => trie.shrink(max),
            Step::Fork(key, value) => {
                let mut fork = trie.clone();
                fork.insert(&store, &key, &value).unwrap();
                let mut forked = model.clone();
                forked.insert(key, value);
                assert_eq!(fork.root(), reference_root(&forked));
            }
            Step::Clear => {
                trie.clear(&store).unwrap();
                model.clear();
            }
        }
        let key = model.keys().next().copied().unwrap_or_default();
        assert_eq!(
            trie.get(&store, &key).unwrap(),
            model.get(&key).cloned().map(Bytes::from)
        );
    }
    commit(&mut trie, &mut store, &model);
    let root = trie.root();
    let mut found = Model::new();
    trie.for_each(&store, |key, value| {
        found.insert(key, value.to_vec());
        Ok(())
    })
    .unwrap();
    assert_eq!(found, model);
    for (key, value) in &model {
        check_proof(&trie, &store, root, key, Some(value));
        let absent = keccak256(key);
        check_proof(&trie, &store, root, &absent, model.get(&absent));
    }
    trie.shrink(0);
    assert!(
        trie.loaded_nodes() <= 17,
        "{} nodes stay",
        trie.loaded_nodes()
    );
    for key in model.keys() {
        trie.remove(&store, key).unwrap();
    }
    assert_eq!(trie.loaded_nodes(), 0);
    store.apply(None, trie.commit());
    assert!(store.is_empty());
}

fn commit(trie: &mut Trie, store: &mut MemoryNodes, model: &Model) {
    let changes = trie.commit();
    assert!(
        changes.is_sorted_by(|a, b| a.0 < b.0),
        "one change a path, in order"
    );
    for (path, node) in &changes {
        let had = store.iter().any(|(_, stored, _)| stored == path);
        assert!(
            node.is_some() || had,
            "{path} is deleted but was not stored"
        );
    }
    store.apply(None, changes);
    assert_eq!(trie.root(), reference_root(model));
    assert_eq!(*store, built(model));
    assert!(trie.commit().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hashed_keys_match_the_reference(steps in steps(hashed_key()), threads in 1usize..5) {
        run(steps, threads);
    }

    #[test]
    fn close_keys_match_the_reference(steps in steps(close_key()), threads in 1usize..5) {
        run(steps, threads);
    }

    /// Keys that crowd under few nibbles of the root, so that subtries come and go.
    #[test]
    fn crowded_keys_match_the_reference(steps in steps(crowded_key()), threads in 1usize..5) {
        run(steps, threads);
    }

    #[test]
    fn lists_match_the_reference(items in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..80), 0..300)) {
        let expected = alloy_trie::root::ordered_trie_root_with_encoder(&items, |item, out| out.extend_from_slice(item));
        prop_assert_eq!(ordered_root(&items).unwrap(), expected);
    }

    /// Any damage to any stored node is an error or is not seen; it never panics or changes an answer.
    #[test]
    fn damage_is_an_error(seed in 0u8..48, at in any::<prop::sample::Index>(), byte in any::<prop::sample::Index>(), flip in 1u8.., cut in any::<bool>()) {
        let model: Model = (0..48u8).map(|seed| (keccak256([seed]), vec![seed + 1; usize::from(seed) + 1])).collect();
        let mut store = built(&model);
        let root = reference_root(&model);
        let (path, node) = { let all: Vec<_> = store.iter().collect(); let (_, path, node) = all[at.index(all.len())]; (*path, node.to_vec()) };
        let mut damaged = node;
        let place = byte.index(damaged.len());
        if cut { damaged.truncate(place) } else { damaged[place] ^= flip }
        store.apply(None, [(path, Some(damaged.into()))]);
        let key = keccak256([seed]);
        match Trie::open(None, root).get(&store, &key) {
            Ok(found) => prop_assert_eq!(found, model.get(&key).cloned().map(Bytes::from)),
            Err(error) => prop_assert!(matches!(error, TrieError::Corrupt { .. }), "{error}"),
        }
        let mut trie = Trie::open(None, root);
        match trie.remove(&store, &key) {
            Ok(()) => { let mut rest = model; rest.remove(&key); prop_assert_eq!(trie.root(), reference_root(&rest)) }
            Err(_) => prop_assert_eq!(trie.root(), root),
        }
    }
}
