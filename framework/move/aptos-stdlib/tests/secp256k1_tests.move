#[test_only]
module aptos_std::secp256k1_tests {
    use aptos_std::secp256k1;

    const KEY: vector<u8> =
        x"d0ae61992b303ba8cc5affe9fc47e47fbff0c4f7bcbafbc29f3848bbf89c20a17e3afc613282226d9acb8ec5f1ac38127671a5fba00146919ef429a365abaa10";
    /// SHA3-256 of "message of the secp256k1 test".
    const HASH: vector<u8> = x"c71fa658172ab123f61659aa861793e1ede2507b410d3489d7089662e0ce5c36";
    const SIGNATURE: vector<u8> =
        x"17f53289eac961e5adc858d3ca50dab056ddca7a1a906c0815a0369312d1aa4921fa7a03d643d5e55c67d18c1ba285fbb257fe815ff0de886ab55f013f87eb4e";
    /// The order of the curve, which neither half of a signature may reach.
    const ORDER: vector<u8> = x"fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

    #[test]
    fun the_key_of_a_signature_is_recovered() {
        let signature = secp256k1::ecdsa_signature_from_bytes(SIGNATURE);
        let key = secp256k1::ecdsa_recover(HASH, 0, &signature).destroy_some();
        assert!(key == secp256k1::ecdsa_raw_public_key_from_64_bytes(KEY));
    }

    #[test]
    fun another_recovery_id_or_hash_is_another_key() {
        let signature = secp256k1::ecdsa_signature_from_bytes(SIGNATURE);
        let key = secp256k1::ecdsa_recover(HASH, 1, &signature).destroy_some();
        assert!(secp256k1::ecdsa_raw_public_key_to_bytes(&key) != KEY);

        let hash = HASH;
        hash[31] ^= 1;
        let key = secp256k1::ecdsa_recover(hash, 0, &signature).destroy_some();
        assert!(secp256k1::ecdsa_raw_public_key_to_bytes(&key) != KEY);
    }

    #[test]
    fun some_signatures_have_no_key() {
        // With recovery id 2 the point's coordinate is r plus the order, which exceeds the field here.
        let signature = secp256k1::ecdsa_signature_from_bytes(SIGNATURE);
        assert!(secp256k1::ecdsa_recover(HASH, 2, &signature).is_none());
    }

    #[test]
    fun bytes_come_back() {
        let key = secp256k1::ecdsa_raw_public_key_from_64_bytes(KEY);
        assert!(secp256k1::ecdsa_raw_public_key_to_bytes(&key) == KEY);
        let signature = secp256k1::ecdsa_signature_from_bytes(SIGNATURE);
        assert!(secp256k1::ecdsa_signature_to_bytes(&signature) == SIGNATURE);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::secp256k1)]
    fun a_key_of_65_bytes_aborts() {
        let bytes = KEY;
        bytes.push_back(0);
        secp256k1::ecdsa_raw_public_key_from_64_bytes(bytes);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::secp256k1)]
    fun a_signature_of_63_bytes_aborts() {
        let bytes = SIGNATURE;
        bytes.pop_back();
        secp256k1::ecdsa_signature_from_bytes(bytes);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::secp256k1)]
    fun a_hash_of_31_bytes_aborts() {
        let hash = HASH;
        hash.pop_back();
        secp256k1::ecdsa_recover(hash, 0, &secp256k1::ecdsa_signature_from_bytes(SIGNATURE));
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::secp256k1)]
    fun a_recovery_id_of_4_aborts() {
        secp256k1::ecdsa_recover(HASH, 4, &secp256k1::ecdsa_signature_from_bytes(SIGNATURE));
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = aptos_std::secp256k1)]
    fun a_half_of_a_signature_that_is_too_large_aborts() {
        let bytes = ORDER;
        bytes.append(ORDER);
        secp256k1::ecdsa_recover(HASH, 0, &secp256k1::ecdsa_signature_from_bytes(bytes));
    }
}
