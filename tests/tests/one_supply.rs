//! X2, X3, X7, X14, X16: a random mix of transactions of the EVM and of Move against a naive model
//! of balances. After each block every wei is where the model has it, every face of a balance shows
//! the same, a second run of the block gives the same, and so did each simulation.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use lumio_tests::mix::{Act, End, Flaw, PLACES, Step, USERS, World};
use proptest::{
    prelude::*,
    sample::select,
    test_runner::{RngAlgorithm, TestRng, TestRunner},
};
use std::{cell::RefCell, collections::BTreeMap};

/// Amounts that are often too large, and often at an edge.
fn octas() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => 0..5_u64,
        8 => 0..3_000_000_u64,
        1 => 0..100_000_000_u64,
        1 => select(vec![u64::MAX, u64::MAX / 2 + 1, 1 << 32]),
    ]
}

fn wei() -> impl Strategy<Value = u128> {
    prop_oneof![
        0..3_u128,
        0..30_000_000_000_u128,
        9_999_999_990..10_000_000_010_u128,
        0..50_000_000_000_000_000_000_u128,
        Just(u128::MAX),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let place = 0..PLACES;
    prop_oneof![
        4 => (0..6_usize, place.clone(), octas())
            .prop_map(|(way, to, octas)| Act::Transfer { way, to, octas }),
        1 => place.clone().prop_map(|to| Act::Drain { to }),
        2 => octas().prop_map(|octas| Act::Save { octas }),
        2 => (place.clone(), octas()).prop_map(|(to, octas)| Act::Spend { to, octas }),
        2 => octas().prop_map(|octas| Act::Lock { octas }),
        2 => (place.clone(), octas()).prop_map(|(to, octas)| Act::Unlock { to, octas }),
        2 => (place.clone(), octas()).prop_map(|(to, octas)| Act::Juggle { to, octas }),
        1 => octas().prop_map(|octas| Act::SaveAndAbort { octas }),
        1 => (place, octas()).prop_map(|(to, octas)| Act::SpendAllGas { to, octas }),
        1 => any::<bool>().prop_map(|is_broken| Act::Publish { is_broken }),
    ]
}

fn flaw() -> impl Strategy<Value = Option<Flaw>> {
    use Flaw::*;
    let flaws = vec![
        Sequence, Expired, Chain, Price, Gas, Bytes, Signature, Value,
    ];
    prop_oneof![
        5 => Just(None),
        1 => select(flaws).prop_map(Some),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let user = 0..USERS;
    let other = proptest::option::weighted(0.3, 0..USERS);
    prop_oneof![
        4 => (user.clone(), 0..PLACES, wei(), select(vec![0, 1, 2_000_000_000_u64]))
            .prop_map(|(from, to, wei, tip)| Step::Send { from, to, wei, tip }),
        1 => (user.clone(), wei()).prop_map(|(from, wei)| Step::Fail { from, wei }),
        1 => (user.clone(), proptest::option::weighted(0.8, 0..PLACES), wei())
            .prop_map(|(from, to, wei)| Step::Leave { from, to, wei }),
        8 => (user, other.clone(), other, act(), flaw()).prop_map(
            |(from, payer, bearer, act, flaw)| Step::Move { from, payer, bearer, act, flaw }
        ),
    ]
}

fn blocks() -> impl Strategy<Value = Vec<(u64, Vec<Step>)>> {
    let base_fee = select(vec![1, 99_999_999, 1_000_000_000, 1_234_567_891_u64]);
    proptest::collection::vec((base_fee, proptest::collection::vec(step(), 1..16)), 1..4)
}

#[test]
fn every_wei_is_where_a_naive_model_has_it() {
    let tally = RefCell::new(BTreeMap::new());
    let config = ProptestConfig::with_cases(100).clone_with_source_file(file!());
    // The same mixes each time, so that what must occur among them does.
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let result = TestRunner::new_with_rng(config, random).run(&blocks(), |blocks| {
        let mut world = World::default();
        let supply = world.memory.supply();
        for (base_fee, steps) in &blocks {
            world.block(*base_fee, steps);
            world.check(supply);
            for place in 0..PLACES {
                world.check_faces(world.place(place));
            }
        }
        for (kind, count) in world.tally {
            *tally.borrow_mut().entry(kind).or_insert(0) += count;
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    // The mix is one: what can go well does so, and what can fail does that.
    let tally = tally.into_inner();
    let has = |kind: &str, end| tally.contains_key(&(kind.to_owned(), end));
    for kind in [
        "Send", "Leave", "Transfer", "Drain", "Save", "Spend", "Lock", "Unlock", "Juggle",
        "Publish",
    ] {
        assert!(has(kind, End::Success), "{kind} {tally:?}");
    }
    for kind in [
        "Fail",
        "Transfer",
        "Drain",
        "Save",
        "Spend",
        "Lock",
        "Unlock",
        "Juggle",
        "Publish",
        "SaveAndAbort",
        "SpendAllGas",
    ] {
        assert!(has(kind, End::Failure), "{kind} {tally:?}");
    }
    for kind in [
        "Send",
        "Transfer",
        "Sequence",
        "Expired",
        "Chain",
        "Price",
        "Gas",
        "Bytes",
        "Signature",
        "Value",
    ] {
        assert!(has(kind, End::Refusal), "{kind} {tally:?}");
    }
}
