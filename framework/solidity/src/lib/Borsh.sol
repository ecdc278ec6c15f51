// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

/// Borsh, in which most Solana programs read their instructions' data and keep their accounts: numbers begin with their
/// lowest byte, and lengths have four of them.
///
/// What is to be written is put together with `bytes.concat` or `abi.encodePacked`:
/// `bytes.concat(Borsh.u8(7), Borsh.u64(amount), Borsh.str(name))`. Reading goes through data from the front.
library Borsh {
    /// The data end too early.
    error DataTooShort();
    /// A flag is neither 0 nor 1.
    error NoFlag(uint8 found);

    /// Data, and how far they have been read.
    struct Reader {
        bytes data;
        uint256 at;
    }

    /// A flag.
    function boolean(bool value) internal pure returns (bytes1) {
        return value ? bytes1(0x01) : bytes1(0x00);
    }

    /// 1 byte.
    function u8(uint8 value) internal pure returns (bytes1) {
        return bytes1(value);
    }

    /// 2 bytes.
    function u16(uint16 value) internal pure returns (bytes2) {
        return bytes2(uint16(reversed(value, 2)));
    }

    /// 4 bytes.
    function u32(uint32 value) internal pure returns (bytes4) {
        return bytes4(uint32(reversed(value, 4)));
    }

    /// 8 bytes.
    function u64(uint64 value) internal pure returns (bytes8) {
        return bytes8(uint64(reversed(value, 8)));
    }

    /// 16 bytes.
    function u128(uint128 value) internal pure returns (bytes16) {
        return bytes16(uint128(reversed(value, 16)));
    }

    /// 32 bytes.
    function u256(uint256 value) internal pure returns (bytes32) {
        return bytes32(reversed(value, 32));
    }

    /// 8 bytes with a sign.
    function i64(int64 value) internal pure returns (bytes8) {
        return u64(uint64(value));
    }

    /// Bytes, with their number before them.
    function blob(bytes memory value) internal pure returns (bytes memory) {
        return bytes.concat(u32(uint32(value.length)), value);
    }

    /// A text.
    function str(string memory value) internal pure returns (bytes memory) {
        return blob(bytes(value));
    }

    /// An account's public key that need not be there: none if it is zero.
    function optional(bytes32 key) internal pure returns (bytes memory) {
        return key == 0 ? bytes.concat(bytes1(0x00)) : bytes.concat(bytes1(0x01), key);
    }

    /// Reads data from the front.
    function reader(bytes memory data) internal pure returns (Reader memory) {
        return Reader(data, 0);
    }

    /// Reads data from some place on.
    function readerAt(bytes memory data, uint256 at) internal pure returns (Reader memory) {
        if (at > data.length) revert DataTooShort();
        return Reader(data, at);
    }

    /// How many bytes are left.
    function left(Reader memory self) internal pure returns (uint256) {
        return self.data.length - self.at;
    }

    /// The next bytes.
    function take(Reader memory self, uint256 length) internal pure returns (bytes memory out) {
        if (length > left(self)) revert DataTooShort();
        out = new bytes(length);
        (bytes memory data, uint256 at) = (self.data, self.at);
        // The last word may reach beyond the data; what is beyond `length` in the copy is nobody's.
        assembly ("memory-safe") {
            for { let i := 0 } lt(i, length) { i := add(i, 32) } {
                mstore(add(add(out, 32), i), mload(add(add(add(data, 32), at), i)))
            }
        }
        self.at += length;
    }

    function takeBool(Reader memory self) internal pure returns (bool) {
        uint8 flag = takeU8(self);
        if (flag > 1) revert NoFlag(flag);
        return flag == 1;
    }

    function takeU8(Reader memory self) internal pure returns (uint8) {
        return uint8(number(self, 1));
    }

    function takeU16(Reader memory self) internal pure returns (uint16) {
        return uint16(number(self, 2));
    }

    function takeU32(Reader memory self) internal pure returns (uint32) {
        return uint32(number(self, 4));
    }

    function takeU64(Reader memory self) internal pure returns (uint64) {
        return uint64(number(self, 8));
    }

    function takeU128(Reader memory self) internal pure returns (uint128) {
        return uint128(number(self, 16));
    }

    function takeU256(Reader memory self) internal pure returns (uint256) {
        return number(self, 32);
    }

    function takeI64(Reader memory self) internal pure returns (int64) {
        return int64(takeU64(self));
    }

    /// The next 32 bytes as a public key.
    function takeKey(Reader memory self) internal pure returns (bytes32 key) {
        if (left(self) < 32) revert DataTooShort();
        (bytes memory data, uint256 at) = (self.data, self.at);
        assembly ("memory-safe") {
            key := mload(add(add(data, 32), at))
        }
        self.at += 32;
    }

    /// Bytes with their number before them.
    function takeBlob(Reader memory self) internal pure returns (bytes memory) {
        return take(self, takeU32(self));
    }

    /// A text.
    function takeStr(Reader memory self) internal pure returns (string memory) {
        return string(takeBlob(self));
    }

    function number(Reader memory self, uint256 length) private pure returns (uint256 value) {
        if (length > left(self)) revert DataTooShort();
        for (uint256 i = length; i > 0; i--) value = (value << 8) | uint8(self.data[self.at + i - 1]);
        self.at += length;
    }

    function reversed(uint256 value, uint256 length) private pure returns (uint256 out) {
        for (uint256 i = 0; i < length; i++) {
            out = (out << 8) | (value & 0xff);
            value >>= 8;
        }
    }
}
