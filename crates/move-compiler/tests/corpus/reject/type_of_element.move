// Elements of a vector have one type.
module t::type_of_element {
    fun f(): vector<u64> { vector[1, true] }
}
