// A field cannot be moved out.
module t::moved_field {
    struct S has drop { v: T }
    struct T has drop { n: u64 }
    fun f(s: S): T { s.v }
}
