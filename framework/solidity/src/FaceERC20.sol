// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {CROSS_VM, MOVE_FRAMEWORK} from "./MoveFramework.sol";

/// A fungible asset of Move as an ERC-20. Balances, supply and metadata are Move's; what is kept here are allowances and
/// the nonces of permits.
///
/// Move announces each movement as a `Transfer` of this contract, those that begin here too, so that nothing here emits
/// one. Who has an asset in flight, between a withdrawal and a deposit, is this contract. A store that is no account's
/// primary one is a holder of its own.
contract FaceERC20 {
    /// The metadata object of the asset.
    bytes32 public immutable metadata;

    mapping(address owner => mapping(address spender => uint256)) private _allowances;
    /// The number that the next permit of an account must have (EIP-2612).
    mapping(address owner => uint256) public nonces;

    bytes32 private constant _PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    bytes32 private constant _DOMAIN =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant _VERSION = keccak256("1");
    /// Half of secp256k1's order: a signature has one form.
    uint256 private constant _MAX_S = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    /// The amount does not fit into the 64 bits in which Move counts.
    error AmountTooLarge(uint256 amount);
    // EIP-6093.
    error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);
    error ERC20InvalidReceiver(address receiver);
    error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed);
    error ERC20InvalidSpender(address spender);
    error ERC2612ExpiredSignature(uint256 deadline);
    error ERC2612InvalidSigner(address signer, address owner);

    constructor(bytes32 metadata_) {
        metadata = metadata_;
    }

    function name() public view returns (string memory) {
        return abi.decode(_ask("fungible_asset", "name", _generic(), abi.encode(metadata)), (string));
    }

    function symbol() external view returns (string memory) {
        return abi.decode(_ask("fungible_asset", "symbol", _generic(), abi.encode(metadata)), (string));
    }

    function decimals() external view returns (uint8) {
        return abi.decode(_ask("fungible_asset", "decimals", _generic(), abi.encode(metadata)), (uint8));
    }

    function totalSupply() external view returns (uint256) {
        return abi.decode(_ask("faces", "total_supply", new string[](0), abi.encode(metadata)), (uint128));
    }

    function balanceOf(address account) public view returns (uint256) {
        bytes memory args = abi.encode(metadata, account);
        return abi.decode(_ask("faces", "balance_of", new string[](0), args), (uint64));
    }

    function allowance(address owner, address spender) external view returns (uint256) {
        return _allowances[owner][spender];
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        _move(msg.sender, to, amount);
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        uint256 allowed = _allowances[from][msg.sender];
        if (allowed != type(uint256).max) {
            if (allowed < amount) revert ERC20InsufficientAllowance(msg.sender, allowed, amount);
            _allowances[from][msg.sender] = allowed - amount;
        }
        _move(from, to, amount);
        return true;
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        _approve(msg.sender, spender, amount);
        return true;
    }

    /// Approves by a signature of the owner (EIP-2612).
    function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
    {
        if (block.timestamp > deadline) revert ERC2612ExpiredSignature(deadline);
        bytes32 asked = keccak256(abi.encode(_PERMIT, owner, spender, value, nonces[owner]++, deadline));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", DOMAIN_SEPARATOR(), asked));
        address signer = uint256(s) > _MAX_S ? address(0) : ecrecover(digest, v, r, s);
        if (signer == address(0) || signer != owner) revert ERC2612InvalidSigner(signer, owner);
        _approve(owner, spender, value);
    }

    // solhint-disable-next-line func-name-mixedcase
    function DOMAIN_SEPARATOR() public view returns (bytes32) {
        return keccak256(abi.encode(_DOMAIN, keccak256(bytes(name())), _VERSION, block.chainid, address(this)));
    }

    /// What a permit's domain consists of (EIP-5267).
    function eip712Domain()
        external
        view
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory)
    {
        return (0x0f, name(), "1", block.chainid, address(this), bytes32(0), new uint256[](0));
    }

    function _approve(address owner, address spender, uint256 amount) private {
        if (spender == address(0)) revert ERC20InvalidSpender(spender);
        _allowances[owner][spender] = amount;
        emit Approval(owner, spender, amount);
    }

    /// Moves as the owner would in Move, with the asset's own rules.
    function _move(address from, address to, uint256 amount) private {
        if (to == address(0)) revert ERC20InvalidReceiver(to);
        if (amount > type(uint64).max) {
            uint256 balance = balanceOf(from);
            if (balance < amount) revert ERC20InsufficientBalance(from, balance, amount);
            revert AmountTooLarge(amount);
        }
        (bool ok, bytes memory why) = CROSS_VM.tryCallMove(
            MOVE_FRAMEWORK, "faces", "transfer", new string[](0), abi.encode(from, to, uint64(amount))
        );
        if (ok) return;
        uint256 held = balanceOf(from);
        if (held < amount) revert ERC20InsufficientBalance(from, held, amount);
        assembly {
            revert(add(why, 32), mload(why))
        }
    }

    function _ask(string memory module, string memory fn, string[] memory types, bytes memory args)
        private
        view
        returns (bytes memory)
    {
        return CROSS_VM.viewMove(MOVE_FRAMEWORK, module, fn, types, args);
    }

    function _generic() private pure returns (string[] memory types) {
        types = new string[](1);
        types[0] = "0x1::fungible_asset::Metadata";
    }
}
