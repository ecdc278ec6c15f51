/// An ordered map of any size: a B+ tree whose nodes are separate storage slots.
///
/// The root lives in the map itself, so that a small map costs one slot. Distant keys lie in
/// different nodes and do not conflict in parallel execution. How many children a node may have
/// follows from the sizes of keys and values, or is configured. A map of
/// `new_with_config(0, 0, _)` takes entries of up to 5 KB, or 100 times the size of the first one.
///
/// An `IteratorPtr` is a position, not a reference: any change of the map's keys makes it
/// meaningless, and nothing detects that. Functions that return one are named `internal_*`.
module aptos_std::big_ordered_map {
    use std::bcs;
    use std::cmp;
    use std::error;
    use std::mem;
    use std::option::{Self, Option};
    use aptos_std::math64;
    use aptos_std::ordered_map::{Self, OrderedMap};
    use aptos_std::storage_slots_allocator::{Self, StorageSlotsAllocator, StoredSlot};

    // The same as in `ordered_map`.

    /// The map has an entry for this key already
    const EKEY_ALREADY_EXISTS: u64 = 1;
    /// The map has no entry for this key
    const EKEY_NOT_FOUND: u64 = 2;
    /// The iterator would leave the map, or points to its end
    const EITER_OUT_OF_BOUNDS: u64 = 3;

    // Of this module only.

    /// The configuration is not a valid one
    const EINVALID_CONFIG_PARAMETER: u64 = 11;
    /// A map cannot be destroyed while it has entries
    const EMAP_NOT_EMPTY: u64 = 12;
    /// Key and value are too large for this map
    const EARGUMENT_BYTES_TOO_LARGE: u64 = 13;
    /// Values of variable size cannot be borrowed for writing: remove and add them, or use modify
    const EBORROW_MUT_REQUIRES_CONSTANT_VALUE_SIZE: u64 = 14;
    /// The key is too large for this map
    const EKEY_BYTES_TOO_LARGE: u64 = 15;
    /// Types of variable size need new_with_type_size_hints or new_with_config
    const ECANNOT_USE_NEW_WITH_VARIABLE_SIZED_TYPES: u64 = 16;

    /// The least maximum of children of an inner node.
    const INNER_MIN_DEGREE: u64 = 4;
    /// The least maximum of entries of a leaf.
    const LEAF_MIN_DEGREE: u64 = 3;
    /// The greatest maximum for either.
    const MAX_DEGREE: u64 = 4096;

    /// The most bytes that the children of a full node may take.
    const MAX_NODE_BYTES: u64 = 409600;
    /// The bytes that a full node should take, if the degrees follow from the sizes.
    const TARGET_NODE_BYTES: u64 = 4096;
    /// The size of keys and entries that fits in any case, if the degrees follow from the first ones.
    const DEFAULT_MAX_BYTES: u64 = 5120;

    /// No node.
    const NULL_INDEX: u64 = 0;
    /// The root: an index that the allocator never hands out.
    const ROOT_INDEX: u64 = 1;

    /// A node of the tree.
    ///
    /// Invariant: in an inner node the key of a child is a bound. It is not below any key in that
    /// child, and below every key in the children behind it.
    /// Invariant: every node but the root is at least half full; a root that is not a leaf has two
    /// children or more.
    enum Node<K: store, V: store> has store {
        V1 {
            is_leaf: bool,
            /// By bound for an inner node, by key for a leaf.
            children: OrderedMap<K, Child<V>>,
            /// The leaf in front of this leaf.
            prev: u64,
            /// The leaf behind this leaf.
            next: u64,
        }
    }

    /// What a node has for a key.
    enum Child<V: store> has store {
        /// In an inner node: the slot of another node.
        Inner { node_index: StoredSlot },
        /// In a leaf: the value.
        Leaf { value: V },
    }

    /// A position in a map.
    enum IteratorPtr<K> has copy, drop {
        /// Behind the last entry.
        End,
        /// At an entry of a leaf.
        Some {
            node_index: u64,
            child_iter: ordered_map::IteratorPtr,
            /// The key at this position, so that it can be had without reading the node.
            key: K,
        },
    }

    /// A position, and the nodes from the root down to its leaf.
    struct IteratorPtrWithPath<K> has copy, drop {
        iterator: IteratorPtr<K>,
        path: vector<u64>,
    }

    /// A leaf, or the end behind the last one.
    enum LeafNodeIteratorPtr has copy, drop {
        NodeIndex { node_index: u64 }
    }

    /// A map from `K` to `V`, ordered by key.
    enum BigOrderedMap<K: store, V: store> has store {
        BPlusTreeMap {
            /// Stored with the map, unlike all other nodes.
            root: Node<K, V>,
            nodes: StorageSlotsAllocator<Node<K, V>>,
            /// The first leaf.
            min_leaf_index: u64,
            /// The last leaf.
            max_leaf_index: u64,
            /// All keys and all values have the same size: it was checked when the map was created.
            constant_kv_size: bool,
            /// The most children of an inner node; 0 until the first entry decides.
            inner_max_degree: u16,
            /// The most entries of a leaf; 0 until the first entry decides.
            leaf_max_degree: u16,
        }
    }

    // Construction and destruction

    /// Creates an empty map for keys and values of constant size.
    /// Aborts with `ECANNOT_USE_NEW_WITH_VARIABLE_SIZED_TYPES` for others.
    public fun new<K: store, V: store>(): BigOrderedMap<K, V> {
        assert_constant_size<K, V>();
        new_with_config(0, 0, false)
    }

    /// Creates an empty map for keys and values of constant size, whose slots are used again after
    /// they become free. Aborts with `ECANNOT_USE_NEW_WITH_VARIABLE_SIZED_TYPES` for others.
    public fun new_with_reusable<K: store, V: store>(): BigOrderedMap<K, V> {
        assert_constant_size<K, V>();
        new_with_config(0, 0, true)
    }

    /// Creates an empty map whose nodes have about 4 KB with keys and values of average size, and
    /// that admits all keys and values of at most maximum size.
    /// Aborts with `EINVALID_CONFIG_PARAMETER` if an average is above its maximum, or if nodes for
    /// the maximum would be too large.
    public fun new_with_type_size_hints<K: store, V: store>(
        avg_key_bytes: u64, max_key_bytes: u64, avg_value_bytes: u64, max_value_bytes: u64
    ): BigOrderedMap<K, V> {
        assert!(
            avg_key_bytes <= max_key_bytes && avg_value_bytes <= max_value_bytes,
            error::invalid_argument(EINVALID_CONFIG_PARAMETER)
        );
        let max_entry_bytes = max_key_bytes + max_value_bytes;
        assert!(
            max_key_bytes <= MAX_NODE_BYTES / INNER_MIN_DEGREE
                && max_entry_bytes <= MAX_NODE_BYTES / LEAF_MIN_DEGREE,
            error::invalid_argument(EINVALID_CONFIG_PARAMETER)
        );
        new_with_config(
            degree_for(avg_key_bytes, max_key_bytes, INNER_MIN_DEGREE) as u16,
            degree_for(avg_key_bytes + avg_value_bytes, max_entry_bytes, LEAF_MIN_DEGREE) as u16,
            false
        )
    }

    /// Creates an empty map with at most `inner_max_degree` children in an inner node and
    /// `leaf_max_degree` entries in a leaf; for a 0, the size of the first entry decides.
    /// With `reuse_slots`, slots are used again after they become free.
    /// Aborts with `EINVALID_CONFIG_PARAMETER` unless the former is 0 or in 4..=4096, and the
    /// latter is 0 or in 3..=4096.
    public fun new_with_config<K: store, V: store>(
        inner_max_degree: u16, leaf_max_degree: u16, reuse_slots: bool
    ): BigOrderedMap<K, V> {
        let inner = inner_max_degree as u64;
        let leaf = leaf_max_degree as u64;
        assert!(
            (inner == 0 || (inner >= INNER_MIN_DEGREE && inner <= MAX_DEGREE))
                && (leaf == 0 || (leaf >= LEAF_MIN_DEGREE && leaf <= MAX_DEGREE)),
            error::invalid_argument(EINVALID_CONFIG_PARAMETER)
        );
        let map = BigOrderedMap::BPlusTreeMap {
            root: new_leaf(ordered_map::new(), NULL_INDEX, NULL_INDEX),
            nodes: storage_slots_allocator::new(reuse_slots),
            min_leaf_index: ROOT_INDEX,
            max_leaf_index: ROOT_INDEX,
            constant_kv_size: false,
            inner_max_degree,
            leaf_max_degree,
        };
        let key_bytes = bcs::constant_serialized_size<K>();
        let value_bytes = bcs::constant_serialized_size<V>();
        if (key_bytes.is_some() && value_bytes.is_some()) {
            let key_bytes = key_bytes.destroy_some();
            let entry_bytes = key_bytes + value_bytes.destroy_some();
            map.init_degrees(key_bytes, entry_bytes, key_bytes, entry_bytes);
            map.check_sizes(key_bytes, entry_bytes);
            map.constant_kv_size = true;
        };
        map
    }

    /// Creates a map from keys, in any order, and their values; the first entry decides about the
    /// size of nodes. Aborts with `EKEY_ALREADY_EXISTS` if a key comes twice.
    public fun new_from<K: drop + copy + store, V: store>(
        keys: vector<K>, values: vector<V>
    ): BigOrderedMap<K, V> {
        let map = new_with_config(0, 0, false);
        map.add_all(keys, values);
        map
    }

    /// Destroys an empty map, and its spare slots. Aborts with `EMAP_NOT_EMPTY` if it has entries.
    public fun destroy_empty<K: store, V: store>(self: BigOrderedMap<K, V>) {
        assert!(self.is_empty(), error::invalid_argument(EMAP_NOT_EMPTY));
        let BigOrderedMap::BPlusTreeMap {
            root,
            nodes,
            min_leaf_index: _,
            max_leaf_index: _,
            constant_kv_size: _,
            inner_max_degree: _,
            leaf_max_degree: _,
        } = self;
        destroy_empty_node(root);
        nodes.destroy_empty();
    }

    /// Adds slots ahead, so that not the one whose entry happens to split a node pays for a slot.
    /// Aborts if the map does not use slots again.
    public fun allocate_spare_slots<K: store, V: store>(
        self: &mut BigOrderedMap<K, V>, num_to_allocate: u64
    ) {
        self.nodes.allocate_spare_slots(num_to_allocate)
    }

    // Size

    /// Whether there are no entries.
    public fun is_empty<K: store, V: store>(self: &BigOrderedMap<K, V>): bool {
        self.root.children.is_empty()
    }

    /// Counts the entries, for which it reads every leaf.
    public fun compute_length<K: store, V: store>(self: &BigOrderedMap<K, V>): u64 {
        let length = 0;
        self.for_each_leaf_node_children_ref(|entries| length += entries.length());
        length
    }

    // Changes

    /// Adds an entry. Aborts with `EKEY_ALREADY_EXISTS` if there is one for `key`, and with
    /// `EKEY_BYTES_TOO_LARGE` or `EARGUMENT_BYTES_TOO_LARGE` if it exceeds the size of nodes.
    public fun add<K: drop + copy + store, V: store>(
        self: &mut BigOrderedMap<K, V>, key: K, value: V
    ) {
        self.insert(key, value, false).destroy_none()
    }

    /// Adds an entry, or replaces the value of the one that is there and returns the old value.
    /// Aborts with `EKEY_BYTES_TOO_LARGE` or `EARGUMENT_BYTES_TOO_LARGE` if the entry exceeds the
    /// size of nodes.
    public fun upsert<K: drop + copy + store, V: store>(
        self: &mut BigOrderedMap<K, V>, key: K, value: V
    ): Option<V> {
        self.insert(key, value, true)
    }

    /// Removes the entry of `key` and returns its value. Aborts with `EKEY_NOT_FOUND` without one.
    public fun remove<K: drop + copy + store, V: store>(
        self: &mut BigOrderedMap<K, V>, key: &K
    ): V {
        let removed = self.remove_or_none(key);
        assert!(removed.is_some(), error::invalid_argument(EKEY_NOT_FOUND));
        removed.destroy_some()
    }

    /// Removes the entry of `key`, if there is one, and returns its value.
    public fun remove_or_none<K: drop + copy + store, V: store>(
        self: &mut BigOrderedMap<K, V>, key: &K
    ): Option<V> {
        let path = self.path_to(key);
        let leaf_index = path[path.length() - 1];
        if (self.borrow_node(leaf_index).children.contains(key)) {
            option::some(self.remove_at(path, key))
        } else {
            option::none()
        }
    }

    /// Adds keys and their values. Aborts with `EKEY_ALREADY_EXISTS` if a key is there already.
    public fun add_all<K: drop + copy + store, V: store>(
        self: &mut BigOrderedMap<K, V>, keys: vector<K>, values: vector<V>
    ) {
        keys.zip(values, |key, value| self.add(key, value));
    }

    /// Removes the first entry. Aborts with `EITER_OUT_OF_BOUNDS` if the map is empty.
    public fun pop_front<K: drop + copy + store, V: store>(
        self: &mut BigOrderedMap<K, V>
    ): (K, V) {
        let key = *self.internal_new_begin_iter().iter_borrow_key();
        let value = self.remove(&key);
        (key, value)
    }

    /// Removes the last entry. Aborts with `EITER_OUT_OF_BOUNDS` if the map is empty.
    public fun pop_back<K: drop + copy + store, V: store>(
        self: &mut BigOrderedMap<K, V>
    ): (K, V) {
        let key = *self.internal_new_end_iter().iter_prev(self).iter_borrow_key();
        let value = self.remove(&key);
        (key, value)
    }

    /// Lets `f` change the value of `key`. Aborts with `EKEY_NOT_FOUND` if there is none, and with
    /// `EARGUMENT_BYTES_TOO_LARGE` if it grows beyond the size of nodes.
    public inline fun modify<K: drop + copy + store, V: store>(
        self: &mut BigOrderedMap<K, V>, key: &K, f: |&mut V|
    ) {
        let iter = self.internal_find_present(key);
        f(iter.internal_iter_borrow_mut_any_size(self));
        iter.internal_iter_check_size(self);
    }

    /// As `modify`, and returns what `f` returns.
    public inline fun modify_and_return<K: drop + copy + store, V: store, R>(
        self: &mut BigOrderedMap<K, V>, key: &K, f: |&mut V| R
    ): R {
        let iter = self.internal_find_present(key);
        iter.iter_modify(self, |value| f(value))
    }

    /// Lets `modify_f` change the value of `key`, or adds what `add_f` returns if there is none.
    /// Returns whether there was one.
    public inline fun modify_or_add<K: drop + copy + store, V: store>(
        self: &mut BigOrderedMap<K, V>, key: &K, modify_f: |&mut V|, add_f: || V
    ): bool {
        let found = self.modify_if_present(key, |value| modify_f(value));
        if (!found) self.add(*key, add_f());
        found
    }

    /// Lets `modify_f` change the value of `key` if there is one; returns whether there is.
    public inline fun modify_if_present<K: drop + copy + store, V: store>(
        self: &mut BigOrderedMap<K, V>, key: &K, modify_f: |&mut V|
    ): bool {
        let iter = self.internal_find(key);
        let found = !iter.iter_is_end(self);
        if (found) {
            modify_f(iter.internal_iter_borrow_mut_any_size(self));
            iter.internal_iter_check_size(self);
        };
        found
    }

    /// As `modify_if_present`, and returns what `modify_f` returns.
    public inline fun modify_if_present_and_return<K: drop + copy + store, V: store, R>(
        self: &mut BigOrderedMap<K, V>, key: &K, modify_f: |&mut V| R
    ): Option<R> {
        let iter = self.internal_find(key);
        if (iter.iter_is_end(self)) {
            option::none()
        } else {
            option::some(iter.iter_modify(self, |value| modify_f(value)))
        }
    }

    // Lookups

    /// Whether there is an entry for `key`.
    public fun contains<K: drop + copy + store, V: store>(
        self: &BigOrderedMap<K, V>, key: &K
    ): bool {
        self.borrow_node(self.leaf_of(key)).children.contains(key)
    }

    /// Borrows the value of `key`. Aborts with `EKEY_NOT_FOUND` if there is none.
    public fun borrow<K: drop + copy + store, V: store>(
        self: &BigOrderedMap<K, V>, key: &K
    ): &V {
        self.internal_find_present(key).iter_borrow(self)
    }

    /// A copy of the value of `key`, if there is one.
    public fun get<K: drop + copy + store, V: copy + store>(
        self: &BigOrderedMap<K, V>, key: &K
    ): Option<V> {
        let iter = self.internal_find(key);
        if (iter.iter_is_end(self)) option::none() else option::some(*iter.iter_borrow(self))
    }

    /// What `f` makes of the value of `key`, if there is one.
    public inline fun get_and_map<K: drop + copy + store, V: copy + store, R>(
        self: &BigOrderedMap<K, V>, key: &K, f: |&V| R
    ): Option<R> {
        let iter = self.internal_find(key);
        if (iter.iter_is_end(self)) {
            option::none()
        } else {
            option::some(f(iter.iter_borrow(self)))
        }
    }

    /// Borrows the value of `key` for writing. Aborts with `EKEY_NOT_FOUND` if there is none, and
    /// with `EBORROW_MUT_REQUIRES_CONSTANT_VALUE_SIZE` if values can have different sizes.
    public fun borrow_mut<K: drop + copy + store, V: store>(
        self: &mut BigOrderedMap<K, V>, key: &K
    ): &mut V {
        self.internal_find_present(key).iter_borrow_mut(self)
    }

    /// The first key and its value. Aborts with `EITER_OUT_OF_BOUNDS` if the map is empty.
    public fun borrow_front<K: drop + copy + store, V: store>(
        self: &BigOrderedMap<K, V>
    ): (K, &V) {
        let iter = self.internal_new_begin_iter();
        (*iter.iter_borrow_key(), iter.iter_borrow(self))
    }

    /// The last key and its value. Aborts with `EITER_OUT_OF_BOUNDS` if the map is empty.
    public fun borrow_back<K: drop + copy + store, V: store>(
        self: &BigOrderedMap<K, V>
    ): (K, &V) {
        let iter = self.internal_new_end_iter().iter_prev(self);
        (*iter.iter_borrow_key(), iter.iter_borrow(self))
    }

    /// The greatest key below `key`, which itself need not be in the map.
    public fun prev_key<K: drop + copy + store, V: store>(
        self: &BigOrderedMap<K, V>, key: &K
    ): Option<K> {
        let iter = self.internal_lower_bound(key);
        if (iter.iter_is_begin(self)) {
            option::none()
        } else {
            option::some(*iter.iter_prev(self).iter_borrow_key())
        }
    }

    /// The least key above `key`, which itself need not be in the map.
    public fun next_key<K: drop + copy + store, V: store>(
        self: &BigOrderedMap<K, V>, key: &K
    ): Option<K> {
        let iter = self.internal_lower_bound(key);
        if (!iter.iter_is_end(self) && iter.iter_borrow_key() == key) {
            iter = iter.iter_next(self);
        };
        if (iter.iter_is_end(self)) option::none() else option::some(*iter.iter_borrow_key())
    }

    // The whole map

    /// Copies all entries into a map that lies in one place.
    public fun to_ordered_map<K: drop + copy + store, V: copy + store>(
        self: &BigOrderedMap<K, V>
    ): OrderedMap<K, V> {
        let copied = ordered_map::new();
        self.for_each_ref(|key, value| {
            copied.internal_new_end_iter().iter_add(&mut copied, *key, *value)
        });
        copied
    }

    /// All keys, in order.
    public fun keys<K: store + copy + drop, V: store + copy>(
        self: &BigOrderedMap<K, V>
    ): vector<K> {
        let keys = vector[];
        self.for_each_ref(|key, _value| keys.push_back(*key));
        keys
    }

    /// Removes all entries and gives every key and value to `f`, in order.
    public inline fun for_each_and_clear<K: drop + copy + store, V: store>(
        self: &mut BigOrderedMap<K, V>, f: |K, V|
    ) {
        while (!self.is_empty()) {
            let (key, value) = self.pop_front();
            f(key, value);
        }
    }

    /// Destroys the map and gives every key and value to `f`, in order.
    public inline fun for_each<K: drop + copy + store, V: store>(
        self: BigOrderedMap<K, V>, f: |K, V|
    ) {
        // A parameter of an inline function cannot always be borrowed for writing.
        let map = self;
        map.for_each_and_clear(|key, value| f(key, value));
        map.destroy_empty();
    }

    /// Shows every key and value to `f`, in order.
    public inline fun for_each_ref<K: drop + copy + store, V: store>(
        self: &BigOrderedMap<K, V>, f: |&K, &V|
    ) {
        self.for_each_leaf_node_children_ref(|entries| {
            entries.for_each_ref(|key, child| f(key, internal_leaf_borrow_value(child)))
        });
    }

    /// Shows every key to `f`, in order, and lets it change the value.
    /// Aborts with `EBORROW_MUT_REQUIRES_CONSTANT_VALUE_SIZE` if values can have different sizes.
    public inline fun for_each_mut<K: drop + copy + store, V: store>(
        self: &mut BigOrderedMap<K, V>, f: |&K, &mut V|
    ) {
        let iter = self.internal_new_begin_iter();
        while (!iter.iter_is_end(self)) {
            let key = *iter.iter_borrow_key();
            f(&key, iter.iter_borrow_mut(self));
            iter = iter.iter_next(self);
        }
    }

    /// Shows to `f` every key that both maps have, in order, and its two values.
    public inline fun intersection_zip_for_each_ref<K: drop + copy + store, V1: store, V2: store>(
        self: &BigOrderedMap<K, V1>, other: &BigOrderedMap<K, V2>, f: |&K, &V1, &V2|
    ) {
        self.for_each_ref(|key, value| {
            let iter = other.internal_find(key);
            if (!iter.iter_is_end(other)) f(key, value, iter.iter_borrow(other));
        });
    }

    /// Destroys the map, its values by `dv`.
    public inline fun destroy<K: drop + copy + store, V: store>(
        self: BigOrderedMap<K, V>, dv: |V|
    ) {
        self.for_each(|_key, value| dv(value));
    }

    // Iterators

    /// The first position whose key is not below `key`, or the end.
    public fun internal_lower_bound<K: drop + copy + store, V: store>(
        self: &BigOrderedMap<K, V>, key: &K
    ): IteratorPtr<K> {
        let leaf_index = self.leaf_of(key);
        let leaf = self.borrow_node(leaf_index);
        let child_iter = leaf.children.internal_lower_bound(key);
        if (child_iter.iter_is_end(&leaf.children)) {
            // The bound of a leaf can be above all of its keys.
            self.begin_of_leaf(leaf.next)
        } else {
            leaf.iter_in(leaf_index, child_iter)
        }
    }

    /// The position of `key`, or the end if the map does not contain it.
    public fun internal_find<K: drop + copy + store, V: store>(
        self: &BigOrderedMap<K, V>, key: &K
    ): IteratorPtr<K> {
        self.find_in_leaf(self.leaf_of(key), key)
    }

    /// The position of `key`. Aborts with `EKEY_NOT_FOUND` if the map does not contain it.
    public fun internal_find_present<K: drop + copy + store, V: store>(
        self: &BigOrderedMap<K, V>, key: &K
    ): IteratorPtr<K> {
        let iter = self.internal_find(key);
        assert!(!iter.iter_is_end(self), error::invalid_argument(EKEY_NOT_FOUND));
        iter
    }

    /// The position of `key`, or the end, with the way to it, which `iter_remove` needs.
    public fun internal_find_with_path<K: drop + copy + store, V: store>(
        self: &BigOrderedMap<K, V>, key: &K
    ): IteratorPtrWithPath<K> {
        let path = self.path_to(key);
        let iterator = self.find_in_leaf(path[path.length() - 1], key);
        if (iterator.iter_is_end(self)) path = vector[];
        IteratorPtrWithPath { iterator, path }
    }

    /// The position without the way to it.
    public fun iter_with_path_get_iter<K: drop + copy + store>(
        self: &IteratorPtrWithPath<K>
    ): IteratorPtr<K> {
        self.iterator
    }

    /// The first position, which is the end if the map is empty.
    public fun internal_new_begin_iter<K: copy + store, V: store>(
        self: &BigOrderedMap<K, V>
    ): IteratorPtr<K> {
        if (self.is_empty()) IteratorPtr::End else self.begin_of_leaf(self.min_leaf_index)
    }

    /// The position behind the last entry.
    public fun internal_new_end_iter<K: copy + store, V: store>(
        self: &BigOrderedMap<K, V>
    ): IteratorPtr<K> {
        IteratorPtr::End
    }

    /// Whether this is the first position (the end is, in an empty map).
    public fun iter_is_begin<K: store, V: store>(
        self: &IteratorPtr<K>, map: &BigOrderedMap<K, V>
    ): bool {
        match (self) {
            IteratorPtr::End => map.is_empty(),
            IteratorPtr::Some { node_index, child_iter, key: _ } =>
                *node_index == map.min_leaf_index && child_iter.iter_is_begin_from_non_empty(),
        }
    }

    /// Whether this is the position behind the last entry.
    public fun iter_is_end<K: store, V: store>(
        self: &IteratorPtr<K>, _map: &BigOrderedMap<K, V>
    ): bool {
        self is IteratorPtr::End<K>
    }

    /// Borrows the key at a position. Aborts with `EITER_OUT_OF_BOUNDS` at the end.
    public fun iter_borrow_key<K>(self: &IteratorPtr<K>): &K {
        assert!(self is IteratorPtr::Some<K>, error::invalid_argument(EITER_OUT_OF_BOUNDS));
        &self.key
    }

    /// Borrows the value at a position. Aborts with `EITER_OUT_OF_BOUNDS` at the end.
    public fun iter_borrow<K: drop + store, V: store>(
        self: IteratorPtr<K>, map: &BigOrderedMap<K, V>
    ): &V {
        assert!(self is IteratorPtr::Some<K>, error::invalid_argument(EITER_OUT_OF_BOUNDS));
        let children = &map.borrow_node(self.node_index).children;
        &self.child_iter.iter_borrow(children).value
    }

    /// Borrows the value at a position for writing. Aborts with `EITER_OUT_OF_BOUNDS` at the end,
    /// and with `EBORROW_MUT_REQUIRES_CONSTANT_VALUE_SIZE` if values can have different sizes.
    public fun iter_borrow_mut<K: drop + store, V: store>(
        self: IteratorPtr<K>, map: &mut BigOrderedMap<K, V>
    ): &mut V {
        assert!(
            map.constant_kv_size || bcs::constant_serialized_size<V>().is_some(),
            error::invalid_argument(EBORROW_MUT_REQUIRES_CONSTANT_VALUE_SIZE)
        );
        self.internal_iter_borrow_mut_any_size(map)
    }

    /// Lets `f` change the value at a position, and returns what `f` returns. Aborts with
    /// `EITER_OUT_OF_BOUNDS` at the end, and with `EARGUMENT_BYTES_TOO_LARGE` if the value grows
    /// beyond the size of nodes.
    public inline fun iter_modify<K: drop + copy + store, V: store, R>(
        self: IteratorPtr<K>, map: &mut BigOrderedMap<K, V>, f: |&mut V| R
    ): R {
        let result = f(self.internal_iter_borrow_mut_any_size(map));
        self.internal_iter_check_size(map);
        result
    }

    /// Borrows the value at a position for writing, whatever size it may get:
    /// `internal_iter_check_size` has to follow. Aborts with `EITER_OUT_OF_BOUNDS` at the end.
    public fun internal_iter_borrow_mut_any_size<K: drop + store, V: store>(
        self: IteratorPtr<K>, map: &mut BigOrderedMap<K, V>
    ): &mut V {
        assert!(self is IteratorPtr::Some<K>, error::invalid_argument(EITER_OUT_OF_BOUNDS));
        let children = &mut map.borrow_node_mut(self.node_index).children;
        &mut self.child_iter.iter_borrow_mut(children).value
    }

    /// Aborts with `EARGUMENT_BYTES_TOO_LARGE` if the entry at a position exceeds the size of nodes.
    public fun internal_iter_check_size<K: drop + store, V: store>(
        self: &IteratorPtr<K>, map: &BigOrderedMap<K, V>
    ) {
        if (!map.constant_kv_size) {
            let key_bytes = bcs::serialized_size(&self.key);
            let children = &map.borrow_node(self.node_index).children;
            let value = &self.child_iter.iter_borrow(children).value;
            map.check_sizes(key_bytes, key_bytes + bcs::serialized_size(value));
        }
    }

    /// Removes the entry at a position and returns its value.
    /// Aborts with `EITER_OUT_OF_BOUNDS` at the end.
    public fun iter_remove<K: drop + copy + store, V: store>(
        self: IteratorPtrWithPath<K>, map: &mut BigOrderedMap<K, V>
    ): V {
        let IteratorPtrWithPath { iterator, path } = self;
        map.remove_at(path, iterator.iter_borrow_key())
    }

    /// The next position. Aborts with `EITER_OUT_OF_BOUNDS` at the end.
    public fun iter_next<K: drop + copy + store, V: store>(
        self: IteratorPtr<K>, map: &BigOrderedMap<K, V>
    ): IteratorPtr<K> {
        assert!(self is IteratorPtr::Some<K>, error::invalid_argument(EITER_OUT_OF_BOUNDS));
        let leaf = map.borrow_node(self.node_index);
        let child_iter = self.child_iter.iter_next(&leaf.children);
        if (child_iter.iter_is_end(&leaf.children)) {
            map.begin_of_leaf(leaf.next)
        } else {
            leaf.iter_in(self.node_index, child_iter)
        }
    }

    /// The previous position. Aborts with `EITER_OUT_OF_BOUNDS` at the first one.
    public fun iter_prev<K: drop + copy + store, V: store>(
        self: IteratorPtr<K>, map: &BigOrderedMap<K, V>
    ): IteratorPtr<K> {
        let leaf_index = map.max_leaf_index;
        if (self is IteratorPtr::Some<K>) {
            let leaf = map.borrow_node(self.node_index);
            if (!self.child_iter.iter_is_begin_from_non_empty()) {
                return leaf.iter_in(self.node_index, self.child_iter.iter_prev(&leaf.children))
            };
            leaf_index = leaf.prev;
        };
        assert!(
            leaf_index != NULL_INDEX && !map.is_empty(),
            error::invalid_argument(EITER_OUT_OF_BOUNDS)
        );
        let leaf = map.borrow_node(leaf_index);
        leaf.iter_in(leaf_index, leaf.children.internal_new_end_iter().iter_prev(&leaf.children))
    }

    // Leaf by leaf, which reads every node only once

    /// Shows the entries of every leaf to `f`, in order.
    inline fun for_each_leaf_node_children_ref<K: store, V: store>(
        self: &BigOrderedMap<K, V>, f: |&OrderedMap<K, Child<V>>|
    ) {
        let leaf = self.internal_leaf_new_begin_iter();
        while (!leaf.internal_leaf_iter_is_end()) {
            let (entries, next) = leaf.internal_leaf_iter_borrow_entries_and_next_leaf_index(self);
            f(entries);
            leaf = next;
        }
    }

    /// The first leaf.
    public fun internal_leaf_new_begin_iter<K: store, V: store>(
        self: &BigOrderedMap<K, V>
    ): LeafNodeIteratorPtr {
        LeafNodeIteratorPtr::NodeIndex { node_index: self.min_leaf_index }
    }

    /// Whether there is no leaf any more.
    public fun internal_leaf_iter_is_end(self: &LeafNodeIteratorPtr): bool {
        self.node_index == NULL_INDEX
    }

    /// Borrows the value of an entry of a leaf.
    public fun internal_leaf_borrow_value<V: store>(self: &Child<V>): &V {
        &self.value
    }

    /// The entries of a leaf, and the leaf behind it.
    public fun internal_leaf_iter_borrow_entries_and_next_leaf_index<K: store, V: store>(
        self: LeafNodeIteratorPtr, map: &BigOrderedMap<K, V>
    ): (&OrderedMap<K, Child<V>>, LeafNodeIteratorPtr) {
        let leaf = map.borrow_node(self.node_index);
        (&leaf.children, LeafNodeIteratorPtr::NodeIndex { node_index: leaf.next })
    }

    // Nodes

    fun new_leaf<K: store, V: store>(
        children: OrderedMap<K, Child<V>>, prev: u64, next: u64
    ): Node<K, V> {
        Node::V1 { is_leaf: true, children, prev, next }
    }

    fun new_inner<K: store, V: store>(children: OrderedMap<K, Child<V>>): Node<K, V> {
        Node::V1 { is_leaf: false, children, prev: NULL_INDEX, next: NULL_INDEX }
    }

    fun destroy_empty_node<K: store, V: store>(node: Node<K, V>) {
        let Node::V1 { is_leaf: _, children, prev: _, next: _ } = node;
        children.destroy_empty();
    }

    fun borrow_node<K: store, V: store>(self: &BigOrderedMap<K, V>, index: u64): &Node<K, V> {
        if (index == ROOT_INDEX) &self.root else self.nodes.borrow(index)
    }

    fun borrow_node_mut<K: store, V: store>(
        self: &mut BigOrderedMap<K, V>, index: u64
    ): &mut Node<K, V> {
        if (index == ROOT_INDEX) &mut self.root else self.nodes.borrow_mut(index)
    }

    fun take_children<K: store, V: store>(self: &mut Node<K, V>): OrderedMap<K, Child<V>> {
        mem::replace(&mut self.children, ordered_map::new())
    }

    /// Gives children to a node that has none.
    fun put_children<K: store, V: store>(
        self: &mut Node<K, V>, children: OrderedMap<K, Child<V>>
    ) {
        mem::replace(&mut self.children, children).destroy_empty()
    }

    fun max_degree<K: store, V: store>(self: &BigOrderedMap<K, V>, node: &Node<K, V>): u64 {
        (if (node.is_leaf) self.leaf_max_degree else self.inner_max_degree) as u64
    }

    // The way down

    /// Where `key` belongs in an inner node: the first child whose bound is not below it. The last
    /// child also takes what is above all bounds.
    fun child_iter_for<K: store, V: store>(
        self: &Node<K, V>, key: &K
    ): ordered_map::IteratorPtr {
        let iter = self.children.internal_lower_bound(key);
        if (iter.iter_is_end(&self.children)) iter.iter_prev(&self.children) else iter
    }

    fun inner_index_at<K: store, V: store>(
        self: &Node<K, V>, iter: ordered_map::IteratorPtr
    ): u64 {
        iter.iter_borrow(&self.children).node_index.stored_to_index()
    }

    /// The leaf where `key` is, if it is anywhere.
    fun leaf_of<K: store, V: store>(self: &BigOrderedMap<K, V>, key: &K): u64 {
        let index = ROOT_INDEX;
        let node = &self.root;
        while (!node.is_leaf) {
            index = node.inner_index_at(node.child_iter_for(key));
            node = self.nodes.borrow(index);
        };
        index
    }

    /// The nodes from the root down to the leaf where `key` is, if it is anywhere.
    fun path_to<K: store, V: store>(self: &BigOrderedMap<K, V>, key: &K): vector<u64> {
        let path = vector[ROOT_INDEX];
        let node = &self.root;
        while (!node.is_leaf) {
            let index = node.inner_index_at(node.child_iter_for(key));
            path.push_back(index);
            node = self.nodes.borrow(index);
        };
        path
    }

    fun find_in_leaf<K: copy + store, V: store>(
        self: &BigOrderedMap<K, V>, leaf_index: u64, key: &K
    ): IteratorPtr<K> {
        let leaf = self.borrow_node(leaf_index);
        let child_iter = leaf.children.internal_find(key);
        if (child_iter.iter_is_end(&leaf.children)) {
            IteratorPtr::End
        } else {
            leaf.iter_in(leaf_index, child_iter)
        }
    }

    fun iter_in<K: copy + store, V: store>(
        self: &Node<K, V>, node_index: u64, child_iter: ordered_map::IteratorPtr
    ): IteratorPtr<K> {
        let key = *child_iter.iter_borrow_key(&self.children);
        IteratorPtr::Some { node_index, child_iter, key }
    }

    fun begin_of_leaf<K: copy + store, V: store>(
        self: &BigOrderedMap<K, V>, leaf_index: u64
    ): IteratorPtr<K> {
        if (leaf_index == NULL_INDEX) return IteratorPtr::End;
        let leaf = self.borrow_node(leaf_index);
        leaf.iter_in(leaf_index, leaf.children.internal_new_begin_iter())
    }

    // Insertion

    fun insert<K: drop + copy + store, V: store>(
        self: &mut BigOrderedMap<K, V>, key: K, value: V, replace: bool
    ): Option<V> {
        if (!self.constant_kv_size) self.admit(&key, &value);
        let path = self.path_to(&key);
        let index = path.pop_back();
        let children = &mut self.borrow_node_mut(index).children;
        let iter = children.internal_lower_bound(&key);
        if (!iter.iter_is_end(children) && iter.iter_borrow_key(children) == &key) {
            assert!(replace, error::invalid_argument(EKEY_ALREADY_EXISTS));
            let Child::Leaf { value: old } = iter.iter_replace(children, Child::Leaf { value });
            return option::some(old)
        };
        iter.iter_add(children, key, Child::Leaf { value });
        path.for_each_ref(|index| self.raise_bound(*index, &key));

        loop {
            let node = self.borrow_node(index);
            if (node.children.length() <= self.max_degree(node)) break;
            if (index == ROOT_INDEX) {
                self.split_root();
                break
            };
            let (bound, slot) = self.split(index);
            index = path.pop_back();
            self.borrow_node_mut(index).children.add(bound, Child::Inner { node_index: slot });
        };
        option::none()
    }

    /// Makes the last bound of an inner node cover `key`.
    fun raise_bound<K: drop + copy + store, V: store>(
        self: &mut BigOrderedMap<K, V>, index: u64, key: &K
    ) {
        let (bound, _) = self.borrow_node(index).children.borrow_back();
        if (cmp::compare(bound, key).is_lt()) {
            let bound = *bound;
            self.borrow_node_mut(index).children.replace_key_inplace(&bound, *key);
        }
    }

    /// Moves the lower half of a node into a new one, and returns the bound and slot of that. The
    /// upper half stays where it is, so that its bound in the parent stays right.
    fun split<K: drop + copy + store, V: store>(
        self: &mut BigOrderedMap<K, V>, index: u64
    ): (K, StoredSlot) {
        let (slot, reserved) = self.nodes.reserve_slot();
        let lower_index = slot.stored_to_index();
        let node = self.nodes.borrow_mut(index);
        let lower = node.take_children();
        let half = lower.length() / 2;
        node.put_children(lower.trim(half));
        let (bound, _) = lower.borrow_back();
        let bound = *bound;
        let lower_node =
            if (node.is_leaf) {
                let prev = node.prev;
                node.prev = lower_index;
                self.link_next(prev, lower_index);
                new_leaf(lower, prev, index)
            } else {
                new_inner(lower)
            };
        self.nodes.fill_reserved_slot(reserved, lower_node);
        (bound, slot)
    }

    /// Moves the halves of the root into two new nodes, which become its only children.
    fun split_root<K: drop + copy + store, V: store>(self: &mut BigOrderedMap<K, V>) {
        let (lower_slot, lower_reserved) = self.nodes.reserve_slot();
        let (upper_slot, upper_reserved) = self.nodes.reserve_slot();
        let lower_index = lower_slot.stored_to_index();
        let upper_index = upper_slot.stored_to_index();

        let lower = self.root.take_children();
        let half = lower.length() / 2;
        let upper = lower.trim(half);
        let (lower_bound, _) = lower.borrow_back();
        let (upper_bound, _) = upper.borrow_back();
        self.root.children.add(*lower_bound, Child::Inner { node_index: lower_slot });
        self.root.children.add(*upper_bound, Child::Inner { node_index: upper_slot });

        let (lower_node, upper_node) =
            if (self.root.is_leaf) {
                self.root.is_leaf = false;
                self.min_leaf_index = lower_index;
                self.max_leaf_index = upper_index;
                (new_leaf(lower, NULL_INDEX, upper_index), new_leaf(upper, lower_index, NULL_INDEX))
            } else {
                (new_inner(lower), new_inner(upper))
            };
        self.nodes.fill_reserved_slot(lower_reserved, lower_node);
        self.nodes.fill_reserved_slot(upper_reserved, upper_node);
    }

    /// Makes `next` the leaf behind `prev`, or the first one if `prev` is none.
    fun link_next<K: store, V: store>(self: &mut BigOrderedMap<K, V>, prev: u64, next: u64) {
        if (prev == NULL_INDEX) {
            self.min_leaf_index = next;
        } else {
            self.nodes.borrow_mut(prev).next = next;
        }
    }

    // Removal

    /// Removes `key`, which is in the leaf at the end of `path`.
    ///
    /// Bounds above it stay as they are, even if `key` was the greatest key below them: a bound may
    /// be too high, and the nodes above need not be written.
    fun remove_at<K: drop + copy + store, V: store>(
        self: &mut BigOrderedMap<K, V>, path: vector<u64>, key: &K
    ): V {
        let index = path.pop_back();
        let Child::Leaf { value } = self.borrow_node_mut(index).children.remove(key);
        while (index != ROOT_INDEX) {
            let node = self.borrow_node(index);
            if (node.children.length() * 2 >= self.max_degree(node)) break;
            index = path.pop_back();
            self.refill_child(index, key);
        };
        if (index == ROOT_INDEX) self.lower_root();
        value
    }

    /// Shares the children of the child where `key` belongs and of its neighbour evenly among the
    /// two, or merges them if they are not enough for two.
    fun refill_child<K: drop + copy + store, V: store>(
        self: &mut BigOrderedMap<K, V>, parent_index: u64, key: &K
    ) {
        let parent = self.borrow_node(parent_index);
        let left = parent.child_iter_for(key);
        let right = left.iter_next(&parent.children);
        if (right.iter_is_end(&parent.children)) {
            right = left;
            left = right.iter_prev(&parent.children);
        };
        let bound = *left.iter_borrow_key(&parent.children);
        let left_index = parent.inner_index_at(left);
        let right_index = parent.inner_index_at(right);

        let children = self.nodes.borrow_mut(left_index).take_children();
        let right_node = self.nodes.borrow_mut(right_index);
        children.append_disjoint(right_node.take_children());
        let total = children.length();
        let max_degree = self.max_degree(self.nodes.borrow(right_index));
        if (total / 2 * 2 >= max_degree) {
            let upper = children.trim(total / 2);
            let (new_bound, _) = children.borrow_back();
            let new_bound = *new_bound;
            self.nodes.borrow_mut(left_index).put_children(children);
            self.nodes.borrow_mut(right_index).put_children(upper);
            self.borrow_node_mut(parent_index).children.replace_key_inplace(&bound, new_bound);
        } else {
            self.nodes.borrow_mut(right_index).put_children(children);
            self.remove_emptied(parent_index, &bound, right_index);
        }
    }

    /// Frees the node that a parent has for `bound`, whose children the next one took over.
    fun remove_emptied<K: drop + copy + store, V: store>(
        self: &mut BigOrderedMap<K, V>, parent_index: u64, bound: &K, heir_index: u64
    ) {
        let Child::Inner { node_index: slot } =
            self.borrow_node_mut(parent_index).children.remove(bound);
        let node = self.nodes.remove(slot);
        if (node.is_leaf) {
            let prev = node.prev;
            self.nodes.borrow_mut(heir_index).prev = prev;
            self.link_next(prev, heir_index);
        };
        destroy_empty_node(node);
    }

    /// If the root has only one child, makes that the root.
    fun lower_root<K: drop + copy + store, V: store>(self: &mut BigOrderedMap<K, V>) {
        if (self.root.is_leaf || self.root.children.length() > 1) return;
        let (_, child) = self.root.children.pop_back();
        let Child::Inner { node_index: slot } = child;
        let Node::V1 { is_leaf, children, prev: _, next: _ } = self.nodes.remove(slot);
        self.root.put_children(children);
        if (is_leaf) {
            self.root.is_leaf = true;
            self.min_leaf_index = ROOT_INDEX;
            self.max_leaf_index = ROOT_INDEX;
        }
    }

    // Sizes

    fun assert_constant_size<K: store, V: store>() {
        assert!(
            bcs::constant_serialized_size<K>().is_some()
                && bcs::constant_serialized_size<V>().is_some(),
            error::invalid_argument(ECANNOT_USE_NEW_WITH_VARIABLE_SIZED_TYPES)
        );
    }

    /// Checks an entry of variable size. The first one sets the degrees that are not configured.
    fun admit<K: store, V: store>(self: &mut BigOrderedMap<K, V>, key: &K, value: &V) {
        let key_bytes = bcs::serialized_size(key);
        let entry_bytes = key_bytes + bcs::serialized_size(value);
        if (self.inner_max_degree == 0 || self.leaf_max_degree == 0) {
            self.init_degrees(key_bytes, entry_bytes, DEFAULT_MAX_BYTES, DEFAULT_MAX_BYTES);
        };
        self.check_sizes(key_bytes, entry_bytes);
    }

    fun check_sizes<K: store, V: store>(
        self: &BigOrderedMap<K, V>, key_bytes: u64, entry_bytes: u64
    ) {
        assert!(
            key_bytes * (self.inner_max_degree as u64) <= MAX_NODE_BYTES,
            error::invalid_argument(EKEY_BYTES_TOO_LARGE)
        );
        assert!(
            entry_bytes * (self.leaf_max_degree as u64) <= MAX_NODE_BYTES,
            error::invalid_argument(EARGUMENT_BYTES_TOO_LARGE)
        );
    }

    /// Sets the degrees that are not configured, for these usual sizes and these greatest sizes.
    fun init_degrees<K: store, V: store>(
        self: &mut BigOrderedMap<K, V>,
        key_bytes: u64,
        entry_bytes: u64,
        max_key_bytes: u64,
        max_entry_bytes: u64
    ) {
        if (self.inner_max_degree == 0) {
            self.inner_max_degree = degree_for(key_bytes, max_key_bytes, INNER_MIN_DEGREE) as u16;
        };
        if (self.leaf_max_degree == 0) {
            self.leaf_max_degree = degree_for(entry_bytes, max_entry_bytes, LEAF_MIN_DEGREE) as u16;
        }
    }

    /// How many children of `usual` bytes fill a node, if nodes can be full of those of `max` bytes.
    fun degree_for(usual: u64, max: u64, min_degree: u64): u64 {
        let by_usual = TARGET_NODE_BYTES / math64::max(usual, 1);
        let by_max = MAX_NODE_BYTES / math64::max(max, 1);
        math64::max(min_degree, math64::min(MAX_DEGREE, math64::min(by_usual, by_max)))
    }

    #[test_only]
    /// Aborts unless the tree is well formed.
    public fun validate<K: drop + copy + store, V: store>(self: &BigOrderedMap<K, V>) {
        let leaves = vector[];
        self.validate_subtree(ROOT_INDEX, &option::none(), &option::none(), &mut leaves);

        let count = leaves.length();
        assert!(self.min_leaf_index == leaves[0] && self.max_leaf_index == leaves[count - 1]);
        for (i in 0..count) {
            let leaf = self.borrow_node(leaves[i]);
            let prev = if (i == 0) NULL_INDEX else leaves[i - 1];
            let next = if (i + 1 == count) NULL_INDEX else leaves[i + 1];
            assert!(leaf.prev == prev && leaf.next == next);
        }
    }

    #[test_only]
    /// Checks that all keys are above `low` and not above `high`; appends the leaves to `leaves`.
    /// Returns the height.
    fun validate_subtree<K: drop + copy + store, V: store>(
        self: &BigOrderedMap<K, V>,
        index: u64,
        low: &Option<K>,
        high: &Option<K>,
        leaves: &mut vector<u64>
    ): u64 {
        let node = self.borrow_node(index);
        let length = node.children.length();
        assert!(self.leaf_max_degree == 0 || length <= self.max_degree(node));
        if (index != ROOT_INDEX) {
            assert!(length * 2 >= self.max_degree(node));
        } else {
            assert!(node.is_leaf || length >= 2);
        };
        node.children.validate_ordered();
        if (length > 0) {
            let (front, _) = node.children.borrow_front();
            let (back, _) = node.children.borrow_back();
            assert!(low.is_none() || cmp::compare(low.borrow(), front).is_lt());
            assert!(high.is_none() || !cmp::compare(high.borrow(), back).is_lt());
        };
        if (node.is_leaf) {
            leaves.push_back(index);
            return 1
        };
        let height = 0;
        let low = *low;
        let iter = node.children.internal_new_begin_iter();
        while (!iter.iter_is_end(&node.children)) {
            let bound = option::some(*iter.iter_borrow_key(&node.children));
            let child = node.inner_index_at(iter);
            let child_height = self.validate_subtree(child, &low, &bound, leaves);
            assert!(height == 0 || height == child_height);
            height = child_height;
            low = bound;
            iter = iter.iter_next(&node.children);
        };
        height + 1
    }

    #[test_only]
    /// The most children of inner nodes, and entries of leaves.
    public fun max_degrees<K: store, V: store>(self: &BigOrderedMap<K, V>): (u16, u16) {
        (self.inner_max_degree, self.leaf_max_degree)
    }

    #[test_only]
    /// The number of spare slots.
    public fun num_spare_slots<K: store, V: store>(self: &BigOrderedMap<K, V>): u32 {
        self.nodes.get_num_spare_slot_count()
    }
}
