//! Calls that Solana programs queue. The EVM is a mock, whose contracts are lists of steps.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod caller;
mod chain;
mod spl;

use alloy_primitives::{Address, B256, U256};
use caller::*;
use chain::keypair;
use lumio_types::{AccountId, EventOrigin, VmId, wei_of_lamports};
use lumio_vm_bus::{
    CROSS_VM_PROGRAM, CallKind, Status, has_queued,
    message::reason_of,
    mock::{MockCall, MockVm, Step},
};
use lumio_vm_svm::{CROSS_VM, QUEUED_CALL_FAILED, account_id};
use solana_instruction::{AccountMeta, Instruction, error::InstructionError};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_system_interface::instruction as system;
use solana_transaction_error::TransactionError;

/// Queues a call of the contract.
fn queue(caller: &Pubkey, lamports: u64) -> Instruction {
    let mut queue = cross(caller, QUEUE, lamports, &[]);
    queue.accounts = vec![AccountMeta::new_readonly(*caller, true)];
    queue
}

#[test]
fn the_program_is_known_by_the_same_key_everywhere() {
    assert_eq!(account_id(&CROSS_VM).0, CROSS_VM_PROGRAM);
}

#[test]
fn a_queued_call_runs_after_all_instructions_and_pays_then() {
    let bob = keypair(2).pubkey();
    let (mut chain, alice) = setting(vec![
        Step::Write(1, 9),
        Step::Emit(7),
        Step::Pay(account_id(&bob), wei_of_lamports(SOL / 2)),
    ]);
    let a = alice.pubkey();
    // Of ten, three go before it, although they come later.
    let steps = [queue(&a, 2 * SOL), system::transfer(&a, &bob, 3 * SOL)];
    let sent = send(&mut chain, &steps, &alice);
    assert_eq!(sent.status, Ok(()), "{:#?}", sent.logs);
    assert_eq!(cell(&chain), U256::from(9));
    let left = 10 * SOL - 5 * SOL - 5_000;
    assert_eq!(chain.wei(&a), wei_of_lamports(left) + U256::from(5));
    assert_eq!(chain.wei(&bob), wei_of_lamports(3 * SOL + SOL / 2));
    // What clients are told of the balances includes it.
    let place = |key: &Pubkey| sent.keys.iter().position(|other| other == key).unwrap();
    let lamports =
        |key: &Pubkey| solana_account::ReadableAccount::lamports(&sent.after[place(key)]);
    assert_eq!((lamports(&a), lamports(&bob)), (left, 3 * SOL + SOL / 2));
}

#[test]
fn a_queued_call_is_announced_by_an_event_of_the_system() {
    let (mut chain, alice) = setting(vec![Step::Emit(7)]);
    let steps = [queue(&alice.pubkey(), 0), queue(&alice.pubkey(), 0)];
    let transaction = chain::sign(&steps, &[&alice], chain.blockhash());
    let vm = chain.vm.clone();
    let events: Vec<_> = chain.run(|host| {
        vm.transact(&transaction, host).unwrap();
        let journal = host.journal_ref();
        assert!(has_queued(journal, 0) && !has_queued(journal, 2));
        (0..)
            .map_while(|at| journal.event(at))
            .map(|(log, origin)| (log.clone(), origin.clone()))
            .collect()
    });
    let address = AccountId(CROSS_VM_PROGRAM).evm_address();
    let origins: Vec<_> = events.iter().map(|(_, origin)| origin.clone()).collect();
    assert_eq!(
        origins,
        [
            EventOrigin::Svm,
            EventOrigin::Svm,
            EventOrigin::Evm,
            EventOrigin::Evm
        ]
    );
    assert!(events[..2].iter().all(|(log, _)| log.address == address));
    assert_eq!(events[0].0.data.data[32..64], alice.pubkey().to_bytes());
}

#[test]
fn a_queued_call_that_fails_takes_everything_back() {
    for (steps, lamports, error) in [
        (
            vec![Step::Write(1, 9), Step::Revert],
            SOL,
            InstructionError::Custom(QUEUED_CALL_FAILED),
        ),
        (
            vec![Step::Write(1, 9), Step::Exhaust],
            0,
            InstructionError::ComputationalBudgetExceeded,
        ),
        (
            vec![],
            11 * SOL,
            InstructionError::Custom(QUEUED_CALL_FAILED),
        ),
    ] {
        let (mut chain, alice) = setting(steps);
        let (a, before) = (alice.pubkey(), snapshot(&chain));
        let steps = [
            queue(&a, lamports),
            system::transfer(&a, &keypair(2).pubkey(), SOL),
        ];
        let sent = send(&mut chain, &steps, &alice);
        assert_eq!(
            sent.status,
            Err(TransactionError::InstructionError(1, error))
        );
        let last = sent.logs.last().unwrap();
        assert!(
            last.starts_with("Program log: A queued call failed: "),
            "{last}"
        );
        only_fee(&chain, &before, &alice);
    }
    // And nothing runs if an instruction fails after it.
    let (mut chain, alice) = setting(vec![Step::Write(1, 9)]);
    let (a, before) = (alice.pubkey(), snapshot(&chain));
    let steps = [
        queue(&a, 0),
        system::transfer(&a, &keypair(2).pubkey(), 20 * SOL),
    ];
    let sent = send(&mut chain, &steps, &alice);
    assert_eq!(sent.status, custom(1, 1));
    only_fee(&chain, &before, &alice);
}

#[test]
fn what_a_queued_call_uses_is_paid_in_compute_units() {
    let (mut chain, alice) = setting(vec![]);
    let bare = send(&mut chain, &[queue(&alice.pubkey(), 0)], &alice);
    let steps = (0..10).map(|n| Step::Write(1, n)).collect();
    chain.evm = MockVm::new([(contract(), steps)].into());
    chain.next_block();
    let used = send(&mut chain, &[queue(&alice.pubkey(), 0)], &alice);
    let gas = 10 * lumio_vm_bus::mock::STEP_GAS;
    let units = gas.div_ceil(lumio_vm_svm::GAS_PER_COMPUTE_UNIT);
    assert_eq!(used.compute_units - bare.compute_units, units);
}

#[test]
fn a_queued_call_may_call_solana_and_what_that_changes_stays() {
    let (mut chain, alice) = setting(vec![]);
    let (a, mint) = (alice.pubkey(), keypair(20));
    let (m, authority) = (mint.pubkey(), lumio_vm_svm::public_key(contract()));
    let make = [
        system::create_account(&a, &m, spl::exempt(82), 82, &lumio_vm_svm::TOKEN),
        spl::init_mint(&m, &authority),
        spl::make_associated(&a, &a, &m),
    ];
    chain.send(&make, &[&alice, &mint]);
    let mine = spl::associated(&a, &m);
    let mint_to = spl::mint_to(&m, &mine, &authority, 500);
    let call = call_of(contract(), &mint_to);
    chain.evm = MockVm::new(
        [(
            contract(),
            vec![Step::Call(MockCall {
                vm: VmId::Svm,
                target: call.target,
                value_wei: U256::ZERO,
                input: call.input,
                catch: false,
                is_static: false,
            })],
        )]
        .into(),
    );
    chain.next_block();
    // The transaction holds the token account and changes it itself.
    let approve = spl::approve(&mine, &keypair(2).pubkey(), &a, 77);
    let sent = send(&mut chain, &[approve, queue(&a, 0)], &alice);
    assert_eq!(sent.status, Ok(()), "{:#?}", sent.logs);
    let data = chain.account(&mine).unwrap().data;
    assert_eq!(
        data[64..72],
        500_u64.to_le_bytes(),
        "minted by the queued call"
    );
    assert_eq!(
        data[121..129],
        77_u64.to_le_bytes(),
        "approved by the transaction"
    );
    let place = sent.keys.iter().position(|key| *key == mine).unwrap();
    let shown = solana_account::ReadableAccount::data(&sent.after[place]);
    assert_eq!(shown, data);
}

#[test]
fn what_a_program_owns_no_other_machine_spends() {
    let (mut chain, _) = setting(vec![]);
    let key = keypair(30);
    chain.give(&key.pubkey(), wei_of_lamports(5 * SOL));
    let k = key.pubkey();
    // While it is the system program's, its key can send what it has anywhere.
    let sent = send(&mut chain, &[queue(&k, SOL)], &key);
    assert_eq!(sent.status, Ok(()), "{:#?}", sent.logs);
    chain.next_block();
    let give = system::assign(&k, &lumio_vm_svm::TOKEN);
    let steps = [queue(&k, SOL), give];
    let before = snapshot(&chain);
    let sent = send(&mut chain, &steps, &key);
    assert_eq!(
        sent.status,
        custom(1, QUEUED_CALL_FAILED),
        "{:#?}",
        sent.logs
    );
    assert!(
        sent.logs
            .last()
            .unwrap()
            .contains("belongs to a Solana program")
    );
    only_fee(&chain, &before, &key);
    // Nor does whoever speaks for it elsewhere, such as Move code with its signer.
    chain.next_block();
    let (_, payer) = setting(vec![]);
    chain.send(&[system::assign(&k, &lumio_vm_svm::TOKEN)], &[&payer, &key]);
    let mut call = lumio_vm_bus::Call::new(
        VmId::Evm,
        account_id(&k),
        contract(),
        Default::default(),
        1_000,
    );
    call.value_wei = U256::from(1);
    for kind in [CallKind::Call, CallKind::Create { salt: B256::ZERO }] {
        call.kind = kind;
        let outcome = chain.call(call.clone()).unwrap();
        assert_eq!(outcome.status, Status::Revert);
        assert!(reason_of(&outcome.output).contains("belongs to a Solana program"));
    }
}

#[test]
fn what_a_called_program_queues_the_outermost_transaction_runs() {
    let (mut chain, alice) = setting(vec![Step::Write(1, 9)]);
    let outer = AccountId::from_evm(Address::repeat_byte(0xca));
    // For the account that called, nobody speaks but its own code.
    let caller = lumio_vm_svm::public_key(outer);
    let outcome = chain.call(call_of(outer, &queue(&caller, 0))).unwrap();
    let reason = reason_of(&outcome.output);
    assert!(
        reason.contains("no program can speak for the account"),
        "{reason}"
    );
    // A program that signs for its own address does.
    let (program, derived) = deploy_agent(&mut chain, &alice, "sol_invoke_signed_c", QUEUE);
    let outcome = chain.run(|host| {
        let outcome = host.call(call_of(outer, &program)).unwrap();
        assert!(outcome.is_success(), "{}", reason_of(&outcome.output));
        assert!(host.run_queue(0).unwrap().is_none());
        outcome
    });
    assert!(outcome.is_success());
    assert_eq!(cell(&chain), U256::from(9));
    assert_eq!(chain.wei(&derived), wei_of_lamports(2 * SOL));
    // Not in a static call.
    let mut call = call_of(outer, &program);
    call.is_static = true;
    assert_eq!(chain.call(call).unwrap().status, Status::Revert);
}
