// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// Holds the cross-VM addresses (0x42…FE and 0x42…FF) until those calls exist. Everything reverts, so that no
/// contract can take silence for success, and no ETH can be stranded here.
contract CrossVMReserved {
    fallback() external payable {
        revert("Lumio: cross-VM calls are not available in this version");
    }
}
