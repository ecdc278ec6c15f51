// Arms may leave the function or the loop.
module t::match_returns {
    enum E has copy, drop { Go, Stop, Skip }
    fun run(v: vector<E>): u64 {
        let n = 0;
        let i = 0;
        while (i < v.length()) {
            i += 1;
            match (v[i - 1]) { E::Go => n += 1, E::Stop => break, E::Skip => continue };
            n += 10
        };
        n
    }
    fun early(e: E): u64 { let x = match (e) { E::Go => return 5, E::Stop => abort 6, E::Skip => 7 }; x + 1 }
    #[test] fun stops() { abort run(vector[E::Go, E::Skip, E::Go, E::Stop, E::Go]) }
    #[test] fun all() { abort run(vector[E::Go, E::Go]) }
    #[test] fun returned() { abort early(E::Go) }
    #[test] fun aborted() { early(E::Stop); }
    #[test] fun continued() { abort early(E::Skip) }
}
