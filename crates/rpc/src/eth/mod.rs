//! Ethereum JSON-RPC over HTTP and WebSocket.
//!
//! A request goes `server` → `dispatch` → `registry` → a function in the file
//! of its namespace or job → the node's [`Backend`] → `convert`. To add a
//! method, add a line to a file's `METHODS` and its function; the list in the
//! documentation follows from it.

mod accounts;
mod args;
mod backend;
mod blocks;
mod context;
mod convert;
mod debug;
mod dev;
mod dev_chain;
mod dev_token;
mod dispatch;
mod error;
mod fees;
mod filters;
mod log_filter;
mod logs;
mod net;
mod registry;
mod send;
mod server;
mod signing;
mod simulation;
mod subscriptions;
mod transactions;
mod txpool;

pub use backend::{
    AccountProof, AccountState, Backend, BackendError, CallOutcome, CallRequest, ChainEvent,
    ChainReader, DevControl, FeeReader, HotResource, LocatedTransaction, NodeInfo, Pool,
    PoolContent, PoolTransaction, Simulator, StateReader, StorageProof, Submission,
};
pub use registry::{Method, markdown, method_list};
pub use server::{EthConfig, ServeError, serve};
