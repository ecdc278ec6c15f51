// Constants are computed when compiling.
module t::folding {
    const A: u64 = 2 + 3 * 4;
    const B: u8 = 255 - 1;
    const C: bool = A == 14 && !(B < 10);
    const D: u256 = 1 << 200;
    const E: u64 = (B as u64) * 1000 + A;
    const F: u128 = (D >> 100) as u128;
    const G: vector<u8> = x"00ff";
    const H: u64 = A ^ E & 0xff | 7;
    #[test] fun numbers() { assert!(C, 1); abort E + H }
    #[test] fun wide() { assert!(F == 1 << 100, 2); abort (F % 97) as u64 }
    #[test] fun bytes() { assert!(G[1] == B + 1, 3) }
}
