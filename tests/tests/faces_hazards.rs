//! Tokens with several faces in bad company: forged callers and logs, reverts, odd amounts, hostile
//! contracts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use alloy_primitives::{Address, B256, Bytes, U256, address};
use alloy_sol_types::{SolCall, SolValue, sol};
use lumio_executor::Executed;
use lumio_move_engine::Address as MoveAddress;
use lumio_tests::{
    faces::{
        Faces, IERC20, Issued, ONE, Odd, Seen, VAULT, address_of, callBackCall, forgeCall, id,
        metadata_type, mintCall, number, seen, status, units,
    },
    moving::MoveUser,
};
use lumio_types::AccountId;
use lumio_vm_bus::message::reason_of;
use lumio_vm_evm::CROSS_VM_ADDRESS;

const MULTICALL: Address = address!("cA11bde05977b3631167028862bE2a173976CA11");

sol! {
    function callMove(bytes32 module, string name, string fn, string[] typeArgs, bytes args) external returns (bytes);
    function aggregate3((address, bool, bytes)[] calls) external payable returns ((bool, bytes)[] results);
    function failure() external returns (bytes);
}

/// How an `OddToken` behaves.
mod mode {
    pub(crate) const RETURNS_NOTHING: u8 = 1;
    pub(crate) const RETURNS_FALSE: u8 = 2;
    pub(crate) const TAKES_A_FEE: u8 = 3;
    pub(crate) const MOVES_NOTHING: u8 = 4;
    pub(crate) const GIVES_TWICE: u8 = 5;
    pub(crate) const CALLS_BEFORE: u8 = 6;
    pub(crate) const CALLS_AFTER: u8 = 7;
    pub(crate) const SAYS_NO_BALANCE: u8 = 8;
    pub(crate) const BLACKLISTS: u8 = 9;
}

const BOB: Address = Address::repeat_byte(0xb0);

/// A call of a Move function with one asset as type argument, or none.
fn move_call(home: MoveAddress, (name, function): (&str, &str), args: Vec<u8>) -> Vec<u8> {
    let generic = name == "primary_fungible_store";
    let types = if generic {
        vec![metadata_type().to_string()]
    } else {
        vec![]
    };
    callMoveCall {
        module: home.0.into(),
        name: name.into(),
        r#fn: function.into(),
        typeArgs: types,
        args: args.into(),
    }
    .abi_encode()
}

fn multicall(calls: &[(Address, bool, Vec<u8>)]) -> Vec<u8> {
    let calls = calls.iter();
    let calls = calls.map(|(target, may_fail, input)| (*target, *may_fail, input.clone().into()));
    aggregate3Call {
        calls: calls.collect(),
    }
    .abi_encode()
}

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

#[test]
fn x1_x10_movements_and_events_go_with_the_frame_that_reverts() {
    // A contract that Move moves, and an asset that the EVM moves.
    let (mut odd, mut issued) = (Odd::new(), Issued::new("create"));
    let arguments = vec![odd.asset.0.to_vec(), id(BOB).0.to_vec(), number(5)];
    let done = odd.faces.moving(
        &mut odd.alice,
        ("issued", "move_and_fail"),
        vec![],
        arguments,
    );
    assert!(status(&done).contains("0x4d"), "{}", status(&done));
    assert_eq!(
        (seen(&done).len(), done.events.len()),
        (0, 1),
        "only the fee statement"
    );
    assert_eq!(odd.faces.balance_of(odd.token, BOB), U256::ZERO);
    assert_eq!(
        odd.faces.balance(odd.alice.address, odd.asset),
        1_000_000_000
    );

    for (faces, token, asset) in [
        (&mut odd.faces, odd.token, odd.asset),
        (&mut issued.faces, issued.token, issued.asset),
    ] {
        let fund = IERC20::transferCall {
            to: MULTICALL,
            amount: units(100).min(U256::from(1_000)),
        };
        let amount = fund.amount;
        assert!(faces.call(token, fund).success);
        let transfer = |to| IERC20::transferCall { to, amount }.abi_encode();
        let too_much = IERC20::transferCall {
            to: BOB,
            amount: U256::MAX,
        }
        .abi_encode();
        // Moves, and then fails; caught by the frame around it, which moves somewhere else.
        let inner = multicall(&[(token, false, transfer(BOB)), (token, false, too_much)]);
        let carol = Address::repeat_byte(0xca);
        let outer = multicall(&[
            (MULTICALL, true, inner.clone()),
            (token, false, transfer(carol)),
        ]);
        let done = faces.call_raw(MULTICALL, outer);
        assert!(done.success, "{}", reason_of(&done.output));
        assert_eq!(faces.balance_of(token, BOB), U256::ZERO);
        assert_eq!(faces.balance_of(token, carol), amount);
        assert_eq!(faces.balance(id(BOB), asset), 0);
        let transfers = seen(&done);
        let logs = transfers
            .iter()
            .filter(|it| matches!(it, Seen::Transfer(..)));
        let logs: Vec<_> = logs.collect();
        assert_eq!(logs, [&Seen::Transfer(MULTICALL, carol, amount)]);
        let stores = [
            faces.store(id(MULTICALL), asset),
            faces.store(id(carol), asset),
        ];
        for event in &transfers {
            match event {
                Seen::Withdraw(store, _) => assert_eq!(*store, stores[0]),
                Seen::Deposit(store, _) => assert_eq!(*store, stores[1]),
                Seen::Transfer(..) => {}
            }
        }
        // Not caught.
        let done = faces.call_raw(MULTICALL, inner);
        assert!(!done.success && done.events.is_empty());
    }
}

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

/// Amounts at which integers end.
fn edges() -> Vec<U256> {
    let powers = [8_usize, 63, 64, 127, 128, 255].map(|bits| U256::ONE << bits);
    let around = powers
        .into_iter()
        .flat_map(|edge| [edge - U256::ONE, edge, edge + U256::ONE]);
    around.chain([U256::MAX]).collect()
}

#[test]
fn x6_amounts_at_the_limits_are_exact_or_refused() {
    let has = U256::from(1_000_000);
    let mut it = Issued::new("create");
    for amount in edges() {
        let done = it.erc20(id(BOB), amount);
        let approved = IERC20::approveCall {
            spender: BOB,
            amount,
        };
        assert!(it.faces.call(it.token, approved).success);
        assert_eq!(done.success, amount <= has, "{amount}");
    }
    for amount in edges() {
        let mut faces = Faces::new();
        let token = faces.odd_token(18, amount);
        assert!(faces.create_asset(token).success);
        let asset = faces.asset_of(token).unwrap();
        let evm = faces.evm.address();
        let shown = amount / units(1);
        assert_eq!(
            faces.balance(id(evm), asset),
            shown.saturating_to::<u64>(),
            "{amount}"
        );
        let arguments = [asset.0.to_vec()];
        let supply = faces.view(("fungible_asset", "supply"), &[metadata_type()], &arguments);
        let expected = shown.saturating_to::<u128>().to_le_bytes();
        assert_eq!(
            supply.unwrap(),
            [vec![1], expected.to_vec()].concat(),
            "{amount}"
        );
        // All of it, in the EVM: the events say as much as they can.
        let done = faces.call(token, IERC20::transferCall { to: BOB, amount });
        assert!(done.success);
        let shown = shown.saturating_to::<u64>();
        let mut expected = vec![
            Seen::Withdraw(faces.store(id(evm), asset), shown),
            Seen::Deposit(faces.store(id(BOB), asset), shown),
        ];
        if shown == 0 {
            expected.clear();
        }
        expected.push(Seen::Transfer(evm, BOB, amount));
        assert_eq!(seen(&done), expected, "{amount}");
    }
}

#[test]
fn x7_decimals_are_scaled_and_the_remainder_stays() {
    for (decimals, shown) in [(0, 0), (6, 6), (8, 8), (9, 8), (18, 8), (24, 8), (65, 8)] {
        let mut faces = Faces::new();
        let unit = U256::from(10).pow(U256::from(decimals - shown));
        let most = unit * U256::from(u64::MAX) + (unit - U256::ONE);
        let token = faces.odd_token(decimals, most);
        let done = faces.create_asset(token);
        assert!(done.success, "{decimals}: {}", status(&done));
        let asset = faces.asset_of(token).unwrap();
        let view = faces.view(
            ("fungible_asset", "decimals"),
            &[metadata_type()],
            &[asset.0.to_vec()],
        );
        assert_eq!(view.unwrap(), [shown], "{decimals}");
        let mut alice = faces.user(2);
        let to = address_of(alice.address);
        assert!(
            faces
                .call(token, IERC20::transferCall { to, amount: most })
                .success
        );
        assert_eq!(faces.balance(alice.address, asset), u64::MAX);
        let done = faces.transfer(&mut alice, asset, id(BOB), u64::MAX);
        assert!(done.success, "{decimals}: {}", status(&done));
        assert_eq!(faces.balance_of(token, BOB), unit * U256::from(u64::MAX));
        assert_eq!(faces.balance_of(token, to), unit - U256::ONE, "{decimals}");
        assert_eq!(faces.balance(alice.address, asset), 0);
    }
    for decimals in [66, 255] {
        let mut faces = Faces::new();
        let token = faces.odd_token(decimals, ONE);
        let done = faces.create_asset(token);
        assert!(
            status(&done).contains("ETOO_MANY_DECIMALS"),
            "{}",
            status(&done)
        );
    }
}

#[test]
fn x11_a_long_address_is_one_holder_in_both_machines() {
    let mut it = Issued::new("create");
    let alice = it.alice.address;
    assert_ne!(id(address_of(alice)), alice);
    assert!(it.erc20(alice, U256::from(7)).success);
    assert_eq!(it.faces.balance(alice, it.asset), 1_000_007);
    assert_eq!(it.faces.balance(id(address_of(alice)), it.asset), 0);
    // One that no machine has met yet cannot be found from its address. What is sent there is not lost.
    let late = MoveUser::new(7);
    let alias = address_of(late.address);
    assert_eq!(AccountId::from_evm(alias).evm_address(), alias);
    assert!(it.erc20(late.address, U256::from(9)).success);
    assert_eq!(it.faces.balance_of(it.token, alias), U256::from(9));
    let mut late = it.faces.user(7);
    let arguments = vec![it.asset.0.to_vec(), late.address.0.to_vec()];
    let done = it
        .faces
        .moving(&mut late, ("faces", "collect"), vec![], arguments);
    assert!(done.success, "{}", status(&done));
    assert_eq!(it.faces.balance(late.address, it.asset), 9);
    assert_eq!(it.faces.balance_of(it.token, alias), U256::from(9));
    // What an ERC-20 keeps is under the address itself, so that nothing has to be collected.
    let mut it = Odd::new();
    let late = MoveUser::new(7);
    let (to, amount) = (address_of(late.address), units(9));
    assert!(
        it.faces
            .call(it.token, IERC20::transferCall { to, amount })
            .success
    );
    assert_eq!(it.faces.balance(late.address, it.asset), 9);
    let mut late = it.faces.user(7);
    assert!(it.faces.transfer(&mut late, it.asset, id(BOB), 9).success);
}
