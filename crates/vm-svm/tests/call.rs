//! Calls of Solana programs by an account of another VM.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod chain;
mod spl;

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::SolError;
use chain::{Chain, keypair};
use lumio_types::{AccountId, VmId, wei_of_lamports};
use lumio_vm_bus::{
    Call, CallKind, Outcome, Status,
    message::{SolanaCall, SolanaFailure, SolanaProgramError, reason_of},
};
use lumio_vm_svm::{account_id, public_key};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_system_interface::instruction as system;

const SOL: u64 = 1_000_000_000;

/// An EVM account with ten SOL's worth of wei, and a few more.
fn caller(chain: &mut Chain) -> (AccountId, Pubkey) {
    let id = AccountId::from_evm(Address::repeat_byte(0xca));
    let key = public_key(id);
    chain.give(&key, wei_of_lamports(10 * SOL) + U256::from(77));
    (id, key)
}

fn call_of(caller: AccountId, instruction: &Instruction) -> Call {
    let accounts = instruction.accounts.iter().map(|account| {
        let id = B256::from(account.pubkey.to_bytes());
        (id, account.is_signer, account.is_writable)
    });
    let input = SolanaCall::new(
        accounts.collect(),
        Bytes::copy_from_slice(&instruction.data),
    );
    let target = account_id(&instruction.program_id);
    Call::new(VmId::Svm, caller, target, input.to_input(), 5_000_000)
}

fn run(chain: &mut Chain, caller: AccountId, instruction: &Instruction) -> Outcome {
    chain.call(call_of(caller, instruction)).unwrap()
}

#[track_caller]
fn refused(chain: &mut Chain, call: Call, expected: &str) {
    let before = chain.state.clone();
    let outcome = chain.call(call).unwrap();
    assert_eq!(outcome.status, Status::Revert);
    let reason = reason_of(&outcome.output);
    assert!(reason.contains(expected), "{reason}");
    assert_eq!(before.0, chain.state.0);
}

#[test]
fn a_caller_pays_out_of_its_own_account() {
    let mut chain = Chain::new();
    let (id, key) = caller(&mut chain);
    let supply = chain.supply();
    let bob = keypair(2).pubkey();
    let transfer = system::transfer(&key, &bob, 3 * SOL);
    let outcome = run(&mut chain, id, &transfer);
    assert!(outcome.is_success(), "{}", reason_of(&outcome.output));
    assert_eq!(chain.wei(&key), wei_of_lamports(7 * SOL) + U256::from(77));
    assert_eq!(chain.wei(&bob), wei_of_lamports(3 * SOL));
    assert_eq!(chain.supply(), supply);
    let usage = lumio_vm_svm::Usage {
        units: 150,
        accounts: 3,
        bytes: 14,
        passed: 14,
        invocations: 1,
        ..Default::default()
    };
    assert_eq!(outcome.gas_used, usage.gas());
}

#[test]
fn a_caller_owns_tokens() {
    let mut chain = Chain::new();
    let (id, key) = caller(&mut chain);
    let (alice, mint) = (keypair(1), keypair(3));
    chain.give(&alice.pubkey(), wei_of_lamports(10 * SOL));
    let (a, m) = (alice.pubkey(), mint.pubkey());
    chain.send(&spl::make_mint(&a, &m), &[&alice, &mint]);
    let (mine, hers) = (spl::associated(&key, &m), spl::associated(&a, &m));
    for instruction in [
        spl::make_associated(&key, &key, &m),
        spl::make_associated(&key, &a, &m),
    ] {
        let outcome = run(&mut chain, id, &instruction);
        assert!(outcome.is_success(), "{}", reason_of(&outcome.output));
    }
    chain.send(&[spl::mint_to(&m, &mine, &a, 1_000)], &[&alice]);
    let outcome = run(&mut chain, id, &spl::transfer(&mine, &hers, &key, 300));
    assert!(outcome.is_success(), "{}", reason_of(&outcome.output));
    assert_eq!(spl::balance(&chain, &mine), 700);
    assert_eq!(spl::balance(&chain, &hers), 300);

    // Not out of hers: she is no caller, and cannot be made to sign.
    let steal = spl::transfer(&hers, &mine, &a, 1);
    refused(&mut chain, call_of(id, &steal), "only the caller");
    let steal = spl::transfer(&hers, &mine, &key, 1);
    refused(&mut chain, call_of(id, &steal), "the program's error 0x4");
    let mut unsigned = spl::transfer(&mine, &hers, &key, 1);
    unsigned.accounts[2].is_signer = false;
    refused(
        &mut chain,
        call_of(id, &unsigned),
        "MissingRequiredSignature",
    );
}

#[test]
fn errors_are_typed() {
    let mut chain = Chain::new();
    let (id, key) = caller(&mut chain);
    let bob = keypair(2).pubkey();
    let outcome = run(&mut chain, id, &system::transfer(&key, &bob, 30 * SOL));
    let error = SolanaProgramError::abi_decode(&outcome.output).unwrap();
    assert_eq!((error.program, error.code), (B256::ZERO, 1));
    assert!(
        error.message.contains("insufficient lamports"),
        "{}",
        error.message
    );
    let mut memo = spl::memo("hello", &key);
    memo.accounts[0].is_signer = false;
    let outcome = run(&mut chain, id, &memo);
    let error = SolanaFailure::abi_decode(&outcome.output).unwrap();
    assert_eq!(error.program, account_id(&lumio_vm_svm::MEMO).0);
    assert_eq!(error.status, "MissingRequiredSignature");
    let expected = "missing required signature for instruction; its last log: Signed by:";
    assert_eq!(error.message, expected);
    let nowhere = Instruction {
        program_id: keypair(9).pubkey(),
        accounts: Vec::new(),
        data: Vec::new(),
    };
    refused(&mut chain, call_of(id, &nowhere), "UnsupportedProgramId");
}

#[test]
fn a_static_call_changes_nothing() {
    let mut chain = Chain::new();
    let (id, key) = caller(&mut chain);
    let mut call = call_of(id, &system::transfer(&key, &keypair(2).pubkey(), SOL));
    call.is_static = true;
    refused(&mut chain, call, "a static call cannot change");
    let mut call = call_of(id, &spl::memo("to read only", &key));
    call.is_static = true;
    let before = chain.state.clone();
    assert!(chain.call(call).unwrap().is_success());
    assert_eq!(before.0, chain.state.0);
}

#[test]
fn what_makes_no_sense_is_refused_with_a_reason() {
    let mut chain = Chain::new();
    let (id, key) = caller(&mut chain);
    let memo = spl::memo("hello", &key);
    let mut call = call_of(id, &memo);
    call.value_wei = U256::from(1);
    refused(&mut chain, call, "cannot take value");
    let mut call = call_of(id, &memo);
    call.kind = CallKind::Create { salt: B256::ZERO };
    refused(&mut chain, call, "makes no contracts");
    let mut call = call_of(id, &memo);
    call.input = Bytes::from_static(b"no call");
    refused(&mut chain, call, "cannot be decoded");
    let many = (0..64).map(|n| keypair(n).pubkey());
    let accounts = many.map(|key| solana_instruction::AccountMeta::new(key, false));
    let many = Instruction {
        accounts: accounts.collect(),
        ..memo.clone()
    };
    refused(&mut chain, call_of(id, &many), "at most 63 accounts");
    let give = system::assign(&key, &lumio_vm_svm::TOKEN);
    refused(
        &mut chain,
        call_of(id, &give),
        "cannot be given to a Solana program",
    );
    let give = system::allocate(&key, 80);
    refused(
        &mut chain,
        call_of(id, &give),
        "cannot be given to a Solana program",
    );
    let rich = keypair(2).pubkey();
    chain.give(&rich, U256::MAX >> 8);
    let pay = system::transfer(&key, &rich, 1);
    refused(&mut chain, call_of(id, &pay), "cannot be used on Solana");
}

#[test]
fn gas_bounds_compute_units() {
    let mut chain = Chain::new();
    let (id, key) = caller(&mut chain);
    let memo = spl::memo("a text that costs compute units", &key);
    let used = run(&mut chain, id, &memo).gas_used;
    let mut call = call_of(id, &memo);
    call.gas = used;
    assert_eq!(chain.call(call.clone()).unwrap().gas_used, used);
    for gas in [0, 1, 3_000, used - 100] {
        call.gas = gas;
        let outcome = chain.call(call.clone()).unwrap();
        assert_eq!((outcome.status, outcome.gas_used), (Status::OutOfGas, gas));
    }
}
