// A vector grows while a reference to an element is in use.
module t::borrow_element_pushed {
    use std::vector;
    fun f(): u64 { let v = vector[1]; let r = &v[0]; vector::push_back(&mut v, 2); *r }
}
