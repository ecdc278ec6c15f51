/// A map of any size whose entries are separate storage items, so that reading or writing
/// one key neither loads nor conflicts with any other.
/// There is no iteration and no length; see `table_with_length` and `big_ordered_map` for those.
module aptos_std::table {
    friend aptos_std::storage_slots_allocator;
    friend aptos_std::table_with_length;

    /// A table from `K` to `V`. The entries live under `handle`, which is unique to this table.
    struct Table<phantom K: copy + drop, phantom V> has store {
        handle: address,
    }

    /// What is stored for a key. Natives know values by this type, so that every value,
    /// whatever its own abilities, is stored as one with `key`.
    struct Box<V> has key, drop, store {
        val: V,
    }

    /// Creates an empty table under a fresh handle.
    public fun new<K: copy + drop, V: store>(): Table<K, V> {
        Table { handle: new_table_handle<K, V>() }
    }

    /// Stores `val` for `key`. Aborts if there is an entry for `key` already.
    public fun add<K: copy + drop, V>(self: &mut Table<K, V>, key: K, val: V) {
        add_box<K, V, Box<V>>(self, key, Box { val })
    }

    /// Borrows the value of `key`. Aborts if there is none.
    public fun borrow<K: copy + drop, V>(self: &Table<K, V>, key: K): &V {
        &borrow_box<K, V, Box<V>>(self, key).val
    }

    /// Borrows the value of `key`, or `default` if there is none.
    public fun borrow_with_default<K: copy + drop, V>(self: &Table<K, V>, key: K, default: &V): &V {
        if (self.contains(key)) self.borrow(key) else default
    }

    /// Borrows the value of `key` for writing. Aborts if there is none.
    public fun borrow_mut<K: copy + drop, V>(self: &mut Table<K, V>, key: K): &mut V {
        &mut borrow_box_mut<K, V, Box<V>>(self, key).val
    }

    /// Borrows the value of `key` for writing, after storing `default` there if there was none.
    public fun borrow_mut_with_default<K: copy + drop, V: drop>(
        self: &mut Table<K, V>, key: K, default: V
    ): &mut V {
        if (!self.contains(key)) self.add(key, default);
        self.borrow_mut(key)
    }

    /// Stores `value` for `key`, in place of what was there.
    public fun upsert<K: copy + drop, V: drop>(self: &mut Table<K, V>, key: K, value: V) {
        if (self.contains(key)) {
            *self.borrow_mut(key) = value
        } else {
            self.add(key, value)
        }
    }

    /// Removes the entry of `key` and returns its value. Aborts if there is none.
    public fun remove<K: copy + drop, V>(self: &mut Table<K, V>, key: K): V {
        let Box { val } = remove_box<K, V, Box<V>>(self, key);
        val
    }

    /// Whether there is an entry for `key`.
    public fun contains<K: copy + drop, V>(self: &Table<K, V>, key: K): bool {
        contains_box<K, V, Box<V>>(self, key)
    }

    /// Destroys a table that its caller knows to be empty. Entries left in it would stay in storage
    /// and could not be reached any more.
    public(friend) fun destroy_known_empty_unsafe<K: copy + drop, V>(self: Table<K, V>) {
        destroy_empty_box<K, V, Box<V>>(&self);
        drop_unchecked_box<K, V, Box<V>>(self)
    }

    #[test_only]
    /// Drops a table with whatever is in it.
    public fun destroy<K: copy + drop, V>(self: Table<K, V>) {
        drop_unchecked_box<K, V, Box<V>>(self)
    }

    #[test_only]
    /// The same, by the name that other packages' tests know.
    public fun drop_unchecked<K: copy + drop, V>(self: Table<K, V>) {
        self.destroy()
    }

    // In all of these, `B` is `Box<V>`.

    native fun new_table_handle<K, V>(): address;

    native fun add_box<K: copy + drop, V, B>(table: &mut Table<K, V>, key: K, val: Box<V>);

    native fun borrow_box<K: copy + drop, V, B>(table: &Table<K, V>, key: K): &Box<V>;

    native fun borrow_box_mut<K: copy + drop, V, B>(table: &mut Table<K, V>, key: K): &mut Box<V>;

    native fun contains_box<K: copy + drop, V, B>(table: &Table<K, V>, key: K): bool;

    native fun remove_box<K: copy + drop, V, B>(table: &mut Table<K, V>, key: K): Box<V>;

    native fun destroy_empty_box<K: copy + drop, V, B>(table: &Table<K, V>);

    native fun drop_unchecked_box<K: copy + drop, V, B>(table: Table<K, V>);

    #[test]
    fun entries_can_be_written_read_and_removed() {
        let table = new<u64, vector<u8>>();
        table.add(7, b"seven");
        table.add(8, b"eight");
        assert!(table.contains(7) && table.contains(8) && !table.contains(9));
        assert!(table.borrow(7) == &b"seven");
        table.borrow_mut(8).push_back(33);
        assert!(table.remove(8) == b"eight!");
        assert!(!table.contains(8));
        table.add(8, b"again");
        assert!(table.borrow(8) == &b"again");
        table.destroy();
    }

    #[test]
    fun defaults_are_stored_only_by_mutable_borrows() {
        let table = new<address, u64>();
        assert!(table.borrow_with_default(@0x1, &5) == &5);
        assert!(!table.contains(@0x1));
        let value = table.borrow_mut_with_default(@0x1, 6);
        *value += 1;
        assert!(table.borrow_with_default(@0x1, &5) == &7);
        assert!(*table.borrow_mut_with_default(@0x1, 9) == 7);
        table.destroy();
    }

    #[test]
    fun upsert_replaces() {
        let table = new<u8, u8>();
        table.upsert(1, 10);
        table.upsert(1, 11);
        table.upsert(2, 20);
        assert!(*table.borrow(1) == 11 && *table.borrow(2) == 20);
        table.destroy();
    }

    #[test]
    fun tables_do_not_share_entries() {
        let left = new<u64, u64>();
        let right = new<u64, u64>();
        left.add(1, 2);
        assert!(!right.contains(1));
        right.add(1, 3);
        assert!(*left.borrow(1) == 2 && *right.borrow(1) == 3);
        left.destroy();
        right.destroy();
    }

    #[test]
    fun tables_nest() {
        let outer = new<u64, Table<u64, bool>>();
        outer.add(1, new());
        outer.borrow_mut(1).add(2, true);
        assert!(*outer.borrow(1).borrow(2));
        outer.remove(1).destroy();
        outer.destroy();
    }

    #[test]
    fun an_emptied_table_can_be_destroyed() {
        let table = new<u64, u64>();
        table.add(1, 1);
        table.remove(1);
        table.destroy_known_empty_unsafe();
    }

    #[test]
    #[expected_failure(abort_code = 25607, location = Self)]
    fun adding_a_key_twice_aborts() {
        let table = new<u64, u64>();
        table.add(1, 1);
        table.add(1, 2);
        table.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 25863, location = Self)]
    fun borrowing_a_missing_key_aborts() {
        let table = new<u64, u64>();
        table.borrow(1);
        table.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 25863, location = Self)]
    fun borrowing_a_missing_key_mutably_aborts() {
        let table = new<u64, u64>();
        table.borrow_mut(1);
        table.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 25863, location = Self)]
    fun removing_a_missing_key_aborts() {
        let table = new<u64, u64>();
        table.add(1, 1);
        table.remove(1);
        table.remove(1);
        table.destroy();
    }
}
