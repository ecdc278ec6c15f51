//! A chain that does what a test says.

use lumio_rpc::solana::{
    Backend, BackendError, Block, BlockHead, ChainEvent, Changed, Committed, Ledger, Pool,
    SendError, SimulateRequest, Simulated, State, Submission,
};
use parking_lot::Mutex;
use solana_account::Account;
use solana_hash::Hash;
use solana_message::{Message, VersionedMessage, v0::LoadedAddresses};
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_error::TransactionError;
use solana_transaction_status::{TransactionStatusMeta, VersionedTransactionWithStatusMeta};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::broadcast;

type Result<T> = std::result::Result<T, BackendError>;

pub struct Chain {
    pub accounts: Mutex<BTreeMap<Pubkey, Account>>,
    pub blocks: Mutex<Vec<Arc<Block>>>,
    /// How simulations end.
    pub ends: Mutex<std::result::Result<(), TransactionError>>,
    /// How submissions end.
    pub takes: Mutex<std::result::Result<(), SendError>>,
    pub submitted: AtomicU64,
    pub events: broadcast::Sender<ChainEvent>,
}

pub fn key(number: u8) -> Pubkey {
    Pubkey::new_from_array([number; 32])
}

fn head(slot: u64) -> BlockHead {
    let hash = |slot: u64| Hash::new_from_array([u8::try_from(slot % 250).unwrap() + 1; 32]);
    BlockHead {
        slot,
        blockhash: hash(slot),
        previous_blockhash: slot.checked_sub(1).map(hash).unwrap_or_default(),
        timestamp: 1_700_000_000 + i64::try_from(slot).unwrap(),
        transaction_count: slot * 2,
    }
}

/// An unsigned transaction that names two accounts and calls a third.
pub fn transaction(number: u8) -> VersionedTransaction {
    let keys = [key(1), key(number)];
    let instruction = solana_message::compiled_instruction::CompiledInstruction {
        program_id_index: 2,
        accounts: vec![0, 1],
        data: vec![9],
    };
    let message = Message {
        header: solana_message::MessageHeader {
            num_required_signatures: 1,
            num_readonly_signed_accounts: 0,
            num_readonly_unsigned_accounts: 1,
        },
        account_keys: vec![keys[0], keys[1], key(200)],
        recent_blockhash: head(1).blockhash,
        instructions: vec![instruction],
    };
    VersionedTransaction {
        signatures: vec![Signature::from([number; 64])],
        message: VersionedMessage::Legacy(message),
    }
}

/// The same with an offer for each compute unit, in millionths of a lamport.
pub fn priced(number: u8, price: u64) -> VersionedTransaction {
    let mut transaction = transaction(number);
    let VersionedMessage::Legacy(message) = &mut transaction.message else {
        unreachable!("made above");
    };
    message.header.num_readonly_unsigned_accounts = 2;
    message
        .account_keys
        .push(solana_sdk_ids::compute_budget::ID);
    let data = [[3].as_slice(), &price.to_le_bytes()].concat();
    message
        .instructions
        .push(solana_message::compiled_instruction::CompiledInstruction {
            program_id_index: 3,
            accounts: Vec::new(),
            data,
        });
    transaction
}

pub fn with_meta(
    transaction: VersionedTransaction,
    status: std::result::Result<(), TransactionError>,
) -> VersionedTransactionWithStatusMeta {
    VersionedTransactionWithStatusMeta {
        transaction,
        meta: TransactionStatusMeta {
            status,
            fee: 5000,
            pre_balances: vec![10, 0, 1],
            post_balances: vec![4, 1, 1],
            inner_instructions: Some(Vec::new()),
            log_messages: Some(vec!["Program log: hello".into()]),
            pre_token_balances: Some(Vec::new()),
            post_token_balances: Some(Vec::new()),
            rewards: Some(Vec::new()),
            loaded_addresses: LoadedAddresses::default(),
            return_data: None,
            compute_units_consumed: Some(77),
            cost_units: None,
        },
    }
}

impl Chain {
    pub fn new() -> Arc<Self> {
        let chain = Self {
            accounts: Mutex::default(),
            blocks: Mutex::default(),
            ends: Mutex::new(Ok(())),
            takes: Mutex::new(Ok(())),
            submitted: AtomicU64::new(0),
            events: broadcast::channel(16).0,
        };
        for number in 0..3 {
            chain.append(&[number + 10]);
        }
        Arc::new(chain)
    }

    /// A block with transactions of these numbers. Odd ones have failed.
    pub fn append(&self, numbers: &[u8]) {
        let sent = numbers.iter().map(|number| {
            let failed = number % 2 == 1;
            let status = failed.then_some(TransactionError::AccountInUse);
            with_meta(transaction(*number), status.map_or(Ok(()), Err))
        });
        self.append_all(sent);
    }

    /// A block with transactions of these numbers and offers.
    pub fn append_priced(&self, offers: &[(u8, u64)]) {
        let sent = offers.iter();
        self.append_all(sent.map(|(number, price)| with_meta(priced(*number, *price), Ok(()))));
    }

    fn append_all(&self, sent: impl Iterator<Item = VersionedTransactionWithStatusMeta>) {
        let mut blocks = self.blocks.lock();
        let head = head(blocks.len() as u64);
        let sent = (0..).zip(sent).map(|(index, transaction)| Committed {
            slot: head.slot,
            timestamp: head.timestamp,
            index,
            transaction,
        });
        let block = Arc::new(Block {
            head,
            transactions: sent.collect(),
        });
        blocks.push(Arc::clone(&block));
        drop(blocks);
        let _nobody = self.events.send(ChainEvent::Block(block));
    }

    pub fn put(&self, key: Pubkey, owner: Pubkey, data: &[u8]) {
        let account = Account {
            lamports: 1_000_000,
            data: data.to_vec(),
            owner,
            executable: false,
            rent_epoch: u64::MAX,
        };
        self.accounts.lock().insert(key, account);
    }
}

struct Now {
    head: BlockHead,
    accounts: BTreeMap<Pubkey, Account>,
}

impl State for Now {
    fn head(&self) -> BlockHead {
        self.head
    }

    fn account(&self, key: &Pubkey) -> Result<Option<Account>> {
        Ok(self.accounts.get(key).cloned())
    }

    fn owned_by(
        &self,
        program: &Pubkey,
        is_wanted: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<Vec<(Pubkey, Account)>> {
        if *program == key(99) {
            return Err(BackendError::TooMuch("too many accounts".into()));
        }
        let owned = self.accounts.iter();
        let owned = owned.filter(|(_, account)| account.owner == *program);
        let wanted = owned.filter(|(_, account)| is_wanted(&account.data));
        Ok(wanted
            .map(|(key, account)| (*key, account.clone()))
            .collect())
    }

    fn richest(&self, _: usize) -> Result<Vec<(Pubkey, u64)>> {
        Ok(vec![(key(1), 7)])
    }

    fn supply(&self) -> Result<u64> {
        Ok(1_000)
    }
}

impl Ledger for Chain {
    fn head(&self) -> Result<BlockHead> {
        Ok(self.blocks.lock().last().unwrap().head)
    }

    fn block_head(&self, slot: u64) -> Result<Option<BlockHead>> {
        Ok(self.block(slot)?.map(|block| block.head))
    }

    fn block(&self, slot: u64) -> Result<Option<Arc<Block>>> {
        let at = usize::try_from(slot).unwrap_or(usize::MAX);
        Ok(self.blocks.lock().get(at).cloned())
    }

    fn slot_of(&self, blockhash: &Hash) -> Result<Option<u64>> {
        let blocks = self.blocks.lock();
        let found = blocks
            .iter()
            .find(|block| block.head.blockhash == *blockhash);
        Ok(found.map(|block| block.head.slot))
    }

    fn transaction(&self, signature: &Signature) -> Result<Option<Committed>> {
        let blocks = self.blocks.lock();
        let mut all = blocks.iter().flat_map(|block| &block.transactions);
        Ok(all.find(|sent| sent.signature() == *signature).cloned())
    }

    fn transactions_of(
        &self,
        account: &Pubkey,
        _: Option<&Signature>,
        _: Option<&Signature>,
        limit: usize,
    ) -> Result<Vec<Committed>> {
        let blocks = self.blocks.lock();
        let all = blocks.iter().rev().flat_map(|block| &block.transactions);
        let naming = all.filter(|sent| {
            let keys = sent.transaction.account_keys();
            keys.iter().any(|key| key == account)
        });
        Ok(naming.take(limit).cloned().collect())
    }

    fn changed(&self, _: u64) -> Result<Arc<Changed>> {
        let mut changed = Changed::default();
        changed.records.extend(self.accounts.lock().keys());
        Ok(Arc::new(changed))
    }

    fn subscribe(&self) -> broadcast::Receiver<ChainEvent> {
        self.events.subscribe()
    }
}

impl Pool for Chain {
    fn submit(
        &self,
        _: VersionedTransaction,
        _: &[u8],
    ) -> std::result::Result<Submission, SendError> {
        self.submitted.fetch_add(1, Ordering::Relaxed);
        let taken = self.takes.lock().clone();
        taken.map(|()| Submission { committed: None })
    }

    fn simulate(&self, request: SimulateRequest) -> Result<Simulated> {
        let head = Ledger::head(self)?;
        let status = self.ends.lock().clone();
        let accounts = self.accounts.lock();
        let shown = request
            .accounts
            .iter()
            .map(|key| accounts.get(key).cloned());
        Ok(Simulated {
            slot: head.slot,
            ran: Some(with_meta(request.transaction, status.clone())),
            status,
            loaded_bytes: 12,
            blockhash: request.replace_blockhash.then_some(head.blockhash),
            accounts: shown.collect(),
        })
    }

    fn fee_of(&self, _: &VersionedTransaction) -> std::result::Result<u64, SendError> {
        Ok(5000)
    }

    fn local_price(&self, accounts: &[Pubkey]) -> u64 {
        match accounts.contains(&key(77)) {
            true => 900,
            false => 0,
        }
    }

    fn airdrop(
        &self,
        _: &Pubkey,
        lamports: u64,
    ) -> std::result::Result<(Signature, Submission), SendError> {
        if lamports > 1_000_000 {
            return Err(SendError::Refused(
                TransactionError::InsufficientFundsForFee,
            ));
        }
        Ok((Signature::from([5; 64]), Submission { committed: None }))
    }
}

impl Backend for Chain {
    fn state(&self) -> Result<Box<dyn State + '_>> {
        Ok(Box::new(Now {
            head: Ledger::head(self)?,
            accounts: self.accounts.lock().clone(),
        }))
    }

    fn identity(&self) -> Pubkey {
        key(77)
    }
}
