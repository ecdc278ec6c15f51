// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

import {Borsh} from "./Borsh.sol";
import {ICrossVM} from "../ICrossVM.sol";
import {Solana} from "./Solana.sol";

/// Instructions of Solana's programs for tokens: SPL Token, Token-2022, whose instructions are the same, and associated
/// token accounts. And what is in a mint and in a token account.
///
/// `authority` signs: the contract's own account, or an address that is derived of it. A transfer:
/// `Solana.invoke(SplToken.transfer(from, to, Solana.self(), amount, SplToken.TOKEN))`.
library SplToken {
    /// The account is none of a token program.
    error NoTokenAccount(bytes32 id);

    /// `TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA`
    bytes32 internal constant TOKEN = 0x06ddf6e1d765a193d9cbe146ceeb79ac1cb485ed5f5b37913a8cf5857eff00a9;
    /// `TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb`
    bytes32 internal constant TOKEN_2022 = 0x06ddf6e1ee758fde18425dbce46ccddab61afc4d83b90d27febdf928d8a18bfc;
    /// `ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL`
    bytes32 internal constant ASSOCIATED = 0x8c97258f4e2489f1bb3d1029148e0d830b5a1399daff1084048e7bd8dbe9f859;

    /// Bytes of a mint, and of a token account.
    uint64 internal constant MINT_BYTES = 82;
    uint64 internal constant ACCOUNT_BYTES = 165;
    /// Bytes of an account of several signers, which no other has.
    uint64 internal constant MULTISIG_BYTES = 355;

    /// The token account that a wallet has of a mint by convention.
    function associatedAddress(bytes32 wallet, bytes32 mint, bytes32 program) internal view returns (bytes32 id) {
        bytes[] memory seeds = new bytes[](3);
        seeds[0] = abi.encodePacked(wallet);
        seeds[1] = abi.encodePacked(program);
        seeds[2] = abi.encodePacked(mint);
        (id,) = Solana.CROSS_VM.findProgramAddress(seeds, ASSOCIATED);
    }

    /// Makes a wallet's associated token account, unless there is one. `payer` signs and pays its rent.
    function createAssociated(bytes32 payer, bytes32 wallet, bytes32 mint, bytes32 program)
        internal
        view
        returns (Solana.Instruction memory)
    {
        ICrossVM.AccountMeta[] memory accounts = new ICrossVM.AccountMeta[](6);
        accounts[0] = Solana.signingWritable(payer);
        accounts[1] = Solana.writable(associatedAddress(wallet, mint, program));
        accounts[2] = Solana.readonly(wallet);
        accounts[3] = Solana.readonly(mint);
        accounts[4] = Solana.readonly(Solana.SYSTEM);
        accounts[5] = Solana.readonly(program);
        return Solana.Instruction(ASSOCIATED, accounts, hex"01");
    }

    /// Makes a mint of an account of `MINT_BYTES` that the program owns already. A zero freeze authority is none.
    function initializeMint(
        bytes32 mint,
        uint8 decimals,
        bytes32 mintAuthority,
        bytes32 freezeAuthority,
        bytes32 program
    ) internal pure returns (Solana.Instruction memory) {
        ICrossVM.AccountMeta[] memory accounts = new ICrossVM.AccountMeta[](1);
        accounts[0] = Solana.writable(mint);
        bytes memory data = bytes.concat(hex"14", bytes1(decimals), mintAuthority, Borsh.optional(freezeAuthority));
        return Solana.Instruction(program, accounts, data);
    }

    /// Moves tokens from one token account to another.
    function transfer(bytes32 from, bytes32 to, bytes32 authority, uint64 amount, bytes32 program)
        internal
        pure
        returns (Solana.Instruction memory)
    {
        return three(program, Solana.writable(from), Solana.writable(to), authority, withAmount(3, amount));
    }

    /// The same, if the mint is this one and has so many decimals.
    function transferChecked(
        bytes32 from,
        bytes32 mint,
        bytes32 to,
        bytes32 authority,
        uint64 amount,
        uint8 decimals,
        bytes32 program
    ) internal pure returns (Solana.Instruction memory) {
        ICrossVM.AccountMeta[] memory accounts = new ICrossVM.AccountMeta[](4);
        accounts[0] = Solana.writable(from);
        accounts[1] = Solana.readonly(mint);
        accounts[2] = Solana.writable(to);
        accounts[3] = Solana.signing(authority);
        return Solana.Instruction(program, accounts, bytes.concat(withAmount(12, amount), bytes1(decimals)));
    }

    /// Lets `delegate` move so many tokens of a token account.
    function approve(bytes32 account, bytes32 delegate, bytes32 authority, uint64 amount, bytes32 program)
        internal
        pure
        returns (Solana.Instruction memory)
    {
        return three(program, Solana.writable(account), Solana.readonly(delegate), authority, withAmount(4, amount));
    }

    /// Makes new tokens.
    function mintTo(bytes32 mint, bytes32 to, bytes32 authority, uint64 amount, bytes32 program)
        internal
        pure
        returns (Solana.Instruction memory)
    {
        return three(program, Solana.writable(mint), Solana.writable(to), authority, withAmount(7, amount));
    }

    /// Destroys tokens of a token account.
    function burn(bytes32 account, bytes32 mint, bytes32 authority, uint64 amount, bytes32 program)
        internal
        pure
        returns (Solana.Instruction memory)
    {
        return three(program, Solana.writable(account), Solana.writable(mint), authority, withAmount(8, amount));
    }

    /// Closes an empty token account, whose lamports `to` gets.
    function closeAccount(bytes32 account, bytes32 to, bytes32 authority, bytes32 program)
        internal
        pure
        returns (Solana.Instruction memory)
    {
        return three(program, Solana.writable(account), Solana.writable(to), authority, hex"09");
    }

    /// How many tokens are in a token account; 0 if there is none.
    function balanceOf(bytes32 account) internal view returns (uint64) {
        bytes memory data = Solana.dataOf(account);
        if (data.length == 0) return 0;
        return Borsh.takeU64(Borsh.readerAt(checked(account, data, ACCOUNT_BYTES), 64));
    }

    /// How many tokens of a mint there are, and how many decimals they have.
    function supplyOf(bytes32 mint) internal view returns (uint64 supply, uint8 decimals) {
        Borsh.Reader memory reader = Borsh.readerAt(checked(mint, Solana.dataOf(mint), MINT_BYTES), 36);
        supply = Borsh.takeU64(reader);
        decimals = Borsh.takeU8(reader);
    }

    function checked(bytes32 id, bytes memory data, uint256 least) private view returns (bytes memory) {
        bytes32 owner = Solana.ownerOf(id);
        if ((owner != TOKEN && owner != TOKEN_2022) || data.length < least) revert NoTokenAccount(id);
        return data;
    }

    function three(
        bytes32 program,
        ICrossVM.AccountMeta memory first,
        ICrossVM.AccountMeta memory second,
        bytes32 authority,
        bytes memory data
    ) private pure returns (Solana.Instruction memory) {
        ICrossVM.AccountMeta[] memory accounts = new ICrossVM.AccountMeta[](3);
        accounts[0] = first;
        accounts[1] = second;
        accounts[2] = Solana.signing(authority);
        return Solana.Instruction(program, accounts, data);
    }

    function withAmount(uint8 tag, uint64 amount) private pure returns (bytes memory) {
        return bytes.concat(bytes1(tag), Borsh.u64(amount));
    }
}
