// A field of another type.
module t::type_of_field {
    struct S has drop { n: u64 }
    fun f(): S { S { n: b"a" } }
}
