// Structs contain each other.
module t::cycle_structs {
    struct A { b: B }
    struct B { a: A }
}
