// Two structs of a name.
module t::twice_struct {
    struct S {}
    struct S {}
}
