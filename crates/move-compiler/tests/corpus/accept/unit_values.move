// () as value, argument of nothing, and result.
module t::unit_values {
    fun nothing() {}
    fun explicit(): () { () }
    fun passes() { nothing() }
    fun branches(b: bool) { if (b) nothing() else explicit() }
    #[test] fun run() { nothing(); explicit(); passes(); branches(true); branches(false); (); {}; { nothing() }; }
    #[test] fun returned() { return () }
    #[test] fun if_without_else() { let x = 1; if (x == 1) x = 2; if (x == 2) { x = 3 }; abort x }
}
