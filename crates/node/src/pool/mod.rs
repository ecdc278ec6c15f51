//! Transactions on their way into a block.
//!
//! `check.rs` looks at one transaction alone, `sender.rs` at those of one lane, `queue.rs` at all
//! of them, `journal.rs` keeps them over a restart. Signatures are recovered before any of this, so
//! that no lock is held meanwhile.

mod bid;
mod check;
mod entry;
mod error;
mod journal;
mod lane;
mod queue;
mod sender;

pub use check::AdmissionRules;
pub use error::PoolError;
pub use journal::{JournalError, PoolJournal};
pub use lane::Lane;
pub use queue::{Added, Offer, PoolLimits, Queue};
pub use sender::SenderAccount;

pub(crate) use bid::tip;
pub(crate) use lane::carried_move;

use crate::{market::Market, pool::entry::Entry, state::sequence_number};
use alloy_primitives::{Address, B256, Bytes};
use lumio_rpc::eth::PoolContent;
use lumio_state::{StateKey, Value, WriteSet};
use lumio_types::{AccountId, Transaction};
use parking_lot::Mutex;
use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicU64, Ordering},
};

/// Reads what the pool must know of a sender, at the newest block.
pub trait Accounts {
    /// Nonce and balance of an account; zero of both if there is none.
    ///
    /// # Errors
    /// [`PoolError::State`] when the database fails.
    fn account(&self, address: Address) -> Result<SenderAccount, PoolError>;

    /// Sequence number and balance of a Move account.
    ///
    /// # Errors
    /// As [`account`](Self::account).
    fn move_account(&self, id: AccountId) -> Result<SenderAccount, PoolError>;
}

/// The account of a lane.
fn account_of(accounts: &dyn Accounts, lane: Lane) -> Result<SenderAccount, PoolError> {
    Ok(match lane {
        Lane::Evm(address) => accounts.account(address)?,
        Lane::Move(id) => accounts.move_account(id)?,
        Lane::Once(id, _) => SenderAccount {
            nonce: 0,
            ..accounts.move_account(id)?
        },
    })
}

/// The name of the resource that counts a Move account's transactions.
static ACCOUNT_TAG: LazyLock<Bytes> = LazyLock::new(crate::state::account_tag);

/// The pool, shared between the threads that serve requests and the producer.
#[derive(Debug)]
pub struct Pool {
    queue: Mutex<Queue>,
    rules: Mutex<AdmissionRules>,
    journal: Option<Mutex<PoolJournal>>,
    /// What hot resources cost.
    market: Arc<Market>,
    /// Counts the times that the head moved, so that an account read before that is read again.
    epoch: AtomicU64,
    /// Counts all changes.
    version: AtomicU64,
}

impl Pool {
    /// An empty pool. Without a journal, its transactions end with the process.
    pub fn new(limits: PoolLimits, rules: AdmissionRules, journal: Option<PoolJournal>) -> Self {
        Self {
            queue: Mutex::new(Queue::new(limits)),
            rules: Mutex::new(rules),
            journal: journal.map(Mutex::new),
            market: Arc::new(Market::new(false)),
            epoch: AtomicU64::new(0),
            version: AtomicU64::new(0),
        }
    }

    /// The same with local fee markets: when the pool is full, what a transaction bids for a hot
    /// resource does not drive others out.
    #[must_use]
    pub fn with_market(self, market: Arc<Market>) -> Self {
        Self { market, ..self }
    }

    /// Takes a transaction whose signature is already checked.
    ///
    /// # Errors
    /// When it can never run, or the pool has no place for it.
    pub fn add(
        &self,
        transaction: Arc<Transaction>,
        accounts: &dyn Accounts,
    ) -> Result<Added, PoolError> {
        self.insert(transaction, accounts, true)
    }

    /// Takes back what a journal of an earlier run holds. Returns how many were still good.
    pub fn restore(&self, transactions: Vec<Transaction>, accounts: &dyn Accounts) -> usize {
        let mut kept = 0;
        for transaction in transactions {
            let hash = transaction.hash();
            match self.insert(Arc::new(transaction), accounts, false) {
                Ok(_) => kept += 1,
                Err(error) => tracing::debug!(%hash, %error, "transaction of the journal dropped"),
            }
        }
        kept
    }

    fn insert(
        &self,
        transaction: Arc<Transaction>,
        accounts: &dyn Accounts,
        record: bool,
    ) -> Result<Added, PoolError> {
        let rules = *self.rules.lock();
        rules.check(&transaction)?;
        let mut entry = Entry::new(Arc::clone(&transaction), rules.base_fee)?;
        entry.price = entry
            .price
            .saturating_sub(self.market.price_of(&transaction));
        let entry = entry;
        loop {
            let epoch = self.epoch.load(Ordering::Acquire);
            let account = account_of(accounts, entry.lane)?;
            let mut queue = self.queue.lock();
            if self.epoch.load(Ordering::Acquire) != epoch {
                continue;
            }
            let insertion = queue.plan(entry, account)?;
            if record && let Some(journal) = &self.journal {
                // Before it can get into a block, so that an error means that it was not taken;
                // under the pool's lock, so that a rotation never misses it.
                journal.lock().append(&transaction)?;
            }
            self.version.fetch_add(1, Ordering::AcqRel);
            return Ok(queue.insert(insertion));
        }
    }

    /// Transactions for a block, best first, each sender's in the order of its nonces: those that
    /// pay the base fee, and no more than could fit.
    pub fn best(&self, base_fee: u64, gas_limit: u64) -> Vec<Arc<Transaction>> {
        self.queue.lock().best(base_fee, gas_limit)
    }

    /// All transactions that pay the base fee and could run after those before them, in the same
    /// order, with what they pay above it.
    pub fn offers(&self, base_fee: u64) -> Vec<Offer> {
        self.queue.lock().offers(base_fee, usize::MAX)
    }

    /// Whether [`best`](Self::best) would return any.
    pub fn has_work(&self, base_fee: u64) -> bool {
        self.queue.lock().has_work(base_fee)
    }

    /// A block was committed with these changes: senders move on.
    pub fn sealed(&self, writes: &WriteSet, next_base_fee: u64) {
        self.rules.lock().base_fee = next_base_fee;
        let mut queue = self.queue.lock();
        self.epoch.fetch_add(1, Ordering::AcqRel);
        self.version.fetch_add(1, Ordering::AcqRel);
        for (key, value) in writes {
            match key {
                StateKey::Balance(owner) => {
                    let wei = value.as_ref().and_then(Value::as_word).unwrap_or_default();
                    queue.set_balance(*owner, wei);
                }
                StateKey::EvmAccount(owner) => {
                    let nonce = crate::state::nonce_of(value.as_ref());
                    queue.set_nonce(Lane::Evm(*owner), nonce);
                }
                StateKey::MoveResource(owner, tag) if *tag == *ACCOUNT_TAG => {
                    let number = value.as_deref().and_then(sequence_number);
                    queue.set_nonce(Lane::Move(*owner), number.unwrap_or(0));
                }
                _ => {}
            }
        }
        self.rotate(&queue);
    }

    /// A block with these transactions and this timestamp was committed: what it has, and what
    /// has expired by now, goes.
    pub fn settle(&self, transactions: &[Transaction], timestamp: u64) {
        let mut queue = self.queue.lock();
        for transaction in transactions {
            queue.remove(transaction.hash());
            if let Some(inner) = transaction.carried()
                && let Some((other, _)) = queue.get(inner.hash())
            {
                // The same inner transaction in another carrier.
                queue.remove(other.hash());
            }
        }
        queue.expire(timestamp);
        self.version.fetch_add(1, Ordering::AcqRel);
        self.rotate(&queue);
    }

    /// The head moved in another way: all senders are read anew.
    pub fn reset(&self, accounts: &dyn Accounts, next_base_fee: u64) -> Result<(), PoolError> {
        self.rules.lock().base_fee = next_base_fee;
        let mut queue = self.queue.lock();
        self.epoch.fetch_add(1, Ordering::AcqRel);
        self.version.fetch_add(1, Ordering::AcqRel);
        for lane in queue.lanes() {
            let account = account_of(accounts, lane)?;
            queue.set_nonce(lane, account.nonce);
            let owner = match lane {
                Lane::Evm(address) => address,
                Lane::Move(id) | Lane::Once(id, _) => id.evm_address(),
            };
            queue.set_balance(owner, account.balance);
        }
        self.rotate(&queue);
        Ok(())
    }

    /// Takes a transaction out. False if it is not there.
    pub fn remove(&self, hash: B256) -> bool {
        let mut queue = self.queue.lock();
        let removed = queue.remove(hash).is_some();
        if removed {
            self.forget(&queue);
        }
        removed
    }

    /// Takes out a transaction that cannot run after all.
    pub fn discard(&self, hash: B256) {
        let mut queue = self.queue.lock();
        if queue.remove(hash).is_none() {
            return;
        }
        self.version.fetch_add(1, Ordering::AcqRel);
        // It was refused, and must not come back after a restart.
        if let Some(journal) = &self.journal
            && let Err(error) = journal.lock().strike(hash)
        {
            tracing::warn!(%hash, %error, "a dropped transaction stays in the pool's journal");
        }
    }

    /// Whether a transaction could be in the next block: it and all of its sender's before it
    /// pay the base fee and have no more gas than a block.
    pub fn is_next(&self, hash: B256) -> bool {
        let rules = self.rules();
        self.queue
            .lock()
            .is_next(hash, rules.base_fee, rules.block_gas_limit)
    }

    /// Takes out all transactions of a sender, or of everyone.
    pub fn remove_all(&self, of: Option<Address>) {
        let mut queue = self.queue.lock();
        match of {
            Some(sender) => queue.remove_sender(sender),
            None => queue.clear(),
        }
        self.forget(&queue);
    }

    /// A transaction by its hash or that of what it carries, and whether it could run now.
    pub fn get(&self, hash: B256) -> Option<(Arc<Transaction>, bool)> {
        self.queue.lock().get(hash)
    }

    /// The nonce after the executable transactions of an account, if it has any.
    pub fn next_nonce(&self, address: Address) -> Option<u64> {
        self.queue.lock().next_nonce(address)
    }

    /// Everything, ordered by sender, then nonce.
    pub fn content(&self) -> PoolContent {
        self.queue.lock().content()
    }

    /// How many are executable, how many wait behind a gap, and their encoded bytes together.
    pub fn size(&self) -> (usize, usize, usize) {
        self.queue.lock().size()
    }

    /// A number that differs whenever the content does.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Changes what is asked of every transaction.
    pub fn update_rules(&self, change: impl FnOnce(&mut AdmissionRules)) {
        change(&mut self.rules.lock());
    }

    /// What is asked of every transaction.
    pub fn rules(&self) -> AdmissionRules {
        *self.rules.lock()
    }

    fn rotate(&self, queue: &Queue) {
        if let Some(journal) = &self.journal {
            let mut journal = journal.lock();
            if journal.is_due(queue.bytes())
                && let Err(error) = journal.rewrite(&queue.content())
            {
                tracing::warn!(%error, "the pool's journal could not be rewritten");
            }
        }
    }

    /// What was dropped on purpose must not come back after a restart.
    fn forget(&self, queue: &Queue) {
        self.version.fetch_add(1, Ordering::AcqRel);
        if let Some(journal) = &self.journal
            && let Err(error) = journal.lock().rewrite(&queue.content())
        {
            tracing::warn!(%error, "the pool's journal could not be rewritten");
        }
    }
}
