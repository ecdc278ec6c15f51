/// Hashes beside the SHA2-256 and SHA3-256 of `std::hash`.
///
/// All but `sip_hash` are cryptographic. Keccak-256, which Ethereum uses, is not the same as SHA3-256.
module aptos_std::aptos_hash {
    use std::bcs;

    /// SipHash-2-4 with a key of zeros, which is fast, but anyone can find values of the same hash.
    public native fun sip_hash(bytes: vector<u8>): u64;

    /// `sip_hash` of the BCS of a value.
    public fun sip_hash_from_value<MoveValue>(v: &MoveValue): u64 {
        sip_hash(bcs::to_bytes(v))
    }

    /// Keccak-256: 32 bytes.
    public native fun keccak256(bytes: vector<u8>): vector<u8>;

    /// SHA2-512: 64 bytes.
    public fun sha2_512(bytes: vector<u8>): vector<u8> {
        sha2_512_internal(bytes)
    }

    /// SHA3-512: 64 bytes.
    public fun sha3_512(bytes: vector<u8>): vector<u8> {
        sha3_512_internal(bytes)
    }

    /// RIPEMD-160: 20 bytes. For Bitcoin's addresses; its 80 bits of security against collisions are too few for
    /// anything new.
    public fun ripemd160(bytes: vector<u8>): vector<u8> {
        ripemd160_internal(bytes)
    }

    /// BLAKE2b with an output of 256 bits: 32 bytes.
    public fun blake2b_256(bytes: vector<u8>): vector<u8> {
        blake2b_256_internal(bytes)
    }

    native fun sha2_512_internal(bytes: vector<u8>): vector<u8>;

    native fun sha3_512_internal(bytes: vector<u8>): vector<u8>;

    native fun ripemd160_internal(bytes: vector<u8>): vector<u8>;

    native fun blake2b_256_internal(bytes: vector<u8>): vector<u8>;
}
