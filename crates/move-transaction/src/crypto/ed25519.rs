//! Ed25519, strictly: accepts what `verify_strict` of `ed25519-dalek` accepts, with less work.

use ed25519_dalek::{Signature, Verifier};
use lumio_move_engine::U256;

#[cfg(feature = "std")]
use super::keys::decompressed;
use crate::SignatureError;

/// Coordinates are numbers modulo this prime.
const PRIME: U256 = U256::from_limbs([!0x12, !0, !0, !0 >> 1]);

/// The `y` of all points of small order: 1, -1, 0, and two of order 8.
const SMALL_ORDER: [U256; 5] = [
    U256::ONE,
    U256::from_limbs([!0x13, !0, !0, !0 >> 1]),
    U256::ZERO,
    U256::from_limbs([
        0xB027_B2C2_8F95_E826,
        0xF098_EFF2_89F4_C345,
        0x3933_C6D3_05AC_DFD5,
        0x05FC_536D_8802_38B1,
    ]),
    U256::from_limbs([
        0x4FD8_4D3D_706A_17C7,
        0x0F67_100D_760B_3CBA,
        0xC6CC_392C_FA53_202A,
        0x7A03_AC92_77FD_C74E,
    ]),
];

/// Checks a signature. Keys and points of small order are refused, and points and scalars that are
/// not in their one reduced form.
///
/// # Errors
/// [`SignatureError::BadKey`] and [`SignatureError::Invalid`].
pub fn verify_ed25519(
    key: &[u8; 32],
    signature: &[u8; 64],
    message: &[u8],
) -> Result<(), SignatureError> {
    if is_of_small_order(key) {
        return Err(SignatureError::BadKey);
    }
    let key = decompressed(key).ok_or(SignatureError::BadKey)?;
    let signature = Signature::from_bytes(signature);
    if is_of_small_order(signature.r_bytes()) {
        return Err(SignatureError::Invalid);
    }
    // This compares the bytes of the signature's point with those that a computed point has when
    // compressed. Where they are the same it is a point, so it need not be decompressed.
    key.verify(message, &signature)
        .map_err(|_| SignatureError::Invalid)
}

#[cfg(not(feature = "std"))]
fn decompressed(form: &[u8; 32]) -> Option<ed25519_dalek::VerifyingKey> {
    ed25519_dalek::VerifyingKey::from_bytes(form).ok()
}

/// Whether a compressed point, if it is one, is of small order: its `y` tells.
fn is_of_small_order(point: &[u8; 32]) -> bool {
    // The highest bit is the sign of the other coordinate.
    let y = U256::from_le_bytes(*point) & (U256::MAX >> 1_usize);
    let y = y.checked_sub(PRIME).unwrap_or(y);
    SMALL_ORDER.contains(&y)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use alloc::{collections::BTreeSet, vec::Vec};
    use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
    use proptest::prelude::*;
    use sha2::{Digest, Sha512};

    use super::*;

    /// The order of the group of the base point.
    const ORDER: U256 = U256::from_limbs([
        0x5812_631A_5CF5_D3ED,
        0x14DE_F9DE_A2F7_9CD6,
        0,
        0x1000_0000_0000_0000,
    ]);

    fn strictly(key: &[u8; 32], signature: &[u8; 64], message: &[u8]) -> bool {
        VerifyingKey::from_bytes(key).is_ok_and(|key| {
            key.verify_strict(message, &Signature::from_bytes(signature))
                .is_ok()
        })
    }

    fn agreed(key: &[u8; 32], signature: &[u8; 64], message: &[u8]) -> bool {
        let valid = verify_ed25519(key, signature, message).is_ok();
        assert_eq!(valid, strictly(key, signature, message));
        valid
    }

    /// All forms of the points of small order; those of which a coordinate is not reduced, too.
    fn small_order() -> Vec<[u8; 32]> {
        let mut all = Vec::new();
        for y in SMALL_ORDER {
            for y in [y, y.wrapping_add(PRIME)] {
                for sign in [U256::ZERO, U256::ONE << 255] {
                    all.push((y ^ sign).to_le_bytes::<32>());
                }
            }
        }
        all
    }

    #[test]
    fn the_points_of_small_order_are_those() {
        for point in small_order() {
            let is_weak = VerifyingKey::from_bytes(&point).is_ok_and(|key| key.is_weak());
            assert_eq!(is_of_small_order(&point), is_weak, "{point:x?}");
        }
        // There are eight: five with one or the other sign, of which two are their own negatives.
        let distinct: BTreeSet<_> = SMALL_ORDER.iter().collect();
        assert_eq!(distinct.len(), 5);
    }

    /// A holder of a key can make signatures whose point is the neutral one. The equation holds.
    #[test]
    fn a_point_of_small_order_is_refused() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let public = key.verifying_key().to_bytes();
        let mut secret = key.to_scalar_bytes();
        secret[0] &= 0xF8;
        secret[31] = secret[31] & 0x7F | 0x40;
        let secret = U256::from_le_bytes(secret);
        for point in small_order() {
            let hash = Sha512::new()
                .chain_update(point)
                .chain_update(public)
                .chain_update(b"message")
                .finalize();
            let (low, high) = hash.split_at(32);
            let word = |bytes: &[u8]| U256::from_le_slice(bytes).reduce_mod(ORDER);
            let shift = U256::MAX.reduce_mod(ORDER).add_mod(U256::ONE, ORDER);
            let challenge = word(high).mul_mod(shift, ORDER).add_mod(word(low), ORDER);
            let scalar = challenge.mul_mod(secret, ORDER);
            let mut signature = [0; 64];
            signature[..32].copy_from_slice(&point);
            signature[32..].copy_from_slice(&scalar.to_le_bytes::<32>());
            let form = Signature::from_bytes(&signature);
            let holds = key.verifying_key().verify(b"message", &form).is_ok();
            let neutral = U256::ONE.to_le_bytes::<32>();
            assert_eq!(holds, point == neutral);
            assert!(!agreed(&public, &signature, b"message"));
        }
    }

    proptest! {
        #[test]
        fn both_ways_give_the_same_answer(
            secret: [u8; 32],
            message in prop::collection::vec(any::<u8>(), 0..80),
            flip in (0_usize..32, 0_usize..64, any::<prop::sample::Index>()),
            mask: (u8, u8),
            weak in any::<prop::sample::Index>(),
            what in 0_u8..12,
        ) {
            let signer = SigningKey::from_bytes(&secret);
            let mut key = signer.verifying_key().to_bytes();
            let mut signature = signer.sign(&message).to_bytes();
            prop_assert!(agreed(&key, &signature, &message));
            let all = small_order();
            let weak = *weak.get(&all);
            match what {
                0 => key[flip.0] ^= mask.0,
                1 | 2 => signature[flip.1] ^= mask.1,
                3 => key = weak,
                4 => signature[..32].copy_from_slice(&weak),
                5 => {
                    // Another form of the same scalar.
                    let scalar = U256::from_le_slice(&signature[32..]);
                    let other = scalar.wrapping_add(ORDER);
                    signature[32..].copy_from_slice(&other.to_le_bytes::<32>());
                    prop_assert!(!agreed(&key, &signature, &message));
                }
                6 => {
                    key = weak;
                    signature[..32].copy_from_slice(&weak);
                    signature[32..].fill(0);
                }
                _ => {}
            }
            agreed(&key, &signature, &message);
        }
    }
}
