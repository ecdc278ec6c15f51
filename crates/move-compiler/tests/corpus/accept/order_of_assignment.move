// The value comes before the place.
module t::order_of_assignment {
    fun at(v: &mut vector<u64>, x: u64): u64 { v.push_back(x); x }
    fun digest(v: &vector<u64>): u64 { let s = 0; let i = 0; while (i < v.length()) { s = s * 10 + v[i]; i += 1 }; s }
    struct S has drop { n: u64 }
    fun pick(l: &mut vector<u64>, s: &mut S): &mut S { l.push_back(9); s }
    #[test] fun element() { let l = vector[]; let w = vector[0, 0, 0]; w[at(&mut l, 1)] = at(&mut l, 2); abort digest(&l) }
    #[test] fun dereference() { let l = vector[]; let w = vector[0, 0, 0]; *w.borrow_mut(at(&mut l, 1)) = at(&mut l, 2); abort digest(&l) }
    #[test] fun field() { let l = vector[]; let s = S { n: 0 }; pick(&mut l, &mut s).n = at(&mut l, 2); abort digest(&l) }
    #[test] fun tuple() { let a = 1; let b = 2; (a, b) = (b, a); abort a * 10 + b }
    #[test] fun compound() { let l = vector[]; let w = vector[0, 0, 0]; w[at(&mut l, 1)] += at(&mut l, 2); abort digest(&l) }
}
