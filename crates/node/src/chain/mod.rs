//! The chain: the database, the trie over it, and who is told when the head moves.
//!
//! Everyone reads; only the producer's thread appends and rewinds. A reader takes a
//! [`Snapshot`] and sees one commit, whatever happens meanwhile.

mod append;
mod edits;
mod limits;
mod nodes;
mod pending;
mod read;
mod supply;
mod updates;
mod verify;

pub use supply::SUPPLY_KEY;
pub use verify::{Verified, VerifyError, verify};

pub(crate) use append::{Kept, Sealed, Unsealed, move_changes, write_genesis};
pub(crate) use pending::Pending;
pub(crate) use supply::Supply;

use crate::{
    chain::limits::trie_limits,
    pool::{Accounts, PoolError, SenderAccount},
    state::{account_state, move_account},
};
use alloy_primitives::{Address, B256};
use lru::LruCache;
use lumio_executor::{BlockContext, Executor, SupplyError};
use lumio_parallel::{BlockRun, Mismatch, Threads};
use lumio_rpc::eth::{AccountState, BackendError, ChainEvent};
use lumio_state::{
    Fault, StateView,
    trie::{StateTrie, TrieError},
};
use lumio_storage::{Database, Snapshot, StorageError};
use lumio_types::{AccountId, Block, Receipt, SealedHeader, Transaction};
use parking_lot::Mutex;
use std::{borrow::Borrow, num::NonZeroUsize, sync::Arc};
use tokio::sync::broadcast;

/// A block with its receipts.
pub(crate) type Filled = (Arc<Block>, Arc<Vec<Receipt>>);

/// Blocks that are kept decoded.
const RECENT: NonZeroUsize = NonZeroUsize::new(32).unwrap();
/// Events that a slow subscriber may lag behind.
const EVENTS: usize = 16_384;

/// Why the chain could not be read or extended.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The trie failed.
    #[error(transparent)]
    Trie(#[from] TrieError),
    /// Parallel execution and execution in order disagree.
    #[error(transparent)]
    Parallel(#[from] Mismatch),
    /// A state read failed.
    #[error(transparent)]
    State(#[from] Fault),
    /// The database was opened before its genesis block was written.
    #[error("the database holds no genesis block")]
    NoGenesis,
    /// Wei appeared or vanished.
    #[error(transparent)]
    Supply(#[from] SupplyError),
}

/// Blocks of fewer transactions are run in order: to wake another thread takes as long.
const FEWEST_IN_PARALLEL: usize = 16;

/// How a chain runs its blocks.
#[derive(Debug)]
pub struct Execution {
    /// On so many threads.
    pub threads: Threads,
    /// Whether each block is run in order as well, and compared.
    pub verifies_parallel: bool,
}

/// The chain of one database.
#[derive(Debug)]
pub struct Chain {
    database: Database,
    executor: Executor,
    execution: Execution,
    /// The trie of the head. Locked from a block's first update until the
    /// block is committed, so that it always goes with the newest snapshot.
    trie: Mutex<StateTrie>,
    recent: Mutex<LruCache<B256, Filled>>,
    /// The block that would come next, until it is another one.
    pending: Mutex<Option<Pending>>,
    events: broadcast::Sender<ChainEvent>,
}

impl Chain {
    /// The chain of a database that holds a genesis block.
    ///
    /// # Errors
    /// [`ChainError::NoGenesis`] if it does not.
    pub fn open(
        database: Database,
        executor: Executor,
        execution: Execution,
    ) -> Result<Self, ChainError> {
        let snapshot = database.snapshot();
        let head = snapshot.head_header().ok_or(ChainError::NoGenesis)?;
        let trie = StateTrie::open(head.header.state_root, trie_limits());
        Ok(Self {
            database,
            executor,
            execution,
            trie: Mutex::new(trie),
            recent: Mutex::new(LruCache::new(RECENT)),
            pending: Mutex::default(),
            events: broadcast::channel(EVENTS).0,
        })
    }

    /// What runs its transactions.
    pub const fn executor(&self) -> &Executor {
        &self.executor
    }

    /// How many threads run them.
    pub(crate) fn threads(&self) -> usize {
        self.execution.threads.count()
    }

    /// Runs transactions over a state.
    ///
    /// # Errors
    /// When the state cannot be read, or a comparison was asked for and failed.
    pub(crate) fn run<V: StateView + Sync, T: Borrow<Transaction> + Sync>(
        &self,
        state: &V,
        context: &BlockContext,
        transactions: &[T],
    ) -> Result<BlockRun<Kept>, ChainError> {
        let Execution {
            threads,
            verifies_parallel,
        } = &self.execution;
        let block = lumio_parallel::Block {
            executor: &self.executor,
            state,
            context,
            transactions,
        };
        if !verifies_parallel && transactions.len() < FEWEST_IN_PARALLEL {
            return Ok(lumio_parallel::in_order(&block, Kept::of)?);
        }
        let run = threads.run(&block, Kept::of)?;
        if *verifies_parallel {
            run.verify(&block)?;
        }
        Ok(run)
    }

    /// Everything as of the newest commit.
    pub fn snapshot(&self) -> Snapshot {
        self.database.snapshot()
    }

    /// The newest block's header.
    ///
    /// # Errors
    /// None once the chain is open.
    pub fn head(&self) -> Result<SealedHeader, ChainError> {
        self.snapshot()
            .head_header()
            .cloned()
            .ok_or(ChainError::NoGenesis)
    }

    /// What the pool reads: accounts at the head, pending edits included.
    pub(crate) fn account(&self, address: Address) -> Result<AccountState, BackendError> {
        account_state(&self.snapshot().latest_state(), address)
    }

    /// Everything that happens to the chain from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<ChainEvent> {
        self.events.subscribe()
    }

    /// Tells subscribers. Without any, nobody is told.
    pub(crate) fn announce(&self, event: ChainEvent) {
        let _ = self.events.send(event);
    }
}

impl Accounts for Chain {
    fn account(&self, address: Address) -> Result<SenderAccount, PoolError> {
        let account =
            Self::account(self, address).map_err(|error| PoolError::State(error.to_string()))?;
        Ok(SenderAccount {
            nonce: account.nonce,
            balance: account.balance,
        })
    }

    fn move_account(&self, id: AccountId) -> Result<SenderAccount, PoolError> {
        let state = self.snapshot().latest_state();
        let failed = |error: String| PoolError::State(error);
        let account = move_account(&state, id).map_err(|error| failed(error.to_string()))?;
        let balance = account_state(&state, id.evm_address());
        Ok(SenderAccount {
            nonce: account.map_or(0, |account| account.sequence_number),
            balance: balance.map_err(|error| failed(error.to_string()))?.balance,
        })
    }
}
