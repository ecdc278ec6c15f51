// A field of what can be copied needs copy.
module t::ability_copy_of_field {
    struct S { n: u64 }
    struct R has copy { s: S }
}
