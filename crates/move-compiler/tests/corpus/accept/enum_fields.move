// A field that some variants share can be read without a match.
module t::enum_fields {
    enum Versioned has copy, drop { V1 { x: u64 }, V2 { x: u64, y: u8 }, V3 { y: u8 } }
    #[test] fun shared() { let v = Versioned::V2 { x: 6, y: 1 }; v.x = 9; abort v.x + (v.y as u64) }
    #[test] fun shared_by_reference() { let v = Versioned::V1 { x: 6 }; let r = &mut v; r.x += 1; abort r.x }
    #[test] fun not_there() { let v = Versioned::V3 { y: 6 }; abort v.x }
    #[test] fun not_there_either() { let v = Versioned::V1 { x: 6 }; abort v.y as u64 }
}
