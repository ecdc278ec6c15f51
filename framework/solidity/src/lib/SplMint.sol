// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

import {Borsh} from "./Borsh.sol";
import {ICrossVM} from "../ICrossVM.sol";
import {Solana} from "./Solana.sol";
import {SplToken} from "./SplToken.sol";

/// What is in a mint of a token program, its extensions included: what an ERC-20 contract can show of it, and whether it
/// can.
library SplMint {
    /// There is no mint of a token program.
    error NoMint(bytes32 mint);
    /// The mint is that of wrapped ETH, whose ERC-20 is WETH.
    error NativeMint(bytes32 mint);
    /// The mint has an extension of Token-2022 by which its tokens are moved, taken or hidden in ways that an ERC-20
    /// contract cannot show.
    error UnsupportedExtension(bytes32 mint, uint16 extension);

    /// What never changes of a mint.
    struct Facts {
        /// The token program that owns it.
        bytes32 program;
        uint8 decimals;
        /// Lamports that a token account takes.
        uint64 rent;
    }

    /// `So11111111111111111111111111111111111111112`, the mint of lamports.
    bytes32 private constant _NATIVE = 0x069b8857feab8184fb687f634618c035dac439dc1aeb3b5598a0f00000000001;
    /// That of Token-2022.
    bytes32 private constant _NATIVE_2022 = 0x830dfc9fde5fe6b8aa7c04a476e91e8ac6bb264aad90fa19c9df49d85c3e5b5e;
    /// `metaqbxxUerdq28cj1RbAWkYQm3ybzjb6a8bt518x1s`, the program of names.
    bytes32 private constant _NAMES = 0x0b7065b1e3d17c45389d527f6b04c3cd58b86c731aa0fdb549b6d1bc03f82946;

    /// Bytes before the extensions of an account of Token-2022, the last of which says what it is.
    uint256 private constant _HEAD = 166;
    /// Bytes of a token account of Token-2022 that nobody can take over, and of a further extension.
    uint64 private constant _ACCOUNT_2022_BYTES = 170;
    uint64 private constant _MARKER_BYTES = 4;

    uint16 private constant _TOKEN_METADATA = 19;
    uint16 private constant _PAUSABLE = 26;
    /// The extensions that change neither who has how much nor who may move it: the state of new accounts (6), how
    /// amounts are displayed (10, 25), names and groups (18 to 23), and pausing (26), a bit each.
    uint256 private constant _HARMLESS =
        (1 << 6) | (1 << 10) | (1 << 18) | (1 << 19) | (1 << 20) | (1 << 21) | (1 << 22) | (1 << 23) | (1 << 25) | (1 << 26);

    /// Reads a mint, and reverts if no ERC-20 contract can show it.
    function check(bytes32 mint) internal view returns (Facts memory facts) {
        if (mint == _NATIVE || mint == _NATIVE_2022) revert NativeMint(mint);
        bytes memory data;
        (facts.program,, data) = Solana.CROSS_VM.solanaAccount(mint);
        bool isPlain = data.length == SplToken.MINT_BYTES;
        if (facts.program == SplToken.TOKEN) {
            if (!isPlain) revert NoMint(mint);
        } else if (facts.program == SplToken.TOKEN_2022) {
            bool isExtended = data.length >= _HEAD && data.length != SplToken.MULTISIG_BYTES && data[_HEAD - 1] == 0x01;
            if (!isPlain && !isExtended) revert NoMint(mint);
        } else {
            revert NoMint(mint);
        }
        // Whether it is in use.
        if (data[45] != 0x01) revert NoMint(mint);
        facts.decimals = uint8(data[44]);
        uint64 space = facts.program == SplToken.TOKEN ? SplToken.ACCOUNT_BYTES : _ACCOUNT_2022_BYTES;
        for (uint256 at = _HEAD; at + 4 <= data.length;) {
            (uint16 kind, uint256 length) = _entry(data, at);
            if (kind == 0) break;
            if (kind > 255 || (_HARMLESS >> kind) & 1 == 0) revert UnsupportedExtension(mint, kind);
            if (kind == _PAUSABLE) space += _MARKER_BYTES;
            at += 4 + length;
        }
        facts.rent = Solana.rentExemption(space);
    }

    /// How many tokens there are.
    function supply(bytes32 mint) internal view returns (uint64 amount) {
        (amount,) = SplToken.supplyOf(mint);
    }

    /// The name and the symbol that the mint itself carries, or that the program of names keeps for it; else the first
    /// characters of its key.
    function names(bytes32 mint) internal view returns (string memory name, string memory symbol) {
        bytes memory data = Solana.dataOf(mint);
        for (uint256 at = _HEAD; at + 4 <= data.length;) {
            (uint16 kind, uint256 length) = _entry(data, at);
            if (kind == 0) break;
            // Who may change it, and the mint, come first.
            if (kind == _TOKEN_METADATA) return _pair(data, at + 4 + 64);
            at += 4 + length;
        }
        bytes[] memory seeds = new bytes[](3);
        seeds[0] = "metadata";
        seeds[1] = abi.encodePacked(_NAMES);
        seeds[2] = abi.encodePacked(mint);
        (bytes32 id,) = Solana.CROSS_VM.findProgramAddress(seeds, _NAMES);
        bytes32 owner;
        (owner,, data) = Solana.CROSS_VM.solanaAccount(id);
        // A kind, who may change it, and the mint come first.
        if (owner == _NAMES && data.length > 65) return _pair(data, 65);
        string memory key = _base58(mint);
        return (string.concat("SPL token ", _first(key, 8)), _first(key, 8));
    }

    function _entry(bytes memory data, uint256 at) private pure returns (uint16 kind, uint256 length) {
        kind = uint16(uint8(data[at])) | (uint16(uint8(data[at + 1])) << 8);
        length = uint256(uint8(data[at + 2])) | (uint256(uint8(data[at + 3])) << 8);
    }

    function _pair(bytes memory data, uint256 at) private pure returns (string memory, string memory) {
        Borsh.Reader memory reader = Borsh.readerAt(data, at);
        string memory name = _trimmed(Borsh.takeBlob(reader));
        return (name, _trimmed(Borsh.takeBlob(reader)));
    }

    /// Without the zeros with which texts of a fixed length end.
    function _trimmed(bytes memory text) private pure returns (string memory) {
        uint256 length = text.length;
        while (length != 0 && text[length - 1] == 0) length--;
        return _first(string(text), length);
    }

    function _first(string memory text, uint256 length) private pure returns (string memory) {
        if (length < bytes(text).length) {
            assembly {
                mstore(text, length)
            }
        }
        return text;
    }

    /// A public key as people know it.
    function _base58(bytes32 key) private pure returns (string memory) {
        bytes memory digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
        bytes memory reversed = new bytes(44);
        uint256 length;
        for (uint256 rest = uint256(key); rest != 0; rest /= 58) reversed[length++] = digits[rest % 58];
        for (uint256 i = 0; i < 32 && key[i] == 0; i++) reversed[length++] = digits[0];
        bytes memory text = new bytes(length);
        for (uint256 i = 0; i < length; i++) text[i] = reversed[length - 1 - i];
        return string(text);
    }
}
