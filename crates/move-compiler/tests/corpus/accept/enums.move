// Variants with all kinds of fields.
module t::enums {
    enum Shape has copy, drop { Dot, Circle { r: u64 }, Box(u64, u64) }
    fun size(s: &Shape): u64 {
        match (s) { Shape::Dot => 0, Circle { r } => 3 * *r * *r, Box(w, h) => *w * *h }
    }
    fun consume(s: Shape): u64 {
        match (s) { Dot => 1, Shape::Circle { r: x } => x, Shape::Box(..) => 3 }
    }
    #[test] fun sizes() { abort size(&Shape::Dot) + size(&Shape::Circle { r: 5 }) + size(&Shape::Box(7, 8)) }
    #[test] fun consumed() { abort consume(Shape::Dot) * 100 + consume(Shape::Circle { r: 2 }) * 10 + consume(Shape::Box(1, 1)) }
    #[test] fun equal() { assert!(Shape::Box(1, 2) == Shape::Box(1, 2), 1); assert!(Shape::Dot != Shape::Circle { r: 0 }, 2) }
}
