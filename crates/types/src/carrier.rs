//! The signature of carriers: Ethereum transactions with which the sequencer brings transactions of
//! other VMs that did not come in one.
//!
//! Its key is public, so its signatures hide nothing, and all have the same nonce: one. Making and
//! recognising them takes some arithmetic, where any other signature takes points of the curve.

use alloy_primitives::{Address, B256, Signature, U256, address, b256};

/// The key with which the sequencer signs carriers of transactions that did not come in one:
/// keccak256 of `lumio/carrier`. Anybody may use it: what it signs has no authority but the inner
/// signature's.
pub const CARRIER_KEY: B256 =
    b256!("a24455c9d3d94d466c67647aab2f039d3c0dfe9fe71a88b6b11b07b436d9c699");

/// The address of [`CARRIER_KEY`]. It has no nonce: what it carries can be replayed no more than
/// the inner VM allows.
pub const CARRIER: Address = address!("0F11F0f5aA7d5Ca517Cc15287e9f72aE0098e143");

/// The order of secp256k1.
const ORDER: U256 = U256::from_limbs([
    0xBFD2_5E8C_D036_4141,
    0xBAAE_DCE6_AF48_A03B,
    0xFFFF_FFFF_FFFF_FFFE,
    0xFFFF_FFFF_FFFF_FFFF,
]);

/// The `x` of secp256k1's generator, which is the point of the nonce one. Its `y` is even.
const GENERATOR_X: U256 = U256::from_limbs([
    0x59F2_815B_16F8_1798,
    0x029B_FCDB_2DCE_28D9,
    0x55A0_6295_CE87_0B07,
    0x79BE_667E_F9DC_BBAC,
]);

/// Signs a carrier, given the hash of what is signed. The same hash gives the same signature.
pub fn sign_carrier(hash: B256) -> Signature {
    // With the nonce one, r is the generator's x, and s = hash + r * key. Of s and -s, the lower
    // counts; the other's point is the generator's negative, whose y is odd.
    let key = U256::from_be_bytes(CARRIER_KEY.0);
    let hash = U256::from_be_bytes(hash.0);
    let s = GENERATOR_X.mul_mod(key, ORDER).add_mod(hash, ORDER);
    let negative = ORDER.wrapping_sub(s);
    let is_odd = negative < s;
    Signature::new(GENERATOR_X, s.min(negative), is_odd)
}

/// Whether [`sign_carrier`] made a signature, which then recovers to [`CARRIER`]. Of others
/// nothing is known: the key can sign with another nonce, too.
pub(crate) fn is_signed_carrier(signature: &Signature, hash: B256) -> bool {
    // No key signs with an s of zero.
    signature.r() == GENERATOR_X && !signature.s().is_zero() && *signature == sign_carrier(hash)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use alloy_consensus::crypto::secp256k1::{recover_signer, sign_message};
    use alloy_primitives::keccak256;

    /// By the curve, as everybody else does.
    fn recovered(signature: &Signature, hash: B256) -> Option<Address> {
        recover_signer(signature, hash).ok()
    }

    #[test]
    fn carriers_are_signed_by_the_carrier() {
        let mut odd = 0;
        for number in 0_u32..200 {
            let hash = keccak256(number.to_be_bytes());
            let signature = sign_carrier(hash);
            assert_eq!(recovered(&signature, hash), Some(CARRIER));
            assert!(is_signed_carrier(&signature, hash));
            odd += u32::from(signature.v());
        }
        assert!((20..180).contains(&odd), "both signs occur: {odd}");
        // Hashes are reduced by the order.
        for hash in [U256::ZERO, ORDER - U256::ONE, ORDER, U256::MAX] {
            let hash = B256::from(hash);
            assert_eq!(recovered(&sign_carrier(hash), hash), Some(CARRIER));
        }
    }

    #[test]
    fn what_is_not_the_carrier_s_is_not_taken_for_it() {
        let hash = keccak256("one");
        let made = sign_carrier(hash);
        let (r, s) = (made.r(), made.s());
        let others = [
            Signature::new(r, s, !made.v()),
            Signature::new(r, s + U256::ONE, made.v()),
            Signature::new(r + U256::ONE, s, made.v()),
            Signature::new(r, ORDER - s, !made.v()),
            Signature::new(r, U256::ZERO, made.v()),
            sign_carrier(keccak256("another")),
        ];
        for other in others {
            assert_ne!(recovered(&other, hash), Some(CARRIER));
            assert!(!is_signed_carrier(&other, hash));
        }
        // Where s is zero the equation holds, and yet it is no signature.
        let key = U256::from_be_bytes(CARRIER_KEY.0);
        let hash = B256::from(ORDER - GENERATOR_X.mul_mod(key, ORDER));
        let zero = sign_carrier(hash);
        assert_eq!(zero.s(), U256::ZERO);
        assert_eq!(recovered(&zero, hash), None);
        assert!(!is_signed_carrier(&zero, hash));
    }

    #[test]
    fn another_nonce_is_the_carrier_s_too() {
        let hash = keccak256("one");
        let usual = sign_message(CARRIER_KEY, hash).unwrap();
        assert_eq!(recovered(&usual, hash), Some(CARRIER));
        assert!(!is_signed_carrier(&usual, hash));
    }
}
