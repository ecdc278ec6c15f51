/// Makes a signer of any address. Only the framework's own modules can call this: whoever holds a signer speaks for
/// the account, so each caller must have its own reason to trust the request.
module aptos_framework::create_signer {
    /// The signer of `addr`.
    public(package) native fun create_signer(addr: address): signer;

    #[test]
    fun signs_for_the_address() {
        assert!(std::signer::address_of(&create_signer(@0x42)) == @0x42, 0);
    }
}
