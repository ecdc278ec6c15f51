/// Borsh, in which most Solana programs read their instructions' data and keep their accounts: numbers begin with
/// their lowest byte, and lengths have four of them.
///
/// Writing appends to a vector, so that an instruction is put together part by part. Reading goes through data from the
/// front, with a `Reader`.
module aptos_framework::borsh {
    use std::bcs;
    use std::error;
    use std::option::{Self, Option};
    use std::string::{Self, String};

    /// The data end too early
    const EDATA_TOO_SHORT: u64 = 1;
    /// A flag is neither 0 nor 1
    const ENO_FLAG: u64 = 2;
    /// A length does not fit into 32 bits
    const ETOO_LONG: u64 = 3;

    /// Data, and how far they have been read.
    struct Reader has copy, drop {
        data: vector<u8>,
        at: u64
    }

    /// Appends a flag.
    public fun put_bool(out: &mut vector<u8>, value: bool) {
        out.append(bcs::to_bytes(&value));
    }

    /// Appends a byte.
    public fun put_u8(out: &mut vector<u8>, value: u8) {
        out.push_back(value);
    }

    /// Appends 2 bytes.
    public fun put_u16(out: &mut vector<u8>, value: u16) {
        out.append(bcs::to_bytes(&value));
    }

    /// Appends 4 bytes.
    public fun put_u32(out: &mut vector<u8>, value: u32) {
        out.append(bcs::to_bytes(&value));
    }

    /// Appends 8 bytes.
    public fun put_u64(out: &mut vector<u8>, value: u64) {
        out.append(bcs::to_bytes(&value));
    }

    /// Appends 16 bytes.
    public fun put_u128(out: &mut vector<u8>, value: u128) {
        out.append(bcs::to_bytes(&value));
    }

    /// Appends 32 bytes.
    public fun put_u256(out: &mut vector<u8>, value: u256) {
        out.append(bcs::to_bytes(&value));
    }

    /// Appends an account's public key.
    public fun put_pubkey(out: &mut vector<u8>, value: address) {
        out.append(bcs::to_bytes(&value));
    }

    /// Appends how many elements follow.
    public fun put_length(out: &mut vector<u8>, length: u64) {
        assert!(length <= 0xffffffff, error::out_of_range(ETOO_LONG));
        put_u32(out, length as u32);
    }

    /// Appends bytes, with their number before them.
    public fun put_bytes(out: &mut vector<u8>, value: vector<u8>) {
        put_length(out, value.length());
        out.append(value);
    }

    /// Appends a text.
    public fun put_string(out: &mut vector<u8>, value: &String) {
        put_bytes(out, *value.bytes());
    }

    /// Appends an account's public key that need not be there.
    public fun put_optional_pubkey(out: &mut vector<u8>, value: Option<address>) {
        put_bool(out, value.is_some());
        if (value.is_some()) put_pubkey(out, value.destroy_some());
    }

    /// Reads data from the front.
    public fun reader(data: vector<u8>): Reader {
        Reader { data, at: 0 }
    }

    /// Reads data from some place on.
    public fun reader_at(data: vector<u8>, at: u64): Reader {
        assert!(at <= data.length(), error::out_of_range(EDATA_TOO_SHORT));
        Reader { data, at }
    }

    /// How many bytes are left.
    public fun left(self: &Reader): u64 {
        self.data.length() - self.at
    }

    /// The next bytes.
    public fun take_fixed(self: &mut Reader, length: u64): vector<u8> {
        assert!(length <= self.left(), error::out_of_range(EDATA_TOO_SHORT));
        let start = self.at;
        self.at = start + length;
        self.data.slice(start, start + length)
    }

    /// The next bytes as a number.
    fun number(self: &mut Reader, length: u64): u256 {
        let bytes = self.take_fixed(length);
        let value = 0;
        while (!bytes.is_empty()) {
            value = (value << 8) | (bytes.pop_back() as u256);
        };
        value
    }

    /// The next byte as a flag.
    public fun take_bool(self: &mut Reader): bool {
        let byte = self.take_u8();
        assert!(byte <= 1, error::invalid_argument(ENO_FLAG));
        byte == 1
    }

    /// The next byte.
    public fun take_u8(self: &mut Reader): u8 {
        self.number(1) as u8
    }

    /// The next 2 bytes.
    public fun take_u16(self: &mut Reader): u16 {
        self.number(2) as u16
    }

    /// The next 4 bytes.
    public fun take_u32(self: &mut Reader): u32 {
        self.number(4) as u32
    }

    /// The next 8 bytes.
    public fun take_u64(self: &mut Reader): u64 {
        self.number(8) as u64
    }

    /// The next 16 bytes.
    public fun take_u128(self: &mut Reader): u128 {
        self.number(16) as u128
    }

    /// The next 32 bytes.
    public fun take_u256(self: &mut Reader): u256 {
        self.number(32)
    }

    /// The next 32 bytes as a public key.
    public fun take_pubkey(self: &mut Reader): address {
        aptos_std::from_bcs::to_address(self.take_fixed(32))
    }

    /// Bytes with their number before them.
    public fun take_bytes(self: &mut Reader): vector<u8> {
        let length = self.take_u32() as u64;
        self.take_fixed(length)
    }

    /// A text. Aborts if it is not UTF-8.
    public fun take_string(self: &mut Reader): String {
        string::utf8(self.take_bytes())
    }

    /// A public key that need not be there.
    public fun take_optional_pubkey(self: &mut Reader): Option<address> {
        if (self.take_bool()) option::some(self.take_pubkey()) else option::none()
    }

    #[test]
    fun what_was_written_is_read_again() {
        let out = vector[];
        put_u8(&mut out, 7);
        put_bool(&mut out, true);
        put_u16(&mut out, 0x0102);
        put_u32(&mut out, 0x01020304);
        put_u64(&mut out, 0x0102030405060708);
        put_u128(&mut out, 1 << 127);
        put_u256(&mut out, 1 << 255);
        put_pubkey(&mut out, @0xcafe);
        put_string(&mut out, &string::utf8(b"text"));
        put_optional_pubkey(&mut out, option::none());
        put_optional_pubkey(&mut out, option::some(@0x7));
        let expected = x"07010201040302010807060504030201";
        assert!(out.slice(0, 16) == expected);
        let reader = reader(out);
        assert!(reader.take_u8() == 7 && reader.take_bool() && reader.take_u16() == 0x0102);
        assert!(reader.take_u32() == 0x01020304 && reader.take_u64() == 0x0102030405060708);
        assert!(reader.take_u128() == 1 << 127 && reader.take_u256() == 1 << 255);
        assert!(reader.take_pubkey() == @0xcafe && reader.take_string() == string::utf8(b"text"));
        assert!(reader.take_optional_pubkey().is_none());
        assert!(reader.take_optional_pubkey() == option::some(@0x7));
        assert!(reader.left() == 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x20001, location = Self)]
    fun data_that_end_too_early_are_refused() {
        let reader = reader_at(x"0102030405060708", 1);
        reader.take_u64();
    }

    #[test]
    #[expected_failure(abort_code = 0x20001, location = Self)]
    fun a_length_beyond_the_data_is_refused() {
        let reader = reader(x"ffffffff00");
        reader.take_bytes();
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun a_flag_is_0_or_1() {
        let reader = reader(x"02");
        reader.take_bool();
    }
}
