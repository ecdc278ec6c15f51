// A constant of every type that may be one.
module t::constants_of_types {
    const BOOL: bool = true;
    const U8: u8 = 8;
    const U16: u16 = 16;
    const U32: u32 = 32;
    const U64: u64 = 64;
    const U128: u128 = 128;
    const U256: u256 = 256;
    const ADDRESS: address = @0xabc;
    const NAMED: address = @t;
    const BYTES: vector<u8> = b"bytes";
    const NUMBERS: vector<u64> = vector[1, 2, 3];
    const NESTED: vector<vector<u8>> = vector[b"a", x"", vector[1, 2]];
    const ADDRESSES: vector<address> = vector[@1, @t];
    #[test] fun sum() {
        assert!(BOOL, 1);
        abort (U8 as u64) + (U16 as u64) + (U32 as u64) + U64 + (U128 as u64) + (U256 as u64)
    }
    #[test] fun addresses() { assert!(ADDRESS != NAMED, 2); assert!(NAMED == @0x42, 3); assert!(ADDRESSES[1] == NAMED, 4) }
    #[test] fun vectors() { assert!(NESTED[2][1] == 2, 5); abort NUMBERS[2] * 100 + BYTES.length() }
}
