/// A value of a type that only becomes known when it is taken out again.
///
/// Lets a struct have fields that are decided on later: the type's name and the BCS of the value are what is stored.
module aptos_std::any {
    use std::bcs;
    use std::error;
    use std::string::String;
    use aptos_std::from_bcs;
    use aptos_std::type_info;

    /// The packed value is of another type.
    const ETYPE_MISMATCH: u64 = 1;

    /// A packed value: the name of its type, as of `type_info::type_name`, and its BCS.
    struct Any has drop, store {
        type_name: String,
        data: vector<u8>
    }

    /// Packs a value. Types that are not `drop` and `store`, such as coins, cannot be packed: the packed value can be
    /// dropped and stored, and they may not.
    public fun pack<T: drop + store>(x: T): Any {
        Any { type_name: type_info::type_name<T>(), data: bcs::to_bytes(&x) }
    }

    /// The value that was packed. Aborts with `ETYPE_MISMATCH` if its type was not `T`.
    public fun unpack<T>(self: Any): T {
        let Any { type_name, data } = self;
        assert!(type_name == type_info::type_name<T>(), error::invalid_argument(ETYPE_MISMATCH));
        from_bcs::from_bytes<T>(data)
    }

    /// The name of the type of the packed value.
    public fun type_name(self: &Any): &String {
        &self.type_name
    }
}
