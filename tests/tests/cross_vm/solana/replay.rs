//! X14: blocks are the same again, with warm and with cold caches; no transaction comes twice, not
//! after a restart and not after a reorganisation.

use super::{stage, world::*};
use lumio_executor::ExecuteError;
use lumio_tests::actors::{Generator, Stage};
use lumio_types::Transaction;
use solana_system_interface::instruction as system;

/// Transactions of all machines that call each other, one of each kind in a block; some fail.
fn transactions(world: &mut World, number: u64) -> Vec<Transaction> {
    let alice = world.alice.key();
    let bob = Pubkey::new_from_array([0xb0; 32]);
    let set = |key: u64, value: u64| {
        setCall {
            key: U256::from(key),
            value: U256::from(value),
        }
        .abi_encode()
    };
    let pay = transfer(&evm_key(RELAY), &bob, SOL * (1 + number % 3));
    let by_evm = Bytes::from(calls(&pay, &[]));
    let to = TxKind::Call(RELAY);
    let contract = CONTRACT.into_word();
    let solana = [
        vec![transfer(&alice, &bob, SOL)],
        vec![cross((0, 0), &alice, contract, 0, &set(number, number))],
        vec![
            cross((0, 0), &alice, contract, 0, &set(9, number)),
            transfer(&alice, &bob, u64::MAX),
        ],
        vec![
            cross((0, CATCH), &alice, BURNER.into_word(), 0, &[]),
            units(1_000_000),
        ],
    ];
    let mut all = vec![world.user.transaction(to, U256::ZERO, by_evm, 2_000_000)];
    let sent = solana
        .iter()
        .map(|steps| world.alice.send(&world.block, &[], steps));
    all.extend(sent);
    all
}

#[test]
fn x14_blocks_are_the_same_warm_and_cold() {
    let mut world = World::new();
    let wealth = U256::from(SOL) * U256::from(100 * SOL);
    world.memory.fund(RELAY, wealth);
    let mut blocks = Vec::new();
    for number in 1..6 {
        world.next_block();
        let (start, block) = (world.memory.clone(), world.block.clone());
        let mut done = Vec::new();
        for transaction in transactions(&mut world, number) {
            let executed = world.keep(&transaction);
            done.push((transaction, executed));
        }
        assert_eq!(done.iter().filter(|(_, done)| !done.success).count(), 1);
        blocks.push((start, block, done, world.memory.clone()));
    }
    // One executor for all of them, one for each, and a warm one that goes backwards.
    let cold = solana::executor();
    let backwards = blocks.iter().rev();
    for (at, (start, block, done, end)) in blocks.iter().chain(backwards).enumerate() {
        let alone = solana::executor();
        let executors = match at {
            0..5 => vec![&cold, &alone],
            _ => vec![&world.executor, &cold],
        };
        for executor in executors {
            let mut memory = start.clone();
            for (transaction, expected) in done {
                let again = executor.execute(&memory, block, transaction).unwrap();
                assert_eq!(again, *expected);
                memory.apply(&again.writes);
            }
            assert_eq!(memory, *end);
        }
    }
}

#[test]
fn x14_trees_over_three_machines_are_the_same_warm_and_cold() {
    let mut generator = Generator::new(14);
    let warm = Stage::new();
    let vm = warm.executor.move_vm().unwrap().clone();
    for _ in 0..60 {
        let tree = generator.tree();
        let first = lumio_tests::actors::run(&warm, &tree, &vm);
        let mut cold = warm.clone();
        cold.executor = solana::executor();
        let move_vm = cold.executor.move_vm().unwrap().clone();
        assert_eq!(lumio_tests::actors::run(&cold, &tree, &move_vm), first);
        assert_eq!(lumio_tests::actors::run(&warm, &tree, &vm), first);
    }
    let _ = stage::MACHINES;
}

fn refused(world: &World, transaction: &Transaction) -> bool {
    // As the node does after a restart: nothing but the state is there.
    let fresh = solana::executor();
    let executors = [&world.executor, &fresh];
    let refused = executors.map(|executor| {
        let done = executor.execute(&world.memory, &world.block, transaction);
        match done {
            Ok(_) => false,
            Err(ExecuteError::Solana(_)) => true,
            Err(other) => panic!("{other}"),
        }
    });
    assert_eq!(refused[0], refused[1]);
    refused[0]
}

#[test]
fn x14_a_solana_transaction_never_comes_again() {
    let mut world = World::new();
    let (alice, bob) = (world.alice.key(), Pubkey::new_from_array([0xb0; 32]));
    let sent = world
        .alice
        .send(&world.block, &[], &[transfer(&alice, &bob, SOL)]);
    let fails = world
        .alice
        .send(&world.block, &[], &[transfer(&alice, &bob, u64::MAX)]);
    let before = (world.memory.clone(), world.block.clone());
    assert!(!refused(&world, &sent));
    assert!(world.keep(&sent).success);
    assert!(!world.keep(&fails).success);
    let after = (world.memory.clone(), world.block.clone());
    // While its blockhash may be named it is known, and afterwards the blockhash is too old.
    for _ in 0..160 {
        assert!(refused(&world, &sent));
        assert!(refused(&world, &fails), "one that failed, too");
        world.next_block();
    }
    // A reorganisation takes it back: then it may come, once.
    (world.memory, world.block) = before;
    assert!(!refused(&world, &sent));
    world.next_block();
    assert!(!refused(&world, &sent));
    assert!(world.keep(&sent).success);
    assert!(refused(&world, &sent));
    // And forward again.
    (world.memory, world.block) = after;
    assert!(refused(&world, &sent));
}

#[test]
fn x14_a_durable_nonce_lets_a_transaction_in_once() {
    let mut world = World::new();
    let (alice, bob) = (world.alice.key(), Pubkey::new_from_array([0xb0; 32]));
    let nonce = solana_keypair::Keypair::new_from_array([0x70; 32]);
    let key = solana_signer::Signer::pubkey(&nonce);
    let make = system::create_nonce_account(&alice, &key, &alice, 10 * RENT);
    let made = world.alice.send(&world.block, &[&nonce], &make);
    assert!(world.keep(&made).success);
    world.next_block();
    let value = |world: &World| B256::from_slice(&world.memory.data(&key)[40..72]);
    let with = |world: &World, hash: B256, steps: &[Instruction]| {
        let mut all = vec![system::advance_nonce_account(&key, &alice)];
        all.extend_from_slice(steps);
        let block = BlockContext {
            parent_hash: hash,
            ..world.block.clone()
        };
        world.alice.send(&block, &[], &all)
    };
    let first = value(&world);
    let pay = with(&world, first, &[transfer(&alice, &bob, SOL)]);
    let fails = with(&world, first, &[transfer(&alice, &bob, u64::MAX)]);
    let before = (world.memory.clone(), world.block.clone());
    // Long after, it is still good: that is what it is for.
    for _ in 0..155 {
        world.next_block();
    }
    assert!(!refused(&world, &pay));
    let done = world.keep(&fails);
    assert!(
        !done.success,
        "it fails, and has used the nonce up all the same"
    );
    assert_ne!(value(&world), first);
    for _ in 0..155 {
        assert!(refused(&world, &pay) && refused(&world, &fails));
        world.next_block();
    }
    (world.memory, world.block) = before;
    world.next_block();
    assert!(world.keep(&pay).success, "on another branch it may come");
    assert!(refused(&world, &pay) && refused(&world, &fails));
}
