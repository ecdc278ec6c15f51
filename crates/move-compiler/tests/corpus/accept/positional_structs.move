// Structs whose fields have numbers.
module t::positional_structs {
    struct Pair(u64, bool) has copy, drop;
    struct Box<T>(T) has drop;
    struct Nothing() has drop;
    struct Empty has drop {}
    #[test] fun fields() { let p = Pair(3, true); p.0 += 4; assert!(p.1, 1); abort p.0 }
    #[test] fun unpacked() { let Pair(a, b) = Pair(9, false); assert!(!b, 1); abort a }
    #[test] fun rest() { let Pair(.., b) = Pair(9, true); let Pair(a, ..) = Pair(8, b); assert!(b, 1); abort a }
    #[test] fun boxed() { let b = Box(Box(5u8)); let Box(Box(x)) = b; abort (x as u64) }
    #[test] fun empty() { let _n = Nothing(); let Empty {} = Empty {}; assert!(Nothing() == _n, 1) }
}
