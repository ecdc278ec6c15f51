// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {DEPOSITOR_ACCOUNT as DEPOSITOR} from "./Predeploys.sol";

/// What the L2 knows of its L1 origin. The execution layer reads slots 1, 3, 5, 6, 7 and 8 directly to price
/// data availability, so the order and packing of the variables below must never change.
contract L1Block {
    /// The caller is not the depositor account.
    error NotDepositor();

    /// Number and time of the L1 origin block.
    uint64 public number;
    uint64 public timestamp;
    /// Base fee of the L1 origin block, in wei.
    uint256 public basefee;
    bytes32 public hash;
    /// How many L2 blocks share this L1 origin, before this one.
    uint64 public sequenceNumber;
    /// Weights of the two L1 fee markets, with 6 decimals.
    uint32 public blobBaseFeeScalar;
    uint32 public baseFeeScalar;
    /// The batch submitter's address, left-padded.
    bytes32 public batcherHash;
    /// Fee parameters from before Ecotone; kept for their slots.
    uint256 public l1FeeOverhead;
    uint256 public l1FeeScalar;
    /// Blob base fee of the L1 origin block, in wei.
    uint256 public blobBaseFee;
    /// Operator fee: a constant in wei, and a scalar for each unit of gas.
    uint64 public operatorFeeConstant;
    uint32 public operatorFeeScalar;
    /// Gas charged against the block limit for each estimated byte of batch data.
    uint16 public daFootprintGasScalar;

    modifier onlyDepositor() {
        if (msg.sender != DEPOSITOR) revert NotDepositor();
        _;
    }

    /// The only account that may set the values.
    function DEPOSITOR_ACCOUNT() external pure returns (address) {
        return DEPOSITOR;
    }

    function version() external pure returns (string memory) {
        return "1.0.0-lumio";
    }

    /// Fees are paid in ETH: this is its conventional placeholder address, and its decimals.
    function gasPayingToken() external pure returns (address token, uint8 decimals) {
        return (0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE, 18);
    }

    function gasPayingTokenName() external pure returns (string memory) {
        return "Ether";
    }

    function gasPayingTokenSymbol() external pure returns (string memory) {
        return "ETH";
    }

    function isCustomGasToken() external pure returns (bool) {
        return false;
    }

    /// The setter of the first OP-stack release, ABI-encoded.
    function setL1BlockValues(
        uint64 number_,
        uint64 timestamp_,
        uint256 basefee_,
        bytes32 hash_,
        uint64 sequenceNumber_,
        bytes32 batcherHash_,
        uint256 l1FeeOverhead_,
        uint256 l1FeeScalar_
    ) external onlyDepositor {
        (number, timestamp, basefee, hash) = (number_, timestamp_, basefee_, hash_);
        (sequenceNumber, batcherHash) = (sequenceNumber_, batcherHash_);
        (l1FeeOverhead, l1FeeScalar) = (l1FeeOverhead_, l1FeeScalar_);
    }

    /// The setters below take their arguments packed after the selector, without ABI padding; each later one
    /// appends fields to the one before. Short calldata reverts.
    function setL1BlockValuesEcotone() external onlyDepositor {
        _setEcotone();
    }

    function setL1BlockValuesIsthmus() external onlyDepositor {
        _setEcotone();
        _setIsthmus();
    }

    function setL1BlockValuesJovian() external onlyDepositor {
        _setEcotone();
        _setIsthmus();
        daFootprintGasScalar = uint16(bytes2(msg.data[176:178]));
    }

    function _setEcotone() private {
        baseFeeScalar = uint32(bytes4(msg.data[4:8]));
        blobBaseFeeScalar = uint32(bytes4(msg.data[8:12]));
        sequenceNumber = uint64(bytes8(msg.data[12:20]));
        timestamp = uint64(bytes8(msg.data[20:28]));
        number = uint64(bytes8(msg.data[28:36]));
        basefee = uint256(bytes32(msg.data[36:68]));
        blobBaseFee = uint256(bytes32(msg.data[68:100]));
        hash = bytes32(msg.data[100:132]);
        batcherHash = bytes32(msg.data[132:164]);
    }

    function _setIsthmus() private {
        operatorFeeScalar = uint32(bytes4(msg.data[164:168]));
        operatorFeeConstant = uint64(bytes8(msg.data[168:176]));
    }
}
