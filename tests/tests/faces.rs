//! One asset with several faces: ERC-20 contracts as fungible assets, and the other way round.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::{SolCall, SolError, SolValue, sol};
use lumio_move_engine::Address as MoveAddress;
use lumio_tests::faces::{
    Faces, IERC20, IFaces, Issued, ONE, Odd, REGISTRY, Seen, VAULT, address_of, id, metadata_type,
    number, seen, status, units,
};
use lumio_vm_bus::message::{MoveAbort, reason_of};

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
fn a_fungible_asset_is_an_erc20() {
    let mut it = Issued::new("create");
    let (token, evm) = (it.token, it.evm);
    // The contract is where it was said to be, and is made once.
    let metadata = it.asset.0.into();
    let faces = &mut it.faces;
    let expected = faces.ask(REGISTRY, IFaces::erc20AddressOfCall { metadata });
    assert_eq!((token, faces.create_erc20(it.asset)), (expected, expected));
    assert_eq!(faces.ask(REGISTRY, IFaces::erc20OfCall { metadata }), token);
    let asset = faces.ask(REGISTRY, IFaces::assetOfCall { erc20: token });
    assert_eq!(asset, metadata);
    assert_eq!(faces.ask(token, IERC20::nameCall {}), "Issued");
    assert_eq!(faces.ask(token, IERC20::symbolCall {}), "ISS");
    assert_eq!(faces.ask(token, IERC20::decimalsCall {}), 6);
    assert_eq!(
        faces.ask(token, IERC20::totalSupplyCall {}),
        U256::from(2_000_000)
    );
    assert_eq!(faces.balance_of(token, evm), U256::from(1_000_000));

    // Begun in the EVM: one log, and Move's pair.
    let alice = it.alice.address;
    let done = it.erc20(alice, U256::from(300));
    assert!(done.success, "{}", reason_of(&done.output));
    assert!(bool::abi_decode(&done.output).unwrap());
    let moved = |from: MoveAddress, to: MoveAddress, amount: u64| {
        vec![
            Seen::Withdraw(it.store(from), amount),
            Seen::Deposit(it.store(to), amount),
            Seen::Transfer(address_of(from), address_of(to), U256::from(amount)),
        ]
    };
    assert_eq!(seen(&done), moved(id(evm), alice, 300));
    assert!(done.events.last().unwrap().log.address == token);

    // Begun in Move: the same.
    let bob = id(Address::repeat_byte(0xb0));
    let expected = moved(alice, bob, 1_000_300);
    let done = it.faces.transfer(&mut it.alice, it.asset, bob, 1_000_300);
    assert!(done.success, "{:?}", done.carried);
    assert_eq!(seen(&done), expected);
    assert_eq!(
        it.faces.balance_of(token, address_of(bob)),
        U256::from(1_000_300)
    );
    assert_eq!(it.faces.balance_of(token, address_of(alice)), U256::ZERO);
}

#[test]
fn whatever_moves_the_asset_is_a_transfer_of_its_contract() {
    let mut it = Issued::new("create");
    let (alice, token) = (it.alice.address, it.token);
    let seen_logs = |done: &lumio_executor::Executed| -> Vec<Seen> {
        assert!(done.success, "{:?}", done.carried);
        let seen = seen(done).into_iter();
        seen.filter(|it| matches!(it, Seen::Transfer(..))).collect()
    };
    let (nobody, her) = (Address::ZERO, address_of(alice));
    let five = U256::from(5);
    let done = it.owned("mint", alice, 5);
    assert_eq!(seen_logs(&done), [Seen::Transfer(nobody, her, five)]);
    let done = it.owned("mint_in_two_steps", alice, 5);
    let steps = [
        Seen::Transfer(nobody, token, five),
        Seen::Transfer(token, her, five),
    ];
    assert_eq!(seen_logs(&done), steps);
    let done = it.owned("burn", alice, 5);
    assert_eq!(seen_logs(&done), [Seen::Transfer(her, nobody, five)]);
    let bob = id(Address::repeat_byte(0xb0));
    let arguments =
        |to: MoveAddress, amount| vec![it.asset.0.to_vec(), to.0.to_vec(), number(amount)];
    let halves = arguments(bob, 5);
    let done = it
        .faces
        .moving(&mut it.alice, ("issued", "move_in_halves"), vec![], halves);
    let steps = [
        Seen::Transfer(her, token, U256::from(2)),
        Seen::Transfer(her, token, U256::from(3)),
        Seen::Transfer(token, address_of(bob), five),
    ];
    assert_eq!(seen_logs(&done), steps);
    // A store that is nobody's primary one is a holder of its own.
    let keep = vec![it.asset.0.to_vec(), number(9)];
    let done = it
        .faces
        .moving(&mut it.alice, ("issued", "keep"), vec![], keep);
    let kept = it
        .faces
        .view(("issued", "kept"), &[], &[alice.0.to_vec()])
        .unwrap();
    let kept = address_of(MoveAddress(kept.try_into().unwrap()));
    let nine = U256::from(9);
    let steps = [
        Seen::Transfer(her, token, nine),
        Seen::Transfer(token, kept, nine),
    ];
    assert_eq!(seen_logs(&done), steps);
    assert_eq!(it.faces.balance_of(token, kept), nine);
    let done = it
        .faces
        .moving(&mut it.alice, ("issued", "take_back"), vec![], vec![]);
    let steps = [
        Seen::Transfer(kept, token, nine),
        Seen::Transfer(token, her, nine),
    ];
    assert_eq!(seen_logs(&done), steps);
}

#[test]
fn the_rules_of_the_asset_hold_for_its_contract() {
    let mut it = Issued::new("create");
    let (evm, bob) = (it.evm, id(Address::repeat_byte(0xb0)));
    let asset = it.asset;
    let frozen = |flag: u8| vec![asset.0.to_vec(), id(evm).0.to_vec(), vec![flag]];
    assert!(it.faces.owned("freeze_store", frozen(1)).success);
    let done = it.erc20(bob, U256::ONE);
    let abort = MoveAbort::abi_decode(&done.output).unwrap();
    assert_eq!(
        (abort.name.as_str(), abort.code),
        ("fungible_asset", 0x5_0003)
    );
    assert!(
        abort.message.contains("ESTORE_IS_FROZEN"),
        "{}",
        abort.message
    );
    assert!(it.faces.owned("freeze_store", frozen(0)).success);
    assert!(it.erc20(bob, U256::ONE).success);

    // A function of the asset itself takes a tenth of each withdrawal, and burns it.
    let mut it = Issued::new("create_with_fee");
    let done = it.erc20(bob, U256::from(1_000));
    assert!(done.success, "{}", reason_of(&done.output));
    let logs: Vec<Seen> = seen(&done);
    let transfers = [
        Seen::Transfer(evm, it.token, U256::from(1_000)),
        Seen::Transfer(it.token, Address::ZERO, U256::from(100)),
        Seen::Transfer(it.token, address_of(bob), U256::from(900)),
    ];
    for transfer in &transfers {
        assert!(logs.contains(transfer), "{logs:?}");
    }
    assert_eq!(
        it.faces.balance_of(it.token, address_of(bob)),
        U256::from(900)
    );
    let supply = it.faces.ask(it.token, IERC20::totalSupplyCall {});
    assert_eq!(supply, U256::from(1_999_900));
}

sol! {
    error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);
    error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed);
    error ERC20InvalidReceiver(address receiver);
    error ERC20InvalidSpender(address spender);
    error AmountTooLarge(uint256 amount);
}

#[test]
fn allowances_and_errors_are_those_of_erc20() {
    let mut it = Issued::new("create");
    let (token, evm, bob) = (it.token, it.evm, Address::repeat_byte(0xb0));
    let alice = address_of(it.alice.address);
    let has = U256::from(1_000_000);
    let done = it.erc20(id(bob), has + U256::ONE);
    let expected = ERC20InsufficientBalance {
        sender: evm,
        balance: has,
        needed: has + U256::ONE,
    };
    assert_eq!(done.output, expected.abi_encode());
    let done = it.erc20(MoveAddress([0; 32]), U256::ONE);
    assert!(
        done.success,
        "the account 0x0 of Move has an address of its own"
    );
    let transfer = IERC20::transferCall {
        to: Address::ZERO,
        amount: U256::ONE,
    };
    let done = it.faces.call(token, transfer);
    assert_eq!(
        done.output,
        ERC20InvalidReceiver {
            receiver: Address::ZERO
        }
        .abi_encode()
    );
    let done = it.faces.call(
        token,
        IERC20::approveCall {
            spender: Address::ZERO,
            amount: has,
        },
    );
    assert_eq!(
        done.output,
        ERC20InvalidSpender {
            spender: Address::ZERO
        }
        .abi_encode()
    );

    // Alice is a Move account: she approves through 0x1::evm, and the contract sees her address.
    let approve = IERC20::approveCall {
        spender: evm,
        amount: U256::from(50),
    }
    .abi_encode();
    let mut approve = Vec::from([vec![u8::try_from(approve.len()).unwrap()], approve].concat());
    let mut call = vec![id(token).0.to_vec()];
    call.push(std::mem::take(&mut approve));
    let done = it
        .faces
        .moving(&mut it.alice, ("issued", "call"), vec![], call);
    assert!(done.success, "{:?}", done.carried);
    let allowance = IERC20::allowanceCall {
        owner: alice,
        spender: evm,
    };
    assert_eq!(it.faces.ask(token, allowance.clone()), U256::from(50));
    let from = |amount: u64| IERC20::transferFromCall {
        from: alice,
        to: bob,
        amount: U256::from(amount),
    };
    let done = it.faces.call(token, from(51));
    let expected = ERC20InsufficientAllowance {
        spender: evm,
        allowance: U256::from(50),
        needed: U256::from(51),
    };
    assert_eq!(done.output, expected.abi_encode());
    let done = it.faces.call(token, from(30));
    assert!(done.success, "{}", reason_of(&done.output));
    assert_eq!(it.faces.ask(token, allowance), U256::from(20));
    assert_eq!(it.faces.balance_of(token, bob), U256::from(30));
}

#[test]
fn nothing_has_two_faces_of_a_kind() {
    let mut it = Issued::new("create");
    // The contract of an asset is that asset, not another one.
    let done = it.faces.create_asset(it.token);
    assert!(done.success, "{:?}", done.carried);
    assert_eq!(it.faces.asset_of(it.token).unwrap(), it.asset);
    let erc20 = it.token;
    let asset = it.faces.call(REGISTRY, IFaces::createAssetCall { erc20 });
    assert_eq!(B256::abi_decode(&asset.output).unwrap().0, it.asset.0);

    // And the contract of an ERC-20's asset is the ERC-20; the registry creates assets, too.
    let erc20 = it.faces.odd_token(6, U256::from(1_000));
    let (expected, none) = (
        it.faces.ask(REGISTRY, IFaces::assetAddressOfCall { erc20 }),
        it.faces.ask(REGISTRY, IFaces::assetOfCall { erc20 }),
    );
    assert_eq!(none, B256::ZERO);
    let created = it.faces.call(REGISTRY, IFaces::createAssetCall { erc20 });
    assert!(created.success, "{}", reason_of(&created.output));
    let asset = B256::abi_decode(&created.output).unwrap();
    assert_eq!(asset, expected);
    assert_eq!(it.faces.create_erc20(MoveAddress(asset.0)), erc20);
    assert_eq!(
        it.faces
            .ask(REGISTRY, IFaces::erc20OfCall { metadata: asset }),
        erc20
    );

    // What has no contract, and gets none.
    for (metadata, reason) in [
        (MoveAddress::small(0xa), "EETH"),
        (MoveAddress::small(0x77), "ENO_METADATA"),
        (it.alice.address, "ENO_METADATA"),
    ] {
        let metadata = B256::from(metadata.0);
        let done = it
            .faces
            .call(REGISTRY, IFaces::createErc20Call { metadata });
        assert!(!done.success && reason_of(&done.output).contains(reason));
        let none = it.faces.ask(REGISTRY, IFaces::erc20OfCall { metadata });
        assert_eq!(none, Address::ZERO);
    }
    // What is no ERC-20, or none yet.
    for (contract, reason) in [
        (Address::repeat_byte(0x99), "ENO_ERC20"),
        (REGISTRY, "ENO_ERC20"),
        (it.faces.odd_token(18, U256::ZERO), "ENO_SUPPLY"),
    ] {
        let done = it.faces.create_asset(contract);
        assert!(status(&done).contains(reason), "{}", status(&done));
    }
}

#[test]
fn gas_is_what_the_documentation_says() {
    // `docs/cross-vm.md`, in EVM gas; recipients who have some already.
    let mut it = Odd::new();
    let bob = id(Address::repeat_byte(0xb0));
    assert!(it.transfer(bob, 5).success);
    let kept = it.transfer(bob, 5).gas_used;
    let halves = vec![it.asset.0.to_vec(), bob.0.to_vec(), number(5)];
    let done = it
        .faces
        .moving(&mut it.alice, ("issued", "move_in_halves"), vec![], halves);
    let three_movements = done.gas_used;
    let direct = it.faces.call(
        it.token,
        IERC20::transferCall {
            to: address_of(bob),
            amount: units(5),
        },
    );
    let mut it = Issued::new("create");
    assert!(it.erc20(bob, U256::from(5)).success);
    let erc20 = it.erc20(bob, U256::from(5)).gas_used;
    let done = it.faces.transfer(&mut it.alice, it.asset, bob, 5);
    let issued = done.gas_used;
    for (gas, most) in [
        (kept, 85_000),
        (three_movements, 165_000),
        (direct.gas_used, 40_000),
        (erc20, 80_000),
        (issued, 70_000),
    ] {
        assert!(gas <= most, "{gas} {most}");
    }
}
