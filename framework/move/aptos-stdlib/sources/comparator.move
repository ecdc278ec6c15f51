/// An order of values of any type: that of their BCS bytes.
///
/// It is total, and the same everywhere, but seldom the order that a person expects: integers are little-endian in
/// BCS, so 256 comes before 1, and a shorter vector before a longer one. `std::cmp` compares by value.
module aptos_std::comparator {
    use std::bcs;

    const EQUAL: u8 = 0;
    const SMALLER: u8 = 1;
    const GREATER: u8 = 2;

    /// How the left value relates to the right one.
    struct Result has drop {
        inner: u8
    }

    /// Whether both values are the same.
    public fun is_equal(self: &Result): bool {
        self.inner == EQUAL
    }

    /// Whether the left value comes first.
    public fun is_smaller_than(self: &Result): bool {
        self.inner == SMALLER
    }

    /// Whether the right value comes first.
    public fun is_greater_than(self: &Result): bool {
        self.inner == GREATER
    }

    /// Compares two values by their BCS.
    public fun compare<T>(left: &T, right: &T): Result {
        compare_u8_vector(bcs::to_bytes(left), bcs::to_bytes(right))
    }

    /// Compares bytes as a dictionary does: by the first place where they differ; of two that do not differ the
    /// shorter comes first.
    public fun compare_u8_vector(left: vector<u8>, right: vector<u8>): Result {
        let left_length = left.length();
        let right_length = right.length();
        let common = if (left_length < right_length) left_length else right_length;
        for (i in 0..common) {
            if (left[i] != right[i]) return of(left[i] as u64, right[i] as u64);
        };
        of(left_length, right_length)
    }

    fun of(left: u64, right: u64): Result {
        let inner = if (left == right) EQUAL else if (left < right) SMALLER else GREATER;
        Result { inner }
    }
}
