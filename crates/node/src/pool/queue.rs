//! All transactions of the pool: by sender, by hash, and by what they pay.

use crate::pool::{
    Lane, PoolError, SenderAccount, bid,
    entry::{Entry, Rank},
    sender::{Sender, SenderLimits},
};
use alloy_consensus::Transaction as _;
use alloy_primitives::{Address, B256, U256, map::HashMap};
use lumio_rpc::eth::PoolContent;
use lumio_types::{AccountId, Transaction};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap},
    ops::RangeInclusive,
    sync::Arc,
};

/// The least gas that a transaction in a block uses.
const LEAST_GAS: u64 = 1_000;

/// How much the pool holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolLimits {
    /// Transactions of all senders.
    pub transactions: usize,
    /// Encoded bytes of all transactions.
    pub bytes: usize,
    /// Transactions of one sender.
    pub per_sender: usize,
    /// Transactions of one sender that wait behind a gap.
    pub queued_per_sender: usize,
}

impl Default for PoolLimits {
    fn default() -> Self {
        Self {
            transactions: 100_000,
            bytes: 128 * 1024 * 1024,
            per_sender: 10_000,
            queued_per_sender: 1_000,
        }
    }
}

/// What became of an insertion.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Added {
    /// What became executable by it, itself included, in the order of nonces.
    pub executable: Vec<Arc<Transaction>>,
    /// What it replaced or drove out.
    pub dropped: Vec<B256>,
}

/// A transaction that could be in the next block, and what it pays for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The transaction.
    pub transaction: Arc<Transaction>,
    /// Above the base fee, in wei for each gas.
    pub tip: u128,
}

/// How a transaction gets in.
#[derive(Debug)]
pub(super) struct Insertion {
    entry: Entry,
    account: SenderAccount,
    /// What is driven out for it.
    victims: Vec<B256>,
    /// The sender's first missing nonce so far.
    ready_before: u64,
}

/// The pool's transactions, without locks, state or disk.
#[derive(Debug)]
pub struct Queue {
    limits: PoolLimits,
    senders: BTreeMap<Lane, Sender>,
    by_hash: HashMap<B256, (Lane, u64)>,
    /// Hashes of Move transactions, and of what carries them.
    by_inner: HashMap<B256, B256>,
    by_expiry: BTreeSet<(u64, B256)>,
    /// Move accounts with a transaction here, by the address that their wei are under.
    movers: HashMap<Address, AccountId>,
    /// Move transactions, and their bytes, that EVM accounts bring: by whose transactions they are.
    brought: HashMap<AccountId, (usize, usize)>,
    /// The cheapest first.
    by_rank: BTreeMap<Rank, B256>,
    bytes: usize,
    arrivals: u64,
}

impl Queue {
    /// An empty queue.
    pub fn new(limits: PoolLimits) -> Self {
        Self {
            limits,
            senders: BTreeMap::new(),
            by_hash: HashMap::default(),
            by_inner: HashMap::default(),
            by_expiry: BTreeSet::new(),
            movers: HashMap::default(),
            brought: HashMap::default(),
            by_rank: BTreeMap::new(),
            bytes: 0,
            arrivals: 0,
        }
    }

    /// Finds out how a transaction of a sender whose account is as given could be inserted,
    /// leaving everything as it is.
    pub(super) fn plan(
        &self,
        mut entry: Entry,
        account: SenderAccount,
    ) -> Result<Insertion, PoolError> {
        let inner = entry.inner_hash();
        let bringer = inner.and_then(|hash| self.by_inner.get(&hash)).copied();
        let is_known = bringer.is_some_and(|hash| !self.gives_way(hash, &entry))
            || self.by_hash.contains_key(&entry.transaction.hash());
        if is_known {
            return Err(PoolError::AlreadyKnown);
        }
        entry.arrival = self.arrivals;
        let limits = SenderLimits {
            total: self.limits.per_sender,
            queued: self.limits.queued_per_sender,
        };
        let fresh = Sender::new(account);
        let sender = self.senders.get(&entry.lane).unwrap_or(&fresh);
        if let Lane::Once(id, _) = entry.lane
            && !self.senders.contains_key(&entry.lane)
            && self.senders.range(once(id)).count() >= limits.queued
        {
            return Err(PoolError::AccountLimit);
        }
        sender.admits(&entry, limits)?;
        self.admits_brought(&entry)?;
        let mut victims = self.victims(&entry, sender)?;
        victims.extend(bringer.filter(|hash| !victims.contains(hash)));
        Ok(Insertion {
            ready_before: sender.ready_until(),
            entry,
            account,
            victims,
        })
    }

    /// Whether what brings the same Move transaction does so behind a gap of an EVM account's, where
    /// it may wait for ever: who sends it without that account must not be kept out.
    fn gives_way(&self, bringer: B256, entry: &Entry) -> bool {
        let Some((lane @ Lane::Evm(_), nonce)) = self.by_hash.get(&bringer) else {
            return false;
        };
        let is_waiting = self
            .senders
            .get(lane)
            .is_some_and(|it| !it.is_ready(*nonce));
        is_waiting && !matches!(entry.lane, Lane::Evm(_))
    }

    /// Envelopes cost nothing, and only one of a Move account's transactions with one number will
    /// ever be paid for: without a bound, one account could fill the pool in the lanes of others.
    fn admits_brought(&self, entry: &Entry) -> Result<(), PoolError> {
        let Some(id) = entry.brought_for() else {
            return Ok(());
        };
        let (count, bytes) = self.brought.get(&id).copied().unwrap_or_default();
        let is_full = count >= self.limits.queued_per_sender
            || bytes.saturating_add(entry.size) > self.limits.bytes / 16;
        if is_full {
            return Err(PoolError::AccountLimit);
        }
        Ok(())
    }

    /// Carries out what was planned while nothing else has changed.
    pub(super) fn insert(&mut self, insertion: Insertion) -> Added {
        let Insertion {
            entry,
            account,
            victims,
            ready_before,
        } = insertion;
        for hash in &victims {
            self.remove(*hash);
        }
        let mut added = Added {
            dropped: victims,
            ..Default::default()
        };
        let nonce = entry.nonce();
        let hash = entry.transaction.hash();
        let lane = entry.lane;
        self.arrivals = self.arrivals.saturating_add(1);
        self.by_hash.insert(hash, (lane, nonce));
        if let Some(inner) = entry.inner_hash() {
            self.by_inner.insert(inner, hash);
        }
        if let Some(expiry) = entry.expiry {
            self.by_expiry.insert((expiry, hash));
        }
        if let Lane::Move(id) | Lane::Once(id, _) = lane {
            self.movers.insert(id.evm_address(), id);
        }
        if let Some(id) = entry.brought_for() {
            let (count, bytes) = self.brought.entry(id).or_default();
            *count = count.saturating_add(1);
            *bytes = bytes.saturating_add(entry.size);
        }
        self.by_rank.insert(entry.rank(), hash);
        self.bytes = self.bytes.saturating_add(entry.size);
        let fresh = || Sender::new(account);
        let sender = self.senders.entry(lane).or_insert_with(fresh);
        let first = Arc::clone(&entry.transaction);
        if let Some(old) = sender.insert(entry) {
            added.dropped.push(old.transaction.hash());
            if sender.is_ready(nonce) {
                added.executable.push(first);
            }
            self.unindex(&old);
        } else {
            let from = ready_before.min(nonce);
            added.executable = sender
                .ready()
                .skip_while(|ready| ready.nonce() < from)
                .map(|ready| Arc::clone(&ready.transaction))
                .collect();
        }
        added
    }

    /// What pays less and must go so that there is room.
    fn victims(&self, entry: &Entry, sender: &Sender) -> Result<Vec<B256>, PoolError> {
        let nonce = entry.nonce();
        let replaced = sender.get(nonce);
        let mut bytes = self.bytes.saturating_add(entry.size);
        let mut count = self.by_hash.len().saturating_add(1);
        if let Some(old) = replaced {
            bytes = bytes.saturating_sub(old.size);
            count = count.saturating_sub(1);
        }
        let mut victims = Vec::new();
        let mut cheapest = self.by_rank.iter();
        while count > self.limits.transactions || bytes > self.limits.bytes {
            if nonce > sender.ready_until() {
                return Err(PoolError::Full);
            }
            let (rank, hash) = cheapest.next().ok_or(PoolError::Underpriced)?;
            if *rank >= entry.rank() {
                return Err(PoolError::Underpriced);
            }
            if replaced.is_some_and(|old| old.rank() == *rank) {
                continue;
            }
            bytes = bytes.saturating_sub(self.size_of(*hash));
            count = count.saturating_sub(1);
            victims.push(*hash);
        }
        Ok(victims)
    }

    fn size_of(&self, hash: B256) -> usize {
        let entry = self.by_hash.get(&hash).and_then(|(lane, nonce)| {
            let sender = self.senders.get(lane)?;
            sender.get(*nonce)
        });
        entry.map_or(0, |entry| entry.size)
    }

    /// As [`Pool::best`](super::Pool::best).
    pub fn best(&self, base_fee: u64, gas_limit: u64) -> Vec<Arc<Transaction>> {
        let most = usize::try_from(gas_limit / LEAST_GAS).unwrap_or(usize::MAX);
        let best = self.offers(base_fee, most).into_iter();
        best.map(|offer| offer.transaction).collect()
    }

    /// As [`Pool::offers`](super::Pool::offers), but so many at most.
    pub(super) fn offers(&self, base_fee: u64, most: usize) -> Vec<Offer> {
        let mut chosen = Vec::new();
        let mut heads = BinaryHeap::new();
        let push = |heads: &mut BinaryHeap<_>, entry: Option<&Entry>| {
            if let Some(entry) = entry
                && let Some(tip) = bid::tip(&entry.transaction, base_fee)
            {
                let place = (tip, Reverse(entry.arrival));
                heads.push((place, entry.lane, entry.nonce()));
            }
        };
        for sender in self.senders.values() {
            push(&mut heads, sender.ready().next());
        }
        while chosen.len() < most
            && let Some(((tip, _), lane, nonce)) = heads.pop()
        {
            let Some(sender) = self.senders.get(&lane) else {
                continue;
            };
            if let Some(entry) = sender.get(nonce) {
                let transaction = Arc::clone(&entry.transaction);
                chosen.push(Offer { transaction, tip });
            }
            let next = nonce.saturating_add(1);
            if sender.is_ready(next) {
                push(&mut heads, sender.get(next));
            }
        }
        chosen
    }

    /// As [`Pool::is_next`](super::Pool::is_next).
    pub fn is_next(&self, hash: B256, base_fee: u64, gas_limit: u64) -> bool {
        let could_run = |entry: &Entry| {
            let transaction = &entry.transaction;
            bid::tip(transaction, base_fee).is_some()
                && transaction.envelope().gas_limit() <= gas_limit
        };
        let Some((lane, nonce)) = self.by_hash.get(&hash) else {
            return false;
        };
        self.senders.get(lane).is_some_and(|sender| {
            sender.is_ready(*nonce)
                && sender
                    .ready()
                    .take_while(|entry| entry.nonce() <= *nonce)
                    .all(could_run)
        })
    }

    /// As [`Pool::has_work`](super::Pool::has_work).
    pub fn has_work(&self, base_fee: u64) -> bool {
        let pays = |entry: &Entry| bid::tip(&entry.transaction, base_fee).is_some();
        self.senders
            .values()
            .any(|sender| sender.ready().next().is_some_and(pays))
    }

    /// Follows the balance of whoever's wei are under an address.
    pub fn set_balance(&mut self, address: Address, balance: U256) {
        if let Some(sender) = self.senders.get_mut(&Lane::Evm(address)) {
            sender.set_balance(balance);
        }
        let Some(id) = self.movers.get(&address).copied() else {
            return;
        };
        let mut is_here = false;
        let own = self.senders.range_mut(Lane::Move(id)..=Lane::Move(id));
        for (_, sender) in own {
            sender.set_balance(balance);
            is_here = true;
        }
        for (_, sender) in self.senders.range_mut(once(id)) {
            sender.set_balance(balance);
            is_here = true;
        }
        if !is_here {
            self.movers.remove(&address);
        }
    }

    /// Follows a lane's counter; drops what is used up.
    pub fn set_nonce(&mut self, lane: Lane, nonce: u64) {
        let Some(sender) = self.senders.get_mut(&lane) else {
            return;
        };
        let used = sender.set_nonce(nonce);
        if sender.is_empty() {
            self.senders.remove(&lane);
        }
        for entry in &used {
            self.unindex(entry);
        }
    }

    /// Takes a transaction out.
    pub fn remove(&mut self, hash: B256) -> Option<Arc<Transaction>> {
        let (lane, nonce) = *self.by_hash.get(&hash)?;
        let sender = self.senders.get_mut(&lane)?;
        let entry = sender.remove(nonce)?;
        if sender.is_empty() {
            self.senders.remove(&lane);
        }
        self.unindex(&entry);
        Some(entry.transaction)
    }

    /// Takes out what expires no later than `now`, in seconds since 1970.
    pub fn expire(&mut self, now: u64) {
        while let Some((expiry, hash)) = self.by_expiry.first().copied()
            && expiry <= now
        {
            self.remove(hash);
            self.by_expiry.remove(&(expiry, hash));
        }
    }

    /// Takes out all transactions of a sender.
    pub fn remove_sender(&mut self, address: Address) {
        if let Some(sender) = self.senders.remove(&Lane::Evm(address)) {
            for entry in sender.all() {
                self.unindex(entry);
            }
        }
    }

    /// Takes out everything.
    pub fn clear(&mut self) {
        let arrivals = self.arrivals;
        *self = Self::new(self.limits);
        self.arrivals = arrivals;
    }

    fn unindex(&mut self, entry: &Entry) {
        let hash = entry.transaction.hash();
        self.by_hash.remove(&hash);
        if let Some(inner) = entry.inner_hash() {
            self.by_inner.remove(&inner);
        }
        if let Some(expiry) = entry.expiry {
            self.by_expiry.remove(&(expiry, hash));
        }
        if let Some(id) = entry.brought_for()
            && let Some((count, bytes)) = self.brought.get_mut(&id)
        {
            *count = count.saturating_sub(1);
            *bytes = bytes.saturating_sub(entry.size);
            if *count == 0 {
                self.brought.remove(&id);
            }
        }
        self.by_rank.remove(&entry.rank());
        self.bytes = self.bytes.saturating_sub(entry.size);
    }

    /// As [`Pool::get`](super::Pool::get).
    pub fn get(&self, hash: B256) -> Option<(Arc<Transaction>, bool)> {
        let hash = self.by_inner.get(&hash).copied().unwrap_or(hash);
        let (lane, nonce) = *self.by_hash.get(&hash)?;
        let sender = self.senders.get(&lane)?;
        let entry = sender.get(nonce)?;
        Some((Arc::clone(&entry.transaction), sender.is_ready(nonce)))
    }

    /// As [`Pool::next_nonce`](super::Pool::next_nonce).
    pub fn next_nonce(&self, address: Address) -> Option<u64> {
        let sender = self.senders.get(&Lane::Evm(address));
        sender.map(Sender::ready_until)
    }

    /// All lanes with a transaction.
    pub fn lanes(&self) -> Vec<Lane> {
        self.senders.keys().copied().collect()
    }

    /// Everything, ordered by sender, then nonce.
    pub fn content(&self) -> PoolContent {
        let mut content = PoolContent::default();
        for sender in self.senders.values() {
            let share = |entry: &Entry| Arc::clone(&entry.transaction);
            content.pending.extend(sender.ready().map(share));
            content.queued.extend(sender.queued().map(share));
        }
        content
    }

    /// Encoded bytes of all transactions.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Executable ones, ones behind a gap, and bytes of both.
    pub fn size(&self) -> (usize, usize, usize) {
        let queued = self.senders.values().map(Sender::queued_count).sum();
        (
            self.by_hash.len().saturating_sub(queued),
            queued,
            self.bytes,
        )
    }
}

/// All lanes of an account's transactions without sequence numbers.
const fn once(id: AccountId) -> RangeInclusive<Lane> {
    RangeInclusive::new(Lane::Once(id, 0), Lane::Once(id, u64::MAX))
}
