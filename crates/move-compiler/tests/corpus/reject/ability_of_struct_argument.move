// The type argument has no copy.
module t::ability_of_struct_argument {
    struct S { n: u64 }
    struct B<T: copy> { t: T }
    fun f(_b: &B<S>) { }
}
