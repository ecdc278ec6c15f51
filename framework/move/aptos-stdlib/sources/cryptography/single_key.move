/// Public keys of any kind, as accounts with one key have them. Keyless ones do not exist on Lumio.
module aptos_std::single_key {
    use std::bcs;
    use std::error;
    use std::hash;
    use aptos_std::bcs_stream::{Self, BCSStream};
    use aptos_std::ed25519;

    /// The kind of the public key is unknown
    const E_INVALID_PUBLIC_KEY_TYPE: u64 = 1;
    /// There are bytes behind the public key
    const E_INVALID_SINGLE_KEY_EXTRA_BYTES: u64 = 2;
    /// The bytes of the public key are too few or too many
    const E_INVALID_PUBLIC_KEY_LENGTH: u64 = 3;
    /// Keyless accounts do not exist on Lumio
    const E_KEYLESS_NOT_ON_LUMIO: u64 = 4;

    const ED25519_PUBLIC_KEY_TYPE: u64 = 0;
    const SECP256K1_PUBLIC_KEY_TYPE: u64 = 1;
    const SECP256R1_PUBLIC_KEY_TYPE: u64 = 2;
    const KEYLESS_PUBLIC_KEY_TYPE: u64 = 3;
    const FEDERATED_KEYLESS_PUBLIC_KEY_TYPE: u64 = 4;

    /// The scheme of accounts with one key.
    const SIGNATURE_SCHEME_ID: u8 = 2;

    /// Bytes of a key that is not compressed: 4 and both coordinates.
    const UNCOMPRESSED_NUM_BYTES: u64 = 65;

    /// A public key, whose BCS is that of transactions. Whether its bytes are a point on the curve is not known.
    enum AnyPublicKey has copy, drop, store {
        Ed25519 { pk: ed25519::UnvalidatedPublicKey }
        Secp256k1Ecdsa { pk: vector<u8> }
        Secp256r1Ecdsa { pk: vector<u8> }
    }

    /// The public key that some bytes are the BCS of. Aborts if they are of none, or of more.
    public fun new_public_key_from_bytes(bytes: vector<u8>): AnyPublicKey {
        let stream = bcs_stream::new(bytes);
        let key = deserialize_any_public_key(&mut stream);
        let more = bcs_stream::has_remaining(&mut stream);
        assert!(!more, error::invalid_argument(E_INVALID_SINGLE_KEY_EXTRA_BYTES));
        key
    }

    /// Reads a public key.
    public fun deserialize_any_public_key(stream: &mut BCSStream): AnyPublicKey {
        let kind = bcs_stream::deserialize_uleb128(stream);
        let is_keyless = kind == KEYLESS_PUBLIC_KEY_TYPE || kind == FEDERATED_KEYLESS_PUBLIC_KEY_TYPE;
        assert!(!is_keyless, error::unavailable(E_KEYLESS_NOT_ON_LUMIO));
        assert!(kind <= SECP256R1_PUBLIC_KEY_TYPE, error::invalid_argument(E_INVALID_PUBLIC_KEY_TYPE));
        let bytes = bcs_stream::deserialize_vector(stream, |s| bcs_stream::deserialize_u8(s));
        if (kind == ED25519_PUBLIC_KEY_TYPE) {
            return AnyPublicKey::Ed25519 { pk: ed25519::new_unvalidated_public_key_from_bytes(bytes) }
        };
        let fits = bytes.length() == UNCOMPRESSED_NUM_BYTES;
        assert!(fits, error::invalid_argument(E_INVALID_PUBLIC_KEY_LENGTH));
        if (kind == SECP256K1_PUBLIC_KEY_TYPE) {
            AnyPublicKey::Secp256k1Ecdsa { pk: bytes }
        } else {
            AnyPublicKey::Secp256r1Ecdsa { pk: bytes }
        }
    }

    /// Whether a public key is a keyless one: never, since those do not exist on Lumio.
    public fun is_keyless_or_federated_keyless_public_key(_pk: &AnyPublicKey): bool {
        false
    }

    /// An Ed25519 key as one of any kind.
    public fun from_ed25519_public_key_unvalidated(pk: ed25519::UnvalidatedPublicKey): AnyPublicKey {
        AnyPublicKey::Ed25519 { pk }
    }

    /// The authentication key of accounts with this public key.
    public fun to_authentication_key(self: &AnyPublicKey): vector<u8> {
        let bytes = bcs::to_bytes(self);
        bytes.push_back(SIGNATURE_SCHEME_ID);
        hash::sha3_256(bytes)
    }

    #[test_only]
    /// The BCS of a public key of some kind with some number of bytes.
    public fun key_bytes_for_test(kind: u8, length: u8): vector<u8> {
        let bytes = vector[kind, length];
        for (i in 0..length) {
            bytes.push_back(i);
        };
        bytes
    }

    #[test]
    fun keys_of_each_kind_come_back() {
        let cases = vector[key_bytes_for_test(0, 32), key_bytes_for_test(1, 65), key_bytes_for_test(2, 65)];
        cases.for_each(|bytes| {
            let key = new_public_key_from_bytes(bytes);
            assert!(bcs::to_bytes(&key) == bytes);
            assert!(!is_keyless_or_federated_keyless_public_key(&key));
            bytes.push_back(2);
            assert!(key.to_authentication_key() == hash::sha3_256(bytes));
        });
    }

    #[test]
    fun an_ed25519_key_is_one_of_any_kind() {
        let (_, pk) = ed25519::generate_keys();
        let key = from_ed25519_public_key_unvalidated(ed25519::public_key_to_unvalidated(&pk));
        assert!(new_public_key_from_bytes(bcs::to_bytes(&key)) == key);
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = Self)]
    fun a_compressed_key_is_too_short() {
        new_public_key_from_bytes(key_bytes_for_test(1, 33));
    }

    #[test]
    #[expected_failure(abort_code = 0xd0004, location = Self)]
    fun a_keyless_key_is_refused() {
        new_public_key_from_bytes(key_bytes_for_test(3, 65));
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun an_unknown_kind_is_refused() {
        new_public_key_from_bytes(key_bytes_for_test(5, 65));
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun nothing_follows_a_key() {
        let bytes = key_bytes_for_test(0, 32);
        bytes.push_back(0);
        new_public_key_from_bytes(bytes);
    }
}
