// A value is moved in each round.
module t::moved_in_loop {
    struct S has drop { n: u64 }
    fun eat(_s: S) { }
    fun f(s: S) { loop { eat(s) } }
}
