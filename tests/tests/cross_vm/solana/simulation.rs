//! X16: what a simulation says is what happens, and an estimate suffices.

use super::world::*;
use alloy_rpc_types_eth::TransactionRequest;
use lumio_simulator::{Base, Overrides, Simulator};
use lumio_tests::{
    actors::{Generator, Stage, transaction},
    traced::Case,
};
use lumio_types::Carried;

/// A request of the EVM's user.
fn request(world: &World, input: &[u8]) -> TransactionRequest {
    TransactionRequest {
        from: Some(world.user.address()),
        to: Some(TxKind::Call(RELAY)),
        input: Bytes::copy_from_slice(input).into(),
        ..TransactionRequest::default()
    }
}

#[test]
fn x16_a_simulation_of_a_solana_transaction_equals_its_execution() {
    let mut world = World::new();
    let (alice, bob) = (world.alice.key(), Pubkey::new_from_array([0xb0; 32]));
    let contract = CONTRACT.into_word();
    let set = setCall {
        key: U256::from(1),
        value: U256::from(9),
    }
    .abi_encode();
    let fail = alloy_primitives::keccak256("fail()")[..4].to_vec();
    let pay = moves(
        "aptos_account",
        "transfer",
        (b256(&bob), 300_000_000_u64).abi_encode_params(),
    );
    let one = B256::with_last_byte(1);
    let cases = [
        vec![transfer(&alice, &bob, SOL)],
        vec![transfer(&alice, &bob, u64::MAX)],
        vec![cross((0, 0), &alice, contract, 0, &set)],
        vec![cross((0, 0), &alice, contract, 0, &fail)],
        vec![cross((0, CATCH), &alice, contract, 0, &fail)],
        vec![cross((0, STATIC), &alice, contract, 0, &set)],
        vec![cross((1, 0), &alice, one, 0, &pay)],
        vec![
            cross((0, 4), &alice, contract, 0, &set),
            transfer(&alice, &bob, SOL),
        ],
        vec![
            cross((0, 4), &alice, contract, 0, &fail),
            transfer(&alice, &bob, SOL),
        ],
        vec![
            cross((0, CATCH), &alice, BURNER.into_word(), 0, &[]),
            units(300_000),
        ],
    ];
    for (number, steps) in cases.iter().enumerate() {
        world.next_block();
        let sent = world.alice.send(&world.block, &[], steps);
        let inner = sent.carried().unwrap().as_solana().unwrap();
        let (executor, block) = (&world.executor, &world.block);
        let tried = executor.try_solana(&world.memory, block, inner).unwrap();
        let (simulated, _) = executor
            .simulate_solana(&world.memory, block, inner)
            .unwrap();
        let done = executor.execute(&world.memory, block, &sent).unwrap();
        assert_eq!(tried.success, done.success, "{number}");
        assert_eq!(
            (tried.gas_used, &tried.output),
            (done.gas_used, &done.output)
        );
        assert_eq!(
            (&tried.events, &tried.carried),
            (&done.events, &done.carried)
        );
        let mut writes = lumio_state::WriteSet::from(done.writes.clone());
        // The envelope counts itself.
        writes.retain(|key, value| tried.writes.get(key) == Some(value));
        assert_eq!(
            writes,
            lumio_state::WriteSet::from(tried.writes),
            "{number}"
        );
        let receipt = World::receipt(&done);
        assert_eq!(simulated.status.is_ok(), done.success);
        assert!(simulated.logs.iter().eq(receipt.logs.iter()), "{receipt:?}");
        assert_eq!(simulated.compute_units, receipt.compute_units);
        world.memory.apply(&done.writes);
    }
}

#[test]
fn x16_an_estimate_of_a_call_of_solana_suffices() {
    let mut world = World::new();
    world
        .memory
        .fund(RELAY, U256::from(SOL) * U256::from(SOL) * U256::from(9));
    let (alice, bob) = (world.alice.key(), Pubkey::new_from_array([0xb0; 32]));
    let memo = |length: usize| Instruction {
        program_id: lumio_vm_svm::MEMO,
        accounts: vec![],
        data: vec![b'x'; length],
    };
    let endless = Pubkey::new_from_array([0xee; 32]);
    let source = ".globl entrypoint\n.text\nentrypoint:\n  goto entrypoint\n";
    world.memory.put_program(&endless, &assembled(source));
    let caught = Instruction {
        program_id: endless,
        accounts: vec![],
        data: vec![],
    };
    let mut tried = calls(&caught, &[]);
    let try_input = tryCallSolanaCall {
        program: b256(&endless),
        accounts: vec![],
        data: Bytes::new(),
    };
    tried.truncate(32);
    tried.extend(try_input.abi_encode());
    let mut inputs = vec![
        calls(&transfer(&evm_key(RELAY), &bob, SOL), &[]),
        calls(&transfer(&evm_key(RELAY), &alice, 1), &[]),
        tried,
    ];
    inputs.extend([1, 100, 500].map(|length| calls(&memo(length), &[])));
    for input in inputs {
        world.next_block();
        let base = Base {
            view: &world.memory,
            block: &world.block,
        };
        let simulator = Simulator::new(world.executor.clone());
        let request = request(&world, &input);
        let gas = simulator.estimate_gas(base, &request, &Overrides::default());
        let gas = gas.unwrap();
        let to = TxKind::Call(RELAY);
        let sent = world.user.transaction(to, U256::ZERO, input.into(), gas);
        let done = world.keep(&sent);
        assert!(done.success, "{gas}: {}", reason_of(&done.output));
        assert!(gas < done.gas_used * 3, "{gas} for {}", done.gas_used);
    }
}

/// What any of the three kinds of transaction does, whoever calls whom, is what a simulation says,
/// and what every tracer shows.
#[test]
fn x16_trees_over_three_machines_are_simulated_and_traced_as_they_run() {
    let mut generator = Generator::new(16);
    let stage = Stage::new();
    let (mut succeeded, mut failed) = (0, 0);
    for _ in 0..400 {
        let tree = generator.tree();
        let mut memory = stage.memory.clone();
        let mut user = User::new(9, &mut memory);
        let Some(sent) = transaction(&stage, &tree, &mut user) else {
            continue;
        };
        let block = BlockContext {
            gas_limit: 100_000_000,
            ..stage.block.clone()
        };
        let case = Case::new(&stage.executor, &memory, &block, &sent);
        let done = &case.executed;
        match done.success {
            true => succeeded += 1,
            false => failed += 1,
        }
        let simulated = match sent.carried() {
            Some(Carried::Move(inner)) => stage.executor.simulate_move(&memory, &block, inner),
            Some(Carried::Solana(inner)) => stage.executor.try_solana(&memory, &block, inner),
            None => stage.executor.execute(&memory, &block, &sent),
        };
        let simulated = simulated.unwrap();
        assert_eq!(simulated.success, done.success);
        assert_eq!(
            (simulated.gas_used, &simulated.output),
            (done.gas_used, &done.output)
        );
        assert_eq!(simulated.events, done.events);
        case.check_frames();
    }
    assert!(succeeded > 100 && failed > 50, "{succeeded} {failed}");
}
