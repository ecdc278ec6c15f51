// A struct contains itself.
module t::cycle_struct {
    struct S { s: S }
}
