//! X5: forged callers and logs.

use crate::calls::{BOB, MULTICALL, failureCall, mode, move_call, multicall};
use alloy_primitives::{B256, U256};
use alloy_sol_types::SolValue;
use lumio_move_engine::Address as MoveAddress;
use lumio_tests::faces::{
    IERC20, Issued, ONE, Odd, Seen, VAULT, address_of, callBackCall, forgeCall, id, seen, units,
};
use lumio_vm_bus::message::reason_of;
use lumio_vm_evm::CROSS_VM_ADDRESS;

#[test]
fn x5_only_its_own_contract_moves_an_asset() {
    let mut it = Issued::new("create");
    let (alice, evm) = (it.alice.address, it.evm);
    let word = |account: MoveAddress| B256::from(account.0);
    let steal = (word(alice), word(id(evm)), 5_u64).abi_encode_params();
    // A user, and a contract whose own balances Move shows.
    let call = move_call(MoveAddress::ONE, ("faces", "transfer"), steal);
    let done = it.faces.call_raw(CROSS_VM_ADDRESS, call.clone());
    assert!(reason_of(&done.output).contains("ENO_FACE"));
    let odd = it.faces.odd_token(6, U256::from(1_000));
    assert!(it.faces.create_asset(odd).success);
    let done = it.faces.call_raw(
        MULTICALL,
        multicall(&[(CROSS_VM_ADDRESS, false, call.clone())]),
    );
    assert!(!done.success);
    assert_eq!(it.faces.balance(alice, it.asset), 1_000_000);
    let attack = callBackCall {
        target: CROSS_VM_ADDRESS,
        input: call.into(),
        catches: true,
    };
    assert!(it.faces.call(odd, attack).success);
    it.faces.behave(odd, mode::CALLS_BEFORE);
    let done = it.faces.call(
        odd,
        IERC20::transferCall {
            to: BOB,
            amount: U256::ONE,
        },
    );
    assert!(done.success);
    let why = it.faces.ask(odd, failureCall {});
    assert!(reason_of(&why).contains("ENO_FACE"), "{}", reason_of(&why));
    assert_eq!(it.faces.balance(alice, it.asset), 1_000_000);

    // Nobody but the registry names a contract.
    let open = (word(it.asset), word(id(evm))).abi_encode_params();
    let call = move_call(MoveAddress::ONE, ("faces", "open"), open);
    let done = it.faces.call_raw(CROSS_VM_ADDRESS, call);
    assert!(reason_of(&done.output).contains("ENOT_REGISTRY"));
}

#[test]
fn x5_a_log_says_something_of_its_own_token_only() {
    let mut it = Odd::new();
    let (token, asset) = (it.token, it.asset);
    let stranger = it.faces.odd_token(18, ONE);
    let (from, to) = (address_of(it.alice.address), BOB);
    // A contract without an asset means nothing to Move.
    let amount = units(5);
    let done = it.faces.call(stranger, forgeCall { from, to, amount });
    assert_eq!(seen(&done), [Seen::Transfer(from, to, amount)]);
    assert!(it.faces.create_asset(stranger).success);
    let own = it.faces.asset_of(stranger).unwrap();
    // One that lies about its own asset, lies about that alone.
    let done = it.faces.call(stranger, forgeCall { from, to, amount });
    let stores = [
        it.faces.store(it.alice.address, own),
        it.faces.store(id(BOB), own),
    ];
    let expected = [
        Seen::Withdraw(stores[0], 5),
        Seen::Deposit(stores[1], 5),
        Seen::Transfer(from, to, amount),
    ];
    assert_eq!(seen(&done), expected);
    assert_eq!(it.faces.balance(it.alice.address, own), 0);
    assert_eq!(it.faces.balance(it.alice.address, asset), 1_000_000_000);
    // Nor does it pretend that Move has moved something.
    let vault = address_of(VAULT);
    let done = it.faces.call(
        token,
        forgeCall {
            from,
            to: vault,
            amount,
        },
    );
    assert_eq!(seen(&done), [Seen::Transfer(from, vault, amount)]);
}
