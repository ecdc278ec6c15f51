/// The two hash functions that every chain with this language has.
module std::hash {
    /// SHA-256, 32 bytes.
    native public fun sha2_256(data: vector<u8>): vector<u8>;

    /// SHA3-256, 32 bytes.
    native public fun sha3_256(data: vector<u8>): vector<u8>;
}
