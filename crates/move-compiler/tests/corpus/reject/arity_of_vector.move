// A vector has one type of elements.
module t::arity_of_vector {
    fun f(_x: vector<u8, u8>) { }
}
