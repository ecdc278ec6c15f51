/// A vector of any size, whose elements lie in a table in buckets of equal size.
/// All buckets are full but the last one, and there is no empty bucket.
module aptos_std::big_vector {
    use std::error;
    use aptos_std::table_with_length::{Self, TableWithLength};

    friend aptos_std::smart_vector;

    /// The index is not below the length
    const EINDEX_OUT_OF_BOUNDS: u64 = 1;
    /// A vector cannot be destroyed while it has elements
    const EVECTOR_NOT_EMPTY: u64 = 2;
    /// An empty vector has no last element
    const EVECTOR_EMPTY: u64 = 3;
    /// Buckets need room for an element
    const EZERO_BUCKET_SIZE: u64 = 4;

    /// A vector in buckets: element `i` is in bucket `i / bucket_size`.
    struct BigVector<T> has store {
        buckets: TableWithLength<u64, vector<T>>,
        end_index: u64,
        bucket_size: u64,
    }

    /// Creates an empty vector. Aborts with `EZERO_BUCKET_SIZE` if `bucket_size` is 0.
    public(friend) fun empty<T: store>(bucket_size: u64): BigVector<T> {
        assert!(bucket_size > 0, error::invalid_argument(EZERO_BUCKET_SIZE));
        BigVector { buckets: table_with_length::new(), end_index: 0, bucket_size }
    }

    /// Creates a vector of one element. Aborts with `EZERO_BUCKET_SIZE` if `bucket_size` is 0.
    public(friend) fun singleton<T: store>(element: T, bucket_size: u64): BigVector<T> {
        let v = empty(bucket_size);
        v.push_back(element);
        v
    }

    /// Destroys an empty vector. Aborts with `EVECTOR_NOT_EMPTY` if it has elements.
    public fun destroy_empty<T>(self: BigVector<T>) {
        assert!(self.is_empty(), error::invalid_argument(EVECTOR_NOT_EMPTY));
        let BigVector { buckets, end_index: _, bucket_size: _ } = self;
        buckets.destroy_empty();
    }

    /// Destroys the vector and its elements.
    public fun destroy<T: drop>(self: BigVector<T>) {
        let BigVector { buckets, end_index: _, bucket_size: _ } = self;
        for (bucket in 0..buckets.length()) {
            buckets.remove(bucket);
        };
        buckets.destroy_empty();
    }

    /// Borrows the element at `i`. Aborts with `EINDEX_OUT_OF_BOUNDS` if there is none.
    public fun borrow<T>(self: &BigVector<T>, i: u64): &T {
        self.assert_in_bounds(i);
        self.buckets.borrow(i / self.bucket_size).borrow(i % self.bucket_size)
    }

    /// Borrows the element at `i` for writing. Aborts with `EINDEX_OUT_OF_BOUNDS` if there is none.
    public fun borrow_mut<T>(self: &mut BigVector<T>, i: u64): &mut T {
        self.assert_in_bounds(i);
        self.buckets.borrow_mut(i / self.bucket_size).borrow_mut(i % self.bucket_size)
    }

    /// Moves the elements of `other` behind those of the vector.
    public fun append<T: store>(self: &mut BigVector<T>, other: BigVector<T>) {
        let BigVector { buckets, end_index: _, bucket_size: _ } = other;
        for (bucket in 0..buckets.length()) {
            buckets.remove(bucket).for_each(|element| self.push_back(element));
        };
        buckets.destroy_empty();
    }

    /// Adds an element at the end.
    public fun push_back<T: store>(self: &mut BigVector<T>, val: T) {
        let bucket = self.end_index / self.bucket_size;
        if (self.end_index % self.bucket_size == 0) {
            self.buckets.add(bucket, vector[val]);
        } else {
            self.buckets.borrow_mut(bucket).push_back(val);
        };
        self.end_index += 1;
    }

    /// Removes the last element. Aborts with `EVECTOR_EMPTY` if there is none.
    public fun pop_back<T>(self: &mut BigVector<T>): T {
        assert!(!self.is_empty(), error::invalid_state(EVECTOR_EMPTY));
        let last = self.end_index - 1;
        let element = self.buckets.borrow_mut(last / self.bucket_size).pop_back();
        self.end_index = last;
        self.drop_bucket_if_empty();
        element
    }

    /// Removes the element at `i`; those behind it move up, for which all later buckets are
    /// written. Aborts with `EINDEX_OUT_OF_BOUNDS` if there is no such element.
    public fun remove<T>(self: &mut BigVector<T>, i: u64): T {
        self.assert_in_bounds(i);
        let bucket = i / self.bucket_size;
        let removed = self.buckets.borrow_mut(bucket).remove(i % self.bucket_size);
        for (next in (bucket + 1)..self.buckets.length()) {
            let moved = self.buckets.borrow_mut(next).remove(0);
            self.buckets.borrow_mut(next - 1).push_back(moved);
        };
        self.end_index -= 1;
        self.drop_bucket_if_empty();
        removed
    }

    /// Removes the element at `i` and puts the last one in its place.
    /// Aborts with `EINDEX_OUT_OF_BOUNDS` if there is no such element.
    public fun swap_remove<T>(self: &mut BigVector<T>, i: u64): T {
        self.assert_in_bounds(i);
        let last = self.pop_back();
        if (i == self.end_index) return last;
        self.buckets.borrow_mut(i / self.bucket_size).replace(i % self.bucket_size, last)
    }

    /// Exchanges two elements. Aborts with `EINDEX_OUT_OF_BOUNDS` if one of them does not exist.
    public fun swap<T>(self: &mut BigVector<T>, i: u64, j: u64) {
        self.assert_in_bounds(i);
        self.assert_in_bounds(j);
        let i_bucket = i / self.bucket_size;
        let j_bucket = j / self.bucket_size;
        let i = i % self.bucket_size;
        let j = j % self.bucket_size;
        if (i_bucket == j_bucket) {
            self.buckets.borrow_mut(i_bucket).swap(i, j);
        } else {
            // Only one bucket can be borrowed at a time.
            let element = self.buckets.borrow_mut(i_bucket).swap_remove(i);
            let element = self.buckets.borrow_mut(j_bucket).replace(j, element);
            let bucket = self.buckets.borrow_mut(i_bucket);
            bucket.push_back(element);
            let last = bucket.length() - 1;
            bucket.swap(i, last);
        }
    }

    /// Reverses the order of the elements.
    public fun reverse<T>(self: &mut BigVector<T>) {
        let taken = vector[];
        for (bucket in 0..self.buckets.length()) {
            taken.push_back(self.buckets.remove(bucket));
        };
        let bucket = 0;
        let filling = vector[];
        while (!taken.is_empty()) {
            let elements = taken.pop_back();
            while (!elements.is_empty()) {
                filling.push_back(elements.pop_back());
                if (filling.length() == self.bucket_size) {
                    self.buckets.add(bucket, filling);
                    filling = vector[];
                    bucket += 1;
                }
            };
            elements.destroy_empty();
        };
        taken.destroy_empty();
        if (filling.is_empty()) filling.destroy_empty() else self.buckets.add(bucket, filling);
    }

    /// Where the first element equal to `val` is: `(true, index)`, or `(false, 0)` without one.
    public fun index_of<T>(self: &BigVector<T>, val: &T): (bool, u64) {
        for (bucket in 0..self.buckets.length()) {
            let (found, i) = self.buckets.borrow(bucket).index_of(val);
            if (found) return (true, bucket * self.bucket_size + i)
        };
        (false, 0)
    }

    /// Whether an element equals `val`.
    public fun contains<T>(self: &BigVector<T>, val: &T): bool {
        let (found, _) = self.index_of(val);
        found
    }

    /// Copies all elements into a vector that lies in one place.
    public fun to_vector<T: copy>(self: &BigVector<T>): vector<T> {
        let copied = vector[];
        for (bucket in 0..self.buckets.length()) {
            copied.append(*self.buckets.borrow(bucket));
        };
        copied
    }

    /// The number of elements.
    public fun length<T>(self: &BigVector<T>): u64 {
        self.end_index
    }

    /// Whether there are no elements.
    public fun is_empty<T>(self: &BigVector<T>): bool {
        self.end_index == 0
    }

    fun assert_in_bounds<T>(self: &BigVector<T>, i: u64) {
        assert!(i < self.end_index, error::invalid_argument(EINDEX_OUT_OF_BOUNDS));
    }

    /// Removes the last bucket if the element that was just removed was its only one.
    fun drop_bucket_if_empty<T>(self: &mut BigVector<T>) {
        if (self.end_index % self.bucket_size == 0) {
            self.buckets.remove(self.end_index / self.bucket_size).destroy_empty();
        }
    }

    #[test_only]
    fun filled(length: u64, bucket_size: u64): BigVector<u64> {
        let v = empty(bucket_size);
        for (i in 0..length) v.push_back(i);
        v
    }

    #[test_only]
    fun assert_is(v: BigVector<u64>, expected: vector<u64>) {
        assert!(v.to_vector() == expected && v.length() == expected.length());
        let full = v.end_index / v.bucket_size;
        for (bucket in 0..full) assert!(v.buckets.borrow(bucket).length() == v.bucket_size);
        let partial = v.end_index % v.bucket_size;
        assert!(v.buckets.length() == full + (if (partial > 0) 1 else 0));
        expected.enumerate_ref(|i, element| assert!(v.borrow(i) == element));
        v.destroy();
    }

    #[test]
    fun elements_go_in_and_out_at_the_end() {
        for (bucket_size in 1..5) {
            let v = filled(10, bucket_size);
            for (i in 0..4) assert!(v.pop_back() == 9 - i);
            *v.borrow_mut(2) = 22;
            v.push_back(7);
            assert_is(v, vector[0, 1, 22, 3, 4, 5, 7]);
        };
        let v = singleton(5, 3);
        assert!(v.pop_back() == 5 && v.is_empty());
        v.destroy_empty();
    }

    #[test]
    fun remove_keeps_the_order() {
        for (bucket_size in 1..5) {
            for (i in 0..9) {
                let v = filled(9, bucket_size);
                assert!(v.remove(i) == i);
                let expected = filled(9, 100);
                let expected_vector = expected.to_vector();
                expected_vector.remove(i);
                expected.destroy();
                assert_is(v, expected_vector);
            }
        }
    }

    #[test]
    fun swap_remove_takes_the_last() {
        for (bucket_size in 1..5) {
            for (i in 0..9) {
                let v = filled(9, bucket_size);
                assert!(v.swap_remove(i) == i);
                let expected = vector[0, 1, 2, 3, 4, 5, 6, 7, 8];
                expected.swap_remove(i);
                assert_is(v, expected);
            }
        }
    }

    #[test]
    fun swap_and_reverse_work_across_buckets() {
        for (bucket_size in 1..6) {
            for (i in 0..7) for (j in 0..7) {
                let v = filled(7, bucket_size);
                v.swap(i, j);
                let expected = vector[0, 1, 2, 3, 4, 5, 6];
                expected.swap(i, j);
                assert_is(v, expected);
            };
            let v = filled(7, bucket_size);
            v.reverse();
            v.push_back(9);
            assert_is(v, vector[6, 5, 4, 3, 2, 1, 0, 9]);
        };
        let v = filled(0, 2);
        v.reverse();
        assert_is(v, vector[]);
    }

    #[test]
    fun append_joins_vectors_of_other_bucket_sizes() {
        let v = filled(5, 2);
        v.append(filled(4, 3));
        v.append(filled(0, 3));
        assert_is(v, vector[0, 1, 2, 3, 4, 0, 1, 2, 3]);
    }

    #[test]
    fun elements_are_found() {
        let v = filled(9, 4);
        for (i in 0..9) {
            let (found, index) = v.index_of(&i);
            assert!(found && index == i && v.contains(&i));
        };
        let (found, index) = v.index_of(&9);
        assert!(!found && index == 0 && !v.contains(&9));
        v.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = Self)]
    fun buckets_of_no_size_abort() {
        empty<u64>(0).destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun destroying_a_filled_vector_as_empty_aborts() {
        filled(1, 2).destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = 0x30003, location = Self)]
    fun popping_nothing_aborts() {
        let v = filled(0, 2);
        v.pop_back();
        v.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun borrowing_out_of_bounds_aborts() {
        let v = filled(3, 2);
        v.borrow(3);
        v.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun borrowing_mutably_out_of_bounds_aborts() {
        let v = filled(3, 2);
        v.borrow_mut(3);
        v.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun removing_out_of_bounds_aborts() {
        let v = filled(3, 2);
        v.remove(3);
        v.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun swap_removing_out_of_bounds_aborts() {
        let v = filled(3, 2);
        v.swap_remove(3);
        v.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun swapping_out_of_bounds_aborts() {
        let v = filled(3, 2);
        v.swap(0, 3);
        v.destroy();
    }
}
