// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {L1Block} from "./L1Block.sol";
import {L1_BLOCK} from "./Predeploys.sol";

/// The older name for the L1 block number, at its own address.
contract L1BlockNumber {
    function version() external pure returns (string memory) {
        return "1.0.0-lumio";
    }

    function getL1BlockNumber() public view returns (uint256) {
        return L1Block(L1_BLOCK).number();
    }

    /// Whatever else it is asked, it answers with the number.
    fallback(bytes calldata) external payable returns (bytes memory) {
        return abi.encode(getL1BlockNumber());
    }
}
