/// Documentation of a module
module t::comments {
    // one line /* not open
    /* over
       lines /* and nested */ still */
    /// of a constant
    const A: u64 = /* inside */ 4; // behind
    /// of a struct
    struct S has drop {
        /// of a field
        n: u64, /** also documentation */ m: u64
    }
    /** of a function */
    fun f(/* nothing */): u64 { A /**/ + 1 }
    #[test]
    /// between
    fun run() { let s = S { n: f(), m: 1 /* / */ }; abort s.n * 10 + s.m }
}
