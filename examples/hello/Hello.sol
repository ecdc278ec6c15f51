// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

import {Greeter} from "./Greeter.sol";

/// Asks a Move module for a greeting, as if it were a library.
contract Hello {
    event Greeted(string greeting, uint64 times);

    function hello(string calldata name) external returns (string memory greeting, uint64 times) {
        (greeting, times) = Greeter.greet(name);
        emit Greeted(greeting, times);
    }

    /// Goes on when Move does not greet.
    function tryHello(string calldata name) external returns (string memory) {
        (bool ok, bytes memory failure, string memory greeting,) = Greeter.tryGreet(name);
        if (Greeter.aborted(failure, Greeter.ENO_NAME)) return "Hello nobody, says Solidity";
        return ok ? greeting : "Hello";
    }

    function times() external view returns (uint64) {
        return Greeter.times(Greeter.accountOf(address(this)));
    }
}
