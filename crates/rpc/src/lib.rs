//! The servers: one folder for each dialect that clients speak. Each turns
//! requests into calls of the query traits in its `backend.rs` and answers in
//! the form that its clients expect. Nothing here executes or stores anything.

pub mod aptos;
pub mod eth;
mod port;
pub mod solana;

pub use port::{ListenError, Server};
