//! Looking into a data folder without serving it.

use crate::{
    chain::{ChainError, Verified, VerifyError, verify as verify_snapshot},
    config::Config,
    failure::{FailureKind, NodeError},
    open::chain_of,
    replay::{ReplayError, Replayed, replay as replay_chain},
};
use alloy_primitives::B256;
use lumio_storage::{Database, Options, StorageError};
use std::{fmt, path::Path};

/// Why a folder could not be looked into, or what is wrong with it.
#[derive(Debug, thiserror::Error)]
pub enum InspectError {
    /// There is nothing to look into.
    #[error("the data folder {0} holds no chain: start one with `lumio dev --datadir {0}`")]
    Empty(std::path::PathBuf),
    /// It cannot be opened.
    #[error(transparent)]
    Open(Box<NodeError>),
    /// It does not agree with itself.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// Its blocks do not come to the same again.
    #[error(transparent)]
    Replay(#[from] ReplayError),
}

impl InspectError {
    /// What the user can do about it.
    pub const fn kind(&self) -> FailureKind {
        FailureKind::DataFolder
    }
}

impl From<StorageError> for InspectError {
    fn from(error: StorageError) -> Self {
        Self::Open(Box::new(error.into()))
    }
}

/// Facts about the chain in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// The chain id.
    pub chain_id: u64,
    /// Hash of block 0.
    pub genesis: B256,
    /// Height and hash of the newest block.
    pub head: (u64, B256),
    /// Its state root.
    pub state_root: B256,
    /// The oldest block whose state can be read.
    pub oldest_state: u64,
    /// Changes that no block holds yet.
    pub edits: usize,
    /// Bytes of the folder.
    pub bytes: u64,
}

impl fmt::Display for Info {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, hash) = self.head;
        writeln!(f, "chain id    {}", self.chain_id)?;
        writeln!(f, "genesis     {}", self.genesis)?;
        writeln!(f, "head        {number} {hash}")?;
        writeln!(f, "state root  {}", self.state_root)?;
        writeln!(f, "state kept  {} to {number}", self.oldest_state)?;
        writeln!(f, "edits       {}", self.edits)?;
        write!(f, "size        {} bytes", self.bytes)
    }
}

/// Recomputes state root and supply of the chain in a folder.
///
/// # Errors
/// What does not agree, or why the folder cannot be opened.
pub fn verify(folder: &Path) -> Result<Verified, InspectError> {
    let database = open(folder)?;
    Ok(verify_snapshot(&database.snapshot())?)
}

/// Runs the blocks of a chain again on `threads` threads (none for one a core), from `first` or the
/// oldest whose state is kept, and compares what they come to. With `verifies`, in order as well.
///
/// # Errors
/// What is different, or why the folder cannot be opened.
pub fn replay(
    folder: &Path,
    first: Option<u64>,
    threads: usize,
    verifies: bool,
) -> Result<Replayed, InspectError> {
    let config = Config {
        execution_threads: threads,
        verify_parallel: verifies,
        ..Config::default()
    };
    let chain =
        chain_of(open(folder)?, &config).map_err(|error| InspectError::Open(error.into()))?;
    Ok(replay_chain(&chain, first)?)
}

/// Tells what chain is in a folder.
///
/// # Errors
/// Why the folder cannot be opened.
pub fn info(folder: &Path) -> Result<Info, InspectError> {
    let database = open(folder)?;
    let snapshot = database.snapshot();
    let identity = snapshot.identity()?;
    let (Some(identity), Some(head)) = (identity, snapshot.head_header()) else {
        return Err(InspectError::Empty(folder.to_owned()));
    };
    Ok(Info {
        chain_id: identity.chain_id,
        genesis: identity.genesis_hash,
        head: (head.header.number, head.hash),
        state_root: head.header.state_root,
        oldest_state: snapshot.oldest_state(),
        edits: snapshot.edits().len(),
        bytes: size_of(folder),
    })
}

/// Opens a folder that exists; looking must not create one.
fn open(folder: &Path) -> Result<Database, InspectError> {
    if !folder.is_dir() {
        return Err(InspectError::Empty(folder.to_owned()));
    }
    let database = Database::open(folder, Options::default())?;
    if database.head().is_none() {
        return Err(InspectError::Empty(folder.to_owned()));
    }
    Ok(database)
}

fn size_of(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.metadata().ok())
        .filter(std::fs::Metadata::is_file)
        .fold(0, |sum, file| sum.saturating_add(file.len()))
}

impl From<ChainError> for InspectError {
    fn from(error: ChainError) -> Self {
        Self::Verify(error.into())
    }
}
