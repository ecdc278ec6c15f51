/// The encodings of public keys, and the authentication keys that follow from them. An authentication key is the
/// SHA3-256 hash of the encoded public key and the number of its scheme.
module aptos_framework::public_keys {
    use std::error;
    use std::hash;
    use aptos_std::ed25519;
    use aptos_std::multi_ed25519;

    /// The scheme of the key is unknown
    const EINVALID_SCHEME: u64 = 12;
    /// The bytes are not a public key of the scheme
    const EINVALID_PUBLIC_KEY: u64 = 1;

    /// One Ed25519 key.
    const ED25519_SCHEME: u8 = 0;
    /// Several Ed25519 keys, of which some must sign.
    const MULTI_ED25519_SCHEME: u8 = 1;
    /// One key of any kind.
    const SINGLE_KEY_SCHEME: u8 = 2;
    /// Several keys of any kinds, of which some must sign.
    const MULTI_KEY_SCHEME: u8 = 3;

    const MAX_KEYS: u8 = 32;

    /// The authentication key of the public key in `bytes`. Aborts if they do not encode a key of `scheme`.
    public(package) fun authentication_key(scheme: u8, bytes: vector<u8>): vector<u8> {
        if (scheme == ED25519_SCHEME) {
            let key = ed25519::new_unvalidated_public_key_from_bytes(bytes);
            ed25519::unvalidated_public_key_to_authentication_key(&key)
        } else if (scheme == MULTI_ED25519_SCHEME) {
            let key = multi_ed25519::new_unvalidated_public_key_from_bytes(bytes);
            multi_ed25519::unvalidated_public_key_to_authentication_key(&key)
        } else {
            let end =
                if (scheme == SINGLE_KEY_SCHEME) end_of_key(&bytes, 0)
                else if (scheme == MULTI_KEY_SCHEME) end_of_keys(&bytes)
                else abort error::invalid_argument(EINVALID_SCHEME);
            assert!(end == bytes.length(), error::invalid_argument(EINVALID_PUBLIC_KEY));
            bytes.push_back(scheme);
            hash::sha3_256(bytes)
        }
    }

    /// Where the key that starts at `start` ends. It is the number of its kind, its length and its bytes.
    fun end_of_key(bytes: &vector<u8>, start: u64): u64 {
        let kind = byte_at(bytes, start);
        let length = byte_at(bytes, start + 1);
        let expected =
            if (kind == 0) 32 // Ed25519
            else if (kind == 1 || kind == 2) 65 // Secp256k1, Secp256r1: not compressed
            else abort error::invalid_argument(EINVALID_PUBLIC_KEY);
        assert!(length == expected, error::invalid_argument(EINVALID_PUBLIC_KEY));
        start + 2 + (length as u64)
    }

    /// Where the keys end: their number, themselves, and how many of them must sign.
    fun end_of_keys(bytes: &vector<u8>): u64 {
        let count = byte_at(bytes, 0);
        assert!(count > 0 && count <= MAX_KEYS, error::invalid_argument(EINVALID_PUBLIC_KEY));
        let at = 1;
        for (i in 0..count) {
            at = end_of_key(bytes, at);
        };
        let required = byte_at(bytes, at);
        assert!(required > 0 && required <= count, error::invalid_argument(EINVALID_PUBLIC_KEY));
        at + 1
    }

    fun byte_at(bytes: &vector<u8>, index: u64): u8 {
        assert!(index < bytes.length(), error::invalid_argument(EINVALID_PUBLIC_KEY));
        bytes[index]
    }

    #[test_only]
    fun any_key(kind: u8, length: u8): vector<u8> {
        let bytes = vector[kind, length];
        for (i in 0..length) {
            bytes.push_back(i);
        };
        bytes
    }

    #[test_only]
    fun hash_of(bytes: vector<u8>): vector<u8> {
        hash::sha3_256(bytes)
    }

    #[test]
    fun one_key_of_each_kind() {
        let cases = vector[any_key(0, 32), any_key(1, 65), any_key(2, 65)];
        for (i in 0..3) {
            let expected = cases[i];
            expected.push_back(SINGLE_KEY_SCHEME);
            assert!(authentication_key(SINGLE_KEY_SCHEME, cases[i]) == hash_of(expected), i);
        }
    }

    #[test]
    fun several_keys() {
        let bytes = vector[2];
        bytes.append(any_key(0, 32));
        bytes.append(any_key(1, 65));
        bytes.push_back(1);
        let expected = bytes;
        expected.push_back(MULTI_KEY_SCHEME);
        assert!(authentication_key(MULTI_KEY_SCHEME, bytes) == hash_of(expected), 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun a_key_must_be_whole() {
        let bytes = any_key(1, 65);
        bytes.pop_back();
        authentication_key(SINGLE_KEY_SCHEME, bytes);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun nothing_follows_a_key() {
        let bytes = any_key(1, 65);
        bytes.push_back(0);
        authentication_key(SINGLE_KEY_SCHEME, bytes);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun kinds_of_keys_are_known() {
        authentication_key(SINGLE_KEY_SCHEME, any_key(3, 32));
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun no_more_signatures_than_keys() {
        let bytes = vector[1];
        bytes.append(any_key(0, 32));
        bytes.push_back(2);
        authentication_key(MULTI_KEY_SCHEME, bytes);
    }

    #[test]
    #[expected_failure(abort_code = 0x1000c, location = Self)]
    fun schemes_are_known() {
        authentication_key(4, any_key(0, 32));
    }
}
