/// A `table` that counts its entries, and so can tell its length and be destroyed when empty.
/// The count makes additions and removals conflict with each other in parallel execution.
module aptos_std::table_with_length {
    use std::error;
    use aptos_std::table::{Self, Table};

    friend aptos_std::storage_slots_allocator;

    /// A table cannot be destroyed while it has entries
    const ENOT_EMPTY: u64 = 102;

    /// A table and the number of its entries.
    struct TableWithLength<phantom K: copy + drop, phantom V> has store {
        inner: Table<K, V>,
        length: u64,
    }

    /// Creates an empty table.
    public fun new<K: copy + drop, V: store>(): TableWithLength<K, V> {
        TableWithLength { inner: table::new(), length: 0 }
    }

    /// Destroys the table. Aborts with `ENOT_EMPTY` unless it is empty.
    public fun destroy_empty<K: copy + drop, V>(self: TableWithLength<K, V>) {
        assert!(self.length == 0, error::invalid_state(ENOT_EMPTY));
        let TableWithLength { inner, length: _ } = self;
        inner.destroy_known_empty_unsafe()
    }

    /// Stores `val` for `key`. Aborts if there is an entry for `key` already.
    public fun add<K: copy + drop, V>(self: &mut TableWithLength<K, V>, key: K, val: V) {
        self.inner.add(key, val);
        self.length += 1;
    }

    /// Borrows the value of `key`. Aborts if there is none.
    public fun borrow<K: copy + drop, V>(self: &TableWithLength<K, V>, key: K): &V {
        self.inner.borrow(key)
    }

    /// Borrows the value of `key`, or `default` if there is none.
    public fun borrow_with_default<K: copy + drop, V>(
        self: &TableWithLength<K, V>, key: K, default: &V
    ): &V {
        self.inner.borrow_with_default(key, default)
    }

    /// Borrows the value of `key` for writing. Aborts if there is none.
    public fun borrow_mut<K: copy + drop, V>(self: &mut TableWithLength<K, V>, key: K): &mut V {
        self.inner.borrow_mut(key)
    }

    /// The number of entries.
    public fun length<K: copy + drop, V>(self: &TableWithLength<K, V>): u64 {
        self.length
    }

    /// Whether there are no entries.
    public fun empty<K: copy + drop, V>(self: &TableWithLength<K, V>): bool {
        self.length == 0
    }

    /// Borrows the value of `key` for writing, after storing `default` there if there was none.
    public fun borrow_mut_with_default<K: copy + drop, V: drop>(
        self: &mut TableWithLength<K, V>, key: K, default: V
    ): &mut V {
        if (!self.inner.contains(key)) self.add(key, default);
        self.inner.borrow_mut(key)
    }

    /// Stores `value` for `key`, in place of what was there.
    public fun upsert<K: copy + drop, V: drop>(
        self: &mut TableWithLength<K, V>, key: K, value: V
    ) {
        if (self.inner.contains(key)) {
            *self.inner.borrow_mut(key) = value
        } else {
            self.add(key, value)
        }
    }

    /// Removes the entry of `key` and returns its value. Aborts if there is none.
    public fun remove<K: copy + drop, V>(self: &mut TableWithLength<K, V>, key: K): V {
        let value = self.inner.remove(key);
        self.length -= 1;
        value
    }

    /// Whether there is an entry for `key`.
    public fun contains<K: copy + drop, V>(self: &TableWithLength<K, V>, key: K): bool {
        self.inner.contains(key)
    }

    #[test_only]
    /// Drops a table with whatever is in it.
    public fun drop_unchecked<K: copy + drop, V>(self: TableWithLength<K, V>) {
        let TableWithLength { inner, length: _ } = self;
        inner.destroy()
    }

    #[test]
    fun the_length_follows_additions_and_removals() {
        let table = new<u64, u64>();
        assert!(table.empty() && table.length() == 0);
        for (key in 0..10) table.add(key, key * key);
        assert!(!table.empty() && table.length() == 10);
        assert!(table.contains(3) && *table.borrow(3) == 9);
        *table.borrow_mut(3) += 1;
        assert!(table.remove(3) == 10 && table.length() == 9);
        for (key in 0..10) {
            if (key != 3) assert!(table.remove(key) == key * key);
        };
        table.destroy_empty();
    }

    #[test]
    fun writing_over_an_entry_does_not_count_it_twice() {
        let table = new<u64, u64>();
        table.upsert(1, 1);
        table.upsert(1, 2);
        assert!(table.length() == 1 && *table.borrow(1) == 2);
        *table.borrow_mut_with_default(1, 5) += 1;
        *table.borrow_mut_with_default(2, 5) += 1;
        assert!(table.length() == 2 && *table.borrow(1) == 3 && *table.borrow(2) == 6);
        assert!(*table.borrow_with_default(2, &0) == 6 && *table.borrow_with_default(3, &0) == 0);
        assert!(table.length() == 2);
        table.drop_unchecked();
    }

    #[test]
    #[expected_failure(abort_code = 0x30066, location = Self)]
    fun destroying_a_filled_table_aborts() {
        let table = new<u64, u64>();
        table.add(1, 1);
        table.destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = 25607, location = aptos_std::table)]
    fun adding_a_key_twice_aborts() {
        let table = new<u64, u64>();
        table.add(1, 1);
        table.add(1, 1);
        table.drop_unchecked();
    }

    #[test]
    #[expected_failure(abort_code = 25863, location = aptos_std::table)]
    fun removing_a_missing_key_aborts() {
        let table = new<u64, u64>();
        table.remove(1);
        table.drop_unchecked();
    }
}
