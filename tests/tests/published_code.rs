//! X13: what runs is what the state says, before, in and after publications, failed ones, and other
//! branches of the chain; one executor with warm caches sees them all.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use lumio_move_engine::{Address, ModuleId};
use lumio_state::StateKey;
use lumio_tests::{
    moving::{MoveUser, Scene},
    package::{Module, compiled},
};
use lumio_types::Transaction;

const LAMP: &str = "
module hazards::lamp {
    struct Lamp has key { level: u64 }
    fun init_module(owner: &signer) { move_to(owner, Lamp { level: 1000 }) }
    public entry fun press(_by: &signer) { Lamp[@hazards].level += STEP }
    #[view] public fun level(): u64 { Lamp[@hazards].level }
}";

/// The lamp with another step, or another initialiser.
fn lamp(owner: Address, step: &str) -> Vec<Module> {
    compiled(&LAMP.replace("STEP", step), owner).0
}

fn press(by: &mut MoveUser, owner: Address) -> Transaction {
    by.call_at(owner, ("lamp", "press"), vec![], vec![])
}

fn level(scene: &Scene, owner: Address) -> u64 {
    let bytes = scene.view(&ModuleId::new(owner, "lamp"), "level", &[]);
    u64::from_le_bytes(bytes.try_into().unwrap())
}

fn has_module(scene: &Scene, owner: Address) -> bool {
    let keys = scene.memory.0.keys();
    keys.into_iter()
        .any(|key| matches!(key, StateKey::MoveModule(of, _) if of.0.0 == owner.0))
}

#[test]
fn publish_call_upgrade_call_in_one_block_and_across_blocks() {
    for new_blocks in [false, true] {
        let mut scene = Scene::new();
        let (mut alice, mut bob) = (scene.user(1), scene.user(2));
        let owner = alice.address;
        let status = scene.fail(&press(&mut bob, owner));
        assert!(status.contains("LINKER_ERROR"), "{status}");
        let mut expected = 1000;
        for step in [1, 10, 100] {
            let modules = lamp(owner, &step.to_string());
            scene.succeed(&alice.publish("Lamp", &modules));
            for _ in 0..2 {
                if new_blocks {
                    scene.next_block();
                }
                scene.succeed(&press(&mut bob, owner));
                expected += step;
                assert_eq!(level(&scene, owner), expected, "the initialiser ran once");
            }
        }
    }
}

#[test]
fn what_was_not_published_in_the_end_is_not_there() {
    let mut scene = Scene::new();
    let (mut alice, mut bob) = (scene.user(1), scene.user(2));
    let owner = alice.address;
    // The initialiser fails, after the module was linked, and called.
    let failing = LAMP
        .replace("{ move_to", "{ if (true) abort 3; move_to")
        .replace("STEP", "1");
    let modules = compiled(&failing, owner).0;
    let status = scene.fail(&alice.publish("Lamp", &modules));
    assert!(status.contains("lamp: 0x3"), "{status}");
    // The initialiser uses up all gas.
    let endless = LAMP
        .replace("{ move_to", "{ loop {}; move_to")
        .replace("STEP", "1");
    let modules = compiled(&endless, owner).0;
    assert_eq!(scene.fail(&alice.publish("Lamp", &modules)), "Out of gas");
    // The initialiser gives everything away, so that nothing is left for the fee.
    let spends = LAMP
        .replace(
            "{ move_to",
            "{ aptos_framework::aptos_account::transfer(owner, @0x77, ALL); move_to",
        )
        .replace("STEP", "1");
    let octas = lumio_tests::moving::balance(&scene.memory, owner) / lumio_types::wei_of_octas(1);
    let modules = compiled(&spends.replace("ALL", &octas.to_string()), owner).0;
    let status = scene.fail(&alice.publish("Lamp", &modules));
    assert!(status.contains("transaction_validation"), "{status}");
    for _ in 0..2 {
        assert!(!has_module(&scene, owner));
        let status = scene.fail(&press(&mut bob, owner));
        assert!(status.contains("LINKER_ERROR"), "{status}");
        scene.next_block();
    }
    scene.succeed(&alice.publish("Lamp", &lamp(owner, "1")));
    scene.succeed(&press(&mut bob, owner));
    assert_eq!(level(&scene, owner), 1001);
}

#[test]
fn branches_of_the_chain_have_their_own_code() {
    let mut scene = Scene::new();
    let (mut alice, mut bob) = (scene.user(1), scene.user(2));
    let owner = alice.address;
    scene.succeed(&alice.publish("Lamp", &lamp(owner, "1")));
    scene.succeed(&press(&mut bob, owner));
    let before = scene.memory.clone();
    let upgrades: Vec<_> = ["10", "100"].map(|step| lamp(owner, step)).into();
    let (sequence, presses) = (alice.sequence_number, bob.sequence_number);
    let mut branches = Vec::new();
    for modules in &upgrades {
        alice.sequence_number = sequence;
        scene.memory = before.clone();
        scene.succeed(&alice.publish("Lamp", modules));
        branches.push(scene.memory.clone());
    }
    branches.push(before);
    for _ in 0..2 {
        for (memory, step) in branches.iter().zip([10, 100, 1]) {
            bob.sequence_number = presses;
            scene.memory = memory.clone();
            scene.succeed(&press(&mut bob, owner));
            assert_eq!(level(&scene, owner), 1001 + step);
        }
    }
}

#[test]
fn an_incompatible_upgrade_leaves_the_old_code() {
    let mut scene = Scene::new();
    let (mut alice, mut bob) = (scene.user(1), scene.user(2));
    let owner = alice.address;
    scene.succeed(&alice.publish("Lamp", &lamp(owner, "1")));
    let other_layout = LAMP
        .replace("{ level: u64 }", "{ level: u64, colour: u8 }")
        .replace("level: 1000 }", "level: 1000, colour: 1 }")
        .replace("STEP", "5");
    let without_press = LAMP
        .replace("public entry fun press", "entry fun pressed")
        .replace("STEP", "5");
    for text in [other_layout, without_press] {
        let modules = compiled(&text, owner).0;
        let status = scene.fail(&alice.publish("Lamp", &modules));
        assert!(
            status.contains("BACKWARD_INCOMPATIBLE_MODULE_UPDATE"),
            "{status}"
        );
        scene.succeed(&press(&mut bob, owner));
    }
    assert_eq!(level(&scene, owner), 1002);
}

#[test]
fn nobody_changes_the_framework() {
    let mut scene = Scene::new();
    let mut alice = scene.user(1);
    // At the framework's address, by somebody who is not the framework.
    let text = "module 0x1::native_coin { public entry fun mint(_s: &signer) {} }";
    let stolen = compiled(&text.replace("0x1", "hazards"), Address::ONE).0;
    let status = scene.fail(&alice.publish("Stolen", &stolen));
    assert!(
        status.contains("MODULE_ADDRESS_DOES_NOT_MATCH_SENDER"),
        "{status}"
    );
    // Under the names of the framework's modules, at one's own address: it is another module.
    let own = compiled(&text.replace("0x1", "hazards"), alice.address).0;
    scene.succeed(&alice.publish("Own", &own));
    // A native function of one's own.
    let native = "module hazards::native_coin2 { native public fun burn_internal(a: address, n: u64): bool; }";
    let native = compiled(native, alice.address).0;
    let status = scene.fail(&alice.publish("Native", &native));
    assert!(status.contains("FEATURE_UNDER_GATING"), "{status}");
}
