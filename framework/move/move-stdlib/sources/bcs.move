/// Binary canonical serialisation (BCS) of values.
module std::bcs {
    use std::option::Option;

    /// The bytes of a value. Aborts if it holds a function value that cannot be stored.
    native public fun to_bytes<MoveValue>(v: &MoveValue): vector<u8>;

    /// The number of bytes of a value.
    native public fun serialized_size<MoveValue>(v: &MoveValue): u64;

    /// The number of bytes that every value of a type has, if all have the same.
    native public fun constant_serialized_size<MoveValue>(): Option<u64>;
}
