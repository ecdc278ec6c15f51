// An inline function called by receiver.
module t::inline_receiver {
    struct V has drop { v: vector<u64> }
    inline fun each(self: &V, f: |&u64|) { let i = 0; while (i < self.v.length()) { f(&self.v[i]); i += 1 } }
    inline fun first(self: &mut V): &mut u64 { &mut self.v[0] }
    #[test] fun sum() { let v = V { v: vector[4, 5] }; let s = 0; v.each(|x| s += *x); abort s }
    #[test] fun changed() { let v = V { v: vector[4, 5] }; *v.first() = 40; abort v.v[0] }
}
