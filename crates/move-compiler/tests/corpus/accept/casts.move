// Casts keep the value or fail.
module t::casts {
    use std::vector;
    fun down(a: u256): u8 { a as u8 }
    fun up(a: u8): u256 { (a as u256) }
    #[test] fun fits() { assert!(down(255) == 255, 1); assert!(up(7) == 7, 2) }
    #[test] fun too_large() { down(256); }
    #[test] fun chain() { let a = 65535u16; abort ((a as u32) as u64) + 1 }
    #[test] fun precedence() { let a = 3u8; let b = 4u64; abort (a as u64) * b + (b as u8 as u64) }
    #[test] fun in_arguments() { let v = vector[1u8]; vector::push_back(&mut v, 200u64 as u8); abort v[1] as u64 }
}
