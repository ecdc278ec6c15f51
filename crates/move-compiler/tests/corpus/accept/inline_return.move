// A return in an inline function or in a lambda.
module t::inline_return {
    inline fun each(v: &vector<u64>, f: |u64|) { let i = 0; while (i < v.length()) { f(v[i]); i += 1 } }
    inline fun clamp(x: u64): u64 { if (x > 10) 10 else x }
    fun sum(v: &vector<u64>): u64 { let s = 0; each(v, |x| { s += clamp(x) }); s }
    #[test] fun clamped() { abort sum(&vector[5, 50, 500]) }
}
