// Guards decide among arms of the same pattern.
module t::match_guards {
    enum Number has drop { Small(u8), Large(u64) }
    fun class(n: &Number): u64 {
        match (n) {
            Small(x) if (*x < 10) => 1,
            Small(x) if (*x < 100) => 2,
            Large(x) if (*x == 0) => 3,
            Small(_) => 4,
            Large(x) => *x,
        }
    }
    #[test] fun first() { abort class(&Number::Small(9)) }
    #[test] fun second() { abort class(&Number::Small(99)) }
    #[test] fun third() { abort class(&Number::Large(0)) }
    #[test] fun fourth() { abort class(&Number::Small(100)) }
    #[test] fun fifth() { abort class(&Number::Large(55)) }
}
