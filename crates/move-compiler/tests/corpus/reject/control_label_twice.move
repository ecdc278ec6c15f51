// A label inside a loop of the same label.
module t::control_label_twice {
    fun f() { 'a: loop { 'a: loop { break 'a } } }
}
