//! X14: a Move transaction runs once, whoever brings it, and however often; what must be unique is
//! unique, in one block and in blocks of the same second.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use alloy_consensus::{SignableTransaction, TxLegacy};
use alloy_primitives::TxKind;
use alloy_signer::SignerSync;
use lumio_executor::BlockContext;
use lumio_move_engine::ModuleId;
use lumio_move_transaction::{
    Bcs, EntryFunction, Executable, ExtraConfig, OrderlessPayload, RawTransaction,
    SignedTransaction, TransactionPayload,
};
use lumio_tests::{
    chain::{CHAIN_ID, User},
    memory::Memory,
    moving::{MoveUser, Scene, balance, carrier},
    package::compiled,
};
use lumio_types::{Envelope, MOVE_MAGIC, Transaction, wei_of_octas};
use proptest::prelude::*;

fn transfer_payload(to: lumio_move_engine::Address) -> EntryFunction {
    EntryFunction {
        module: ModuleId::new(lumio_move_engine::Address::ONE, "aptos_account"),
        function: "transfer".into(),
        type_arguments: vec![],
        arguments: vec![to.0.to_vec(), 5_u64.to_le_bytes().to_vec()],
    }
}

const TO: lumio_move_engine::Address = lumio_move_engine::Address([9; 32]);

fn wrapped(by: &User, inner: &SignedTransaction, gas_price: u128) -> Transaction {
    let tx = TxLegacy {
        chain_id: Some(CHAIN_ID),
        nonce: by.nonce,
        gas_price,
        gas_limit: 50_000_000,
        to: TxKind::Create,
        input: [MOVE_MAGIC.as_slice(), &inner.to_bytes()].concat().into(),
        ..TxLegacy::default()
    };
    let signature = by.signer.sign_hash_sync(&tx.signature_hash()).unwrap();
    Transaction::recover(Envelope::Legacy(tx.into_signed(signature))).unwrap()
}

#[test]
fn one_transaction_in_many_envelopes_runs_once() {
    for first in 0..3 {
        let mut scene = Scene::new();
        let mut alice = scene.user(1);
        let raw = alice.raw(TransactionPayload::EntryFunction(transfer_payload(TO)));
        let inner = alice.sign(raw);
        let bearers = [7, 8].map(|number| User::new(number, &mut Memory::default()));
        let mut envelopes = vec![
            carrier(&inner),
            wrapped(&bearers[0], &inner, 0),
            wrapped(&bearers[1], &inner, 77),
        ];
        envelopes.rotate_left(first);
        scene.succeed(&envelopes[0]);
        for _ in 0..2 {
            for envelope in &envelopes {
                let reason = scene.refuse(envelope);
                let known = ["SEQUENCE_NUMBER_TOO_OLD", "nonce too low"];
                assert!(known.iter().any(|it| reason.contains(it)), "{reason}");
            }
            scene.next_block();
        }
        assert_eq!(balance(&scene.memory, TO), wei_of_octas(5));
    }
}

#[test]
fn a_failed_transaction_is_not_tried_again() {
    let mut scene = Scene::new();
    let mut alice = scene.user(1);
    let poor = alice.call(
        ("aptos_account", "transfer"),
        vec![],
        vec![TO.0.to_vec(), u64::MAX.to_le_bytes().to_vec()],
    );
    scene.fail(&poor);
    lumio_tests::moving::fund(&mut scene.memory, alice.address, u64::MAX);
    assert!(scene.refuse(&poor).starts_with("SEQUENCE_NUMBER_TOO_OLD"));
}

fn orderless(user: &mut MoveUser, nonce: u64, expiration: u64) -> SignedTransaction {
    let payload = TransactionPayload::Orderless(OrderlessPayload {
        executable: Executable::EntryFunction(transfer_payload(TO)),
        extra: ExtraConfig {
            multisig_address: None,
            replay_protection_nonce: Some(nonce),
        },
    });
    let raw = RawTransaction {
        sequence_number: u64::MAX,
        expiration_timestamp_secs: expiration,
        ..user.raw(payload)
    };
    user.sign(raw)
}

/// The next block, at a time.
fn at(scene: &mut Scene, timestamp: u64) {
    scene.block = BlockContext {
        number: scene.block.number + 1,
        timestamp,
        ..scene.block.clone()
    };
    let begun = scene.executor.begin_block(&scene.memory, &scene.block);
    scene.memory.apply(&begun.unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// However the clock goes, and whichever others use nonces meanwhile, the same bytes run once.
    #[test]
    fn an_orderless_transaction_runs_once(
        nonce in 0..3_u64,
        lives in 1..=65_u64,
        waits in proptest::collection::vec(0..40_u64, 1..12),
    ) {
        let mut scene = Scene::new();
        let mut alice = scene.user(1);
        let mut bob = scene.user(2);
        let now = scene.block.timestamp;
        let inner = orderless(&mut alice, nonce, now + lives);
        scene.succeed(&carrier(&inner));
        let bearer = User::new(7, &mut Memory::default());
        let mut time = now;
        for wait in waits {
            time += wait;
            at(&mut scene, time);
            for envelope in [carrier(&inner), wrapped(&bearer, &inner, 0)] {
                let reason = scene.refuse(&envelope);
                let expected = ["NONCE_ALREADY_USED", "TRANSACTION_EXPIRED"];
                prop_assert!(expected.iter().any(|it| reason.contains(it)), "{}", reason);
            }
            // Others come and go, and take what expired along.
            let other = orderless(&mut bob, time, time + 1);
            let _ = scene.run(&carrier(&other));
        }
    }
}

#[test]
fn an_orderless_transaction_lives_no_longer_than_it_is_remembered() {
    let mut scene = Scene::new();
    let mut alice = scene.user(1);
    let now = scene.block.timestamp;
    let late = orderless(&mut alice, 1, now + 66);
    let reason = scene.refuse(&carrier(&late));
    assert!(
        reason.starts_with("TRANSACTION_EXPIRATION_TOO_FAR_IN_FUTURE"),
        "{reason}"
    );
    scene.succeed(&carrier(&orderless(&mut alice, 1, now + 65)));
}

const CLOCK: &str = "
module hazards::clock {
    struct Seen has key { number: u128, id: address }
    public entry fun look(s: &signer) {
        let number = aptos_framework::transaction_context::monotonically_increasing_counter();
        let id = aptos_framework::transaction_context::generate_auid_address();
        let more = aptos_framework::transaction_context::monotonically_increasing_counter();
        assert!(number < more, 1);
        if (!exists<Seen>(@hazards)) move_to(s, Seen { number, id });
        let seen = &mut Seen[@hazards];
        if (seen.id != id) {
            assert!(seen.number < number, 2);
        };
        *seen = Seen { number: more, id };
    }
}";

#[test]
fn numbers_that_only_grow_do_so_in_a_block_and_in_blocks_of_one_second() {
    let mut scene = Scene::new();
    let mut alice = scene.user(1);
    let owner = alice.address;
    let modules = compiled(&CLOCK.replace("key {", "key, drop {"), owner).0;
    scene.succeed(&alice.publish("Clock", &modules));
    let look = |user: &mut MoveUser| user.call_at(owner, ("clock", "look"), vec![], vec![]);
    scene.succeed(&look(&mut alice));
    let mut others: Vec<_> = (20..23).map(|number| scene.user(number)).collect();
    for _ in 0..3 {
        for other in &mut others {
            scene.succeed(&look(other));
        }
        let now = scene.block.timestamp;
        at(&mut scene, now);
    }
}
