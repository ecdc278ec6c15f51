// A field of a resource needs store.
module t::ability_store_of_field {
    struct S { n: u64 }
    struct R has key { s: S }
}
