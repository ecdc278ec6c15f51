//! X2, X3: one balance, whichever VM looks at it, at every step.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use alloy_primitives::{Address, Bytes, U256};
use lumio_executor::Rules;
use lumio_state::{Journal, StateKey, Value};
use lumio_tests::{
    memory::Memory,
    program::{Code, gateway},
};
use lumio_types::{AccountId, VmId};
use lumio_vm_bus::{
    Bus, Call, Env, Host, Vms,
    mock::{MockVm, Step},
};
use lumio_vm_evm::{Evm, Gateway};
use std::collections::BTreeMap;

const GAS: u64 = 10_000_000;

fn contract() -> Address {
    Address::repeat_byte(0xc0)
}

fn friend() -> Address {
    Address::repeat_byte(0xf0)
}

/// A Move account under a long id, so that its wei are under a hashed address.
fn mover() -> AccountId {
    AccountId(alloy_primitives::B256::repeat_byte(0x77))
}

/// Runs EVM code that can reach one mock program, and returns the state after.
fn run(code: &[u8], program: Vec<Step>) -> (Memory, bool) {
    let mut memory = Memory::default();
    memory.deploy(contract(), Bytes::copy_from_slice(code));
    memory.fund(contract(), U256::from(1_000));
    memory.fund(mover().evm_address(), U256::from(500));
    let supply = memory.supply();

    let gateways = vec![Gateway {
        address: gateway(mover()),
        vm: VmId::Move,
        target: mover(),
    }];
    let evm = Evm::new(Rules::NEWEST).with_gateways(gateways);
    let mock = MockVm::new(BTreeMap::from([(mover(), program)]));
    let vms = Vms {
        evm: &evm,
        move_vm: &mock,
        svm: &mock,
    };
    let env = Env {
        chain_id: 1,
        ..Env::default()
    };
    let mut journal = Journal::new(&memory);
    let outcome = Bus::new(&mut journal, &env, vms, GAS)
        .call(Call::new(
            VmId::Evm,
            friend().into(),
            contract().into(),
            Bytes::new(),
            GAS,
        ))
        .unwrap();
    let writes = journal.finish(true).unwrap().writes;
    memory.apply(&writes);
    assert_eq!(memory.supply(), supply, "wei are conserved");
    (memory, outcome.is_success())
}

fn slot(memory: &Memory, slot: u64) -> u64 {
    let key = StateKey::EvmStorage(contract(), U256::from(slot));
    memory
        .0
        .get(&key)
        .and_then(Value::as_word)
        .unwrap_or_default()
        .to()
}

fn balance(memory: &Memory, owner: Address) -> u64 {
    memory
        .0
        .get(&StateKey::Balance(owner))
        .and_then(Value::as_word)
        .unwrap_or_default()
        .to()
}

/// `SSTORE(slot, BALANCE(owner))`
fn store_balance(code: &mut Code, owner: Address, slot: u64) {
    code.address(owner).op(0x31).push(U256::from(slot)).op(0x55);
}

#[test]
fn each_vm_sees_what_the_other_did() {
    let mut code = Code::default();
    // The EVM looks, pays the Move account, which pays a friend; it looks again.
    store_balance(&mut code, mover().evm_address(), 0);
    code.call(mover().evm_address(), U256::from(100), false)
        .revert_if_failed();
    store_balance(&mut code, mover().evm_address(), 1);
    code.call(gateway(mover()), U256::ZERO, false)
        .revert_if_failed();
    store_balance(&mut code, mover().evm_address(), 2);
    store_balance(&mut code, friend(), 3);
    // 600 is more than the Move account had before the EVM paid it.
    let (memory, success) = run(&code.0, vec![Step::Pay(friend().into(), U256::from(600))]);
    assert!(success);
    assert_eq!([0, 1, 2, 3].map(|at| slot(&memory, at)), [500, 600, 0, 600]);
    assert_eq!(balance(&memory, friend()), 600);
    assert!(
        !memory
            .0
            .contains_key(&StateKey::Balance(mover().evm_address())),
        "zero is no entry"
    );
}

#[test]
fn the_other_vm_pays_the_running_contract() {
    let mut code = Code::default();
    code.op(0x47).push(U256::ZERO).op(0x55); // SSTORE(0, SELFBALANCE)
    code.call(gateway(mover()), U256::ZERO, false)
        .revert_if_failed();
    code.op(0x47).push(U256::from(1)).op(0x55);
    code.call(friend(), U256::from(1_500), false)
        .revert_if_failed();
    let (memory, success) = run(&code.0, vec![Step::Pay(contract().into(), U256::from(500))]);
    assert!(success);
    assert_eq!([0, 1].map(|at| slot(&memory, at)), [1_000, 1_500]);
    assert_eq!(balance(&memory, friend()), 1_500);
}

#[test]
fn selfdestruct_hands_everything_over_once() {
    let mut code = Code::default();
    code.call(gateway(mover()), U256::ZERO, false)
        .revert_if_failed();
    code.address(mover().evm_address()).op(0xff);
    let (memory, success) = run(&code.0, vec![Step::Pay(contract().into(), U256::from(200))]);
    assert!(success);
    assert_eq!(balance(&memory, mover().evm_address()), 1_500);
    assert_eq!(balance(&memory, contract()), 0);
    let record = StateKey::EvmAccount(contract());
    assert!(
        memory.0.contains_key(&record),
        "EIP-6780: it was not created in this transaction"
    );
}

#[test]
fn a_contract_created_and_destroyed_leaves_its_wei_to_its_heir() {
    // Init code: SELFDESTRUCT to the Move account.
    let mut init = Code::default();
    init.address(mover().evm_address()).op(0xff);
    let length = init.0.len();
    let mut code = Code::default();
    for (at, byte) in init.0.iter().enumerate() {
        code.push(U256::from(*byte)).push(U256::from(at)).op(0x53);
    }
    code.push(U256::from(length))
        .push(U256::ZERO)
        .push(U256::from(300))
        .op(0xf0)
        .op(0x50);
    // What the Move account inherits, it can spend in the same transaction.
    code.call(gateway(mover()), U256::ZERO, false)
        .revert_if_failed();
    let (memory, success) = run(&code.0, vec![Step::Pay(friend().into(), U256::from(800))]);
    assert!(success);
    assert_eq!(balance(&memory, friend()), 800);
    assert_eq!(balance(&memory, contract()), 700);
}

#[test]
fn delegatecall_to_another_vm_fails_and_staticcall_forbids_writes() {
    for (opcode, with_value) in [(0xf4, false), (0xf2, true), (0xfa, false)] {
        let mut code = Code::default();
        for _ in 0..4 {
            code.push(U256::ZERO);
        }
        if with_value {
            code.push(U256::ZERO);
        }
        code.address(gateway(mover())).op(0x5a).op(opcode);
        code.op(0x15).push(U256::ZERO).op(0x55); // SSTORE(0, ISZERO(success))
        let (memory, success) = run(&code.0, vec![Step::Write(0, 7)]);
        assert!(success);
        assert_eq!(slot(&memory, 0), 1, "opcode {opcode:#x} must fail");
        assert!(!memory.0.contains_key(&MockVm::cell(VmId::Move, mover(), 0)));
    }
}

#[test]
fn a_hashed_address_can_be_read_back() {
    let evm = Evm::new(Rules::NEWEST);
    let mock = MockVm::default();
    let vms = Vms {
        evm: &evm,
        move_vm: &mock,
        svm: &mock,
    };
    let env = Env::default();
    let mut memory = Memory::default();
    memory.fund(friend(), U256::from(10));
    let mut journal = Journal::new(&memory);
    let call = Call {
        value_wei: U256::from(10),
        ..Call::new(VmId::Move, friend().into(), mover(), Bytes::new(), GAS)
    };
    Bus::new(&mut journal, &env, vms, GAS).call(call).unwrap();
    let link = StateKey::Link(mover().evm_address());
    let value = journal.read(&link).unwrap().unwrap();
    assert_eq!(AccountId(value.as_hash().unwrap()), mover());
}
