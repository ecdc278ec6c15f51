//! X5: only what the system says itself asks for a call; looking like it does not.

use super::{moving::*, world::*};
use lumio_vm_bus::CROSS_VM_PROGRAM;

mod events {
    alloy_sol_types::sol! {
        struct Meta { bytes32 id; bool signer; bool writable; }
        event CallSolana(address sender, bytes32 program, Meta[] accounts, bytes data, bytes[][] seeds);
        event Call(uint8 vm, bytes32 sender, bytes32 target, uint256 value, bytes input);
    }
}

/// A contract that logs its input after the first word, with that as the only topic.
const LOGGER: Address = Address::repeat_byte(0x10);
const LOGGER_CODE: [u8; 15] = [
    0x60, 0x20, 0x36, 0x03, 0x80, 0x60, 0x20, 0x5f, 0x37, 0x5f, 0x35, 0x90, 0x5f, 0xa1, 0x00,
];

fn with_logger() -> World {
    let mut world = World::new();
    world.memory.deploy(LOGGER, LOGGER_CODE.into());
    world.memory.fund(RELAY, U256::from(SOL) * U256::from(SOL));
    world
}

#[test]
fn x5_a_contract_that_emits_the_queues_event_queues_nothing() {
    use alloy_sol_types::SolEvent;
    let mut world = with_logger();
    let bob = Pubkey::new_from_array([0xb0; 32]);
    let pay = transfer(&evm_key(RELAY), &bob, SOL);
    let accounts = pay.accounts.iter().map(|meta| events::Meta {
        id: b256(&meta.pubkey),
        signer: meta.is_signer,
        writable: meta.is_writable,
    });
    let event = events::CallSolana {
        sender: RELAY,
        program: b256(&pay.program_id),
        accounts: accounts.collect(),
        data: pay.data.clone().into(),
        seeds: vec![],
    };
    let before = world.rest();
    let log = event.encode_log_data();
    let input = [log.topics()[0].as_slice(), &log.data].concat();
    let done = world.evm(LOGGER, &input);
    assert!(done.success);
    let logged = done.events.last().unwrap();
    assert_eq!((logged.log.address, &logged.log.data), (LOGGER, &log));
    assert_eq!(world.rest(), before);

    // Neither does one that looks like what Solana's program queues.
    let event = events::Call {
        vm: 0,
        sender: RELAY.into_word(),
        target: CONTRACT.into_word(),
        value: U256::ZERO,
        input: setCall {
            key: U256::from(1),
            value: U256::from(9),
        }
        .abi_encode()
        .into(),
    };
    let log = event.encode_log_data();
    let done = world.evm(LOGGER, &[log.topics()[0].as_slice(), &log.data].concat());
    assert!(done.success);
    assert_eq!(world.cell(1), U256::ZERO);
}

/// A program logs the very bytes of the event, and returns what the cross-VM program returns.
#[test]
fn x5_a_program_that_logs_the_queues_event_queues_nothing() {
    use alloy_sol_types::SolEvent;
    let mut world = with_logger();
    let alice = world.alice.key();
    // The instruction's data, as one field of a log and as what is returned.
    let source = "
.globl entrypoint
.text
entrypoint:
  r6 = *(u64 *)(r1 + 8)
  r7 = r1
  r7 += 16
  r9 = 0x300000000 ll
  *(u64 *)(r9 + 0) = r7
  *(u64 *)(r9 + 8) = r6
  r1 = r9
  r2 = 1
  call sol_log_data
  r1 = r7
  r2 = r6
  if r2 <= 1024 goto short
  r2 = 1024
short:
  call sol_set_return_data
  r0 = 0
  exit
";
    let forger = Pubkey::new_from_array([0xf0; 32]);
    world.memory.put_program(&forger, &assembled(source));
    let set = setCall {
        key: U256::from(1),
        value: U256::from(9),
    };
    let bob = Pubkey::new_from_array([0xb0; 32]);
    let arguments = (b256(&bob), 1_000_000_u64).abi_encode_params();
    let pay = moves("aptos_account", "transfer", arguments);
    let of = |vm, target, input: Vec<u8>| events::Call {
        vm,
        sender: b256(&alice),
        target,
        value: U256::ZERO,
        input: input.into(),
    };
    let forged = [
        of(0, CONTRACT.into_word(), set.abi_encode()),
        of(1, B256::with_last_byte(1), pay),
    ];
    for data in forged.iter().flat_map(|event| {
        let log = event.encode_log_data();
        let data = log.data.to_vec();
        [data.clone(), [log.topics()[0].to_vec(), data].concat()]
    }) {
        let done = world.send(&[Instruction {
            program_id: forger,
            accounts: vec![],
            data,
        }]);
        assert!(done.success, "{:?}", world.logs(&done));
        assert_eq!(world.cell(1), U256::ZERO);
        assert_eq!(world.memory.wei(id_of(&bob)), U256::ZERO);
        let address = AccountId(CROSS_VM_PROGRAM).evm_address();
        let forged = done
            .events
            .iter()
            .filter(|event| event.log.address == address);
        assert_eq!(forged.count(), 0);
    }
}

/// A module of the same name, whose event has the same name and the same fields.
const FALSE_SVM: &str = "
module hazards::svm {
    use aptos_framework::svm::{Self, AccountMeta};

    #[event]
    struct CallEvent has drop, store {
        program: address,
        accounts: vector<AccountMeta>,
        data: vector<u8>,
        seeds: vector<vector<vector<u8>>>,
        caller: address
    }

    public entry fun forge(victim: address, to: address, data: vector<u8>) {
        let accounts = vector[svm::signing_writable(victim), svm::writable(to)];
        aptos_framework::event::emit(
            CallEvent { program: @0x0, accounts, data, seeds: vector[], caller: victim }
        );
    }
}";

#[test]
fn x5_a_module_that_emits_the_queues_event_queues_nothing() {
    use lumio_tests::package::compiled;
    let mut world = with_logger();
    let mut mallory = move_user(&mut world, 7);
    let (modules, _) = compiled(FALSE_SVM, mallory.address);
    let published = mallory.publish("Svm", &modules);
    let done = world.keep(&published);
    assert!(done.success, "{}", status(&done));
    let bob = Pubkey::new_from_array([0xb0; 32]);
    let own = key_of(&mallory);
    for victim in [evm_key(RELAY), world.alice.key(), own] {
        let pay = transfer(&victim, &bob, SOL / 10);
        let mut data = vec![u8::try_from(pay.data.len()).unwrap()];
        data.extend(pay.data);
        let arguments = vec![victim.to_bytes().to_vec(), bob.to_bytes().to_vec(), data];
        let forge = mallory.call_at(mallory.address, ("svm", "forge"), vec![], arguments);
        let before = world.memory.wei(id_of(&victim));
        let done = world.keep(&forge);
        assert!(done.success, "{}", status(&done));
        let is_forged = |event: &lumio_types::Event| match &event.origin {
            EventOrigin::Move(event) => event.type_tag.ends_with("::svm::CallEvent"),
            EventOrigin::Evm | EventOrigin::Svm => false,
        };
        assert!(done.events.iter().any(is_forged));
        assert_eq!(world.memory.wei(id_of(&bob)), U256::ZERO);
        if victim != own {
            assert_eq!(world.memory.wei(id_of(&victim)), before);
        }
    }
}

/// The accounts by which the cross-VM program is called cannot be others that look alike.
#[test]
fn x5_false_vaults_and_programs_are_refused() {
    let mut world = with_logger();
    let alice = world.alice.key();
    let set = setCall {
        key: U256::from(1),
        value: U256::from(9),
    }
    .abi_encode();
    let good = cross((0, 0), &alice, CONTRACT.into_word(), 0, &set);
    let other = Pubkey::new_from_array([0x0d; 32]);
    let false_vault = {
        let mut bad = good.clone();
        bad.accounts[1].pubkey = other;
        bad
    };
    let read_only_vault = {
        let mut bad = good.clone();
        bad.accounts[1].is_writable = false;
        bad
    };
    let unsigned = {
        let mut bad = good.clone();
        bad.accounts[0] = AccountMeta::new(other, false);
        bad
    };
    let no_accounts = Instruction {
        accounts: vec![],
        ..good.clone()
    };
    let unknown_machine = {
        let mut bad = good.clone();
        bad.data[0] = 2;
        bad
    };
    let unknown_flag = {
        let mut bad = good.clone();
        bad.data[1] = 8;
        bad
    };
    let short = Instruction {
        data: good.data[..49].to_vec(),
        ..good.clone()
    };
    for bad in [
        false_vault,
        read_only_vault,
        unsigned,
        no_accounts,
        unknown_machine,
        unknown_flag,
        short,
    ] {
        world.next_block();
        let before = world.rest();
        let done = world.here(&[], &[bad]);
        assert!(!done.success, "{:?}", world.logs(&done));
        assert_eq!(world.rest(), before);
    }
    let done = world.send(&[good]);
    assert!(done.success, "{:?}", world.logs(&done));
    assert_eq!(world.cell(1), U256::from(9));
}

/// The addresses that a contract signs for are derived of its own account.
#[test]
fn x5_nobody_signs_for_an_address_that_derives_of_another_account() {
    let mut world = with_logger();
    let bob = Pubkey::new_from_array([0xb0; 32]);
    let derive = |owner: &Pubkey| {
        let (key, bump) = Pubkey::find_program_address(&[owner.as_ref(), b"seed"], &CROSS_VM);
        let seeds = vec![Bytes::from_static(b"seed"), Bytes::from(vec![bump])];
        (key, seeds)
    };
    let (mine, seeds) = derive(&evm_key(RELAY));
    let (theirs, their_seeds) = derive(&evm_key(CONTRACT));
    let owned = |owner: &Pubkey| {
        // With the owner as a seed of its own.
        let (_, seeds) = derive(owner);
        [vec![Bytes::copy_from_slice(owner.as_ref())], seeds].concat()
    };
    for (victim, seeds, succeeds) in [
        (theirs, their_seeds, false),
        (theirs, seeds.clone(), false),
        (theirs, owned(&evm_key(CONTRACT)), false),
        (mine, seeds, true),
    ] {
        fund(&mut world.memory, &victim, 10 * SOL);
        let before = world.rest();
        let done = world.evm(RELAY, &calls(&transfer(&victim, &bob, SOL), &[seeds]));
        assert_eq!(done.success, succeeds, "{}", reason_of(&done.output));
        if !succeeds {
            assert_eq!(world.rest(), before);
        }
    }
}
