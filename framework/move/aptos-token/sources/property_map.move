/// Properties of tokens under names, in the order in which they were added. A value is any bytes
/// with any name of a type; the bytes are BCS if the property is to be read as that type.
module aptos_token::property_map {
    use std::bcs;
    use std::error;
    use std::string::{Self, String};
    use std::vector;
    use aptos_std::from_bcs;
    use aptos_std::simple_map::{Self, SimpleMap};
    use aptos_std::type_info;

    /// There cannot be more than 1000 properties
    const EPROPERTY_NUMBER_EXCEED_LIMIT: u64 = 2;
    /// There is no property of this name
    const EPROPERTY_NOT_EXIST: u64 = 3;
    /// There must be as many values as keys
    const EKEY_COUNT_NOT_MATCH_VALUE_COUNT: u64 = 4;
    /// There must be as many types as keys
    const EKEY_COUNT_NOT_MATCH_TYPE_COUNT: u64 = 5;
    /// The property is of another type
    const ETYPE_NOT_MATCH: u64 = 6;
    /// The name of a property is longer than 128 bytes
    const EPROPERTY_MAP_NAME_TOO_LONG: u64 = 7;

    const MAX_PROPERTY_MAP_SIZE: u64 = 1000;
    const MAX_PROPERTY_NAME_LENGTH: u64 = 128;

    struct PropertyMap has copy, drop, store {
        map: SimpleMap<String, PropertyValue>,
    }

    struct PropertyValue has store, copy, drop {
        value: vector<u8>,
        type: String,
    }

    /// Makes a map of three lists that belong together. Aborts if their lengths differ, if there
    /// are too many, or if a key is too long or comes twice.
    public fun new(
        keys: vector<String>,
        values: vector<vector<u8>>,
        types: vector<String>,
    ): PropertyMap {
        let count = vector::length(&keys);
        assert!(count == vector::length(&types), error::invalid_argument(EKEY_COUNT_NOT_MATCH_TYPE_COUNT));
        assert!(count == vector::length(&values), error::invalid_argument(EKEY_COUNT_NOT_MATCH_VALUE_COUNT));
        let pairs = vector[];
        for (i in 0..count) {
            let pair = create_property_value_raw(*vector::borrow(&values, i), *vector::borrow(&types, i));
            vector::push_back(&mut pairs, pair);
        };
        new_with_key_and_property_value(keys, pairs)
    }

    /// Makes a map of keys and their values. Aborts like `new`.
    public fun new_with_key_and_property_value(
        keys: vector<String>,
        values: vector<PropertyValue>,
    ): PropertyMap {
        let count = vector::length(&keys);
        assert!(count <= MAX_PROPERTY_MAP_SIZE, error::invalid_argument(EPROPERTY_NUMBER_EXCEED_LIMIT));
        assert!(count == vector::length(&values), error::invalid_argument(EKEY_COUNT_NOT_MATCH_VALUE_COUNT));
        let properties = empty();
        for (i in 0..count) {
            add(&mut properties, *vector::borrow(&keys, i), *vector::borrow(&values, i));
        };
        properties
    }

    public fun empty(): PropertyMap {
        PropertyMap { map: simple_map::new() }
    }

    public fun contains_key(self: &PropertyMap, key: &String): bool {
        simple_map::contains_key(&self.map, key)
    }

    /// Aborts if the key is taken or too long, or if the map is full.
    public fun add(self: &mut PropertyMap, key: String, value: PropertyValue) {
        assert!(
            string::length(&key) <= MAX_PROPERTY_NAME_LENGTH,
            error::invalid_argument(EPROPERTY_MAP_NAME_TOO_LONG),
        );
        assert!(length(self) < MAX_PROPERTY_MAP_SIZE, error::invalid_state(EPROPERTY_NUMBER_EXCEED_LIMIT));
        simple_map::add(&mut self.map, key, value);
    }

    public fun length(self: &PropertyMap): u64 {
        simple_map::length(&self.map)
    }

    /// Aborts with the bare code `EPROPERTY_NOT_EXIST` if there is no such property.
    public fun borrow(self: &PropertyMap, key: &String): &PropertyValue {
        assert!(contains_key(self, key), EPROPERTY_NOT_EXIST);
        simple_map::borrow(&self.map, key)
    }

    public fun keys(self: &PropertyMap): vector<String> {
        simple_map::keys(&self.map)
    }

    /// The types in the order of `keys`.
    public fun types(self: &PropertyMap): vector<String> {
        let properties = simple_map::values(&self.map);
        vector::map_ref(&properties, |property| borrow_type(property))
    }

    /// The values in the order of `keys`.
    public fun values(self: &PropertyMap): vector<vector<u8>> {
        let properties = simple_map::values(&self.map);
        vector::map_ref(&properties, |property| borrow_value(property))
    }

    // Each `read_...` aborts if there is no such property, if it is of another type, or if its value
    // is not BCS of that type.

    public fun read_string(self: &PropertyMap, key: &String): String {
        from_bcs::to_string(read_as<String>(self, key))
    }

    public fun read_u8(self: &PropertyMap, key: &String): u8 {
        from_bcs::to_u8(read_as<u8>(self, key))
    }

    public fun read_u64(self: &PropertyMap, key: &String): u64 {
        from_bcs::to_u64(read_as<u64>(self, key))
    }

    public fun read_address(self: &PropertyMap, key: &String): address {
        from_bcs::to_address(read_as<address>(self, key))
    }

    public fun read_u128(self: &PropertyMap, key: &String): u128 {
        from_bcs::to_u128(read_as<u128>(self, key))
    }

    public fun read_bool(self: &PropertyMap, key: &String): bool {
        from_bcs::to_bool(read_as<bool>(self, key))
    }

    fun read_as<T>(self: &PropertyMap, key: &String): vector<u8> {
        let property = borrow(self, key);
        assert!(property.type == type_info::type_name<T>(), error::invalid_state(ETYPE_NOT_MATCH));
        property.value
    }

    /// A copy of the value's bytes.
    public fun borrow_value(self: &PropertyValue): vector<u8> {
        self.value
    }

    /// A copy of the type's name.
    public fun borrow_type(self: &PropertyValue): String {
        self.type
    }

    /// Aborts if there is no such property.
    public fun remove(self: &mut PropertyMap, key: &String): (String, PropertyValue) {
        assert!(contains_key(self, key), error::not_found(EPROPERTY_NOT_EXIST));
        simple_map::remove(&mut self.map, key)
    }

    /// Adds the properties whose keys are new and replaces the others. Aborts if the lists are not
    /// of one length.
    public fun update_property_map(
        self: &mut PropertyMap,
        keys: vector<String>,
        values: vector<vector<u8>>,
        types: vector<String>,
    ) {
        let count = vector::length(&keys);
        assert!(count == vector::length(&values), error::invalid_state(EKEY_COUNT_NOT_MATCH_VALUE_COUNT));
        assert!(count == vector::length(&types), error::invalid_state(EKEY_COUNT_NOT_MATCH_TYPE_COUNT));
        for (i in 0..count) {
            let key = vector::borrow(&keys, i);
            let property = create_property_value_raw(*vector::borrow(&values, i), *vector::borrow(&types, i));
            if (contains_key(self, key)) {
                update_property_value(self, key, property);
            } else {
                add(self, *key, property);
            };
        }
    }

    /// Replaces one property. Aborts if there is none of that name.
    public fun update_property_value(self: &mut PropertyMap, key: &String, value: PropertyValue) {
        *simple_map::borrow_mut(&mut self.map, key) = value;
    }

    /// A property of bytes and a type that nobody checks.
    public fun create_property_value_raw(value: vector<u8>, type: String): PropertyValue {
        PropertyValue { value, type }
    }

    /// A property of a value. What is none of the types that can be read becomes `vector<u8>`.
    public fun create_property_value<T: copy>(data: &T): PropertyValue {
        let type = type_info::type_name<T>();
        let readable = vector[b"bool", b"u8", b"u64", b"u128", b"address", b"0x1::string::String"];
        if (!vector::contains(&readable, string::bytes(&type))) {
            type = string::utf8(b"vector<u8>");
        };
        create_property_value_raw(bcs::to_bytes(data), type)
    }

    #[test_only]
    /// `create_property_value_raw` under the name that tests of other packages use.
    public fun test_create_property_value(type: String, value: vector<u8>): PropertyValue {
        PropertyValue { type, value }
    }
}
