/// ECDSA on the curve secp256k1, which Bitcoin and Ethereum use: the public key that made a signature.
module aptos_std::secp256k1 {
    use std::error;
    use std::option::{Self, Option};

    /// The bytes are not of the right number or form.
    const E_DESERIALIZE: u64 = 1;

    /// How many bytes a public key has.
    const RAW_PUBLIC_KEY_NUM_BYTES: u64 = 64;
    /// How many bytes a signature has.
    const SIGNATURE_NUM_BYTES: u64 = 64;

    /// A public key: its two coordinates of 32 bytes, big-endian.
    struct ECDSARawPublicKey has copy, drop, store {
        bytes: vector<u8>
    }

    /// A signature: r and s of 32 bytes, big-endian.
    struct ECDSASignature has copy, drop, store {
        bytes: vector<u8>
    }

    /// Takes 64 bytes as a signature. Aborts with `E_DESERIALIZE` if there are more or fewer.
    public fun ecdsa_signature_from_bytes(bytes: vector<u8>): ECDSASignature {
        assert!(bytes.length() == SIGNATURE_NUM_BYTES, error::invalid_argument(E_DESERIALIZE));
        ECDSASignature { bytes }
    }

    /// Takes 64 bytes as a public key. Aborts with `E_DESERIALIZE` if there are more or fewer. Whether they are a
    /// point on the curve is not looked at.
    public fun ecdsa_raw_public_key_from_64_bytes(bytes: vector<u8>): ECDSARawPublicKey {
        assert!(bytes.length() == RAW_PUBLIC_KEY_NUM_BYTES, error::invalid_argument(E_DESERIALIZE));
        ECDSARawPublicKey { bytes }
    }

    /// The 64 bytes of the key.
    public fun ecdsa_raw_public_key_to_bytes(pk: &ECDSARawPublicKey): vector<u8> {
        pk.bytes
    }

    /// The 64 bytes of the signature.
    public fun ecdsa_signature_to_bytes(sig: &ECDSASignature): vector<u8> {
        sig.bytes
    }

    /// The public key that signed, if there is one. `message` is the hash of what was signed; it has to come from a
    /// cryptographic hash of 32 bytes, or signatures can be forged. `recovery_id` is 0 to 3 (in Ethereum `v - 27`).
    /// A signature whose s is in the upper half is accepted, too: callers to whom it matters that a signature cannot
    /// be changed into another one have to look at s.
    ///
    /// Aborts with `E_DESERIALIZE` if `message` has not 32 bytes, if `recovery_id` is above 3, or if r or s is not
    /// below the order of the curve.
    public fun ecdsa_recover(
        message: vector<u8>, recovery_id: u8, signature: &ECDSASignature
    ): Option<ECDSARawPublicKey> {
        let (bytes, found) = ecdsa_recover_internal(message, recovery_id, signature.bytes);
        if (found) option::some(ecdsa_raw_public_key_from_64_bytes(bytes)) else option::none()
    }

    /// The 64 bytes of the key and true, or no bytes and false.
    native fun ecdsa_recover_internal(
        message: vector<u8>, recovery_id: u8, signature: vector<u8>
    ): (vector<u8>, bool);
}
