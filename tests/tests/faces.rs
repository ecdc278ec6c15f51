//! One asset with several faces: ERC-20 contracts as fungible assets, and the other way round.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::SolValue;
use lumio_executor::Executed;
use lumio_move_engine::Address as MoveAddress;
use lumio_tests::{
    faces::{
        Faces, IERC20, IFaces, REGISTRY, Seen, address_of, behaveCall, burnCall, callBackCall, id,
        metadata_type, mintCall, seen,
    },
    moving::MoveUser,
};
use lumio_vm_bus::message::reason_of;

/// The account that holds what is in no store.
const VAULT: MoveAddress = MoveAddress(*b"lumio/erc20/vault\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");

const ONE: U256 = U256::from_limbs([1_000_000_000_000_000_000, 0, 0, 0]);

fn units(number: u64) -> U256 {
    // Of 18 decimals, 8 are shown.
    U256::from(number) * U256::from(10_000_000_000_u64)
}

/// A token of 18 decimals, its asset, and a Move user who has ten tokens.
struct Odd {
    faces: Faces,
    token: Address,
    asset: MoveAddress,
    alice: MoveUser,
}

impl Odd {
    fn new() -> Self {
        let mut faces = Faces::new();
        let token = faces.odd_token(18, ONE * U256::from(1_000));
        let created = faces.create_asset(token);
        assert!(created.success, "{:?}", created.carried);
        let asset = faces.asset_of(token).unwrap();
        let alice = faces.user(2);
        let to = address_of(alice.address);
        let amount = ONE * U256::from(10);
        assert!(
            faces
                .call(token, IERC20::transferCall { to, amount })
                .success
        );
        Self {
            faces,
            token,
            asset,
            alice,
        }
    }

    fn transfer(&mut self, to: MoveAddress, amount: u64) -> Executed {
        self.faces.transfer(&mut self.alice, self.asset, to, amount)
    }

    fn behave(&mut self, mode: u8) {
        assert!(self.faces.call(self.token, behaveCall { mode }).success);
    }
}

fn status(executed: &Executed) -> String {
    executed.carried.as_ref().unwrap().status.clone()
}

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
    let number = |number: u64| number.to_le_bytes().to_vec();
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

/// A fungible asset that Move issues, with its contract, and who has some of it.
struct Issued {
    faces: Faces,
    asset: MoveAddress,
    token: Address,
    alice: MoveUser,
    evm: Address,
}

fn number(number: u64) -> Vec<u8> {
    number.to_le_bytes().to_vec()
}

impl Issued {
    fn new(function: &str) -> Self {
        let mut faces = Faces::new();
        let asset = faces.issue(function);
        let token = faces.create_erc20(asset);
        let (alice, evm) = (faces.user(2), faces.evm.address());
        let mut it = Self {
            faces,
            asset,
            token,
            alice,
            evm,
        };
        for owner in [it.alice.address, id(it.evm)] {
            let done = it.owned("mint", owner, 1_000_000);
            assert!(done.success, "{:?}", done.carried);
        }
        it
    }

    /// Something of `hazards::issued` with an account and an amount.
    fn owned(&mut self, function: &str, account: MoveAddress, amount: u64) -> Executed {
        let arguments = vec![self.asset.0.to_vec(), account.0.to_vec(), number(amount)];
        self.faces.owned(function, arguments)
    }

    fn store(&self, account: MoveAddress) -> MoveAddress {
        self.faces.store(account, self.asset)
    }

    fn erc20(&mut self, to: MoveAddress, amount: U256) -> Executed {
        let to = address_of(to);
        self.faces
            .call(self.token, IERC20::transferCall { to, amount })
    }
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
