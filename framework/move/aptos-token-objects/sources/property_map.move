/// Typed properties of an object under names: the metadata of an `AptosToken`. A value is stored as
/// its BCS bytes with the code of its type, and is read back only as that type.
module aptos_token_objects::property_map {
    use std::bcs;
    use std::error;
    use std::string::{Self, String};
    use std::vector;
    use aptos_std::from_bcs;
    use aptos_std::simple_map::{Self, SimpleMap};
    use aptos_std::type_info;
    use aptos_framework::object::{Self, ConstructorRef, Object};

    /// The object has no properties
    const EPROPERTY_MAP_DOES_NOT_EXIST: u64 = 1;
    /// An object cannot be made with more than 1000 properties
    const ETOO_MANY_PROPERTIES: u64 = 3;
    /// There must be as many values as keys
    const EKEY_VALUE_COUNT_MISMATCH: u64 = 4;
    /// There must be as many types as keys
    const EKEY_TYPE_COUNT_MISMATCH: u64 = 5;
    /// The property is of another type
    const ETYPE_MISMATCH: u64 = 6;
    /// A property cannot be of this type
    const ETYPE_INVALID: u64 = 7;
    /// The key is longer than 128 bytes
    const EPROPERTY_MAP_KEY_TOO_LONG: u64 = 8;

    const MAX_PROPERTY_MAP_SIZE: u64 = 1000;
    const MAX_PROPERTY_NAME_LENGTH: u64 = 128;

    /// What a property can be. The code of a type is its place in this list.
    const TYPES: vector<vector<u8>> = vector[
        b"bool",
        b"u8",
        b"u16",
        b"u32",
        b"u64",
        b"u128",
        b"u256",
        b"address",
        b"vector<u8>",
        b"0x1::string::String",
    ];
    const BOOL: u8 = 0;
    const U8: u8 = 1;
    const U16: u8 = 2;
    const U32: u8 = 3;
    const U64: u8 = 4;
    const U128: u8 = 5;
    const U256: u8 = 6;
    const ADDRESS: u8 = 7;
    const STRING: u8 = 9;

    #[resource_group_member(group = aptos_framework::object::ObjectGroup)]
    /// The properties of one object.
    struct PropertyMap has drop, key {
        inner: SimpleMap<String, PropertyValue>,
    }

    /// BCS bytes, and the code of their type.
    struct PropertyValue has drop, store {
        type: u8,
        value: vector<u8>,
    }

    /// The right to change the properties of one object.
    struct MutatorRef has drop, store {
        self: address,
    }

    /// Gives the object under construction its properties. Aborts if it has some.
    public fun init(ref: &ConstructorRef, container: PropertyMap) {
        move_to(&object::generate_signer(ref), container);
    }

    /// Removes all properties of the object.
    public fun burn(ref: MutatorRef) acquires PropertyMap {
        move_from<PropertyMap>(ref.self);
    }

    /// Makes properties from the arguments of an entry function: keys, names of types, values in
    /// BCS. Aborts if a key comes twice or is too long, if a type is none of `TYPES`, or if a value
    /// is not of its type.
    public fun prepare_input(
        keys: vector<String>,
        types: vector<String>,
        values: vector<vector<u8>>,
    ): PropertyMap {
        let count = vector::length(&keys);
        assert!(count <= MAX_PROPERTY_MAP_SIZE, error::invalid_argument(ETOO_MANY_PROPERTIES));
        assert!(vector::length(&values) == count, error::invalid_argument(EKEY_VALUE_COUNT_MISMATCH));
        assert!(vector::length(&types) == count, error::invalid_argument(EKEY_TYPE_COUNT_MISMATCH));

        let inner = simple_map::new();
        for (i in 0..count) {
            let key = *vector::borrow(&keys, i);
            assert!(
                string::length(&key) <= MAX_PROPERTY_NAME_LENGTH,
                error::invalid_argument(EPROPERTY_MAP_KEY_TOO_LONG),
            );
            let value = encoded(*vector::borrow(&types, i), *vector::borrow(&values, i));
            simple_map::add(&mut inner, key, value);
        };
        PropertyMap { inner }
    }

    /// The right to change the properties of the object under construction.
    public fun generate_mutator_ref(ref: &ConstructorRef): MutatorRef {
        MutatorRef { self: object::address_from_constructor_ref(ref) }
    }

    public fun contains_key<T: key>(object: &Object<T>, key: &String): bool acquires PropertyMap {
        simple_map::contains_key(properties(object::object_address(object)), key)
    }

    /// How many properties the object has.
    public fun length<T: key>(object: &Object<T>): u64 acquires PropertyMap {
        simple_map::length(properties(object::object_address(object)))
    }

    /// The name of the property's type, and its value in BCS. Aborts if there is no such property.
    public fun read<T: key>(object: &Object<T>, key: &String): (String, vector<u8>) acquires PropertyMap {
        let property = simple_map::borrow(properties(object::object_address(object)), key);
        (string::utf8(*vector::borrow(&TYPES, (property.type as u64))), property.value)
    }

    // Each `read_...` aborts if there is no such property, or if it is of another type.

    public fun read_bool<T: key>(object: &Object<T>, key: &String): bool acquires PropertyMap {
        from_bcs::to_bool(read_as<T, bool>(object, key))
    }

    public fun read_u8<T: key>(object: &Object<T>, key: &String): u8 acquires PropertyMap {
        from_bcs::to_u8(read_as<T, u8>(object, key))
    }

    public fun read_u16<T: key>(object: &Object<T>, key: &String): u16 acquires PropertyMap {
        from_bcs::to_u16(read_as<T, u16>(object, key))
    }

    public fun read_u32<T: key>(object: &Object<T>, key: &String): u32 acquires PropertyMap {
        from_bcs::to_u32(read_as<T, u32>(object, key))
    }

    public fun read_u64<T: key>(object: &Object<T>, key: &String): u64 acquires PropertyMap {
        from_bcs::to_u64(read_as<T, u64>(object, key))
    }

    public fun read_u128<T: key>(object: &Object<T>, key: &String): u128 acquires PropertyMap {
        from_bcs::to_u128(read_as<T, u128>(object, key))
    }

    public fun read_u256<T: key>(object: &Object<T>, key: &String): u256 acquires PropertyMap {
        from_bcs::to_u256(read_as<T, u256>(object, key))
    }

    public fun read_address<T: key>(object: &Object<T>, key: &String): address acquires PropertyMap {
        from_bcs::to_address(read_as<T, address>(object, key))
    }

    public fun read_bytes<T: key>(object: &Object<T>, key: &String): vector<u8> acquires PropertyMap {
        from_bcs::to_bytes(read_as<T, vector<u8>>(object, key))
    }

    public fun read_string<T: key>(object: &Object<T>, key: &String): String acquires PropertyMap {
        from_bcs::to_string(read_as<T, String>(object, key))
    }

    /// Adds a property whose value is in BCS. Aborts if the key is taken.
    public fun add(ref: &MutatorRef, key: String, type: String, value: vector<u8>) acquires PropertyMap {
        simple_map::add(properties_mut(ref), key, encoded(type, value));
    }

    /// Adds a property. Aborts if the key is taken.
    public fun add_typed<T: drop>(ref: &MutatorRef, key: String, value: T) acquires PropertyMap {
        simple_map::add(properties_mut(ref), key, typed(&value));
    }

    /// Replaces value and type of a property; the new value is in BCS. Aborts if there is no such
    /// property.
    public fun update(ref: &MutatorRef, key: &String, type: String, value: vector<u8>) acquires PropertyMap {
        *simple_map::borrow_mut(properties_mut(ref), key) = encoded(type, value);
    }

    /// Replaces value and type of a property. Aborts if there is no such property.
    public fun update_typed<T: drop>(ref: &MutatorRef, key: &String, value: T) acquires PropertyMap {
        *simple_map::borrow_mut(properties_mut(ref), key) = typed(&value);
    }

    /// Aborts if there is no such property.
    public fun remove(ref: &MutatorRef, key: &String) acquires PropertyMap {
        simple_map::remove(properties_mut(ref), key);
    }

    inline fun properties(at: address): &SimpleMap<String, PropertyValue> {
        assert!(exists<PropertyMap>(at), error::not_found(EPROPERTY_MAP_DOES_NOT_EXIST));
        &borrow_global<PropertyMap>(at).inner
    }

    inline fun properties_mut(ref: &MutatorRef): &mut SimpleMap<String, PropertyValue> {
        assert!(exists<PropertyMap>(ref.self), error::not_found(EPROPERTY_MAP_DOES_NOT_EXIST));
        &mut borrow_global_mut<PropertyMap>(ref.self).inner
    }

    fun read_as<T: key, V>(object: &Object<T>, key: &String): vector<u8> acquires PropertyMap {
        let (type, value) = read(object, key);
        assert!(type == type_info::type_name<V>(), error::invalid_argument(ETYPE_MISMATCH));
        value
    }

    fun typed<T: drop>(value: &T): PropertyValue {
        PropertyValue { type: code_of(type_info::type_name<T>()), value: bcs::to_bytes(value) }
    }

    /// Aborts if the bytes are not BCS of the type; those of `vector<u8>` are taken as they are.
    fun encoded(type: String, value: vector<u8>): PropertyValue {
        let type = code_of(type);
        if (type == BOOL) { from_bcs::to_bool(value); }
        else if (type == U8) { from_bcs::to_u8(value); }
        else if (type == U16) { from_bcs::to_u16(value); }
        else if (type == U32) { from_bcs::to_u32(value); }
        else if (type == U64) { from_bcs::to_u64(value); }
        else if (type == U128) { from_bcs::to_u128(value); }
        else if (type == U256) { from_bcs::to_u256(value); }
        else if (type == ADDRESS) { from_bcs::to_address(value); }
        else if (type == STRING) { from_bcs::to_string(value); };
        PropertyValue { type, value }
    }

    fun code_of(type: String): u8 {
        let (known, code) = vector::index_of(&TYPES, string::bytes(&type));
        assert!(known, error::invalid_argument(ETYPE_INVALID));
        (code as u8)
    }
}
