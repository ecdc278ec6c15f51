// Natives of the library are called as others are.
module t::natives {
    use std::bcs;
    use std::hash::{sha2_256, sha3_256 as sha3};
    struct S has drop { a: u16, b: vector<u8> }
    #[test] fun bytes() { assert!(bcs::to_bytes(&S { a: 258, b: b"z" }) == x"0201017a", 1) }
    #[test] fun hashes() { abort (sha2_256(b"")[0] as u64) * 1000 + (sha3(b"")[0] as u64) }
}
