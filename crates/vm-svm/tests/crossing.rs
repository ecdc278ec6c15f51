//! Calls of other VMs by Solana programs. The EVM is a mock, whose contracts are lists of steps.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod chain;
mod spl;

use alloy_primitives::{Address, B256, Bytes, U256};
use chain::{Chain, keypair, sign};
use lumio_state::{StateKey, StateView};
use lumio_types::{AccountId, VmId, wei_of_lamports};
use lumio_vm_bus::{
    Call, Status,
    message::{SolanaCall, reason_of},
    mock::{MockCall, MockVm, Step},
};
use lumio_vm_svm::{
    ACCOUNT_NOT_NAMED, CALL_FAILED, CROSS_VM, CROSS_VM_VAULT, SvmTransacted, account_id, public_key,
};
use sbpf_assembler::{Assembler, AssemblerOption, SbpfArch};
use solana_instruction::{AccountMeta, Instruction, error::InstructionError};
use solana_keypair::Keypair;
use solana_loader_v3_interface::instruction as loader;
use solana_pubkey::Pubkey;
use solana_sdk_ids::system_program;
use solana_signer::Signer;
use solana_system_interface::instruction as system;
use solana_transaction_error::TransactionError;

const SOL: u64 = 1_000_000_000;
const STATIC: u8 = 1;
const CATCH: u8 = 2;

fn contract() -> AccountId {
    AccountId::from_evm(Address::repeat_byte(0xc0))
}

/// A call of the contract by an account, with lamports; so many more accounts may be paid.
fn cross(caller: &Pubkey, flags: u8, lamports: u64, paid: &[Pubkey]) -> Instruction {
    let mut data = vec![0, flags];
    data.extend_from_slice(contract().0.as_slice());
    data.extend(lamports.to_le_bytes());
    data.extend(u64::MAX.to_le_bytes());
    let mut accounts = vec![
        AccountMeta::new(*caller, true),
        AccountMeta::new(CROSS_VM_VAULT, false),
        AccountMeta::new_readonly(system_program::id(), false),
    ];
    accounts.extend(paid.iter().map(|key| AccountMeta::new(*key, false)));
    Instruction {
        program_id: CROSS_VM,
        accounts,
        data,
    }
}

/// A chain whose one contract does this, and somebody with ten SOL and a remainder.
fn setting(steps: Vec<Step>) -> (Chain, Keypair) {
    let mut chain = Chain::new();
    chain.evm = MockVm::new([(contract(), steps)].into());
    let alice = keypair(1);
    chain.give(&alice.pubkey(), wei_of_lamports(10 * SOL) + U256::from(5));
    (chain, alice)
}

fn send(chain: &mut Chain, steps: &[Instruction], signer: &Keypair) -> SvmTransacted {
    let supply = chain.supply();
    let transaction = sign(steps, &[signer], chain.blockhash());
    let sent = chain.try_send(&transaction).unwrap();
    assert_eq!(chain.supply(), supply, "wei are conserved");
    sent
}

/// Asserts that nothing but the fee has changed.
#[track_caller]
fn only_fee(chain: &Chain, before: &Chain, alice: &Keypair) {
    let mut state = chain.state.clone();
    let wei = before.wei(&alice.pubkey()) - wei_of_lamports(5_000);
    assert_eq!(chain.wei(&alice.pubkey()), wei);
    let address = account_id(&alice.pubkey()).evm_address();
    for key in [address, chain.env.block.beneficiary] {
        state.0.remove(&StateKey::Balance(key));
    }
    state.0.retain(|key, _| match key {
        StateKey::System(name) => !name.starts_with(b"svm/"),
        StateKey::Link(alias) => *alias != address,
        _ => true,
    });
    for (key, value) in &state.0 {
        assert_eq!(before.state.0.get(key), Some(value), "{key:?}");
    }
}

/// The chain as it is.
fn snapshot(chain: &Chain) -> Chain {
    Chain {
        vm: chain.vm.clone(),
        state: chain.state.clone(),
        env: chain.env.clone(),
        evm: chain.evm.clone(),
        hashes: chain.hashes.clone(),
    }
}

fn cell(chain: &Chain) -> U256 {
    let key = MockVm::cell(VmId::Evm, contract(), 1);
    chain.state.word(&key).unwrap()
}

fn custom(number: u8, code: u32) -> Result<(), TransactionError> {
    let error = InstructionError::Custom(code);
    Err(TransactionError::InstructionError(number, error))
}

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
    let input = SolanaCall {
        accounts: Vec::new(),
        data: Bytes::from_static(b"hello"),
    };
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

/// A program that passes its data on to the cross-VM program, and signs for the address that it
/// derives of the word "agent". Its accounts have so many bytes of data; the last but one is the
/// cross-VM program.
fn agent(sizes: &[u64], data_bytes: u64) -> Vec<u8> {
    const INPUT: u64 = 0x4_0000_0000;
    const HEAP: u64 = 0x3_0000_0000;
    let mut at = INPUT + 8;
    let mut places = Vec::new();
    for size in sizes {
        places.push(at);
        at += 88 + (size + 10_240).next_multiple_of(8) + 8;
    }
    let data = at + 8;
    let mut words = Vec::new();
    let named: Vec<usize> = (0..sizes.len()).filter(|n| *n + 2 != sizes.len()).collect();
    let program = places[sizes.len() - 2] + 8;
    let instruction = [program, HEAP + 0x100, named.len() as u64, data, data_bytes];
    words.extend((0..).zip(instruction).map(|(n, word)| (8 * n, word)));
    for (n, place) in (0_u64..).zip(named.iter().map(|n| places[*n])) {
        // The derived address signs; all but the system program are writable.
        let flags = u64::from(n != 2) | u64::from(n == 0) << 8;
        words.extend([(0x100 + 16 * n, place + 8), (0x108 + 16 * n, flags)]);
    }
    for (n, place) in (0_u64..).zip(&places) {
        let writable = u64::from(n != 2 && n != 3);
        let size = sizes[usize::try_from(n).unwrap()];
        let info = [
            place + 8,
            place + 72,
            size,
            place + 88,
            place + 40,
            u64::MAX,
            writable << 8,
        ];
        words.extend(
            (0..)
                .zip(info)
                .map(|(k, word)| (0x300 + 56 * n + 8 * k, word)),
        );
    }
    let word = u64::from_le_bytes(*b"agent\0\0\0");
    words.extend([
        (0x600, HEAP + 0x620),
        (0x608, 1),
        (0x620, HEAP + 0x640),
        (0x628, 5),
        (0x640, word),
    ]);

    let mut source = String::from(".globl entrypoint\n.text\nentrypoint:\n");
    for (offset, word) in words {
        let place = HEAP + offset;
        source += &format!("  lddw r1, {place:#x}\n  lddw r2, {word:#x}\n  stxdw [r1+0], r2\n");
    }
    for (register, word) in [HEAP, HEAP + 0x300, sizes.len() as u64, HEAP + 0x600, 1]
        .iter()
        .enumerate()
    {
        source += &format!("  lddw r{}, {word:#x}\n", register + 1);
    }
    source += "  call sol_invoke_signed_c\n  exit\n";
    let options = AssemblerOption::default().with_arch(SbpfArch::V3);
    Assembler::new(options).assemble(&source).unwrap()
}

#[test]
fn a_program_speaks_for_an_address_that_it_derives() {
    let bob = keypair(2).pubkey();
    let (mut chain, alice) = setting(vec![
        Step::Write(1, 9),
        Step::Pay(account_id(&bob), wei_of_lamports(SOL / 4)),
    ]);
    let derive = |id: &Pubkey| Pubkey::create_program_address(&[b"agent"], id).ok();
    let program = (100..)
        .map(keypair)
        .find(|k| derive(&k.pubkey()).is_some())
        .unwrap();
    let (id, derived) = (program.pubkey(), derive(&program.pubkey()).unwrap());
    chain.give(&derived, wei_of_lamports(3 * SOL));

    let mut forward = cross(&derived, 0, SOL, &[]);
    forward.program_id = id;
    forward.accounts[0].is_signer = false;
    forward
        .accounts
        .push(AccountMeta::new_readonly(CROSS_VM, false));
    forward.accounts.push(AccountMeta::new(bob, false));
    let sizes = [0, 0, 14, 16, 0];
    deploy(
        &mut chain,
        &alice,
        &program,
        &agent(&sizes, forward.data.len() as u64),
    );

    let sent = send(&mut chain, &[forward.clone()], &alice);
    assert_eq!(sent.status, Ok(()), "{:#?}", sent.logs);
    assert_eq!(sent.return_data.data, derived.as_ref());
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

fn deploy(chain: &mut Chain, payer: &Keypair, program: &Keypair, elf: &[u8]) {
    let (key, buffer) = (payer.pubkey(), keypair(1_000));
    let lamports = spl::exempt(37 + elf.len() as u64);
    let make = loader::create_buffer(&key, &buffer.pubkey(), &key, lamports, elf.len());
    chain.send(&make.unwrap(), &[payer, &buffer]);
    for (number, chunk) in elf.chunks(800).enumerate() {
        let offset = u32::try_from(number * 800).unwrap();
        let write = loader::write(&buffer.pubkey(), &key, offset, chunk.to_vec());
        chain.send(&[write], &[payer]);
    }
    #[allow(deprecated)]
    let deploy = loader::deploy_with_max_program_len(
        &key,
        &program.pubkey(),
        &buffer.pubkey(),
        &key,
        spl::exempt(36),
        elf.len(),
    );
    chain.send(&deploy.unwrap(), &[payer, program]);
    chain.next_block();
}

fn call_of(caller: AccountId, instruction: &Instruction) -> Call {
    let accounts = instruction.accounts.iter().map(|account| {
        let id = B256::from(account.pubkey.to_bytes());
        (
            id,
            account.is_signer && account_id(&account.pubkey) == caller,
            account.is_writable,
        )
    });
    let input = SolanaCall {
        accounts: accounts.collect(),
        data: Bytes::copy_from_slice(&instruction.data),
    };
    let target = account_id(&instruction.program_id);
    Call::new(VmId::Svm, caller, target, input.to_input(), 5_000_000)
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
        gas * lumio_vm_svm::UNITS_PER_GAS
    );
}
