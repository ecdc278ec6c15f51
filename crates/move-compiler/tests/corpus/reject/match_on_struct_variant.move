// A struct has no variants.
module t::match_on_struct_variant {
    struct S has drop { n: u64 }
    fun f(s: S): u64 { match (s) { S::A { n } => n } }
}
