// An enum has variants.
module t::syntax_empty_variants {
    enum E { }
}
