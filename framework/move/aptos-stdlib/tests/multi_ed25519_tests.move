#[test_only]
module aptos_std::multi_ed25519_tests {
    use std::option;
    use aptos_std::multi_ed25519::{Self, Signature, UnvalidatedPublicKey};

    /// The keys of the first two test vectors of RFC 8032.
    const KEY_1: vector<u8> = x"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    const KEY_2: vector<u8> = x"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    const SMALL_ORDER_KEY: vector<u8> = x"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f";

    const MESSAGE: vector<u8> = b"message of the multi-signature test";
    /// Their signatures of `MESSAGE`.
    const SIGNATURE_1: vector<u8> =
        x"25c61b9fa8a1301e4058decc7cc4d91fd5c8a5f840eda6f1b621f0a9cd5980796ea425d6fc658288222a65f5721a6dbdeb3325ffd30969f405f8d344c5c1d309";
    const SIGNATURE_2: vector<u8> =
        x"4d158a7024bbc086d69ef71a353c0a006cf643a3a9f22af66326feb995e94dcc2c3cf70914fb95ca2d9d6b23a724c708415c7ac6f95d0a2ddd102eb1e363680d";
    /// Their signatures of `Order { amount: 25 }`.
    const ORDER_SIGNATURE_1: vector<u8> =
        x"b257a97a40747365156cf763b3992d38a35abce61bb894dced748a3118ed36bc32c407699ee0054a18569d92559936d64a88b52673e9dd059e5ead150bd9f604";
    const ORDER_SIGNATURE_2: vector<u8> =
        x"13f4caccaf48ef8c19c2bae730d30cc7e205d1a598a51c4ffa30d10ddd83d6c433fec91b39b82698a3b2ac0a1eb531acb91a55fda38bc37957d924cd1e0ddb04";

    struct Order has drop {
        amount: u64
    }

    struct Offer has drop {
        amount: u64
    }

    fun joined(parts: vector<vector<u8>>): vector<u8> {
        let bytes = vector[];
        parts.for_each(|part| bytes.append(part));
        bytes
    }

    fun both_keys(threshold: u8): UnvalidatedPublicKey {
        multi_ed25519::new_unvalidated_public_key_from_bytes(joined(vector[KEY_1, KEY_2, vector[threshold]]))
    }

    fun signature(parts: vector<vector<u8>>): Signature {
        multi_ed25519::new_signature_from_bytes(joined(parts))
    }

    fun verifies(signature: Signature, threshold: u8): bool {
        multi_ed25519::signature_verify_strict(&signature, &both_keys(threshold), MESSAGE)
    }

    #[test]
    fun as_many_as_the_threshold_have_to_sign() {
        let first = signature(vector[SIGNATURE_1, x"80000000"]);
        let second = signature(vector[SIGNATURE_2, x"40000000"]);
        let both = signature(vector[SIGNATURE_1, SIGNATURE_2, x"c0000000"]);
        assert!(verifies(first, 1) && verifies(second, 1) && verifies(both, 1));
        assert!(!verifies(first, 2) && !verifies(second, 2) && verifies(both, 2));
    }

    #[test]
    fun every_signature_has_to_be_right() {
        assert!(!verifies(signature(vector[SIGNATURE_1, ORDER_SIGNATURE_2, x"c0000000"]), 1));
        assert!(!verifies(signature(vector[SIGNATURE_2, SIGNATURE_1, x"c0000000"]), 1));
    }

    #[test]
    fun the_bits_have_to_be_those_who_signed() {
        assert!(!verifies(signature(vector[SIGNATURE_1, x"40000000"]), 1));
        assert!(!verifies(signature(vector[SIGNATURE_1, x"c0000000"]), 1));
        assert!(!verifies(signature(vector[SIGNATURE_1, x"a0000000"]), 1));
        assert!(!verifies(signature(vector[x"80000000"]), 1));
        assert!(!verifies(signature(vector[x"00000000"]), 1));
    }

    #[test]
    fun another_message_is_not_signed() {
        let both = signature(vector[SIGNATURE_1, SIGNATURE_2, x"c0000000"]);
        assert!(!multi_ed25519::signature_verify_strict(&both, &both_keys(2), b"another message"));
    }

    #[test]
    fun a_signature_of_a_value_is_of_one_type() {
        let both = signature(vector[ORDER_SIGNATURE_1, ORDER_SIGNATURE_2, x"c0000000"]);
        assert!(multi_ed25519::signature_verify_strict_t(&both, &both_keys(2), Order { amount: 25 }));
        assert!(!multi_ed25519::signature_verify_strict_t(&both, &both_keys(2), Order { amount: 26 }));
        assert!(!multi_ed25519::signature_verify_strict_t(&both, &both_keys(2), Offer { amount: 25 }));
    }

    #[test]
    fun keys_are_validated() {
        let bytes = joined(vector[KEY_1, KEY_2, x"02"]);
        let valid = multi_ed25519::new_validated_public_key_from_bytes_v2(bytes).destroy_some();
        assert!(multi_ed25519::validated_public_key_to_bytes(&valid) == bytes);
        assert!(multi_ed25519::validated_public_key_num_sub_pks(&valid) == 2);
        assert!(multi_ed25519::validated_public_key_threshold(&valid) == 2);
        assert!(multi_ed25519::new_validated_public_key_from_bytes(bytes).destroy_some() == valid);

        let unvalidated = both_keys(2);
        assert!(multi_ed25519::unvalidated_public_key_to_bytes(&unvalidated) == bytes);
        assert!(multi_ed25519::public_key_validate(&unvalidated).destroy_some() == valid);
        assert!(multi_ed25519::public_key_validate_v2(&unvalidated).destroy_some() == valid);
        assert!(multi_ed25519::public_key_to_unvalidated(&valid) == unvalidated);
        assert!(multi_ed25519::public_key_into_unvalidated(valid) == unvalidated);
    }

    #[test]
    fun one_bad_key_is_enough_to_be_invalid() {
        let bytes = joined(vector[KEY_1, SMALL_ORDER_KEY, x"01"]);
        assert!(multi_ed25519::new_validated_public_key_from_bytes(bytes).is_none());
        assert!(multi_ed25519::new_validated_public_key_from_bytes_v2(bytes).is_none());
    }

    #[test]
    fun only_the_second_validation_looks_at_the_threshold() {
        for (threshold in 0..4) {
            let key = both_keys(threshold as u8);
            let fits = threshold == 1 || threshold == 2;
            assert!(multi_ed25519::public_key_validate(&key).is_some());
            assert!(multi_ed25519::public_key_validate_v2(&key).is_some() == fits);
            assert!(multi_ed25519::unvalidated_public_key_threshold(&key).is_some() == fits);
        }
    }

    #[test]
    fun the_form_of_a_key_tells_the_threshold() {
        let threshold = |bytes| multi_ed25519::check_and_get_threshold(bytes);
        assert!(threshold(joined(vector[KEY_1, KEY_2, x"02"])) == option::some(2));
        assert!(threshold(joined(vector[KEY_1, x"01"])) == option::some(1));
        assert!(threshold(joined(vector[KEY_1, x"02"])).is_none());
        assert!(threshold(joined(vector[KEY_1, x"00"])).is_none());
        assert!(threshold(KEY_1).is_none());
        assert!(threshold(joined(vector[KEY_1, x"0101"])).is_none());
        assert!(threshold(x"01").is_none());
        assert!(threshold(b"").is_none());

        let keys = vector[];
        for (_i in 0..32) {
            keys.append(KEY_1);
        };
        assert!(threshold(joined(vector[keys, x"20"])) == option::some(32));
        assert!(threshold(joined(vector[keys, KEY_2, x"01"])).is_none());
    }

    #[test]
    fun keys_are_counted_by_length() {
        assert!(multi_ed25519::unvalidated_public_key_num_sub_pks(&both_keys(9)) == 2);
    }

    #[test]
    fun authentication_keys() {
        let expected = x"dae1ef88588776d570fb469909bfc37b2ef7ba73f2a926768d4e1c6670b0fd4e";
        let key = both_keys(2);
        assert!(multi_ed25519::unvalidated_public_key_to_authentication_key(&key) == expected);
        let key = multi_ed25519::public_key_validate_v2(&key).destroy_some();
        assert!(multi_ed25519::validated_public_key_to_authentication_key(&key) == expected);
    }

    #[test]
    fun bytes_of_a_signature_come_back() {
        let bytes = joined(vector[SIGNATURE_1, x"80000000"]);
        assert!(multi_ed25519::signature_to_bytes(&multi_ed25519::new_signature_from_bytes(bytes)) == bytes);
    }

    #[test]
    fun generated_keys_sign() {
        let sizes = vector[vector[1u8, 1], vector[1, 2], vector[2, 3], vector[32, 32]];
        sizes.for_each(|size| {
            let (secret_key, key) = multi_ed25519::generate_keys(size[0], size[1]);
            assert!(multi_ed25519::validated_public_key_threshold(&key) == size[0]);
            assert!(multi_ed25519::validated_public_key_num_sub_pks(&key) == size[1]);
            let key = multi_ed25519::public_key_into_unvalidated(key);
            assert!(multi_ed25519::public_key_validate_v2(&key).is_some());

            let signature = multi_ed25519::sign_arbitrary_bytes(&secret_key, b"message");
            assert!(multi_ed25519::signature_verify_strict(&signature, &key, b"message"));
            assert!(!multi_ed25519::signature_verify_strict(&signature, &key, b"massage"));

            let signature = multi_ed25519::sign_struct(&secret_key, Order { amount: 1 });
            assert!(multi_ed25519::signature_verify_strict_t(&signature, &key, Order { amount: 1 }));
        });
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = aptos_std::multi_ed25519)]
    fun a_threshold_of_zero_is_not_generated() {
        multi_ed25519::generate_keys(0, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = aptos_std::multi_ed25519)]
    fun a_threshold_above_the_number_is_not_generated() {
        multi_ed25519::generate_keys(3, 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::multi_ed25519)]
    fun a_key_without_threshold_aborts() {
        multi_ed25519::new_unvalidated_public_key_from_bytes(KEY_1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::multi_ed25519)]
    fun too_many_keys_abort() {
        let bytes = x"01";
        for (_i in 0..33) {
            bytes.append(KEY_1);
        };
        multi_ed25519::new_unvalidated_public_key_from_bytes(bytes);
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = aptos_std::multi_ed25519)]
    fun a_signature_without_bits_aborts() {
        multi_ed25519::new_signature_from_bytes(SIGNATURE_1);
    }
}
