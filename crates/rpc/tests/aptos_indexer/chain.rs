//! A chain that tests write block by block, and take back.

use crate::layouts::{bcs, layout, tag, type_tag};
use lumio_move_engine::{Address, Layout, ModuleId, StructTag, TypeTag, U256};
use lumio_move_transaction::{
    Ed25519PublicKey, Ed25519Signature, EntryFunction, Hash, RawTransaction, SignedTransaction,
    TransactionAuthenticator, TransactionPayload,
};
use lumio_rpc::aptos::{
    Account, BackendError, Block, Change, Event, ForeignTransaction, ForeignVm, Ledger, LedgerInfo,
    Page, State, States, Transaction, TransactionBody, ViewOutcome,
};
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::watch;

const NATIVE_STORE: &str = "0x1::coin::CoinStore<0x1::aptos_coin::AptosCoin>";

type Result<T> = std::result::Result<T, BackendError>;

#[derive(Default)]
struct Content {
    blocks: Vec<Block>,
    transactions: Vec<Transaction>,
    octas: BTreeMap<Address, u64>,
}

pub struct Chain {
    content: Mutex<Content>,
    newest: watch::Sender<u64>,
}

/// A transaction that is being written.
#[derive(Clone, Default)]
pub struct Effects {
    changes: Vec<Change>,
    events: Vec<Event>,
}

impl Effects {
    pub fn write(mut self, address: &str, kind: &str, value: &Value) -> Self {
        self.changes.push(Change::Resource {
            address: address.parse().unwrap(),
            tag: tag(kind),
            value: Some(bcs(kind, value)),
        });
        self
    }

    pub fn delete(mut self, address: &str, kind: &str) -> Self {
        self.changes.push(Change::Resource {
            address: address.parse().unwrap(),
            tag: tag(kind),
            value: None,
        });
        self
    }

    pub fn item(mut self, handle: &str, key: &Value, value: &Value) -> Self {
        self.changes.push(Change::TableItem {
            handle: handle.parse().unwrap(),
            key: bcs("0x1::string::String", key),
            value: Some(bcs("u64", value)),
            types: None,
        });
        self
    }

    pub fn emit(self, kind: &str, value: &Value) -> Self {
        self.emit_by(None, kind, value)
    }

    pub fn emit_by(mut self, handle: Option<(&str, u64, u64)>, kind: &str, value: &Value) -> Self {
        self.events.push(Event::Move {
            handle: handle
                .map(|(creator, number, sequence)| (creator.parse().unwrap(), number, sequence)),
            tag: type_tag(kind),
            data: bcs(kind, value),
        });
        self
    }

    pub fn log(mut self, address: &str) -> Self {
        self.events.push(Event::EvmLog {
            address: address.parse().unwrap(),
            topics: vec![[7; 32]],
            data: vec![1, 2],
        });
        self
    }
}

pub fn call(sender: &str, sequence_number: u64, function: &str) -> TransactionBody {
    let (module, function) = function.rsplit_once("::").unwrap();
    let (address, module) = module.split_once("::").unwrap();
    TransactionBody::User(Arc::new(SignedTransaction {
        raw: RawTransaction {
            sender: sender.parse().unwrap(),
            sequence_number,
            payload: TransactionPayload::EntryFunction(EntryFunction {
                module: ModuleId::new(address.parse().unwrap(), module),
                function: function.to_owned(),
                type_arguments: Vec::new(),
                arguments: Vec::new(),
            }),
            max_gas_amount: 2000,
            gas_unit_price: 100,
            expiration_timestamp_secs: 1_795_251_723,
            chain_id: 4,
        },
        authenticator: TransactionAuthenticator::Ed25519 {
            key: Ed25519PublicKey([1; 32]),
            signature: Ed25519Signature([2; 64]),
        },
    }))
}

pub fn evm_call(sender: &str, to: &str) -> TransactionBody {
    TransactionBody::Foreign(ForeignTransaction {
        vm: ForeignVm::Evm,
        sender: sender.parse().unwrap(),
        nonce: 3,
        to: Some(to.parse().unwrap()),
        value_wei: U256::from(5_u64),
        input: vec![1],
        max_gas_amount: 210,
        gas_unit_price: 1,
    })
}

impl Chain {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            content: Mutex::default(),
            newest: watch::Sender::new(0),
        })
    }

    pub fn fund(&self, account: &str, octas: u64) {
        let account = account.parse().unwrap();
        let octas_of = &mut self.content.lock().octas;
        match octas {
            0 => octas_of.remove(&account),
            octas => octas_of.insert(account, octas),
        };
    }

    /// Adds a block. `salt` makes its hash another one.
    pub fn block(&self, salt: u8, transactions: Vec<(TransactionBody, Effects)>) {
        let mut content = self.content.lock();
        let first_version = content.transactions.len() as u64;
        let height = content.blocks.len() as u64;
        let mut hash = [salt; 32];
        hash[0] = height as u8;
        let timestamp_usecs = 1_795_251_723_000_000 + height * 250_000;
        let begin = if height == 0 {
            None
        } else {
            let body = TransactionBody::BlockMetadata {
                id: hash,
                epoch: 1,
                round: height,
                proposer: Address::ONE,
            };
            Some((body, Effects::default()))
        };
        for (body, effects) in begin.into_iter().chain(transactions) {
            let version = content.transactions.len() as u64;
            let mut own = [salt; 32];
            own[..8].copy_from_slice(&version.to_be_bytes());
            content.transactions.push(Transaction {
                version,
                hash: own,
                body,
                success: true,
                vm_status: "Executed successfully".to_owned(),
                gas_used: 9,
                timestamp_usecs,
                changes: effects.changes,
                events: effects.events,
                state_checkpoint_hash: None,
                accumulator_root_hash: Hash::default(),
            });
        }
        let last_version = content.transactions.len() as u64 - 1;
        content.blocks.push(Block {
            height,
            hash,
            timestamp_usecs,
            first_version,
            last_version,
        });
        drop(content);
        self.newest.send_replace(last_version);
    }

    /// Takes back all blocks above a height.
    pub fn revert_to(&self, height: usize) {
        let mut content = self.content.lock();
        content.blocks.truncate(height + 1);
        let last = content.blocks[height].last_version;
        content.transactions.truncate(last as usize + 1);
        drop(content);
        self.newest.send_replace(last);
    }
}

impl Ledger for Chain {
    fn info(&self) -> LedgerInfo {
        let content = self.content.lock();
        let newest = content.blocks.last();
        LedgerInfo {
            chain_id: 4,
            epoch: 1,
            version: newest.map_or(0, |block| block.last_version),
            oldest_version: 0,
            timestamp_usecs: newest.map_or(0, |block| block.timestamp_usecs),
            block_height: newest.map_or(0, |block| block.height),
            oldest_block_height: 0,
        }
    }

    fn subscribe(&self) -> watch::Receiver<u64> {
        self.newest.subscribe()
    }

    fn transaction(&self, version: u64) -> Result<Option<Transaction>> {
        Ok(self
            .content
            .lock()
            .transactions
            .get(version as usize)
            .cloned())
    }

    fn version_of(&self, _: Hash) -> Result<Option<u64>> {
        Ok(None)
    }

    fn account_transactions(&self, _: Address, _: Option<u64>, _: u16) -> Result<Vec<u64>> {
        Ok(Vec::new())
    }

    fn block(&self, height: u64) -> Result<Option<Block>> {
        Ok(self.content.lock().blocks.get(height as usize).cloned())
    }

    fn block_of(&self, _: u64) -> Result<Option<Block>> {
        Ok(None)
    }

    fn events(&self, _: Address, _: u64, _: Option<u64>, _: u16) -> Result<Vec<(u64, Event)>> {
        Ok(Vec::new())
    }
}

/// Knows types and balances, and nothing else.
struct Known<'a>(&'a Chain);

impl States for Chain {
    fn state(&self, _: u64) -> Result<Box<dyn State + '_>> {
        Ok(Box::new(Known(self)))
    }
}

impl State for Known<'_> {
    fn account(&mut self, _: Address) -> Result<Option<Account>> {
        Ok(None)
    }

    fn resource(&mut self, owner: Address, kind: &StructTag) -> Result<Option<Vec<u8>>> {
        assert_eq!(*kind, tag(NATIVE_STORE));
        let content = self.0.content.lock();
        let octas = content.octas.get(&owner);
        Ok(octas.map(|octas| bcs(NATIVE_STORE, &json!({"coin": octas}))))
    }

    fn resources(
        &mut self,
        _: Address,
        _: Option<&[u8]>,
        _: u16,
    ) -> Result<Page<(StructTag, Vec<u8>)>> {
        Err(BackendError::Unavailable("not here".to_owned()))
    }

    fn module(&mut self, _: &ModuleId) -> Result<Option<Arc<[u8]>>> {
        Ok(None)
    }

    fn modules(&mut self, _: Address, _: Option<&[u8]>, _: u16) -> Result<Page<Arc<[u8]>>> {
        Err(BackendError::Unavailable("not here".to_owned()))
    }

    fn table_item(&mut self, _: Address, _: &[u8]) -> Result<Option<Vec<u8>>> {
        Ok(None)
    }

    fn layout(&mut self, tag: &TypeTag) -> Result<Option<Layout>> {
        Ok(layout(tag))
    }

    fn view(&mut self, _: &EntryFunction) -> Result<ViewOutcome> {
        Err(BackendError::Unavailable("not here".to_owned()))
    }

    fn view_within(&mut self, call: &EntryFunction, _: u64) -> Result<ViewOutcome> {
        self.view(call)
    }
}
