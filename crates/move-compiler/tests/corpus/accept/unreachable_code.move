// Code after what never returns.
module t::unreachable_code {
    fun f(): u64 { return 5; 6 }
    fun g(): u64 { abort 7; 8 }
    fun h(b: bool): u64 { if (b) return 1 else return 2; 3 }
    fun forever(): u64 { loop { if (f() == 5) return 9 } }
    fun stop(): u64 { loop { abort 10 } }
    #[test] fun returned() { abort f() }
    #[test] fun aborted() { g(); }
    #[test] fun both() { abort h(true) * 10 + h(false) }
    #[test] fun looped() { abort forever() }
    #[test] fun stopped() { stop(); }
    #[test] fun after_break() { let x = 0; loop { break; x = 1 }; abort x }
}
