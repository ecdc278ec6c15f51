// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {FaceToken} from "./FaceToken.sol";
import {CROSS_VM, MOVE_FRAMEWORK} from "./MoveFramework.sol";

/// A fungible asset of Move as an ERC-20. Balances, supply and metadata are Move's.
///
/// Move announces each movement as a `Transfer` of this contract, those that begin here too, so that nothing here emits
/// one. Who has an asset in flight, between a withdrawal and a deposit, is this contract. A store that is no account's
/// primary one is a holder of its own.
contract FaceERC20 is FaceToken {
    /// The metadata object of the asset.
    bytes32 public immutable metadata;

    /// The amount does not fit into the 64 bits in which Move counts.
    error AmountTooLarge(uint256 amount);

    constructor(bytes32 metadata_) {
        metadata = metadata_;
    }

    function name() public view override returns (string memory) {
        return abi.decode(_ask("fungible_asset", "name", _generic(), abi.encode(metadata)), (string));
    }

    function symbol() external view override returns (string memory) {
        return abi.decode(_ask("fungible_asset", "symbol", _generic(), abi.encode(metadata)), (string));
    }

    function decimals() external view override returns (uint8) {
        return abi.decode(_ask("fungible_asset", "decimals", _generic(), abi.encode(metadata)), (uint8));
    }

    function totalSupply() external view override returns (uint256) {
        return abi.decode(_ask("faces", "total_supply", new string[](0), abi.encode(metadata)), (uint128));
    }

    function balanceOf(address account) public view override returns (uint256) {
        bytes memory args = abi.encode(metadata, account);
        return abi.decode(_ask("faces", "balance_of", new string[](0), args), (uint64));
    }

    /// Moves as the owner would in Move, with the asset's own rules.
    function _move(address from, address to, uint256 amount) internal override {
        if (to == address(0)) revert ERC20InvalidReceiver(to);
        if (amount > type(uint64).max) {
            uint256 balance = balanceOf(from);
            if (balance < amount) revert ERC20InsufficientBalance(from, balance, amount);
            revert AmountTooLarge(amount);
        }
        (bool ok, bytes memory why) = CROSS_VM.tryCallMove(
            MOVE_FRAMEWORK, "faces", "transfer", new string[](0), abi.encode(from, to, uint64(amount))
        );
        if (ok) return;
        uint256 held = balanceOf(from);
        if (held < amount) revert ERC20InsufficientBalance(from, held, amount);
        assembly {
            revert(add(why, 32), mload(why))
        }
    }

    function _ask(string memory module, string memory fn, string[] memory types, bytes memory args)
        private
        view
        returns (bytes memory)
    {
        return CROSS_VM.viewMove(MOVE_FRAMEWORK, module, fn, types, args);
    }

    function _generic() private pure returns (string[] memory types) {
        types = new string[](1);
        types[0] = "0x1::fungible_asset::Metadata";
    }
}
