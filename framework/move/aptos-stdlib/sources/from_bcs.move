/// Values of BCS bytes.
///
/// Only for types that anyone may make: a struct that came out of bytes would not have been through its module.
module aptos_std::from_bcs {
    use std::string::{Self, String};

    friend aptos_std::any;
    friend aptos_std::copyable_any;

    /// The bytes are not valid UTF-8.
    const EINVALID_UTF8: u64 = 0x1;

    /// A `bool`. Aborts unless the bytes are the BCS of one.
    public fun to_bool(v: vector<u8>): bool {
        from_bytes(v)
    }

    /// A `u8`. Aborts unless the bytes are the BCS of one.
    public fun to_u8(v: vector<u8>): u8 {
        from_bytes(v)
    }

    /// A `u16`. Aborts unless the bytes are the BCS of one.
    public fun to_u16(v: vector<u8>): u16 {
        from_bytes(v)
    }

    /// A `u32`. Aborts unless the bytes are the BCS of one.
    public fun to_u32(v: vector<u8>): u32 {
        from_bytes(v)
    }

    /// A `u64`. Aborts unless the bytes are the BCS of one.
    public fun to_u64(v: vector<u8>): u64 {
        from_bytes(v)
    }

    /// A `u128`. Aborts unless the bytes are the BCS of one.
    public fun to_u128(v: vector<u8>): u128 {
        from_bytes(v)
    }

    /// A `u256`. Aborts unless the bytes are the BCS of one.
    public fun to_u256(v: vector<u8>): u256 {
        from_bytes(v)
    }

    /// An address. Aborts unless the bytes are the BCS of one.
    public fun to_address(v: vector<u8>): address {
        from_bytes(v)
    }

    /// A byte vector. Aborts unless the bytes are the BCS of one.
    public fun to_bytes(v: vector<u8>): vector<u8> {
        from_bytes(v)
    }

    /// A string. Aborts unless the bytes are the BCS of one, with `EINVALID_UTF8` if its bytes are not UTF-8.
    public fun to_string(v: vector<u8>): String {
        let text = string::try_utf8(from_bytes(v));
        assert!(text.is_some(), EINVALID_UTF8);
        text.destroy_some()
    }

    /// Any value. Aborts with code 0x10001 unless `bytes` is the BCS of a `T`, no less and no more. Modules that may
    /// call this must not let others choose both the type and the bytes.
    public(friend) native fun from_bytes<T>(bytes: vector<u8>): T;
}
