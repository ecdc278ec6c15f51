//! X6, X7: amounts of ETH at the edges of their widths on Move's side, and remainders below an octa.
//! X11: ids that share an address share a balance, and nothing else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use alloy_primitives::U256;
use lumio_move_engine::{Address, ModuleId, TypeTag};
use lumio_state::{StateKey, Value};
use lumio_tests::moving::{MoveUser, Scene, balance};
use lumio_types::{AccountId, OCTA_WEI, wei_of_octas};
use proptest::prelude::*;

fn ledger(owner: Address) -> alloy_primitives::Address {
    AccountId(owner.0.into()).evm_address()
}

fn set(scene: &mut Scene, owner: Address, wei: U256) {
    scene
        .memory
        .0
        .insert(StateKey::Balance(ledger(owner)), Value::word(wei));
}

fn octas_in_move(scene: &Scene, owner: Address) -> u64 {
    let module = ModuleId::new(Address::ONE, "native_coin");
    let bytes = scene.view(&module, "balance", &[owner.0.to_vec()]);
    u64::from_le_bytes(bytes.try_into().unwrap())
}

fn wei_in_move(scene: &Scene, owner: Address) -> U256 {
    let module = ModuleId::new(Address::ONE, "native_coin");
    let bytes = scene.view(&module, "wei_balance", &[owner.0.to_vec()]);
    U256::from_le_bytes::<32>(bytes.try_into().unwrap())
}

fn edge() -> impl Strategy<Value = U256> {
    (0..256_usize, -2..=2_i64, 0..3_u64).prop_map(|(bit, offset, octas)| {
        let power = (U256::from(1) << bit).saturating_add(U256::from(octas * OCTA_WEI));
        let by = U256::from(offset.unsigned_abs());
        if offset < 0 {
            power.saturating_sub(by)
        } else {
            power.saturating_add(by)
        }
    })
}

/// Both faces of the coin, by which `octas` are sent.
fn send(from: &mut MoveUser, to: Address, octas: u64, as_asset: bool) -> lumio_types::Transaction {
    let mut arguments = vec![to.0.to_vec(), octas.to_le_bytes().to_vec()];
    if as_asset {
        arguments.insert(0, Address::small(10).0.to_vec());
        let metadata: TypeTag = "0x1::fungible_asset::Metadata".parse().unwrap();
        return from.call(
            ("primary_fungible_store", "transfer"),
            vec![metadata],
            arguments,
        );
    }
    from.call(("aptos_account", "transfer"), vec![], arguments)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_balance_of_any_width_is_shown_and_kept(wei in edge()) {
        let mut scene = Scene::new();
        let owner = Address([8; 32]);
        set(&mut scene, owner, wei);
        prop_assert_eq!(wei_in_move(&scene, owner), wei);
        let octas = u64::try_from(wei / U256::from(OCTA_WEI)).unwrap_or(u64::MAX);
        prop_assert_eq!(octas_in_move(&scene, owner), octas);
    }

    /// To the recipient goes what the sender loses, or nothing moves, also where the sum would not
    /// fit a balance.
    #[test]
    fn a_transfer_moves_all_or_nothing(
        has in edge(),
        there in edge(),
        octas in prop_oneof![
            any::<u64>(),
            (0..64_u32).prop_map(|bit| 1 << bit),
            Just(u64::MAX),
            0..100_u64,
        ],
        as_asset in any::<bool>(),
    ) {
        let mut scene = Scene::new();
        let (mut alice, payer) = (scene.user(1), scene.user(2));
        let to = Address([8; 32]);
        set(&mut scene, alice.address, has);
        set(&mut scene, to, there);
        let sent = send(&mut alice, to, octas, as_asset);
        let raw = sent.carried().unwrap().as_move().unwrap().signed.raw.clone();
        let sent = lumio_tests::moving::carrier(&alice.sign_for(raw, &payer));
        // The sum of both may be more than a word: no supply is counted here.
        let executed = scene.executor.execute(&scene.memory, &scene.block, &sent).unwrap();
        scene.memory.apply(&executed.writes);
        let wei = wei_of_octas(octas);
        let fits = has >= wei && there.checked_add(wei).is_some();
        prop_assert_eq!(executed.success, fits, "{:?}", executed.carried);
        let moved = if fits { wei } else { U256::ZERO };
        prop_assert_eq!(balance(&scene.memory, alice.address), has - moved);
        prop_assert_eq!(balance(&scene.memory, to), there + moved);
    }
}

#[test]
fn less_than_an_octa_is_neither_spent_nor_lost() {
    let mut scene = Scene::new();
    let mut alice = scene.user(1);
    let rest = U256::from(OCTA_WEI - 1);
    let to = Address([8; 32]);
    set(&mut scene, to, rest);
    let has = wei_of_octas(2_000_000) + rest;
    set(&mut scene, alice.address, has);
    let executed = scene.succeed(&send(&mut alice, to, 7, false));
    let fee = wei_of_octas(executed.carried.unwrap().into_move().unwrap().gas_units * 10);
    assert_eq!(balance(&scene.memory, to), wei_of_octas(7) + rest);
    assert_eq!(
        balance(&scene.memory, alice.address),
        has - wei_of_octas(7) - fee
    );
    assert_eq!(octas_in_move(&scene, to), 7, "two remainders are no octa");
}

#[test]
fn ids_with_one_address_have_one_balance_and_only_one_of_them_a_key() {
    let mut scene = Scene::new();
    let mut alice = scene.user(1);
    let mut bob = scene.user(2);
    let padded = Address(AccountId::from_evm(ledger(alice.address)).0.0);
    assert_ne!(padded, alice.address);
    scene.succeed(&send(&mut bob, padded, 5, true));
    assert_eq!(wei_in_move(&scene, padded), wei_of_octas(100_000_005));
    assert_eq!(
        wei_in_move(&scene, alice.address),
        wei_of_octas(100_000_005)
    );
    // To oneself under the other id: nothing is made of nothing.
    let before = balance(&scene.memory, alice.address);
    for as_asset in [false, true] {
        let executed = scene.succeed(&send(&mut alice, padded, 50_000_000, as_asset));
        let fee = wei_of_octas(executed.carried.unwrap().into_move().unwrap().gas_units * 10);
        assert!(balance(&scene.memory, alice.address) >= before - fee - fee);
    }
    let status = scene.fail(&send(&mut alice, padded, 100_000_006, false));
    assert!(status.contains("EINSUFFICIENT_BALANCE"), "{status}");
    // What is in Move's state is of one id alone.
    let module = ModuleId::new(Address::ONE, "account");
    let number = |id: Address| scene.view(&module, "get_sequence_number", &[id.0.to_vec()]);
    assert_eq!(number(alice.address), 3_u64.to_le_bytes());
    assert_eq!(number(padded), 0_u64.to_le_bytes());
}
