// A unit value is no number.
module t::type_of_negation_of_unit {
    fun n() {}
    fun f(): u64 { 1 + n() }
}
