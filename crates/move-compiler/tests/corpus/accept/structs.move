// Packing, unpacking, fields, and changes of them.
module t::structs {
    struct Point has copy, drop { x: u64, y: u64 }
    struct Line has drop { from: Point, to: Point }
    fun line(): Line { let x = 1; let y = 2; Line { to: Point { x: 5, y: 9 }, from: Point { y, x } } }
    #[test] fun fields() { let l = line(); abort l.from.x + l.from.y * 10 + l.to.x * 100 + l.to.y * 1000 }
    #[test] fun assigned() { let l = line(); l.to.y = 7; l.from = l.to; abort l.from.y }
    #[test] fun unpacked() { let Line { from: Point { x, y: _ }, to } = line(); abort x + to.x }
    #[test] fun by_reference() { let l = line(); let r = &mut l; r.to.x = 70; let p = &r.to; abort p.x + r.from.y }
    #[test] fun order_of_fields() { let i = 0; let p = Point { y: { i = i + 1; i }, x: { i = i * 10; i } }; abort p.x * 100 + p.y }
}
