//! What the Solana dialect asks of the node. The node implements these traits; tests implement
//! them over a fixed chain.
//!
//! A slot is a block's number, and a blockhash its hash. A block is durable when it is announced,
//! so that the commitment levels `processed`, `confirmed` and `finalized` are the same block. All
//! functions may block for the time of database reads or of an execution.

use solana_account::Account;
use solana_hash::Hash;
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_error::TransactionError;
use solana_transaction_status::VersionedTransactionWithStatusMeta;
use std::{collections::HashSet, sync::Arc};
use tokio::sync::{broadcast, oneshot};

/// Why the node could not answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BackendError {
    /// The request contradicts itself or the chain.
    #[error("{0}")]
    InvalidParams(String),
    /// There is more to look through than one request may.
    #[error("{0}")]
    TooMuch(String),
    /// The node cannot do it now.
    #[error("{0}")]
    Unavailable(String),
    /// The node's own failure.
    #[error("internal error: {0}")]
    Internal(String),
}

/// Result of a backend function.
pub(super) type Result<T> = std::result::Result<T, BackendError>;

/// A block without its transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockHead {
    /// Its number.
    pub slot: u64,
    /// Its hash.
    pub blockhash: Hash,
    /// Its parent's hash; of genesis, zero.
    pub previous_blockhash: Hash,
    /// Seconds since 1970.
    pub timestamp: i64,
    /// Transactions of all VMs in the chain, up to this block and in it.
    pub transaction_count: u64,
}

impl BlockHead {
    /// The parent's number; of genesis, its own.
    pub const fn parent_slot(&self) -> u64 {
        self.slot.saturating_sub(1)
    }
}

/// A Solana transaction in a block.
#[derive(Debug, Clone)]
pub struct Committed {
    /// Its block's number.
    pub slot: u64,
    /// Its block's time, in seconds since 1970.
    pub timestamp: i64,
    /// Its place in its block, among the transactions of all VMs.
    pub index: u32,
    /// The transaction, and what it did.
    pub transaction: VersionedTransactionWithStatusMeta,
}

impl Committed {
    /// Its identity: its first signature.
    pub fn signature(&self) -> Signature {
        let signatures = &self.transaction.transaction.signatures;
        signatures.first().copied().unwrap_or_default()
    }

    /// How it failed, if it did.
    pub fn error(&self) -> Option<&TransactionError> {
        self.transaction.meta.status.as_ref().err()
    }
}

/// A block with its Solana transactions.
#[derive(Debug, Clone)]
pub struct Block {
    /// The block.
    pub head: BlockHead,
    /// Its Solana transactions, in their order. Those of other VMs are not among them.
    pub transactions: Vec<Committed>,
}

/// Something that happened to the chain.
#[derive(Debug, Clone)]
pub enum ChainEvent {
    /// A block was committed durably.
    Block(Arc<Block>),
    /// The head was moved back to this block, by the development methods.
    Back(BlockHead),
}

/// Accounts whose lamports or records a block may have changed.
#[derive(Debug, Clone, Default)]
pub struct Changed {
    /// Accounts with a record: of any owner but the system program, or with data.
    pub records: HashSet<Pubkey>,
    /// EVM address forms of accounts whose balance changed.
    pub balances: HashSet<[u8; 20]>,
}

/// Blocks and transactions.
pub trait Ledger: Send + Sync {
    /// The newest block.
    fn head(&self) -> Result<BlockHead>;
    /// A block without its transactions.
    fn block_head(&self, slot: u64) -> Result<Option<BlockHead>>;
    /// A block with its Solana transactions.
    fn block(&self, slot: u64) -> Result<Option<Arc<Block>>>;
    /// The number of the block with this hash.
    fn slot_of(&self, blockhash: &Hash) -> Result<Option<u64>>;
    /// A transaction in a block.
    fn transaction(&self, signature: &Signature) -> Result<Option<Committed>>;
    /// Transactions that name an account, newest first: older than `before` and newer than
    /// `until`, where these are given and known.
    fn transactions_of(
        &self,
        account: &Pubkey,
        before: Option<&Signature>,
        until: Option<&Signature>,
        limit: usize,
    ) -> Result<Vec<Committed>>;
    /// What a block may have changed.
    fn changed(&self, slot: u64) -> Result<Arc<Changed>>;
    /// From now on, everything that happens to the chain.
    fn subscribe(&self) -> broadcast::Receiver<ChainEvent>;
}

/// The accounts after a block.
pub trait State {
    /// The block.
    fn head(&self) -> BlockHead;
    /// An account that is alive: that has lamports.
    fn account(&self, key: &Pubkey) -> Result<Option<Account>>;
    /// All living accounts that a program owns and that `is_wanted` wants to see, which is asked
    /// about their data. Of the system program, those that have data.
    fn owned_by(
        &self,
        program: &Pubkey,
        is_wanted: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<Vec<(Pubkey, Account)>>;
    /// The accounts that have most lamports, richest first.
    fn richest(&self, count: usize) -> Result<Vec<(Pubkey, u64)>>;
    /// Lamports of all accounts.
    fn supply(&self) -> Result<u64>;
}

/// A transaction to try out.
#[derive(Debug, Clone)]
pub struct SimulateRequest {
    /// The transaction; its signatures are not looked at.
    pub transaction: VersionedTransaction,
    /// Whether it gets the newest blockhash in place of its own.
    pub replace_blockhash: bool,
    /// Accounts to show as they are afterwards.
    pub accounts: Vec<Pubkey>,
}

/// What a transaction would do.
#[derive(Debug, Clone)]
pub struct Simulated {
    /// The block on top of which it ran.
    pub slot: u64,
    /// The transaction as it ran, and what it did. `None` if no block could contain it.
    pub ran: Option<VersionedTransactionWithStatusMeta>,
    /// How it ended.
    pub status: std::result::Result<(), TransactionError>,
    /// Bytes of accounts that it loaded.
    pub loaded_bytes: u32,
    /// The blockhash that it got in place of its own.
    pub blockhash: Option<Hash>,
    /// The accounts asked for.
    pub accounts: Vec<Option<Account>>,
}

/// Why a transaction is not taken.
#[derive(Debug, Clone)]
pub enum SendError {
    /// No block could contain it.
    Refused(TransactionError),
    /// There is no place for it: what to do.
    Pool(String),
    /// The node failed.
    Node(BackendError),
}

impl From<BackendError> for SendError {
    fn from(error: BackendError) -> Self {
        Self::Node(error)
    }
}

/// A transaction that the pool has taken.
#[derive(Debug)]
pub struct Submission {
    /// Where transactions are sealed at once: resolves when its block is committed, or when it is
    /// refused after all. `None` where the client need not wait for a block.
    pub committed: Option<oneshot::Receiver<std::result::Result<(), SendError>>>,
}

/// Transactions on their way into a block.
pub trait Pool: Send + Sync {
    /// Takes a transaction whose signatures hold, given with its bytes. One that the pool has
    /// already is taken again.
    fn submit(
        &self,
        transaction: VersionedTransaction,
        wire: &[u8],
    ) -> std::result::Result<Submission, SendError>;
    /// Runs a transaction on top of the newest block and keeps nothing.
    fn simulate(&self, request: SimulateRequest) -> Result<Simulated>;
    /// The fee of a message, in lamports, or how it is malformed.
    fn fee_of(&self, transaction: &VersionedTransaction) -> std::result::Result<u64, SendError>;
    /// What a transaction must offer for a compute unit, in millionths of a lamport, to have its
    /// turn at writing all of these accounts.
    fn local_price(&self, accounts: &[Pubkey]) -> u64;
    /// Gives lamports away, and tells the signature of the transfer.
    fn airdrop(
        &self,
        to: &Pubkey,
        lamports: u64,
    ) -> std::result::Result<(Signature, Submission), SendError>;
}

/// Everything together.
pub trait Backend: Ledger + Pool {
    /// The accounts after the newest block.
    fn state(&self) -> Result<Box<dyn State + '_>>;
    /// The id that the node goes by. It signs nothing.
    fn identity(&self) -> Pubkey;
}
