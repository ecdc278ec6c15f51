//! Solana programs that call contracts of the EVM and Move functions.

use super::world::*;
use lumio_vm_bus::message::MoveCall;

/// A call of a Move function.
fn moves(module: &str, function: &str, arguments: Vec<u8>) -> Vec<u8> {
    let call = MoveCall {
        module: module.into(),
        function: function.into(),
        typeArguments: vec![],
        arguments: arguments.into(),
    };
    call.to_input().to_vec()
}

fn set(key: u64, value: u64) -> Vec<u8> {
    setCall {
        key: U256::from(key),
        value: U256::from(value),
    }
    .abi_encode()
}

fn contract() -> B256 {
    CONTRACT.into_word()
}

fn receipt(done: &Executed) -> &lumio_types::SolanaReceipt {
    done.carried.as_ref().unwrap().as_solana().unwrap()
}

#[track_caller]
fn succeeds(done: &Executed) {
    assert!(done.success, "{:#?}", receipt(done).logs);
}

#[test]
fn a_transaction_calls_a_contract_and_a_function() {
    let mut world = World::new();
    let alice = world.alice.key();
    let done = world.send(&[cross((0, 0), &alice, contract(), 0, &set(3, 4))]);
    succeeds(&done);
    assert_eq!(world.cell(3), U256::from(4));
    let logs: Vec<_> = done
        .events
        .iter()
        .filter(|event| event.log.address == CONTRACT)
        .collect();
    assert_eq!(logs.len(), 1);

    // A Move function with the account's signer spends its ETH.
    let bob = Pubkey::new_from_array([0x0b; 32]);
    let before = lamports(&world.memory, &alice);
    let pay = moves(
        "aptos_account",
        "transfer",
        (b256(&bob), 300_000_000_u64 / 4).abi_encode_params(),
    );
    let one = B256::with_last_byte(1);
    let done = world.send(&[cross((1, 0), &alice, one, 0, &pay)]);
    succeeds(&done);
    assert_eq!(lamports(&world.memory, &bob), 750_000_000);
    assert_eq!(
        lamports(&world.memory, &alice),
        before - 750_000_000 - 5_000
    );
    let told = receipt(&done).accounts[0].after;
    assert_eq!(told, before - 750_000_000 - 5_000, "what clients are told");
    // And what a function returns is the return data.
    let value = moves("treasury", "owner_of", b256(&TOKEN).abi_encode());
    let done = world.send(&[cross((1, STATIC), &alice, MODULE.0.into(), 0, &value)]);
    assert!(
        !done.success,
        "accounts of Solana cannot be read while one of its programs waits"
    );
    let logs = &receipt(&done).logs;
    let says = |line: &str| line.contains("a Solana program waits for this call");
    assert!(logs.iter().any(says), "{logs:#?}");
}

#[test]
fn queued_calls_run_in_order_after_all_instructions() {
    let mut world = World::new();
    let alice = world.alice.key();
    let queue = |value: u64| cross((0, QUEUE), &alice, contract(), 0, &set(1, value));
    let done = world.send(&[
        queue(5),
        cross((0, 0), &alice, contract(), 0, &set(1, 6)),
        queue(7),
    ]);
    succeeds(&done);
    let values: Vec<U256> = done
        .events
        .iter()
        .filter(|event| event.log.address == CONTRACT)
        .map(|event| Set::decode_log_data(&event.log.data).unwrap().value)
        .collect();
    assert_eq!(values, [6, 5, 7].map(U256::from));
    assert_eq!(world.cell(1), U256::from(7));
    // A Move function, queued, acts as the account as well.
    let bob = Pubkey::new_from_array([0x0b; 32]);
    let pay = moves(
        "aptos_account",
        "transfer",
        (b256(&bob), 1_000_u64).abi_encode_params(),
    );
    let done = world.send(&[cross((1, QUEUE), &alice, B256::with_last_byte(1), 0, &pay)]);
    succeeds(&done);
    assert_eq!(lamports(&world.memory, &bob), 10_000);
    assert_eq!(
        receipt(&done).accounts[0].after,
        lamports(&world.memory, &alice)
    );
    // One that fails takes the others back.
    let fail = failCall {}.abi_encode();
    let done = world.send(&[queue(9), cross((0, QUEUE), &alice, contract(), 0, &fail)]);
    assert!(!done.success);
    assert_eq!(world.cell(1), U256::from(7));
    let last = receipt(&done).logs.iter().last().unwrap();
    assert!(last.contains("A queued call failed"), "{last}");
}

#[test]
fn solana_is_not_entered_again_and_the_contract_may_go_on() {
    let mut world = World::new();
    let alice = world.alice.key();
    let memo = program(&Instruction {
        program_id: MEMO,
        accounts: vec![],
        data: b"hello".to_vec(),
    });
    let treasury = TREASURY.into_word();
    let (instruction, seeds) = (memo.clone(), vec![]);
    let run = tryRunCall { instruction, seeds }.abi_encode();
    let done = world.send(&[cross((0, CATCH), &alice, treasury, 0, &run)]);
    succeeds(&done);
    let data = receipt(&done).return_data.as_ref().unwrap().1.clone();
    assert_eq!(data[0], 1);
    let (ok, why) = <(bool, Bytes)>::abi_decode_params(&data[1..]).unwrap();
    assert!(!ok && reason_of(&why).contains("the Solana VM cannot be entered again"));
    // Nor are its accounts shown, which may be about to change.
    let id = b256(&TOKEN);
    let read = solanaAccountCall { id }.abi_encode();
    let done = world.send(&[cross(
        (0, CATCH),
        &alice,
        CROSS_VM_ADDRESS.into_word(),
        0,
        &read,
    )]);
    let data = receipt(&done).return_data.as_ref().unwrap().1.clone();
    assert!(data[0] == 0 && reason_of(&data[1..]).contains("cannot be seen yet"));
    // A queued call may: no program waits for it.
    let seeds = vec![];
    let run = runCall {
        instruction: memo,
        seeds,
    }
    .abi_encode();
    let done = world.send(&[cross((0, QUEUE), &alice, treasury, 0, &run)]);
    succeeds(&done);
}
