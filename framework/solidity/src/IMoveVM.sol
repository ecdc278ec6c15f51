// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

/// Queues calls of Move functions, at 0x42000000000000000000000000000000000000fF: they run when the transaction's own
/// code is done, in the order in which they were queued, each on behalf of its caller. If one fails, so does the
/// transaction.
interface IMoveVM {
    /// A call is queued.
    event Call(
        address _sender,
        bytes _moduleAddress,
        bytes _moduleId,
        bytes _functionId,
        bytes _callData,
        bytes _generics
    );

    /// Queues a call.
    /// @param _moduleAddress The module's account: 32 bytes.
    /// @param _moduleId The module's name.
    /// @param _functionId The function's name.
    /// @param _callData `abi.encode` of the arguments, without a leading signer, which is the caller's.
    /// @param _generics Type arguments, separated by commas: `0x1::coin::Coin<0x1::native_coin::NativeCoin>`.
    function call(
        bytes calldata _moduleAddress,
        bytes calldata _moduleId,
        bytes calldata _functionId,
        bytes calldata _callData,
        bytes calldata _generics
    ) external;
}
