// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ICrossVM} from "./ICrossVM.sol";

// How the contracts of this folder call Move's framework.

// Calls of other virtual machines.
ICrossVM constant CROSS_VM = ICrossVM(0x42000000000000000000000000000000000000FE);

// The account of the framework.
bytes32 constant MOVE_FRAMEWORK = bytes32(uint256(1));
