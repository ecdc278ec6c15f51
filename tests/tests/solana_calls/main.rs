//! Calls between the Solana VM and the others, in each direction: what contracts, modules and
//! programs are told, sign for and get back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod evm;
mod moving;
mod solana;
mod world;
