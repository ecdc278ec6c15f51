//! Who has which face, and what movements cost.

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::SolValue;
use lumio_move_engine::Address as MoveAddress;
use lumio_tests::faces::{
    IERC20, IFaces, Issued, Odd, REGISTRY, address_of, id, number, status, units,
};
use lumio_vm_bus::message::reason_of;

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
