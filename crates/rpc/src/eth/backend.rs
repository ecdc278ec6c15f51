//! What the Ethereum dialect asks of the node. The node implements these
//! traits; tests implement them over a fixed chain.
//!
//! All functions may block for the time of a database read or of an execution;
//! the server calls the long ones off its async threads.

use alloy_consensus::Header;
use alloy_eips::BlockId;
use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_rpc_types_eth::{
    AccessListResult, BlockOverrides, TransactionRequest,
    simulate::{SimulatePayload, SimulatedBlock},
    state::StateOverride,
};
use alloy_rpc_types_trace::geth::{
    GethDebugTracingCallOptions, GethDebugTracingOptions, GethTrace, TraceResult,
};
use lumio_types::{Block, Receipt, Transaction};
use std::sync::Arc;
use tokio::sync::{broadcast, oneshot};

/// Why the node could not answer. Each variant has its JSON-RPC code in
/// `error.rs`; the messages are the ones that wallets look for.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BackendError {
    /// The request contradicts itself or the chain: -32602.
    #[error("{0}")]
    InvalidParams(String),
    /// The transaction is refused: -32000, or -32003 where clients expect it.
    /// The message is geth's, such as `nonce too low: next nonce 5, tx nonce 3`.
    #[error("{0}")]
    Rejected(String),
    /// No such block, transaction or state: -32000 `header not found` and the like.
    #[error("{0}")]
    NotFound(String),
    /// Execution reverted: code 3, with the return data as `data`.
    #[error("execution reverted{}", .reason.as_ref().map(|r| format!(": {r}")).unwrap_or_default())]
    Reverted {
        /// The decoded `Error(string)` or `Panic(uint256)`, if it is one.
        reason: Option<String>,
        /// What the contract returned.
        data: Bytes,
    },
    /// Execution halted: out of gas, invalid opcode, …: -32000.
    #[error("{0}")]
    Halted(String),
    /// A failure for which the method's specification has a code of its own,
    /// as `eth_simulateV1` has.
    #[error("{message}")]
    Coded {
        /// The JSON-RPC code.
        code: i32,
        /// What is wrong, in geth's words.
        message: String,
    },
    /// The method needs a mode that is off: -32601 or -32000.
    #[error("{0}")]
    Unsupported(String),
    /// The node's own failure: -32603. Logged with its cause.
    #[error("internal error: {0}")]
    Internal(String),
}

/// Result of a backend function.
pub(super) type Result<T> = std::result::Result<T, BackendError>;

/// Something that happened to the chain, for subscriptions and filters.
#[derive(Debug, Clone)]
pub enum ChainEvent {
    /// A block was committed durably.
    Block(Arc<Block>, Arc<Vec<Receipt>>),
    /// The head was moved back by `evm_revert` or `anvil_reset`.
    Removed {
        /// Blocks that are gone, newest first. Their logs are announced with
        /// `removed: true`. Of very many, only the newest are listed.
        blocks: Vec<(Arc<Block>, Arc<Vec<Receipt>>)>,
        /// Height and hash of the block that is the head now.
        head: (u64, B256),
    },
    /// A transaction became executable in the pool.
    Pending(Arc<Transaction>),
}

/// A transaction and where it is.
#[derive(Debug, Clone)]
pub struct LocatedTransaction {
    /// Its block.
    pub block: Arc<Block>,
    /// Its index in the block.
    pub index: usize,
}

/// Blocks, transactions, receipts.
pub trait ChainReader: Send + Sync {
    /// The chain id of EIP-155.
    fn chain_id(&self) -> u64;
    /// Height of the newest committed block.
    fn head_number(&self) -> u64;
    /// The height that a block id stands for, or `None` for an unknown block.
    /// `safe` and `finalized` are the head; `pending` is the head plus one.
    fn resolve(&self, id: BlockId) -> Result<Option<u64>>;
    /// A header by height.
    fn header(&self, number: u64) -> Result<Option<(Header, B256)>>;
    /// A block by height.
    fn block(&self, number: u64) -> Result<Option<Arc<Block>>>;
    /// Receipts by height, in the order of the transactions.
    fn receipts(&self, number: u64) -> Result<Option<Arc<Vec<Receipt>>>>;
    /// What the next block would be if it were sealed now, with its receipts.
    fn pending_block(&self) -> Result<(Arc<Block>, Arc<Vec<Receipt>>)>;
    /// A committed transaction by hash.
    fn transaction(&self, hash: B256) -> Result<Option<LocatedTransaction>>;
    /// The base fee that the next block will have, in wei.
    fn next_base_fee(&self) -> Result<u64>;
    /// From now on, everything that happens to the chain.
    fn subscribe(&self) -> broadcast::Receiver<ChainEvent>;
}

/// An account at a block. All zero (and the empty code hash) if there is none.
#[derive(Debug, Clone)]
pub struct AccountState {
    /// Wei.
    pub balance: U256,
    /// Transactions sent.
    pub nonce: u64,
    /// keccak256 of the code.
    pub code_hash: B256,
}

/// A Merkle proof of an account, in the shape of EIP-1186.
#[derive(Debug, Clone)]
pub struct AccountProof {
    /// The account.
    pub account: AccountState,
    /// Root of its storage trie.
    pub storage_root: B256,
    /// RLP nodes from the state root down.
    pub proof: Vec<Bytes>,
    /// One for each slot asked for, in that order.
    pub storage: Vec<StorageProof>,
}

/// A Merkle proof of one storage slot.
#[derive(Debug, Clone)]
pub struct StorageProof {
    /// The slot.
    pub slot: U256,
    /// Its value; zero if absent.
    pub value: U256,
    /// RLP nodes from the storage root down.
    pub proof: Vec<Bytes>,
}

/// The state at a block. `pending` includes the pool's executable transactions.
pub trait StateReader: Send + Sync {
    /// Balance, nonce and code hash.
    fn account(&self, at: BlockId, address: Address) -> Result<AccountState>;
    /// One word of storage.
    fn storage(&self, at: BlockId, address: Address, slot: U256) -> Result<U256>;
    /// The contract's code; empty if there is none.
    fn code(&self, at: BlockId, address: Address) -> Result<Bytes>;
    /// A proof against the block's state root.
    fn proof(&self, at: BlockId, address: Address, slots: &[U256]) -> Result<AccountProof>;
}

/// A call to simulate.
#[derive(Debug, Clone, Default)]
pub struct CallRequest {
    /// The call.
    pub transaction: TransactionRequest,
    /// On top of which block; the caller resolves a missing id to `latest`.
    pub at: BlockId,
    /// Accounts to change first.
    pub state_overrides: Option<StateOverride>,
    /// Fields of the block to change.
    pub block_overrides: Option<Box<BlockOverrides>>,
}

/// What a successful call came to. Failures are [`BackendError`]s.
#[derive(Debug, Clone)]
pub struct CallOutcome {
    /// What it returned.
    pub output: Bytes,
    /// Gas used.
    pub gas_used: u64,
}

/// Runs things without keeping them.
pub trait Simulator: Send + Sync {
    /// `eth_call`.
    fn call(&self, request: CallRequest) -> Result<CallOutcome>;
    /// `eth_estimateGas`: a gas limit with which the transaction succeeds.
    fn estimate_gas(&self, request: CallRequest) -> Result<u64>;
    /// `eth_createAccessList`.
    fn create_access_list(&self, request: CallRequest) -> Result<AccessListResult>;
    /// `eth_simulateV1`.
    fn simulate(&self, at: BlockId, payload: SimulatePayload) -> Result<Vec<SimulatedBlock>>;
    /// `debug_traceTransaction`.
    fn trace_transaction(&self, hash: B256, options: GethDebugTracingOptions) -> Result<GethTrace>;
    /// `debug_traceBlockByNumber` and `…ByHash`.
    fn trace_block(
        &self,
        number: u64,
        options: GethDebugTracingOptions,
    ) -> Result<Vec<TraceResult>>;
    /// `debug_traceCall`.
    fn trace_call(
        &self,
        transaction: TransactionRequest,
        at: BlockId,
        options: GethDebugTracingCallOptions,
    ) -> Result<GethTrace>;
}

/// A transaction in the pool.
#[derive(Debug, Clone)]
pub struct PoolTransaction {
    /// The transaction.
    pub transaction: Arc<Transaction>,
    /// Executable now, or waiting behind a gap in the nonces.
    pub executable: bool,
}

/// Everything in the pool, ordered by sender, then nonce.
#[derive(Debug, Clone, Default)]
pub struct PoolContent {
    /// Executable now.
    pub pending: Vec<Arc<Transaction>>,
    /// Waiting behind a gap.
    pub queued: Vec<Arc<Transaction>>,
}

/// A transaction that the pool has taken.
#[derive(Debug)]
pub struct Submission {
    /// Its hash.
    pub hash: B256,
    /// Where transactions are sealed at once: resolves when its block is
    /// committed, after the [`ChainEvent::Block`] was sent, or when it is
    /// refused after all. `None` where the client need not wait for a block.
    pub committed: Option<oneshot::Receiver<Result<()>>>,
}

/// Transactions on their way into a block, and the keys that the node holds.
pub trait Pool: Send + Sync {
    /// Takes a signed transaction in its EIP-2718 encoding. Returns as soon as
    /// it is checked and queued, so that thousands can be under way without a
    /// thread each; the server awaits [`Submission::committed`].
    fn submit_raw(&self, raw: Bytes) -> Result<Submission>;
    /// `eth_sendTransaction`: fills what is missing (nonce, fees, gas, chain
    /// id), signs with a key of the node or impersonates, and sends.
    fn send(&self, request: TransactionRequest) -> Result<B256>;
    /// `eth_fillTransaction`: fills what is missing, as [`Pool::send`] would,
    /// without signing.
    fn fill(&self, request: TransactionRequest) -> Result<TransactionRequest>;
    /// `eth_signTransaction`: fills what is missing and returns the signed
    /// encoding.
    fn sign_transaction(&self, request: TransactionRequest) -> Result<Bytes>;
    /// EIP-191 signature over a message by one of the node's keys.
    fn sign_message(&self, address: Address, message: &[u8]) -> Result<Bytes>;
    /// EIP-712 signature: `data` is the JSON typed data.
    fn sign_typed_data(&self, address: Address, data: serde_json::Value) -> Result<Bytes>;
    /// Addresses that the node signs for or impersonates.
    fn accounts(&self) -> Vec<Address>;
    /// A transaction of the pool.
    fn pooled(&self, hash: B256) -> Option<PoolTransaction>;
    /// Everything in the pool.
    fn content(&self) -> PoolContent;
    /// The next nonce of an account, with its pending transactions counted.
    fn pending_nonce(&self, address: Address) -> Result<u64>;
}

/// Something that many transactions contend for, with a price of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HotResource {
    /// `storage`, `account`, `resource`, `module`, `tableItem` or `solanaAccount`.
    pub kind: &'static str,
    /// Whose it is: an EVM address, another account's id, or a table's handle.
    pub owner: Bytes,
    /// Which of the owner's: the slot, or the name in BCS. Empty where there is only one.
    pub key: Bytes,
    /// The least to bid above the base fee, in wei for each gas.
    pub price: u128,
    /// Gas of the newest block's transactions that wrote it.
    pub gas: u64,
    /// Transactions that were left out of that block.
    pub waiting: usize,
}

/// What transactions pay, and what they should.
pub trait FeeReader: Send + Sync {
    /// What a transaction pays above a base fee, in wei for each gas, whichever machine runs it.
    /// None if it pays less than the base fee.
    fn tip(&self, transaction: &Transaction, base_fee: u64) -> Option<u128>;
    /// All resources with a price of their own, the dearest first.
    fn hot_resources(&self) -> Vec<HotResource>;
    /// What a call must bid for what it is likely to write, in wei for each gas.
    fn local_price(&self, call: &TransactionRequest) -> u128;
}

/// What `anvil_nodeInfo` and `web3_clientVersion` tell.
#[derive(Debug, Clone)]
pub struct NodeInfo {
    /// `lumio/v0.1.0/…`
    pub client_version: String,
    /// Name of the hard fork in Ethereum's terms, lower case.
    pub hard_fork: String,
    /// Fields of the block being built.
    pub pending_timestamp: u64,
    /// Gas limit of a block.
    pub gas_limit: u64,
    /// Whether transactions are sealed at once.
    pub automine: bool,
    /// Milliseconds between blocks, if sealed by the clock.
    pub interval_ms: Option<u64>,
}

/// The development methods of Foundry and Hardhat. A node that is not a
/// development chain has none of them.
pub trait DevControl: Send + Sync {
    /// `evm_snapshot`: remembers head and pool, returns an id.
    fn snapshot(&self) -> Result<U256>;
    /// `evm_revert`: back to a snapshot. False for an unknown id. The snapshot
    /// and all later ones are used up.
    fn revert(&self, id: U256) -> Result<bool>;
    /// Seals `blocks` blocks, `interval` seconds apart (default one). Returns
    /// the numbers sealed.
    fn mine(&self, blocks: u64, interval: Option<u64>) -> Result<Vec<u64>>;
    /// Sets a balance in wei.
    fn set_balance(&self, address: Address, wei: U256) -> Result<()>;
    /// Adds to a balance, in wei.
    fn add_balance(&self, address: Address, wei: U256) -> Result<()>;
    /// Sets a contract's code.
    fn set_code(&self, address: Address, code: Bytes) -> Result<()>;
    /// Sets a nonce.
    fn set_nonce(&self, address: Address, nonce: u64) -> Result<()>;
    /// Sets a word of storage.
    fn set_storage(&self, address: Address, slot: U256, value: B256) -> Result<()>;
    /// Transactions from this address need no signature from now on.
    fn impersonate(&self, address: Address) -> Result<()>;
    /// Ends that.
    fn stop_impersonating(&self, address: Address) -> Result<()>;
    /// Whether every address is impersonated.
    fn auto_impersonate(&self, enabled: bool) -> Result<()>;
    /// Moves the clock forward by seconds (or back, if negative). Returns the
    /// total offset in seconds.
    fn increase_time(&self, seconds: i64) -> Result<i64>;
    /// Sets the clock; later blocks go on from there. Returns the offset.
    fn set_time(&self, timestamp: u64) -> Result<i64>;
    /// The timestamp of the next block alone.
    fn set_next_timestamp(&self, timestamp: u64) -> Result<()>;
    /// A fixed distance between blocks' timestamps, or the clock again.
    fn set_timestamp_interval(&self, seconds: Option<u64>) -> Result<()>;
    /// Whether transactions are sealed at once.
    fn set_automine(&self, enabled: bool) -> Result<()>;
    /// Whether transactions are sealed at once.
    fn automine(&self) -> bool;
    /// Seals by the clock every so many milliseconds; zero stops that.
    fn set_interval_mining(&self, milliseconds: u64) -> Result<()>;
    /// The recipient of fees from the next block on.
    fn set_coinbase(&self, address: Address) -> Result<()>;
    /// The gas limit from the next block on.
    fn set_block_gas_limit(&self, gas: u64) -> Result<()>;
    /// The base fee of the next block, in wei.
    fn set_next_base_fee(&self, wei: u64) -> Result<()>;
    /// The lowest gas price that the pool takes, in wei.
    fn set_min_gas_price(&self, wei: u128) -> Result<()>;
    /// PREVRANDAO of the next block.
    fn set_prev_randao(&self, value: B256) -> Result<()>;
    /// Drops a transaction from the pool. False if it is not there.
    fn drop_transaction(&self, hash: B256) -> Result<bool>;
    /// Drops all transactions of the pool.
    fn drop_all(&self) -> Result<()>;
    /// Drops all transactions of a sender.
    fn remove_sender(&self, address: Address) -> Result<()>;
    /// The whole state, compressed, for `load_state`.
    fn dump_state(&self) -> Result<Bytes>;
    /// Adds a dumped state to the chain's.
    fn load_state(&self, dump: Bytes) -> Result<bool>;
    /// Back to genesis.
    fn reset(&self) -> Result<()>;
    /// Facts about the node.
    fn node_info(&self) -> NodeInfo;
}

/// Everything together.
pub trait Backend: ChainReader + StateReader + Simulator + Pool + FeeReader {
    /// The development methods, on a development chain.
    fn dev(&self) -> Option<&dyn DevControl>;
    /// Facts about the node.
    fn info(&self) -> NodeInfo;
}
