/// Values as bytes.
module std::bcs {
    native public fun to_bytes<T>(value: &T): vector<u8>;
}
