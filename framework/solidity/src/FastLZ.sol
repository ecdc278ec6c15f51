// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// How long FastLZ (level 1) would make some data, without producing it. Must agree byte for byte with the
/// estimate of the execution layer, which charges by it.
library FastLZ {
    uint256 private constant TABLE_ENTRIES = 8192;
    uint256 private constant MAX_DISTANCE = 8192;
    uint256 private constant MAX_RUN = 32;
    uint256 private constant MAX_MATCH = 262;

    function compressedLength(bytes memory data) internal pure returns (uint256 size) {
        unchecked {
            uint256 anchor;
            if (data.length > 13) {
                bytes memory table = new bytes(TABLE_ENTRIES * 4);
                uint256 limit = data.length - 13;
                uint256 at = 2;
                while (at < limit) {
                    (uint256 found, uint256 candidate) = _nextMatch(data, table, at, limit);
                    if (found + 1 >= limit) break;
                    at = found;
                    if (at > anchor) size += _literals(at - anchor);
                    uint256 length = _matchLength(data, candidate + 3, at + 3, limit + 9);
                    size += _match(length);
                    at += length;
                    _remember(table, _hash(_three(data, at)), at);
                    ++at;
                    _remember(table, _hash(_three(data, at)), at);
                    ++at;
                    anchor = at;
                }
            }
            size += _literals(data.length - anchor);
        }
    }

    /// Scans from `at` for three bytes seen before within reach. Returns `limit` when there are none;
    /// one that starts on the last position before it is not used either.
    function _nextMatch(bytes memory data, bytes memory table, uint256 at, uint256 limit)
        private
        pure
        returns (uint256, uint256)
    {
        unchecked {
            for (; at < limit; ++at) {
                uint256 sequence = _three(data, at);
                uint256 slot = _hash(sequence);
                uint256 candidate = _recall(table, slot);
                _remember(table, slot, at);
                if (at - candidate < MAX_DISTANCE && sequence == _three(data, candidate)) return (at, candidate);
            }
            return (limit, 0);
        }
    }

    /// Equal bytes from `a` and `b` on, counting the first unequal one, and never past `end`.
    function _matchLength(bytes memory data, uint256 a, uint256 b, uint256 end) private pure returns (uint256 n) {
        unchecked {
            while (b + n < end) {
                ++n;
                if (_byteAt(data, a + n - 1) != _byteAt(data, b + n - 1)) break;
            }
        }
    }

    function _literals(uint256 count) private pure returns (uint256 cost) {
        unchecked {
            cost = (MAX_RUN + 1) * (count / MAX_RUN);
            uint256 rest = count % MAX_RUN;
            if (rest != 0) cost += rest + 1;
        }
    }

    function _match(uint256 length) private pure returns (uint256) {
        unchecked {
            uint256 n = length - 1;
            return 3 * (n / MAX_MATCH) + (n % MAX_MATCH >= 6 ? 3 : 2);
        }
    }

    function _hash(uint256 sequence) private pure returns (uint256) {
        unchecked {
            return ((sequence * 2654435769) >> 19) & (TABLE_ENTRIES - 1);
        }
    }

    function _byteAt(bytes memory data, uint256 at) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := byte(0, mload(add(add(data, 32), at)))
        }
    }

    /// Three bytes, the first one lowest.
    function _three(bytes memory data, uint256 at) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            let word := mload(add(add(data, 32), at))
            value := or(or(byte(0, word), shl(8, byte(1, word))), shl(16, byte(2, word)))
        }
    }

    /// The table holds 4 bytes for each slot; each access touches the word that ends with them.
    function _recall(bytes memory table, uint256 slot) private pure returns (uint256 at) {
        assembly ("memory-safe") {
            at := and(mload(add(add(table, 4), shl(2, slot))), 0xffffffff)
        }
    }

    function _remember(bytes memory table, uint256 slot, uint256 at) private pure {
        assembly ("memory-safe") {
            let where := add(add(table, 4), shl(2, slot))
            mstore(where, or(and(mload(where), not(0xffffffff)), at))
        }
    }
}
