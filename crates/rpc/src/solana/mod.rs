//! Solana's JSON-RPC over HTTP and WebSocket.
//!
//! A request goes `server` → `dispatch` → `registry` → a function in the file of its subject → the
//! node's [`Backend`] → `convert`. To add a method, add a line to a file's `METHODS` and its
//! function; the list in the documentation follows from it. What answers look like is in the types
//! of Solana's own crates.

mod accounts;
mod args;
mod backend;
mod blocks;
mod context;
mod convert;
mod dispatch;
mod epochs;
mod error;
mod fees;
mod net;
mod notices;
mod programs;
mod registry;
mod send;
mod server;
mod simulation;
mod subscriptions;
mod supply;
mod tokens;
mod transactions;

pub use backend::{
    Backend, BackendError, Block, BlockHead, ChainEvent, Changed, Committed, Ledger, Pool,
    SendError, SimulateRequest, Simulated, State, Submission,
};
pub use registry::{Method, markdown, method_list};
pub use server::{ServeError, SolanaConfig, SolanaServer, serve};
