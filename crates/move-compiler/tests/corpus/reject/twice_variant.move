// Two variants of a name.
module t::twice_variant {
    enum E { A, A }
}
