/// Several public keys of any kinds, of which some number must sign.
module aptos_std::multi_key {
    use std::bcs;
    use std::error;
    use std::hash;
    use aptos_std::bcs_stream::{Self, BCSStream};
    use aptos_std::single_key::{Self, AnyPublicKey};

    /// There are bytes behind the public key
    const E_INVALID_MULTI_KEY_EXTRA_BYTES: u64 = 1;
    /// There is no key
    const E_INVALID_MULTI_KEY_NO_KEYS: u64 = 2;
    /// More keys must sign than there are
    const E_INVALID_MULTI_KEY_SIGNATURES_REQUIRED: u64 = 3;

    /// The scheme of accounts with several keys.
    const SIGNATURE_SCHEME_ID: u8 = 3;

    /// Public keys, and how many of them must sign. Its BCS is that of transactions.
    struct MultiKey has copy, drop, store {
        public_keys: vector<AnyPublicKey>,
        signatures_required: u8
    }

    /// The keys that some bytes are the BCS of. Aborts if they are of none, or of more.
    public fun new_public_key_from_bytes(bytes: vector<u8>): MultiKey {
        let stream = bcs_stream::new(bytes);
        let key = deserialize_multi_key(&mut stream);
        let more = bcs_stream::has_remaining(&mut stream);
        assert!(!more, error::invalid_argument(E_INVALID_MULTI_KEY_EXTRA_BYTES));
        key
    }

    /// Several keys, of which some number must sign. Aborts if there is none, or if more must sign than there are.
    public fun new_multi_key_from_single_keys(
        single_keys: vector<AnyPublicKey>, signatures_required: u8
    ): MultiKey {
        let count = single_keys.length();
        assert!(count > 0, error::invalid_argument(E_INVALID_MULTI_KEY_NO_KEYS));
        let fits = (signatures_required as u64) <= count;
        assert!(fits, error::invalid_argument(E_INVALID_MULTI_KEY_SIGNATURES_REQUIRED));
        MultiKey { public_keys: single_keys, signatures_required }
    }

    /// Reads keys.
    public fun deserialize_multi_key(stream: &mut BCSStream): MultiKey {
        let keys = bcs_stream::deserialize_vector(stream, |s| single_key::deserialize_any_public_key(s));
        let required = bcs_stream::deserialize_u8(stream);
        MultiKey { public_keys: keys, signatures_required: required }
    }

    /// The authentication key of accounts with these keys.
    public fun to_authentication_key(self: &MultiKey): vector<u8> {
        let bytes = bcs::to_bytes(self);
        bytes.push_back(SIGNATURE_SCHEME_ID);
        hash::sha3_256(bytes)
    }

    #[test_only]
    fun two_keys(): vector<AnyPublicKey> {
        vector[
            single_key::new_public_key_from_bytes(single_key::key_bytes_for_test(0, 32)),
            single_key::new_public_key_from_bytes(single_key::key_bytes_for_test(1, 65))
        ]
    }

    #[test]
    fun keys_come_back() {
        let key = new_multi_key_from_single_keys(two_keys(), 2);
        let bytes = bcs::to_bytes(&key);
        assert!(new_public_key_from_bytes(bytes) == key);
        bytes.push_back(3);
        assert!(key.to_authentication_key() == hash::sha3_256(bytes));
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun there_is_a_key() {
        new_multi_key_from_single_keys(vector[], 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = Self)]
    fun no_more_sign_than_there_are() {
        new_multi_key_from_single_keys(two_keys(), 3);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun nothing_follows_the_keys() {
        let bytes = bcs::to_bytes(&new_multi_key_from_single_keys(two_keys(), 1));
        bytes.push_back(0);
        new_public_key_from_bytes(bytes);
    }
}
