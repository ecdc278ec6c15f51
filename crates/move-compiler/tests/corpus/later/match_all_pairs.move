// Patterns of two fields that cover all pairs together need no arm for the rest.
module t::match_all_pairs {
    enum Half has copy, drop { None, Some(u64) }
    struct Pair has copy, drop { left: Half, right: Half }
    fun sum(p: &Pair): u64 {
        match (p) {
            Pair { left: None, right: None } => 1000,
            Pair { left: Some(a), right: None } => *a,
            Pair { left: None, right: Some(b) } => *b * 2,
            Pair { left: Some(a), right: Some(b) } => *a + *b * 3,
        }
    }
    #[test] fun all() {
        assert!(sum(&Pair { left: Half::None, right: Half::None }) == 1000, 1);
        assert!(sum(&Pair { left: Half::Some(1), right: Half::None }) == 1, 2);
        assert!(sum(&Pair { left: Half::None, right: Half::Some(4) }) == 8, 3);
        assert!(sum(&Pair { left: Half::Some(1), right: Half::Some(4) }) == 13, 4)
    }
}
