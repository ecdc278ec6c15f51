// The right side of a compound assignment comes first.
module t::compound_order {
    fun set(r: &mut u64, n: u64): u64 { *r = n; n }
    fun at(v: &mut vector<u64>, i: u64): u64 { v.push_back(100); i }
    #[test] fun of_local() { let a = 1; a += { a = 10; a }; abort a }
    #[test] fun of_call() { let a = 1; a += set(&mut a, 20); abort a }
    #[test] fun of_element() { let v = vector[1, 2]; v[{ 0 }] += 5; let i = at(&mut v, 2); v[i] += 1; abort v[2] + v[0] }
}
