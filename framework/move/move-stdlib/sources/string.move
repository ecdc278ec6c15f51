/// Text in UTF-8. Positions and lengths are in bytes.
module std::string {
    use std::option::{Self, Option};

    /// The bytes are not valid UTF-8.
    const EINVALID_UTF8: u64 = 1;
    /// A position is past the end or inside a character.
    const EINVALID_INDEX: u64 = 2;

    /// Bytes that are valid UTF-8.
    struct String has copy, drop, store {
        bytes: vector<u8>
    }

    /// The text with these bytes. Aborts if they are not UTF-8.
    public fun utf8(bytes: vector<u8>): String {
        assert!(internal_check_utf8(&bytes), EINVALID_UTF8);
        String { bytes }
    }

    /// The text with these bytes, if they are UTF-8.
    public fun try_utf8(bytes: vector<u8>): Option<String> {
        if (internal_check_utf8(&bytes)) option::some(String { bytes }) else option::none()
    }

    /// The bytes.
    public fun bytes(self: &String): &vector<u8> {
        &self.bytes
    }

    /// The bytes.
    public fun into_bytes(self: String): vector<u8> {
        let String { bytes } = self;
        bytes
    }

    /// Whether there are no characters.
    public fun is_empty(self: &String): bool {
        self.bytes.is_empty()
    }

    /// The number of bytes.
    public fun length(self: &String): u64 {
        self.bytes.length()
    }

    /// Adds text at the end.
    public fun append(self: &mut String, r: String) {
        self.bytes.append(r.into_bytes())
    }

    /// Adds bytes at the end. Aborts if they are not UTF-8.
    public fun append_utf8(self: &mut String, bytes: vector<u8>) {
        self.append(utf8(bytes))
    }

    /// Puts text at position `at`. Aborts if that is past the end or inside a character.
    public fun insert(self: &mut String, at: u64, o: String) {
        assert!(
            at <= self.length() && internal_is_char_boundary(&self.bytes, at), EINVALID_INDEX
        );
        let end = self.bytes.trim(at);
        self.append(o);
        self.bytes.append(end);
    }

    /// The text from position `i` up to, and without, `j`. Aborts if one of them is past the end
    /// or inside a character.
    public fun sub_string(self: &String, i: u64, j: u64): String {
        let bytes = &self.bytes;
        assert!(
            j <= bytes.length()
                && i <= j
                && internal_is_char_boundary(bytes, i)
                && internal_is_char_boundary(bytes, j),
            EINVALID_INDEX
        );
        String { bytes: internal_sub_string(bytes, i, j) }
    }

    /// Where `r` begins for the first time; the length if nowhere.
    public fun index_of(self: &String, r: &String): u64 {
        internal_index_of(&self.bytes, &r.bytes)
    }

    /// Whether bytes are UTF-8.
    native public fun internal_check_utf8(v: &vector<u8>): bool;

    native fun internal_is_char_boundary(v: &vector<u8>, i: u64): bool;
    native fun internal_sub_string(v: &vector<u8>, i: u64, j: u64): vector<u8>;
    native fun internal_index_of(v: &vector<u8>, r: &vector<u8>): u64;
}
