//! Why a node does not start or ends, and what the user can do about it.

use crate::{
    chain::ChainError, config::ConfigError, genesis::GenesisError, keys::KeyError,
    pool::JournalError, telemetry::TelemetryError,
};
use lumio_rpc::{ListenError, eth::ServeError};
use lumio_storage::StorageError;

/// What the user can do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// Change a flag, a variable or a file.
    Usage,
    /// Look after the data folder.
    DataFolder,
    /// Free a port or take another one.
    Port,
    /// Read the message.
    Other,
}

/// Why a node did not start, or ended.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// The configuration makes no sense.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The mnemonic makes no sense.
    #[error("--mnemonic: {0}")]
    Keys(#[from] KeyError),
    /// The genesis file makes no sense.
    #[error(transparent)]
    Genesis(#[from] GenesisError),
    /// The data folder cannot be used.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The pool's journal in the data folder cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The chain in the data folder cannot be read.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A port is taken.
    #[error("{flag}: {source}")]
    Port {
        /// The flag that chooses another one.
        flag: &'static str,
        /// What went wrong.
        source: ServeError,
    },
    /// A port of Aptos' or Solana's servers is taken.
    #[error("{flag}: {source}")]
    Listen {
        /// The flag that chooses another one.
        flag: &'static str,
        /// What went wrong.
        source: ListenError,
    },
    /// The indexer cannot start.
    #[error("the indexer: {0}")]
    Indexer(String),
    /// Solana's API cannot start.
    #[error("Solana's API: {0}")]
    Solana(String),
    /// The metrics' port is taken, or metrics cannot be recorded.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// A thread could not be started.
    #[error("the producer's thread could not be started: {0}")]
    Thread(std::io::Error),
    /// The threads that run blocks could not be started.
    #[error("--execution-threads: the threads could not be started: {0}")]
    Threads(std::io::Error),
    /// The producer ended by itself.
    #[error("block production has stopped, see the log")]
    Producer,
}

impl NodeError {
    /// What the user can do about it.
    pub const fn kind(&self) -> FailureKind {
        match self {
            Self::Config(_) | Self::Keys(_) => FailureKind::Usage,
            Self::Genesis(GenesisError::Chain(_)) => FailureKind::DataFolder,
            Self::Genesis(_) => FailureKind::Usage,
            Self::Storage(_) | Self::Journal(_) | Self::Chain(_) => FailureKind::DataFolder,
            Self::Port {
                source: ServeError::Listen(_),
                ..
            }
            | Self::Listen { .. }
            | Self::Telemetry(TelemetryError::Bind { .. }) => FailureKind::Port,
            Self::Port { .. }
            | Self::Indexer(_)
            | Self::Solana(_)
            | Self::Telemetry(_)
            | Self::Thread(_)
            | Self::Threads(_)
            | Self::Producer => FailureKind::Other,
        }
    }
}
