//! The state of accounts against a reference implementation: roots, proofs, the persisted nodes and
//! bounded memory, while accounts and storage come, change, and go.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use alloy_primitives::{Address, B256, KECCAK256_EMPTY, U256, b256, keccak256};
use alloy_trie::{Nibbles as Path, TrieAccount, proof::verify_proof, root};
use lumio_state::trie::{
    AccountLeaf, AccountUpdate, EMPTY_ROOT, MemoryNodes, StateTrie, TrieError, TrieLimits,
    state_root,
};
use proptest::prelude::*;
use std::{collections::BTreeMap, num::NonZeroUsize};

type Slots = BTreeMap<U256, U256>;
type Model = BTreeMap<Address, (AccountLeaf, Slots)>;

const LIMITS: TrieLimits = TrieLimits {
    account_nodes: 30,
    storage_nodes: 40,
    threads: NonZeroUsize::MIN,
};

fn reference_storage_root(slots: &Slots) -> B256 {
    root::storage_root_unhashed(
        slots
            .iter()
            .map(|(slot, value)| (B256::from(*slot), *value)),
    )
}

fn reference_account(account: &AccountLeaf, slots: &Slots) -> TrieAccount {
    let AccountLeaf {
        nonce,
        balance,
        code_hash,
    } = *account;
    TrieAccount {
        nonce,
        balance,
        storage_root: reference_storage_root(slots),
        code_hash,
    }
}

fn reference_root(model: &Model) -> B256 {
    root::state_root_unhashed(
        model
            .iter()
            .map(|(at, (account, slots))| (*at, reference_account(account, slots))),
    )
}

fn save(state: &mut StateTrie, store: &mut MemoryNodes) {
    for (owner, nodes) in state.commit() {
        store.apply(owner, nodes);
    }
}

fn built(model: &Model) -> MemoryNodes {
    let (mut state, mut store) = (
        StateTrie::open(EMPTY_ROOT, TrieLimits::default()),
        MemoryNodes::new(),
    );
    let updates = model
        .iter()
        .map(|(address, (account, slots))| AccountUpdate {
            address: *address,
            account: Some(*account),
            storage: slots.iter().map(|(slot, value)| (*slot, *value)).collect(),
            storage_wiped: false,
        });
    state.apply(&MemoryNodes::new(), updates).unwrap();
    save(&mut state, &mut store);
    store
}

fn take_in(model: &mut Model, update: &AccountUpdate) {
    let Some(account) = update.account else {
        model.remove(&update.address);
        return;
    };
    let (old, slots) = model
        .entry(update.address)
        .or_insert((account, Slots::new()));
    *old = account;
    if update.storage_wiped {
        slots.clear();
    }
    for (slot, value) in &update.storage {
        if value.is_zero() {
            slots.remove(slot)
        } else {
            slots.insert(*slot, *value)
        };
    }
}

fn check_proofs(
    state: &StateTrie,
    store: &MemoryNodes,
    model: &Model,
    address: Address,
    slots: &[U256],
) {
    let proof = state.account_proof(store, address, slots).unwrap();
    let none = Slots::new();
    let kept = model.get(&address).map_or(&none, |(_, slots)| slots);
    assert_eq!(
        proof.account,
        model.get(&address).map(|(account, _)| *account)
    );
    assert_eq!(proof.storage_root, reference_storage_root(kept));
    let leaf = model
        .get(&address)
        .map(|(account, slots)| alloy_rlp::encode(reference_account(account, slots)));
    verify_proof(
        reference_root(model),
        Path::unpack(keccak256(address)),
        leaf,
        &proof.proof,
    )
    .unwrap();
    for (slot, proven) in slots.iter().zip(&proof.storage) {
        assert_eq!(
            (proven.slot, proven.value),
            (*slot, kept.get(slot).copied().unwrap_or_default())
        );
        let value = kept.get(slot).map(alloy_rlp::encode);
        let key = Path::unpack(keccak256(slot.to_be_bytes::<32>()));
        verify_proof(proof.storage_root, key, value, &proven.proof).unwrap();
    }
}

fn update() -> impl Strategy<Value = AccountUpdate> {
    let account = (0u64..3, 0u64..1000).prop_map(|(nonce, balance)| AccountLeaf {
        nonce,
        balance: U256::from(balance),
        code_hash: KECCAK256_EMPTY,
    });
    let slot = (
        0u8..30,
        prop_oneof![
            Just(U256::ZERO),
            (1u8..4).prop_map(U256::from),
            Just(U256::MAX)
        ],
    );
    let storage = prop::collection::vec(slot, 0..12);
    (
        0u8..40,
        prop::option::weighted(0.85, account),
        storage,
        prop::bool::weighted(0.1),
    )
        .prop_map(|(seed, account, storage, storage_wiped)| AccountUpdate {
            address: Address::repeat_byte(seed),
            account,
            storage: storage
                .into_iter()
                .map(|(slot, value)| (U256::from(slot), value))
                .collect(),
            storage_wiped,
        })
}

#[derive(Debug, Clone)]
enum Step {
    Apply(Vec<AccountUpdate>),
    ApplyAndCommit(Vec<AccountUpdate>),
    Commit,
    Reopen,
    /// Applies to a clone, as for a proof of another block.
    WhatIf(Vec<AccountUpdate>),
}

fn step() -> impl Strategy<Value = Step> {
    let updates = || prop::collection::vec(update(), 0..15);
    prop_oneof![
        4 => updates().prop_map(Step::Apply),
        2 => updates().prop_map(Step::ApplyAndCommit),
        4 => Just(Step::Commit),
        1 => Just(Step::Reopen),
        1 => updates().prop_map(Step::WhatIf),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_state_matches_the_reference(steps in prop::collection::vec(step(), 1..25), seed in 0u8..40) {
        let (mut state, mut store, mut model) = (StateTrie::open(EMPTY_ROOT, LIMITS), MemoryNodes::new(), Model::new());
        let address = Address::repeat_byte(seed);
        let slots: Vec<_> = (0u8..30).map(U256::from).collect();
        for step in steps {
            match step {
                Step::Apply(updates) => {
                    updates.iter().for_each(|update| take_in(&mut model, update));
                    prop_assert_eq!(state.apply(&store, updates).unwrap(), reference_root(&model));
                }
                Step::ApplyAndCommit(updates) => {
                    updates.iter().for_each(|update| take_in(&mut model, update));
                    let (root, changes) = state.apply_and_commit(&store, updates).unwrap();
                    prop_assert_eq!(root, reference_root(&model));
                    // The store does not have the changes yet.
                    check_proofs(&state, &store, &model, address, &slots);
                    for (owner, nodes) in changes {
                        prop_assert!(nodes.is_sorted_by(|a, b| a.0 < b.0), "one change a path, in order");
                        store.apply(owner, nodes);
                    }
                    prop_assert_eq!(&store, &built(&model));
                    prop_assert!(state.commit().is_empty());
                }
                Step::Commit => {
                    save(&mut state, &mut store);
                    prop_assert_eq!(&store, &built(&model));
                    prop_assert!(state.commit().is_empty());
                    let bound = LIMITS.account_nodes + LIMITS.storage_nodes + 40 * 17;
                    prop_assert!(state.loaded_nodes() <= bound, "{} nodes", state.loaded_nodes());
                }
                Step::Reopen => {
                    save(&mut state, &mut store);
                    state = StateTrie::open(state.root(), LIMITS);
                }
                Step::WhatIf(updates) => {
                    let (mut other, mut changed) = (state.clone(), model.clone());
                    updates.iter().for_each(|update| take_in(&mut changed, update));
                    prop_assert_eq!(other.apply(&store, updates).unwrap(), reference_root(&changed));
                    check_proofs(&other, &store, &changed, address, &slots);
                }
            }
            check_proofs(&state, &store, &model, address, &slots);
        }
        prop_assert_eq!(state.root(), reference_root(&model));
        prop_assert_eq!(
            state_root(model.iter().map(|(address, (account, slots))| (*address, *account, slots.clone()))).unwrap(),
            reference_root(&model)
        );
        let none = |address: &Address| AccountUpdate { address: *address, account: None, storage: vec![], storage_wiped: false };
        state.apply(&store, model.keys().map(none)).unwrap();
        save(&mut state, &mut store);
        prop_assert!(store.is_empty());
        prop_assert_eq!(state.loaded_nodes(), 0);
    }
}

fn update_of(seed: u8, balance: u64) -> AccountUpdate {
    AccountUpdate {
        address: Address::repeat_byte(seed),
        account: Some(AccountLeaf {
            nonce: 0,
            balance: U256::from(balance),
            code_hash: KECCAK256_EMPTY,
        }),
        storage: vec![],
        storage_wiped: false,
    }
}

#[test]
fn a_balance_change_keeps_the_storage_root() {
    let mut store = MemoryNodes::new();
    let mut state = StateTrie::open(EMPTY_ROOT, TrieLimits::default());
    let written = AccountUpdate {
        storage: vec![(U256::from(1), U256::from(2))],
        ..update_of(1, 5)
    };
    state.apply(&store, [written]).unwrap();
    save(&mut state, &mut store);
    let mut state = StateTrie::open(state.root(), TrieLimits::default());
    state.apply(&store, [update_of(1, 6)]).unwrap();
    let proof = state
        .account_proof(&store, Address::repeat_byte(1), &[U256::from(1)])
        .unwrap();
    assert_eq!(proof.account.unwrap().balance, U256::from(6));
    assert_eq!(proof.storage[0].value, U256::from(2));
}

#[test]
fn a_value_that_is_no_account_is_an_error() {
    let mut store = MemoryNodes::new();
    let mut trie = lumio_state::trie::Trie::empty(None);
    let address = Address::repeat_byte(1);
    trie.insert(&store, &keccak256(address), b"not an account")
        .unwrap();
    store.apply(None, trie.commit());
    let mut state = StateTrie::open(trie.root(), TrieLimits::default());
    let is_corrupt = |error| matches!(error, TrieError::Corrupt { .. });
    assert!(is_corrupt(
        state.account_proof(&store, address, &[]).unwrap_err()
    ));
    assert!(is_corrupt(
        state.apply(&store, [update_of(1, 5)]).unwrap_err()
    ));
}

#[test]
fn a_missing_node_is_an_error_that_says_where() {
    let mut store = MemoryNodes::new();
    let mut state = StateTrie::open(EMPTY_ROOT, TrieLimits::default());
    state
        .apply(&store, (0..64).map(|seed| update_of(seed, 1)))
        .unwrap();
    save(&mut state, &mut store);
    let mut state = StateTrie::open(state.root(), TrieLimits::default());
    let error = state
        .apply(&MemoryNodes::new(), [update_of(1, 2)])
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("the account trie has no node at /: "),
        "{error}"
    );
}

/// The state after `test_delegate_call_targets` (initcode, empty target, Prague) of the execution-spec tests.
#[test]
fn an_official_state_has_its_root() {
    let hex = |digits: &str| U256::from_str_radix(digits, 16).unwrap();
    let account = |address: &str, nonce, balance, storage: &[(u64, u64)]| {
        let account = AccountLeaf {
            nonce,
            balance: hex(balance),
            code_hash: KECCAK256_EMPTY,
        };
        let slots = storage
            .iter()
            .map(|(slot, value)| (U256::from(*slot), U256::from(*value)));
        (
            address.parse::<Address>().unwrap(),
            account,
            slots.collect::<Slots>(),
        )
    };
    let accounts = [
        account(
            "0x7c9e5e1d5e47a85dde5870438cf1dcd5027b65dc",
            1,
            "3635c9adc5de90aad8",
            &[],
        ),
        account(
            "0xb8c7676a1ab515953e9303a122eaf83601aca2c7",
            1,
            "0",
            &[(2, 1), (1, 0x2015)],
        ),
        account(
            "0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba",
            0,
            "04998c",
            &[],
        ),
    ];
    let expected = b256!("9e919aa702434bb27cd7796b801b58c732cc2823bad4ddbd8c7feadb3639e52d");
    assert_eq!(state_root(accounts).unwrap(), expected);
}

#[test]
fn a_state_without_accounts_has_the_empty_root() {
    assert_eq!(state_root::<Slots>([]).unwrap(), EMPTY_ROOT);
    assert_eq!(EMPTY_ROOT, keccak256([0x80]));
}
