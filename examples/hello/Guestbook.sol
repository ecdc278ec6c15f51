// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

/// Keeps what visitors write.
contract Guestbook {
    struct Page {
        address visitor;
        string text;
        uint256 paid;
    }

    Page[] private pages;

    event Signed(address indexed visitor, string text);

    error Empty();

    function sign(string calldata text) external payable returns (uint256 number) {
        if (bytes(text).length == 0) revert Empty();
        pages.push(Page(msg.sender, text, msg.value));
        emit Signed(msg.sender, text);
        return pages.length - 1;
    }

    function page(uint256 number) external view returns (Page memory) {
        return pages[number];
    }
}
