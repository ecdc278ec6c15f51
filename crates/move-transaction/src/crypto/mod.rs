//! Signatures of each scheme. All are strict: of the forms that a signature could be given, one is
//! accepted.

mod ed25519;
mod k256;
#[cfg(feature = "std")]
mod keys;
#[cfg(feature = "std")]
mod secp256k1;

pub use ed25519::verify_ed25519;
use p256::ecdsa::{self, signature::Verifier};

use crate::{
    AnyPublicKey, AnySignature, Secp256k1PublicKey, Secp256k1Signature, Secp256r1PublicKey,
    Secp256r1Signature, SignatureError, hash::sha3_256,
};

/// Checks a signature of whatever scheme.
pub(crate) fn any(
    key: &AnyPublicKey,
    signature: &AnySignature,
    message: &[u8],
) -> Result<(), SignatureError> {
    match (key, signature) {
        (AnyPublicKey::Ed25519(key), AnySignature::Ed25519(signature)) => {
            verify_ed25519(&key.0, &signature.0, message)
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
