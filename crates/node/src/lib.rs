//! The node: mempool, block production and configuration, and the wiring of storage, execution
//! and servers.

mod backend;
mod chain;
mod config;
mod genesis;
mod keys;
mod pool;
mod producer;
mod state;

pub use chain::{Chain, ChainError, SUPPLY_KEY, SupplyError, Verified, VerifyError, verify};
pub use config::{Config, ConfigError, DEFAULT_CHAIN_ID, LogFormat};
pub use genesis::{GenesisError, GenesisPlan, predeploy_addresses};
pub use keys::{DEFAULT_MNEMONIC, KeyError, Keyring, MAX_ACCOUNTS};
pub use pool::{
    Accounts, Added, AdmissionRules, JournalError, Pool, PoolError, PoolJournal, PoolLimits, Queue,
    SenderAccount,
};
pub use producer::{Clock, ClockError, ProduceError, Schedule, Settings};

/// The hard fork in Ethereum's terms.
const HARD_FORK: &str = "osaka";

/// What `web3_clientVersion` says.
pub fn client_version() -> String {
    format!(
        "lumio/v{}/{}-{}",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    )
}
