// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

import {Borsh} from "./Borsh.sol";
import {ICrossVM} from "../ICrossVM.sol";
import {Solana} from "./Solana.sol";
import {SplToken} from "./SplToken.sol";

/// A mint of SPL Token for an ERC-20 contract that keeps the balances: at an address of the contract that calls this,
/// with nobody who may mint or freeze.
library ShownMint {
    /// The contract has no tokens yet, so its decimals may still change: make its mint once it has some.
    error NoSupply(address erc20);
    /// The contract has more than 65 decimals, or something else in their place.
    error TooManyDecimals(address erc20, uint256 decimals);
    /// The rent could not be paid.
    error RentNotPaid();

    /// The most decimals that a mint has, so that amounts fit into 64 bits.
    uint8 private constant _DECIMALS = 8;
    uint8 private constant _MOST_DECIMALS = 65;

    /// Where the mint of a contract is, and the seeds to sign with for it.
    function derived(address erc20) internal view returns (bytes32 mint, bytes[] memory seeds) {
        return Solana.derived(abi.encode(erc20));
    }

    /// Wei that making a mint takes: what it needs to be exempt from rent, less what is there already.
    function rent(bytes32 mint) internal view returns (uint256) {
        uint256 needed = Solana.rentExemption(SplToken.MINT_BYTES);
        uint256 has = Solana.lamports(mint);
        return has < needed ? (needed - has) * 1 gwei : 0;
    }

    /// How many decimals the mint of a contract has, and which power of ten of the contract's units is one of the mint's.
    /// The amounts of one that `fitsAsIs` have 64 bits already.
    function units(address erc20, bool fitsAsIs) internal view returns (uint8 decimals, uint8 exponent) {
        (bool ok, uint256 supply) = ask(erc20, 0x18160ddd); // totalSupply()
        if (!ok || supply == 0) revert NoSupply(erc20);
        uint256 kept;
        (ok, kept) = ask(erc20, 0x313ce567); // decimals(), which ERC-20 does not demand
        if (!ok) kept = 0;
        if (kept > _MOST_DECIMALS) revert TooManyDecimals(erc20, kept);
        decimals = uint8(kept);
        if (decimals > _DECIMALS && !fitsAsIs) (decimals, exponent) = (_DECIMALS, decimals - _DECIMALS);
    }

    /// Makes the mint, and pays its rent out of this contract's ETH.
    function make(bytes32 mint, bytes[] memory seeds, uint8 decimals) internal {
        bytes32 self = Solana.self();
        // Not by Solana's own transfer, which must leave this account nothing or its own rent: anybody may send it some
        // wei. Nor does one instruction make the account, because somebody may have paid to its address before.
        (bool ok,) = Solana.CROSS_VM.addressOf(mint).call{value: rent(mint)}("");
        if (!ok) revert RentNotPaid();
        bytes[][] memory signers = Solana.list(seeds);
        Solana.invokeSigned(one(Solana.SYSTEM, mint, bytes.concat(Borsh.u32(8), Borsh.u64(SplToken.MINT_BYTES))), signers);
        Solana.invokeSigned(one(Solana.SYSTEM, mint, bytes.concat(Borsh.u32(1), SplToken.TOKEN)), signers);
        Solana.invoke(SplToken.initializeMint(mint, decimals, self, 0, SplToken.TOKEN));
        // A mint needs somebody to mint at first. Now it gets nobody, for good.
        ICrossVM.AccountMeta[] memory accounts = new ICrossVM.AccountMeta[](2);
        accounts[0] = Solana.writable(mint);
        accounts[1] = Solana.signing(self);
        Solana.invoke(Solana.Instruction(SplToken.TOKEN, accounts, hex"060000"));
    }

    function one(bytes32 program, bytes32 account, bytes memory data) private pure returns (Solana.Instruction memory) {
        ICrossVM.AccountMeta[] memory accounts = new ICrossVM.AccountMeta[](1);
        accounts[0] = Solana.signingWritable(account);
        return Solana.Instruction(program, accounts, data);
    }

    function ask(address erc20, bytes4 what) private view returns (bool ok, uint256 answer) {
        bytes memory data;
        (ok, data) = erc20.staticcall(abi.encodePacked(what));
        ok = ok && data.length >= 32;
        if (ok) answer = abi.decode(data, (uint256));
    }
}
