// Receivers of generic types and of vectors.
module t::receivers_generic {
    struct Stack<T> has drop { v: vector<T> }
    fun push<T>(self: &mut Stack<T>, t: T) { self.v.push_back(t) }
    fun pop<T>(self: &mut Stack<T>): T { self.v.pop_back() }
    fun map<T: copy, U>(self: &Stack<T>, _u: &U): T { self.v[0] }
    #[test] fun used() { let s = Stack { v: vector[] }; s.push(4); s.push(5); let a = s.pop(); abort a * 10 + s.pop() }
    #[test] fun more_types() { let s = Stack { v: vector[3] }; abort s.map::<u64, bool>(&true) }
    #[test] fun empty() { let s = Stack<u8> { v: vector[] }; s.pop(); }
}
