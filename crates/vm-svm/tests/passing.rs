//! What programs pass on to programs that they invoke is copied, so it is paid for and bounded (X8).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod chain;

use alloy_primitives::Bytes;
use chain::{Chain, keypair, sign};
use lumio_state::Value;
use lumio_types::wei_of_lamports;
use lumio_vm_svm::{PASSED_BYTES, PASSED_BYTES_PER_UNIT, SvmTransacted, account_key};
use sbpf_assembler::{Assembler, AssemblerOption, SbpfArch};
use solana_instruction::{AccountMeta, Instruction, error::InstructionError};
use solana_pubkey::Pubkey;
use solana_sdk_ids::{bpf_loader, compute_budget};
use solana_signer::Signer;
use solana_transaction_error::TransactionError;

const SOL: u64 = 1_000_000_000;
/// Bytes of the account that is passed on.
const LARGE: u64 = 60_000;

fn assembled(body: &str) -> Vec<u8> {
    let source = format!(".globl entrypoint\n.text\nentrypoint:\n{body}  mov64 r0, 0\n  exit\n");
    let options = AssemblerOption::default().with_arch(SbpfArch::V3);
    Assembler::new(options).assemble(&source).unwrap()
}

/// A program that invokes its second account, a program, so often, with its first.
fn invoking(times: u64) -> Vec<u8> {
    const INPUT: u64 = 0x4_0000_0000;
    const HEAP: u64 = 0x3_0000_0000;
    let large = INPUT + 8;
    let callee = large + 88 + (LARGE + 10_240).next_multiple_of(8) + 8;
    let (meta, info) = (HEAP + 0x100, HEAP + 0x200);
    let words = [
        // The instruction: program, accounts and how many, data and how many.
        (HEAP, callee + 8),
        (HEAP + 8, meta),
        (HEAP + 16, 1),
        (HEAP + 24, HEAP),
        (HEAP + 32, 0),
        (meta, large + 8),
        (meta + 8, 0),
        (info, large + 8),
        (info + 8, large + 72),
        (info + 16, LARGE),
        (info + 24, large + 88),
        (info + 32, large + 40),
        (info + 40, u64::MAX),
        (info + 48, 0),
    ];
    let mut body = String::new();
    for (place, word) in words {
        body += &format!("  lddw r1, {place:#x}\n  lddw r2, {word:#x}\n  stxdw [r1+0], r2\n");
    }
    for _ in 0..times {
        body += &format!("  lddw r1, {HEAP:#x}\n  lddw r2, {info:#x}\n");
        body += "  mov64 r3, 1\n  mov64 r4, 0\n  mov64 r5, 0\n  call sol_invoke_signed_c\n";
    }
    assembled(&body)
}

fn put(chain: &mut Chain, key: &Pubkey, executable: bool, data: &[u8]) {
    let record = [&[u8::from(executable)][..], bpf_loader::ID.as_ref(), data].concat();
    let record = Value::from(Bytes::from(record));
    chain.state.0.insert(account_key(key), record);
    chain.give(key, wei_of_lamports(SOL));
}

/// Passes the account on so often, in a transaction that may use so many compute units.
fn pass(times: u64, units: u32) -> SvmTransacted {
    let mut chain = Chain::new();
    let alice = keypair(1);
    chain.give(&alice.pubkey(), wei_of_lamports(10 * SOL));
    let [caller, callee, large] = [900, 901, 902].map(|n| keypair(n).pubkey());
    put(&mut chain, &caller, true, &invoking(times));
    put(&mut chain, &callee, true, &assembled(""));
    put(
        &mut chain,
        &large,
        false,
        &vec![7; usize::try_from(LARGE).unwrap()],
    );
    let invoke = Instruction {
        program_id: caller,
        accounts: vec![
            AccountMeta::new_readonly(large, false),
            AccountMeta::new_readonly(callee, false),
        ],
        data: vec![],
    };
    let limit = Instruction {
        program_id: compute_budget::ID,
        accounts: vec![],
        data: [&[2][..], &units.to_le_bytes()].concat(),
    };
    let transaction = sign(&[limit, invoke], &[&alice], chain.blockhash());
    chain.try_send(&transaction).unwrap()
}

#[test]
fn each_byte_that_is_passed_on_is_paid_for() {
    let [none, one, three] = [0, 1, 3].map(|times| {
        let sent = pass(times, 1_000_000);
        assert_eq!(sent.status, Ok(()), "{:?}", sent.logs);
        sent.gas_used
    });
    assert!(one - none >= LARGE, "{none}, {one}");
    assert!(three - one >= 2 * LARGE, "{one}, {three}");
}

#[test]
fn more_than_the_compute_units_allow_is_not_passed_on() {
    let units = 40_000;
    let allowed = PASSED_BYTES + PASSED_BYTES_PER_UNIT * u64::from(units);
    // The instruction itself passes both accounts.
    let fits = allowed / LARGE - 1;
    let sent = pass(fits, units);
    assert_eq!(sent.status, Ok(()), "{:?}", sent.logs);
    let sent = pass(fits + 1, units);
    let error = InstructionError::ComputationalBudgetExceeded;
    assert_eq!(
        sent.status,
        Err(TransactionError::InstructionError(1, error))
    );
    let said = sent
        .logs
        .iter()
        .any(|line| line.contains("Programs may pass on"));
    assert!(said, "{:?}", sent.logs);
    assert!(sent.compute_units < u64::from(units), "its units would do");

    // Nor may the transaction's own instructions pass more.
    let sent = pass(0, 2_000);
    let error = TransactionError::MaxLoadedAccountsDataSizeExceeded;
    assert_eq!(sent.status, Err(error));
}
