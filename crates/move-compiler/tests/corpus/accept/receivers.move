// Calls by receiver, with all ways of `self`.
module t::receivers {
    struct Counter has copy, drop { n: u64 }
    fun new(): Counter { Counter { n: 1 } }
    fun get(self: &Counter): u64 { self.n }
    fun add(self: &mut Counter, by: u64): &mut Counter { self.n += by; self }
    fun take(self: Counter): u64 { self.n }
    fun is_same<T: drop>(self: &Counter, _t: T): bool { self.n == self.n }
    #[test] fun from_value() { let c = new(); c.add(5); abort c.get() }
    #[test] fun chained() { let c = new(); c.add(5).add(6).add(7); abort c.take() }
    #[test] fun from_reference() { let c = new(); let r = &mut c; r.add(2); r.add(2); abort r.get() }
    #[test] fun from_temporary() { abort new().get() + new().take() }
    #[test] fun with_types() { assert!(new().is_same::<u64>(4), 1); assert!(new().is_same(true), 2) }
    #[test] fun of_mutable_to_immutable() { let c = new(); let r = &mut c; let n = r.get(); r.add(n); abort c.n }
}
