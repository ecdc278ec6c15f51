//! X6, X7, X11: limits of integers, decimals, addresses that stand for others.

use crate::calls::BOB;
use alloy_primitives::U256;
use lumio_tests::{
    faces::{
        Faces, IERC20, Issued, ONE, Odd, Seen, address_of, id, metadata_type, seen, status, units,
    },
    moving::MoveUser,
};
use lumio_types::AccountId;

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
