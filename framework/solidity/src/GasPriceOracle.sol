// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {FastLZ} from "./FastLZ.sol";
import {L1Block} from "./L1Block.sol";
import {L1_BLOCK} from "./Predeploys.sol";

/// What a transaction pays beside its L2 gas: data availability on L1, and the operator fee.
/// A Lumio chain starts with Jovian's rules, so only these are implemented, and the fork flags are constants.
contract GasPriceOracle {
    uint256 public constant DECIMALS = 6;
    bool public constant isEcotone = true;
    bool public constant isFjord = true;
    bool public constant isIsthmus = true;
    bool public constant isJovian = true;

    L1Block private constant L1 = L1Block(L1_BLOCK);

    /// Signature bytes that an unsigned transaction still lacks.
    uint256 private constant SIGNATURE_BYTES = 68;
    /// Fjord's regression from FastLZ size to batch size; sizes carry 6 decimals.
    int256 private constant INTERCEPT = -42_585_600;
    int256 private constant COEFFICIENT = 836_500;
    int256 private constant MIN_SIZE = 100e6;

    function version() external pure returns (string memory) {
        return "1.0.0-lumio";
    }

    /// The L1 fee, in wei, of an RLP-encoded unsigned transaction.
    function getL1Fee(bytes memory unsignedTransaction) external view returns (uint256) {
        return _l1Fee(FastLZ.compressedLength(unsignedTransaction) + SIGNATURE_BYTES);
    }

    /// At least the L1 fee of any unsigned transaction of that many bytes.
    function getL1FeeUpperBound(uint256 unsignedSize) external view returns (uint256) {
        uint256 size = unsignedSize + SIGNATURE_BYTES;
        return _l1Fee(size + size / 255 + 16);
    }

    /// L1 calldata gas that an unsigned transaction's share of the batch would cost.
    function getL1GasUsed(bytes memory unsignedTransaction) external pure returns (uint256) {
        return _batchSize(FastLZ.compressedLength(unsignedTransaction) + SIGNATURE_BYTES) * 16 / 1e6;
    }

    /// The operator fee, in wei, for that much gas.
    function getOperatorFee(uint256 gasUsed) external view returns (uint256) {
        uint256 perGas = uint256(L1.operatorFeeScalar()) * 100;
        uint256 constantPart = L1.operatorFeeConstant();
        if (perGas != 0 && gasUsed > (type(uint256).max - constantPart) / perGas) return type(uint256).max;
        return gasUsed * perGas + constantPart;
    }

    function gasPrice() external view returns (uint256) {
        return block.basefee;
    }

    function baseFee() external view returns (uint256) {
        return block.basefee;
    }

    function l1BaseFee() external view returns (uint256) {
        return L1.basefee();
    }

    function blobBaseFee() external view returns (uint256) {
        return L1.blobBaseFee();
    }

    function baseFeeScalar() external view returns (uint32) {
        return L1.baseFeeScalar();
    }

    function blobBaseFeeScalar() external view returns (uint32) {
        return L1.blobBaseFeeScalar();
    }

    function decimals() external pure returns (uint256) {
        return DECIMALS;
    }

    function overhead() external pure returns (uint256) {
        revert("GasPriceOracle: overhead() is deprecated");
    }

    function scalar() external pure returns (uint256) {
        revert("GasPriceOracle: scalar() is deprecated");
    }

    function _l1Fee(uint256 fastLzSize) private view returns (uint256) {
        uint256 perByte =
            16 * uint256(L1.baseFeeScalar()) * L1.basefee() + uint256(L1.blobBaseFeeScalar()) * L1.blobBaseFee();
        return _batchSize(fastLzSize) * perByte / 1e12;
    }

    function _batchSize(uint256 fastLzSize) private pure returns (uint256) {
        int256 size = INTERCEPT + COEFFICIENT * int256(fastLzSize);
        return uint256(size < MIN_SIZE ? MIN_SIZE : size);
    }
}
