//! The syscall by which Solana programs call contracts and catch their failures. The EVM is a mock.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod caller;
mod chain;
mod spl;

use alloy_primitives::U256;
use caller::*;
use chain::keypair;
use lumio_types::wei_of_lamports;
use lumio_vm_bus::{
    message::{reason_of, revert_reason},
    mock::{MockVm, Step},
};
use lumio_vm_svm::{CALL_FAILED, account_id};
use solana_instruction::error::InstructionError;
use solana_signer::Signer;
use solana_transaction_error::TransactionError;

const SYSCALL: &str = "sol_cross_vm_call_c";

#[test]
fn a_program_is_told_of_a_failure_and_goes_on() {
    let (mut chain, alice) = setting(vec![Step::Write(1, 9), Step::Revert]);
    let (program, derived) = deploy_agent(&mut chain, &alice, SYSCALL, 0);
    let sent = send(&mut chain, std::slice::from_ref(&program), &alice);
    assert_eq!(sent.status, Ok(()), "{:#?}", sent.logs);
    assert_eq!(sent.return_data.data[..8], 1_u64.to_le_bytes());
    // The mock reverts with its caller's id.
    assert_eq!(sent.return_data.data[8..], derived.to_bytes());
    assert_eq!(cell(&chain), U256::ZERO);
    assert_eq!(
        chain.wei(&derived),
        wei_of_lamports(3 * SOL),
        "the value came back"
    );

    chain.evm = MockVm::new([(contract(), vec![Step::Exhaust])].into());
    chain.next_block();
    let sent = send(&mut chain, std::slice::from_ref(&program), &alice);
    assert_eq!(sent.status, Ok(()), "{:#?}", sent.logs);
    assert_eq!(sent.return_data.data[..8], 1_u64.to_le_bytes());
    assert_eq!(reason_of(&sent.return_data.data[8..]), "it ran out of gas");

    // The usual invocation ends the program instead.
    let (program, _) = deploy_agent(&mut chain, &alice, "sol_invoke_signed_c", 0);
    let sent = send(&mut chain, &[program], &alice);
    assert_eq!(sent.status, custom(0, CALL_FAILED));
}

#[test]
fn a_program_gets_what_the_callee_returns_and_its_memory_is_current() {
    let bob = keypair(2).pubkey();
    let pay = Step::Pay(account_id(&bob), wei_of_lamports(SOL / 4));
    let (mut chain, alice) = setting(vec![Step::Write(1, 9), pay]);
    let (program, derived) = deploy_agent(&mut chain, &alice, SYSCALL, 0);
    let sent = send(&mut chain, &[program], &alice);
    assert_eq!(sent.status, Ok(()), "{:#?}", sent.logs);
    assert_eq!(sent.return_data.data[..8], 0_u64.to_le_bytes());
    assert_eq!(sent.return_data.data[8..], derived.to_bytes());
    assert_eq!(cell(&chain), U256::from(9));
    // Had the program's copy been stale, writing it back would have undone both.
    assert_eq!(chain.wei(&derived), wei_of_lamports(2 * SOL));
    assert_eq!(chain.wei(&bob), wei_of_lamports(SOL / 4));
}

#[test]
fn lamports_that_are_not_there_are_a_failure_too() {
    let (mut chain, alice) = setting(vec![Step::Write(1, 9)]);
    let (mut program, derived) = deploy_agent(&mut chain, &alice, SYSCALL, 0);
    program.data[34..42].copy_from_slice(&(4 * SOL).to_le_bytes());
    let sent = send(&mut chain, &[program], &alice);
    assert_eq!(sent.status, Ok(()), "{:#?}", sent.logs);
    assert_eq!(sent.return_data.data[..8], 1_u64.to_le_bytes());
    let why = "the caller has fewer lamports than the call brings along";
    assert_eq!(sent.return_data.data[8..], revert_reason(why));
    assert_eq!(reason_of(&sent.return_data.data[8..]), why);
    assert_eq!(chain.wei(&derived), wei_of_lamports(3 * SOL));
}

#[test]
fn a_call_that_makes_no_sense_ends_the_program() {
    let (mut chain, alice) = setting(vec![]);
    let (program, _) = deploy_agent(&mut chain, &alice, SYSCALL, 0);
    // A queued call has no outcome yet.
    let mut queued = program.clone();
    queued.data[1] = QUEUE;
    let sent = send(&mut chain, &[queued], &alice);
    let error = InstructionError::InvalidInstructionData;
    assert_eq!(
        sent.status,
        Err(TransactionError::InstructionError(0, error))
    );
    // Another program stands in the place of ours.
    let mut other = program.clone();
    let place = other.accounts.len() - 2;
    other.accounts[place].pubkey = lumio_vm_svm::MEMO;
    let sent = send(&mut chain, &[other], &alice);
    assert!(sent.status.is_err(), "{:#?}", sent.logs);
    let says = |line: &String| line.contains("This syscall calls CrossVm1");
    assert!(sent.logs.iter().any(says), "{:#?}", sent.logs);
}
