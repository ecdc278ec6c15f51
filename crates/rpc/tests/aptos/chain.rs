//! A second implementation of the node's side: a chain in memory. Submitted
//! transactions change nothing but their sender's sequence number.

use crate::samples::{
    CHAIN_ID, TYPES, Wallet, account_bytes, assembled, changes, events, evm_call, structure,
};
use lumio_framework::PACKAGES;
use lumio_move_engine::{
    Address, Engine, Gas, Layout, ModuleId, Session, StatusCode, StructTag, TypeTag, VmResult,
    bcs::Reader, code::Code,
};
use lumio_move_transaction::{Bcs as _, EntryFunction, Hash, SignedTransaction};
use lumio_rpc::aptos::{
    Account, BackendError, Block, Event, Faucet, ForeignTransaction, ForeignVm, GasEstimate,
    Ledger, LedgerInfo, Page, Pending, Pool, Readiness, SimulateRequest, State, States,
    SubmitError, Transaction, TransactionBody, ViewOutcome,
};
use lumio_vm_move::unit_test::{Modules, TestChain, test_engine};
use parking_lot::Mutex;
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};
use tokio::sync::watch;

type Result<T> = std::result::Result<T, BackendError>;

/// Reading its account panics.
pub const PANICS: Address = Address::small(0xba);
/// The account id of an Ethereum address, where the module of types is once more.
pub const PADDED: &str = "0xc0ffee254729296a45a3885639ac7e10f9d54979";
/// Views that are given it take a while.
pub const SLOW: u64 = 4242;
/// A table: `u64` to `bool`.
pub const TABLE: Address = Address::small(0x77);

#[derive(Default)]
struct Inner {
    transactions: Vec<Transaction>,
    blocks: Vec<Block>,
    pending: BTreeMap<Hash, Pending>,
    sequence_numbers: BTreeMap<Address, u64>,
    refusal: Option<SubmitError>,
    submitted: Vec<SignedTransaction>,
    simulated: Vec<SimulateRequest>,
}

/// The chain. Its first blocks have a transaction of each kind.
pub struct Chain {
    engine: Engine,
    modules: Modules,
    resources: BTreeMap<(Address, StructTag), Vec<u8>>,
    tables: BTreeMap<(Address, Vec<u8>), Vec<u8>>,
    inner: Mutex<Inner>,
    newest: watch::Sender<u64>,
    pub oldest: AtomicU64,
    /// Whether what is submitted is committed at once.
    pub automatic: AtomicBool,
    pub alice: Wallet,
}

impl Chain {
    pub fn new() -> Arc<Self> {
        let alice = Wallet::new(1);
        let mut modules = Modules::new();
        for package in PACKAGES {
            for (name, code) in package.modules {
                let address = match package.folder {
                    "aptos-token" => Address::small(3),
                    "aptos-token-objects" => Address::small(4),
                    "large-packages" => Address::small(7),
                    _ => Address::ONE,
                };
                modules.insert(ModuleId::new(address, *name), Arc::from(*code));
            }
        }
        let types = ModuleId::new(Address::small(0xd), "types");
        modules.insert(types, assembled(TYPES).into());
        let padded = TYPES.replace("0xd", PADDED);
        let id = ModuleId::new(PADDED.parse().unwrap(), "types");
        modules.insert(id, assembled(&padded).into());
        let point = [&3_u64.to_le_bytes()[..], &(-4_i16).to_le_bytes()].concat();
        let account = account_bytes(&alice.address.0, 5, alice.address);
        let resources = BTreeMap::from([
            ((alice.address, structure("0x1::account::Account")), account),
            ((alice.address, structure("0xd::types::Point")), point),
            (
                (alice.address, structure("0x1::chain_id::ChainId")),
                vec![9],
            ),
        ]);
        let chain = Self {
            engine: test_engine(),
            modules,
            resources,
            tables: BTreeMap::from([((TABLE, 5_u64.to_le_bytes().to_vec()), vec![1])]),
            inner: Mutex::default(),
            newest: watch::Sender::new(0),
            oldest: AtomicU64::new(0),
            automatic: AtomicBool::new(false),
            alice,
        };
        chain
            .inner
            .lock()
            .sequence_numbers
            .insert(chain.alice.address, 5);
        chain.begin();
        Arc::new(chain)
    }

    /// Genesis; a Move transaction; transactions of other VMs.
    fn begin(&self) {
        self.seal(
            0,
            vec![(TransactionBody::Genesis, [1; 32], "Executed successfully")],
        );
        let transfer = self.alice.transfer(4, Address::small(0xbb), 77);
        let hash = transfer.hash();
        let user = TransactionBody::User(Arc::new(transfer));
        self.seal(1, vec![(user, hash, "Executed successfully")]);
        let mut create = evm_call();
        create.to = None;
        let mut solana = evm_call();
        solana.vm = ForeignVm::Svm;
        let foreign = |transaction: ForeignTransaction, n: u8, status| {
            (TransactionBody::Foreign(transaction), [n; 32], status)
        };
        self.seal(
            2,
            vec![
                foreign(evm_call(), 0xe1, "Executed successfully"),
                foreign(create, 0xe2, "execution reverted: no"),
                foreign(solana, 0xe3, "Executed successfully"),
            ],
        );
    }

    /// A block with metadata before its transactions and a checkpoint after them.
    fn seal(&self, height: u64, bodies: Vec<(TransactionBody, Hash, &str)>) {
        let mut inner = self.inner.lock();
        let first_version = inner.transactions.len() as u64;
        let timestamp_usecs = 1_700_000_000_000_000 + height * 1_000_000;
        let mut all = bodies;
        if height > 0 {
            let metadata = TransactionBody::BlockMetadata {
                id: [height as u8; 32],
                epoch: 1,
                round: height,
                proposer: Address::ONE,
            };
            all.insert(
                0,
                (metadata, [0x40 + height as u8; 32], "Executed successfully"),
            );
            let end = TransactionBody::StateCheckpoint;
            all.push((end, [0x80 + height as u8; 32], "Executed successfully"));
        }
        for (body, hash, status) in all {
            let full = matches!(body, TransactionBody::User(_) | TransactionBody::Genesis);
            let owner = self.alice.address;
            let is_checkpoint = matches!(body, TransactionBody::StateCheckpoint);
            let version = inner.transactions.len() as u64;
            inner.transactions.push(Transaction {
                version,
                hash,
                success: status == "Executed successfully",
                vm_status: status.to_owned(),
                gas_used: 7,
                timestamp_usecs,
                changes: if full { changes(owner) } else { Vec::new() },
                events: if full { events(owner) } else { Vec::new() },
                state_checkpoint_hash: is_checkpoint.then_some([0x33; 32]),
                accumulator_root_hash: [0x44; 32],
                body,
            });
        }
        let last_version = inner.transactions.len() as u64 - 1;
        inner.blocks.push(Block {
            height,
            hash: [height as u8; 32],
            timestamp_usecs,
            first_version,
            last_version,
        });
        drop(inner);
        self.newest.send_replace(last_version);
    }

    /// Commits what is pending.
    pub fn commit(&self) {
        let mut inner = self.inner.lock();
        let pending = std::mem::take(&mut inner.pending);
        let height = inner.blocks.len() as u64;
        drop(inner);
        let bodies = pending.into_iter().map(|(hash, pending)| {
            let body = match pending {
                Pending::Move(signed) => TransactionBody::User(signed),
                Pending::Foreign(foreign) => TransactionBody::Foreign(foreign),
            };
            (body, hash, "Executed successfully")
        });
        self.seal(height, bodies.collect());
    }

    /// Puts something into the pool without a look at it.
    pub fn put(&self, hash: Hash, pending: Pending) {
        self.inner.lock().pending.insert(hash, pending);
    }

    /// Refuses all that is submitted from now on.
    pub fn refuse(&self, error: SubmitError) {
        self.inner.lock().refusal = Some(error);
    }

    pub fn last_submitted(&self) -> SignedTransaction {
        self.inner.lock().submitted.last().unwrap().clone()
    }

    pub fn last_simulated(&self) -> SimulateRequest {
        self.inner.lock().simulated.last().unwrap().clone()
    }

    fn invalid(status: StatusCode) -> SubmitError {
        SubmitError::Invalid {
            name: status.name().into(),
            code: status.number(),
        }
    }
}

impl Ledger for Chain {
    fn info(&self) -> LedgerInfo {
        let inner = self.inner.lock();
        let block = inner.blocks.last().unwrap();
        LedgerInfo {
            chain_id: CHAIN_ID,
            epoch: 1,
            version: block.last_version,
            oldest_version: self.oldest.load(Ordering::Relaxed),
            timestamp_usecs: block.timestamp_usecs,
            block_height: block.height,
            oldest_block_height: 0,
        }
    }

    fn subscribe(&self) -> watch::Receiver<u64> {
        self.newest.subscribe()
    }

    fn transaction(&self, version: u64) -> Result<Option<Transaction>> {
        let inner = self.inner.lock();
        Ok(inner.transactions.get(version as usize).cloned())
    }

    fn version_of(&self, hash: Hash) -> Result<Option<u64>> {
        let inner = self.inner.lock();
        let mut all = inner.transactions.iter();
        Ok(all.find(|one| one.hash == hash).map(|one| one.version))
    }

    fn account_transactions(
        &self,
        account: Address,
        start: Option<u64>,
        limit: u16,
    ) -> Result<Vec<u64>> {
        let inner = self.inner.lock();
        let mut found: Vec<u64> = inner
            .transactions
            .iter()
            .filter(|one| match &one.body {
                TransactionBody::User(signed) => {
                    signed.raw.sender == account
                        && start.is_none_or(|start| signed.raw.sequence_number >= start)
                }
                _ => false,
            })
            .map(|one| one.version)
            .collect();
        let limit = usize::from(limit);
        if start.is_some() {
            found.truncate(limit);
        } else if found.len() > limit {
            found.drain(..found.len() - limit);
        }
        Ok(found)
    }

    fn block(&self, height: u64) -> Result<Option<Block>> {
        Ok(self.inner.lock().blocks.get(height as usize).cloned())
    }

    fn block_of(&self, version: u64) -> Result<Option<Block>> {
        let inner = self.inner.lock();
        let mut all = inner.blocks.iter();
        let found = all.find(|block| block.last_version >= version);
        Ok(found.cloned())
    }

    fn events(
        &self,
        creator: Address,
        creation_number: u64,
        start: Option<u64>,
        limit: u16,
    ) -> Result<Vec<(u64, Event)>> {
        let inner = self.inner.lock();
        let user = inner
            .transactions
            .iter()
            .find(|one| matches!(one.body, TransactionBody::User(_)))
            .unwrap();
        let mut found: Vec<_> = user
            .events
            .iter()
            .filter(|event| match event {
                Event::Move {
                    handle: Some((by, number, sequence)),
                    ..
                } => {
                    *by == creator && *number == creation_number && *sequence >= start.unwrap_or(0)
                }
                _ => false,
            })
            .map(|event| (user.version, event.clone()))
            .collect();
        let limit = usize::from(limit);
        if start.is_some() {
            found.truncate(limit);
        } else if found.len() > limit {
            found.drain(..found.len() - limit);
        }
        Ok(found)
    }
}

impl States for Chain {
    fn state(&self, _: u64) -> Result<Box<dyn State + '_>> {
        Ok(Box::new(At { chain: self }))
    }
}

struct At<'a> {
    chain: &'a Chain,
}

impl At<'_> {
    fn session<T>(&self, act: impl FnOnce(&mut Session<'_>) -> VmResult<T>) -> VmResult<T> {
        let mut code = Code::default();
        let mut host = TestChain::new(&self.chain.modules);
        let mut session = Session::new(&self.chain.engine, &mut code, &mut host)?;
        act(&mut session)
    }
}

/// One page of a list, with the number of the next item as the cursor.
fn page<T>(all: Vec<T>, cursor: Option<&[u8]>, limit: u16) -> Result<Page<T>> {
    let start = match cursor {
        None => 0,
        Some([start]) => usize::from(*start),
        Some(_) => return Err(BackendError::InvalidInput("no such cursor".into())),
    };
    let count = all.len();
    let end = (start + usize::from(limit)).min(count);
    Ok(Page {
        items: all.into_iter().take(end).skip(start).collect(),
        next: (end < count).then(|| vec![end as u8]),
    })
}

impl State for At<'_> {
    fn account(&mut self, address: Address) -> Result<Option<Account>> {
        assert_ne!(address, PANICS, "as it was asked to");
        let inner = self.chain.inner.lock();
        let found = inner.sequence_numbers.get(&address);
        Ok(found.map(|sequence_number| Account {
            sequence_number: *sequence_number,
            authentication_key: address.0,
        }))
    }

    fn resource(&mut self, address: Address, tag: &StructTag) -> Result<Option<Vec<u8>>> {
        Ok(self.chain.resources.get(&(address, tag.clone())).cloned())
    }

    fn resources(
        &mut self,
        address: Address,
        cursor: Option<&[u8]>,
        limit: u16,
    ) -> Result<Page<(StructTag, Vec<u8>)>> {
        let all = self.chain.resources.iter();
        let own = all.filter(|((owner, _), _)| *owner == address);
        let own = own.map(|((_, tag), bcs)| (tag.clone(), bcs.clone()));
        page(own.collect(), cursor, limit)
    }

    fn module(&mut self, id: &ModuleId) -> Result<Option<Arc<[u8]>>> {
        Ok(self.chain.modules.get(id).cloned())
    }

    fn modules(
        &mut self,
        address: Address,
        cursor: Option<&[u8]>,
        limit: u16,
    ) -> Result<Page<Arc<[u8]>>> {
        let all = self.chain.modules.iter();
        let own = all.filter(|(id, _)| id.address == address);
        page(own.map(|(_, code)| code.clone()).collect(), cursor, limit)
    }

    fn table_item(&mut self, handle: Address, key: &[u8]) -> Result<Option<Vec<u8>>> {
        Ok(self.chain.tables.get(&(handle, key.to_vec())).cloned())
    }

    fn layout(&mut self, tag: &TypeTag) -> Result<Option<Layout>> {
        Ok(self.session(|session| session.layout(tag)).ok())
    }

    fn view_within(&mut self, call: &EntryFunction, _: u64) -> Result<ViewOutcome> {
        self.view(call)
    }

    fn view(&mut self, call: &EntryFunction) -> Result<ViewOutcome> {
        if call.function == "balance" {
            let owner = Reader::new(&call.arguments[0]).address().unwrap();
            let octas = if owner == self.chain.alice.address {
                123
            } else {
                0_u64
            };
            return Ok(ViewOutcome {
                values: vec![(TypeTag::U64, octas.to_le_bytes().to_vec())],
                gas_used: 1,
            });
        }
        if call.arguments == [SLOW.to_le_bytes()] {
            std::thread::sleep(std::time::Duration::from_millis(300));
        }
        let mut gas = Gas::new(1_000_000_000);
        let outcome = self.session(|session| {
            let returned = session.call(
                &call.module,
                &call.function,
                &call.type_arguments,
                &call.arguments,
                &mut gas,
            )?;
            let mut values = Vec::new();
            for (ty, value) in returned.types.iter().zip(returned.values) {
                values.push((session.code().tag(*ty)?, value));
            }
            Ok(values)
        });
        match outcome {
            Ok(values) => Ok(ViewOutcome {
                values,
                gas_used: 12,
            }),
            Err(error) => Err(BackendError::Vm {
                code: error.status().number(),
                message: error.to_string(),
            }),
        }
    }
}

impl Pool for Chain {
    fn submit(&self, transaction: SignedTransaction) -> std::result::Result<Hash, SubmitError> {
        let hash = transaction.hash();
        let mut inner = self.inner.lock();
        inner.submitted.push(transaction.clone());
        if let Some(refusal) = &inner.refusal {
            return Err(refusal.clone());
        }
        let raw = &transaction.raw;
        if transaction.verify().is_err() {
            return Err(Self::invalid(StatusCode::InvalidSignature));
        }
        let next = inner.sequence_numbers.entry(raw.sender).or_default();
        if raw.payload.nonce().is_none() {
            if raw.sequence_number < *next {
                return Err(Self::invalid(StatusCode::SequenceNumberTooOld));
            }
            *next = raw.sequence_number + 1;
        }
        inner
            .pending
            .insert(hash, Pending::Move(Arc::new(transaction)));
        drop(inner);
        if self.automatic.load(Ordering::Relaxed) {
            self.commit();
        }
        Ok(hash)
    }

    fn pending(&self, hash: Hash) -> Option<Pending> {
        self.inner.lock().pending.get(&hash).cloned()
    }

    fn gas_estimate(&self) -> Result<GasEstimate> {
        Ok(GasEstimate {
            deprioritized: 100,
            normal: 150,
            prioritized: 200,
        })
    }

    fn simulate(&self, request: SimulateRequest) -> Result<Transaction> {
        let mut inner = self.inner.lock();
        inner.simulated.push(request.clone());
        let user = inner
            .transactions
            .iter()
            .find(|one| matches!(one.body, TransactionBody::User(_)));
        let mut simulated = user.unwrap().clone();
        simulated.hash = request.transaction.hash();
        simulated.body = TransactionBody::User(Arc::new(request.transaction));
        Ok(simulated)
    }
}

impl Faucet for Chain {
    fn fund(&self, address: Address, octas: u64) -> Result<Vec<Hash>> {
        if octas > 1_000_000_000_000 {
            return Err(BackendError::InvalidInput(format!("{octas} is too much")));
        }
        let signed = Wallet::new(0xfa).transfer(0, address, octas);
        let hash = signed.hash();
        self.put(hash, Pending::Move(Arc::new(signed)));
        self.commit();
        Ok(vec![hash])
    }
}

impl Readiness for Chain {
    fn services(&self) -> Vec<(String, bool)> {
        vec![
            ("Node API".into(), true),
            ("Faucet".into(), self.automatic.load(Ordering::Relaxed)),
        ]
    }
}

/// BCS of a transaction, as clients submit it.
pub fn bytes(signed: &SignedTransaction) -> Vec<u8> {
    signed.to_bytes()
}
