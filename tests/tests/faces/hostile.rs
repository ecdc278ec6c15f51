//! X9: tokens that misbehave, and that call back.

use crate::calls::{BOB, failureCall, mode, move_call};
use alloy_primitives::{B256, Bytes, U256};
use alloy_sol_types::{SolCall, SolValue};
use lumio_executor::Executed;
use lumio_move_engine::Address as MoveAddress;
use lumio_tests::faces::{
    IERC20, Odd, VAULT, address_of, callBackCall, id, metadata_type, mintCall, number, seen,
    status, units,
};
use lumio_vm_bus::message::reason_of;
use lumio_vm_evm::CROSS_VM_ADDRESS;

/// What a Move transfer of five units by Alice comes to, if the token behaves so.
fn five(it: &mut Odd) -> Executed {
    it.transfer(id(BOB), 5)
}

#[test]
fn x9_tokens_that_misbehave_are_refused_and_nothing_is_lost() {
    let mut it = Odd::new();
    let has = it.faces.balance_of(it.token, address_of(it.alice.address));
    for (mode, reason) in [
        (mode::RETURNS_FALSE, "did not return true"),
        (mode::TAKES_A_FEE, "fee on transfers"),
        (mode::MOVES_NOTHING, "fee on transfers"),
        (mode::GIVES_TWICE, "fee on transfers"),
        (mode::SAYS_NO_BALANCE, "no balances today"),
        (mode::BLACKLISTS, "on a blacklist"),
    ] {
        it.behave(mode);
        let done = five(&mut it);
        assert!(status(&done).contains(reason), "{mode}: {}", status(&done));
        assert!(seen(&done).is_empty());
        let halves = vec![it.asset.0.to_vec(), id(BOB).0.to_vec(), number(5)];
        let done = it
            .faces
            .moving(&mut it.alice, ("issued", "move_in_halves"), vec![], halves);
        assert!(status(&done).contains(reason), "{mode}: {}", status(&done));
    }
    it.behave(mode::RETURNS_NOTHING);
    assert!(five(&mut it).success);
    assert_eq!(it.faces.balance_of(it.token, BOB), units(5));
    let left = it.faces.balance_of(it.token, address_of(it.alice.address));
    assert_eq!(left, has - units(5));
    it.behave(mode::SAYS_NO_BALANCE);
    let arguments = [id(BOB).0.to_vec(), it.asset.0.to_vec()];
    let why = it.faces.view(
        ("primary_fungible_store", "balance"),
        &[metadata_type()],
        &arguments,
    );
    assert!(why.unwrap_err().contains("no balances today"));
}

#[test]
fn x9_a_token_that_calls_back_gets_nothing() {
    for mode in [mode::CALLS_BEFORE, mode::CALLS_AFTER] {
        let mut it = Odd::new();
        // The token itself has some, so that what it asks for could be.
        let amount = units(100);
        assert!(
            it.faces
                .call(
                    it.token,
                    mintCall {
                        to: it.token,
                        amount
                    }
                )
                .success
        );
        let alice = it.alice.address;
        let supply = it.faces.ask(it.token, IERC20::totalSupplyCall {});
        let word = |account: MoveAddress| B256::from(account.0);
        let again = (word(it.asset), word(id(BOB)), 5_u64).abi_encode_params();
        let attacks = [
            // Moves the asset from inside of a movement.
            (
                CROSS_VM_ADDRESS,
                move_call(
                    MoveAddress::ONE,
                    ("primary_fungible_store", "transfer"),
                    again,
                ),
            ),
            // Moves the token past Move: the giver or the taker has another balance then.
            (
                it.token,
                IERC20::transferCall {
                    to: BOB,
                    amount: units(3),
                }
                .abi_encode(),
            ),
            (
                it.token,
                IERC20::transferCall {
                    to: address_of(alice),
                    amount: units(3),
                }
                .abi_encode(),
            ),
        ];
        for (place, (target, input)) in attacks.into_iter().enumerate() {
            for catches in [false, true] {
                it.behave(0);
                let input = Bytes::from(input.clone());
                let call = callBackCall {
                    target,
                    input,
                    catches,
                };
                assert!(it.faces.call(it.token, call).success);
                it.behave(mode);
                let (hers, his) = (
                    it.faces.balance(alice, it.asset),
                    it.faces.balance(id(BOB), it.asset),
                );
                let done = five(&mut it);
                it.behave(0);
                let (now, his_now) = (
                    it.faces.balance(alice, it.asset),
                    it.faces.balance(id(BOB), it.asset),
                );
                if done.success {
                    // What Move was asked has failed, and the contract has taken that.
                    assert!(catches && place == 0, "attack {place}");
                    let why = reason_of(&it.faces.ask(it.token, failureCall {}));
                    assert!(why.contains("RUNTIME_DISPATCH_ERROR"), "{why}");
                    assert_eq!((hers - 5, his + 5), (now, his_now), "attack {place}");
                    assert_eq!(seen(&done).len(), 3, "attack {place}: {:?}", seen(&done));
                } else {
                    assert!(place > 0 || !catches, "attack {place}: {}", status(&done));
                    assert_eq!((hers, his), (now, his_now), "attack {place}");
                    assert!(seen(&done).is_empty());
                }
            }
        }
        assert_eq!(it.faces.ask(it.token, IERC20::totalSupplyCall {}), supply);
        assert_eq!(it.faces.balance_of(it.token, address_of(VAULT)), U256::ZERO);
    }
}

#[test]
fn x9_a_market_that_waits_is_out_of_reach() {
    let mut it = Odd::new();
    let other = it.faces.odd_token(6, U256::from(1_000_000_000_u64));
    assert!(it.faces.create_asset(other).success);
    let right = it.faces.asset_of(other).unwrap();
    let to = address_of(it.alice.address);
    let amount = U256::from(5_000_000_u64);
    assert!(
        it.faces
            .call(other, IERC20::transferCall { to, amount })
            .success
    );
    let arguments = vec![
        it.asset.0.to_vec(),
        right.0.to_vec(),
        number(4_000_000),
        number(4_000_000),
    ];
    assert!(
        it.faces
            .moving(&mut it.alice, ("pool", "create"), vec![], arguments)
            .success
    );
    // While the market pays out, the token sells to the market again.
    let sell = (B256::from(it.alice.address.0), 5_u64).abi_encode_params();
    let input = Bytes::from(move_call(it.faces.owner.address, ("pool", "swap"), sell));
    let attack = callBackCall {
        target: CROSS_VM_ADDRESS,
        input,
        catches: true,
    };
    assert!(it.faces.call(other, attack).success);
    it.faces.behave(other, mode::CALLS_AFTER);
    let arguments = vec![it.alice.address.0.to_vec(), number(1_000_000)];
    let done = it
        .faces
        .moving(&mut it.alice, ("pool", "sell"), vec![], arguments);
    assert!(done.success, "{}", status(&done));
    let why = reason_of(&it.faces.ask(other, failureCall {}));
    assert!(why.contains("RUNTIME_DISPATCH_ERROR"), "{why}");
    let reserves = it
        .faces
        .view(("pool", "reserves"), &[], &[it.alice.address.0.to_vec()]);
    assert_eq!(reserves.unwrap(), number(5_000_000));
    assert_eq!(it.faces.balance_of(other, to), U256::from(1_800_000_u64));
}
