// A generic function calls itself with ever larger types.
module t::cycle_instantiation {
    struct B<T> has drop { t: T }
    fun f<T: drop>(t: T) { f(B { t }) }
}
