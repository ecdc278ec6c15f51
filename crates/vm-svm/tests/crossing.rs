//! Calls of other VMs by Solana programs. The EVM is a mock, whose contracts are lists of steps.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod caller;
mod chain;
mod spl;

use alloy_primitives::{Address, Bytes, U256};
use caller::*;
use chain::keypair;
use lumio_types::{AccountId, VmId, wei_of_lamports};
use lumio_vm_bus::{
    Call, Status,
    message::{SolanaCall, reason_of},
    mock::{MockCall, MockVm, Step},
};
use lumio_vm_svm::{
    ACCOUNT_NOT_NAMED, CALL_FAILED, CROSS_VM, CROSS_VM_VAULT, account_id, public_key,
};
use solana_instruction::{AccountMeta, error::InstructionError};
use solana_sdk_ids::system_program;
use solana_signer::Signer;
use solana_system_interface::instruction as system;
use solana_transaction_error::TransactionError;

#[test]
fn lamports_go_along_and_come_back_to_accounts_that_are_named() {
    let bob = keypair(2).pubkey();
    let half = wei_of_lamports(SOL / 2) + U256::from(7);
    let back = wei_of_lamports(SOL / 4);
    let (mut chain, alice) = setting(vec![
        Step::Write(1, 9),
        Step::Pay(account_id(&bob), half),
        Step::Pay(account_id(&keypair(1).pubkey()), back),
    ]);
    let a = alice.pubkey();
    let spend = system::transfer(&a, &keypair(4).pubkey(), SOL);
    let sent = send(&mut chain, &[cross(&a, 0, 2 * SOL, &[bob]), spend], &alice);
    assert_eq!(sent.status, Ok(()), "{:#?}", sent.logs);
    assert_eq!(sent.return_data.program_id, system_program::id());
    let left = wei_of_lamports(10 * SOL - 2 * SOL - SOL - 5_000) + back + U256::from(5);
    assert_eq!(chain.wei(&a), left);
    assert_eq!(chain.wei(&bob), half);
    let kept = wei_of_lamports(2 * SOL) - half - back;
    assert_eq!(chain.wei(&public_key(contract())), kept);
    assert_eq!(chain.wei(&CROSS_VM_VAULT), U256::ZERO);
    assert_eq!(cell(&chain), U256::from(9));
}

#[test]
fn the_callee_sees_the_signer_and_the_caller_its_output() {
    let (mut chain, alice) = setting(vec![]);
    let sent = send(&mut chain, &[cross(&alice.pubkey(), 0, 0, &[])], &alice);
    assert_eq!(sent.status, Ok(()), "{:#?}", sent.logs);
    assert_eq!(sent.return_data.program_id, CROSS_VM);
    assert_eq!(sent.return_data.data, alice.pubkey().as_ref());

    let mut unsigned = cross(&alice.pubkey(), 0, 0, &[]);
    unsigned.accounts[0] = AccountMeta::new(keypair(2).pubkey(), false);
    let sent = send(&mut chain, &[unsigned], &alice);
    let error = InstructionError::MissingRequiredSignature;
    assert_eq!(
        sent.status,
        Err(TransactionError::InstructionError(0, error))
    );
}

#[test]
fn an_account_that_is_not_named_cannot_be_paid_behind_the_back_of_the_run() {
    let bob = keypair(2).pubkey();
    let (mut chain, alice) = setting(vec![
        Step::Write(1, 9),
        Step::Pay(account_id(&bob), U256::from(SOL) * U256::from(SOL)),
    ]);
    let a = alice.pubkey();
    let before = snapshot(&chain);
    // Bob is an account of the transaction, but not of the instruction.
    let touch = system::transfer(&a, &bob, 1);
    let sent = send(&mut chain, &[touch, cross(&a, 0, 2 * SOL, &[])], &alice);
    assert_eq!(
        sent.status,
        custom(1, ACCOUNT_NOT_NAMED),
        "{:#?}",
        sent.logs
    );
    only_fee(&chain, &before, &alice);
}

#[test]
fn a_failure_takes_everything_back() {
    for steps in [
        vec![Step::Write(1, 9), Step::Emit(1), Step::Revert],
        vec![Step::Write(1, 9), Step::Exhaust],
    ] {
        let (mut chain, alice) = setting(steps);
        let before = snapshot(&chain);
        let sent = send(&mut chain, &[cross(&alice.pubkey(), 0, SOL, &[])], &alice);
        assert_eq!(sent.status, custom(0, CALL_FAILED), "{:#?}", sent.logs);
        only_fee(&chain, &before, &alice);
    }
    // And so does one of the transaction, after a call that succeeded.
    let (mut chain, alice) = setting(vec![Step::Write(1, 9), Step::Emit(1)]);
    let before = snapshot(&chain);
    let a = alice.pubkey();
    let fails = system::transfer(&a, &keypair(2).pubkey(), 100 * SOL);
    let sent = send(&mut chain, &[cross(&a, 0, SOL, &[]), fails], &alice);
    assert_eq!(sent.status, custom(1, 1));
    only_fee(&chain, &before, &alice);
}

#[test]
fn a_failure_can_be_caught() {
    let (mut chain, alice) = setting(vec![Step::Write(1, 9), Step::Revert]);
    let a = alice.pubkey();
    let spend = system::transfer(&a, &keypair(4).pubkey(), 9 * SOL);
    let before = chain.wei(&a);
    let sent = send(&mut chain, &[spend, cross(&a, CATCH, SOL / 2, &[])], &alice);
    assert_eq!(sent.status, Ok(()), "{:#?}", sent.logs);
    assert_eq!(sent.return_data.data[0], 0);
    assert_eq!(chain.wei(&a), before - wei_of_lamports(9 * SOL + 5_000));
    assert_eq!(cell(&chain), U256::ZERO);
    chain.evm = MockVm::default();
    let sent = send(&mut chain, &[cross(&a, CATCH, 0, &[])], &alice);
    assert_eq!(sent.return_data.data, [&[1], a.as_ref()].concat());
}

#[test]
fn a_static_call_changes_nothing() {
    let (mut chain, alice) = setting(vec![Step::Write(1, 9)]);
    let before = snapshot(&chain);
    let sent = send(
        &mut chain,
        &[cross(&alice.pubkey(), STATIC, 0, &[])],
        &alice,
    );
    assert_eq!(sent.status, custom(0, CALL_FAILED));
    only_fee(&chain, &before, &alice);
}

#[test]
fn the_vault_is_no_place_to_pay_to() {
    let (mut chain, alice) = setting(vec![]);
    let a = alice.pubkey();
    let before = snapshot(&chain);
    let pay = system::transfer(&a, &CROSS_VM_VAULT, SOL);
    for steps in [vec![pay.clone()], vec![pay, cross(&a, 0, SOL, &[])]] {
        let mut chain = snapshot(&chain);
        let sent = send(&mut chain, &steps, &alice);
        assert_eq!(sent.status, Err(TransactionError::UnbalancedTransaction));
        only_fee(&chain, &before, &alice);
    }
    // Neither is it one to take from.
    let take = system::transfer(&CROSS_VM_VAULT, &a, SOL);
    let call = call_of(account_id(&a), &take);
    assert_eq!(chain.call(call).unwrap().status, Status::Revert);
}

#[test]
fn the_solana_vm_is_not_entered_again() {
    let target = account_id(&lumio_vm_svm::MEMO);
    let input = SolanaCall::new(Vec::new(), Bytes::from_static(b"hello"));
    let (mut chain, alice) = setting(vec![
        Step::Call(MockCall {
            vm: VmId::Svm,
            target,
            value_wei: U256::ZERO,
            input: input.to_input(),
            catch: true,
            is_static: false,
        }),
        Step::Write(1, 9),
    ]);
    let sent = send(&mut chain, &[cross(&alice.pubkey(), 0, 0, &[])], &alice);
    assert_eq!(sent.status, Ok(()), "{:#?}", sent.logs);
    assert_eq!(cell(&chain), U256::from(9), "the contract went on");
    let mut call = Call::new(VmId::Svm, contract(), target, input.to_input(), 1_000_000);
    assert!(chain.call(call.clone()).unwrap().is_success());
    call.waiting = vec![lumio_vm_bus::Waiting {
        vm: VmId::Svm,
        name: Bytes::new(),
        is_locked: true,
    }];
    let outcome = chain.call(call).unwrap();
    assert!(reason_of(&outcome.output).contains("cannot be entered again"));
}

#[test]
fn a_program_speaks_for_an_address_that_it_derives() {
    let bob = keypair(2).pubkey();
    let (mut chain, alice) = setting(vec![
        Step::Write(1, 9),
        Step::Pay(account_id(&bob), wei_of_lamports(SOL / 4)),
    ]);
    let (forward, derived) = deploy_agent(&mut chain, &alice, "sol_invoke_signed_c", 0);

    let sent = send(&mut chain, std::slice::from_ref(&forward), &alice);
    assert_eq!(sent.status, Ok(()), "{:#?}", sent.logs);
    assert_eq!(sent.return_data.data, [&[0; 8], derived.as_ref()].concat());
    assert_eq!(
        sent.inner_instructions[0].len(),
        2,
        "the call, and the payment to the vault"
    );
    assert_eq!(chain.wei(&derived), wei_of_lamports(2 * SOL));
    assert_eq!(chain.wei(&bob), wei_of_lamports(SOL / 4));
    assert_eq!(cell(&chain), U256::from(9));

    // A contract that calls the program is called back: the program speaks for itself.
    let outer = AccountId::from_evm(Address::repeat_byte(0xca));
    let outcome = chain.call(call_of(outer, &forward)).unwrap();
    assert!(outcome.is_success(), "{}", reason_of(&outcome.output));
    assert_eq!(chain.wei(&derived), wei_of_lamports(SOL));
    assert_eq!(chain.wei(&bob), wei_of_lamports(SOL / 2));
    // But nobody may be changed in a static call.
    let mut call = call_of(outer, &forward);
    call.is_static = true;
    let before = snapshot(&chain);
    assert_eq!(chain.call(call).unwrap().status, Status::Revert);
    assert_eq!(chain.state.0, before.state.0);

    // Nobody else signs for the address.
    let stolen = cross(&derived, 0, SOL, &[bob]);
    let outcome = chain.call(call_of(outer, &stolen)).unwrap();
    assert!(reason_of(&outcome.output).contains("MissingRequiredSignature"));
}

#[test]
fn nobody_speaks_for_the_account_that_called_in() {
    let (mut chain, _) = setting(vec![Step::Write(1, 9)]);
    let evm = AccountId::from_evm(Address::repeat_byte(0xca));
    chain.give(&public_key(evm), wei_of_lamports(SOL));
    let before = snapshot(&chain);
    let outcome = chain
        .call(call_of(evm, &cross(&public_key(evm), 0, 1, &[])))
        .unwrap();
    let reason = reason_of(&outcome.output);
    assert!(
        reason.contains("no program can speak for the account"),
        "{reason}"
    );
    assert_eq!(chain.state.0, before.state.0);
}

#[test]
fn what_the_callee_uses_is_paid_in_compute_units() {
    let (mut chain, alice) = setting(vec![]);
    let bare = send(&mut chain, &[cross(&alice.pubkey(), 0, 0, &[])], &alice);
    let steps = (0..10).map(|n| Step::Write(1, n)).collect();
    chain.evm = MockVm::new([(contract(), steps)].into());
    chain.next_block();
    let used = send(&mut chain, &[cross(&alice.pubkey(), 0, 0, &[])], &alice);
    let gas = 10 * lumio_vm_bus::mock::STEP_GAS;
    assert_eq!(
        used.compute_units - bare.compute_units,
        gas.div_ceil(lumio_vm_svm::GAS_PER_COMPUTE_UNIT)
    );
}

#[test]
fn a_callee_that_acts_as_the_caller_spends_what_the_caller_has() {
    // What a Move function does that is given the caller's signer.
    let bob = keypair(2).pubkey();
    let (mut chain, alice) = setting(vec![]);
    let a = alice.pubkey();
    let wei = wei_of_lamports(SOL) + U256::from(3);
    let paid = Step::Pay(account_id(&keypair(3).pubkey()), wei);
    chain.evm = MockVm::new([(account_id(&a), vec![paid])].into());
    let mut call = cross(&a, 0, 0, &[bob]);
    call.data[2..34].copy_from_slice(a.as_ref());
    let sent = send(&mut chain, std::slice::from_ref(&call), &alice);
    assert_eq!(sent.status, Ok(()), "{:#?}", sent.logs);
    let left = wei_of_lamports(9 * SOL - 5_000) + U256::from(2);
    assert_eq!(chain.wei(&a), left);
    assert_eq!(
        chain.wei(&keypair(3).pubkey()),
        wei_of_lamports(SOL) + U256::from(3)
    );
    // But nobody spends what a third account has that the run holds.
    chain.next_block();
    chain.give(&bob, wei_of_lamports(SOL));
    chain.evm = MockVm::new(
        [(
            account_id(&bob),
            vec![Step::Pay(account_id(&a), U256::from(SOL))],
        )]
        .into(),
    );
    call.data[2..34].copy_from_slice(bob.as_ref());
    let before = snapshot(&chain);
    let sent = send(&mut chain, &[call], &alice);
    let error = InstructionError::ExternalAccountLamportSpend;
    assert_eq!(
        sent.status,
        Err(TransactionError::InstructionError(0, error)),
        "{:#?}",
        sent.logs
    );
    only_fee(&chain, &before, &alice);
}
