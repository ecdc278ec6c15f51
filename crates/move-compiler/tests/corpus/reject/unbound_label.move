// No loop has this label.
module t::unbound_label {
    fun f() { 'a: loop { break 'b } }
}
