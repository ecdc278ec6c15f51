// All forms of use of members.
module t::use_members_lib {
    struct S has drop { n: u64 }
    struct T has drop { n: u64 }
    public fun s(n: u64): S { S { n } }
    public fun t(n: u64): T { T { n } }
    public fun add(s: S, t: T): u64 { s.n + t.n }
}
module t::use_members {
    use t::use_members_lib::{Self, s, t as make_t, S, T as Other};
    use t::use_members_lib::add as plus;
    fun both(a: S, b: Other): u64 { plus(a, b) }
    #[test] fun run() { abort both(s(4), make_t(5)) + use_members_lib::add(s(1), make_t(1)) }
}
