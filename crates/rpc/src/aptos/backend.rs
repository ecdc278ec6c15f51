//! What the Aptos dialect asks of the node. The node implements these traits;
//! tests implement them over a fixed chain.
//!
//! ```text
//! Backend = Ledger   what was committed: transactions, blocks, events
//!         + States   the state at a version ──► Box<dyn State>
//!         + Pool     transactions on their way in: submit, simulate, look up
//! Faucet, Readiness  the two small ports beside the API
//! ```
//!
//! Values are BCS with their types here; how they look in JSON is for
//! `convert`. A version numbers everything that a client can name: the node
//! gives one to each transaction of each VM and to what a block begins and ends
//! with, in the order of execution, and the same ones after a restart.
//!
//! All functions may block for the time of a database read or of an execution;
//! the server calls them off its async threads.

use lumio_move_engine::{Address, Layout, ModuleId, StructTag, TypeTag, U256};
use lumio_move_transaction::{EntryFunction, Hash, SignedTransaction};
use std::sync::Arc;
use tokio::sync::watch;

/// Why the node could not answer. Each variant has its HTTP status and error
/// code in `error.rs`. What merely is not there is `None` instead.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BackendError {
    /// The request cannot be carried out as it is: 400 `invalid_input`.
    #[error("{0}")]
    InvalidInput(String),
    /// The state or block was there once and is not kept any more: 410.
    #[error("{0}")]
    Pruned(String),
    /// What was to be viewed or simulated failed in the VM: 400
    /// `invalid_input` with `vm_error_code`.
    #[error("{message}")]
    Vm {
        /// The number of the VM's status.
        code: u64,
        /// What clients are told, such as
        /// `Move abort in 0x1::coin: EINSUFFICIENT_BALANCE(0x10006): …`.
        message: String,
    },
    /// The node is not able to right now: 503.
    #[error("{0}")]
    Unavailable(String),
    /// The node's own failure: 500. Logged with its cause.
    #[error("internal error: {0}")]
    Internal(String),
}

/// Why a transaction is not taken.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SubmitError {
    /// It would be discarded: 400 `vm_error` with the status's number.
    #[error("Invalid transaction: Type: Validation Code: {name}")]
    Invalid {
        /// The status's name, such as `SEQUENCE_NUMBER_TOO_OLD`.
        name: String,
        /// Its number.
        code: u64,
    },
    /// Its sequence number lies behind what is pending: 400
    /// `sequence_number_too_old`.
    #[error("{0}")]
    SequenceNumberTooOld(String),
    /// Another transaction stands in its place, and it does not pay more: 400
    /// `invalid_transaction_update`.
    #[error("{0}")]
    InvalidUpdate(String),
    /// This node does not take such transactions: 403 `rejected_by_filter`.
    #[error("{0}")]
    Filtered(String),
    /// The pool is full, or the sender has too many in it: 507
    /// `mempool_is_full`.
    #[error("{0}")]
    PoolFull(String),
    /// Anything else.
    #[error(transparent)]
    Backend(#[from] BackendError),
}

/// Result of a backend function.
pub(super) type Result<T> = std::result::Result<T, BackendError>;

/// Where the chain is. Part of every answer, as headers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LedgerInfo {
    /// The chain, as Move counts chains.
    pub chain_id: u8,
    /// The epoch.
    pub epoch: u64,
    /// The newest version.
    pub version: u64,
    /// The oldest version whose transaction and state can be read.
    pub oldest_version: u64,
    /// When the newest block was made, in microseconds since 1970.
    pub timestamp_usecs: u64,
    /// The newest block.
    pub block_height: u64,
    /// The oldest block that can be read.
    pub oldest_block_height: u64,
}

/// A block as a span of versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Its height: the Ethereum block's number.
    pub height: u64,
    /// Its hash: the Ethereum block's.
    pub hash: Hash,
    /// When it was made, in microseconds since 1970.
    pub timestamp_usecs: u64,
    /// Its first version.
    pub first_version: u64,
    /// Its last version.
    pub last_version: u64,
}

/// A transaction of another VM, as far as this API shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignTransaction {
    /// Which VM runs it.
    pub vm: ForeignVm,
    /// The account id of its sender.
    pub sender: Address,
    /// Its nonce; 0 where the VM has none.
    pub nonce: u64,
    /// The account id of its target; none for an Ethereum contract's creation.
    pub to: Option<Address>,
    /// Wei that it sends.
    pub value_wei: U256,
    /// Its call data, or for Solana its whole message.
    pub input: Vec<u8>,
    /// The most gas it may use, in Move's gas units.
    pub max_gas_amount: u64,
    /// The price of a gas unit, in octas; rounded up.
    pub gas_unit_price: u64,
}

/// The virtual machines beside Move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForeignVm {
    /// Ethereum's.
    Evm,
    /// Solana's.
    Svm,
}

/// What stands at a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransactionBody {
    /// What made the first state.
    Genesis,
    /// What a block begins with.
    BlockMetadata {
        /// The block's hash.
        id: Hash,
        /// The epoch.
        epoch: u64,
        /// The round: the block's height.
        round: u64,
        /// Who made it.
        proposer: Address,
    },
    /// What a block may end with.
    StateCheckpoint,
    /// A user's transaction of the Move VM.
    User(Arc<SignedTransaction>),
    /// A user's transaction of another VM.
    Foreign(ForeignTransaction),
}

/// A transaction that was executed, in a block or for show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// Its version; of a simulation, the version it ran on.
    pub version: u64,
    /// The hash that names it: Aptos' of a Move transaction, Ethereum's of an
    /// Ethereum transaction.
    pub hash: Hash,
    /// What it is.
    pub body: TransactionBody,
    /// Whether its effects stand.
    pub success: bool,
    /// How it ended, in the words that clients know: `Executed successfully`,
    /// `Out of gas`, `Move abort in 0x1::coin: …`. Of a simulation that no block
    /// would take, the status's name, such as `SEQUENCE_NUMBER_TOO_OLD`.
    pub vm_status: String,
    /// Gas used, in Move's gas units.
    pub gas_used: u64,
    /// Its block's time, in microseconds since 1970.
    pub timestamp_usecs: u64,
    /// What it changed in Move's state.
    pub changes: Vec<Change>,
    /// What it emitted, in every VM, in order.
    pub events: Vec<Event>,
    /// A commitment to the state after it, where there is one: at a block's end.
    pub state_checkpoint_hash: Option<Hash>,
    /// A commitment to all up to here.
    pub accumulator_root_hash: Hash,
}

/// Something that a transaction changed. `None` where it is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A resource, or one of a group.
    Resource {
        /// Whose.
        address: Address,
        /// Its type.
        tag: StructTag,
        /// Its BCS.
        value: Option<Vec<u8>>,
    },
    /// A module.
    Module {
        /// Which.
        id: ModuleId,
        /// Its bytecode.
        code: Option<Vec<u8>>,
    },
    /// An item of a table.
    TableItem {
        /// The table.
        handle: Address,
        /// The key's BCS.
        key: Vec<u8>,
        /// The value's BCS.
        value: Option<Vec<u8>>,
        /// Types of keys and values, if they are known.
        types: Option<(TypeTag, TypeTag)>,
    },
}

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Of Move code.
    Move {
        /// Creator and creation number of its handle, and its number in it. None
        /// for a module event.
        handle: Option<(Address, u64, u64)>,
        /// Its type.
        tag: TypeTag,
        /// Its BCS.
        data: Vec<u8>,
    },
    /// A log of the EVM.
    EvmLog {
        /// The account id of the contract.
        address: Address,
        /// Its topics.
        topics: Vec<Hash>,
        /// Its data.
        data: Vec<u8>,
    },
}

/// What was committed.
pub trait Ledger: Send + Sync {
    /// Where the chain is. Called for each request: must be cheap.
    fn info(&self) -> LedgerInfo;
    /// The newest version, as it changes.
    fn subscribe(&self) -> watch::Receiver<u64>;
    /// The transaction at a version; none if there is none yet.
    fn transaction(&self, version: u64) -> Result<Option<Transaction>>;
    /// The version of a committed transaction. Knows an inner transaction under
    /// its own hash and under its carrier's.
    fn version_of(&self, hash: Hash) -> Result<Option<u64>>;
    /// Versions of an account's transactions with sequence numbers from `start`
    /// on, in order; without `start` the newest ones, in order too.
    fn account_transactions(
        &self,
        account: Address,
        start: Option<u64>,
        limit: u16,
    ) -> Result<Vec<u64>>;
    /// A block; none if there is none yet.
    fn block(&self, height: u64) -> Result<Option<Block>>;
    /// The block that a version is in.
    fn block_of(&self, version: u64) -> Result<Option<Block>>;
    /// Events of a handle from number `start` on, in order, with the versions
    /// of their transactions; without `start` the newest ones, in order too.
    fn events(
        &self,
        creator: Address,
        creation_number: u64,
        start: Option<u64>,
        limit: u16,
    ) -> Result<Vec<(u64, Event)>>;
}

/// What an account needs to send transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// How many it sent.
    pub sequence_number: u64,
    /// What its keys hash to.
    pub authentication_key: Hash,
}

/// What a view function returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewOutcome {
    /// Types and BCS of the values.
    pub values: Vec<(TypeTag, Vec<u8>)>,
    /// Gas used, in Move's gas units.
    pub gas_used: u64,
}

/// One page of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next one begins, in the node's own form; none if it is the last.
    pub next: Option<Vec<u8>>,
}

/// Opens states.
pub trait States: Send + Sync {
    /// The state after a version that exists. Opened for one request and used
    /// on one thread, so it may keep a snapshot and loaded code.
    ///
    /// # Errors
    /// [`BackendError::Pruned`].
    fn state(&self, version: u64) -> Result<Box<dyn State + '_>>;
}

/// The Move state at a version. The native coin has one name here, and others
/// that clients may use are understood.
pub trait State {
    /// An account that exists. Those that do not may still send transactions,
    /// and are shown as new.
    fn account(&mut self, address: Address) -> Result<Option<Account>>;
    /// The BCS of a resource, of a group or not.
    fn resource(&mut self, address: Address, tag: &StructTag) -> Result<Option<Vec<u8>>>;
    /// Resources of an account; those of groups one by one.
    fn resources(
        &mut self,
        address: Address,
        cursor: Option<&[u8]>,
        limit: u16,
    ) -> Result<Page<(StructTag, Vec<u8>)>>;
    /// A module's bytecode.
    fn module(&mut self, id: &ModuleId) -> Result<Option<Arc<[u8]>>>;
    /// Modules of an account.
    fn modules(
        &mut self,
        address: Address,
        cursor: Option<&[u8]>,
        limit: u16,
    ) -> Result<Page<Arc<[u8]>>>;
    /// The BCS of a table's item.
    fn table_item(&mut self, handle: Address, key: &[u8]) -> Result<Option<Vec<u8>>>;
    /// How values of a type are laid out; none if there is no such type.
    fn layout(&mut self, tag: &TypeTag) -> Result<Option<Layout>>;
    /// Runs a view function and keeps nothing.
    ///
    /// # Errors
    /// [`BackendError::Vm`] if it fails, is no view function, or is given what it
    /// does not take.
    fn view(&mut self, call: &EntryFunction) -> Result<ViewOutcome>;
    /// The same with a bound in gas units, for what a stranger's code has a part in and nobody
    /// pays for.
    ///
    /// # Errors
    /// As [`view`](Self::view).
    fn view_within(&mut self, call: &EntryFunction, gas_units: u64) -> Result<ViewOutcome>;
}

/// A transaction that is on its way into a block.
#[derive(Debug, Clone)]
pub enum Pending {
    /// Of the Move VM.
    Move(Arc<SignedTransaction>),
    /// Of another VM.
    Foreign(ForeignTransaction),
}

/// Gas prices, in octas per gas unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GasEstimate {
    /// For those who can wait.
    pub deprioritized: u64,
    /// For most.
    pub normal: u64,
    /// For those who cannot wait.
    pub prioritized: u64,
}

/// A simulation to run.
#[derive(Debug, Clone)]
pub struct SimulateRequest {
    /// The transaction; its price has been set where the client asked for that.
    pub transaction: SignedTransaction,
    /// Whether the sender's balance bounds the gas, not `max_gas_amount`; the
    /// answer then contains the amount that was used as the bound.
    pub estimate_max_gas_amount: bool,
}

/// Transactions on their way into a block, or only tried.
pub trait Pool: Send + Sync {
    /// Checks a transaction and takes it.
    fn submit(&self, transaction: SignedTransaction) -> std::result::Result<Hash, SubmitError>;
    /// A transaction of the pool.
    fn pending(&self, hash: Hash) -> Option<Pending>;
    /// Gas prices.
    fn gas_estimate(&self) -> Result<GasEstimate>;
    /// Executes a transaction on the newest state and keeps nothing. Signatures
    /// were looked at already. One that would be discarded is answered too, with
    /// its status's name as [`Transaction::vm_status`].
    fn simulate(&self, request: SimulateRequest) -> Result<Transaction>;
}

/// Everything together.
pub trait Backend: Ledger + States + Pool {}

impl<T: Ledger + States + Pool> Backend for T {}

/// Gives away coins of a development chain.
pub trait Faucet: Send + Sync {
    /// Sends octas to an account. Returns hashes of transactions that can be
    /// waited for.
    fn fund(&self, address: Address, octas: u64) -> Result<Vec<Hash>>;
}

/// Says what of the node is ready.
pub trait Readiness: Send + Sync {
    /// Names of services, and whether each answers.
    fn services(&self) -> Vec<(String, bool)>;
}
