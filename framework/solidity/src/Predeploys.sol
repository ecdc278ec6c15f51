// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

// The addresses that the predeploys of this folder use among themselves.

// The account in whose name the rollup's own system transactions run.
address constant DEPOSITOR_ACCOUNT = 0xDeaDDEaDDeAdDeAdDEAdDEaddeAddEAdDEAd0001;

// L1 block attributes, refreshed once for each L2 block.
address constant L1_BLOCK = 0x4200000000000000000000000000000000000015;

// Where withdrawals to L1 are recorded.
address constant L2_TO_L1_MESSAGE_PASSER = 0x4200000000000000000000000000000000000016;
