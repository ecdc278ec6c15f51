//! Secp256k1 in Rust alone: for programs without C, and to check the other by.
#![cfg_attr(all(feature = "std", not(test)), allow(dead_code))]

use k256::ecdsa::{Signature, VerifyingKey, signature::hazmat::PrehashVerifier};

use crate::{Hash, SignatureError};

/// Checks an ECDSA signature over a digest.
pub(super) fn verify(
    key: &[u8; 65],
    signature: &[u8; 64],
    digest: &Hash,
) -> Result<(), SignatureError> {
    let key = VerifyingKey::from_sec1_bytes(key).map_err(|_| SignatureError::BadKey)?;
    let signature = Signature::from_slice(signature).map_err(|_| SignatureError::OutOfRange)?;
    if signature.normalize_s().is_some() {
        return Err(SignatureError::HighS);
    }
    key.verify_prehash(digest, &signature)
        .map_err(|_| SignatureError::Invalid)
}
