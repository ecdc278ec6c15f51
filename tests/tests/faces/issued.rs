//! Assets that Move keeps, as ERC-20 contracts.

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolCall, SolError, SolValue, sol};
use lumio_executor::Executed;
use lumio_move_engine::{Address as MoveAddress, TypeTag};
use lumio_tests::faces::{
    Faces, IERC20, IFaces, Issued, REGISTRY, Seen, address_of, id, number, seen, status,
};
use lumio_vm_bus::message::{MoveAbort, reason_of};

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
    let seen_logs = |done: &Executed| -> Vec<Seen> {
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
    let length = u8::try_from(approve.len()).unwrap();
    let call = vec![id(token).0.to_vec(), [vec![length], approve].concat()];
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
fn a_coin_is_an_erc20_by_its_fungible_asset() {
    let mut faces = Faces::new();
    let penny: TypeTag = format!("{}::penny::Penny", faces.owner.address)
        .parse()
        .unwrap();
    let coin = vec![penny];
    let text = b"\x05Penny".to_vec();
    let owner = faces.owner.address;
    let own = |faces: &mut Faces, function, arguments| {
        let transaction = faces.owner.call(function, coin.clone(), arguments);
        let done = faces.scene.run(&transaction).unwrap();
        assert!(done.success, "{}", status(&done));
        done
    };
    let arguments = vec![text.clone(), text, vec![2], vec![1]];
    own(&mut faces, ("managed_coin", "initialize"), arguments);
    own(&mut faces, ("managed_coin", "register"), vec![]);
    let mint = vec![owner.0.to_vec(), number(1_000)];
    own(&mut faces, ("managed_coin", "mint"), mint.clone());
    // Coins become the fungible asset with which they are paired.
    own(&mut faces, ("coin", "migrate_to_fungible_store"), vec![]);
    let paired = faces.view(("coin", "paired_metadata"), &coin, &[]).unwrap();
    let asset = MoveAddress(paired[1..].try_into().unwrap());
    let token = faces.create_erc20(asset);
    let her = address_of(owner);
    assert_eq!(faces.balance_of(token, her), U256::from(1_000));
    // New coins, and coins on their way: the sum of the logs is right.
    let bob = Address::repeat_byte(0xb0);
    let (zero, two) = (Address::ZERO, U256::from(200));
    let logs = |done: &Executed| -> Vec<Seen> {
        let seen = seen(done).into_iter();
        seen.filter(|it| matches!(it, Seen::Transfer(..))).collect()
    };
    let done = own(&mut faces, ("managed_coin", "mint"), mint);
    let thousand = U256::from(1_000);
    let expected = [
        Seen::Transfer(zero, token, thousand),
        Seen::Transfer(token, her, thousand),
    ];
    assert_eq!(logs(&done), expected);
    let arguments = vec![id(bob).0.to_vec(), number(200)];
    let done = own(&mut faces, ("aptos_account", "transfer_coins"), arguments);
    let mut balances = [U256::from(2_000), U256::ZERO];
    for log in logs(&done) {
        let Seen::Transfer(from, to, amount) = log else {
            continue;
        };
        for (holder, balance) in [her, bob].into_iter().zip(&mut balances) {
            if from == holder {
                *balance -= amount;
            }
            if to == holder {
                *balance += amount;
            }
        }
    }
    assert_eq!(balances, [U256::from(1_800), two]);
    assert_eq!([her, bob].map(|it| faces.balance_of(token, it)), balances);
    assert_eq!(
        faces.ask(token, IERC20::totalSupplyCall {}),
        U256::from(2_000)
    );
}
