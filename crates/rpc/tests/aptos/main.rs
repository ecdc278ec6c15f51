//! Aptos' API over a chain in memory, driven through its real port. The chain
//! has the framework's modules, so that types and views are real.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    missing_docs,
    unreachable_pub
)]

mod accounts;
mod binary;
mod blocks;
mod chain;
mod client;
mod errors;
mod limits;
mod modules;
mod ports;
mod samples;
mod sdk;
mod sending;
mod signatures;
mod simulation;
mod transactions;
mod values;
