//! `lumio move publish`, `run`, `view` and `account` as their users have them: the real program in
//! a folder of its own, against a node on free ports.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    unreachable_pub
)]

mod accounts;
mod calls;
mod chain;
mod metadata;
mod packages;
mod refusals;
