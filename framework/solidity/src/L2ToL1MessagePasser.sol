// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// Records messages and ETH on their way to L1. L1 proves a withdrawal by a storage proof of `sentMessages`
/// (slot 0) against the output root, so the layout and the hash must never change.
contract L2ToL1MessagePasser {
    uint16 public constant MESSAGE_VERSION = 1;
    /// L1 gas given to a withdrawal that is a plain transfer to this contract.
    uint256 private constant TRANSFER_GAS_LIMIT = 100_000;

    mapping(bytes32 withdrawalHash => bool) public sentMessages;
    uint240 private msgNonce;

    event MessagePassed(
        uint256 indexed nonce,
        address indexed sender,
        address indexed target,
        uint256 value,
        uint256 gasLimit,
        bytes data,
        bytes32 withdrawalHash
    );
    event WithdrawerBalanceBurnt(uint256 indexed amount);

    receive() external payable {
        initiateWithdrawal(msg.sender, TRANSFER_GAS_LIMIT, "");
    }

    function version() external pure returns (string memory) {
        return "1.0.0-lumio";
    }

    /// Asks L1 to call `target` from the caller with the value sent here.
    function initiateWithdrawal(address target, uint256 gasLimit, bytes memory data) public payable {
        uint256 nonce = messageNonce();
        bytes32 withdrawalHash = keccak256(abi.encode(nonce, msg.sender, target, msg.value, gasLimit, data));
        sentMessages[withdrawalHash] = true;
        ++msgNonce;
        emit MessagePassed(nonce, msg.sender, target, msg.value, gasLimit, data, withdrawalHash);
    }

    /// The next nonce, with the message version in its upper two bytes.
    function messageNonce() public view returns (uint256) {
        return (uint256(MESSAGE_VERSION) << 240) | msgNonce;
    }

    /// Removes the ETH held here from the L2's supply: it has been promised to L1.
    function burn() external {
        uint256 amount = address(this).balance;
        new Burner{value: amount}();
        emit WithdrawerBalanceBurnt(amount);
    }
}

/// Destroys itself and the value it was created with, in the transaction that creates it (EIP-6780).
contract Burner {
    constructor() payable {
        selfdestruct(payable(address(this)));
    }
}
