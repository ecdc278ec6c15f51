//! Aptos' indexer: GraphQL over tables of what the chain did, served by the node
//! itself.
//!
//! ```text
//! IndexBackend ─► read ─► fold ─► store        the index follows the chain
//!                                   │
//! server ─► graphql ─► query ─► filter         a request
//! ```
//!
//! The tables are in memory and made anew at each start. To add a column, add it
//! to `tables` and to the row's place in `fold`; schema and filters follow.

mod backend;
mod cell;
mod comparison;
mod filter;
mod fold;
mod graphql;
mod index;
mod pace;
mod query;
mod read;
mod server;
mod sorting;
mod store;
mod tables;

pub(super) use pace::Pace;

pub use backend::IndexBackend;
pub use server::{Indexer, IndexerConfig, IndexerError, serve_indexer};
