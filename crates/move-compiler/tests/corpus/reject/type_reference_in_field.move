// Fields are no references.
module t::type_reference_in_field {
    struct S { r: &u64 }
}
