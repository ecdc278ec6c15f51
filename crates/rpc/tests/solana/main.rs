//! The Solana server over a fixed chain, driven through its real ports.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    unreachable_pub
)]

mod chain;
mod client;
mod errors;
mod reads;
mod registry;
mod sending;
mod subscriptions;
