//! Transactions that the Aptos SDK made are read as what they are, and written as the SDK does.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod describe;
#[path = "../support/mod.rs"]
mod support;

use describe::{payload, raw};
use lumio_move_engine::{Address, U256};
use lumio_move_transaction::{
    Bcs, RawTransaction, RawTransactionWithData, ReplayProtector, SignedTransaction,
    TransactionArgument, TransactionAuthenticator, TransactionPayload, VerifyError,
    object_address_from_guid, object_address_from_object, object_address_from_seed,
    resource_account_address, unique_address,
};
use support::{address, bytes, each, form, hex, keys, vectors};

#[test]
fn payloads_are_the_same_bytes_both_ways() {
    for (name, case) in each(&vectors()["payloads"]) {
        let ours = raw(payload(&case["payload"]));
        assert_eq!(hex(&ours.to_bytes()), case["raw"], "{name}");
        assert_eq!(
            RawTransaction::from_bytes(&bytes(&case["raw"])),
            Ok(ours.clone()),
            "{name}"
        );
        assert_eq!(hex(&ours.signing_message()), case["message"], "{name}");

        let signed = SignedTransaction::from_bytes(&bytes(&case["bytes"])).unwrap();
        assert_eq!(signed.raw, ours, "{name}");
        assert_eq!(hex(&signed.hash()), case["hash"], "{name}");
        signed.verify().unwrap();
    }
}

#[test]
fn nonces_stand_in_for_sequence_numbers() {
    let protector = |name| form("payloads", name).raw.replay_protector();
    assert_eq!(
        protector("entry function"),
        ReplayProtector::SequenceNumber(7)
    );
    assert_eq!(
        protector("new form with a sequence number"),
        ReplayProtector::SequenceNumber(7)
    );
    assert_eq!(
        protector("orderless entry function"),
        ReplayProtector::Nonce(0)
    );
    assert_eq!(
        protector("orderless script"),
        ReplayProtector::Nonce(u64::MAX)
    );
}

#[test]
fn arguments_of_scripts_are_what_they_were() {
    let arguments = |name| match form("payloads", name).raw.payload {
        TransactionPayload::Script(script) => script.arguments,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        arguments("script with every kind of argument"),
        [
            TransactionArgument::U8(1),
            TransactionArgument::U64(u64::MAX),
            TransactionArgument::U128(u128::MAX),
            TransactionArgument::Address(Address([0xb0; 32])),
            TransactionArgument::U8Vector(vec![1, 2, 3]),
            TransactionArgument::Bool(true),
            TransactionArgument::U16(2),
            TransactionArgument::U32(3),
            TransactionArgument::U256(U256::MAX),
            TransactionArgument::Serialized(b"\x04text".to_vec()),
        ]
    );
    let negative = arguments("script with negative arguments");
    assert_eq!(
        negative,
        [
            TransactionArgument::I8(i8::MIN),
            TransactionArgument::I16(-1),
            TransactionArgument::I32(i32::MAX),
            TransactionArgument::I64(i64::MIN),
            TransactionArgument::I128(-2),
            TransactionArgument::I256(U256::from(1) << 255),
        ]
    );
    assert_eq!(negative[1].value(), [0xff, 0xff]);
    assert_eq!(
        TransactionArgument::Serialized(vec![1, 2]).value(),
        [1, 2],
        "is a value already"
    );
    assert_eq!(TransactionArgument::U8Vector(vec![1, 2]).value(), [2, 1, 2]);
}

#[test]
fn every_form_is_verified_with_the_keys_that_the_sdk_says() {
    for (name, case) in each(&vectors()["forms"]) {
        let wire = bytes(&case["bytes"]);
        let signed = SignedTransaction::from_bytes(&wire).unwrap();
        assert_eq!(signed.to_bytes(), wire, "{name}");
        assert_eq!(hex(&signed.hash()), case["hash"], "{name}");
        let signers = signed.verify().unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(keys(&signers), case["keys"], "{name}");
        assert_eq!(signers.sender.address, signed.raw.sender);
    }
}

#[test]
fn messages_for_several_signers_are_the_sdks() {
    let mut seen = 0;
    for (name, case) in each(&vectors()["forms"]) {
        let messages = case["messages"].as_array().unwrap();
        let signed = SignedTransaction::from_bytes(&bytes(&case["bytes"])).unwrap();
        if case["with_data"].is_null() {
            assert_eq!(hex(&signed.raw.signing_message()), messages[0], "{name}");
            continue;
        }
        seen += 1;
        let wire = bytes(&case["with_data"]);
        let with_data = RawTransactionWithData::from_bytes(&wire).unwrap();
        assert_eq!(with_data.to_bytes(), wire, "{name}");
        let last = messages.last().unwrap();
        assert_eq!(hex(&with_data.signing_message()), *last, "{name}");
        if let RawTransactionWithData::FeePayer { raw, secondary, .. } = with_data {
            let known = name == "fee payer, known to the sender";
            let early = RawTransactionWithData::FeePayer {
                raw,
                secondary,
                fee_payer: Address::default(),
            };
            assert_eq!(
                hex(&early.signing_message()) == messages[0],
                !known,
                "{name}"
            );
        }
    }
    assert_eq!(seen, 6);
}

#[test]
fn what_the_sdk_sends_to_simulate_is_taken_for_that_only() {
    for (name, case) in each(&vectors()["simulations"]) {
        let wire = bytes(&case["bytes"]);
        let signed = SignedTransaction::from_bytes(&wire).unwrap();
        assert_eq!(signed.to_bytes(), wire, "{name}");
        let signers = signed.verify_simulation().unwrap();
        assert_eq!(keys(&signers), case["keys"], "{name}");
        let error = signed.verify().unwrap_err();
        assert!(
            matches!(error, VerifyError::Account { .. }),
            "{name}: {error}"
        );
    }
}

#[test]
fn what_can_be_sent_cannot_be_simulated() {
    for (name, case) in each(&vectors()["forms"]) {
        let signed = SignedTransaction::from_bytes(&bytes(&case["bytes"])).unwrap();
        let result = signed.verify_simulation();
        if name.starts_with("alone:") && name.ends_with("abstract") {
            // Whether this one holds, only its function can say.
            assert_eq!(result, signed.verify(), "{name}");
        } else {
            let error = result.unwrap_err();
            assert!(
                matches!(error, VerifyError::ValidSignature { .. }),
                "{name}: {error}"
            );
        }
    }
}

#[test]
fn forms_are_told_apart() {
    let authenticator = |name| form("forms", name).authenticator;
    assert!(matches!(
        authenticator("alone: ed25519"),
        TransactionAuthenticator::Ed25519 { .. }
    ));
    assert!(matches!(
        authenticator("alone: two of three ed25519"),
        TransactionAuthenticator::MultiEd25519 { .. }
    ));
    assert!(matches!(
        authenticator("alone: passkey"),
        TransactionAuthenticator::SingleSender(_)
    ));
    assert!(matches!(
        authenticator("multi-agent: one other"),
        TransactionAuthenticator::MultiAgent { .. }
    ));
    assert!(matches!(
        authenticator("fee payer, with others"),
        TransactionAuthenticator::FeePayer { .. }
    ));
}

#[test]
fn derived_addresses_are_the_sdks() {
    let case = &vectors()["addresses"];
    let (creator, other) = (address(&case["creator"]), address(&case["other"]));
    let seed = bytes(&case["seed"]);
    let number = case["number"].as_str().unwrap().parse().unwrap();
    assert_eq!(
        object_address_from_seed(creator, &seed),
        address(&case["object_from_seed"])
    );
    assert_eq!(
        resource_account_address(creator, &seed),
        address(&case["resource_account"])
    );
    assert_eq!(
        object_address_from_object(creator, other),
        address(&case["object_from_object"])
    );
    assert_eq!(
        object_address_from_guid(creator, number),
        address(&case["object_from_guid"])
    );
    assert_eq!(unique_address(&creator.0, number), address(&case["unique"]));
    let token = &case["token"];
    let seed = format!(
        "{}::{}",
        token["collection"].as_str().unwrap(),
        token["name"].as_str().unwrap()
    );
    assert_eq!(
        object_address_from_seed(creator, seed.as_bytes()),
        address(&token["address"])
    );
}
