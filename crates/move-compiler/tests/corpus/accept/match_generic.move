// Generic enums.
module t::match_generic {
    enum Option<T> has copy, drop, store { None, Some { value: T } }
    enum Result<T, E> { Ok(T), Err(E) }
    fun or<T: drop>(o: Option<T>, d: T): T { match (o) { None => d, Some { value } => value } }
    fun unwrap<T, E: drop>(r: Result<T, E>): T { match (r) { Result::Ok(t) => t, Result::Err(_) => abort 99 } }
    #[test] fun some() { abort or(Option::Some { value: 5 }, 6) }
    #[test] fun none() { abort or(Option::None<u64>, 6) }
    #[test] fun ok() { abort unwrap(Result::Ok<u64, bool>(3)) }
    #[test] fun err() { abort unwrap<u64, bool>(Result::Err(true)) }
    #[test] fun nested() { abort or(or(Option::Some { value: Option::Some { value: 8 } }, Option::None), 1) }
}
