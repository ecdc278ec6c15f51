/// What the virtual machines of the chain share: their names, and how each of them knows an account. An account has
/// one id of 32 bytes, which is its Move address and its Solana key. An EVM address is the last 20 bytes of an id
/// that begins with twelve zeros; of another id it is a hash, and the chain keeps the way back once the account has
/// met the EVM.
module aptos_framework::vms {
    /// An EVM address has 20 bytes
    const EBAD_LENGTH: u64 = 5;

    /// The number of the EVM.
    const EVM: u8 = 0;
    /// The number of the Move VM.
    const MOVE: u8 = 1;
    /// The number of the Solana VM.
    const SOLANA: u8 = 2;

    #[view]
    /// The EVM.
    public fun evm(): u8 {
        EVM
    }

    #[view]
    /// The Move VM.
    public fun move_vm(): u8 {
        MOVE
    }

    #[view]
    /// The Solana VM.
    public fun solana(): u8 {
        SOLANA
    }

    #[view]
    /// The 20 bytes by which the EVM knows an account.
    public native fun evm_address(account: address): vector<u8>;

    #[view]
    /// The account that the EVM knows by 20 bytes.
    public native fun account_of(evm_address: vector<u8>): address;

    #[test]
    fun an_evm_address_and_its_account_lead_to_each_other() {
        let account = @0xa1b2c3d4e5f60718293a4b5c6d7e8f9001020304;
        assert!(evm_address(account) == x"a1b2c3d4e5f60718293a4b5c6d7e8f9001020304");
        assert!(account_of(evm_address(account)) == account);
        assert!(evm_address(@0x1) != x"0000000000000000000000000000000000000001");
        assert!(evm() != move_vm() && move_vm() != solana());
    }

    #[test]
    #[expected_failure(abort_code = 0x10005, location = Self)]
    fun an_evm_address_has_20_bytes() {
        account_of(x"0102");
    }
}
