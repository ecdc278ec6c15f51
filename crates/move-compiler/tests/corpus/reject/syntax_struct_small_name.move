// A struct starts with a capital.
module t::syntax_struct_small_name {
    struct s { n: u64 }
}
