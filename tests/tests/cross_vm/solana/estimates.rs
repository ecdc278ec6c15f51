//! X16: estimates of gas suffice, where contracts and modules call Solana programs, and these call
//! back.

use super::{moving::*, world::*};
use alloy_consensus::Transaction as _;
use alloy_rpc_types_eth::TransactionRequest;
use lumio_executor::ExecuteError;
use lumio_move_transaction::SignedTransaction;
use lumio_simulator::{Base, Overrides, SimulateError, Simulator};
use lumio_tests::{
    actors::{Frame, Generator, Mode, Root, Stage, Step, transaction},
    moving::carrier,
};
use lumio_types::{Carried, MoveTransaction, Transaction};

/// A world in which a contract and a Move user have ETH, and what each may call.
fn with_instructions() -> (World, MoveUser, impl Fn(&Pubkey) -> Vec<Instruction>) {
    let mut world = World::new();
    let bob = move_user(&mut world, 5);
    let wealth = U256::from(SOL) * U256::from(SOL) * U256::from(9);
    world.memory.fund(RELAY, wealth);
    let endless = Pubkey::new_from_array([0xee; 32]);
    let source = ".globl entrypoint\n.text\nentrypoint:\n  goto entrypoint\n";
    world.memory.put_program(&endless, &assembled(source));
    let busy = Pubkey::new_from_array([0xeb; 32]);
    // A hundred thousand rounds of three instructions.
    let source = ".globl entrypoint\n.text\nentrypoint:\n  r1 = 100000\nagain:\n  r1 -= 1\n  if r1 != 0 goto again\n  r0 = 0\n  exit\n";
    world.memory.put_program(&busy, &assembled(source));
    let large = Pubkey::new_from_array([0x1a; 32]);
    let record = lumio_tests::sbpf::record(&lumio_vm_svm::TOKEN, false, &vec![0; 1 << 20]);
    world.memory.put_account(&large, 100 * SOL, record);
    let alice = world.alice.key();
    let instructions = move |caller: &Pubkey| {
        let bob = Pubkey::new_from_array([0xb0; 32]);
        let plain = |program_id, accounts| Instruction {
            program_id,
            accounts,
            data: vec![],
        };
        let memo = |length: usize| Instruction {
            program_id: lumio_vm_svm::MEMO,
            accounts: vec![],
            data: vec![b'x'; length],
        };
        let many = (0..40_u8).map(|n| AccountMeta::new([n + 1; 32].into(), false));
        vec![
            transfer(caller, &bob, RENT),
            transfer(caller, &alice, 1),
            memo(1),
            memo(400),
            plain(busy, vec![]),
            plain(busy, vec![AccountMeta::new(large, false)]),
            plain(busy, many.collect()),
            plain(endless, vec![]),
        ]
    };
    (world, bob, instructions)
}

fn estimate(world: &World, from: Address, transaction: &Transaction) -> Result<u64, SimulateError> {
    let envelope = transaction.envelope();
    let request = TransactionRequest {
        from: Some(from),
        to: Some(envelope.kind()),
        value: Some(envelope.value()),
        input: envelope.input().clone().into(),
        ..TransactionRequest::default()
    };
    let base = Base {
        view: &world.memory,
        block: &world.block,
    };
    Simulator::new(world.executor.clone()).estimate_gas(base, &request, &Overrides::default())
}

/// Each instruction, called so that its failure is the caller's, and so that it is caught.
#[test]
fn x16_an_estimate_of_a_contract_that_calls_solana_suffices() {
    let (mut world, _, instructions) = with_instructions();
    let all = instructions(&evm_key(RELAY));
    let last = all.len() - 1;
    for (number, instruction) in all.iter().enumerate() {
        let (accounts, data) = (
            metas(instruction),
            Bytes::copy_from_slice(&instruction.data),
        );
        let program = b256(&instruction.program_id);
        let tries = tryCallSolanaCall {
            program,
            accounts: accounts.clone(),
            data: data.clone(),
        };
        let queues = queueSolanaCall {
            program,
            accounts,
            data,
        };
        let inputs = [
            calls(instruction, &[]),
            relayed(CROSS_VM_ADDRESS, &tries.abi_encode()),
            relayed(CROSS_VM_ADDRESS, &queues.abi_encode()),
        ];
        for (way, input) in inputs.into_iter().enumerate() {
            world.next_block();
            let nonce = world.user.nonce;
            let mut sent = |gas| {
                world.user.nonce = nonce;
                let input = Bytes::from(input.clone());
                let to = TxKind::Call(RELAY);
                world.user.transaction(to, U256::ZERO, input, gas)
            };
            let asked = sent(0);
            let from = world.user.address();
            let gas = estimate(&world, from, &asked);
            if number == last && way != 1 {
                assert!(gas.is_err(), "it never ends");
                world.user.nonce = nonce;
                continue;
            }
            let gas = gas.unwrap();
            world.user.nonce = nonce;
            let input = Bytes::from(input);
            let sent = world
                .user
                .transaction(TxKind::Call(RELAY), U256::ZERO, input, gas);
            let done = world.keep(&sent);
            assert!(done.success, "{number} {way}: {gas}");
            let used = done.gas_used;
            assert!(gas < used + used / 20 + 40_000, "{gas} for {used}");
        }
    }
}

/// What the API shows, and a half more, as Aptos' tools ask for; and what the API allows at most.
#[test]
fn x16_an_estimate_of_a_module_that_calls_solana_suffices() {
    let (world, mut bob, instructions) = with_instructions();
    let bobs = key_of(&bob);
    let all = instructions(&bobs);
    let last = all.len() - 1;
    for (number, instruction) in all.iter().enumerate() {
        for name in ["run", "try_run"] {
            let before = bob.sequence_number;
            let asked = bob.call_at(TREASURY, ("treasury", name), vec![], bcs_of(instruction));
            let Some(Carried::Move(asked)) = asked.carried() else {
                panic!("a carrier");
            };
            let simulated = simulate(&world, &asked.signed);
            if number == last && name == "run" {
                assert!(!simulated.success, "it never ends");
                bob.sequence_number = before;
                continue;
            }
            assert!(simulated.success, "{}", status(&simulated));
            let shown = simulated.carried.as_ref().unwrap().as_move().unwrap();
            let units = shown.gas_units;
            for most in [units + units / 2, asked.signed.raw.max_gas_amount] {
                let mut raw = asked.signed.raw.clone();
                raw.max_gas_amount = most;
                let sent = carrier(&bob.sign(raw));
                let done = world.executor.execute(&world.memory, &world.block, &sent);
                let done = done.unwrap();
                assert!(done.success, "{number} {name} {most}: {}", status(&done));
                // The block counts no less than its sender is shown.
                let paid = done.carried.as_ref().unwrap().as_move().unwrap().gas_units;
                assert!(paid <= most, "{paid} of {most}");
            }
            bob.sequence_number = before;
        }
    }
}

/// Without a signature, and with as much gas as there may be.
fn simulate(world: &World, signed: &SignedTransaction) -> Executed {
    let mut signed = signed.clone();
    signed.raw.max_gas_amount = 400_000;
    let inner = MoveTransaction::simulated(signed).unwrap();
    let (executor, block) = (&world.executor, &world.block);
    executor
        .simulate_move(&world.memory, block, &inner)
        .unwrap()
}

/// Whatever contracts, modules and programs do to each other below an Ethereum transaction.
#[test]
fn x16_an_estimate_of_a_tree_over_three_machines_suffices() {
    let mut generator = Generator::new(1_616);
    let stage = Stage::new();
    let (mut sufficed, mut refused) = (0, 0);
    for _ in 0..400 {
        let tree = generator.tree();
        if !matches!(tree, Root::Evm(..) | Root::CrossVm(_)) || meters(tree.frame()) {
            continue;
        }
        let mut world = World::new();
        world.executor = stage.executor.clone();
        world.memory = stage.memory.clone();
        world.block = BlockContext {
            gas_limit: 100_000_000,
            ..stage.block.clone()
        };
        world.user = lumio_tests::chain::User::new(9, &mut world.memory);
        let from = world.user.address();
        let asked = transaction(&stage, &tree, &mut world.user).unwrap();
        let envelope = asked.envelope();
        world.user.nonce -= 1;
        match estimate(&world, from, &asked) {
            Ok(gas) => {
                let (to, input) = (envelope.kind(), envelope.input().clone());
                let sent = world.user.transaction(to, envelope.value(), input, gas);
                let done = world.executor.execute(&world.memory, &world.block, &sent);
                assert!(done.unwrap().success, "{gas}: {tree:?}");
                sufficed += 1;
            }
            Err(_) => {
                let done = world.executor.execute(&world.memory, &world.block, &asked);
                match done {
                    Ok(done) => assert!(!done.success, "{tree:?}"),
                    Err(ExecuteError::Invalid(_)) => {}
                    Err(other) => panic!("{other}"),
                }
                refused += 1;
            }
        }
    }
    assert!(sufficed > 50 && refused > 10, "{sufficed} {refused}");
}

/// Whether what it does depends on how much gas there is.
fn meters(frame: &Frame) -> bool {
    frame.steps.iter().any(|step| match step {
        Step::Call(mode, inner) => {
            let Mode {
                limited, starved, ..
            } = *mode;
            limited || starved || meters(inner)
        }
        Step::Queue(inner) | Step::Forge(inner) | Step::Delegate(inner) => meters(inner),
        Step::Burn => true,
        _ => false,
    })
}
