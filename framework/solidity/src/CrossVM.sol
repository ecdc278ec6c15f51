// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// Stands at 0x42…FE, where the chain itself answers calls of `ICrossVM`. This code is there so that the address
/// has some; it runs on a chain that does not answer them, and no ETH can be stranded here.
contract CrossVM {
    fallback() external payable {
        revert("ICrossVM is not part of this chain");
    }
}
