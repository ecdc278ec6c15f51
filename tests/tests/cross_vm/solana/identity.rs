//! X4, X11: the callee sees its immediate caller and nobody else signs; no account is two accounts.

use super::{moving::*, stage::*, world::*};
use lumio_executor::SvmTransactError;
use solana_transaction_error::TransactionError;

/// What an actor announces of its caller, in each machine's own words.
fn callers(events: &[Event]) -> Vec<Vec<u8>> {
    let entered = events.iter().filter(|event| match &event.origin {
        EventOrigin::Evm => event.log.data.data.len() == 64,
        EventOrigin::Move(event) => event.type_tag.ends_with("::actor::Entered"),
        EventOrigin::Svm => false,
    });
    entered
        .map(|event| event.log.data.data[..32].to_vec())
        .collect()
}

#[test]
fn x4_each_callee_sees_its_immediate_caller() {
    for way in ways(3) {
        let actors = cast(&way);
        let last = frame(actors[2], vec![]);
        let middle = frame(actors[1], vec![call(last)]);
        let mut stage = Stage::new();
        // The model has the caller in the digest of each frame, which every frame hands on.
        let (_, events) = run(&mut stage, frame(actors[0], vec![call(middle)]));
        let mut expected = Vec::new();
        for (at, actor) in actors.iter().enumerate().skip(1) {
            let id = account(actors[at - 1]);
            match vm_of(*actor) {
                VmId::Evm => expected.push(id.evm_address().into_word().to_vec()),
                VmId::Move => expected.push(id.0.to_vec()),
                VmId::Svm => {}
            }
        }
        let seen = callers(&events);
        for caller in expected {
            assert!(seen.contains(&caller), "{actors:?}");
        }
    }
}

#[test]
fn x4_static_calls_stay_static_there_and_back() {
    for way in ways(3) {
        let actors = cast(&way);
        if vm_of(actors[0]) != VmId::Evm && vm_of(actors[1]) == VmId::Svm {
            // Only Solidity calls Solana so.
            continue;
        }
        let writes = frame(actors[2], vec![Step::Write(1, 7)]);
        let middle = Frame {
            quiet: true,
            ..frame(actors[1], vec![call(writes)])
        };
        let mut stage = Stage::new();
        let before = rest(&stage);
        let steps = vec![static_call(middle)];
        run(&mut stage, frame(actors[0], steps));
        assert_eq!(rest(&stage), before, "{actors:?}");
    }
}

/// A contract lets a program spend its lamports, and not speak for it elsewhere.
#[test]
fn x4_no_program_speaks_for_the_account_that_called_it() {
    for (caller, elsewhere) in [(0, 1), (0, 5), (3, 1), (3, 5)] {
        for step in [try_call as fn(Frame) -> Step, call, Step::Queue] {
            let speaks = Frame {
                is_itself: false,
                ..frame(10, vec![step(frame(elsewhere, work(7)))])
            };
            let mut stage = Stage::new();
            let before = rest(&stage);
            let (happened, _) = run(&mut stage, frame(caller, vec![try_call(speaks)]));
            let refused = [
                "Solana: nobody speaks for the caller of another machine",
                "Solana: may not queue",
            ];
            let refused = refused.map(|what| happened.get(what).copied().unwrap_or_default());
            assert_eq!(refused.iter().sum::<u32>(), 1, "{caller} {elsewhere}");
            assert_eq!(rest(&stage), before, "{caller} {elsewhere}");
        }
    }
}

#[test]
fn x4_delegatecall_and_callcode_to_solana_fail() {
    let mut world = World::new();
    let bob = Pubkey::new_from_array([0xb0; 32]);
    for opcode in [DELEGATECALL, CALLCODE] {
        let relay = by(opcode);
        for victim in [relay, world.user.address()] {
            world.memory.fund(relay, U256::from(SOL) * U256::from(SOL));
            let before = world.rest();
            let input = input(&transfer(&evm_key(victim), &bob, SOL), &[]);
            let done = world.evm(relay, &relayed(CROSS_VM_ADDRESS, &input));
            assert!(!done.success, "{opcode:x}");
            assert_eq!(world.rest(), before);
        }
    }
}

#[test]
fn x4_a_static_call_of_solana_changes_nothing_and_reads() {
    let mut world = World::new();
    let relay = by(STATICCALL);
    world.memory.fund(relay, U256::from(SOL) * U256::from(SOL));
    let bob = Pubkey::new_from_array([0xb0; 32]);
    let before = world.rest();
    let done = world.evm(
        relay,
        &relayed(
            CROSS_VM_ADDRESS,
            &input(&transfer(&evm_key(relay), &bob, SOL), &[]),
        ),
    );
    assert!(!done.success);
    assert!(reason_of(&done.output).contains("a static call cannot change"));
    assert_eq!(world.rest(), before);
    let memo = Instruction {
        program_id: lumio_vm_svm::MEMO,
        accounts: vec![],
        data: b"to read".to_vec(),
    };
    let done = world.evm(relay, &relayed(CROSS_VM_ADDRESS, &input(&memo, &[])));
    assert!(done.success, "{}", reason_of(&done.output));
}

/// The sender of the transaction, a contract further out, a program's address, anybody else's.
#[test]
fn x4_nobody_but_the_caller_signs() {
    let mut world = World::new();
    let bob = Pubkey::new_from_array([0xb0; 32]);
    let derived = Pubkey::find_program_address(&[b"vault"], &lumio_vm_svm::MEMO).0;
    let others = [
        evm_key(world.user.address()),
        evm_key(by(STATICCALL)),
        world.alice.key(),
        derived,
        CROSS_VM_VAULT,
        CROSS_VM,
    ];
    for victim in others {
        world.memory.fund(
            id_of(&victim).evm_address(),
            U256::from(SOL) * U256::from(SOL),
        );
        let before = world.rest();
        let done = world.evm(RELAY, &calls(&transfer(&victim, &bob, SOL), &[]));
        assert!(!done.success, "{victim}");
        let reason = reason_of(&done.output);
        assert!(reason.contains("cannot sign"), "{reason}");
        assert_eq!(world.rest(), before);
    }
}

/// Two keys have one balance: the account's own, and the EVM's address of it, padded. Who names both
/// could make a program see the same lamports twice.
#[test]
fn x11_an_account_and_its_address_are_not_two_accounts() {
    let mut world = World::new();
    let alice = world.alice.key();
    let alias = evm_key(id_of(&alice).evm_address());
    let bob = Pubkey::new_from_array([0xb0; 32]);
    assert_eq!(
        world.memory.wei(id_of(&alias)),
        world.memory.wei(id_of(&alice))
    );

    let mut touch = cross((0, CATCH), &alice, CONTRACT.into_word(), 0, &[]);
    touch.accounts.push(AccountMeta::new(alias, false));
    for steps in [
        vec![transfer(&alice, &alias, SOL)],
        vec![transfer(&alice, &alias, SOL), touch.clone()],
        vec![touch, transfer(&alice, &bob, SOL)],
    ] {
        let sent = world.alice.send(&world.block, &[], &steps);
        let done = world.executor.execute(&world.memory, &world.block, &sent);
        let refused = SvmTransactError::Refused(TransactionError::AccountLoadedTwice);
        assert_eq!(done.unwrap_err(), refused.into());
    }
    let wealth = U256::from(SOL) * U256::from(4 * SOL);
    world.memory.fund(RELAY, wealth);
    let mut both = transfer(&evm_key(RELAY), &alias, SOL);
    both.accounts.push(AccountMeta::new(alice, false));
    let before = world.rest();
    let done = world.evm(RELAY, &calls(&both, &[]));
    let reason = reason_of(&done.output);
    assert!(reason.contains("are one account"), "{reason}");
    assert_eq!(world.rest(), before);
    // Either alone is the account.
    let wei = world.memory.wei(id_of(&alice));
    for key in [alice, alias] {
        let done = world.evm(RELAY, &calls(&transfer(&evm_key(RELAY), &key, SOL), &[]));
        assert!(done.success, "{}", reason_of(&done.output));
    }
    let got = lumio_types::wei_of_lamports(2 * SOL);
    assert_eq!(world.memory.wei(id_of(&alice)), wei + got);
    // But nobody signs for the address on Solana.
    let done = world.evm(RELAY, &calls(&transfer(&alias, &bob, SOL), &[]));
    assert!(!done.success);
}

/// A module acts for the account of the signer alone: not for whoever sent the transaction, for
/// itself, or for what a program derives.
#[test]
fn x4_nobody_but_the_signers_account_signs_for_a_module() {
    let mut world = World::new();
    let caller = Pubkey::new_from_array([0x5b; 32]);
    let bob = Pubkey::new_from_array([0xb0; 32]);
    let derived = Pubkey::find_program_address(&[b"vault"], &lumio_vm_svm::MEMO).0;
    let theirs = Pubkey::find_program_address(&[evm_key(RELAY).as_ref(), b"seed"], &CROSS_VM).0;
    let module = Pubkey::new_from_array(TREASURY.0);
    let wealth = U256::from(SOL) * U256::from(SOL);
    for victim in [
        evm_key(world.user.address()),
        world.alice.key(),
        module,
        derived,
        theirs,
        CROSS_VM_VAULT,
        CROSS_VM,
    ] {
        world.memory.fund(id_of(&victim).evm_address(), wealth);
        let before = world.memory.clone();
        let done = world.run_by_move(&caller, &transfer(&victim, &bob, SOL));
        assert!(!done.is_success(), "{victim}");
        let reason = reason_of(&done.output);
        assert!(reason.contains("cannot sign"), "{reason}");
        assert_eq!(world.memory, before);
    }
    world.memory.fund(id_of(&caller).evm_address(), wealth);
    let done = world.run_by_move(&caller, &transfer(&caller, &bob, SOL));
    assert!(done.is_success(), "{}", reason_of(&done.output));
}

#[test]
fn x11_two_keys_of_one_account_are_refused_to_a_module_too() {
    let mut world = World::new();
    let mut bob = move_user(&mut world, 5);
    let own = key_of(&bob);
    let alias = evm_key(id_of(&own).evm_address());
    for pay in [transfer(&own, &alias, RENT), transfer(&alias, &own, RENT)] {
        let done = world.treasury(&mut bob, "run", &pay);
        assert!(!done.success);
        let known = ["are one account", "cannot sign"];
        let why = status(&done);
        assert!(known.iter().any(|reason| why.contains(reason)), "{why}");
    }
    // An argument of another machine that is an address of the EVM is the account that has it.
    let wei = world.memory.wei(id_of(&own));
    let done = world.run_by_move(&own, &transfer(&own, &alias, RENT));
    assert!(done.is_success(), "{}", reason_of(&done.output));
    assert_eq!(world.memory.wei(id_of(&own)), wei);
}

#[test]
fn x11_system_addresses_are_out_of_reach() {
    let mut world = World::new();
    world.memory.fund(RELAY, U256::from(SOL) * U256::from(SOL));
    // A contract pays what stands for the other machines, and the precompiles of both.
    for target in [
        CROSS_VM_VAULT,
        lumio_vm_svm::TOKEN,
        solana_sdk_ids::sysvar::clock::ID,
    ] {
        let before = world.rest();
        let done = world.evm(RELAY, &calls(&transfer(&evm_key(RELAY), &target, SOL), &[]));
        if target == CROSS_VM_VAULT {
            assert!(!done.success, "{target}");
        }
        if !done.success {
            assert_eq!(world.rest(), before, "{target}");
        }
    }
    // Solana reaches no precompile by a key, and calls of system contracts run as anybody's.
    let alice = world.alice.key();
    let identity = B256::with_last_byte(4);
    let done = world.send(&[cross((0, 0), &alice, identity, 0, b"as it is")]);
    assert!(done.success, "{:?}", world.logs(&done));
    let again = input(&transfer(&alice, &RELAY_KEY, SOL), &[]);
    let done = world.send(&[cross(
        (0, 0),
        &alice,
        CROSS_VM_ADDRESS.into_word(),
        0,
        &again,
    )]);
    assert!(
        !done.success,
        "the Solana VM is not entered again through `0x42…FE`"
    );
}

const RELAY_KEY: Pubkey = {
    let mut key = [0xf1; 32];
    let mut at = 0;
    while at < 12 {
        key[at] = 0;
        at += 1;
    }
    Pubkey::new_from_array(key)
};
