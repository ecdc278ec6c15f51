//! Limits, from both sides: what just fits works, what does not leaves nothing but a fee.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod caller;
mod chain;
mod spl;

use alloy_primitives::{Bytes, U256};
use caller::{SOL, contract, cross, only_fee, snapshot};
use chain::{Chain, keypair, sign};
use lumio_state::Value;
use lumio_types::wei_of_lamports;
use lumio_vm_bus::{
    message::reason_of,
    mock::{MockVm, Step},
};
use lumio_vm_svm::{SvmTransactError, SvmTransacted, TOKEN, account_id, account_key};
use sbpf_assembler::{Assembler, AssemblerOption, SbpfArch};
use solana_instruction::{AccountMeta, Instruction, error::InstructionError};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_sdk_ids::{bpf_loader, compute_budget};
use solana_signer::Signer;
use solana_system_interface::instruction as system;
use solana_transaction_error::TransactionError;

const MEGA: u64 = 1 << 20;
const LOOPS: Pubkey = Pubkey::new_from_array([0xe1; 32]);
const DEEP: Pubkey = Pubkey::new_from_array([0xe2; 32]);
const WIDE: Pubkey = Pubkey::new_from_array([0xe3; 32]);
const LEAF: Pubkey = Pubkey::new_from_array([0xe4; 32]);

/// Invokes the program whose id is at `r8`, `r7` times, and passes it its own account if `r6` is 1.
const INVOKE: &str = "
  r9 = 0x300000000 ll
  *(u64 *)(r9 + 0) = r8
  r2 = r9
  r2 += 64
  *(u64 *)(r9 + 8) = r2
  *(u64 *)(r9 + 16) = r6
  *(u64 *)(r2 + 0) = r8
  r2 = 0
  *(u64 *)(r9 + 24) = r2
  *(u64 *)(r9 + 32) = r2
again:
  r1 = r9
  r2 = 0
  r3 = 0
  r4 = 0
  r5 = 0
  call sol_invoke_signed_c
  r7 -= 1
  if r7 != 0 goto again
  r0 = 0
  exit
";

/// The program calls itself: its own account is the first one that it is passed.
fn deep() -> String {
    format!("  r8 = 0x400000010 ll\n  r7 = 1\n  r6 = 1\n{INVOKE}")
}

/// The program calls the leaf so many times, whose id it writes down first.
fn wide(times: u64) -> String {
    let mut source = String::from("  r8 = 0x300000100 ll\n");
    for (at, part) in LEAF.as_ref().chunks(8).enumerate() {
        let word = u64::from_le_bytes(part.try_into().unwrap());
        let place = at * 8;
        source += &format!("  r2 = {word:#x} ll\n  *(u64 *)(r8 + {place}) = r2\n");
    }
    format!("{source}  r7 = {times}\n  r6 = 0\n{INVOKE}")
}

fn put(chain: &mut Chain, key: &Pubkey, owner: &Pubkey, is_executable: bool, data: &[u8]) {
    let record = [&[u8::from(is_executable)], owner.as_ref(), data].concat();
    let record = Value::from(Bytes::from(record));
    chain.state.0.insert(account_key(key), record);
    let lamports = spl::exempt(data.len() as u64);
    chain.give(key, wei_of_lamports(lamports));
}

fn program(chain: &mut Chain, key: &Pubkey, body: &str) {
    let source = format!(".globl entrypoint\n.text\nentrypoint:\n{body}");
    let options = AssemblerOption::default().with_arch(SbpfArch::V3);
    let assembler = Assembler::new(options);
    let elf = assembler.assemble_with_preprocess(&source, "limit.s", None);
    put(chain, key, &bpf_loader::ID, true, &elf.unwrap());
}

fn start() -> (Chain, Keypair) {
    let (mut chain, alice) = caller::setting(vec![Step::Write(1, 9)]);
    let wealth = wei_of_lamports(1_000 * SOL) + U256::from(5);
    chain.give(&alice.pubkey(), wealth);
    program(&mut chain, &LOOPS, "  goto entrypoint\n");
    program(&mut chain, &DEEP, &deep());
    program(&mut chain, &LEAF, "  r0 = 0\n  exit\n");
    (chain, alice)
}

fn units(units: u64) -> Instruction {
    let units = u32::try_from(units).unwrap();
    Instruction {
        program_id: compute_budget::ID,
        accounts: Vec::new(),
        data: [&[2][..], &units.to_le_bytes()].concat(),
    }
}

fn run(program_id: Pubkey, accounts: Vec<AccountMeta>) -> Instruction {
    Instruction {
        program_id,
        accounts,
        data: Vec::new(),
    }
}

/// Runs a transaction that is in a block however it ends. One that fails leaves its fee alone.
fn attempt(chain: &Chain, steps: &[Instruction], alice: &Keypair) -> (Chain, SvmTransacted) {
    let mut after = snapshot(chain);
    let transaction = sign(steps, &[alice], chain.blockhash());
    let sent = after.try_send(&transaction).unwrap();
    assert_eq!(after.supply(), chain.supply());
    if sent.status.is_err() {
        only_fee(&after, chain, alice);
    }
    (after, sent)
}

fn error(sent: &SvmTransacted) -> Option<InstructionError> {
    match sent.status.clone() {
        Err(TransactionError::InstructionError(_, error)) => Some(error),
        Ok(()) | Err(_) => None,
    }
}

#[test]
fn an_account_has_ten_megabytes_and_no_more() {
    let (chain, alice) = start();
    let a = alice.pubkey();
    let make = |bytes: u64| {
        // With a seed, so that nobody else signs.
        let key = Pubkey::create_with_seed(&a, "large", &TOKEN).unwrap();
        let lamports = spl::exempt(bytes.min(10 * MEGA));
        system::create_account_with_seed(&a, &key, &a, "large", lamports, bytes, &TOKEN)
    };
    for (bytes, fits) in [
        (10 * MEGA, true),
        (10 * MEGA + 1, false),
        (1 << 32, false),
        (u64::MAX, false),
    ] {
        let (after, sent) = attempt(&chain, &[make(bytes)], &alice);
        assert_eq!(sent.status.is_ok(), fits, "{bytes}: {:?}", sent.logs);
        let key = Pubkey::create_with_seed(&a, "large", &TOKEN).unwrap();
        let data = after.account(&key).map(|account| account.data.len() as u64);
        assert_eq!(data, fits.then_some(bytes));
    }
}

#[test]
fn a_transaction_loads_64_megabytes_and_no_more() {
    let (mut chain, alice) = start();
    let large: Vec<Pubkey> = (0..7)
        .map(|n| Pubkey::new_from_array([0xa0 + n; 32]))
        .collect();
    for key in &large {
        put(&mut chain, key, &TOKEN, false, &vec![0; 10 << 20]);
    }
    let named = |count: usize| {
        let keys = large.iter().take(count);
        run(
            LEAF,
            keys.map(|key| AccountMeta::new_readonly(*key, false))
                .collect(),
        )
    };
    // Deployed programs get less, so the transaction names them for one of the runtime.
    let loaded = |count: usize| {
        let mut pay = system::transfer(&alice.pubkey(), &alice.pubkey(), 1);
        pay.accounts.extend(named(count).accounts);
        pay
    };
    let (_, sent) = attempt(&chain, &[loaded(6)], &alice);
    assert_eq!(sent.status, Ok(()), "{:?}", sent.logs);
    let (_, sent) = attempt(&chain, &[loaded(7)], &alice);
    let too_large = TransactionError::MaxLoadedAccountsDataSizeExceeded;
    assert_eq!(sent.status, Err(too_large));
    // A call of another machine has the same bound, and no fee.
    let caller = contract();
    for (count, fits) in [(6, true), (7, false)] {
        let mut call = caller::call_of(caller, &named(count));
        call.gas = 200_000_000;
        let before = chain.state.0.clone();
        let outcome = chain.run(|host| lumio_vm_bus::Vm::run(&host_vm(), &call, host));
        let outcome = outcome.unwrap();
        assert_eq!(outcome.is_success(), fits, "{}", reason_of(&outcome.output));
        if !fits {
            let reason = reason_of(&outcome.output);
            assert!(reason.contains("larger than 64 MiB"), "{reason}");
        }
        assert_eq!(before, chain.state.0);
    }
}

fn host_vm() -> lumio_vm_svm::SvmVm {
    lumio_vm_svm::SvmVm::new().unwrap()
}

#[test]
fn a_transaction_names_64_accounts_and_no_more() {
    let (mut chain, alice) = start();
    let named = |count: u8| {
        let keys = (0..count).map(|n| Pubkey::new_from_array([n + 1; 32]));
        run(LEAF, keys.map(|key| AccountMeta::new(key, false)).collect())
    };
    // The payer and the program are two of them.
    let (_, sent) = attempt(&chain, &[named(62)], &alice);
    assert_eq!(sent.status, Ok(()), "{:?}", sent.logs);
    let transaction = sign(&[named(63)], &[&alice], chain.blockhash());
    let refused = SvmTransactError::Refused(TransactionError::TooManyAccountLocks);
    assert_eq!(chain.try_send(&transaction).unwrap_err(), refused);
    for (count, fits) in [(63, true), (64, false)] {
        let outcome = chain
            .call(caller::call_of(contract(), &named(count)))
            .unwrap();
        assert_eq!(outcome.is_success(), fits, "{}", reason_of(&outcome.output));
    }
    // The same one again and again is one, in up to 255 places.
    let bob = AccountMeta::new(keypair(2).pubkey(), false);
    for (places, fits) in [(255, true), (256, false)] {
        let (_, sent) = attempt(&chain, &[run(LEAF, vec![bob.clone(); places])], &alice);
        assert_eq!(sent.status.is_ok(), fits, "{places}: {:?}", sent.status);
    }
}

#[test]
fn programs_invoke_each_other_so_deep_and_so_often() {
    let (mut chain, alice) = start();
    let own = vec![AccountMeta::new_readonly(DEEP, false)];
    let (_, sent) = attempt(&chain, &[units(1_400_000), run(DEEP, own)], &alice);
    assert_eq!(
        error(&sent),
        Some(InstructionError::CallDepth),
        "{:?}",
        sent.logs
    );
    let depth = sent.inner_instructions.iter().map(Vec::len).max().unwrap();
    assert!((4..=8).contains(&depth), "{depth}");
    // Sixty-four instructions, of which one is the transaction's own and one its budget.
    for (times, fits) in [(62, true), (63, false), (1_000_000, false)] {
        program(&mut chain, &WIDE, &wide(times));
        let step = run(WIDE, vec![AccountMeta::new_readonly(LEAF, false)]);
        let (_, sent) = attempt(&chain, &[units(1_400_000), step.clone()], &alice);
        assert_eq!(sent.status.is_ok(), fits, "{times}: {:?}", sent.status);
        let call = caller::call_of(contract(), &step);
        let before = chain.state.0.clone();
        let outcome = chain.call(call).unwrap();
        let is_fit = fits || times == 63;
        assert_eq!(
            outcome.is_success(),
            is_fit,
            "{}",
            reason_of(&outcome.output)
        );
        assert!(outcome.gas_used < 5_000_000);
        assert_eq!(before, chain.state.0);
    }
}

/// A transaction of many parts works with what it used, and with less than that it fails as a whole,
/// wherever it stops.
#[test]
fn compute_units_that_do_not_suffice_leave_nothing_wherever_they_end() {
    let (mut chain, alice) = start();
    let (a, bob) = (alice.pubkey(), keypair(2));
    let mint = keypair(3);
    chain.send(&spl::make_mint(&a, &mint.pubkey()), &[&alice, &mint]);
    chain.next_block();
    let account = spl::associated(&bob.pubkey(), &mint.pubkey());
    let mut steps = vec![
        system::transfer(&a, &bob.pubkey(), SOL),
        // Which invokes two programs.
        spl::make_associated(&a, &bob.pubkey(), &mint.pubkey()),
        spl::mint_to(&mint.pubkey(), &account, &a, 7),
        cross(&a, 0, SOL, &[]),
        spl::memo("at the end", &a),
    ];
    steps.insert(0, units(1_000_000));
    let (after, sent) = attempt(&chain, &steps, &alice);
    assert_eq!(sent.status, Ok(()), "{:?}", sent.logs);
    assert_eq!(spl::balance(&after, &account), 7);
    let enough = sent.compute_units;
    let mut ends = std::collections::BTreeSet::new();
    let mut limits: Vec<u64> = (0..enough).step_by(97).collect();
    limits.extend([enough - 1, enough]);
    for limit in limits {
        steps[0] = units(limit);
        let (after, sent) = attempt(&chain, &steps, &alice);
        assert_eq!(
            sent.status.is_ok(),
            limit == enough,
            "{limit}: {:?}",
            sent.status
        );
        assert!(sent.compute_units <= limit, "{limit}");
        match sent.status {
            Ok(()) => assert_eq!(spl::balance(&after, &account), 7),
            Err(TransactionError::InstructionError(at, _)) => {
                ends.insert(at);
            }
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(ends.into_iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
}

#[test]
fn a_program_without_end_takes_all_units_wherever_it_is() {
    let (mut chain, alice) = start();
    let a = alice.pubkey();
    let looping = |chain: &Chain, steps: &[Instruction]| {
        let (_, sent) = attempt(chain, steps, &alice);
        assert!(sent.status.is_err());
        sent
    };
    let limit = 30_000;
    let sent = looping(&chain, &[units(limit), run(LOOPS, vec![])]);
    assert_eq!(sent.compute_units, limit);
    // After others, which have used some.
    let pay = system::transfer(&a, &keypair(2).pubkey(), SOL);
    let sent = looping(&chain, &[units(limit), pay, run(LOOPS, vec![])]);
    assert_eq!(sent.compute_units, limit);
    // Invoked by another one.
    program(&mut chain, &LEAF, "  goto entrypoint\n");
    program(&mut chain, &WIDE, &wide(1));
    let step = run(WIDE, vec![AccountMeta::new_readonly(LEAF, false)]);
    let sent = looping(&chain, &[units(limit), step.clone()]);
    assert_eq!(sent.compute_units, limit);
    // In the contract that it calls, which takes what it is given: not all.
    chain.evm = MockVm::new([(contract(), vec![Step::Exhaust])].into());
    let sent = looping(&chain, &[units(limit), cross(&a, 0, 0, &[])]);
    assert!(sent.compute_units > limit * 9 / 10 && sent.compute_units <= limit);
    // And called by a contract, with all its gas, of which no more is used.
    let before = chain.state.0.clone();
    for gas in [20_000, 100_000, 1_000_000] {
        let mut call = caller::call_of(account_id(&a), &step);
        call.gas = gas;
        let outcome = chain.call(call).unwrap();
        assert!(!outcome.is_success() && outcome.gas_used <= gas, "{gas}");
        assert!(outcome.gas_used > gas / 2, "{gas}: {}", outcome.gas_used);
        assert_eq!(before, chain.state.0);
    }
}
