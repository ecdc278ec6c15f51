/// Whoever has signed a transaction, or is spoken for by code that may.
module std::signer {
    /// The signer's address.
    native public fun borrow_address(s: &signer): &address;

    /// The signer's address.
    public fun address_of(s: &signer): address {
        *borrow_address(s)
    }
}
