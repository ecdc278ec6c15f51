// Signers and addresses as arguments of tests.
module t::test_arguments {
    use std::signer::address_of;
    #[test(a = @0x5, b = @t)] fun values(a: signer, b: signer) { assert!(address_of(&a) == @0x5, 1); assert!(address_of(&b) == @0x42, 2) }
    #[test(b = @0x6, a = @0x5)] fun by_name(a: &signer, b: &signer) { assert!(address_of(a) == @0x5, 1); assert!(address_of(b) == @0x6, 2) }
}
