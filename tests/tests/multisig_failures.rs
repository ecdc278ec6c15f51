//! X1, X8: what a multisig account is asked to do may fail; then nothing of it is left, the account
//! has gone on to its next transaction, and whoever ran it has paid.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use lumio_executor::Executed;
use lumio_move_engine::{Address, ModuleId, bcs::put_bytes};
use lumio_move_transaction::{Bcs, EntryFunction, Multisig, TransactionPayload};
use lumio_tests::{
    moving::{GAS_PRICE, MoveUser, Scene, balance, carrier, fund},
    package::{hazards, publication},
};
use lumio_types::{EventOrigin, Transaction, wei_of_octas};

const TO: Address = Address([9; 32]);

fn number(value: u64) -> Vec<u8> {
    value.to_le_bytes().to_vec()
}

fn entry(address: Address, name: (&str, &str), arguments: Vec<Vec<u8>>) -> EntryFunction {
    EntryFunction {
        module: ModuleId::new(address, name.0),
        function: name.1.into(),
        type_arguments: vec![],
        arguments,
    }
}

/// Alice, and a multisig account of hers with an ETH.
fn world() -> (Scene, MoveUser, Address) {
    let mut scene = Scene::new();
    let mut alice = scene.user(1);
    let module = ModuleId::new(Address::ONE, "multisig_account");
    let next = "get_next_multisig_account_address";
    let account = scene.view(&module, next, &[alice.address.0.to_vec()]);
    let account = Address(account.try_into().unwrap());
    // One signature is enough; no metadata.
    let arguments = vec![number(1), vec![0], vec![0]];
    scene.succeed(&alice.call(("multisig_account", "create"), vec![], arguments));
    fund(&mut scene.memory, account, 100_000_000);
    scene.succeed(&alice.publish("Hazards", &hazards(alice.address)));
    (scene, alice, account)
}

/// What the owners agree to.
fn propose(scene: &mut Scene, alice: &mut MoveUser, account: Address, call: &EntryFunction) {
    let payload = [vec![0], call.to_bytes()].concat();
    let mut argument = Vec::new();
    put_bytes(&mut argument, &payload);
    let arguments = vec![account.0.to_vec(), argument];
    scene.succeed(&alice.call(
        ("multisig_account", "create_transaction"),
        vec![],
        arguments,
    ));
}

fn execute(by: &mut MoveUser, account: Address, call: Option<EntryFunction>) -> Transaction {
    let raw = by.raw(TransactionPayload::Multisig(Multisig {
        address: account,
        call,
    }));
    carrier(&by.sign(raw))
}

fn types(executed: &Executed) -> Vec<String> {
    let events = executed.events.iter();
    let tags = events.map(|event| match &event.origin {
        EventOrigin::Move(event) => event.type_tag.to_string(),
        other => panic!("{other:?}"),
    });
    tags.collect()
}

#[test]
fn what_fails_is_undone_and_paid_for_and_the_next_one_runs() {
    let (mut scene, mut alice, account) = world();
    let place = alice.address;
    let to = TO.0.to_vec();
    let (own, broken) = (hazards(account), vec![("purse".to_owned(), vec![1, 2, 3])]);
    let failing = [
        entry(
            Address::ONE,
            ("aptos_account", "transfer"),
            vec![to.clone(), number(u64::MAX)],
        ),
        entry(place, ("purse", "save_and_abort"), vec![number(7)]),
        entry(
            place,
            ("purse", "spend_all_gas"),
            vec![to.clone(), number(7)],
        ),
        entry(place, ("purse", "nothing"), vec![]),
        entry(
            Address::ONE,
            ("code", "publish_package_txn"),
            publication("Broken", &broken),
        ),
    ];
    for call in &failing {
        propose(&mut scene, &mut alice, account, call);
        let (hers, theirs) = (alice.address, account);
        let before = [hers, theirs].map(|it| balance(&scene.memory, it));
        let executed = scene.succeed(&execute(&mut alice, account, None));
        let units = executed
            .carried
            .as_ref()
            .unwrap()
            .as_move()
            .unwrap()
            .gas_units;
        let after = [hers, theirs].map(|it| balance(&scene.memory, it));
        assert_eq!(before[0] - after[0], wei_of_octas(units * GAS_PRICE));
        assert_eq!(before[1], after[1], "{call:?}");
        let types = types(&executed);
        let failed = "0x1::multisig_account::TransactionExecutionFailed";
        assert!(types.iter().any(|it| it == failed), "{types:?}");
        assert!(
            !types
                .iter()
                .any(|it| it.contains("Saved") || it.contains("Withdraw")),
            "{types:?}"
        );
    }
    assert_eq!(balance(&scene.memory, TO), wei_of_octas(0));
    // It goes on, with a publication of its own.
    let publish = entry(
        Address::ONE,
        ("code", "publish_package_txn"),
        publication("Hazards", &own),
    );
    propose(&mut scene, &mut alice, account, &publish);
    scene.succeed(&execute(&mut alice, account, None));
    let call = entry(account, ("purse", "save"), vec![number(5)]);
    propose(&mut scene, &mut alice, account, &call);
    let executed = scene.succeed(&execute(&mut alice, account, Some(call)));
    let succeeded = "0x1::multisig_account::TransactionExecutionSucceeded";
    assert!(types(&executed).iter().any(|it| it == succeeded));
    let before = wei_of_octas(100_000_000 - 5);
    assert_eq!(balance(&scene.memory, account), before);
}

#[test]
fn only_owners_run_only_what_was_agreed_to() {
    let (mut scene, mut alice, account) = world();
    let mut mallory = scene.user(2);
    let call = |octas| {
        let arguments = vec![TO.0.to_vec(), number(octas)];
        entry(Address::ONE, ("aptos_account", "transfer"), arguments)
    };
    let reason = scene.refuse(&execute(&mut alice, account, None));
    assert!(
        reason.starts_with("MULTISIG_TRANSACTION_NOT_FOUND"),
        "{reason}"
    );
    alice.sequence_number -= 1;
    propose(&mut scene, &mut alice, account, &call(5));
    let reason = scene.refuse(&execute(&mut mallory, account, None));
    assert!(reason.starts_with("NOT_MULTISIG_OWNER"), "{reason}");
    let reason = scene.refuse(&execute(&mut alice, account, Some(call(6))));
    assert!(
        reason.starts_with("MULTISIG_TRANSACTION_PAYLOAD_DOES_NOT_MATCH"),
        "{reason}"
    );
    alice.sequence_number -= 1;
    let own = alice.address;
    let reason = scene.refuse(&execute(&mut alice, own, None));
    assert!(reason.starts_with("ACCOUNT_NOT_MULTISIG"), "{reason}");
    alice.sequence_number -= 1;
    scene.succeed(&execute(&mut alice, account, Some(call(5))));
    assert_eq!(balance(&scene.memory, TO), wei_of_octas(5));
}
