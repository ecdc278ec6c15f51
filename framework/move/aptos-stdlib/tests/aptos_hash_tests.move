#[test_only]
module aptos_std::aptos_hash_tests {
    use aptos_std::aptos_hash;

    #[test]
    fun sip_hash() {
        assert!(aptos_hash::sip_hash(b"") == 2202906307356721367);
        assert!(aptos_hash::sip_hash(b"abc") == 4596069200710135518);
        assert!(aptos_hash::sip_hash_from_value(&1u64) == 9224715256000962398);
        assert!(aptos_hash::sip_hash_from_value(&1u64) == aptos_hash::sip_hash(x"0100000000000000"));
    }

    #[test]
    fun keccak256() {
        assert!(
            aptos_hash::keccak256(b"")
                == x"c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
        );
        assert!(
            aptos_hash::keccak256(b"abc")
                == x"4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"
        );
    }

    #[test]
    fun sha2_512() {
        assert!(
            aptos_hash::sha2_512(b"")
                == x"cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"
        );
        assert!(
            aptos_hash::sha2_512(b"abc")
                == x"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        );
    }

    #[test]
    fun sha3_512() {
        assert!(
            aptos_hash::sha3_512(b"")
                == x"a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a615b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26"
        );
        assert!(
            aptos_hash::sha3_512(b"abc")
                == x"b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0"
        );
    }

    #[test]
    fun ripemd160() {
        assert!(aptos_hash::ripemd160(b"") == x"9c1185a5c5e9fc54612808977ee8f548b2258d31");
        assert!(aptos_hash::ripemd160(b"abc") == x"8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
    }

    #[test]
    fun blake2b_256() {
        assert!(
            aptos_hash::blake2b_256(b"")
                == x"0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"
        );
        assert!(
            aptos_hash::blake2b_256(b"abc")
                == x"bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"
        );
    }
}
