// A field of what can be dropped needs drop.
module t::ability_drop_of_field {
    struct S { n: u64 }
    struct R has drop { s: S }
}
