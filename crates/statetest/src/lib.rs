//! Runs Ethereum state tests through the chain's own journal, with the OP
//! stack's rules off.
//!
//! A case passes when the state root and the hash of the logs are as the test
//! says, or when the transaction is refused where the test expects that.

mod case;
mod files;
mod world;

pub use files::{Failure, Summary, run};
