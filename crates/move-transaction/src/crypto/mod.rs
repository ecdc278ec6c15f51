//! Signatures of each scheme. All are strict: of the forms that a signature could be given, one is
//! accepted.

mod k256;
#[cfg(feature = "std")]
mod secp256k1;

use ed25519_dalek::{Signature, VerifyingKey};
use p256::ecdsa::{self, signature::Verifier};

use crate::{
    AnyPublicKey, AnySignature, Ed25519PublicKey, Ed25519Signature, Secp256k1PublicKey,
    Secp256k1Signature, Secp256r1PublicKey, Secp256r1Signature, SignatureError, hash::sha3_256,
};

/// Checks a signature of whatever scheme.
pub(crate) fn any(
    key: &AnyPublicKey,
    signature: &AnySignature,
    message: &[u8],
) -> Result<(), SignatureError> {
    match (key, signature) {
        (AnyPublicKey::Ed25519(key), AnySignature::Ed25519(signature)) => {
            ed25519(key, signature, message)
        }
        (AnyPublicKey::Secp256k1(key), AnySignature::Secp256k1(signature)) => {
            secp256k1(key, signature, message)
        }
        (AnyPublicKey::Secp256r1(key), AnySignature::WebAuthn(assertion)) => {
            assertion.verify(key, message)
        }
        _ => Err(SignatureError::SchemeMismatch {
            key: key.scheme(),
            signature: signature.scheme(),
        }),
    }
}

/// Checks an ed25519 signature; keys and points of small order are refused.
pub(crate) fn ed25519(
    key: &Ed25519PublicKey,
    signature: &Ed25519Signature,
    message: &[u8],
) -> Result<(), SignatureError> {
    let key = VerifyingKey::from_bytes(&key.0).map_err(|_| SignatureError::BadKey)?;
    if key.is_weak() {
        return Err(SignatureError::BadKey);
    }
    key.verify_strict(message, &Signature::from_bytes(&signature.0))
        .map_err(|_| SignatureError::Invalid)
}

/// Checks a secp256k1 ECDSA signature over the SHA3-256 of the message.
pub(crate) fn secp256k1(
    key: &Secp256k1PublicKey,
    signature: &Secp256k1Signature,
    message: &[u8],
) -> Result<(), SignatureError> {
    uncompressed(&key.0)?;
    let digest = sha3_256(&[message]);
    #[cfg(feature = "std")]
    return self::secp256k1::verify(&key.0, &signature.0, &digest);
    #[cfg(not(feature = "std"))]
    self::k256::verify(&key.0, &signature.0, &digest)
}

/// Checks a secp256r1 ECDSA signature over the SHA-256 of the message.
pub(crate) fn secp256r1(
    key: &Secp256r1PublicKey,
    signature: &Secp256r1Signature,
    message: &[u8],
) -> Result<(), SignatureError> {
    uncompressed(&key.0)?;
    let key = ecdsa::VerifyingKey::from_sec1_bytes(&key.0).map_err(|_| SignatureError::BadKey)?;
    let signature =
        ecdsa::Signature::from_slice(&signature.0).map_err(|_| SignatureError::OutOfRange)?;
    if signature.normalize_s().is_some() {
        return Err(SignatureError::HighS);
    }
    key.verify(message, &signature)
        .map_err(|_| SignatureError::Invalid)
}

/// The older "hybrid" form of a point, which some libraries read, would give a key a second form.
fn uncompressed(key: &[u8; 65]) -> Result<(), SignatureError> {
    match key {
        [4, ..] => Ok(()),
        _ => Err(SignatureError::BadKey),
    }
}
