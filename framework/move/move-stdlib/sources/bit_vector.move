/// A row of bits of a fixed length, at most 1,023.
module std::bit_vector {
    /// The index is past the end of the bit vector.
    const EINDEX: u64 = 0x20000;
    /// The length is zero, or 1,024 or more.
    const ELENGTH: u64 = 0x20001;

    /// A length has to be below this.
    const MAX_SIZE: u64 = 1024;

    #[test_only]
    const WORD_SIZE: u64 = 1;

    /// `bit_field[i]` is bit `i`; `length` is how many there are.
    struct BitVector has copy, drop, store {
        length: u64,
        bit_field: vector<bool>
    }

    /// `length` bits, none of them set. Aborts with `ELENGTH` unless `0 < length < 1024`.
    public fun new(length: u64): BitVector {
        assert!(0 < length && length < MAX_SIZE, ELENGTH);
        let bit_field = vector[];
        for (_i in 0..length) {
            bit_field.push_back(false);
        };
        BitVector { length, bit_field }
    }

    /// Sets one bit. Aborts with `EINDEX` if there is no such bit.
    public fun set(self: &mut BitVector, bit_index: u64) {
        self.write(bit_index, true);
    }

    /// Clears one bit. Aborts with `EINDEX` if there is no such bit.
    public fun unset(self: &mut BitVector, bit_index: u64) {
        self.write(bit_index, false);
    }

    /// Moves every bit `amount` places towards index 0. Bits that leave at the front are lost, and clear bits come
    /// in at the end.
    public fun shift_left(self: &mut BitVector, amount: u64) {
        let length = self.length;
        for (i in 0..length) {
            // `amount` is compared first: `i + amount` could overflow.
            self.bit_field[i] = amount < length - i && self.bit_field[i + amount];
        }
    }

    /// Whether the bit is set. Aborts with `EINDEX` if there is no such bit.
    public fun is_index_set(self: &BitVector, bit_index: u64): bool {
        assert!(bit_index < self.length, EINDEX);
        self.bit_field[bit_index]
    }

    /// How many bits there are, set or not.
    public fun length(self: &BitVector): u64 {
        self.length
    }

    /// How many bits in a row are set from `start_index` on, 0 if that bit itself is clear. Aborts with `EINDEX` if
    /// there is no such bit.
    public fun longest_set_sequence_starting_at(self: &BitVector, start_index: u64): u64 {
        assert!(start_index < self.length, EINDEX);
        let end = start_index;
        while (end < self.length && self.bit_field[end]) {
            end += 1;
        };
        end - start_index
    }

    fun write(self: &mut BitVector, bit_index: u64, bit: bool) {
        assert!(bit_index < self.length, EINDEX);
        self.bit_field[bit_index] = bit;
    }

    #[test_only]
    /// How many bits are in one element of the bit field.
    public fun word_size(): u64 {
        WORD_SIZE
    }
}
