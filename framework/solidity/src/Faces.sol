// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {FaceERC20} from "./FaceERC20.sol";
import {MintERC20} from "./MintERC20.sol";
import {CROSS_VM, MOVE_FRAMEWORK} from "./MoveFramework.sol";
import {ShownMint} from "./lib/ShownMint.sol";
import {SplMint} from "./lib/SplMint.sol";

/// The registry of tokens that have a face in several virtual machines, at 0x42000000000000000000000000000000000000FD.
///
/// A fungible asset of Move and an SPL mint get an ERC-20 contract here, at an address that is known beforehand. The
/// asset of an ERC-20 contract is created here or by `0x1::faces::create_asset`, its SPL mint here. Anybody may create
/// each of them, and nothing happens the second time.
contract Faces {
    // The chain itself reads these two by their slots, 0 and 1. A contract in the second one may move any holder's
    // tokens of its mint, so nothing but what `createErc20OfMint` makes may be in it.
    mapping(bytes32 mint => address erc20) private _erc20OfMint;
    mapping(address erc20 => bytes32 mint) private _mintShownBy;
    // The mints that show an ERC-20 contract. The chain itself reads, in the slot whose number is the mint, the contract
    // (20 bytes) and above it the power of ten of the contract's units that is one of the mint's (1 byte).
    mapping(address erc20 => bytes32 mint) private _mintShowing;

    /// There is an ERC-20 contract for the fungible asset now.
    event Erc20Created(bytes32 indexed metadata, address indexed erc20);
    /// There is an ERC-20 contract for the SPL mint now.
    event Erc20OfMintCreated(bytes32 indexed mint, address indexed erc20);
    /// There is an SPL mint for the ERC-20 contract now.
    event MintCreated(bytes32 indexed mint, address indexed erc20);

    /// A token account of the contract, or a mint, takes so many wei; they are to come along.
    error RentNeeded(uint256 rent);
    /// What is left of the rent could not be returned.
    error RefundFailed();

    /// The contract that is the same asset as the fungible asset of this metadata: an ERC-20 that keeps the balances
    /// itself, or the one that was made here. Zero if there is none yet.
    function erc20Of(bytes32 metadata) external view returns (address) {
        (uint256 count, bytes32 contractId) = contractOf(metadata);
        return count == 0 ? address(0) : address(uint160(uint256(contractId)));
    }

    /// The address at which `createErc20` makes a contract.
    function erc20AddressOf(bytes32 metadata) public view returns (address) {
        bytes32 code = keccak256(abi.encodePacked(type(FaceERC20).creationCode, metadata));
        return address(uint160(uint256(keccak256(abi.encodePacked(bytes1(0xff), address(this), metadata, code)))));
    }

    /// Makes the ERC-20 contract of a fungible asset, if it has none, and returns it. It reverts for ETH, whose ERC-20
    /// is WETH, and for an asset of which accounts have no primary stores.
    function createErc20(bytes32 metadata) external returns (address erc20) {
        erc20 = erc20AddressOf(metadata);
        bytes memory opened = CROSS_VM.callMove(
            MOVE_FRAMEWORK, "faces", "open", new string[](0), abi.encode(metadata, erc20)
        );
        address known = address(uint160(uint256(abi.decode(opened, (bytes32)))));
        if (known != erc20 || erc20.code.length != 0) return known;
        new FaceERC20{salt: metadata}(metadata);
        emit Erc20Created(metadata, erc20);
    }

    /// The contract that is the same token as the SPL mint: of a mint that keeps the balances itself, what was made
    /// here, and of one that was made here, the contract that it shows. Zero if there is none yet.
    function erc20OfMint(bytes32 mint) public view returns (address erc20) {
        erc20 = _erc20OfMint[mint];
        if (erc20 != address(0)) return erc20;
        uint256 original;
        assembly {
            original := sload(mint)
        }
        erc20 = address(uint160(original));
        if (_mintShowing[erc20] != mint) return address(0);
    }

    /// The address at which `createErc20OfMint` makes a contract.
    function erc20AddressOfMint(bytes32 mint) public view returns (address) {
        bytes32 code = keccak256(abi.encodePacked(type(MintERC20).creationCode, mint));
        return address(uint160(uint256(keccak256(abi.encodePacked(bytes1(0xff), address(this), mint, code)))));
    }

    /// The SPL mint that is the same token as the contract. Zero if there is none.
    function mintOf(address erc20) public view returns (bytes32 mint) {
        mint = _mintShownBy[erc20];
        if (mint == 0) mint = _mintShowing[erc20];
    }

    /// The address at which `createMint` makes a mint: of the cross-VM program, derived of this registry's account and the
    /// contract's.
    function mintAddressOf(address erc20) external view returns (bytes32 mint) {
        (mint,) = ShownMint.derived(erc20);
    }

    /// Makes the SPL mint of an ERC-20 contract, if it has none, and returns it. The mint's rent is paid for with the ETH
    /// that comes along, whose rest goes back. It reverts for a contract that is no ERC-20 or has no supply yet.
    function createMint(address erc20) external payable returns (bytes32 mint) {
        mint = mintOf(erc20);
        uint256 rent;
        if (mint == 0) {
            bytes[] memory seeds;
            (mint, seeds) = ShownMint.derived(erc20);
            rent = ShownMint.rent(mint);
            if (msg.value < rent) revert RentNeeded(rent);
            bytes32 asset = assetOf(erc20);
            bool fitsAsIs = asset != 0 && erc20AddressOf(asset) == erc20;
            (uint8 decimals, uint8 exponent) = ShownMint.units(erc20, fitsAsIs);
            ShownMint.make(mint, seeds, decimals);
            _mintShowing[erc20] = mint;
            uint256 original = uint256(uint160(erc20)) | (uint256(exponent) << 160);
            assembly {
                sstore(mint, original)
            }
            emit MintCreated(mint, erc20);
        }
        refund(rent);
    }

    /// Makes the ERC-20 contract of an SPL mint, if it has none, and returns it. The contract's token account is paid for
    /// with the ETH that comes along, whose rest goes back. It reverts for a mint that an ERC-20 contract cannot show
    /// (`SplMint`).
    function createErc20OfMint(bytes32 mint) external payable returns (address erc20) {
        erc20 = erc20OfMint(mint);
        uint256 rent;
        if (erc20 == address(0)) {
            rent = uint256(SplMint.check(mint).rent) * 1 gwei;
            if (msg.value < rent) revert RentNeeded(rent);
            erc20 = erc20AddressOfMint(mint);
            _erc20OfMint[mint] = erc20;
            _mintShownBy[erc20] = mint;
            new MintERC20{salt: mint, value: rent}(mint);
            emit Erc20OfMintCreated(mint, erc20);
        }
        refund(rent);
    }

    /// The metadata of the fungible asset that is the same asset as the contract: of an ERC-20 that keeps its balances,
    /// the asset that shows them, and of a contract that was made here, the asset that it shows. Zero if there is none
    /// yet.
    function assetOf(address erc20) public view returns (bytes32) {
        bytes memory has = view_("has_asset", abi.encode(erc20));
        return abi.decode(has, (bool)) ? assetAddressOf(erc20) : bytes32(0);
    }

    /// The metadata that `createAsset` gives an ERC-20.
    function assetAddressOf(address erc20) public view returns (bytes32) {
        return abi.decode(view_("asset_address", abi.encode(erc20)), (bytes32));
    }

    /// Makes an ERC-20 a fungible asset, if it is none, and returns the metadata. It reverts for a contract that is no
    /// ERC-20 or has no supply yet.
    function createAsset(address erc20) external returns (bytes32 metadata) {
        bytes memory created = CROSS_VM.callMove(
            MOVE_FRAMEWORK, "faces", "ensure_asset", new string[](0), abi.encode(erc20)
        );
        return abi.decode(created, (bytes32));
    }

    /// Gives back what came along besides so many wei.
    function refund(uint256 spent) private {
        if (msg.value == spent) return;
        (bool ok,) = msg.sender.call{value: msg.value - spent}("");
        if (!ok) revert RefundFailed();
    }

    /// An `Option<address>` of Move: the number of its elements, and the element.
    function contractOf(bytes32 metadata) private view returns (uint256 count, bytes32 contractId) {
        bytes32[] memory found = abi.decode(view_("contract_of", abi.encode(metadata)), (bytes32[]));
        count = found.length;
        if (count != 0) contractId = found[0];
    }

    function view_(string memory fn, bytes memory args) private view returns (bytes memory) {
        return CROSS_VM.viewMove(MOVE_FRAMEWORK, "faces", fn, new string[](0), args);
    }
}
