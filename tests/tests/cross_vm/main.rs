//! Calls between machines, by hazard. Where a test is about a pair of machines, it is there for each
//! ordered pair: of the EVM and Move here, with Solana in `solana/`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod amounts;
mod chains;
mod data;
mod errors;
mod failures;
mod forged;
mod gas;
mod identity;
mod malformed;
mod publishing;
mod queue;
mod reentrancy;
mod revert;
mod solana;
mod world;
