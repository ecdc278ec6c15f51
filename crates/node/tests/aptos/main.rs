//! A node's Aptos API over HTTP: money, transactions, views, carriers, restarts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    unreachable_pub
)]

mod carriers;
mod client;
mod money;
mod order;
#[path = "../started/mod.rs"]
mod started;
#[path = "../user/mod.rs"]
mod user;
