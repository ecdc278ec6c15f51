//! The state on several threads against the state on one, and against a reference implementation:
//! roots, commits, and what a missing node does, in blocks that are large enough to be shared out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use alloy_primitives::{Address, B256, KECCAK256_EMPTY, U256, keccak256};
use alloy_trie::{TrieAccount, root};
use lumio_state::trie::{
    AccountLeaf, AccountUpdate, EMPTY_ROOT, MemoryNodes, StateTrie, TrieLimits,
};
use proptest::prelude::*;
use std::{collections::BTreeMap, num::NonZeroUsize};

type Model = BTreeMap<Address, (AccountLeaf, BTreeMap<U256, U256>)>;

/// Accounts that a test knows.
const ACCOUNTS: u16 = 600;
/// The accounts up to this one have storage: the first a large one.
const CONTRACTS: u16 = 40;

fn address(index: u16) -> Address {
    Address::from_word(keccak256(index.to_be_bytes()))
}

fn slots(index: u16) -> impl Strategy<Value = Vec<(U256, U256)>> {
    let most = match index {
        0 => 400,
        1..CONTRACTS => 20,
        _ => 1,
    };
    let slot = (0u16..500).prop_map(U256::from);
    let word = prop_oneof![1 => Just(U256::ZERO), 2 => any::<u64>().prop_map(U256::from)];
    prop::collection::vec((slot, word), 0..most)
}

fn update() -> impl Strategy<Value = AccountUpdate> {
    let index = prop_oneof![1 => 0u16..3, 4 => 0..CONTRACTS, 16 => 0..ACCOUNTS];
    let parts = index.prop_flat_map(|index| (Just(index), slots(index)));
    let account = prop::option::weighted(0.8, any::<(u64, u64)>());
    (parts, account, prop::bool::weighted(0.05)).prop_map(
        |((index, storage), account, storage_wiped)| AccountUpdate {
            address: address(index),
            account: account.map(|(nonce, balance)| AccountLeaf {
                nonce,
                balance: U256::from(balance),
                code_hash: KECCAK256_EMPTY,
            }),
            storage,
            storage_wiped,
        },
    )
}

fn take_in(model: &mut Model, update: &AccountUpdate) {
    let Some(account) = update.account else {
        model.remove(&update.address);
        return;
    };
    let (leaf, slots) = model
        .entry(update.address)
        .or_insert((account, BTreeMap::new()));
    *leaf = account;
    if update.storage_wiped {
        slots.clear();
    }
    slots.extend(update.storage.iter().copied());
    slots.retain(|_, word| !word.is_zero());
}

fn reference_root(model: &Model) -> B256 {
    root::state_root_unhashed(model.iter().map(|(address, (account, slots))| {
        let slots = slots.iter().map(|(slot, word)| (B256::from(*slot), *word));
        let account = TrieAccount {
            nonce: account.nonce,
            balance: account.balance,
            storage_root: root::storage_root_unhashed(slots),
            code_hash: account.code_hash,
        };
        (*address, account)
    }))
}

fn limits(threads: usize) -> TrieLimits {
    TrieLimits {
        account_nodes: 200,
        storage_nodes: 200,
        threads: NonZeroUsize::new(threads).unwrap(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_number_of_threads_gives_the_same_state(
        blocks in prop::collection::vec(prop::collection::vec(update(), 0..500), 1..6),
        threads in 2usize..20,
    ) {
        let mut model = Model::new();
        let (mut one, mut many) = (StateTrie::open(EMPTY_ROOT, limits(1)), StateTrie::open(EMPTY_ROOT, limits(threads)));
        let mut store = MemoryNodes::new();
        for (number, block) in blocks.into_iter().enumerate() {
            block.iter().for_each(|update| take_in(&mut model, update));
            let root = one.apply(&store, block.clone()).unwrap();
            prop_assert_eq!(root, reference_root(&model));
            // Every third block goes into one commit with the next, and the last into none.
            if number % 3 == 0 {
                prop_assert_eq!(many.apply(&store, block).unwrap(), root);
                continue;
            }
            let changes = one.commit();
            prop_assert_eq!(many.apply_and_commit(&store, block).unwrap(), (root, changes.clone()));
            changes.into_iter().for_each(|(owner, nodes)| store.apply(owner, nodes));
            prop_assert_eq!(many.root(), root);
            prop_assert!(many.commit().is_empty());
            prop_assert_eq!(many.loaded_nodes(), one.loaded_nodes());
        }
    }

    /// Which error is told does not depend on threads either.
    #[test]
    fn a_missing_node_is_the_same_error(
        first in prop::collection::vec(update(), 300..500),
        second in prop::collection::vec(update(), 300..500),
        gone in any::<prop::sample::Index>(),
        threads in 2usize..20,
    ) {
        let (mut state, mut store) = (StateTrie::open(EMPTY_ROOT, limits(1)), MemoryNodes::new());
        let root = state.apply(&store, first).unwrap();
        state.commit().into_iter().for_each(|(owner, nodes)| store.apply(owner, nodes));
        let (owner, path) = {
            let all: Vec<_> = store.iter().map(|(owner, path, _)| (owner, *path)).collect();
            all[gone.index(all.len())]
        };
        store.apply(owner, [(path, None)]);
        let one = StateTrie::open(root, limits(1)).apply(&store, second.clone());
        let many = StateTrie::open(root, limits(threads)).apply(&store, second);
        prop_assert_eq!(one, many);
    }
}
