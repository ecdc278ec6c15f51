// A field twice.
module t::twice_field_in_pack {
    struct S has drop { a: u64 }
    fun f(): S { S { a: 1, a: 2 } }
}
