// A field is borrowed for a call by receiver.
module t::receivers_of_fields {
    struct In has copy, drop { n: u64 }
    struct Out has drop { i: In, v: vector<u64> }
    fun bump(self: &mut In) { self.n += 1 }
    fun n(self: &In): u64 { self.n }
    fun inner(self: &mut Out): &mut In { &mut self.i }
    #[test] fun of_local() { let o = Out { i: In { n: 4 }, v: vector[] }; o.i.bump(); o.v.push_back(9); abort o.i.n() + o.v.length() }
    #[test] fun of_reference() { let o = Out { i: In { n: 4 }, v: vector[1] }; let r = &mut o; r.i.bump(); r.v.push_back(2); abort r.i.n() * 10 + r.v.length() }
    #[test] fun of_result() { let o = Out { i: In { n: 4 }, v: vector[] }; o.inner().bump(); abort o.inner().n() }
}
