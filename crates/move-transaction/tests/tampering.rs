//! A transaction that was changed after it was signed is refused, whatever was changed.
#![allow(clippy::unwrap_used, clippy::panic, clippy::arithmetic_side_effects)]

mod support;

use lumio_move_engine::{Address, U256};
use lumio_move_transaction::{
    AccountAuthenticator, AnyPublicKey, AnySignature, Bcs, ClientDataError, Ed25519PublicKey,
    Ed25519Signature, Role, SignatureError, SignedTransaction, TransactionAuthenticator,
    VerifyError,
};
use support::{bytes, each, form, vectors};

/// Why the sender's signature is refused.
fn cause(signed: &SignedTransaction) -> SignatureError {
    match signed.verify() {
        Err(VerifyError::Account {
            role: Role::Sender,
            cause,
            ..
        }) => cause,
        other => panic!("{other:?}"),
    }
}

/// A transaction of one account, changed.
fn changed(name: &str, change: impl FnOnce(&mut AccountAuthenticator)) -> SignedTransaction {
    let mut signed = form("forms", name);
    match &mut signed.authenticator {
        TransactionAuthenticator::SingleSender(sender) => change(sender),
        other => panic!("{other:?}"),
    }
    signed
}

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
fn ecdsa_takes_the_smaller_s_only() {
    let order = |hex| U256::from_str_radix(hex, 16).unwrap();
    let negate = |signature: &mut [u8; 64], order: U256| {
        let s = U256::from_be_slice(&signature[32..]);
        signature[32..].copy_from_slice(&(order - s).to_be_bytes::<32>());
    };
    let secp256k1 = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    let signed = changed("alone: single secp256k1", |sender| match sender {
        AccountAuthenticator::SingleKey {
            signature: AnySignature::Secp256k1(signature),
            ..
        } => negate(&mut signature.0, order(secp256k1)),
        other => panic!("{other:?}"),
    });
    assert_eq!(cause(&signed), SignatureError::HighS);

    let secp256r1 = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    let signed = changed("alone: passkey", |sender| match sender {
        AccountAuthenticator::SingleKey {
            signature: AnySignature::WebAuthn(assertion),
            ..
        } => negate(&mut assertion.signature.0, order(secp256r1)),
        other => panic!("{other:?}"),
    });
    assert_eq!(cause(&signed), SignatureError::HighS);
}

#[test]
fn ecdsa_refuses_numbers_out_of_range() {
    for half in [[0; 32], [0xff; 32]] {
        for start in [0, 32] {
            let signed = changed("alone: single secp256k1", |sender| match sender {
                AccountAuthenticator::SingleKey {
                    signature: AnySignature::Secp256k1(signature),
                    ..
                } => signature.0[start..start + 32].copy_from_slice(&half),
                other => panic!("{other:?}"),
            });
            assert_eq!(cause(&signed), SignatureError::OutOfRange);
            let signed = changed("alone: passkey", |sender| match sender {
                AccountAuthenticator::SingleKey {
                    signature: AnySignature::WebAuthn(assertion),
                    ..
                } => assertion.signature.0[start..start + 32].copy_from_slice(&half),
                other => panic!("{other:?}"),
            });
            assert_eq!(cause(&signed), SignatureError::OutOfRange);
        }
    }
}

#[test]
fn ecdsa_keys_have_one_form() {
    // 6 and 7 are the hybrid form: the point, and the parity of y besides.
    for tag in [0, 2, 3, 6, 7] {
        for name in ["alone: single secp256k1", "alone: passkey"] {
            let signed = changed(name, |sender| match sender {
                AccountAuthenticator::SingleKey { key, .. } => match key {
                    AnyPublicKey::Secp256k1(key) => key.0[0] = tag,
                    AnyPublicKey::Secp256r1(key) => key.0[0] = tag,
                    other => panic!("{other:?}"),
                },
                other => panic!("{other:?}"),
            });
            assert_eq!(cause(&signed), SignatureError::BadKey, "{name} {tag}");
        }
    }
}

#[test]
fn ed25519_is_strict() {
    let mut signed = form("forms", "alone: ed25519");
    let TransactionAuthenticator::Ed25519 { key, signature } = signed.authenticator else {
        panic!()
    };
    // With s + order for s, the equation still holds.
    let order = U256::from_str_radix(
        "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed",
        16,
    );
    let s = U256::from_le_slice(&signature.0[32..]) + order.unwrap();
    let mut other = signature;
    other.0[32..].copy_from_slice(&s.to_le_bytes::<32>());
    signed.authenticator = TransactionAuthenticator::Ed25519 {
        key,
        signature: other,
    };
    assert_eq!(cause(&signed), SignatureError::Invalid);

    // For the neutral point as the key, this signature holds for every message.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let mut everything = [0; 64];
    everything[0] = 1;
    signed.authenticator = TransactionAuthenticator::Ed25519 {
        key: Ed25519PublicKey(neutral),
        signature: Ed25519Signature(everything),
    };
    assert_eq!(cause(&signed), SignatureError::BadKey);

    // No point has this y.
    let mut none = [0; 32];
    none[0] = 2;
    signed.authenticator = TransactionAuthenticator::Ed25519 {
        key: Ed25519PublicKey(none),
        signature,
    };
    assert_eq!(cause(&signed), SignatureError::BadKey);
}

#[test]
fn passkeys_sign_assertions_of_this_transaction() {
    let with_client_data = |replace: fn(String) -> String| {
        changed("alone: passkey", |sender| match sender {
            AccountAuthenticator::SingleKey {
                signature: AnySignature::WebAuthn(assertion),
                ..
            } => {
                let text = String::from_utf8(assertion.client_data_json.clone()).unwrap();
                assertion.client_data_json = replace(text).into_bytes();
            }
            other => panic!("{other:?}"),
        })
    };
    let refused = |replace, error: ClientDataError| {
        let error = SignatureError::ClientData(error);
        assert_eq!(cause(&with_client_data(replace)), error);
    };
    refused(
        |text| text.replace(".get", ".create"),
        ClientDataError::Type,
    );
    refused(
        |text| text.replace("challenge\":\"", "challenge\":\"A"),
        ClientDataError::Challenge,
    );
    refused(
        |text| text.replace("\",\"origin", "=\",\"origin"),
        ClientDataError::Challenge,
    );
    let malformed: [fn(String) -> String; 6] = [
        |_| String::new(),
        |text| text + "x",
        |text| text.replace("\"type\"", "\"kind\""),
        |text| text.replace("{\"type", "{\"type\":\"webauthn.get\",\"type"),
        |text| format!("[{text}]"),
        |_| "[".repeat(1000),
    ];
    for replace in malformed {
        refused(replace, ClientDataError::Malformed);
    }
    // The text is what was signed, not what it means.
    let spaced = with_client_data(|text| text.replace("{\"type", "{ \"type"));
    assert_eq!(cause(&spaced), SignatureError::Invalid);
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
