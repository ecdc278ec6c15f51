/// Addresses of primary stores, which a native function of ours computes, and none of the peer's: in as few of its
/// native functions as possible, where `vector::append` would go through the bytes one by one.
module aptos_framework::derived {
    use std::bcs;
    use std::hash;
    use aptos_std::from_bcs;

    /// What is hashed.
    struct Preimage has drop {
        source: address,
        derive_from: address,
        scheme: u8
    }

    /// The address derived from the account `source` and the object `derive_from`.
    public fun address_of(source: address, derive_from: address): address {
        from_bcs::to_address(hash::sha3_256(bcs::to_bytes(&Preimage { source, derive_from, scheme: 0xFC })))
    }
}
