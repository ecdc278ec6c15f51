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
    /// A Solana program failed with an error of its own.
    error SolanaProgramError(bytes32 program, uint32 code, string message);
    /// A call of a Solana program failed otherwise: an account that must not change, rent, a limit.
    error SolanaFailure(bytes32 program, string status, string message);
    /// The callee used all the gas that it was given.
    error OutOfGas();

    /// Queues a call of a Solana program on behalf of `sender`.
    event CallSolana(address sender, bytes32 program, AccountMeta[] accounts, bytes data, bytes[][] seeds);

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
    /// @param program The program.
    /// @param accounts The accounts that it works with. Of them the caller's alone may sign.
    /// @param data What the program makes sense of.
    /// @return The program's return data.
    function callSolana(bytes32 program, AccountMeta[] calldata accounts, bytes calldata data)
        external
        returns (bytes memory);

    /// The same; a failure is returned with its data, and the caller goes on.
    function tryCallSolana(bytes32 program, AccountMeta[] calldata accounts, bytes calldata data)
        external
        returns (bool ok, bytes memory result);

    /// Runs an instruction that addresses of the caller sign, too.
    /// @param seeds Of each of them the seeds of which it is derived. The last one is the bump that `findProgramAddress`
    /// returns for the cross-VM program and these seeds, with the caller's account before them.
    function callSolanaSigned(
        bytes32 program,
        AccountMeta[] calldata accounts,
        bytes calldata data,
        bytes[][] calldata seeds
    ) external returns (bytes memory);

    /// The same; a failure is returned with its data, and the caller goes on.
    function tryCallSolanaSigned(
        bytes32 program,
        AccountMeta[] calldata accounts,
        bytes calldata data,
        bytes[][] calldata seeds
    ) external returns (bool ok, bytes memory result);

    /// Queues an instruction: it runs when the transaction's own code is done. If it fails, so does the transaction.
    function queueSolana(bytes32 program, AccountMeta[] calldata accounts, bytes calldata data) external;

    /// The same, signed by addresses of the caller, too.
    function queueSolanaSigned(
        bytes32 program,
        AccountMeta[] calldata accounts,
        bytes calldata data,
        bytes[][] calldata seeds
    ) external;

    /// What an account is on Solana besides its ETH. The data of sysvars are not among it.
    function solanaAccount(bytes32 id) external view returns (bytes32 owner, bool executable, bytes memory data);

    /// The address that a Solana program has with these seeds, the bump among them. Reverts if there is none.
    function createProgramAddress(bytes[] calldata seeds, bytes32 program) external view returns (bytes32);

    /// The address that a Solana program has with these seeds and the first bump that makes it one, and that bump.
    function findProgramAddress(bytes[] calldata seeds, bytes32 program)
        external
        view
        returns (bytes32 id, uint8 bump);

    /// The account that an EVM address belongs to.
    function idOf(address account) external view returns (bytes32);

    /// The address by which the EVM knows an account.
    function addressOf(bytes32 id) external view returns (address);
}
