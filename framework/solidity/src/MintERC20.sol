// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {FaceToken} from "./FaceToken.sol";
import {CROSS_VM} from "./MoveFramework.sol";
import {Borsh} from "./lib/Borsh.sol";
import {Solana} from "./lib/Solana.sol";
import {SplMint} from "./lib/SplMint.sol";
import {SplToken} from "./lib/SplToken.sol";

/// An SPL mint as an ERC-20. Balances and supply are what Solana's token accounts say.
///
/// A holder's tokens are in the associated token account of his account. A token account takes rent, which no transfer
/// of an ERC-20 may cost anybody: for holders who have none, tokens are in this contract's own token account, the pool,
/// and noted here, until somebody pays for one (`open`). A token account that is not its owner's associated one is a
/// holder of its own.
///
/// The Solana VM lets this contract, which the registry has made, sign for any owner in the token program's
/// `TransferChecked` of this mint, and in nothing else. What Solana's own transactions and programs move, the VM
/// announces as a `Transfer` of this contract; what begins here is announced here.
contract MintERC20 is FaceToken {
    /// The mint.
    bytes32 public immutable mint;
    /// The token program that owns it.
    bytes32 public immutable program;
    /// This contract's token account.
    bytes32 public immutable pool;
    /// Wei that a token account takes.
    uint256 public immutable rent;
    uint8 private immutable _decimals;

    /// Tokens in the pool that belong to a holder.
    mapping(address holder => uint256) public kept;
    /// The sum of them. What else is in the pool is this contract's.
    uint256 public totalKept;

    /// A token account is to be made, which takes so many wei.
    error RentNeeded(uint256 rent);
    /// What is left of the rent could not be returned.
    error RefundFailed();

    /// A token account as it is.
    struct Account {
        bytes32 id;
        bool exists;
        uint256 amount;
    }

    constructor(bytes32 mint_) payable {
        SplMint.Facts memory facts = SplMint.check(mint_);
        (mint, program, _decimals) = (mint_, facts.program, facts.decimals);
        rent = uint256(facts.rent) * 1 gwei;
        bytes32 self = _padded(address(this));
        pool = SplToken.associatedAddress(self, mint_, facts.program);
        Solana.invoke(SplToken.createAssociated(self, self, mint_, facts.program));
    }

    function name() public view override returns (string memory text) {
        (text,) = SplMint.names(mint);
    }

    function symbol() external view override returns (string memory text) {
        (, text) = SplMint.names(mint);
    }

    function decimals() external view override returns (uint8) {
        return _decimals;
    }

    function totalSupply() external view override returns (uint256) {
        return SplMint.supply(mint);
    }

    function balanceOf(address holder) public view override returns (uint256) {
        bytes32 id = CROSS_VM.idOf(holder);
        uint256 amount = _accountOf(id).amount + kept[holder];
        if (holder == address(this)) amount -= totalKept;
        if (_isOfEvm(id)) return amount;
        // What came before the chain knew whose the address is, and what is in the account itself if it is one.
        return amount + _accountOf(_padded(holder)).amount + _alone(id);
    }

    /// The token account of a holder: where it is, or would be.
    function accountOf(address holder) external view returns (bytes32) {
        return _address(CROSS_VM.idOf(holder));
    }

    /// Makes a holder's token account, if there is none, of the ETH that comes along, whose rest goes back, and puts
    /// there what is kept here for him.
    function open(address holder) external payable returns (bytes32 account) {
        bytes32 id = CROSS_VM.idOf(holder);
        account = _address(id);
        if (!_read(account, id).exists) {
            if (msg.value < rent) revert RentNeeded(rent);
            Solana.invoke(SplToken.createAssociated(_padded(address(this)), id, mint, program));
        }
        if (!_isOfEvm(id)) _gather(holder);
        uint256 amount = kept[holder];
        if (amount != 0 && _read(account, id).exists) {
            kept[holder] = 0;
            totalKept -= amount;
            _send(pool, account, _padded(address(this)), amount);
        }
        if (address(this).balance != 0) {
            (bool ok,) = msg.sender.call{value: address(this).balance}("");
            if (!ok) revert RefundFailed();
        }
    }

    /// Moves what is kept first, so that it gets less.
    function _move(address from, address to, uint256 amount) internal override {
        if (to == address(0)) revert ERC20InvalidReceiver(to);
        bytes32 giver = CROSS_VM.idOf(from);
        Account memory source = _accountOf(giver);
        if (source.amount + kept[from] < amount && !_isOfEvm(giver)) _gather(from);
        uint256 noted = from == address(this) ? 0 : kept[from];
        uint256 held = from == address(this) ? source.amount - totalKept : source.amount;
        if (held + noted < amount) revert ERC20InsufficientBalance(from, held + noted, amount);
        emit Transfer(from, to, amount);
        if (from == to || amount == 0) return;

        if (noted > amount) noted = amount;
        uint256 rest = amount - noted;
        Account memory target = _accountOf(CROSS_VM.idOf(to));
        if (noted != 0) {
            kept[from] -= noted;
            totalKept -= noted;
        }
        if (!target.exists) {
            kept[to] += amount;
            totalKept += amount;
            target.id = pool;
        }
        if (noted != 0 && target.id != pool) _send(pool, target.id, _padded(address(this)), noted);
        if (rest != 0 && source.id != target.id) _send(source.id, target.id, giver, rest);
    }

    /// Takes into the pool what was sent to the address before the chain knew whose that is. It is the same holder's.
    function _gather(address holder) private {
        bytes32 id = _padded(holder);
        Account memory stray = _accountOf(id);
        if (stray.amount == 0) return;
        kept[holder] += stray.amount;
        totalKept += stray.amount;
        _send(stray.id, pool, id, stray.amount);
    }

    function _send(bytes32 from, bytes32 to, bytes32 owner, uint256 amount) private {
        // It came out of a token account.
        uint64 units = uint64(amount);
        Solana.invoke(SplToken.transferChecked(from, mint, to, owner, units, _decimals, program));
    }

    /// The associated token account of an account.
    function _accountOf(bytes32 owner) private view returns (Account memory) {
        return _read(_address(owner), owner);
    }

    function _address(bytes32 owner) private view returns (bytes32) {
        return SplToken.associatedAddress(owner, mint, program);
    }

    /// A token account, if there is one of this mint and this owner.
    function _read(bytes32 id, bytes32 owner) private view returns (Account memory account) {
        account.id = id;
        (bool exists, bytes32 owner_, uint256 amount) = _held(id);
        if (exists && owner_ == owner) (account.exists, account.amount) = (true, amount);
    }

    /// What is in an account that is itself a token account of this mint, and not its owner's associated one.
    function _alone(bytes32 id) private view returns (uint256) {
        (bool exists, bytes32 owner, uint256 amount) = _held(id);
        return !exists || _address(owner) == id ? 0 : amount;
    }

    /// Whether an account is a token account of this mint, who owns it, and what is in it.
    function _held(bytes32 id) private view returns (bool exists, bytes32 owner, uint256 amount) {
        (bytes32 keeper,, bytes memory data) = CROSS_VM.solanaAccount(id);
        if (keeper != program || data.length < SplToken.ACCOUNT_BYTES) return (false, 0, 0);
        // What an account with extensions is: 2 stands for a token account. One of several signers could look like any.
        if (data.length > SplToken.ACCOUNT_BYTES && data[SplToken.ACCOUNT_BYTES] != 0x02) return (false, 0, 0);
        if (data.length == SplToken.MULTISIG_BYTES) return (false, 0, 0);
        Borsh.Reader memory reader = Borsh.readerAt(data, 0);
        // Its state is not zero if it is in use.
        exists = data[108] != 0 && Borsh.takeKey(reader) == mint;
        if (exists) (owner, amount) = (Borsh.takeKey(reader), Borsh.takeU64(reader));
    }

    function _padded(address holder) private pure returns (bytes32) {
        return bytes32(uint256(uint160(holder)));
    }

    /// Whether an account is its EVM address, padded. No program of Solana owns such an account.
    function _isOfEvm(bytes32 id) private pure returns (bool) {
        return uint256(id) >> 160 == 0;
    }
}
