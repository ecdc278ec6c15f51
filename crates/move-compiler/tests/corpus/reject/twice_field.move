// Two fields of a name.
module t::twice_field {
    struct S { a: u64, a: u64 }
}
