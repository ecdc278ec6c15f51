// Results of inline functions are moved, also where they are copyable and cannot be dropped.
module t::moved_results {
    inline fun map<T, U>(v: &vector<T>, f: |&T| U): vector<U> {
        let result = vector<U>[];
        let i = 0;
        while (i < v.length()) { result.push_back(f(v.borrow(i))); i += 1 };
        result
    }
    struct S has copy { n: u64 }
    fun take(s: S): u64 { let S { n } = s; n }
    fun two<K: copy>(v: &vector<K>): (vector<K>, vector<K>) {
        let keys = map(v, |e| *e);
        let values = map(v, |e| *e);
        (keys, values)
    }
    #[test] fun generic() { let (a, b) = two(&vector[1, 2]); abort a[0] * 10 + b[1] }
    #[test] fun own() {
        let v = vector[1, 2];
        let s = S { n: 5 };
        let r = &mut v;
        let n = take(s);
        r.push_back(n);
        abort v[2]
    }
}
