// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

import {Pool as Dex} from "./Pool.sol";

interface IERC20 {
    function approve(address spender, uint256 amount) external returns (bool);
    function balanceOf(address owner) external view returns (uint256);
}

interface IWETH is IERC20 {
    function deposit() external payable;
    function withdraw(uint256 amount) external;
}

interface IAavePool {
    function supply(address asset, uint256 amount, address onBehalfOf, uint16 referralCode) external;
    function borrow(address asset, uint256 amount, uint256 rateMode, uint16 referralCode, address onBehalfOf) external;
    function repay(address asset, uint256 amount, uint256 rateMode, address onBehalfOf) external returns (uint256);
    function withdraw(address asset, uint256 amount, address to) external returns (uint256);
}

interface IUniswapRouter {
    function swapETHForExactTokens(uint256 amountOut, address[] calldata path, address to, uint256 deadline)
        external
        payable
        returns (uint256[] memory amounts);
}

/// One transaction over two virtual machines: borrows USDC against ETH on Aave (EVM), sells it for ETH on an exchange in
/// Move where it is dear, buys it back on Uniswap (EVM) where it is cheap, closes the loan, and returns all ETH.
contract Trader {
    uint256 private constant VARIABLE_RATE = 2;

    IAavePool private immutable aave;
    IUniswapRouter private immutable uniswap;
    IWETH private immutable weth;
    IERC20 private immutable usdc;
    /// What is owed to Aave.
    IERC20 private immutable debt;
    /// The pool in Move, and USDC as a fungible asset.
    bytes32 private immutable dex;
    bytes32 private immutable usdcAsset;

    /// The trade would have made less than what was asked for.
    error TooLittle(uint256 profit);
    error NotPaid();

    constructor(
        IAavePool aave_,
        IUniswapRouter uniswap_,
        IWETH weth_,
        IERC20 usdc_,
        IERC20 debt_,
        bytes32 dex_,
        bytes32 usdcAsset_
    ) {
        (aave, uniswap, weth, usdc, debt) = (aave_, uniswap_, weth_, usdc_, debt_);
        (dex, usdcAsset) = (dex_, usdcAsset_);
    }

    /// Trades with the ETH that comes along, and returns it with the profit.
    /// @param amount How much USDC to borrow.
    /// @param minimum How many octas (10^-8 ETH) the exchange in Move must pay for it.
    /// @param profit How many wei must be left over.
    function trade(uint256 amount, uint64 minimum, uint256 profit) external payable {
        weth.deposit{value: msg.value}();
        weth.approve(address(aave), msg.value);
        aave.supply(address(weth), msg.value, address(this), 0);
        aave.borrow(address(usdc), amount, VARIABLE_RATE, 0, address(this));

        // The exchange is a Move module. USDC need not be moved there: what this contract holds, it holds in Move too.
        Dex.swap(dex, usdcAsset, uint64(amount), minimum);

        uint256 owed = debt.balanceOf(address(this));
        address[] memory path = new address[](2);
        (path[0], path[1]) = (address(weth), address(usdc));
        uniswap.swapETHForExactTokens{value: address(this).balance}(owed, path, address(this), block.timestamp);

        usdc.approve(address(aave), owed);
        aave.repay(address(usdc), owed, VARIABLE_RATE, address(this));
        aave.withdraw(address(weth), type(uint256).max, address(this));
        weth.withdraw(weth.balanceOf(address(this)));

        uint256 left = address(this).balance;
        if (left < msg.value + profit) revert TooLittle(left < msg.value ? 0 : left - msg.value);
        (bool paid,) = msg.sender.call{value: left}("");
        if (!paid) revert NotPaid();
    }

    receive() external payable {}
}
