//! What can go wrong with the database, in words that say what to do.

use alloy_primitives::B256;
use lumio_state::Fault;
use std::{io, path::PathBuf};

/// Why the database could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// Another process has the folder open.
    #[error(
        "the data folder {} is in use by another process: stop it, or give this one another folder with --datadir",
        folder.display()
    )]
    Locked {
        /// The data folder.
        folder: PathBuf,
    },
    /// The folder was written in a format that this program does not read.
    #[error(
        "the data folder {} has format {found} and this version of lumio needs format {expected}: run the version that wrote it, or move the folder away to start a new chain",
        folder.display()
    )]
    Format {
        /// The data folder.
        folder: PathBuf,
        /// The format found.
        found: String,
        /// The format that this program writes.
        expected: String,
    },
    /// The folder holds another chain.
    #[error(
        "the data folder holds chain {found}, not chain {expected}: give the matching --chain-id, or another folder with --datadir"
    )]
    OtherChain {
        /// The chain id in the folder.
        found: u64,
        /// The chain id that was asked for.
        expected: u64,
    },
    /// The data is damaged.
    #[error(
        "the database is corrupt ({what}): restore the data folder from a copy, or move it away to start a new chain"
    )]
    Corrupt {
        /// What does not make sense.
        what: String,
    },
    /// The folder or a file in it cannot be used.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The disk failed or is full. The commit in progress did not happen.
    #[error(
        "the database's file cannot be read or written: {0}; check the disk and its free space, then start again"
    )]
    Disk(io::Error),
    /// The engine refuses to go on.
    #[error("the database engine failed: {0}; start again")]
    Engine(String),
    /// The state at this block is no longer kept.
    #[error(
        "the state at block {requested} is pruned: the states of blocks {oldest} to {head} are kept; start with a larger --history-blocks to keep more from now on"
    )]
    Pruned {
        /// The block that was asked for.
        requested: u64,
        /// The oldest block whose state is kept.
        oldest: u64,
        /// The newest block.
        head: u64,
    },
    /// There is no such block yet.
    #[error("block {requested} does not exist: the newest is {head}")]
    UnknownBlock {
        /// The block that was asked for.
        requested: u64,
        /// The newest block.
        head: u64,
    },
    /// The chain has no genesis block yet.
    #[error("the database holds no chain yet: write its genesis block first")]
    NoGenesis,
    /// The chain has a genesis block already.
    #[error("the database holds a chain already, with genesis block {0}")]
    GenesisExists(B256),
    /// A block that does not follow the head.
    #[error("block {number} on {parent} does not follow the newest block {head} ({head_hash})")]
    NotNext {
        /// The block's number.
        number: u64,
        /// The block's parent hash.
        parent: B256,
        /// The newest block.
        head: u64,
        /// Its hash.
        head_hash: B256,
    },
    /// More data in one block than the format holds.
    #[error("a block's data exceeds 4 GiB and cannot be stored")]
    TooLarge,
}

impl StorageError {
    /// Data that cannot have been written by this program.
    pub(crate) fn corrupt(what: impl Into<String>) -> Self {
        Self::Corrupt { what: what.into() }
    }
}

impl From<StorageError> for Fault {
    fn from(error: StorageError) -> Self {
        Self::Storage(error.to_string())
    }
}

impl From<redb::Error> for StorageError {
    fn from(error: redb::Error) -> Self {
        match error {
            redb::Error::Corrupted(what) => Self::Corrupt { what },
            redb::Error::Io(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
                ) =>
            {
                Self::corrupt(error.to_string())
            }
            redb::Error::Io(error) => Self::Disk(error),
            redb::Error::TableTypeMismatch { .. } | redb::Error::TypeDefinitionChanged { .. } => {
                Self::corrupt(error.to_string())
            }
            other => Self::Engine(other.to_string()),
        }
    }
}

macro_rules! from_engine {
    ($($error:ty),*) => {$(
        impl From<$error> for StorageError {
            fn from(error: $error) -> Self {
                redb::Error::from(error).into()
            }
        }
    )*};
}

from_engine!(
    redb::StorageError,
    redb::TableError,
    redb::TransactionError,
    redb::CommitError,
    redb::CursorError,
    redb::DatabaseError,
    redb::SetDurabilityError
);
