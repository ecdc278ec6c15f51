// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

/// Calls of other virtual machines that run at once, at 0x42000000000000000000000000000000000000FE.
///
/// The callee sees the contract that calls as its caller: as the leading `signer` of a Move function, as a signing
/// account of a Solana program. What a failed callee did is undone in all virtual machines.
interface ICrossVM {
    struct AccountMeta {
        bytes32 id;
        bool signer;
        bool writable;
    }

    /// A Move function aborted.
    error MoveAbort(bytes32 module, string name, uint64 code, string message);
    /// A Move function failed otherwise: an arithmetic error, a missing resource.
    error MoveFailure(string status, string message);
    /// The callee used all the gas that it was given.
    error OutOfGas();

    /// Runs a public or entry Move function.
    /// @param module The account of the module.
    /// @param name The module's name.
    /// @param fn The function's name.
    /// @param typeArgs Type arguments, such as `0x1::native_coin::NativeCoin`.
    /// @param args `abi.encode` of the arguments without the leading signer, which is the caller's.
    /// @return `abi.encode` of what the function returns.
    function callMove(
        bytes32 module,
        string calldata name,
        string calldata fn,
        string[] calldata typeArgs,
        bytes calldata args
    ) external returns (bytes memory);

    /// The same; a failure is returned with its data, and the caller goes on.
    function tryCallMove(
        bytes32 module,
        string calldata name,
        string calldata fn,
        string[] calldata typeArgs,
        bytes calldata args
    ) external returns (bool ok, bytes memory result);

    /// Runs a Move function that must not change anything.
    function viewMove(
        bytes32 module,
        string calldata name,
        string calldata fn,
        string[] calldata typeArgs,
        bytes calldata args
    ) external view returns (bytes memory);

    /// Runs an instruction of a Solana program.
    function callSolana(bytes32 program, AccountMeta[] calldata accounts, bytes calldata data)
        external
        returns (bytes memory);

    /// The same; a failure is returned with its data, and the caller goes on.
    function tryCallSolana(bytes32 program, AccountMeta[] calldata accounts, bytes calldata data)
        external
        returns (bool ok, bytes memory result);

    /// The account that an EVM address belongs to.
    function idOf(address account) external view returns (bytes32);

    /// The address by which the EVM knows an account.
    function addressOf(bytes32 id) external view returns (address);
}
