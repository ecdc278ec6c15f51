// An assignment is no number.
module t::syntax_assignment_as_value {
    fun f(): u64 { let x; let y = x = 1; y }
}
