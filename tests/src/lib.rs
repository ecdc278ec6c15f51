//! What the scenario tests share: a state in memory, programs that run on the
//! real EVM or on the mock VM, and the naive model of call trees.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

pub mod actors;
pub mod blocks;
pub mod chain;
pub mod crossing;
pub mod faces;
pub mod fixture;
pub mod journey;
pub mod memory;
pub mod mix;
pub mod moving;
pub mod package;
pub mod program;
pub mod sbpf;
pub mod solana;
pub mod traced;
pub mod tree;
