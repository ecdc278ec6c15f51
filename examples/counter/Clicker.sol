// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

import {Borsh} from "lumio/lib/Borsh.sol";
import {ICrossVM} from "lumio/ICrossVM.sol";
import {Solana} from "lumio/lib/Solana.sol";

/// Counts with a Solana program, as if it were a library.
contract Clicker {
    bytes32 public immutable program;
    bytes32 public immutable counter;

    event Clicked(address indexed by, uint64 count);

    constructor(bytes32 program_, bytes32 counter_) {
        (program, counter) = (program_, counter_);
    }

    /// The program sees this contract's account as the one that signs.
    function click(uint64 by) public returns (uint64 count) {
        bytes memory returned = Solana.invoke(instruction(by));
        count = Borsh.takeU64(Borsh.reader(returned));
        emit Clicked(msg.sender, count);
    }

    /// Goes on when the program refuses.
    function tryClick(uint64 by) external returns (bool ok) {
        (ok,) = Solana.tryInvoke(instruction(by));
    }

    /// Counts when the transaction's own code is done.
    function clickLater(uint64 by) external {
        Solana.queue(instruction(by));
    }

    /// What is in the counter's account: the count, and who has counted last.
    function read() external view returns (uint64 count, bytes32 last) {
        Borsh.Reader memory data = Borsh.reader(Solana.dataOf(counter));
        count = Borsh.takeU64(data);
        last = Borsh.takeKey(data);
    }

    function instruction(uint64 by) private view returns (Solana.Instruction memory) {
        ICrossVM.AccountMeta[] memory accounts = new ICrossVM.AccountMeta[](2);
        accounts[0] = Solana.writable(counter);
        accounts[1] = Solana.signing(Solana.self());
        return Solana.Instruction(program, accounts, abi.encodePacked(Borsh.u64(by)));
    }
}
