// A label without loop.
module t::control_label_unused_kind {
    fun f() { 'a: if (true) { } }
}
