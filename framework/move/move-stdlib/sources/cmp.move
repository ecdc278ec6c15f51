/// An order of the values of every type.
module std::cmp {
    /// How one value stands to another.
    enum Ordering has copy, drop {
        /// It comes before it.
        Less,
        /// They are equal.
        Equal,
        /// It comes after it.
        Greater
    }

    /// Compares two values: numbers by size, `false` before `true`, addresses, vectors and structs
    /// element by element, enums by variant first.
    native public fun compare<T>(first: &T, second: &T): Ordering;

    /// Whether both are equal.
    public fun is_eq(self: &Ordering): bool { self is Ordering::Equal }

    /// Whether they differ.
    public fun is_ne(self: &Ordering): bool { !self.is_eq() }

    /// Whether the first comes before the second.
    public fun is_lt(self: &Ordering): bool { self is Ordering::Less }

    /// Whether the first does not come after the second.
    public fun is_le(self: &Ordering): bool { !self.is_gt() }

    /// Whether the first comes after the second.
    public fun is_gt(self: &Ordering): bool { self is Ordering::Greater }

    /// Whether the first does not come before the second.
    public fun is_ge(self: &Ordering): bool { !self.is_lt() }
}
