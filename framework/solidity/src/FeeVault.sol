// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {L2ToL1MessagePasser} from "./L2ToL1MessagePasser.sol";
import {DEPOSITOR_ACCOUNT, L2_TO_L1_MESSAGE_PASSER} from "./Predeploys.sol";

/// Collects one kind of fee, and pays it out to a recipient on L1 or L2 when anyone asks. Genesis sets no
/// recipient: until the depositor account does, the fees stay here and are counted in this account's balance.
contract FeeVault {
    enum WithdrawalNetwork {
        L1,
        L2
    }

    uint256 private constant L1_GAS_LIMIT = 400_000;

    /// Wei paid out so far.
    uint256 public totalProcessed;
    address public recipient;
    WithdrawalNetwork public withdrawalNetwork;
    /// `withdraw` refuses to move less than this, in wei.
    uint256 public minWithdrawalAmount;

    error NotDepositor();

    event Withdrawal(uint256 value, address to, address from);
    event Withdrawal(uint256 value, address to, address from, WithdrawalNetwork withdrawalNetwork);
    event RecipientUpdated(address oldRecipient, address newRecipient);
    event WithdrawalNetworkUpdated(WithdrawalNetwork oldWithdrawalNetwork, WithdrawalNetwork newWithdrawalNetwork);
    event MinWithdrawalAmountUpdated(uint256 oldWithdrawalAmount, uint256 newWithdrawalAmount);

    modifier onlyDepositor() {
        if (msg.sender != DEPOSITOR_ACCOUNT) revert NotDepositor();
        _;
    }

    receive() external payable {}

    function version() external pure returns (string memory) {
        return "1.0.0-lumio";
    }

    function RECIPIENT() external view returns (address) {
        return recipient;
    }

    function MIN_WITHDRAWAL_AMOUNT() external view returns (uint256) {
        return minWithdrawalAmount;
    }

    function WITHDRAWAL_NETWORK() external view returns (WithdrawalNetwork) {
        return withdrawalNetwork;
    }

    function setRecipient(address newRecipient) external onlyDepositor {
        emit RecipientUpdated(recipient, newRecipient);
        recipient = newRecipient;
    }

    function setWithdrawalNetwork(WithdrawalNetwork newNetwork) external onlyDepositor {
        emit WithdrawalNetworkUpdated(withdrawalNetwork, newNetwork);
        withdrawalNetwork = newNetwork;
    }

    function setMinWithdrawalAmount(uint256 newAmount) external onlyDepositor {
        emit MinWithdrawalAmountUpdated(minWithdrawalAmount, newAmount);
        minWithdrawalAmount = newAmount;
    }

    /// Sends the whole balance to the recipient and returns it, in wei.
    function withdraw() external returns (uint256 value) {
        address to = recipient;
        value = address(this).balance;
        require(to != address(0), "FeeVault: no recipient is set");
        require(value >= minWithdrawalAmount, "FeeVault: balance is below the minimum withdrawal amount");

        totalProcessed += value;
        emit Withdrawal(value, to, msg.sender);
        emit Withdrawal(value, to, msg.sender, withdrawalNetwork);

        if (withdrawalNetwork == WithdrawalNetwork.L2) {
            (bool sent,) = to.call{value: value}("");
            require(sent, "FeeVault: the recipient refused the payment");
        } else {
            L2ToL1MessagePasser(payable(L2_TO_L1_MESSAGE_PASSER)).initiateWithdrawal{value: value}(to, L1_GAS_LIMIT, "");
        }
    }
}

/// The vault for priority fees, which also answers by an older name of its recipient.
contract SequencerFeeVault is FeeVault {
    function l1FeeWallet() external view returns (address) {
        return recipient;
    }
}
