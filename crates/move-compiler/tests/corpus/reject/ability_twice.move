// An ability twice.
module t::ability_twice {
    struct S has drop, drop { n: u64 }
}
