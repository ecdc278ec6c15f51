//! The node: mempool, block production and configuration, and the wiring of storage, execution
//! and servers.

mod config;
mod keys;
mod pool;
mod state;

pub use config::{Config, ConfigError, DEFAULT_CHAIN_ID, LogFormat};
pub use keys::{DEFAULT_MNEMONIC, KeyError, Keyring, MAX_ACCOUNTS};
pub use pool::{
    Accounts, Added, AdmissionRules, JournalError, Pool, PoolError, PoolJournal, PoolLimits, Queue,
    SenderAccount,
};
