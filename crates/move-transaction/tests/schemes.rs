//! Of the forms that a signature of each scheme can be given, one is accepted.
#![allow(clippy::unwrap_used, clippy::panic, clippy::arithmetic_side_effects)]

mod support;

use ed25519_dalek::{Signature, SigningKey, Verifier as _};
use lumio_move_engine::U256;
use lumio_move_transaction::{
    AccountAuthenticator, AnyPublicKey, AnySignature, ClientDataError, Ed25519PublicKey,
    Ed25519Signature, SignatureError, TransactionAuthenticator,
};
use sha2::{Digest as _, Sha512};
use support::{cause, changed, form};

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
fn ed25519_nonces_are_not_zero() {
    // Whoever has the key can sign with the neutral point in place of a random one. The equation
    // holds, and the signature gives the key away.
    let secret = SigningKey::from_bytes(&[9; 32]);
    let key = secret.verifying_key().to_bytes();
    let mut signed = form("forms", "alone: ed25519");
    let mut neutral = [0; 32];
    neutral[0] = 1;

    let order = U256::from_str_radix(
        "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed",
        16,
    )
    .unwrap();
    let hash = Sha512::new()
        .chain_update(neutral)
        .chain_update(key)
        .chain_update(signed.raw.signing_message())
        .finalize();
    let low = U256::from_le_slice(&hash[..32]);
    let high = U256::from_le_slice(&hash[32..]);
    // 2^256 is one more than all bits set.
    let carry = U256::MAX.add_mod(U256::from(1), order);
    let challenge = high.mul_mod(carry, order).add_mod(low, order);
    let scalar = U256::from_le_slice(secret.to_scalar().as_bytes());
    let s = challenge.mul_mod(scalar, order);

    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&neutral);
    signature[32..].copy_from_slice(&s.to_le_bytes::<32>());
    let lenient = secret.verifying_key().verify(
        &signed.raw.signing_message(),
        &Signature::from_bytes(&signature),
    );
    lenient.unwrap();
    signed.authenticator = TransactionAuthenticator::Ed25519 {
        key: Ed25519PublicKey(key),
        signature: Ed25519Signature(signature),
    };
    assert_eq!(cause(&signed), SignatureError::Invalid);
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
    let malformed: [fn(String) -> String; 7] = [
        |_| String::new(),
        |text| text + "x",
        |text| text.replace("\"type\"", "\"kind\""),
        |text| text.replace("{\"type", "{\"type\":\"webauthn.get\",\"type"),
        |text| format!("[{text}]"),
        |text| {
            let challenge = text.split('"').nth(7).unwrap();
            assert_eq!(challenge.len(), 43);
            format!("[\"webauthn.get\",\"{challenge}\"]")
        },
        |_| "[".repeat(1000),
    ];
    for replace in malformed {
        refused(replace, ClientDataError::Malformed);
    }
    // The text is what was signed, not what it means.
    let spaced = with_client_data(|text| text.replace("{\"type", "{ \"type"));
    assert_eq!(cause(&spaced), SignatureError::Invalid);
}
