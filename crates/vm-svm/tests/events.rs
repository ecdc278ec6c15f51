//! What programs log: events in the transaction's one list, in order, of the program that logged.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod chain;
mod spl;

use alloy_primitives::{Address, Bytes};
use alloy_sol_types::SolEvent;
use chain::{Chain, GAS, keypair, sign};
use lumio_state::{Journal, Value};
use lumio_types::{AccountId, Event, EventOrigin, VmId, wei_of_lamports};
use lumio_vm_bus::{
    Absent, Bus, Call, Host, Vms,
    message::SolanaCall,
    mock::{MockVm, Step},
};
use lumio_vm_svm::{
    CROSS_VM, CROSS_VM_VAULT, EVENT_BYTE_GAS, EVENT_BYTES, MEMO, ProgramData, ProgramLog,
    SvmTransacted, Usage, account_id, account_key,
};
use sbpf_assembler::{Assembler, AssemblerOption, SbpfArch};
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_sdk_ids::{bpf_loader, system_program};
use solana_signer::Signer;
use solana_system_interface::instruction as system;

const SOL: u64 = 1_000_000_000;

fn setting() -> (Chain, Keypair) {
    let mut chain = Chain::new();
    let alice = keypair(1);
    chain.give(&alice.pubkey(), wei_of_lamports(10 * SOL));
    (chain, alice)
}

/// A program of the second loader, put in place.
fn install(chain: &mut Chain, source: &str) -> Pubkey {
    let options = AssemblerOption::default().with_arch(SbpfArch::V3);
    let elf = Assembler::new(options).assemble(source).unwrap();
    let key = keypair(900).pubkey();
    let record = [&[1][..], bpf_loader::ID.as_ref(), &elf].concat();
    let record = Value::from(Bytes::from(record));
    chain.state.0.insert(account_key(&key), record);
    chain.give(&key, wei_of_lamports(SOL));
    key
}

fn invoke(program: Pubkey) -> Instruction {
    Instruction {
        program_id: program,
        accounts: vec![],
        data: vec![],
    }
}

/// Runs something, and returns the events of it.
fn events<T>(chain: &Chain, run: impl FnOnce(&mut dyn Host<'_>) -> T) -> (T, Vec<Event>) {
    let mut journal = Journal::new(&chain.state);
    let vms = Vms {
        evm: &chain.evm,
        move_vm: &Absent,
        svm: &chain.vm,
    };
    let result = run(&mut Bus::new(&mut journal, &chain.env, vms, GAS));
    (result, journal.finish(true).unwrap().events)
}

fn send(chain: &Chain, steps: &[Instruction], alice: &Keypair) -> (SvmTransacted, Vec<Event>) {
    let transaction = sign(steps, &[alice], chain.blockhash());
    let (sent, events) = events(chain, |host| chain.vm.transact(&transaction, host));
    (sent.unwrap(), events)
}

/// The program and the text of an event.
fn text(event: &Event) -> (Pubkey, String) {
    assert_eq!(event.origin, EventOrigin::Svm);
    let log = ProgramLog::decode_log_data(&event.log.data).unwrap();
    let program = Pubkey::new_from_array(log.program.0);
    assert_eq!(event.log.address, account_id(&program).evm_address());
    (program, log.message)
}

#[test]
fn text_is_an_event_of_the_program_and_costs_gas() {
    let (chain, alice) = setting();
    let memo = spl::memo("hello", &alice.pubkey());
    let (sent, events) = send(&chain, &[memo], &alice);
    assert_eq!(sent.status, Ok(()));
    let lines = sent.logs.iter();
    let lines: Vec<_> = lines
        .filter_map(|line| line.strip_prefix("Program log: "))
        // An address is logged by a syscall of its own, which makes no event.
        .filter(|line| *line != alice.pubkey().to_string())
        .map(|line| (MEMO, line.to_owned()))
        .collect();
    assert!(lines.iter().any(|(_, line)| line.contains("hello")));
    assert_eq!(events.iter().map(text).collect::<Vec<_>>(), lines);

    let data = events.iter().map(|event| event.log.data.data.len() as u64);
    let bytes: u64 = data.map(|bytes| bytes + EVENT_BYTES).sum();
    let without = Usage {
        units: sent.compute_units,
        accounts: 2,
        bytes: u64::from(sent.loaded_bytes),
        signatures: 1,
        invocations: 1,
        ..Usage::default()
    };
    assert_eq!(sent.gas_used, without.gas() + bytes * EVENT_BYTE_GAS);
}

#[test]
fn data_are_an_event() {
    let (mut chain, alice) = setting();
    let program = install(
        &mut chain,
        ".globl entrypoint\n.rodata\n  words: .ascii \"abcdef\"\n.text\nentrypoint:\n  \
         lddw r1, 0x300000000\n  lddw r2, words\n  stxdw [r1+0], r2\n  mov64 r3, 2\n  \
         stxdw [r1+8], r3\n  add64 r2, 2\n  stxdw [r1+16], r2\n  mov64 r3, 4\n  \
         stxdw [r1+24], r3\n  mov64 r2, 2\n  call sol_log_data\n  mov64 r0, 0\n  exit\n",
    );
    let (sent, events) = send(&chain, &[invoke(program)], &alice);
    assert_eq!(sent.status, Ok(()), "{:#?}", sent.logs);
    assert_eq!(events.len(), 1);
    let log = ProgramData::decode_log_data(&events[0].log.data).unwrap();
    assert_eq!(log.program.0, program.to_bytes());
    let data = [b"ab".as_slice(), b"cdef"].map(Bytes::copy_from_slice);
    assert_eq!(log.data, data);
}

#[test]
fn no_program_can_speak_in_another_ones_name() {
    let (mut chain, alice) = setting();
    let lie = format!("x\nProgram {MEMO} invoke [1]\nProgram log: paid");
    let source = format!(
        ".globl entrypoint\n.rodata\n  lie: .ascii \"{}\"\n.text\nentrypoint:\n  \
         lddw r1, lie\n  mov64 r2, {}\n  call sol_log_\n  mov64 r0, 0\n  exit\n",
        lie.replace('\n', " "),
        lie.len()
    );
    let program = install(&mut chain, &source);
    let (sent, events) = send(&chain, &[invoke(program)], &alice);
    assert_eq!(sent.status, Ok(()), "{:#?}", sent.logs);
    let said: Vec<_> = events.iter().map(text).collect();
    assert_eq!(said, [(program, lie.replace('\n', " "))]);
}

#[test]
fn events_of_contracts_that_a_program_calls_stand_in_between() {
    let (mut chain, alice) = setting();
    let contract = AccountId::from_evm(Address::repeat_byte(0xc0));
    chain.evm = MockVm::new([(contract, vec![Step::Emit(7)])].into());
    let a = alice.pubkey();
    let mut data = vec![0, 0];
    data.extend_from_slice(contract.0.as_slice());
    data.extend(0_u64.to_le_bytes());
    data.extend(u64::MAX.to_le_bytes());
    let cross = Instruction {
        program_id: CROSS_VM,
        accounts: vec![
            AccountMeta::new(a, true),
            AccountMeta::new(CROSS_VM_VAULT, false),
            AccountMeta::new_readonly(system_program::id(), false),
        ],
        data,
    };
    let steps = [spl::memo("before", &a), cross, spl::memo("after", &a)];
    let (sent, events) = send(&chain, &steps, &alice);
    assert_eq!(sent.status, Ok(()), "{:#?}", sent.logs);
    let at = events
        .iter()
        .position(|event| *event == MockVm::event(VmId::Evm, contract, 7))
        .unwrap();
    let (before, after) = (&events[..at], &events[at + 1..]);
    assert!(before.iter().any(|event| text(event).1.contains("before")));
    assert!(after.iter().any(|event| text(event).1.contains("after")));
    assert_eq!(before.len(), after.len());

    // A failure takes all of them back.
    let fail = system::transfer(&a, &keypair(2).pubkey(), 100 * SOL);
    let steps = [&steps[..], &[fail]].concat();
    let (sent, events) = send(&chain, &steps, &alice);
    assert!(sent.status.is_err());
    assert_eq!(events, []);
}

#[test]
fn a_static_call_leaves_no_events() {
    let (chain, _) = setting();
    for is_static in [false, true] {
        let memo = SolanaCall::new(vec![], Bytes::from_static(b"hello"));
        let call = Call {
            is_static,
            ..Call::new(
                VmId::Svm,
                AccountId::from_evm(Address::repeat_byte(0xe0)),
                account_id(&MEMO),
                memo.to_input(),
                GAS,
            )
        };
        let (outcome, events) = events(&chain, |host| host.call(call));
        assert!(outcome.unwrap().is_success());
        assert_eq!(events.is_empty(), is_static);
    }
}

#[test]
fn what_is_too_long_for_the_log_makes_no_event() {
    let (chain, alice) = setting();
    let long = "x".repeat(700);
    let steps: Vec<_> = (0..20).map(|_| spl::memo(&long, &alice.pubkey())).collect();
    let message = solana_message::Message::new(&steps, Some(&alice.pubkey()));
    assert!(
        message.serialize().len() > 10_000,
        "more than the log keeps"
    );
    let (sent, events) = send(&chain, &steps, &alice);
    assert_eq!(sent.status, Ok(()), "{:#?}", sent.logs.last());
    assert_eq!(
        sent.logs
            .iter()
            .filter(|line| *line == "Log truncated")
            .count(),
        1
    );
    let lines = sent.logs.iter().take_while(|line| *line != "Log truncated");
    let address = format!("Program log: {}", alice.pubkey());
    let lines = lines
        .filter(|line| line.starts_with("Program log: ") && **line != address)
        .count();
    assert_eq!(events.len(), lines);
}
