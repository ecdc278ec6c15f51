//! A transaction that was changed after it was signed is refused, whatever was changed.
#![allow(clippy::unwrap_used, clippy::panic, clippy::arithmetic_side_effects)]

mod support;

use lumio_move_engine::Address;
use lumio_move_transaction::{
    AccountAuthenticator, Bcs, ClientDataError, Role, SignatureError, SignedTransaction,
    TransactionAuthenticator, VerifyError,
};
use support::{bytes, cause, changed, each, form, vectors};

#[test]
fn no_changed_bit_leaves_the_same_signers() {
    for (name, case) in each(&vectors()["forms"]) {
        let wire = bytes(&case["bytes"]);
        let original = SignedTransaction::from_bytes(&wire).unwrap();
        let signers = original.verify().unwrap();
        for at in 0..wire.len() {
            let mut wire = wire.clone();
            wire[at] ^= 1 << (at % 8);
            let Ok(signed) = SignedTransaction::from_bytes(&wire) else {
                continue;
            };
            assert_ne!(signed.hash(), original.hash());
            if let Ok(others) = signed.verify() {
                assert_ne!(others, signers, "{name}: byte {at}");
            }
        }
    }
}

#[test]
fn a_signature_does_not_hold_for_another_transaction() {
    for (name, case) in each(&vectors()["forms"]) {
        let mut signed = SignedTransaction::from_bytes(&bytes(&case["bytes"])).unwrap();
        signed.raw.sequence_number += 1;
        let expected = match name.strip_prefix("alone: ") {
            Some("passkey") => SignatureError::ClientData(ClientDataError::Challenge),
            Some("abstract" | "derivable abstract") => SignatureError::Digest,
            _ if name == "fee payer, with others" => ClientDataError::Challenge.into(),
            _ => SignatureError::Invalid,
        };
        assert_eq!(cause(&signed), expected, "{name}");
    }
}

#[test]
fn schemes_of_key_and_signature_agree() {
    let names = [
        "alone: single ed25519",
        "alone: single secp256k1",
        "alone: passkey",
    ];
    let parts = names.map(|name| match form("forms", name).authenticator {
        TransactionAuthenticator::SingleSender(AccountAuthenticator::SingleKey {
            key,
            signature,
        }) => (key, signature),
        other => panic!("{other:?}"),
    });
    for (ours, (key, _)) in parts.iter().enumerate() {
        for (theirs, (_, signature)) in parts.iter().enumerate() {
            let signed = changed(names[0], |sender| {
                *sender = AccountAuthenticator::SingleKey {
                    key: *key,
                    signature: signature.clone(),
                }
            });
            let result = signed.verify();
            if ours != theirs {
                let mismatch = matches!(cause(&signed), SignatureError::SchemeMismatch { .. });
                assert!(mismatch, "{ours} {theirs}: {result:?}");
            } else if ours == 0 {
                result.unwrap();
            }
        }
    }
}

#[test]
fn who_pays_signs_its_own_address() {
    let mut signed = form("forms", "fee payer, not known to the sender");
    let TransactionAuthenticator::FeePayer {
        fee_payer_address,
        fee_payer,
        sender,
        ..
    } = &mut signed.authenticator
    else {
        panic!()
    };
    // The sender did not say who pays: its signature would do for anybody.
    assert_ne!(*sender, **fee_payer);
    **fee_payer = sender.clone();
    let address = *fee_payer_address;
    assert_eq!(
        signed.verify(),
        Err(VerifyError::Account {
            role: Role::FeePayer,
            address,
            cause: SignatureError::Invalid
        })
    );

    let mut signed = form("forms", "fee payer, known to the sender");
    if let TransactionAuthenticator::FeePayer {
        fee_payer_address, ..
    } = &mut signed.authenticator
    {
        *fee_payer_address = Address::ONE;
    }
    assert_eq!(cause(&signed), SignatureError::Invalid);
}
