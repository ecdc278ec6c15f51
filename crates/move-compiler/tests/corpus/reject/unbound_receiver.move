// No such function for this receiver.
module t::unbound_receiver {
    struct S has drop { n: u64 }
    fun f(s: S): u64 { s.get() }
}
