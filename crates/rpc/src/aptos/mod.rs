//! Aptos' REST API, the faucet beside it, and the readiness check.
//!
//! A request goes `server` → `dispatch` → a function in the file of its job →
//! the node's [`Backend`] → `convert`. To add a route, add a line to a file's
//! `ROUTES` and its function; the OpenAPI document follows from it. Values
//! become JSON and back in `values`, with layouts that `types` has from the
//! state; `binary` is for clients that accept BCS.

mod abi;
mod accounts;
mod answer;
mod args;
mod backend;
mod binary;
mod blocks;
mod changes;
mod context;
mod convert;
mod dispatch;
mod error;
mod events;
mod faucet;
mod fees;
mod indexer;
mod markdown;
mod module_cache;
mod modules;
mod names;
mod net;
mod openapi;
mod payload;
mod readiness;
mod registry;
mod request;
mod send;
mod server;
mod signatures;
mod simulation;
mod table_types;
mod tables;
mod transactions;
mod types;
mod values;
mod view;

pub use backend::{
    Account, Backend, BackendError, Block, Change, Event, Faucet, ForeignTransaction, ForeignVm,
    GasEstimate, Ledger, LedgerInfo, Page, Pending, Pool, Readiness, SimulateRequest, State,
    States, SubmitError, Transaction, TransactionBody, ViewOutcome,
};
pub use indexer::{IndexBackend, Indexer, IndexerConfig, IndexerError, serve_indexer};
pub use markdown::markdown;
pub use registry::{Route, route_list};
pub use server::{ApiConfig, serve, serve_faucet, serve_readiness};
pub use table_types::TableTypes;
