// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ForgeToken} from "../src/ForgeToken.sol";
import {vm} from "../src/Vm.sol";

/// Deploys a token, uses it, and deploys another through the CREATE2 deployer: five transactions.
contract Deploy {
    function run(address receiver, uint256 salt) external returns (ForgeToken token, ForgeToken salted) {
        vm.startBroadcast();
        token = new ForgeToken("Scripted", "SCR", 1000 ether);
        token.transfer(receiver, 10 ether);
        token.mint(receiver, 5 ether);
        token.burn(1 ether);
        salted = new ForgeToken{salt: bytes32(salt)}("Salted", "SLT", 7);
        vm.stopBroadcast();
    }
}
