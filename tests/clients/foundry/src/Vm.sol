// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// The few cheat codes that this project needs.
interface Vm {
    function startBroadcast() external;
    function stopBroadcast() external;
    function envAddress(string calldata name) external view returns (address);
    function prank(address caller) external;
    function deal(address account, uint256 wei_) external;
    function expectRevert(bytes calldata data) external;
}

// Where Foundry answers cheat codes.
Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
