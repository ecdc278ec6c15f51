// An enum contains itself.
module t::cycle_enum {
    enum E { A, B { e: E } }
}
