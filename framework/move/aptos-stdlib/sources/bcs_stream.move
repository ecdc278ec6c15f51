/// Reads values one after the other from BCS bytes.
///
/// `from_bcs` takes bytes of one value only; this is for bytes whose structure a module knows, such as those of
/// structs of its own.
module aptos_std::bcs_stream {
    use std::error;
    use std::option::{Self, Option};
    use std::string::{Self, String};
    use aptos_std::from_bcs;

    /// The bytes are not the BCS of what is read
    const EMALFORMED_DATA: u64 = 1;
    /// The bytes end before the value does
    const EOUT_OF_BYTES: u64 = 2;

    /// Bytes, and how far they have been read.
    struct BCSStream has drop {
        data: vector<u8>,
        cur: u64
    }

    /// A stream that begins with the first of some bytes.
    public fun new(data: vector<u8>): BCSStream {
        BCSStream { data, cur: 0 }
    }

    /// Whether there are bytes that have not been read.
    public fun has_remaining(stream: &mut BCSStream): bool {
        stream.cur < stream.data.length()
    }

    /// The length of a sequence, or the number of a variant: seven bits in each byte, the lowest first, in as few
    /// bytes as possible. Aborts with `EMALFORMED_DATA` unless it is one that fits 64 bits.
    public fun deserialize_uleb128(stream: &mut BCSStream): u64 {
        let value = 0;
        let shift = 0;
        loop {
            let byte = deserialize_u8(stream);
            let bits = (byte & 0x7f) as u64;
            let shifted = bits << shift;
            assert!(shifted >> shift == bits, error::invalid_argument(EMALFORMED_DATA));
            value |= shifted;
            if (byte < 0x80) {
                // A last byte of zero would be superfluous.
                assert!(bits > 0 || shift == 0, error::invalid_argument(EMALFORMED_DATA));
                return value
            };
            assert!(shift < 63, error::invalid_argument(EMALFORMED_DATA));
            shift += 7;
        }
    }

    /// A `bool`.
    public fun deserialize_bool(stream: &mut BCSStream): bool {
        let byte = deserialize_u8(stream);
        assert!(byte < 2, error::invalid_argument(EMALFORMED_DATA));
        byte == 1
    }

    /// A `u8`.
    public fun deserialize_u8(stream: &mut BCSStream): u8 {
        assert!(has_remaining(stream), error::out_of_range(EOUT_OF_BYTES));
        let byte = stream.data[stream.cur];
        stream.cur += 1;
        byte
    }

    /// A `u16`.
    public fun deserialize_u16(stream: &mut BCSStream): u16 {
        from_bcs::to_u16(take(stream, 2))
    }

    /// A `u32`.
    public fun deserialize_u32(stream: &mut BCSStream): u32 {
        from_bcs::to_u32(take(stream, 4))
    }

    /// A `u64`.
    public fun deserialize_u64(stream: &mut BCSStream): u64 {
        from_bcs::to_u64(take(stream, 8))
    }

    /// A `u128`.
    public fun deserialize_u128(stream: &mut BCSStream): u128 {
        from_bcs::to_u128(take(stream, 16))
    }

    /// A `u256`.
    public fun deserialize_u256(stream: &mut BCSStream): u256 {
        from_bcs::to_u256(take(stream, 32))
    }

    /// An address.
    public fun deserialize_address(stream: &mut BCSStream): address {
        from_bcs::to_address(take(stream, 32))
    }

    /// A string. Aborts if its bytes are not UTF-8.
    public fun deserialize_string(stream: &mut BCSStream): String {
        let length = deserialize_uleb128(stream);
        string::utf8(take(stream, length))
    }

    /// A vector, whose elements `elem_deserializer` reads.
    public inline fun deserialize_vector<E>(
        stream: &mut BCSStream, elem_deserializer: |&mut BCSStream| E
    ): vector<E> {
        let count = deserialize_uleb128(stream);
        let elements = vector[];
        for (_i in 0..count) {
            elements.push_back(elem_deserializer(stream));
        };
        elements
    }

    /// An option, whose element `elem_deserializer` reads.
    public inline fun deserialize_option<E>(
        stream: &mut BCSStream, elem_deserializer: |&mut BCSStream| E
    ): Option<E> {
        if (deserialize_bool(stream)) {
            option::some(elem_deserializer(stream))
        } else {
            option::none()
        }
    }

    /// The next `count` bytes.
    fun take(stream: &mut BCSStream, count: u64): vector<u8> {
        let left = stream.data.length() - stream.cur;
        assert!(count <= left, error::out_of_range(EOUT_OF_BYTES));
        let end = stream.cur + count;
        let bytes = stream.data.slice(stream.cur, end);
        stream.cur = end;
        bytes
    }
}
