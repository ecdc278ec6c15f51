// A match on a mutable reference gives mutable references to fields.
module t::match_mutable {
    enum E has drop { A { x: u64 }, B { x: u64, y: u64 }, C }
    fun grow(e: &mut E) {
        match (e) {
            A { x } => *x += 1,
            B { x, y } => { *x = *y; *y = 0 },
            C => *e = E::A { x: 50 },
        }
    }
    fun get(e: E): u64 { match (e) { E::A { x } => x, E::B { x, y } => x * 10 + y, E::C => 3 } }
    #[test] fun a() { let e = E::A { x: 4 }; grow(&mut e); abort get(e) }
    #[test] fun b() { let e = E::B { x: 4, y: 6 }; grow(&mut e); abort get(e) }
    #[test] fun c() { let e = E::C; grow(&mut e); grow(&mut e); abort get(e) }
}
