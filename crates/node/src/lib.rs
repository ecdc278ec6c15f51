//! The node: mempool, block production and configuration, and the wiring of storage, execution
//! and servers.

mod aptos;
mod backend;
mod chain;
mod config;
mod failure;
mod genesis;
pub mod inspect;
mod keys;
mod market;
mod node;
mod open;
mod pool;
mod producer;
mod replay;
mod servers;
mod solana;
mod state;
mod telemetry;

pub use chain::{Chain, ChainError, Execution, SUPPLY_KEY, Verified, VerifyError, verify};
pub use config::{Config, ConfigError, DEFAULT_CHAIN_ID, LogFormat, MOVE_CHAIN_ID};
pub use failure::{FailureKind, NodeError};
pub use genesis::{GenesisError, GenesisPlan, predeploy_addresses};
pub use keys::{DEFAULT_MNEMONIC, KeyError, Keyring, MAX_ACCOUNTS};
pub use lumio_types::AccountId;
pub use market::{Choice, HotResource, Included, Market, contended};
pub use node::Node;
pub use pool::{
    Accounts, Added, AdmissionRules, JournalError, Lane, Offer, Pool, PoolError, PoolJournal,
    PoolLimits, Queue, SenderAccount,
};
pub use producer::{Clock, ClockError, ProduceError, Schedule, Settings};
pub use replay::{ReplayError, Replayed};
pub use solana::SolanaKey;
pub use telemetry::TelemetryError;

/// The hard fork in Ethereum's terms.
const HARD_FORK: &str = "osaka";

/// What `web3_clientVersion` says. Hardhat's network helpers talk to no node whose version does
/// not begin with the name of one that they know; anvil's methods are the ones served here.
pub fn client_version() -> String {
    format!(
        "anvil-compatible/v{}/lumio/{}-{}",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    )
}

/// The JSON-RPC methods that the node serves, as Markdown.
pub fn rpc_methods() -> String {
    lumio_rpc::eth::markdown()
}

/// The methods of Solana's JSON-RPC that the node serves, as Markdown.
pub fn solana_methods() -> String {
    lumio_rpc::solana::markdown()
}

/// The routes of the REST API that the node serves, as Markdown.
pub fn rest_routes() -> String {
    lumio_rpc::aptos::markdown()
}
