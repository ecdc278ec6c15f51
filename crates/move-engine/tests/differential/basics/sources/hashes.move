module t::hashes {
    use std::bcs;
    use std::hash;
    use t::digest;

    #[test] fun sha2() { abort digest::any(0, &hash::sha2_256(b"lumio")) }
    #[test] fun sha3() { abort digest::any(0, &hash::sha3_256(b"")) }
    #[test] fun of_values() { abort digest::any(0, &hash::sha3_256(bcs::to_bytes(&vector[@0x1, @0x2]))) }
    #[test(s = @0x99)] fun of_signer(s: signer) { abort digest::any(0, &std::signer::address_of(&s)) }
}
