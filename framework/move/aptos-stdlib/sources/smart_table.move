/// A hash table of any size that keeps several entries in one storage slot, and can be iterated.
///
/// It grows by linear hashing: whenever it is loaded above a threshold, one bucket is split in two.
/// With `level` bits already in full use, an entry is in the bucket of the lowest `level + 1` bits
/// of its hash, or of the lowest `level` bits if that bucket does not exist yet.
module aptos_std::smart_table {
    use std::error;
    use std::option::{Self, Option};
    use aptos_std::aptos_hash::sip_hash_from_value;
    use aptos_std::math64::max;
    use aptos_std::simple_map::{Self, SimpleMap};
    use aptos_std::table_with_length::{Self, TableWithLength};
    use aptos_std::type_info::size_of_val;

    /// The table has no entry for this key
    const ENOT_FOUND: u64 = 1;
    /// A table cannot be destroyed while it has entries
    const ENOT_EMPTY: u64 = 3;
    /// The table has an entry for this key already
    const EALREADY_EXIST: u64 = 4;
    /// The load threshold is a percentage from 1 to 100
    const EINVALID_LOAD_THRESHOLD_PERCENT: u64 = 5;
    /// The target size of buckets cannot be 0
    const EINVALID_TARGET_BUCKET_SIZE: u64 = 6;
    /// Too many keys have hashes that end alike
    const EEXCEED_MAX_BUCKET_SIZE: u64 = 7;
    /// There is no such bucket
    const EINVALID_BUCKET_INDEX: u64 = 8;
    /// There is no such entry in the bucket
    const EINVALID_VECTOR_INDEX: u64 = 9;

    const DEFAULT_NUM_BUCKETS: u64 = 2;
    const DEFAULT_LOAD_THRESHOLD: u8 = 75;
    /// The bytes that a bucket should have, if its target size is not configured.
    const BUCKET_BYTES: u64 = 1024;
    const MAX_BUCKET_SIZE: u64 = 10000;

    /// A key, its hash, and its value.
    struct Entry<K, V> has copy, drop, store {
        hash: u64,
        key: K,
        value: V,
    }

    /// A hash table from `K` to `V`.
    struct SmartTable<K, V> has store {
        buckets: TableWithLength<u64, vector<Entry<K, V>>>,
        num_buckets: u64,
        // 2^level is the greatest power of two that is not above num_buckets.
        level: u8,
        // The number of entries.
        size: u64,
        // The percentage of size in num_buckets * target_bucket_size from which on buckets split.
        split_load_threshold: u8,
        // The number of entries that a bucket should have; 0 until the first entry decides.
        target_bucket_size: u64,
    }

    /// Creates an empty table with the default configuration.
    public fun new<K: copy + drop + store, V: store>(): SmartTable<K, V> {
        new_with_config(0, 0, 0)
    }

    /// Creates an empty table of `num_initial_buckets` (2 for a 0), in which a bucket is split at a
    /// load of `split_load_threshold` percent (75 for a 0) of buckets of `target_bucket_size`
    /// entries (for a 0, the size of the first entry decides).
    /// Aborts with `EINVALID_LOAD_THRESHOLD_PERCENT` if the threshold is above 100.
    public fun new_with_config<K: copy + drop + store, V: store>(
        num_initial_buckets: u64, split_load_threshold: u8, target_bucket_size: u64
    ): SmartTable<K, V> {
        assert!(
            split_load_threshold <= 100,
            error::invalid_argument(EINVALID_LOAD_THRESHOLD_PERCENT)
        );
        let buckets = table_with_length::new();
        buckets.add(0, vector[]);
        let table = SmartTable {
            buckets,
            num_buckets: 1,
            level: 0,
            size: 0,
            split_load_threshold:
                if (split_load_threshold == 0) DEFAULT_LOAD_THRESHOLD else split_load_threshold,
            target_bucket_size,
        };
        let num_buckets =
            if (num_initial_buckets == 0) DEFAULT_NUM_BUCKETS else num_initial_buckets;
        while (table.num_buckets < num_buckets) table.split_one_bucket();
        table
    }

    /// Destroys an empty table. Aborts with `ENOT_EMPTY` if it has entries.
    public fun destroy_empty<K, V>(self: SmartTable<K, V>) {
        assert!(self.size == 0, error::invalid_argument(ENOT_EMPTY));
        for (i in 0..self.num_buckets) {
            self.buckets.remove(i).destroy_empty();
        };
        let SmartTable {
            buckets,
            num_buckets: _,
            level: _,
            size: _,
            split_load_threshold: _,
            target_bucket_size: _,
        } = self;
        buckets.destroy_empty();
    }

    /// Destroys the table and its entries.
    public fun destroy<K: drop, V: drop>(self: SmartTable<K, V>) {
        self.clear();
        self.destroy_empty();
    }

    /// Removes all entries, and all buckets but one.
    public fun clear<K: drop, V: drop>(self: &mut SmartTable<K, V>) {
        *self.buckets.borrow_mut(0) = vector[];
        for (i in 1..self.num_buckets) {
            self.buckets.remove(i);
        };
        self.num_buckets = 1;
        self.level = 0;
        self.size = 0;
    }

    /// Adds an entry, and splits a bucket if the table is loaded above its threshold.
    /// Aborts with `EALREADY_EXIST` if there is one for `key`, and with `EEXCEED_MAX_BUCKET_SIZE`
    /// if its bucket has more than 10,000 entries.
    public fun add<K, V>(self: &mut SmartTable<K, V>, key: K, value: V) {
        let hash = sip_hash_from_value(&key);
        let bucket = self.buckets.borrow_mut(bucket_index(self.level, self.num_buckets, hash));
        assert!(
            bucket.length() <= MAX_BUCKET_SIZE,
            error::permission_denied(EEXCEED_MAX_BUCKET_SIZE)
        );
        assert!(
            find_entry(bucket, &key).is_none(),
            error::invalid_argument(EALREADY_EXIST)
        );
        let entry = Entry { hash, key, value };
        if (self.target_bucket_size == 0) {
            self.target_bucket_size = max(BUCKET_BYTES / max(size_of_val(&entry), 1), 1);
        };
        bucket.push_back(entry);
        self.size += 1;
        if (self.load_factor() >= (self.split_load_threshold as u64)) self.split_one_bucket();
    }

    /// Adds keys and their values. Aborts with `EALREADY_EXIST` if a key is there already.
    public fun add_all<K, V>(self: &mut SmartTable<K, V>, keys: vector<K>, values: vector<V>) {
        keys.zip(values, |key, value| self.add(key, value));
    }

    /// Copies entries of a bucket into a vector of keys and one of values.
    public fun unzip_entries<K: copy, V: copy>(
        entries: &vector<Entry<K, V>>
    ): (vector<K>, vector<V>) {
        let keys = vector[];
        let values = vector[];
        entries.for_each_ref(|entry| {
            keys.push_back(entry.key);
            values.push_back(entry.value);
        });
        (keys, values)
    }

    /// Copies all entries into a map that lies in one place.
    public fun to_simple_map<K: store + copy + drop, V: store + copy>(
        self: &SmartTable<K, V>
    ): SimpleMap<K, V> {
        let map = simple_map::new();
        for (i in 0..self.num_buckets) {
            let (keys, values) = unzip_entries(self.buckets.borrow(i));
            map.add_all(keys, values);
        };
        map
    }

    /// All keys, in an order that depends on their hashes.
    public fun keys<K: store + copy + drop, V: store + copy>(
        self: &SmartTable<K, V>
    ): vector<K> {
        let (keys, _, _) = self.keys_paginated(0, 0, self.size);
        keys
    }

    /// At most `num_keys_to_get` keys from an entry of a bucket on, and the bucket and entry to go
    /// on with, or none after the last key. Start with bucket 0 and entry 0.
    /// Aborts with `EINVALID_BUCKET_INDEX` or `EINVALID_VECTOR_INDEX` if there is no such place.
    public fun keys_paginated<K: store + copy + drop, V: store + copy>(
        self: &SmartTable<K, V>,
        starting_bucket_index: u64,
        starting_vector_index: u64,
        num_keys_to_get: u64
    ): (vector<K>, Option<u64>, Option<u64>) {
        assert!(starting_bucket_index < self.num_buckets, EINVALID_BUCKET_INDEX);
        let start = starting_vector_index;
        assert!(
            start == 0 || start < self.buckets.borrow(starting_bucket_index).length(),
            EINVALID_VECTOR_INDEX
        );
        let keys = vector[];
        for (i in starting_bucket_index..self.num_buckets) {
            let bucket = self.buckets.borrow(i);
            for (j in start..bucket.length()) {
                if (keys.length() == num_keys_to_get) {
                    return (keys, option::some(i), option::some(j))
                };
                keys.push_back(bucket[j].key);
            };
            start = 0;
        };
        (keys, option::none(), option::none())
    }

    /// Adds a bucket, and moves into it the entries that belong there now. All of them are in the
    /// bucket whose index differs in the highest bit.
    fun split_one_bucket<K, V>(self: &mut SmartTable<K, V>) {
        let added = self.num_buckets;
        let split = added ^ (1 << self.level);
        self.num_buckets = added + 1;
        // The level is complete when its last bucket is split.
        if (split + 1 == 1 << self.level) self.level += 1;

        let entries = self.buckets.borrow_mut(split);
        let moved = vector[];
        let i = entries.length();
        while (i > 0) {
            i -= 1;
            if (bucket_index(self.level, self.num_buckets, entries[i].hash) != split) {
                moved.push_back(entries.swap_remove(i));
            }
        };
        self.buckets.add(added, moved);
    }

    /// The bucket for a hash, in a table of `num_buckets` of which at least 2^level exist.
    fun bucket_index(level: u8, num_buckets: u64, hash: u64): u64 {
        let index = hash % (1 << (level + 1));
        if (index < num_buckets) index else index % (1 << level)
    }

    /// Borrows the value of `key`. Aborts with `ENOT_FOUND` if there is none.
    public fun borrow<K: drop, V>(self: &SmartTable<K, V>, key: K): &V {
        let bucket = self.buckets.borrow(self.bucket_of(&key));
        let found = find_entry(bucket, &key);
        assert!(found.is_some(), error::invalid_argument(ENOT_FOUND));
        &bucket[found.destroy_some()].value
    }

    /// Borrows the value of `key`, or `default` if there is none.
    public fun borrow_with_default<K: copy + drop, V>(
        self: &SmartTable<K, V>, key: K, default: &V
    ): &V {
        if (self.contains(copy key)) self.borrow(key) else default
    }

    /// Borrows the value of `key` for writing. Aborts with `ENOT_FOUND` if there is none.
    public fun borrow_mut<K: drop, V>(self: &mut SmartTable<K, V>, key: K): &mut V {
        let index = self.bucket_of(&key);
        let bucket = self.buckets.borrow_mut(index);
        let found = find_entry(bucket, &key);
        assert!(found.is_some(), error::invalid_argument(ENOT_FOUND));
        &mut bucket[found.destroy_some()].value
    }

    /// Borrows the value of `key` for writing, after storing `default` there if there was none.
    public fun borrow_mut_with_default<K: copy + drop, V: drop>(
        self: &mut SmartTable<K, V>, key: K, default: V
    ): &mut V {
        if (!self.contains(copy key)) self.add(copy key, default);
        self.borrow_mut(key)
    }

    /// Whether there is an entry for `key`.
    public fun contains<K: drop, V>(self: &SmartTable<K, V>, key: K): bool {
        find_entry(self.buckets.borrow(self.bucket_of(&key)), &key).is_some()
    }

    /// Removes the entry of `key` and returns its value. Aborts with `ENOT_FOUND` without one.
    public fun remove<K: copy + drop, V>(self: &mut SmartTable<K, V>, key: K): V {
        let index = self.bucket_of(&key);
        let bucket = self.buckets.borrow_mut(index);
        let found = find_entry(bucket, &key);
        assert!(found.is_some(), error::invalid_argument(ENOT_FOUND));
        let Entry { hash: _, key: _, value } = bucket.swap_remove(found.destroy_some());
        self.size -= 1;
        value
    }

    /// Stores `value` for `key`, in place of what was there.
    public fun upsert<K: copy + drop, V: drop>(self: &mut SmartTable<K, V>, key: K, value: V) {
        if (self.contains(copy key)) {
            *self.borrow_mut(key) = value
        } else {
            self.add(key, value)
        }
    }

    /// The number of entries.
    public fun length<K, V>(self: &SmartTable<K, V>): u64 {
        self.size
    }

    /// The percentage of entries in those that buckets of the target size have room for.
    public fun load_factor<K, V>(self: &SmartTable<K, V>): u64 {
        self.size * 100 / self.num_buckets / self.target_bucket_size
    }

    /// Sets the load from which on buckets split.
    /// Aborts with `EINVALID_LOAD_THRESHOLD_PERCENT` unless it is in 1..=100.
    public fun update_split_load_threshold<K, V>(
        self: &mut SmartTable<K, V>, split_load_threshold: u8
    ) {
        assert!(
            split_load_threshold > 0 && split_load_threshold <= 100,
            error::invalid_argument(EINVALID_LOAD_THRESHOLD_PERCENT)
        );
        self.split_load_threshold = split_load_threshold;
    }

    /// Sets the number of entries that a bucket should have.
    /// Aborts with `EINVALID_TARGET_BUCKET_SIZE` if it is 0.
    public fun update_target_bucket_size<K, V>(
        self: &mut SmartTable<K, V>, target_bucket_size: u64
    ) {
        assert!(target_bucket_size > 0, error::invalid_argument(EINVALID_TARGET_BUCKET_SIZE));
        self.target_bucket_size = target_bucket_size;
    }

    /// Shows every key and value to `f`.
    public inline fun for_each_ref<K, V>(self: &SmartTable<K, V>, f: |&K, &V|) {
        for (i in 0..self.num_buckets()) {
            self.borrow_buckets().borrow(i).for_each_ref(|entry| {
                let (key, value) = entry.borrow_kv();
                f(key, value);
            });
        }
    }

    /// Shows every key to `f`, and lets it change the value.
    public inline fun for_each_mut<K, V>(self: &mut SmartTable<K, V>, f: |&K, &mut V|) {
        for (i in 0..self.num_buckets()) {
            self.borrow_buckets_mut().borrow_mut(i).for_each_mut(|entry| {
                let (key, value) = entry.borrow_kv_mut();
                f(key, value);
            });
        }
    }

    /// A table of the same keys, with what `f` makes of their values.
    public inline fun map_ref<K: copy + drop + store, V1, V2: store>(
        self: &SmartTable<K, V1>, f: |&V1| V2
    ): SmartTable<K, V2> {
        let mapped = aptos_std::smart_table::new<K, V2>();
        self.for_each_ref(|key, value| mapped.add(*key, f(value)));
        mapped
    }

    /// Whether `p` holds for an entry.
    public inline fun any<K, V>(self: &SmartTable<K, V>, p: |&K, &V| bool): bool {
        let found = false;
        let i = 0;
        while (!found && i < self.num_buckets()) {
            found = self.borrow_buckets().borrow(i).any(|entry| {
                let (key, value) = entry.borrow_kv();
                p(key, value)
            });
            i += 1;
        };
        found
    }

    /// The key and the value of an entry of a bucket; for `for_each_ref` and the like.
    public fun borrow_kv<K, V>(self: &Entry<K, V>): (&K, &V) {
        (&self.key, &self.value)
    }

    /// The key and the value, for writing, of an entry of a bucket; for `for_each_mut`.
    public fun borrow_kv_mut<K, V>(self: &mut Entry<K, V>): (&mut K, &mut V) {
        (&mut self.key, &mut self.value)
    }

    /// The number of buckets.
    public fun num_buckets<K, V>(self: &SmartTable<K, V>): u64 {
        self.num_buckets
    }

    /// The buckets, numbered from 0; for `for_each_ref` and the like.
    public fun borrow_buckets<K, V>(
        self: &SmartTable<K, V>
    ): &TableWithLength<u64, vector<Entry<K, V>>> {
        &self.buckets
    }

    /// The buckets, numbered from 0, for writing; for `for_each_mut`.
    public fun borrow_buckets_mut<K, V>(
        self: &mut SmartTable<K, V>
    ): &mut TableWithLength<u64, vector<Entry<K, V>>> {
        &mut self.buckets
    }

    fun bucket_of<K, V>(self: &SmartTable<K, V>, key: &K): u64 {
        bucket_index(self.level, self.num_buckets, sip_hash_from_value(key))
    }

    fun find_entry<K, V>(bucket: &vector<Entry<K, V>>, key: &K): Option<u64> {
        for (i in 0..bucket.length()) {
            if (&bucket[i].key == key) return option::some(i)
        };
        option::none()
    }

    #[test_only]
    /// `keys` entries of the squares of their keys, in buckets of about four.
    fun squares(keys: u64): SmartTable<u64, u64> {
        let table = new_with_config(1, 100, 4);
        for (key in 0..keys) table.add(key, key * key);
        table
    }

    #[test_only]
    /// Aborts unless every entry is in the bucket where it is looked up.
    fun validate<K: drop, V>(self: &SmartTable<K, V>) {
        assert!(1 << self.level <= self.num_buckets && self.num_buckets < 1 << (self.level + 1));
        assert!(self.buckets.length() == self.num_buckets);
        let size = 0;
        for (i in 0..self.num_buckets) {
            let bucket = self.buckets.borrow(i);
            size += bucket.length();
            bucket.for_each_ref(|entry| {
                assert!(entry.hash == sip_hash_from_value(&entry.key));
                assert!(bucket_index(self.level, self.num_buckets, entry.hash) == i);
            });
        };
        assert!(size == self.size);
    }

    #[test]
    fun entries_are_found_while_buckets_split() {
        let table = squares(0);
        for (key in 0..200) {
            table.add(key, key * key);
            table.validate();
        };
        assert!(table.length() == 200 && table.num_buckets() >= 50 && table.load_factor() < 100);
        for (key in 0..200) {
            assert!(table.contains(key) && *table.borrow(key) == key * key);
            *table.borrow_mut(key) += 1;
        };
        assert!(!table.contains(200));
        for (key in 0..200) assert!(table.remove(key) == key * key + 1);
        table.validate();
        table.destroy_empty();
    }

    #[test]
    fun defaults_are_stored_only_by_mutable_borrows() {
        let table = new<vector<u8>, u64>();
        assert!(*table.borrow_with_default(b"a", &5) == 5 && !table.contains(b"a"));
        *table.borrow_mut_with_default(b"a", 5) += 1;
        *table.borrow_mut_with_default(b"a", 5) += 1;
        assert!(*table.borrow_with_default(b"a", &5) == 7);
        table.upsert(b"a", 1);
        table.upsert(b"b", 2);
        assert!(*table.borrow(b"a") == 1 && *table.borrow(b"b") == 2 && table.length() == 2);
        table.destroy();
    }

    #[test]
    fun configuration_has_defaults() {
        let table = new<u64, u64>();
        assert!(table.num_buckets == 2 && table.split_load_threshold == 75);
        assert!(table.target_bucket_size == 0);
        table.add(1, 1);
        // 1024 / 24
        assert!(table.target_bucket_size == 42);
        table.update_split_load_threshold(50);
        table.update_target_bucket_size(2);
        assert!(table.load_factor() == 25);
        table.add(2, 2);
        assert!(table.num_buckets == 3);
        table.destroy();
        let table = new_with_config<u64, u64>(11, 90, 5);
        table.validate();
        assert!(table.num_buckets == 11 && table.level == 3 && table.split_load_threshold == 90);
        table.destroy_empty();
    }

    #[test]
    fun clear_leaves_a_usable_table() {
        let table = squares(50);
        table.clear();
        table.validate();
        assert!(table.length() == 0 && table.num_buckets() == 1);
        table.add_all(vector[1, 2, 3], vector[4, 5, 6]);
        assert!(*table.borrow(2) == 5);
        table.destroy();
    }

    #[test]
    fun tables_become_maps() {
        let table = squares(30);
        let map = table.to_simple_map();
        assert!(map.length() == 30);
        for (key in 0..30) assert!(*map.borrow(&key) == key * key);
        table.destroy();
    }

    #[test]
    fun keys_come_in_pages() {
        let table = squares(100);
        let all = table.keys();
        assert!(all.length() == 100);
        for (key in 0..100) assert!(all.contains(&key));
        for (page in 1..8) {
            let keys = vector[];
            let bucket = option::some(0);
            let entry = option::some(0);
            while (bucket.is_some()) {
                let (part, next_bucket, next_entry) =
                    table.keys_paginated(bucket.destroy_some(), entry.destroy_some(), page);
                assert!(part.length() == page || next_bucket.is_none());
                keys.append(part);
                bucket = next_bucket;
                entry = next_entry;
            };
            assert!(entry.is_none() && keys == all);
        };
        let (keys, bucket, entry) = table.keys_paginated(0, 0, 0);
        assert!(keys.is_empty() && bucket.is_some() && entry.is_some());
        table.destroy();
        let empty = squares(0);
        let (keys, bucket, entry) = empty.keys_paginated(0, 0, 5);
        assert!(keys.is_empty() && bucket.is_none() && entry.is_none());
        empty.destroy();
    }

    #[test]
    fun all_entries_are_visited() {
        let table = squares(40);
        table.for_each_mut(|key, value| *value += *key);
        let sum = 0;
        table.for_each_ref(|key, value| {
            assert!(*value == *key * (*key + 1));
            sum += *key;
        });
        assert!(sum == 780);
        assert!(table.any(|_key, value| *value == 39 * 40));
        assert!(!table.any(|_key, value| *value == 39 * 39));
        let halves = table.map_ref(|value| *value / 2);
        halves.validate();
        assert!(halves.length() == 40 && *halves.borrow(10) == 55);
        halves.destroy();
        table.destroy();
    }

    #[test_only]
    struct Resource has store { id: u64 }

    #[test]
    fun values_need_no_abilities() {
        let table = new_with_config<u64, Resource>(1, 100, 1);
        for (id in 0..20) table.add(id, Resource { id });
        table.validate();
        for (key in 0..20) {
            let Resource { id } = table.remove(key);
            assert!(id == key);
        };
        table.destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = Self)]
    fun adding_a_key_twice_aborts() {
        let table = squares(5);
        table.add(3, 0);
        table.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun borrowing_a_missing_key_aborts() {
        let table = squares(5);
        table.borrow(5);
        table.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun borrowing_a_missing_key_mutably_aborts() {
        let table = squares(5);
        table.borrow_mut(5);
        table.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun removing_a_missing_key_aborts() {
        let table = squares(5);
        table.remove(5);
        table.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = Self)]
    fun destroying_a_filled_table_as_empty_aborts() {
        squares(5).destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = 0x10005, location = Self)]
    fun a_threshold_above_all_aborts() {
        new_with_config<u64, u64>(0, 101, 0).destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = 0x10005, location = Self)]
    fun updating_the_threshold_to_nothing_aborts() {
        let table = squares(0);
        table.update_split_load_threshold(0);
        table.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 0x10006, location = Self)]
    fun updating_the_target_size_to_nothing_aborts() {
        let table = squares(0);
        table.update_target_bucket_size(0);
        table.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 0x50007, location = Self)]
    fun overfilling_a_bucket_aborts() {
        let table = new_with_config<u64, bool>(1, 100, 1000000);
        table.buckets.upsert(0, vector[]);
        let bucket = table.buckets.borrow_mut(0);
        for (key in 0..10001) bucket.push_back(Entry { hash: 0, key, value: true });
        table.add(10001, true);
        table.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 8, location = Self)]
    fun pages_from_a_missing_bucket_abort() {
        let table = squares(5);
        table.keys_paginated(table.num_buckets(), 0, 1);
        table.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 9, location = Self)]
    fun pages_from_a_missing_entry_abort() {
        let table = squares(5);
        table.keys_paginated(0, 5, 1);
        table.destroy();
    }
}
