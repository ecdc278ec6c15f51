// Patterns in patterns.
module t::match_nested {
    enum Tree has copy, drop { Leaf(u64), Pair { left: Half, right: Half } }
    enum Half has copy, drop { None, Some(u64) }
    fun sum(t: &Tree): u64 {
        match (t) {
            Leaf(n) => *n,
            Pair { left: None, right: None } => 1000,
            Pair { left: Some(a), right: None } => *a,
            Pair { left: None, right: Some(b) } => *b * 2,
            Pair { left, right } => value(left) + value(right) * 3,
        }
    }
    fun value(h: &Half): u64 { match (h) { None => 0, Some(n) => *n } }
    fun pair(left: Half, right: Half): Tree { Tree::Pair { left, right } }
    #[test] fun leaf() { abort sum(&Tree::Leaf(4)) }
    #[test] fun none() { abort sum(&pair(Half::None, Half::None)) }
    #[test] fun left() { abort sum(&pair(Half::Some(7), Half::None)) }
    #[test] fun right() { abort sum(&pair(Half::None, Half::Some(8))) }
    #[test] fun both() { abort sum(&pair(Half::Some(5), Half::Some(6))) }
    #[test] fun by_value() {
        let t = pair(Half::Some(5), Half::Some(6));
        let n = match (t) { Tree::Leaf(x) => x, Tree::Pair { left: Half::Some(x), .. } => x, Tree::Pair { .. } => 0 };
        abort n
    }
}
