// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

import {Borsh} from "./Borsh.sol";
import {ICrossVM} from "../ICrossVM.sol";

/// Solana programs for contracts: instructions, addresses that a contract signs for, and what accounts hold.
///
/// `SplToken` builds the instructions of the token program, `Borsh` the data of others.
library Solana {
    /// What a Solana program is asked to do.
    struct Instruction {
        bytes32 program;
        ICrossVM.AccountMeta[] accounts;
        bytes data;
    }

    ICrossVM internal constant CROSS_VM = ICrossVM(0x42000000000000000000000000000000000000FE);

    /// The program that stands for other virtual machines there: `CrossVm111111111111111111111111111111111111`.
    bytes32 internal constant CROSS_VM_PROGRAM = 0x0309b50dad823198c046af2657c60503355957fbfa29f6d9f76715c000000000;
    /// The system program, which owns the accounts that no other program does.
    bytes32 internal constant SYSTEM = 0;
    /// The sysvar of rent: `SysvarRent111111111111111111111111111111111`.
    bytes32 internal constant RENT = 0x06a7d517192c5c51218cc94c3d4af17f58daee089ba1fd44e3dbd98a00000000;

    /// An account that the program only reads.
    function readonly(bytes32 id) internal pure returns (ICrossVM.AccountMeta memory) {
        return ICrossVM.AccountMeta(id, false, false);
    }

    /// An account that the program may change.
    function writable(bytes32 id) internal pure returns (ICrossVM.AccountMeta memory) {
        return ICrossVM.AccountMeta(id, false, true);
    }

    /// An account that signs: the contract's own, or an address that is derived of it.
    function signing(bytes32 id) internal pure returns (ICrossVM.AccountMeta memory) {
        return ICrossVM.AccountMeta(id, true, false);
    }

    /// An account that signs and that the program may change.
    function signingWritable(bytes32 id) internal pure returns (ICrossVM.AccountMeta memory) {
        return ICrossVM.AccountMeta(id, true, true);
    }

    /// Runs an instruction now and returns what the program returns. Reverts as it does.
    function invoke(Instruction memory instruction) internal returns (bytes memory) {
        return CROSS_VM.callSolana(instruction.program, instruction.accounts, instruction.data);
    }

    /// The same, signed also by addresses of this contract, each by its seeds.
    function invokeSigned(Instruction memory instruction, bytes[][] memory seeds) internal returns (bytes memory) {
        return CROSS_VM.callSolanaSigned(instruction.program, instruction.accounts, instruction.data, seeds);
    }

    /// Runs an instruction now; a failure is returned with its data.
    function tryInvoke(Instruction memory instruction) internal returns (bool ok, bytes memory result) {
        return CROSS_VM.tryCallSolana(instruction.program, instruction.accounts, instruction.data);
    }

    /// The same, signed also by addresses of this contract, each by its seeds.
    function tryInvokeSigned(Instruction memory instruction, bytes[][] memory seeds)
        internal
        returns (bool ok, bytes memory result)
    {
        return CROSS_VM.tryCallSolanaSigned(instruction.program, instruction.accounts, instruction.data, seeds);
    }

    /// Queues an instruction: it runs when the transaction's own code is done.
    function queue(Instruction memory instruction) internal {
        CROSS_VM.queueSolana(instruction.program, instruction.accounts, instruction.data);
    }

    /// The account of this contract.
    function self() internal view returns (bytes32) {
        return CROSS_VM.idOf(address(this));
    }

    /// The address that this contract signs for with a seed, and the seeds to sign with. Nobody else signs for it.
    function derived(bytes memory seed) internal view returns (bytes32 id, bytes[] memory seeds) {
        seeds = new bytes[](1);
        seeds[0] = seed;
        return derived(seeds);
    }

    /// The same of several seeds.
    function derived(bytes[] memory seeds) internal view returns (bytes32 id, bytes[] memory withBump) {
        bytes[] memory all = new bytes[](seeds.length + 1);
        withBump = new bytes[](seeds.length + 1);
        all[0] = abi.encodePacked(self());
        for (uint256 i = 0; i < seeds.length; i++) {
            all[i + 1] = seeds[i];
            withBump[i] = seeds[i];
        }
        uint8 bump;
        (id, bump) = CROSS_VM.findProgramAddress(all, CROSS_VM_PROGRAM);
        withBump[seeds.length] = abi.encodePacked(bump);
    }

    /// The seeds of one address as those of a call.
    function list(bytes[] memory seeds) internal pure returns (bytes[][] memory all) {
        all = new bytes[][](1);
        all[0] = seeds;
    }

    /// The ETH of an account as Solana counts it, in lamports of 10^9 wei.
    function lamports(bytes32 id) internal view returns (uint256) {
        return CROSS_VM.addressOf(id).balance / 1 gwei;
    }

    /// The program that owns an account.
    function ownerOf(bytes32 id) internal view returns (bytes32 owner) {
        (owner,,) = CROSS_VM.solanaAccount(id);
    }

    /// The data of an account.
    function dataOf(bytes32 id) internal view returns (bytes memory data) {
        (,, data) = CROSS_VM.solanaAccount(id);
    }

    /// An instruction of the system program that makes an account, which signs, and pays its rent. `space` is its bytes.
    function createAccount(bytes32 payer, bytes32 account, uint64 lamports_, uint64 space, bytes32 owner)
        internal
        pure
        returns (Instruction memory instruction)
    {
        instruction.accounts = new ICrossVM.AccountMeta[](2);
        instruction.accounts[0] = signingWritable(payer);
        instruction.accounts[1] = signingWritable(account);
        instruction.data = bytes.concat(Borsh.u32(0), Borsh.u64(lamports_), Borsh.u64(space), owner);
    }

    /// An instruction of the system program that moves lamports.
    function transfer(bytes32 from, bytes32 to, uint64 amount) internal pure returns (Instruction memory instruction) {
        instruction.accounts = new ICrossVM.AccountMeta[](2);
        instruction.accounts[0] = signingWritable(from);
        instruction.accounts[1] = writable(to);
        instruction.data = bytes.concat(Borsh.u32(2), Borsh.u64(amount));
    }

    /// Lamports with which an account of so many bytes is exempt from rent.
    function rentExemption(uint256 space) internal pure returns (uint64) {
        return uint64((128 + space) * 6960);
    }
}
