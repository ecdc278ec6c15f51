// A field of a variant needs drop.
module t::ability_enum_field {
    struct S { n: u64 }
    enum E has drop { A, B { s: S } }
}
