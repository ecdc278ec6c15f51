//! X10: logs of a block are those of the frames that stood, in order, with a
//! bloom. X14: a block run twice gives the same. X2: wei are conserved.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use alloy_primitives::{Bloom, BloomInput, Bytes, TxKind, U256};
use alloy_sol_types::SolCall;
use lumio_executor::{BlockError, BlockOutcome};
use lumio_tests::{
    chain::{User, block, executor},
    fixture,
    memory::Memory,
};
use lumio_types::{Transaction, block_bloom, receipts_root};

struct World {
    memory: Memory,
    users: Vec<User>,
    logger: alloy_primitives::Address,
    store: alloy_primitives::Address,
}

fn world() -> World {
    let mut memory = Memory::default();
    let users = (0..4)
        .map(|number| User::new(number, &mut memory))
        .collect();
    let logger = alloy_primitives::Address::repeat_byte(0xa1);
    let store = alloy_primitives::Address::repeat_byte(0xa2);
    memory.deploy(logger, fixture::runtime("Logger"));
    memory.deploy(store, fixture::runtime("Store"));
    World {
        memory,
        users,
        logger,
        store,
    }
}

fn transactions(world: &mut World) -> Vec<Transaction> {
    let (logger, store) = (TxKind::Call(world.logger), TxKind::Call(world.store));
    let mut list = Vec::new();
    for round in 0..5_u64 {
        for (index, user) in world.users.iter_mut().enumerate() {
            let number = U256::from(round);
            let key = U256::from(index);
            let (to, input): (_, Vec<u8>) = match (round as usize + index) % 6 {
                0 => (logger, fixture::emitManyCall { count: number }.abi_encode()),
                1 => (logger, fixture::emitAroundRevertCall {}.abi_encode()),
                2 => (store, fixture::setCall { key, value: number }.abi_encode()),
                3 => (
                    store,
                    fixture::setAndFailCall { key, value: number }.abi_encode(),
                ),
                4 => (TxKind::Create, fixture::bytecode("Compute").to_vec()),
                _ => (
                    TxKind::Call(alloy_primitives::Address::repeat_byte(9)),
                    vec![],
                ),
            };
            let value = if input.is_empty() {
                U256::from(1_000)
            } else {
                U256::ZERO
            };
            list.push(user.transaction(to, value, Bytes::from(input), 1_000_000));
        }
    }
    list
}

fn run(world: &World, list: &[Transaction]) -> BlockOutcome {
    executor()
        .execute_block(&world.memory, &block(1), list)
        .unwrap()
}

#[test]
fn a_block_gives_the_same_cold_and_warm() {
    let mut world = world();
    let list = transactions(&mut world);
    let warm = executor();
    let first = warm.execute_block(&world.memory, &block(1), &list).unwrap();
    let second = warm.execute_block(&world.memory, &block(1), &list).unwrap();
    assert_eq!(first, second, "warm caches");
    assert_eq!(first, run(&world, &list), "cold caches");
    assert_eq!(
        receipts_root(&first.receipts),
        receipts_root(&second.receipts)
    );
}

#[test]
fn logs_of_reverted_frames_are_gone_and_the_rest_is_in_order() {
    let mut world = world();
    let list = transactions(&mut world);
    let outcome = run(&world, &list);
    let mut bloom = Bloom::ZERO;
    for (receipt, transaction) in outcome.receipts.iter().zip(&list) {
        if !receipt.success {
            assert_eq!(receipt.logs().len(), 0, "{}", transaction.hash());
        }
        for log in receipt.logs() {
            assert!(
                receipt
                    .bloom()
                    .contains_input(BloomInput::Raw(log.address.as_slice()))
            );
        }
        bloom |= receipt.bloom();
    }
    assert_eq!(
        bloom,
        block_bloom(outcome.receipts.iter().flat_map(|receipt| receipt.logs()))
    );
    let failed = outcome
        .receipts
        .iter()
        .filter(|receipt| !receipt.success)
        .count();
    assert!(failed >= 3, "the mix has failing transactions");
    let logs: usize = outcome
        .receipts
        .iter()
        .map(|receipt| receipt.logs().len())
        .sum();
    assert!(logs >= 5, "the mix has logs");
}

#[test]
fn wei_are_conserved_with_fees() {
    let mut world = world();
    let list = transactions(&mut world);
    let supply = world.memory.supply();
    let outcome = run(&world, &list);
    world.memory.apply(&outcome.writes);
    // Under the OP stack's rules the base fee is not burnt, it goes to a vault.
    assert_eq!(world.memory.supply(), supply);
}

#[test]
fn each_transaction_sees_those_before_it() {
    let mut world = world();
    let list = transactions(&mut world);
    let gas: u64 = run(&world, &list)
        .receipts
        .iter()
        .map(|receipt| receipt.gas_used)
        .sum();
    assert_eq!(run(&world, &list).gas_used, gas);
    let swapped: Vec<_> = list.iter().rev().cloned().collect();
    let error = executor()
        .execute_block(&world.memory, &block(1), &swapped)
        .unwrap_err();
    assert!(
        matches!(error, BlockError::Transaction { index: 0, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("nonce too high"), "{error}");
}
