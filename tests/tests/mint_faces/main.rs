//! One token with three faces: an SPL mint as ERC-20 contract, and so as fungible asset.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod moved;
mod registry;
mod revert;
mod signing;
mod spl;
mod supply;
mod world;
