//! Assets that an ERC-20 contract keeps, in Move.

use crate::calls::callMoveCall;
use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::SolValue;
use lumio_tests::faces::{
    Faces, IERC20, ONE, Odd, Seen, VAULT, address_of, id, metadata_type, number, seen, status,
    units,
};
use lumio_vm_bus::message::reason_of;
use lumio_vm_evm::CROSS_VM_ADDRESS;

#[test]
fn an_erc20_is_a_fungible_asset() {
    let mut faces = Faces::new();
    let arguments = ("Gold", "GLD", ONE * U256::from(1_000)).abi_encode_params();
    let token = faces.deploy("Token", arguments);
    assert!(faces.asset_of(token).unwrap_err().contains("ENO_ASSET"));
    let created = faces.create_asset(token);
    assert!(created.success, "{:?}", created.carried);
    // Again, it does nothing.
    assert!(faces.create_asset(token).success);
    let asset = faces.asset_of(token).unwrap();
    let arguments = [asset.0.to_vec()];
    let text = |function| faces.view(("fungible_asset", function), &[metadata_type()], &arguments);
    assert_eq!(text("name").unwrap(), b"\x04Gold");
    assert_eq!(text("symbol").unwrap(), b"\x03GLD");
    assert_eq!(text("decimals").unwrap(), [8]);
    let supply = [vec![1], (1_000 * 100_000_000_u128).to_le_bytes().to_vec()].concat();
    assert_eq!(text("supply").unwrap(), supply);

    // From the EVM to a Move account, whose store has not been created.
    let mut alice = faces.user(2);
    let evm = faces.evm.address();
    let to = address_of(alice.address);
    let amount = units(500_000_000) + U256::from(7);
    let done = faces.call(token, IERC20::transferCall { to, amount });
    assert!(done.success);
    let (evm_store, alice_store) = (
        faces.store(id(evm), asset),
        faces.store(alice.address, asset),
    );
    let expected = [
        Seen::Withdraw(evm_store, 500_000_000),
        Seen::Deposit(alice_store, 500_000_000),
        Seen::Transfer(evm, to, amount),
    ];
    assert_eq!(seen(&done), expected);
    assert_eq!(faces.balance(alice.address, asset), 500_000_000);

    // From Move to an Ethereum account that has nothing: one movement in each machine's words.
    let bob = Address::repeat_byte(0xb0);
    let done = faces.transfer(&mut alice, asset, id(bob), 200_000_000);
    assert!(done.success, "{:?}", done.carried);
    let expected = [
        Seen::Withdraw(alice_store, 200_000_000),
        Seen::Deposit(faces.store(id(bob), asset), 200_000_000),
        Seen::Transfer(to, bob, units(200_000_000)),
    ];
    assert_eq!(seen(&done), expected);
    assert_eq!(faces.balance_of(token, bob), units(200_000_000));
    assert_eq!(
        faces.balance_of(token, to),
        units(300_000_000) + U256::from(7)
    );
    assert_eq!(faces.balance(id(bob), asset), 200_000_000);
    // More than she has.
    let done = faces.transfer(&mut alice, asset, id(bob), 300_000_001);
    assert!(
        status(&done).contains("EINSUFFICIENT_BALANCE"),
        "{}",
        status(&done)
    );
}

#[test]
fn an_asset_in_flight_is_in_the_vault_and_moves_in_two_steps() {
    let mut it = Odd::new();
    let bob = id(Address::repeat_byte(0xb0));
    let arguments = vec![
        it.asset.0.to_vec(),
        bob.0.to_vec(),
        5_u64.to_le_bytes().to_vec(),
    ];
    let done = it.faces.moving(
        &mut it.alice,
        ("issued", "move_in_halves"),
        vec![],
        arguments,
    );
    assert!(done.success, "{:?}", done.carried);
    let (from, to) = (
        it.faces.store(it.alice.address, it.asset),
        it.faces.store(bob, it.asset),
    );
    let (giver, vault) = (address_of(it.alice.address), address_of(VAULT));
    let expected = [
        Seen::Transfer(giver, vault, units(2)),
        Seen::Withdraw(from, 2),
        Seen::Transfer(giver, vault, units(3)),
        Seen::Withdraw(from, 3),
        Seen::Transfer(vault, address_of(bob), units(5)),
        Seen::Deposit(to, 5),
    ];
    assert_eq!(seen(&done), expected);
    assert_eq!(it.faces.balance_of(it.token, vault), U256::ZERO);
}

#[test]
fn a_market_of_move_trades_erc20s() {
    let mut it = Odd::new();
    let other = it.faces.odd_token(6, U256::from(1_000_000_000_000_u64));
    assert!(it.faces.create_asset(other).success);
    let right = it.faces.asset_of(other).unwrap();
    let to = address_of(it.alice.address);
    let amount = U256::from(5_000_000_000_u64);
    assert!(
        it.faces
            .call(other, IERC20::transferCall { to, amount })
            .success
    );
    let arguments = vec![
        it.asset.0.to_vec(),
        right.0.to_vec(),
        number(400_000_000),
        number(4_000_000_000),
    ];
    let done = it
        .faces
        .moving(&mut it.alice, ("pool", "create"), vec![], arguments);
    assert!(done.success, "{:?}", done.carried);
    let arguments = vec![it.alice.address.0.to_vec(), number(100_000_000)];
    let done = it
        .faces
        .moving(&mut it.alice, ("pool", "sell"), vec![], arguments);
    assert!(done.success, "{:?}", done.carried);
    assert_eq!(it.faces.balance(it.alice.address, it.asset), 500_000_000);
    assert_eq!(it.faces.balance(it.alice.address, right), 1_800_000_000);
    assert_eq!(
        it.faces.balance_of(other, to),
        U256::from(1_800_000_000_u64)
    );
}

#[test]
fn a_market_of_move_is_called_from_solidity() {
    let mut it = Odd::new();
    let other = it.faces.odd_token(6, U256::from(1_000_000_000_u64));
    assert!(it.faces.create_asset(other).success);
    let right = it.faces.asset_of(other).unwrap();
    let to = address_of(it.alice.address);
    let amount = U256::from(5_000_000_u64);
    let fund = IERC20::transferCall { to, amount };
    assert!(it.faces.call(other, fund).success);
    let arguments = vec![
        it.asset.0.to_vec(),
        right.0.to_vec(),
        number(4_000_000),
        number(4_000_000),
    ];
    let done = it
        .faces
        .moving(&mut it.alice, ("pool", "create"), vec![], arguments);
    assert!(done.success, "{}", status(&done));
    // The Ethereum account sells what its wallet shows, and its wallet shows what it gets.
    let (evm, token) = (it.faces.evm.address(), it.token);
    let before = [token, other].map(|token| it.faces.balance_of(token, evm));
    let swap = callMoveCall {
        module: it.faces.owner.address.0.into(),
        name: "pool".into(),
        r#fn: "swap".into(),
        typeArgs: vec![],
        args: (B256::from(it.alice.address.0), 1_000_000_u64)
            .abi_encode_params()
            .into(),
    };
    let done = it.faces.call(CROSS_VM_ADDRESS, swap);
    assert!(done.success, "{}", reason_of(&done.output));
    let after = [token, other].map(|token| it.faces.balance_of(token, evm));
    assert_eq!(before[0] - after[0], units(1_000_000));
    assert_eq!(after[1] - before[1], U256::from(800_000));
}
