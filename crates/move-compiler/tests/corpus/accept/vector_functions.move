// The vector module by path and by receiver.
module t::vector_functions {
    use std::vector;
    #[test] fun by_path() { let v = vector::empty(); vector::push_back(&mut v, 4); vector::push_back(&mut v, 5); vector::swap(&mut v, 0, 1); abort *vector::borrow(&v, 0) * 10 + vector::length(&v) }
    #[test] fun by_receiver() { let v = vector[1, 2, 3]; v.swap(0, 2); v.reverse(); *v.borrow_mut(1) = 7; abort v.pop_back() * 100 + v.pop_back() * 10 + v.length() }
    #[test] fun not_empty() { let v = vector[1]; v.destroy_empty() }
    #[test] fun pop_of_empty() { let v = vector<u8>[]; v.pop_back(); }
    #[test] fun swap_outside() { let v = vector[1]; v.swap(0, 1) }
}
