// No such field.
module t::unbound_field_in_pack {
    struct S has drop { n: u64 }
    fun f(): S { S { n: 1, m: 2 } }
}
