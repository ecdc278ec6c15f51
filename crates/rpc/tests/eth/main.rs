//! The Ethereum server over a fixed chain, driven through its real port.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    missing_docs,
    unreachable_pub
)]

mod chain;
mod client;
mod dev;
mod errors;
mod filters;
mod limits;
mod methods;
mod registry;
mod sending;
mod shapes;
mod subscriptions;
