//! Secp256k1 by the C library of Bitcoin, the fastest there is.

use secp256k1::{Message, PublicKey, SECP256K1, ecdsa::Signature};

use crate::{Hash, SignatureError};

/// Checks an ECDSA signature over a digest.
pub(super) fn verify(
    key: &[u8; 65],
    signature: &[u8; 64],
    digest: &Hash,
) -> Result<(), SignatureError> {
    let key = PublicKey::from_slice(key).map_err(|_| SignatureError::BadKey)?;
    let (r, s) = signature.split_at(32);
    if [r, s].iter().any(|n| n.iter().all(|byte| *byte == 0)) {
        return Err(SignatureError::OutOfRange);
    }
    let parsed = Signature::from_compact(signature).map_err(|_| SignatureError::OutOfRange)?;
    let mut lower = parsed;
    lower.normalize_s();
    if lower != parsed {
        return Err(SignatureError::HighS);
    }
    SECP256K1
        .verify_ecdsa(Message::from_digest(*digest), &parsed, &key)
        .map_err(|_| SignatureError::Invalid)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;
    use secp256k1::SecretKey;

    use super::*;
    use crate::crypto::k256;

    proptest! {
        #[test]
        fn both_libraries_give_the_same_answer(
            secret in 1_u128..,
            digest in any::<[u8; 32]>(),
            flip in (0_usize..65, 0_usize..64, 0_usize..32),
            mask in (any::<u8>(), any::<u8>(), any::<u8>()),
            what in 0_u8..16,
        ) {
            let mut bytes = [0; 32];
            bytes[16..].copy_from_slice(&secret.to_be_bytes());
            let secret = SecretKey::from_byte_array(bytes).unwrap();
            let mut key = PublicKey::from_secret_key(SECP256K1, &secret).serialize_uncompressed();
            let mut signature = SECP256K1
                .sign_ecdsa(Message::from_digest(digest), &secret)
                .serialize_compact();
            let mut digest = digest;
            if what & 1 != 0 { key[flip.0.max(1)] ^= mask.0; }
            if what & 2 != 0 { signature[flip.1] ^= mask.1; }
            if what & 4 != 0 { digest[flip.2] ^= mask.2; }
            if what == 8 { signature[..32].fill(mask.0); }
            if what == 12 { signature[32..].fill(mask.1); }
            prop_assert_eq!(
                verify(&key, &signature, &digest),
                k256::verify(&key, &signature, &digest)
            );
            if what == 0 {
                prop_assert_eq!(verify(&key, &signature, &digest), Ok(()));
            }
        }
    }
}
