/// Public keys of ECDSA over the curve secp256r1 (NIST P-256), which passkeys use. There is nothing here that checks
/// signatures.
module aptos_std::secp256r1 {
    use std::error;

    /// The bytes have the wrong length
    const E_DESERIALIZE: u64 = 1;

    /// Bytes of a public key: both coordinates of the point, without a leading byte.
    const RAW_PUBLIC_KEY_NUM_BYTES: u64 = 64;

    /// 64 bytes that may be a public key; whether they are a point on the curve is not known.
    struct ECDSARawPublicKey has copy, drop, store {
        bytes: vector<u8>
    }

    /// Takes 64 bytes as a public key. Aborts if there are fewer or more.
    public fun ecdsa_raw_public_key_from_64_bytes(bytes: vector<u8>): ECDSARawPublicKey {
        assert!(bytes.length() == RAW_PUBLIC_KEY_NUM_BYTES, error::invalid_argument(E_DESERIALIZE));
        ECDSARawPublicKey { bytes }
    }

    /// The bytes of a public key.
    public fun ecdsa_raw_public_key_to_bytes(pk: &ECDSARawPublicKey): vector<u8> {
        pk.bytes
    }

    #[test]
    fun bytes_of_a_key_come_back() {
        let bytes = std::vector::range(0, 64).map(|n| n as u8);
        let key = ecdsa_raw_public_key_from_64_bytes(bytes);
        assert!(ecdsa_raw_public_key_to_bytes(&key) == bytes);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun a_key_has_64_bytes() {
        ecdsa_raw_public_key_from_64_bytes(x"00");
    }
}
