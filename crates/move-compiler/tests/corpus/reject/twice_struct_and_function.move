// A struct and a function of a name.
module t::twice_struct_and_function {
    struct S has drop { n: u64 }
    fun S(): u64 { 1 }
}
