//! Nodes that have the right hash and the wrong shape: an answer or an error, and never a panic.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use alloy_primitives::{B256, keccak256};
use alloy_rlp::{Encodable, Header};
use lumio_state::trie::{MemoryNodes, Nibbles, Trie, TrieError};
use proptest::prelude::*;

fn list(items: &[Vec<u8>]) -> Vec<u8> {
    let payload = items.concat();
    let mut out = Vec::new();
    Header {
        list: true,
        payload_length: payload.len(),
    }
    .encode(&mut out);
    out.extend(payload);
    out
}

/// A string in a node: nothing, a path, a hash, or anything.
fn string() -> impl Strategy<Value = Vec<u8>> {
    let path = (0u8..0x40, prop::collection::vec(any::<u8>(), 0..34));
    prop_oneof![
        4 => Just(vec![]),
        3 => path.prop_map(|(flag, rest)| [vec![flag], rest].concat()),
        2 => (0u8..0x40).prop_map(|flag| vec![flag]),
        1 => prop::collection::vec(any::<u8>(), 32),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ]
    .prop_map(|bytes| {
        let mut out = Vec::new();
        bytes.as_slice().encode(&mut out);
        out
    })
}

/// Something like a node, in which others like it may lie.
fn node() -> impl Strategy<Value = Vec<u8>> {
    let pair = prop::collection::vec(string(), 2).prop_map(|items| list(&items));
    pair.prop_recursive(4, 64, 17, |inner| {
        let item = prop_oneof![3 => string(), 1 => inner.clone()];
        prop_oneof![
            (string(), inner).prop_map(|(path, child)| list(&[path, child])),
            prop::collection::vec(item.clone(), 17).prop_map(|items| list(&items)),
            prop::collection::vec(item, 0..20).prop_map(|items| list(&items)),
        ]
    })
}

fn use_all(root: B256, store: &MemoryNodes, key: &B256) -> Result<(), TrieError> {
    let trie = Trie::open(None, root);
    let found = [
        trie.get(store, key).map(drop),
        trie.prove(store, key).map(drop),
        trie.for_each(store, |_, _| Ok(())),
    ];
    let mut changed = trie.clone();
    let set = changed.insert(store, key, &[1; 40]);
    changed.commit();
    let mut changed = trie.clone();
    let removed = changed.remove(store, key);
    changed.shrink(0);
    changed.commit();
    let mut cleared = trie;
    let clear = cleared.clear(store);
    found.into_iter().chain([set, removed, clear]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_malformed_node_never_panics(rlp in node(), child in node(), seed in any::<u8>(), turn in 0u8..16) {
        let mut store = MemoryNodes::new();
        let path = Nibbles::from_nibbles(&[turn]);
        store.apply(None, [(Nibbles::EMPTY, Some(rlp.clone().into())), (path.unwrap(), Some(child.into()))]);
        for key in [keccak256([seed]), B256::ZERO, B256::repeat_byte(0x11), B256::repeat_byte(turn << 4 | turn)] {
            let outcome = use_all(keccak256(&rlp), &store, &key);
            let known = matches!(outcome, Ok(()) | Err(TrieError::Corrupt { .. } | TrieError::Missing { .. }));
            prop_assert!(known, "{outcome:?}");
        }
    }

    /// One that refers by hash to another, so that both are loaded.
    #[test]
    fn a_malformed_child_never_panics(child in node(), turn in 0u8..16, run in prop::collection::vec(0u8..16, 0..64)) {
        let mut items = vec![vec![0x80]; 17];
        let mut hash = Vec::new();
        keccak256(&child).encode(&mut hash);
        items[usize::from(turn)] = hash;
        items[usize::from(15 - turn)] = list(&[vec![0x20], vec![0x01]]);
        let root = list(&items);
        let mut store = MemoryNodes::new();
        let path = Nibbles::from_nibbles(&[turn]).unwrap();
        store.apply(None, [(Nibbles::EMPTY, Some(root.clone().into())), (path, Some(child.into()))]);
        let mut nibbles = [0; 64];
        nibbles[0] = turn;
        nibbles[1..].iter_mut().zip(run).for_each(|(to, nibble)| *to = nibble);
        let key = Nibbles::from_nibbles(&nibbles).unwrap().to_key().unwrap();
        for first in [turn, 15 - turn] {
            let mut key = key;
            key[0] = first << 4 | key[0] & 0x0f;
            let outcome = use_all(keccak256(&root), &store, &key);
            prop_assert!(!matches!(outcome, Err(TrieError::Store(_))));
        }
    }
}
