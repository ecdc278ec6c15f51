/// A vector of any size: its first elements lie in the vector itself, the others in a `BigVector`.
/// A small one costs no storage slots of its own, and a large one is not read as a whole.
module aptos_std::smart_vector {
    use std::error;
    use std::option::{Self, Option};
    use aptos_std::big_vector::{Self, BigVector};
    use aptos_std::math64::max;
    use aptos_std::type_info::size_of_val;

    /// The index is not below the length
    const EINDEX_OUT_OF_BOUNDS: u64 = 1;
    /// A vector cannot be destroyed while it has elements
    const EVECTOR_NOT_EMPTY: u64 = 2;
    /// An empty vector has no last element
    const EVECTOR_EMPTY: u64 = 3;
    /// Buckets need room for an element
    const EZERO_BUCKET_SIZE: u64 = 4;
    /// The vectors have different lengths
    const ESMART_VECTORS_LENGTH_MISMATCH: u64 = 0x20005;

    /// The bytes that inline elements may take, if their number is not configured.
    const INLINE_BYTES: u64 = 150;
    /// The bytes that a bucket should have, if its size is not configured.
    const BUCKET_BYTES: u64 = 1024;

    /// A vector whose elements behind `inline_vec` are in `big_vec`. New elements go into
    /// `inline_vec` until it is full; then `big_vec` exists as long as it has elements.
    struct SmartVector<T> has store {
        inline_vec: vector<T>,
        big_vec: Option<BigVector<T>>,
        inline_capacity: Option<u64>,
        bucket_size: Option<u64>,
    }

    /// Creates an empty vector. The sizes of its elements will decide how many are inline, and how
    /// many are in a bucket.
    public fun new<T: store>(): SmartVector<T> {
        SmartVector {
            inline_vec: vector[],
            big_vec: option::none(),
            inline_capacity: option::none(),
            bucket_size: option::none(),
        }
    }

    #[deprecated]
    /// The same as `new`.
    public fun empty<T: store>(): SmartVector<T> {
        new()
    }

    /// Creates an empty vector of at most `inline_capacity` inline elements, and `bucket_size`
    /// elements in a bucket. Aborts with `EZERO_BUCKET_SIZE` if the latter is 0.
    public fun empty_with_config<T: store>(
        inline_capacity: u64, bucket_size: u64
    ): SmartVector<T> {
        assert!(bucket_size > 0, error::invalid_argument(EZERO_BUCKET_SIZE));
        SmartVector {
            inline_vec: vector[],
            big_vec: option::none(),
            inline_capacity: option::some(inline_capacity),
            bucket_size: option::some(bucket_size),
        }
    }

    /// Creates a vector of one element.
    public fun singleton<T: store>(element: T): SmartVector<T> {
        let v = new();
        v.push_back(element);
        v
    }

    /// Destroys an empty vector. Aborts with `EVECTOR_NOT_EMPTY` if it has elements.
    public fun destroy_empty<T>(self: SmartVector<T>) {
        assert!(self.is_empty(), error::invalid_argument(EVECTOR_NOT_EMPTY));
        let SmartVector { inline_vec, big_vec, inline_capacity: _, bucket_size: _ } = self;
        inline_vec.destroy_empty();
        big_vec.destroy_none();
    }

    /// Destroys the vector and its elements.
    public fun destroy<T: drop>(self: SmartVector<T>) {
        self.clear();
        self.destroy_empty();
    }

    /// Removes all elements.
    public fun clear<T: drop>(self: &mut SmartVector<T>) {
        self.inline_vec = vector[];
        if (self.big_vec.is_some()) self.big_vec.extract().destroy();
    }

    /// Borrows the element at `i`. Aborts with `EINDEX_OUT_OF_BOUNDS` if there is none.
    public fun borrow<T>(self: &SmartVector<T>, i: u64): &T {
        self.assert_in_bounds(i);
        let inline_length = self.inline_vec.length();
        if (i < inline_length) {
            self.inline_vec.borrow(i)
        } else {
            self.big_vec.borrow().borrow(i - inline_length)
        }
    }

    /// Borrows the element at `i` for writing. Aborts with `EINDEX_OUT_OF_BOUNDS` if there is none.
    public fun borrow_mut<T>(self: &mut SmartVector<T>, i: u64): &mut T {
        self.assert_in_bounds(i);
        let inline_length = self.inline_vec.length();
        if (i < inline_length) {
            self.inline_vec.borrow_mut(i)
        } else {
            self.big_vec.borrow_mut().borrow_mut(i - inline_length)
        }
    }

    /// Moves the elements of `other` behind those of the vector.
    public fun append<T: store>(self: &mut SmartVector<T>, other: SmartVector<T>) {
        let SmartVector { inline_vec, big_vec, inline_capacity: _, bucket_size: _ } = other;
        self.add_all(inline_vec);
        if (big_vec.is_some()) {
            let rest = big_vec.destroy_some();
            rest.reverse();
            while (!rest.is_empty()) self.push_back(rest.pop_back());
            rest.destroy_empty();
        } else {
            big_vec.destroy_none();
        }
    }

    /// Moves the elements of `vals` behind those of the vector.
    public fun add_all<T: store>(self: &mut SmartVector<T>, vals: vector<T>) {
        vals.for_each(|val| self.push_back(val));
    }

    /// Copies all elements into a vector that lies in one place.
    public fun to_vector<T: store + copy>(self: &SmartVector<T>): vector<T> {
        let copied = self.inline_vec;
        if (self.big_vec.is_some()) copied.append(self.big_vec.borrow().to_vector());
        copied
    }

    /// Adds an element at the end.
    public fun push_back<T: store>(self: &mut SmartVector<T>, val: T) {
        if (self.big_vec.is_none()) {
            if (self.fits_inline(&val)) {
                self.inline_vec.push_back(val);
                return
            };
            let bucket_size = self.choose_bucket_size(&val);
            self.big_vec.fill(big_vector::empty(bucket_size));
        };
        self.big_vec.borrow_mut().push_back(val);
    }

    /// Removes the last element. Aborts with `EVECTOR_EMPTY` if there is none.
    public fun pop_back<T>(self: &mut SmartVector<T>): T {
        assert!(!self.is_empty(), error::invalid_state(EVECTOR_EMPTY));
        if (self.big_vec.is_none()) return self.inline_vec.pop_back();
        let element = self.big_vec.borrow_mut().pop_back();
        self.drop_big_vec_if_empty();
        element
    }

    /// Removes the element at `i`; those behind it move up, for which all later buckets are
    /// written. Aborts with `EINDEX_OUT_OF_BOUNDS` if there is no such element.
    public fun remove<T>(self: &mut SmartVector<T>, i: u64): T {
        self.assert_in_bounds(i);
        let inline_length = self.inline_vec.length();
        if (i < inline_length) return self.inline_vec.remove(i);
        let element = self.big_vec.borrow_mut().remove(i - inline_length);
        self.drop_big_vec_if_empty();
        element
    }

    /// Removes the element at `i` and puts the last one in its place.
    /// Aborts with `EINDEX_OUT_OF_BOUNDS` if there is no such element.
    public fun swap_remove<T>(self: &mut SmartVector<T>, i: u64): T {
        self.assert_in_bounds(i);
        let inline_length = self.inline_vec.length();
        if (self.big_vec.is_none()) return self.inline_vec.swap_remove(i);
        let element =
            if (i < inline_length) {
                let last = self.big_vec.borrow_mut().pop_back();
                self.inline_vec.replace(i, last)
            } else {
                self.big_vec.borrow_mut().swap_remove(i - inline_length)
            };
        self.drop_big_vec_if_empty();
        element
    }

    /// Exchanges two elements. Aborts with `EINDEX_OUT_OF_BOUNDS` if one of them does not exist.
    public fun swap<T: store>(self: &mut SmartVector<T>, i: u64, j: u64) {
        if (i > j) return self.swap(j, i);
        self.assert_in_bounds(j);
        let inline_length = self.inline_vec.length();
        if (j < inline_length) {
            self.inline_vec.swap(i, j);
        } else if (i >= inline_length) {
            self.big_vec.borrow_mut().swap(i - inline_length, j - inline_length);
        } else {
            let big_vec = self.big_vec.borrow_mut();
            // Behind the last element of the one, then in its place in the other, and back.
            let element = self.inline_vec.swap_remove(i);
            big_vec.push_back(element);
            let element = big_vec.swap_remove(j - inline_length);
            self.inline_vec.push_back(element);
            self.inline_vec.swap(i, inline_length - 1);
        }
    }

    /// Reverses the order of the elements. The inline elements stay as many as they are.
    public fun reverse<T: store>(self: &mut SmartVector<T>) {
        if (self.big_vec.is_none()) {
            self.inline_vec.reverse();
            return
        };
        let inline_length = self.inline_vec.length();
        let big_vec = self.big_vec.borrow_mut();
        let reversed = vector[];
        while (!big_vec.is_empty()) reversed.push_back(big_vec.pop_back());
        self.inline_vec.reverse();
        reversed.append(self.inline_vec.trim(0));
        reversed.trim(inline_length).for_each(|element| big_vec.push_back(element));
        self.inline_vec.append(reversed);
    }

    /// Where the first element equal to `val` is: `(true, index)`, or `(false, 0)` without one.
    public fun index_of<T>(self: &SmartVector<T>, val: &T): (bool, u64) {
        let (found, i) = self.inline_vec.index_of(val);
        if (!found && self.big_vec.is_some()) {
            (found, i) = self.big_vec.borrow().index_of(val);
            if (found) i += self.inline_vec.length();
        };
        (found, i)
    }

    /// Whether an element equals `val`.
    public fun contains<T>(self: &SmartVector<T>, val: &T): bool {
        let (found, _) = self.index_of(val);
        found
    }

    /// The number of elements.
    public fun length<T>(self: &SmartVector<T>): u64 {
        self.inline_vec.length()
            + (if (self.big_vec.is_some()) self.big_vec.borrow().length() else 0)
    }

    /// Whether there are no elements.
    public fun is_empty<T>(self: &SmartVector<T>): bool {
        self.length() == 0
    }

    /// Destroys the vector and gives every element to `f`, in order.
    public inline fun for_each<T: store>(self: SmartVector<T>, f: |T|) {
        // A parameter of an inline function cannot always be borrowed for writing.
        let v = self;
        v.reverse();
        v.for_each_reverse(|element| f(element));
    }

    /// Destroys the vector and gives every element to `f`, the last one first.
    public inline fun for_each_reverse<T>(self: SmartVector<T>, f: |T|) {
        let v = self;
        while (!v.is_empty()) f(v.pop_back());
        v.destroy_empty();
    }

    /// Shows every element to `f`, in order.
    public inline fun for_each_ref<T>(self: &SmartVector<T>, f: |&T|) {
        for (i in 0..self.length()) f(self.borrow(i));
    }

    /// Shows every element to `f`, in order, for changes.
    public inline fun for_each_mut<T>(self: &mut SmartVector<T>, f: |&mut T|) {
        for (i in 0..self.length()) f(self.borrow_mut(i));
    }

    /// Shows every index and element to `f`, in order.
    public inline fun enumerate_ref<T>(self: &SmartVector<T>, f: |u64, &T|) {
        for (i in 0..self.length()) f(i, self.borrow(i));
    }

    /// Shows every index and element to `f`, in order, for changes.
    public inline fun enumerate_mut<T>(self: &mut SmartVector<T>, f: |u64, &mut T|) {
        for (i in 0..self.length()) f(i, self.borrow_mut(i));
    }

    /// Destroys the vector and folds its elements, the first one first: `f(f(init, a), b)`.
    public inline fun fold<Accumulator, T: store>(
        self: SmartVector<T>, init: Accumulator, f: |Accumulator, T| Accumulator
    ): Accumulator {
        let accumulator = init;
        self.for_each(|element| accumulator = f(accumulator, element));
        accumulator
    }

    /// Destroys the vector and folds its elements, the last one first: `f(a, f(b, init))`.
    public inline fun foldr<Accumulator, T>(
        self: SmartVector<T>, init: Accumulator, f: |T, Accumulator| Accumulator
    ): Accumulator {
        let accumulator = init;
        self.for_each_reverse(|element| accumulator = f(element, accumulator));
        accumulator
    }

    /// A vector of what `f` makes of every element.
    public inline fun map_ref<T1, T2: store>(
        self: &SmartVector<T1>, f: |&T1| T2
    ): SmartVector<T2> {
        let mapped = aptos_std::smart_vector::new<T2>();
        self.for_each_ref(|element| mapped.push_back(f(element)));
        mapped
    }

    /// Destroys the vector and makes one of what `f` makes of every element.
    public inline fun map<T1: store, T2: store>(
        self: SmartVector<T1>, f: |T1| T2
    ): SmartVector<T2> {
        let mapped = aptos_std::smart_vector::new<T2>();
        self.for_each(|element| mapped.push_back(f(element)));
        mapped
    }

    /// Destroys the vector and makes one of the elements for which `p` holds.
    public inline fun filter<T: store + drop>(
        self: SmartVector<T>, p: |&T| bool
    ): SmartVector<T> {
        let kept = aptos_std::smart_vector::new<T>();
        self.for_each(|element| {
            if (p(&element)) kept.push_back(element);
        });
        kept
    }

    /// Destroys both vectors and gives their elements to `f` in pairs, in order.
    /// Aborts with `ESMART_VECTORS_LENGTH_MISMATCH` if the lengths differ.
    public inline fun zip<T1: store, T2: store>(
        self: SmartVector<T1>, v2: SmartVector<T2>, f: |T1, T2|
    ) {
        // A parameter of an inline function cannot always be borrowed for writing.
        let first = self;
        let second = v2;
        first.reverse();
        second.reverse();
        first.zip_reverse(second, |a, b| f(a, b));
    }

    /// Destroys both vectors and gives their elements to `f` in pairs, the last ones first.
    /// Aborts with `ESMART_VECTORS_LENGTH_MISMATCH` if the lengths differ.
    public inline fun zip_reverse<T1, T2>(
        self: SmartVector<T1>, v2: SmartVector<T2>, f: |T1, T2|
    ) {
        let first = self;
        let second = v2;
        // Constants of this module cannot be named where this is inlined.
        assert!(first.length() == second.length(), 0x20005);
        while (!first.is_empty()) f(first.pop_back(), second.pop_back());
        first.destroy_empty();
        second.destroy_empty();
    }

    /// Shows the elements of both vectors to `f` in pairs, in order.
    /// Aborts with `ESMART_VECTORS_LENGTH_MISMATCH` if the lengths differ.
    public inline fun zip_ref<T1, T2>(
        self: &SmartVector<T1>, v2: &SmartVector<T2>, f: |&T1, &T2|
    ) {
        assert!(self.length() == v2.length(), 0x20005);
        for (i in 0..self.length()) f(self.borrow(i), v2.borrow(i));
    }

    /// Shows the elements of both vectors to `f` in pairs, in order, for changes.
    /// Aborts with `ESMART_VECTORS_LENGTH_MISMATCH` if the lengths differ.
    public inline fun zip_mut<T1, T2>(
        self: &mut SmartVector<T1>, v2: &mut SmartVector<T2>, f: |&mut T1, &mut T2|
    ) {
        assert!(self.length() == v2.length(), 0x20005);
        for (i in 0..self.length()) f(self.borrow_mut(i), v2.borrow_mut(i));
    }

    /// Destroys both vectors and makes one of what `f` makes of every pair.
    /// Aborts with `ESMART_VECTORS_LENGTH_MISMATCH` if the lengths differ.
    public inline fun zip_map<T1: store, T2: store, NewT: store>(
        self: SmartVector<T1>, v2: SmartVector<T2>, f: |T1, T2| NewT
    ): SmartVector<NewT> {
        let mapped = aptos_std::smart_vector::new<NewT>();
        self.zip(v2, |a, b| mapped.push_back(f(a, b)));
        mapped
    }

    /// A vector of what `f` makes of every pair.
    /// Aborts with `ESMART_VECTORS_LENGTH_MISMATCH` if the lengths differ.
    public inline fun zip_map_ref<T1, T2, NewT: store>(
        self: &SmartVector<T1>, v2: &SmartVector<T2>, f: |&T1, &T2| NewT
    ): SmartVector<NewT> {
        let mapped = aptos_std::smart_vector::new<NewT>();
        self.zip_ref(v2, |a, b| mapped.push_back(f(a, b)));
        mapped
    }

    fun assert_in_bounds<T>(self: &SmartVector<T>, i: u64) {
        assert!(i < self.length(), error::invalid_argument(EINDEX_OUT_OF_BOUNDS));
    }

    /// Whether one more element may go into `inline_vec`.
    fun fits_inline<T>(self: &SmartVector<T>, val: &T): bool {
        let length = self.inline_vec.length();
        if (self.inline_capacity.is_some()) {
            length < *self.inline_capacity.borrow()
        } else {
            size_of_val(val) * (length + 1) < INLINE_BYTES
        }
    }

    /// The configured size of buckets, or the one for elements as those that there are.
    fun choose_bucket_size<T>(self: &SmartVector<T>, val: &T): u64 {
        if (self.bucket_size.is_some()) return *self.bucket_size.borrow();
        let bytes = size_of_val(&self.inline_vec) + size_of_val(val);
        let average = max(bytes / (self.inline_vec.length() + 1), 1);
        max(BUCKET_BYTES / average, 1)
    }

    fun drop_big_vec_if_empty<T>(self: &mut SmartVector<T>) {
        if (self.big_vec.borrow().is_empty()) self.big_vec.extract().destroy_empty();
    }
}
