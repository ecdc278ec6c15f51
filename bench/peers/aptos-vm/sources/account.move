/// Signers, by the peer's native, which belongs to this module there.
module aptos_framework::account {
    use aptos_framework::guid::{Self, GUID};

    /// A signer of the address.
    public native fun create_signer(addr: address): signer;

    /// A GUID: never asked for, because no object comes from an account.
    public fun create_guid(_account: &signer): GUID {
        let number = 0;
        guid::create(@0x0, &mut number)
    }
}
