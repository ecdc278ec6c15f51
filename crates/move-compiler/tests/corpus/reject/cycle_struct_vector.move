// A struct contains itself in a vector.
module t::cycle_struct_vector {
    struct S { s: vector<S> }
}
