/// Growable arrays. The first eight functions are instructions of the virtual machine; the rest
/// are written with them. Positions count from 0.
module std::vector {
    use std::mem;

    /// A position is past the end of the vector.
    const EINDEX_OUT_OF_BOUNDS: u64 = 0x20000;
    /// A range begins after it ends, or past the end of the vector.
    const EINVALID_RANGE: u64 = 0x20001;
    /// Two vectors that are walked together have different lengths.
    const EVECTORS_LENGTH_MISMATCH: u64 = 0x20002;
    /// The step of a range is zero.
    const EINVALID_STEP: u64 = 0x20003;
    /// A slice begins after it ends, or ends past the end of the vector.
    const EINVALID_SLICE_RANGE: u64 = 0x20004;

    #[bytecode_instruction]
    /// Makes a vector without elements.
    native public fun empty<Element>(): vector<Element>;

    #[bytecode_instruction]
    /// How many elements there are.
    native public fun length<Element>(self: &vector<Element>): u64;

    #[bytecode_instruction]
    /// The element at position `i`. Fails if there is none.
    native public fun borrow<Element>(self: &vector<Element>, i: u64): &Element;

    #[bytecode_instruction]
    /// Adds an element at the end.
    native public fun push_back<Element>(self: &mut vector<Element>, e: Element);

    #[bytecode_instruction]
    /// The element at position `i`, to be changed. Fails if there is none.
    native public fun borrow_mut<Element>(self: &mut vector<Element>, i: u64): &mut Element;

    #[bytecode_instruction]
    /// Takes the last element away. Fails if there is none.
    native public fun pop_back<Element>(self: &mut vector<Element>): Element;

    #[bytecode_instruction]
    /// Ends a vector that has no elements. Fails if it has any.
    native public fun destroy_empty<Element>(self: vector<Element>);

    #[bytecode_instruction]
    /// Exchanges the elements at two positions. Fails if there is none at one of them.
    native public fun swap<Element>(self: &mut vector<Element>, i: u64, j: u64);

    /// Moves `length` elements that begin at `removal_position` of one vector to
    /// `insert_position` of another, in one step. Fails if a position is out of range.
    native public(friend) fun move_range<T>(
        from: &mut vector<T>,
        removal_position: u64,
        length: u64,
        to: &mut vector<T>,
        insert_position: u64
    );

    /// A vector with one element.
    public fun singleton<Element>(e: Element): vector<Element> {
        vector[e]
    }

    /// Turns the order of the elements round.
    public fun reverse<Element>(self: &mut vector<Element>) {
        let end = self.length();
        self.reverse_slice(0, end);
    }

    /// Turns the order of the elements from `left` up to, and without, `right` round.
    public fun reverse_slice<Element>(self: &mut vector<Element>, left: u64, right: u64) {
        assert!(left <= right, EINVALID_RANGE);
        while (left + 1 < right) {
            right -= 1;
            self.swap(left, right);
            left += 1;
        }
    }

    /// Moves all elements of `other` to the end, in their order.
    public fun append<Element>(self: &mut vector<Element>, other: vector<Element>) {
        if (self.is_empty()) {
            mem::swap(self, &mut other);
            other.destroy_empty();
        } else {
            let at = self.length();
            let count = other.length();
            move_range(&mut other, 0, count, self, at);
            other.destroy_empty();
        }
    }

    /// Moves all elements of `other` to the end, the last first.
    public fun reverse_append<Element>(self: &mut vector<Element>, other: vector<Element>) {
        while (!other.is_empty()) {
            self.push_back(other.pop_back());
        };
        other.destroy_empty();
    }

    /// Keeps the first `new_len` elements and returns the others, in their order.
    public fun trim<Element>(self: &mut vector<Element>, new_len: u64): vector<Element> {
        let len = self.length();
        assert!(new_len <= len, EINDEX_OUT_OF_BOUNDS);
        let rest = vector[];
        if (new_len == 0) {
            mem::swap(self, &mut rest);
        } else {
            move_range(self, new_len, len - new_len, &mut rest, 0);
        };
        rest
    }

    /// Keeps the first `new_len` elements and returns the others, the last first.
    public fun trim_reverse<Element>(self: &mut vector<Element>, new_len: u64): vector<Element> {
        let rest = self.trim(new_len);
        rest.reverse();
        rest
    }

    /// Whether there are no elements.
    public fun is_empty<Element>(self: &vector<Element>): bool {
        self.length() == 0
    }

    /// Whether an element equals `e`.
    public fun contains<Element>(self: &vector<Element>, e: &Element): bool {
        let (found, _) = self.index_of(e);
        found
    }

    /// Whether an element equals `e`, and the position of the first that does (otherwise 0).
    public fun index_of<Element>(self: &vector<Element>, e: &Element): (bool, u64) {
        let i = 0;
        let len = self.length();
        while (i < len) {
            if (self.borrow(i) == e) return (true, i);
            i += 1;
        };
        (false, 0)
    }

    /// Whether an element fulfils `f`, and the position of the first that does (otherwise 0).
    public inline fun find<Element>(self: &vector<Element>, f: |&Element| bool): (bool, u64) {
        let found = false;
        let at = 0;
        let i = 0;
        let len = self.length();
        while (i < len) {
            if (f(self.borrow(i))) {
                found = true;
                at = i;
                break
            };
            i += 1;
        };
        (found, at)
    }

    /// Puts an element at position `i` and moves those from there on up by one.
    public fun insert<Element>(self: &mut vector<Element>, i: u64, e: Element) {
        let len = self.length();
        assert!(i <= len, EINDEX_OUT_OF_BOUNDS);
        if (i == len) {
            self.push_back(e);
        } else {
            let one = vector[e];
            move_range(&mut one, 0, 1, self, i);
            one.destroy_empty();
        }
    }

    /// Takes the element at position `i` away and moves those after it down by one.
    public fun remove<Element>(self: &mut vector<Element>, i: u64): Element {
        let len = self.length();
        assert!(i < len, EINDEX_OUT_OF_BOUNDS);
        if (i + 1 == len) {
            self.pop_back()
        } else {
            let one = vector[];
            move_range(self, i, 1, &mut one, 0);
            let e = one.pop_back();
            one.destroy_empty();
            e
        }
    }

    /// Takes the first element that equals `val` away: a vector with it, or without elements.
    public fun remove_value<Element>(self: &mut vector<Element>, val: &Element): vector<Element> {
        let (found, at) = self.index_of(val);
        if (found) vector[self.remove(at)] else vector[]
    }

    /// Takes the element at position `i` away and puts the last one there.
    public fun swap_remove<Element>(self: &mut vector<Element>, i: u64): Element {
        assert!(!self.is_empty(), EINDEX_OUT_OF_BOUNDS);
        let last = self.length() - 1;
        self.swap(i, last);
        self.pop_back()
    }

    /// Puts `val` at position `i` and returns what was there.
    public fun replace<Element>(self: &mut vector<Element>, i: u64, val: Element): Element {
        assert!(i < self.length(), EINDEX_OUT_OF_BOUNDS);
        mem::replace(self.borrow_mut(i), val)
    }

    /// Gives each element to `f`, in order, and ends the vector.
    public inline fun for_each<Element>(self: vector<Element>, f: |Element|) {
        self.reverse();
        self.for_each_reverse(|e| f(e));
    }

    /// Gives each element to `f`, the last first, and ends the vector.
    public inline fun for_each_reverse<Element>(self: vector<Element>, f: |Element|) {
        let left = self.length();
        while (left > 0) {
            f(self.pop_back());
            left -= 1;
        };
        self.destroy_empty()
    }

    /// Shows each element to `f`, in order.
    public inline fun for_each_ref<Element>(self: &vector<Element>, f: |&Element|) {
        let i = 0;
        let len = self.length();
        while (i < len) {
            f(self.borrow(i));
            i += 1;
        }
    }

    /// Gives the elements of two vectors to `f` in pairs, in order, and ends the vectors.
    public inline fun zip<Element1, Element2>(
        self: vector<Element1>, v2: vector<Element2>, f: |Element1, Element2|
    ) {
        self.reverse();
        v2.reverse();
        self.zip_reverse(v2, |e1, e2| f(e1, e2));
    }

    /// Gives the elements of two vectors to `f` in pairs, the last first, and ends the vectors.
    public inline fun zip_reverse<Element1, Element2>(
        self: vector<Element1>, v2: vector<Element2>, f: |Element1, Element2|
    ) {
        let left = self.length();
        assert!(left == v2.length(), 0x20002);
        while (left > 0) {
            f(self.pop_back(), v2.pop_back());
            left -= 1;
        };
        self.destroy_empty();
        v2.destroy_empty();
    }

    /// Shows the elements of two vectors to `f` in pairs, in order.
    public inline fun zip_ref<Element1, Element2>(
        self: &vector<Element1>, v2: &vector<Element2>, f: |&Element1, &Element2|
    ) {
        let len = self.length();
        assert!(len == v2.length(), 0x20002);
        let i = 0;
        while (i < len) {
            f(self.borrow(i), v2.borrow(i));
            i += 1;
        }
    }

    /// Shows each position and its element to `f`, in order.
    public inline fun enumerate_ref<Element>(self: &vector<Element>, f: |u64, &Element|) {
        let i = 0;
        let len = self.length();
        while (i < len) {
            f(i, self.borrow(i));
            i += 1;
        }
    }

    /// Lets `f` change each element, in order.
    public inline fun for_each_mut<Element>(self: &mut vector<Element>, f: |&mut Element|) {
        let i = 0;
        let len = self.length();
        while (i < len) {
            f(self.borrow_mut(i));
            i += 1;
        }
    }

    /// Lets `f` change the elements of two vectors in pairs, in order.
    public inline fun zip_mut<Element1, Element2>(
        self: &mut vector<Element1>, v2: &mut vector<Element2>, f: |&mut Element1, &mut Element2|
    ) {
        let i = 0;
        let len = self.length();
        assert!(len == v2.length(), 0x20002);
        while (i < len) {
            f(self.borrow_mut(i), v2.borrow_mut(i));
            i += 1;
        }
    }

    /// Lets `f` change each element, knowing its position, in order.
    public inline fun enumerate_mut<Element>(self: &mut vector<Element>, f: |u64, &mut Element|) {
        let i = 0;
        let len = self.length();
        while (i < len) {
            f(i, self.borrow_mut(i));
            i += 1;
        }
    }

    /// `f(... f(f(init, first), second) ..., last)`.
    public inline fun fold<Accumulator, Element>(
        self: vector<Element>, init: Accumulator, f: |Accumulator, Element| Accumulator
    ): Accumulator {
        let acc = init;
        self.for_each(|e| acc = f(acc, e));
        acc
    }

    /// `f(first, ... f(last but one, f(last, init)) ...)`.
    public inline fun foldr<Accumulator, Element>(
        self: vector<Element>, init: Accumulator, f: |Element, Accumulator| Accumulator
    ): Accumulator {
        let acc = init;
        self.for_each_reverse(|e| acc = f(e, acc));
        acc
    }

    /// What `f` gives for each element, in order.
    public inline fun map_ref<Element, NewElement>(
        self: &vector<Element>, f: |&Element| NewElement
    ): vector<NewElement> {
        let made = vector<NewElement>[];
        self.for_each_ref(|e| made.push_back(f(e)));
        made
    }

    /// What `f` gives for each pair of elements, in order.
    public inline fun zip_map_ref<Element1, Element2, NewElement>(
        self: &vector<Element1>, v2: &vector<Element2>, f: |&Element1, &Element2| NewElement
    ): vector<NewElement> {
        assert!(self.length() == v2.length(), 0x20002);
        let made = vector<NewElement>[];
        self.zip_ref(v2, |e1, e2| made.push_back(f(e1, e2)));
        made
    }

    /// What `f` makes of each element, in order.
    public inline fun map<Element, NewElement>(
        self: vector<Element>, f: |Element| NewElement
    ): vector<NewElement> {
        let made = vector<NewElement>[];
        self.for_each(|e| made.push_back(f(e)));
        made
    }

    /// What `f` makes of each pair of elements, in order.
    public inline fun zip_map<Element1, Element2, NewElement>(
        self: vector<Element1>, v2: vector<Element2>, f: |Element1, Element2| NewElement
    ): vector<NewElement> {
        assert!(self.length() == v2.length(), 0x20002);
        let made = vector<NewElement>[];
        self.zip(v2, |e1, e2| made.push_back(f(e1, e2)));
        made
    }

    /// The elements that fulfil `p`, in their order.
    public inline fun filter<Element: drop>(
        self: vector<Element>, p: |&Element| bool
    ): vector<Element> {
        let kept = vector<Element>[];
        self.for_each(|e| {
            if (p(&e)) kept.push_back(e);
        });
        kept
    }

    /// Brings the elements that fulfil `pred` to the front. Returns how many they are. The order
    /// of the others may change.
    public inline fun partition<Element>(self: &mut vector<Element>, pred: |&Element| bool): u64 {
        let len = self.length();
        let front = 0;
        let i = 0;
        while (i < len) {
            if (pred(self.borrow(i))) {
                if (i != front) self.swap(front, i);
                front += 1;
            };
            i += 1;
        };
        front
    }

    /// Moves the first `rot` elements to the end. Returns where the first element is then.
    public fun rotate<Element>(self: &mut vector<Element>, rot: u64): u64 {
        let len = self.length();
        self.rotate_slice(0, rot, len)
    }

    /// Exchanges the parts `left..rot` and `rot..right`. Returns where the first one begins then.
    public fun rotate_slice<Element>(
        self: &mut vector<Element>, left: u64, rot: u64, right: u64
    ): u64 {
        self.reverse_slice(left, rot);
        self.reverse_slice(rot, right);
        self.reverse_slice(left, right);
        left + (right - rot)
    }

    /// Brings the elements that fulfil `p` to the front and keeps the order in both parts.
    /// Returns how many are in front.
    public inline fun stable_partition<Element>(self: &mut vector<Element>, p: |&Element| bool): u64 {
        let rest = vector<Element>[];
        let kept = vector<Element>[];
        self.reverse();
        let left = self.length();
        while (left > 0) {
            let e = self.pop_back();
            if (p(&e)) kept.push_back(e) else rest.push_back(e);
            left -= 1;
        };
        let front = kept.length();
        self.append(kept);
        self.append(rest);
        front
    }

    /// Whether an element fulfils `p`.
    public inline fun any<Element>(self: &vector<Element>, p: |&Element| bool): bool {
        let result = false;
        let i = 0;
        while (i < self.length()) {
            result = p(self.borrow(i));
            if (result) break;
            i += 1
        };
        result
    }

    /// Whether all elements fulfil `p`.
    public inline fun all<Element>(self: &vector<Element>, p: |&Element| bool): bool {
        let result = true;
        let i = 0;
        while (i < self.length()) {
            result = p(self.borrow(i));
            if (!result) break;
            i += 1
        };
        result
    }

    /// Gives each element to `d`, the last first, and ends the vector.
    public inline fun destroy<Element>(self: vector<Element>, d: |Element|) {
        self.for_each_reverse(|e| d(e))
    }

    /// The numbers from `start` up to, and without, `end`.
    public fun range(start: u64, end: u64): vector<u64> {
        range_with_step(start, end, 1)
    }

    /// Every `step`-th number from `start` up to, and without, `end`.
    public fun range_with_step(start: u64, end: u64, step: u64): vector<u64> {
        assert!(step > 0, EINVALID_STEP);
        let numbers = vector[];
        while (start < end) {
            numbers.push_back(start);
            // The last step may lead past the largest number.
            if (end - start <= step) break;
            start += step;
        };
        numbers
    }

    /// A copy of the elements from `start` up to, and without, `end`.
    public fun slice<Element: copy>(self: &vector<Element>, start: u64, end: u64): vector<Element> {
        assert!(start <= end && end <= self.length(), EINVALID_SLICE_RANGE);
        let part = vector<Element>[];
        while (start < end) {
            part.push_back(self[start]);
            start += 1;
        };
        part
    }
}
