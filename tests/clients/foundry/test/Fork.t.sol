// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ForgeToken} from "../src/ForgeToken.sol";
import {vm} from "../src/Vm.sol";

/// Runs on a fork of the node under test, which holds the token that TOKEN names.
contract ForkTest {
    ForgeToken private token;
    address private constant RECEIVER = address(0xBEEF);

    function setUp() external {
        token = ForgeToken(vm.envAddress("TOKEN"));
    }

    function testReadsStateOfTheNode() external view {
        require(keccak256(bytes(token.symbol())) == keccak256("SCR"), "symbol");
        require(token.totalSupply() == 1004 ether, "supply");
    }

    function testTransfersOnTheFork() external {
        address owner = token.owner();
        uint256 held = token.balanceOf(RECEIVER);
        vm.prank(owner);
        token.transfer(RECEIVER, 3);
        require(token.balanceOf(RECEIVER) == held + 3, "received");
    }

    function testOnlyTheOwnerMints() external {
        vm.expectRevert(abi.encodeWithSignature("OwnableUnauthorizedAccount(address)", address(this)));
        token.mint(address(this), 1);
    }

    function testSeesTheChain() external view {
        require(block.number > 0, "number");
        require(block.basefee > 0, "base fee");
        require(address(token).code.length > 0, "code");
    }
}
