// The enum is changed while a reference to its field is in use.
module t::borrow_dropped_in_match {
    enum E has drop { A { x: u64 }, B }
    fun f(e: &mut E) { match (e) { E::A { x } => { *e = E::B; *x = 1 }, E::B => {} } }
}
