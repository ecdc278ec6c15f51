//! One asset with several faces: ERC-20 contracts as fungible assets, and the other way round.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod amounts;
mod calls;
mod forged;
mod hostile;
mod issued;
mod kept;
mod registry;
mod revert;
mod supply;
