//! A second implementation of the node's side: a short chain in memory that
//! executes nothing but remembers what it was asked.

use alloy_consensus::{Header, SignableTransaction as _, TxEip1559, TxLegacy};
use alloy_eips::{BlockId, BlockNumberOrTag};
use alloy_primitives::{
    Address, B256, Bytes, KECCAK256_EMPTY, Log, Sealable as _, TxKind, U256, address, keccak256,
};
use alloy_rpc_types_eth::{
    AccessListResult, TransactionRequest,
    simulate::{SimulatePayload, SimulatedBlock},
};
use alloy_rpc_types_trace::geth::{
    GethDebugTracingCallOptions, GethDebugTracingOptions, GethTrace, NoopFrame, TraceResult,
};
use alloy_signer::SignerSync as _;
use alloy_signer_local::PrivateKeySigner;
use lumio_rpc::eth::{
    AccountProof, AccountState, Backend, BackendError, CallOutcome, CallRequest, ChainEvent,
    ChainReader, DevControl, LocatedTransaction, NodeInfo, Pool, PoolContent, PoolTransaction,
    Simulator, StateReader, StorageProof, Submission,
};
use lumio_types::{
    Block, Envelope, Event, Receipt, SealedHeader, Transaction, VmId, block_bloom, receipts_root,
    transactions_root,
};
use op_alloy_consensus::{OpTxType, TxDeposit};
use parking_lot::Mutex;
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
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

pub fn transfer(signer: &PrivateKeySigner, nonce: u64, tip: u128) -> Bytes {
    let tx = TxEip1559 {
        chain_id: CHAIN_ID,
        nonce,
        gas_limit: 21_000,
        max_fee_per_gas: 2_000_000_000,
        max_priority_fee_per_gas: tip,
        to: TxKind::Call(TOKEN),
        value: U256::from(1),
        ..TxEip1559::default()
    };
    let signature = signer.sign_hash_sync(&tx.signature_hash()).unwrap();
    Transaction::recover(Envelope::Eip1559(tx.into_signed(signature)))
        .unwrap()
        .encoded()
}

pub fn legacy(signer: &PrivateKeySigner, nonce: u64) -> Transaction {
    let tx = TxLegacy {
        chain_id: Some(CHAIN_ID),
        nonce,
        gas_price: 1_500_000_000,
        gas_limit: 50_000,
        to: TxKind::Create,
        value: U256::ZERO,
        input: Bytes::from_static(&[0x60, 0x00]),
    };
    let signature = signer.sign_hash_sync(&tx.signature_hash()).unwrap();
    Transaction::recover(Envelope::Legacy(tx.into_signed(signature))).unwrap()
}

pub fn deposit() -> Transaction {
    let tx = TxDeposit {
        source_hash: B256::repeat_byte(0x11),
        from: address!("deaddeaddeaddeaddeaddeaddeaddeaddead0001"),
        to: TxKind::Call(TOKEN),
        mint: 5,
        value: U256::from(5),
        gas_limit: 1_000_000,
        is_system_transaction: false,
        input: Bytes::from_static(&[1, 2, 3]),
    };
    Transaction::recover(Envelope::Deposit(tx.seal_slow())).unwrap()
}

/// A log of [`TOKEN`].
pub fn log(topics: &[u8]) -> Log {
    let topics = topics
        .iter()
        .map(|last| B256::with_last_byte(*last))
        .collect();
    Log::new(TOKEN, topics, Bytes::from_static(&[0xab])).unwrap()
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
                        vm: VmId::Evm,
                        log: log.clone(),
                    })
                    .collect(),
                contract_address: matches!(envelope.tx_type(), OpTxType::Legacy)
                    .then(|| tx.sender().create(0)),
                deposit_nonce: is_deposit.then_some(9),
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

    /// Takes the newest `count` blocks back.
    pub fn set_back(&self, count: usize) {
        let mut state = self.state.lock();
        let rest = state.blocks.len() - count;
        let mut gone = state.blocks.split_off(rest);
        gone.reverse();
        let _nobody_listens = self.events.send(ChainEvent::Removed(gone));
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

fn empty() -> AccountState {
    AccountState {
        balance: U256::ZERO,
        nonce: 0,
        code_hash: KECCAK256_EMPTY,
    }
}

impl ChainReader for Chain {
    fn chain_id(&self) -> u64 {
        CHAIN_ID
    }
    fn head_number(&self) -> u64 {
        self.state.lock().blocks.len() as u64 - 1
    }
    fn resolve(&self, id: BlockId) -> Result<Option<u64>> {
        let head = self.head_number();
        Ok(match id {
            BlockId::Number(BlockNumberOrTag::Pending) => Some(head + 1),
            BlockId::Number(BlockNumberOrTag::Earliest) => Some(0),
            BlockId::Number(BlockNumberOrTag::Number(number)) => (number <= head).then_some(number),
            BlockId::Number(_) => Some(head),
            BlockId::Hash(hash) => {
                let state = self.state.lock();
                let found = state
                    .blocks
                    .iter()
                    .position(|(block, _)| block.hash() == hash.block_hash);
                found.map(|number| number as u64)
            }
        })
    }
    fn header(&self, number: u64) -> Result<Option<(Header, B256)>> {
        Ok(self
            .block(number)?
            .map(|block| (block.header.header.clone(), block.hash())))
    }
    fn block(&self, number: u64) -> Result<Option<Arc<Block>>> {
        Ok(self
            .state
            .lock()
            .blocks
            .get(number as usize)
            .map(|(block, _)| block.clone()))
    }
    fn receipts(&self, number: u64) -> Result<Option<Arc<Vec<Receipt>>>> {
        Ok(self
            .state
            .lock()
            .blocks
            .get(number as usize)
            .map(|(_, receipts)| receipts.clone()))
    }
    fn pending_block(&self) -> Result<Sealed> {
        let state = self.state.lock();
        let header = Header {
            number: state.blocks.len() as u64,
            ..Header::default()
        };
        let transactions = state
            .pool
            .pending
            .iter()
            .map(|tx| Transaction::clone(tx))
            .collect();
        Ok((
            Arc::new(Block {
                header: SealedHeader::new(header),
                transactions,
            }),
            Arc::default(),
        ))
    }
    fn transaction(&self, hash: B256) -> Result<Option<LocatedTransaction>> {
        let state = self.state.lock();
        Ok(state.blocks.iter().find_map(|(block, _)| {
            let index = block.transactions.iter().position(|tx| tx.hash() == hash)?;
            Some(LocatedTransaction {
                block: block.clone(),
                index,
            })
        }))
    }
    fn next_base_fee(&self) -> Result<u64> {
        Ok(1_000_000_000)
    }
    fn subscribe(&self) -> broadcast::Receiver<ChainEvent> {
        self.events.subscribe()
    }
}

impl StateReader for Chain {
    fn account(&self, at: BlockId, address: Address) -> Result<AccountState> {
        assert!(address != PANICS, "asked for the account that panics");
        let number = self.number_of(at);
        let state = self.state.lock();
        let mut account = state.accounts.get(&address).cloned().unwrap_or(empty());
        let later = state
            .blocks
            .iter()
            .skip(number? + 1)
            .flat_map(|(block, _)| &block.transactions);
        account.nonce -= later.filter(|tx| tx.sender() == address).count() as u64;
        Ok(account)
    }
    fn storage(&self, at: BlockId, address: Address, slot: U256) -> Result<U256> {
        self.number_of(at)?;
        Ok(self
            .state
            .lock()
            .storage
            .get(&(address, slot))
            .copied()
            .unwrap_or_default())
    }
    fn code(&self, at: BlockId, address: Address) -> Result<Bytes> {
        self.number_of(at)?;
        Ok(self
            .state
            .lock()
            .code
            .get(&address)
            .cloned()
            .unwrap_or_default())
    }
    fn proof(&self, at: BlockId, address: Address, slots: &[U256]) -> Result<AccountProof> {
        Ok(AccountProof {
            account: self.account(at, address)?,
            storage_root: alloy_consensus::EMPTY_ROOT_HASH,
            proof: vec![Bytes::from_static(&[0xc0])],
            storage: slots
                .iter()
                .map(|slot| StorageProof {
                    slot: *slot,
                    value: U256::ZERO,
                    proof: vec![],
                })
                .collect(),
        })
    }
}

impl Simulator for Chain {
    fn call(&self, request: CallRequest) -> Result<CallOutcome> {
        self.number_of(request.at)?;
        match request.transaction.to.and_then(|kind| kind.into_to()) {
            Some(REVERTS) => Err(BackendError::Reverted {
                reason: Some("no".into()),
                data: Bytes::from_static(&[0x08, 0xc3, 0x79, 0xa0]),
            }),
            Some(SLOW) => {
                let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
                self.most_running.fetch_max(running, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(50));
                self.running.fetch_sub(1, Ordering::SeqCst);
                Ok(CallOutcome {
                    output: Bytes::new(),
                    gas_used: 0,
                })
            }
            _ => Ok(CallOutcome {
                output: request.transaction.input.into_input().unwrap_or_default(),
                gas_used: 21_000,
            }),
        }
    }
    fn estimate_gas(&self, request: CallRequest) -> Result<u64> {
        Ok(self.call(request)?.gas_used)
    }
    fn create_access_list(&self, _: CallRequest) -> Result<AccessListResult> {
        Ok(AccessListResult {
            gas_used: U256::from(30_000),
            ..AccessListResult::default()
        })
    }
    fn simulate(&self, _: BlockId, payload: SimulatePayload) -> Result<Vec<SimulatedBlock>> {
        let block = || SimulatedBlock {
            inner: Default::default(),
            calls: vec![],
        };
        Ok(payload.block_state_calls.iter().map(|_| block()).collect())
    }
    fn trace_transaction(&self, hash: B256, _: GethDebugTracingOptions) -> Result<GethTrace> {
        match self.transaction(hash)? {
            Some(_) => Ok(GethTrace::NoopTracer(NoopFrame::default())),
            None => Err(BackendError::NotFound("transaction not found".into())),
        }
    }
    fn trace_block(&self, number: u64, _: GethDebugTracingOptions) -> Result<Vec<TraceResult>> {
        let block = self.block(number)?.unwrap();
        let trace = || GethTrace::NoopTracer(NoopFrame::default());
        Ok(block
            .transactions
            .iter()
            .map(|tx| TraceResult::new_success(trace(), Some(tx.hash())))
            .collect())
    }
    fn trace_call(
        &self,
        _: TransactionRequest,
        at: BlockId,
        _: GethDebugTracingCallOptions,
    ) -> Result<GethTrace> {
        self.number_of(at)?;
        Ok(GethTrace::NoopTracer(NoopFrame::default()))
    }
}

impl Pool for Chain {
    fn submit_raw(&self, raw: Bytes) -> Result<Submission> {
        let tx = Transaction::decode_signed(&raw)
            .map_err(|error| BackendError::InvalidParams(error.to_string()))?;
        let hash = tx.hash();
        let _nobody_listens = self.events.send(ChainEvent::Pending(Arc::new(tx.clone())));
        let sealing = *self.sealing.lock();
        let committed = match sealing {
            Sealing::AtOnce => {
                self.seal(vec![(tx, vec![])]);
                let (done, committed) = oneshot::channel();
                let _waiting = done.send(Ok(()));
                Some(committed)
            }
            Sealing::ByHand => {
                self.state.lock().pool.pending.push(Arc::new(tx));
                None
            }
            Sealing::Held => {
                let (done, committed) = oneshot::channel();
                self.state.lock().held.push(done);
                Some(committed)
            }
        };
        Ok(Submission { hash, committed })
    }
    fn send(&self, request: TransactionRequest) -> Result<B256> {
        let from = request.from.unwrap_or_default();
        if !self.accounts().contains(&from) {
            return Err(BackendError::Rejected("unknown account".into()));
        }
        self.called(format!("send from {from}"));
        Ok(keccak256("sent"))
    }
    fn fill(&self, request: TransactionRequest) -> Result<TransactionRequest> {
        Ok(TransactionRequest {
            nonce: Some(3),
            gas: Some(21_000),
            chain_id: Some(CHAIN_ID),
            max_fee_per_gas: Some(2),
            max_priority_fee_per_gas: Some(1),
            ..request
        })
    }
    fn sign_transaction(&self, _: TransactionRequest) -> Result<Bytes> {
        Ok(transfer(&self.signer, 0, 1))
    }
    fn sign_message(&self, address: Address, message: &[u8]) -> Result<Bytes> {
        if address != self.signer.address() {
            return Err(BackendError::Rejected("unknown account".into()));
        }
        Ok(self
            .signer
            .sign_message_sync(message)
            .unwrap()
            .as_bytes()
            .into())
    }
    fn sign_typed_data(&self, _: Address, data: serde_json::Value) -> Result<Bytes> {
        if !data.is_object() {
            return Err(BackendError::InvalidParams("not an object".into()));
        }
        Ok(keccak256(data.to_string()).into())
    }
    fn accounts(&self) -> Vec<Address> {
        let mut accounts = vec![self.signer.address()];
        accounts.extend(&self.state.lock().impersonated);
        accounts
    }
    fn pooled(&self, hash: B256) -> Option<PoolTransaction> {
        let state = self.state.lock();
        let transaction = state
            .pool
            .pending
            .iter()
            .find(|tx| tx.hash() == hash)?
            .clone();
        Some(PoolTransaction {
            transaction,
            executable: true,
        })
    }
    fn content(&self) -> PoolContent {
        self.state.lock().pool.clone()
    }
    fn pending_nonce(&self, address: Address) -> Result<u64> {
        let state = self.state.lock();
        let pooled = state
            .pool
            .pending
            .iter()
            .filter(|tx| tx.sender() == address)
            .count();
        Ok(state
            .accounts
            .get(&address)
            .map_or(0, |account| account.nonce)
            + pooled as u64)
    }
}

/// Remembers the call and answers.
macro_rules! record {
    ($($name:ident($($arg:ident: $type:ty),*) -> $result:ty = $answer:expr;)*) => {
        $(fn $name(&self, $($arg: $type),*) -> Result<$result> {
            let arguments: &[String] = &[$(format!("{:?}", $arg)),*];
            self.called(format!("{}{}", stringify!($name), arguments.concat()));
            Ok($answer)
        })*
    };
}

impl DevControl for Chain {
    fn snapshot(&self) -> Result<U256> {
        Ok(U256::from(1))
    }
    fn revert(&self, id: U256) -> Result<bool> {
        Ok(id == U256::from(1))
    }
    fn mine(&self, blocks: u64, interval: Option<u64>) -> Result<Vec<u64>> {
        self.called(format!("mine {blocks} {interval:?}"));
        Ok((0..blocks).map(|_| self.seal(vec![]).0.number()).collect())
    }
    fn set_balance(&self, address: Address, wei: U256) -> Result<()> {
        self.state
            .lock()
            .accounts
            .entry(address)
            .or_insert(empty())
            .balance = wei;
        Ok(())
    }
    fn set_code(&self, address: Address, code: Bytes) -> Result<()> {
        self.state.lock().code.insert(address, code);
        Ok(())
    }
    fn set_nonce(&self, address: Address, nonce: u64) -> Result<()> {
        self.state
            .lock()
            .accounts
            .entry(address)
            .or_insert(empty())
            .nonce = nonce;
        Ok(())
    }
    fn set_storage(&self, address: Address, slot: U256, value: B256) -> Result<()> {
        self.state
            .lock()
            .storage
            .insert((address, slot), value.into());
        Ok(())
    }
    fn impersonate(&self, address: Address) -> Result<()> {
        self.state.lock().impersonated.push(address);
        Ok(())
    }
    fn stop_impersonating(&self, address: Address) -> Result<()> {
        self.state.lock().impersonated.retain(|one| *one != address);
        Ok(())
    }
    fn set_interval_mining(&self, milliseconds: u64) -> Result<()> {
        self.called(format!("interval {milliseconds}"));
        Ok(())
    }
    fn automine(&self) -> bool {
        true
    }
    record! {
        auto_impersonate(enabled: bool) -> () = ();
        increase_time(seconds: i64) -> i64 = seconds;
        set_time(timestamp: u64) -> i64 = 0;
        set_next_timestamp(timestamp: u64) -> () = ();
        set_timestamp_interval(seconds: Option<u64>) -> () = ();
        set_automine(enabled: bool) -> () = ();
        set_coinbase(address: Address) -> () = ();
        set_block_gas_limit(gas: u64) -> () = ();
        set_next_base_fee(wei: u64) -> () = ();
        set_min_gas_price(wei: u128) -> () = ();
        set_prev_randao(value: B256) -> () = ();
        drop_transaction(hash: B256) -> bool = false;
        drop_all() -> () = ();
        remove_sender(address: Address) -> () = ();
        dump_state() -> Bytes = Bytes::from_static(&[1]);
        load_state(dump: Bytes) -> bool = true;
        reset() -> () = ();
    }
    fn node_info(&self) -> NodeInfo {
        self.info()
    }
}

impl Backend for Chain {
    fn dev(&self) -> Option<&dyn DevControl> {
        self.dev
            .load(Ordering::Relaxed)
            .then_some(self as &dyn DevControl)
    }
    fn info(&self) -> NodeInfo {
        NodeInfo {
            client_version: "lumio/v0.1.0/test".into(),
            hard_fork: "prague".into(),
            pending_timestamp: 1_700_000_100,
            gas_limit: 30_000_000,
            automine: true,
            interval_ms: Some(200),
        }
    }
}

impl Chain {
    /// Executable transactions in the pool.
    pub fn pool_len(&self) -> usize {
        self.state.lock().pool.pending.len()
    }
}
