/// A map that keeps its keys in order, inside the value that contains it.
///
/// It is a sorted vector: lookups take O(log n) comparisons, changes move the entries behind them.
/// Keys are ordered by `std::cmp::compare`. Use `big_ordered_map` where the size has no bound.
///
/// An `IteratorPtr` is a position, not a reference: any change of the map's keys makes it
/// meaningless, and nothing detects that. Functions that return one are named `internal_*`.
module aptos_std::ordered_map {
    use std::cmp;
    use std::error;
    use std::mem;
    use std::option::{Self, Option};

    /// The map has an entry for this key already
    const EKEY_ALREADY_EXISTS: u64 = 1;
    /// The map has no entry for this key
    const EKEY_NOT_FOUND: u64 = 2;
    /// The iterator would leave the map, or points to its end
    const EITER_OUT_OF_BOUNDS: u64 = 3;
    /// The new key does not fit between its neighbours
    const ENEW_KEY_NOT_IN_ORDER: u64 = 4;

    /// A key and its value.
    struct Entry<K, V> has drop, copy, store {
        key: K,
        value: V,
    }

    /// A map from `K` to `V`, ordered by key.
    enum OrderedMap<K, V> has drop, copy, store {
        SortedVectorMap {
            /// Strictly increasing by key.
            entries: vector<Entry<K, V>>,
        }
    }

    /// A position in a map.
    enum IteratorPtr has copy, drop {
        /// Behind the last entry.
        End,
        /// At an entry.
        Position { index: u64 },
    }

    /// Creates an empty map.
    public fun new<K, V>(): OrderedMap<K, V> {
        OrderedMap::SortedVectorMap { entries: vector[] }
    }

    /// Creates a map from keys, in any order, and their values.
    /// Aborts with `EKEY_ALREADY_EXISTS` if a key comes twice.
    public fun new_from<K, V>(keys: vector<K>, values: vector<V>): OrderedMap<K, V> {
        let map = new();
        map.add_all(keys, values);
        map
    }

    /// The number of entries.
    public fun length<K, V>(self: &OrderedMap<K, V>): u64 {
        self.entries.length()
    }

    /// Whether there are no entries.
    public fun is_empty<K, V>(self: &OrderedMap<K, V>): bool {
        self.entries.is_empty()
    }

    /// Adds an entry. Aborts with `EKEY_ALREADY_EXISTS` if there is one for `key`.
    public fun add<K, V>(self: &mut OrderedMap<K, V>, key: K, value: V) {
        let index = self.lower_bound_index(&key);
        assert!(!self.is_at(index, &key), error::invalid_argument(EKEY_ALREADY_EXISTS));
        self.entries.insert(index, Entry { key, value });
    }

    /// Adds an entry, or replaces the value of the one that is there and returns the old value.
    public fun upsert<K: drop, V>(self: &mut OrderedMap<K, V>, key: K, value: V): Option<V> {
        let index = self.lower_bound_index(&key);
        if (self.is_at(index, &key)) {
            option::some(mem::replace(&mut self.entries[index].value, value))
        } else {
            self.entries.insert(index, Entry { key, value });
            option::none()
        }
    }

    /// Removes the entry of `key` and returns its value. Aborts with `EKEY_NOT_FOUND` without one.
    public fun remove<K: drop, V>(self: &mut OrderedMap<K, V>, key: &K): V {
        let index = self.index_of(key);
        let Entry { key: _, value } = self.entries.remove(index);
        value
    }

    /// Removes the entry of `key`, if there is one, and returns its value.
    public fun remove_or_none<K: drop, V>(self: &mut OrderedMap<K, V>, key: &K): Option<V> {
        let index = self.lower_bound_index(key);
        if (self.is_at(index, key)) {
            let Entry { key: _, value } = self.entries.remove(index);
            option::some(value)
        } else {
            option::none()
        }
    }

    /// Whether there is an entry for `key`.
    public fun contains<K, V>(self: &OrderedMap<K, V>, key: &K): bool {
        self.is_at(self.lower_bound_index(key), key)
    }

    /// Borrows the value of `key`. Aborts with `EKEY_NOT_FOUND` if there is none.
    public fun borrow<K, V>(self: &OrderedMap<K, V>, key: &K): &V {
        let index = self.index_of(key);
        &self.entries[index].value
    }

    /// Borrows the value of `key` for writing. Aborts with `EKEY_NOT_FOUND` if there is none.
    public fun borrow_mut<K, V>(self: &mut OrderedMap<K, V>, key: &K): &mut V {
        let index = self.index_of(key);
        &mut self.entries[index].value
    }

    /// A copy of the value of `key`, if there is one.
    public fun get<K: drop + copy + store, V: copy + store>(
        self: &OrderedMap<K, V>, key: &K
    ): Option<V> {
        let index = self.lower_bound_index(key);
        if (self.is_at(index, key)) option::some(self.entries[index].value) else option::none()
    }

    /// What `f` makes of the value of `key`, if there is one.
    public inline fun get_and_map<K: drop + copy + store, V: copy + store, R>(
        self: &OrderedMap<K, V>, key: &K, f: |&V| R
    ): Option<R> {
        let iter = self.internal_find(key);
        if (iter.iter_is_end(self)) {
            option::none()
        } else {
            option::some(f(iter.iter_borrow(self)))
        }
    }

    /// Replaces a key by one that has the same place in the order; the value stays.
    /// Aborts with `EKEY_NOT_FOUND` without an entry for `old_key`, and with
    /// `ENEW_KEY_NOT_IN_ORDER` if `new_key` does not lie between the neighbours of `old_key`.
    public fun replace_key_inplace<K: drop, V>(
        self: &mut OrderedMap<K, V>, old_key: &K, new_key: K
    ) {
        let index = self.index_of(old_key);
        assert!(
            self.fits_behind(index, &new_key) && self.fits_before(index + 1, &new_key),
            error::invalid_argument(ENEW_KEY_NOT_IN_ORDER)
        );
        self.entries[index].key = new_key;
    }

    /// Adds keys and their values. Aborts with `EKEY_ALREADY_EXISTS` if a key is there already.
    public fun add_all<K, V>(self: &mut OrderedMap<K, V>, keys: vector<K>, values: vector<V>) {
        keys.zip(values, |key, value| self.add(key, value));
    }

    /// Adds keys and their values, in place of the values of keys that are there already.
    public fun upsert_all<K: drop, V: drop>(
        self: &mut OrderedMap<K, V>, keys: vector<K>, values: vector<V>
    ) {
        keys.zip(values, |key, value| {
            self.upsert(key, value);
        });
    }

    /// Adds the entries of `other`, which win over entries for the same keys.
    public fun append<K: drop, V: drop>(self: &mut OrderedMap<K, V>, other: OrderedMap<K, V>) {
        self.merge(other);
    }

    /// Adds the entries of `other`.
    /// Aborts with `EKEY_ALREADY_EXISTS` if the two maps have a key in common.
    public fun append_disjoint<K, V>(self: &mut OrderedMap<K, V>, other: OrderedMap<K, V>) {
        let overridden = self.merge(other);
        assert!(overridden.is_empty(), error::invalid_argument(EKEY_ALREADY_EXISTS));
        overridden.destroy_empty();
    }

    /// Cuts the map to its first `at` entries and returns the others.
    /// Aborts if there are fewer than `at`.
    public fun trim<K, V>(self: &mut OrderedMap<K, V>, at: u64): OrderedMap<K, V> {
        OrderedMap::SortedVectorMap { entries: self.entries.trim(at) }
    }

    /// The first key and its value. Aborts with `EITER_OUT_OF_BOUNDS` if the map is empty.
    public fun borrow_front<K, V>(self: &OrderedMap<K, V>): (&K, &V) {
        assert!(!self.entries.is_empty(), error::invalid_argument(EITER_OUT_OF_BOUNDS));
        let entry = self.entries.borrow(0);
        (&entry.key, &entry.value)
    }

    /// The last key and its value. Aborts with `EITER_OUT_OF_BOUNDS` if the map is empty.
    public fun borrow_back<K, V>(self: &OrderedMap<K, V>): (&K, &V) {
        assert!(!self.entries.is_empty(), error::invalid_argument(EITER_OUT_OF_BOUNDS));
        let entry = self.entries.borrow(self.entries.length() - 1);
        (&entry.key, &entry.value)
    }

    /// Removes the first entry. Aborts if the map is empty.
    public fun pop_front<K, V>(self: &mut OrderedMap<K, V>): (K, V) {
        let Entry { key, value } = self.entries.remove(0);
        (key, value)
    }

    /// Removes the last entry. Aborts if the map is empty.
    public fun pop_back<K, V>(self: &mut OrderedMap<K, V>): (K, V) {
        let Entry { key, value } = self.entries.pop_back();
        (key, value)
    }

    /// The greatest key below `key`, which itself need not be in the map.
    public fun prev_key<K: copy, V>(self: &OrderedMap<K, V>, key: &K): Option<K> {
        let index = self.lower_bound_index(key);
        if (index == 0) option::none() else option::some(self.entries[index - 1].key)
    }

    /// The least key above `key`, which itself need not be in the map.
    public fun next_key<K: copy, V>(self: &OrderedMap<K, V>, key: &K): Option<K> {
        let index = self.lower_bound_index(key);
        if (self.is_at(index, key)) index += 1;
        if (index == self.length()) option::none() else option::some(self.entries[index].key)
    }

    /// The first position whose key is not below `key`, or the end.
    public fun internal_lower_bound<K, V>(self: &OrderedMap<K, V>, key: &K): IteratorPtr {
        self.iter_at(self.lower_bound_index(key))
    }

    /// The position of `key`, or the end if the map does not contain it.
    public fun internal_find<K, V>(self: &OrderedMap<K, V>, key: &K): IteratorPtr {
        let index = self.lower_bound_index(key);
        if (self.is_at(index, key)) IteratorPtr::Position { index } else IteratorPtr::End
    }

    /// The first position, which is the end if the map is empty.
    public fun internal_new_begin_iter<K, V>(self: &OrderedMap<K, V>): IteratorPtr {
        self.iter_at(0)
    }

    /// The position behind the last entry.
    public fun internal_new_end_iter<K, V>(self: &OrderedMap<K, V>): IteratorPtr {
        self.iter_at(self.length())
    }

    /// The next position. Aborts with `EITER_OUT_OF_BOUNDS` at the end.
    public fun iter_next<K, V>(self: IteratorPtr, map: &OrderedMap<K, V>): IteratorPtr {
        map.iter_at(self.entry_index() + 1)
    }

    /// The previous position. Aborts with `EITER_OUT_OF_BOUNDS` at the first one.
    public fun iter_prev<K, V>(self: IteratorPtr, map: &OrderedMap<K, V>): IteratorPtr {
        let index = self.insertion_index(map);
        assert!(index > 0, error::invalid_argument(EITER_OUT_OF_BOUNDS));
        IteratorPtr::Position { index: index - 1 }
    }

    /// Whether this is the first position (the end is, in an empty map).
    public fun iter_is_begin<K, V>(self: &IteratorPtr, map: &OrderedMap<K, V>): bool {
        self.insertion_index(map) == 0
    }

    /// Whether this is the first position of a map that is known not to be empty.
    public fun iter_is_begin_from_non_empty(self: &IteratorPtr): bool {
        match (self) {
            IteratorPtr::Position { index } => *index == 0,
            IteratorPtr::End => false,
        }
    }

    /// Whether this is the position behind the last entry.
    public fun iter_is_end<K, V>(self: &IteratorPtr, _map: &OrderedMap<K, V>): bool {
        self is IteratorPtr::End
    }

    /// Borrows the key at a position. Aborts with `EITER_OUT_OF_BOUNDS` at the end.
    public fun iter_borrow_key<K, V>(self: &IteratorPtr, map: &OrderedMap<K, V>): &K {
        let index = self.entry_index();
        &map.entries[index].key
    }

    /// Borrows the value at a position. Aborts with `EITER_OUT_OF_BOUNDS` at the end.
    public fun iter_borrow<K, V>(self: IteratorPtr, map: &OrderedMap<K, V>): &V {
        let index = self.entry_index();
        &map.entries[index].value
    }

    /// Borrows the value at a position for writing. Aborts with `EITER_OUT_OF_BOUNDS` at the end.
    public fun iter_borrow_mut<K, V>(self: IteratorPtr, map: &mut OrderedMap<K, V>): &mut V {
        let index = self.entry_index();
        &mut map.entries[index].value
    }

    /// Lets `f` change the value at a position, and returns what `f` returns.
    /// Aborts with `EITER_OUT_OF_BOUNDS` at the end.
    public inline fun iter_modify<K, V, R>(
        self: IteratorPtr, map: &mut OrderedMap<K, V>, f: |&mut V| R
    ): R {
        f(self.iter_borrow_mut(map))
    }

    /// Lets `f` change the value of `key`. Aborts with `EKEY_NOT_FOUND` if there is none.
    public inline fun modify<K, V>(self: &mut OrderedMap<K, V>, key: &K, f: |&mut V|) {
        f(self.borrow_mut(key))
    }

    /// Lets `modify_f` change the value of `key` if there is one; returns whether there is.
    public inline fun modify_if_present<K, V>(
        self: &mut OrderedMap<K, V>, key: &K, modify_f: |&mut V|
    ): bool {
        let iter = self.internal_find(key);
        let found = !iter.iter_is_end(self);
        if (found) modify_f(iter.iter_borrow_mut(self));
        found
    }

    /// Lets `modify_f` change the value of `key`, or adds what `add_f` returns if there is none.
    /// Returns whether there was one.
    public inline fun modify_or_add<K: drop + copy + store, V: store>(
        self: &mut OrderedMap<K, V>, key: &K, modify_f: |&mut V|, add_f: || V
    ): bool {
        let iter = self.internal_find(key);
        let found = !iter.iter_is_end(self);
        if (found) {
            modify_f(iter.iter_borrow_mut(self))
        } else {
            self.add(*key, add_f())
        };
        found
    }

    /// Removes the entry at a position and returns its value.
    /// Aborts with `EITER_OUT_OF_BOUNDS` at the end.
    public fun iter_remove<K: drop, V>(self: IteratorPtr, map: &mut OrderedMap<K, V>): V {
        let Entry { key: _, value } = map.entries.remove(self.entry_index());
        value
    }

    /// Replaces the value at a position and returns the old one.
    /// Aborts with `EITER_OUT_OF_BOUNDS` at the end.
    public fun iter_replace<K: copy + drop, V>(
        self: IteratorPtr, map: &mut OrderedMap<K, V>, value: V
    ): V {
        let index = self.entry_index();
        mem::replace(&mut map.entries[index].value, value)
    }

    /// Adds an entry in front of a position.
    /// Aborts with `ENEW_KEY_NOT_IN_ORDER` if `key` does not belong there.
    public fun iter_add<K, V>(self: IteratorPtr, map: &mut OrderedMap<K, V>, key: K, value: V) {
        let index = self.insertion_index(map);
        assert!(
            map.fits_behind(index, &key) && map.fits_before(index, &key),
            error::invalid_argument(ENEW_KEY_NOT_IN_ORDER)
        );
        map.entries.insert(index, Entry { key, value });
    }

    /// Destroys an empty map. Aborts if it has entries.
    public fun destroy_empty<K, V>(self: OrderedMap<K, V>) {
        let OrderedMap::SortedVectorMap { entries } = self;
        entries.destroy_empty()
    }

    /// All keys, in order.
    public fun keys<K: copy, V>(self: &OrderedMap<K, V>): vector<K> {
        self.entries.map_ref(|entry| entry.key)
    }

    /// All values, in the order of their keys.
    public fun values<K, V: copy>(self: &OrderedMap<K, V>): vector<V> {
        self.entries.map_ref(|entry| entry.value)
    }

    /// Takes the map apart into its keys, in order, and their values.
    public fun to_vec_pair<K, V>(self: OrderedMap<K, V>): (vector<K>, vector<V>) {
        let OrderedMap::SortedVectorMap { entries } = self;
        let keys = vector[];
        let values = vector[];
        entries.for_each(|entry| {
            let Entry { key, value } = entry;
            keys.push_back(key);
            values.push_back(value);
        });
        (keys, values)
    }

    /// Destroys the map, its keys by `dk` and its values by `dv`.
    public inline fun destroy<K, V>(self: OrderedMap<K, V>, dk: |K|, dv: |V|) {
        let (keys, values) = self.to_vec_pair();
        keys.destroy(|key| dk(key));
        values.destroy(|value| dv(value));
    }

    /// Destroys the map and gives every key and value to `f`, in order.
    public inline fun for_each<K, V>(self: OrderedMap<K, V>, f: |K, V|) {
        let (keys, values) = self.to_vec_pair();
        keys.zip(values, |key, value| f(key, value));
    }

    /// Shows every key and value to `f`, in order.
    public inline fun for_each_ref<K, V>(self: &OrderedMap<K, V>, f: |&K, &V|) {
        let iter = self.internal_new_begin_iter();
        while (!iter.iter_is_end(self)) {
            f(iter.iter_borrow_key(self), iter.iter_borrow(self));
            iter = iter.iter_next(self);
        }
    }

    /// Shows every key to `f`, in order, and lets it change the value.
    public inline fun for_each_mut<K: copy + drop, V>(
        self: &mut OrderedMap<K, V>, f: |&K, &mut V|
    ) {
        let iter = self.internal_new_begin_iter();
        while (!iter.iter_is_end(self)) {
            let key = *iter.iter_borrow_key(self);
            f(&key, iter.iter_borrow_mut(self));
            iter = iter.iter_next(self);
        }
    }

    /// The index of the first entry whose key is not below `key`.
    fun lower_bound_index<K, V>(self: &OrderedMap<K, V>, key: &K): u64 {
        let entries = &self.entries;
        let low = 0;
        let high = entries.length();
        while (low < high) {
            let middle = low + (high - low) / 2;
            if (cmp::compare(&entries[middle].key, key).is_lt()) {
                low = middle + 1
            } else {
                high = middle
            }
        };
        low
    }

    fun index_of<K, V>(self: &OrderedMap<K, V>, key: &K): u64 {
        let index = self.lower_bound_index(key);
        assert!(self.is_at(index, key), error::invalid_argument(EKEY_NOT_FOUND));
        index
    }

    fun is_at<K, V>(self: &OrderedMap<K, V>, index: u64, key: &K): bool {
        index < self.entries.length() && &self.entries[index].key == key
    }

    /// Whether `key` is above the key of the entry in front of `index`, if there is one.
    fun fits_behind<K, V>(self: &OrderedMap<K, V>, index: u64, key: &K): bool {
        index == 0 || cmp::compare(&self.entries[index - 1].key, key).is_lt()
    }

    /// Whether `key` is below the key of the entry at `index`, if there is one.
    fun fits_before<K, V>(self: &OrderedMap<K, V>, index: u64, key: &K): bool {
        index >= self.entries.length() || cmp::compare(key, &self.entries[index].key).is_lt()
    }

    /// Merges the entries of `other` into the map; returns the entries that they took the place of.
    fun merge<K, V>(
        self: &mut OrderedMap<K, V>, other: OrderedMap<K, V>
    ): vector<Entry<K, V>> {
        let OrderedMap::SortedVectorMap { entries: added } = other;
        let overridden = vector[];
        let entries = &mut self.entries;
        // The greatest entries, in descending order: all that is above what is left in the two.
        let tail = vector[];
        while (!added.is_empty() && !entries.is_empty()) {
            let mine = entries.length() - 1;
            let order = cmp::compare(&entries[mine].key, &added[0].key);
            if (order.is_lt()) break;
            let last = added.length() - 1;
            let order = cmp::compare(&entries[mine].key, &added[last].key);
            if (order.is_lt()) {
                tail.push_back(added.pop_back())
            } else if (order.is_gt()) {
                tail.push_back(entries.pop_back())
            } else {
                overridden.push_back(entries.pop_back())
            }
        };
        entries.append(added);
        entries.reverse_append(tail);
        overridden
    }

    fun iter_at<K, V>(self: &OrderedMap<K, V>, index: u64): IteratorPtr {
        if (index < self.length()) IteratorPtr::Position { index } else IteratorPtr::End
    }

    /// The index of the entry at a position. Aborts with `EITER_OUT_OF_BOUNDS` at the end.
    fun entry_index(self: &IteratorPtr): u64 {
        match (self) {
            IteratorPtr::Position { index } => *index,
            IteratorPtr::End => abort error::invalid_argument(EITER_OUT_OF_BOUNDS),
        }
    }

    /// The index that an entry added in front of a position gets.
    fun insertion_index<K, V>(self: &IteratorPtr, map: &OrderedMap<K, V>): u64 {
        match (self) {
            IteratorPtr::Position { index } => *index,
            IteratorPtr::End => map.length(),
        }
    }

    #[test_only]
    /// Aborts unless the keys are in order.
    public fun validate_ordered<K, V>(self: &OrderedMap<K, V>) {
        for (i in 1..self.length()) {
            assert!(self.fits_behind(i, &self.entries[i].key));
        }
    }
}
