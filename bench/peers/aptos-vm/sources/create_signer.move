/// Signers, under the name by which the framework asks for them.
module aptos_framework::create_signer {
    use aptos_framework::account;

    /// A signer of the address.
    public(package) fun create_signer(addr: address): signer {
        account::create_signer(addr)
    }
}
