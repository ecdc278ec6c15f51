//! A second implementation of the node's side: a short chain in memory that
//! executes nothing but remembers what it was asked.

mod dev;
mod reads;
mod samples;

pub use samples::{deposit, legacy, log, transfer};

use alloy_consensus::Header;
use alloy_eips::BlockId;
use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, Log, U256, address};
use alloy_signer_local::PrivateKeySigner;
use lumio_rpc::eth::{AccountState, BackendError, ChainEvent, ChainReader as _, PoolContent};
use lumio_types::{
    Block, Event, EventOrigin, Receipt, SealedHeader, Transaction, block_bloom, receipts_root,
    transactions_root,
};
use op_alloy_consensus::OpTxType;
use parking_lot::Mutex;
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};
use tokio::sync::{broadcast, oneshot};

type Result<T> = std::result::Result<T, BackendError>;
type Sealed = (Arc<Block>, Arc<Vec<Receipt>>);

/// The chain id.
pub const CHAIN_ID: u64 = 0x20b5;
/// Its balance reads panic.
pub const PANICS: Address = address!("00000000000000000000000000000000000bad01");
/// Calls to it revert with a reason.
pub const REVERTS: Address = address!("00000000000000000000000000000000000bad02");
/// Calls to it take a while.
pub const SLOW: Address = address!("00000000000000000000000000000000000bad03");
/// A contract with logs.
pub const TOKEN: Address = address!("00000000000000000000000000000000000000aa");

/// What happens to transactions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sealing {
    /// A block for each.
    AtOnce,
    /// They stay in the pool, and their senders are not kept waiting.
    ByHand,
    /// Their senders wait until [`Chain::release`].
    Held,
}

#[derive(Default)]
struct State {
    blocks: Vec<Sealed>,
    pool: PoolContent,
    accounts: BTreeMap<Address, AccountState>,
    storage: BTreeMap<(Address, U256), U256>,
    code: BTreeMap<Address, Bytes>,
    impersonated: Vec<Address>,
    held: Vec<oneshot::Sender<Result<()>>>,
    calls: Vec<String>,
}

/// The node of the tests.
pub struct Chain {
    state: Mutex<State>,
    events: broadcast::Sender<ChainEvent>,
    sealing: Mutex<Sealing>,
    dev: AtomicBool,
    /// Calls to [`SLOW`] under way, and the most there ever were.
    pub running: AtomicUsize,
    pub most_running: AtomicUsize,
    pub signer: PrivateKeySigner,
}

impl Chain {
    /// Genesis, and a block with a deposit, a legacy and a dynamic-fee
    /// transaction.
    pub fn new() -> Arc<Self> {
        Self::with_events(1024)
    }

    pub fn with_events(capacity: usize) -> Arc<Self> {
        let signer = PrivateKeySigner::from_bytes(&B256::repeat_byte(7)).unwrap();
        let chain = Self {
            state: Mutex::default(),
            events: broadcast::channel(capacity).0,
            sealing: Mutex::new(Sealing::AtOnce),
            dev: AtomicBool::new(true),
            running: AtomicUsize::new(0),
            most_running: AtomicUsize::new(0),
            signer,
        };
        chain.seal(vec![]);
        let dynamic = Transaction::decode_signed(&transfer(&chain.signer, 1, 100_000_000)).unwrap();
        chain.seal(vec![
            (deposit(), vec![log(&[1]), log(&[1, 2])]),
            (legacy(&chain.signer, 0), vec![]),
            (dynamic, vec![log(&[3, 2])]),
        ]);
        Arc::new(chain)
    }

    pub fn set_sealing(&self, sealing: Sealing) {
        *self.sealing.lock() = sealing;
    }

    /// A node that is not a development chain.
    pub fn end_dev(&self) {
        self.dev.store(false, Ordering::Relaxed);
    }

    /// The development methods that were called, with their arguments.
    pub fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().calls)
    }

    fn called(&self, what: String) {
        self.state.lock().calls.push(what);
    }

    /// How many senders wait for [`Chain::release`].
    pub fn held(&self) -> usize {
        self.state.lock().held.len()
    }

    /// Answers all held senders.
    pub fn release(&self, outcome: Result<()>) {
        for sender in std::mem::take(&mut self.state.lock().held) {
            let _gone = sender.send(outcome.clone());
        }
    }

    /// Seals a block of transactions with their logs.
    pub fn seal(&self, list: Vec<(Transaction, Vec<Log>)>) -> Sealed {
        let mut state = self.state.lock();
        let number = state.blocks.len() as u64;
        let parent_hash = state
            .blocks
            .last()
            .map_or(B256::ZERO, |(block, _)| block.hash());
        let mut receipts = Vec::new();
        let mut gas = 0;
        for (tx, logs) in &list {
            gas += 21_000;
            let envelope = tx.envelope();
            let is_deposit = envelope.is_deposit();
            receipts.push(Receipt {
                tx_type: envelope.tx_type(),
                success: true,
                gas_used: 21_000,
                cumulative_gas_used: gas,
                events: logs
                    .iter()
                    .map(|log| Event {
                        origin: EventOrigin::Evm,
                        log: log.clone(),
                    })
                    .collect(),
                contract_address: matches!(envelope.tx_type(), OpTxType::Legacy)
                    .then(|| tx.sender().create(0)),
                deposit_nonce: is_deposit.then_some(9),
                carried: None,
            });
            let account = state.accounts.entry(tx.sender()).or_insert(empty());
            account.nonce += 1;
            state
                .pool
                .pending
                .retain(|pooled| pooled.hash() != tx.hash());
        }
        let transactions: Vec<_> = list.into_iter().map(|(tx, _)| tx).collect();
        let header = Header {
            number,
            parent_hash,
            timestamp: 1_700_000_000 + number,
            gas_limit: 30_000_000,
            gas_used: gas,
            base_fee_per_gas: Some(1_000_000_000),
            withdrawals_root: Some(alloy_consensus::EMPTY_ROOT_HASH),
            transactions_root: transactions_root(&transactions),
            receipts_root: receipts_root(&receipts),
            logs_bloom: block_bloom(receipts.iter().flat_map(Receipt::logs)),
            beneficiary: Address::repeat_byte(0x42),
            ..Header::default()
        };
        let block = Arc::new(Block {
            header: SealedHeader::new(header),
            transactions,
        });
        let sealed = (block, Arc::new(receipts));
        state.blocks.push(sealed.clone());
        let _nobody_listens = self
            .events
            .send(ChainEvent::Block(sealed.0.clone(), sealed.1.clone()));
        sealed
    }

    /// Takes the newest `count` blocks back and lists them all.
    pub fn set_back(&self, count: usize) {
        self.set_back_listing(count, count);
    }

    /// Takes the newest `count` blocks back and lists only the newest of them.
    pub fn set_back_listing(&self, count: usize, listed: usize) {
        let mut state = self.state.lock();
        let rest = state.blocks.len() - count;
        let mut gone = state.blocks.split_off(rest);
        gone.reverse();
        gone.truncate(listed);
        let head = &state.blocks.last().unwrap().0;
        let _nobody_listens = self.events.send(ChainEvent::Removed {
            blocks: gone,
            head: (head.number(), head.hash()),
        });
    }

    /// Seals what the pool holds.
    pub fn seal_pool(&self) {
        let list = std::mem::take(&mut self.state.lock().pool.pending);
        self.seal(
            list.iter()
                .map(|tx| (Transaction::clone(tx), vec![]))
                .collect(),
        );
    }

    fn number_of(&self, id: BlockId) -> Result<usize> {
        match self.resolve(id)? {
            Some(number) if number <= self.head_number() => Ok(number as usize),
            _ => Err(BackendError::NotFound("header not found".into())),
        }
    }
}

impl Chain {
    /// Those who listen to the chain's events.
    pub fn listeners(&self) -> usize {
        self.events.receiver_count()
    }

    /// Executable transactions in the pool.
    pub fn pool_len(&self) -> usize {
        self.state.lock().pool.pending.len()
    }
}

fn empty() -> AccountState {
    AccountState {
        balance: U256::ZERO,
        nonce: 0,
        code_hash: KECCAK256_EMPTY,
    }
}
