/// A map that keeps its entries in a vector, in no particular order, and finds a key by looking at one after another.
///
/// Keys need no order and no hash, only equality. Meant for a handful of entries: `ordered_map`, `big_ordered_map`
/// and `smart_table` serve larger ones.
module aptos_std::simple_map {
    use std::error;
    use std::option::{Self, Option};

    /// The key is in the map already.
    const EKEY_ALREADY_EXISTS: u64 = 1;
    /// The key is not in the map.
    const EKEY_NOT_FOUND: u64 = 2;

    /// The entries; no two have the same key.
    struct SimpleMap<Key, Value> has copy, drop, store {
        data: vector<Element<Key, Value>>
    }

    /// One entry.
    struct Element<Key, Value> has copy, drop, store {
        key: Key,
        value: Value
    }

    /// How many entries the map has.
    public fun length<Key: store, Value: store>(self: &SimpleMap<Key, Value>): u64 {
        self.data.length()
    }

    /// A map without entries.
    public fun new<Key: store, Value: store>(): SimpleMap<Key, Value> {
        SimpleMap { data: vector[] }
    }

    /// A map of `keys[i]` to `values[i]`. Aborts with `EKEY_ALREADY_EXISTS` if a key occurs twice, and if there are
    /// not as many values as keys.
    public fun new_from<Key: store, Value: store>(keys: vector<Key>, values: vector<Value>): SimpleMap<Key, Value> {
        let map = new();
        map.add_all(keys, values);
        map
    }

    #[deprecated]
    /// The same as `new`, which is to be preferred.
    public fun create<Key: store, Value: store>(): SimpleMap<Key, Value> {
        new()
    }

    /// The value of a key. Aborts with `EKEY_NOT_FOUND` if the key is not in the map.
    public fun borrow<Key: store, Value: store>(self: &SimpleMap<Key, Value>, key: &Key): &Value {
        &self.data[self.place(key)].value
    }

    /// The value of a key, to be changed. Aborts with `EKEY_NOT_FOUND` if the key is not in the map.
    public fun borrow_mut<Key: store, Value: store>(self: &mut SimpleMap<Key, Value>, key: &Key): &mut Value {
        let place = self.place(key);
        &mut self.data[place].value
    }

    /// Whether the key is in the map.
    public fun contains_key<Key: store, Value: store>(self: &SimpleMap<Key, Value>, key: &Key): bool {
        self.find(key).is_some()
    }

    /// Ends a map that has no entries. Aborts if it has any.
    public fun destroy_empty<Key: store, Value: store>(self: SimpleMap<Key, Value>) {
        let SimpleMap { data } = self;
        data.destroy_empty();
    }

    /// Puts an entry into the map. Aborts with `EKEY_ALREADY_EXISTS` if the key is there already.
    public fun add<Key: store, Value: store>(self: &mut SimpleMap<Key, Value>, key: Key, value: Value) {
        assert!(!self.contains_key(&key), error::invalid_argument(EKEY_ALREADY_EXISTS));
        self.data.push_back(Element { key, value });
    }

    /// Puts entries of `keys[i]` and `values[i]` into the map. Aborts with `EKEY_ALREADY_EXISTS` if one of the keys is
    /// there already, and if there are not as many values as keys.
    public fun add_all<Key: store, Value: store>(
        self: &mut SimpleMap<Key, Value>, keys: vector<Key>, values: vector<Value>
    ) {
        keys.zip(values, |key, value| self.add(key, value));
    }

    /// Puts an entry into the map in place of the one with the same key, if there is one. Returns the key and the
    /// value that were replaced.
    public fun upsert<Key: store, Value: store>(
        self: &mut SimpleMap<Key, Value>, key: Key, value: Value
    ): (Option<Key>, Option<Value>) {
        let place = self.find(&key);
        self.data.push_back(Element { key, value });
        if (place.is_none()) return (option::none(), option::none());
        // The last element, which is the new one, takes the place of the removed one.
        let Element { key, value } = self.data.swap_remove(place.destroy_some());
        (option::some(key), option::some(value))
    }

    /// Copies of all keys, in the order of the entries.
    public fun keys<Key: copy, Value>(self: &SimpleMap<Key, Value>): vector<Key> {
        self.data.map_ref(|element| element.key)
    }

    /// Copies of all values, in the order of the entries.
    public fun values<Key, Value: copy>(self: &SimpleMap<Key, Value>): vector<Value> {
        self.data.map_ref(|element| element.value)
    }

    /// Takes the map apart into its keys and its values, both in the order of the entries.
    public fun to_vec_pair<Key: store, Value: store>(self: SimpleMap<Key, Value>): (vector<Key>, vector<Value>) {
        let SimpleMap { data } = self;
        let keys = vector[];
        let values = vector[];
        data.for_each(|element| {
            let Element { key, value } = element;
            keys.push_back(key);
            values.push_back(value);
        });
        (keys, values)
    }

    /// Takes the map apart, and gives every key to `dk` and every value to `dv`.
    public inline fun destroy<Key: store, Value: store>(
        self: SimpleMap<Key, Value>, dk: |Key|, dv: |Value|
    ) {
        let (keys, values) = self.to_vec_pair();
        keys.destroy(|key| dk(key));
        values.destroy(|value| dv(value));
    }

    /// Takes an entry out of the map; the last one takes its place. Aborts with `EKEY_NOT_FOUND` if the key is not in
    /// the map.
    public fun remove<Key: store, Value: store>(self: &mut SimpleMap<Key, Value>, key: &Key): (Key, Value) {
        let place = self.place(key);
        let Element { key, value } = self.data.swap_remove(place);
        (key, value)
    }

    /// The index of a key, if it is in the map.
    fun find<Key: store, Value: store>(self: &SimpleMap<Key, Value>, key: &Key): Option<u64> {
        let length = self.data.length();
        for (i in 0..length) {
            if (&self.data[i].key == key) return option::some(i);
        };
        option::none()
    }

    /// The index of a key that has to be in the map.
    fun place<Key: store, Value: store>(self: &SimpleMap<Key, Value>, key: &Key): u64 {
        let place = self.find(key);
        assert!(place.is_some(), error::invalid_argument(EKEY_NOT_FOUND));
        place.destroy_some()
    }
}
