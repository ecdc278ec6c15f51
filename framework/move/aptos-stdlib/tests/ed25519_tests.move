#[test_only]
module aptos_std::ed25519_tests {
    use aptos_std::ed25519;

    /// The first test vector of RFC 8032: its key, and its signature of the empty message.
    const KEY: vector<u8> = x"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    const SIGNATURE: vector<u8> =
        x"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";
    /// The signature by that key of `Order { amount: 25 }`.
    const ORDER_SIGNATURE: vector<u8> =
        x"01d2a9208d6511201f866365f2777c9b87a92b433659edea944d1df923884aef640fb3e64dccf5750fbe4385f264030a6ff0041758d1b01046cbaca9eee7de0c";
    /// A key of order 2 on the curve.
    const SMALL_ORDER_KEY: vector<u8> = x"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f";

    struct Order has drop {
        amount: u64
    }

    struct Offer has drop {
        amount: u64
    }

    #[test]
    fun a_signature_is_of_one_message_and_one_key() {
        let signature = ed25519::new_signature_from_bytes(SIGNATURE);
        let key = ed25519::new_unvalidated_public_key_from_bytes(KEY);
        assert!(ed25519::signature_verify_strict(&signature, &key, b""));
        assert!(!ed25519::signature_verify_strict(&signature, &key, x"00"));

        let other = x"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
        let other = ed25519::new_unvalidated_public_key_from_bytes(other);
        assert!(!ed25519::signature_verify_strict(&signature, &other, b""));
    }

    #[test]
    fun a_signature_of_a_value_is_of_one_type() {
        let signature = ed25519::new_signature_from_bytes(ORDER_SIGNATURE);
        let key = ed25519::new_unvalidated_public_key_from_bytes(KEY);
        assert!(ed25519::signature_verify_strict_t(&signature, &key, Order { amount: 25 }));
        assert!(!ed25519::signature_verify_strict_t(&signature, &key, Order { amount: 26 }));
        assert!(!ed25519::signature_verify_strict_t(&signature, &key, Offer { amount: 25 }));
    }

    #[test]
    fun a_signature_that_was_changed_is_wrong() {
        let key = ed25519::new_unvalidated_public_key_from_bytes(KEY);
        for (i in 0..64) {
            let bytes = SIGNATURE;
            bytes[i] ^= 1;
            let signature = ed25519::new_signature_from_bytes(bytes);
            assert!(!ed25519::signature_verify_strict(&signature, &key, b""));
        }
    }

    #[test]
    fun points_are_validated() {
        let valid = ed25519::new_validated_public_key_from_bytes(KEY).destroy_some();
        assert!(ed25519::validated_public_key_to_bytes(&valid) == KEY);
        assert!(ed25519::new_validated_public_key_from_bytes(SMALL_ORDER_KEY).is_none());
        assert!(ed25519::new_validated_public_key_from_bytes(b"").is_none());

        let unvalidated = ed25519::new_unvalidated_public_key_from_bytes(KEY);
        assert!(ed25519::public_key_validate(&unvalidated).destroy_some() == valid);
        assert!(ed25519::public_key_to_unvalidated(&valid) == unvalidated);
        assert!(ed25519::public_key_into_unvalidated(valid) == unvalidated);
    }

    #[test]
    fun keys_of_small_order_sign_nothing() {
        let key = ed25519::new_unvalidated_public_key_from_bytes(SMALL_ORDER_KEY);
        assert!(ed25519::public_key_validate(&key).is_none());
        // R is the neutral point and s is zero: right for every message, were the key admitted.
        let bytes = x"01000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000";
        let signature = ed25519::new_signature_from_bytes(bytes);
        for (i in 0..4) {
            assert!(!ed25519::signature_verify_strict(&signature, &key, vector[(i as u8)]));
        }
    }

    #[test]
    fun bytes_come_back() {
        let key = ed25519::new_unvalidated_public_key_from_bytes(KEY);
        assert!(ed25519::unvalidated_public_key_to_bytes(&key) == KEY);
        let signature = ed25519::new_signature_from_bytes(SIGNATURE);
        assert!(ed25519::signature_to_bytes(&signature) == SIGNATURE);
    }

    #[test]
    fun authentication_keys() {
        let expected = x"63c5215e87770d17b9f4cd47c777e322f4eb152cfd2054c1080fd9d57c48913b";
        let key = ed25519::new_unvalidated_public_key_from_bytes(KEY);
        assert!(ed25519::unvalidated_public_key_to_authentication_key(&key) == expected);
        let key = ed25519::new_validated_public_key_from_bytes(KEY).destroy_some();
        assert!(ed25519::validated_public_key_to_authentication_key(&key) == expected);
    }

    #[test]
    fun generated_keys_sign() {
        let (secret_key, key) = ed25519::generate_keys();
        let (_, other) = ed25519::generate_keys();
        assert!(key != other);
        let key = ed25519::public_key_into_unvalidated(key);

        let signature = ed25519::sign_arbitrary_bytes(&secret_key, b"message");
        assert!(ed25519::signature_verify_strict(&signature, &key, b"message"));
        assert!(!ed25519::signature_verify_strict(&signature, &key, b"massage"));

        let signature = ed25519::sign_struct(&secret_key, Order { amount: 1 });
        assert!(ed25519::signature_verify_strict_t(&signature, &key, Order { amount: 1 }));
        assert!(!ed25519::signature_verify_strict_t(&signature, &key, Offer { amount: 1 }));
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::ed25519)]
    fun a_key_of_31_bytes_aborts() {
        let bytes = KEY;
        bytes.pop_back();
        ed25519::new_unvalidated_public_key_from_bytes(bytes);
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = aptos_std::ed25519)]
    fun a_signature_of_65_bytes_aborts() {
        let bytes = SIGNATURE;
        bytes.push_back(0);
        ed25519::new_signature_from_bytes(bytes);
    }
}
