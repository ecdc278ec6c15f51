// A struct and an enum of a name.
module t::twice_struct_and_enum {
    struct S {}
    enum S { A }
}
