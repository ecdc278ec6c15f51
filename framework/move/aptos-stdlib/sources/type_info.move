/// Names of types, as values.
module aptos_std::type_info {
    use std::bcs;
    use std::string::String;

    /// Where a struct is defined, and its name. Type arguments are part of the name: `Coin<0x1::a::B>`.
    struct TypeInfo has copy, drop, store {
        account_address: address,
        module_name: vector<u8>,
        struct_name: vector<u8>
    }

    /// The address of the module that defines the struct.
    public fun account_address(self: &TypeInfo): address {
        self.account_address
    }

    /// The name of the module that defines the struct, in UTF-8.
    public fun module_name(self: &TypeInfo): vector<u8> {
        self.module_name
    }

    /// The name of the struct with its type arguments, in UTF-8.
    public fun struct_name(self: &TypeInfo): vector<u8> {
        self.struct_name
    }

    /// The id of the chain that runs this, 4 in unit tests. Other than `aptos_framework::chain_id::get`, it does not
    /// read state.
    public fun chain_id(): u8 {
        chain_id_internal()
    }

    /// Describes a struct type. Aborts if `T` is not a struct.
    public native fun type_of<T>(): TypeInfo;

    /// The name of any type, such as `vector<0x1::string::String>`.
    public native fun type_name<T>(): String;

    /// How many bytes the BCS of the value has.
    public fun size_of_val<T>(val_ref: &T): u64 {
        bcs::serialized_size(val_ref)
    }

    native fun chain_id_internal(): u8;
}
