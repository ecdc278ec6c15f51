//! What a market has learned: which resources are hot, what they cost, and who writes them.
//!
//! A resource becomes hot when several senders write it in one block with more gas than its share.
//! While nothing is hot and blocks are small, nothing is remembered.

use crate::{
    market::{
        Included,
        history::History,
        key::name_of,
        plan::{Pressure, Wish},
        price::next_price,
        site::Site,
    },
    pool::{Lane, Offer},
};
use alloy_consensus::Transaction as _;
use alloy_primitives::map::{HashMap, HashSet};
use lumio_state::{StateKey, WriteSet};
use lumio_types::{AccountId, Carried, SolanaTransaction, Transaction};
use lumio_vm_svm::account_id;
use std::{cmp::Reverse, collections::HashSet as Reserved};

/// Hot resources that are remembered, the dearest.
const RESOURCES: usize = 1_024;
/// Keys of one block that are counted. Only a block of hundreds of millions of gas has more.
const COUNTED: usize = 1 << 18;
/// Blocks after which a resource without a price is forgotten, if it had no more than its share.
const PATIENCE: u32 = 32;

/// A hot resource, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HotResource {
    /// What it is.
    pub key: StateKey,
    /// What to bid above the base fee, in wei for each gas.
    pub price: u128,
    /// Gas of the newest block's transactions that wrote it.
    pub gas: u64,
    /// Transactions that were left out of that block.
    pub waiting: usize,
}

#[derive(Debug)]
struct Resource {
    key: StateKey,
    price: u128,
    /// As of [`HotResource`].
    gas: u64,
    waiting: usize,
    /// Blocks since it was hot.
    calm: u32,
}

/// What is known of the chain's contention.
#[derive(Debug, Default)]
pub(super) struct Memory {
    resources: HashMap<u64, Resource>,
    history: History,
}

/// The gas that wrote a key in a block.
#[derive(Debug, Clone, Copy)]
struct Tally {
    gas: u64,
    first: AccountId,
    several: bool,
}

impl Memory {
    /// Whether anything is hot.
    pub(super) fn is_awake(&self) -> bool {
        !self.resources.is_empty()
    }

    /// Hot resources, and transactions that were left out because of them.
    pub(super) fn size(&self) -> (usize, usize) {
        let waiting = self.resources.values().map(|it| it.waiting).max();
        (self.resources.len(), waiting.unwrap_or(0))
    }

    pub(super) fn prices(&self) -> HashMap<u64, u128> {
        let priced = self.resources.iter().map(|(name, it)| (*name, it.price));
        priced.collect()
    }

    pub(super) fn wish(&self, offer: &Offer) -> Wish {
        let transaction = &offer.transaction;
        let site = Site::of(transaction);
        let limit = transaction.envelope().gas_limit();
        Wish {
            lane: Lane::of(transaction),
            bid: offer.tip,
            gas: self.history.gas(site).unwrap_or(limit).min(limit),
            keys: self.keys(transaction, site),
        }
    }

    /// The hot resources that a transaction declares to write, or that such transactions wrote.
    fn keys(&self, transaction: &Transaction, site: Site) -> Vec<u64> {
        match transaction.carried() {
            Some(Carried::Solana(inner)) => self.declared(inner),
            Some(Carried::Move(_)) | None => self.learned(site).collect(),
        }
    }

    /// The hot resources that transactions of a site are likely to write.
    fn learned(&self, site: Site) -> impl Iterator<Item = u64> {
        let learned = self.history.keys(site);
        learned.filter(|name| self.resources.contains_key(name))
    }

    /// Which of the accounts that a Solana transaction locks are hot, without its payer. What it
    /// names by lookup tables is not known before it runs.
    fn declared(&self, inner: &SolanaTransaction) -> Vec<u64> {
        let message = &inner.versioned.message;
        let keys = message.static_account_keys().iter().enumerate().skip(1);
        let writable = keys.filter(|(place, _)| {
            message.is_maybe_writable_with_reserved_addresses(*place, None::<&Reserved<_>>)
        });
        let names = writable.map(|(_, key)| name_of(StateKey::SvmAccount(account_id(key))));
        names
            .filter(|name| self.resources.contains_key(name))
            .collect()
    }

    pub(super) fn price_of(&self, transaction: &Transaction) -> u128 {
        let names = self.keys(transaction, Site::of(transaction));
        self.dearest(names.into_iter())
    }

    pub(super) fn price_at(&self, site: Site) -> u128 {
        self.dearest(self.learned(site))
    }

    pub(super) fn price_of_keys(&self, keys: &[StateKey]) -> u128 {
        self.dearest(keys.iter().map(name_of))
    }

    pub(super) fn dearest_of_move(&self) -> u128 {
        let of_move = self.resources.values().filter(|it| match it.key {
            StateKey::MoveResource(..) | StateKey::MoveModule(..) | StateKey::MoveTableItem(..) => {
                true
            }
            StateKey::Balance(_)
            | StateKey::EvmAccount(_)
            | StateKey::EvmStorage(..)
            | StateKey::EvmCode(_)
            | StateKey::Link(_)
            | StateKey::SvmAccount(_)
            | StateKey::SvmMessage(_)
            | StateKey::System(_) => false,
        });
        of_move.map(|it| it.price).max().unwrap_or(0)
    }

    /// Who writes several resources needs the dearest one's price: what is written together would
    /// else be paid for several times.
    fn dearest(&self, names: impl Iterator<Item = u64>) -> u128 {
        let prices = names.filter_map(|name| self.resources.get(&name));
        prices.map(|it| it.price).max().unwrap_or(0)
    }

    pub(super) fn resources(&self) -> Vec<HotResource> {
        let shown = self.resources.values().map(|it| HotResource {
            key: it.key.clone(),
            price: it.price,
            gas: it.gas,
            waiting: it.waiting,
        });
        let mut shown: Vec<_> = shown.collect();
        shown.sort_by(|a, b| (Reverse(a.price), &a.key).cmp(&(Reverse(b.price), &b.key)));
        shown
    }

    /// A block ran: what it wrote most becomes hot, and who wrote that is remembered.
    pub(super) fn learn(&mut self, ran: &[Included<'_>], writes: &WriteSet, share: u64) {
        let gas = ran.iter().map(|it| it.gas).fold(0, u64::saturating_add);
        if !self.is_awake() && gas < share {
            return;
        }
        let tallies = tally(ran, &self.resources);
        for (name, resource) in &mut self.resources {
            resource.gas = tallies.get(name).map_or(0, |tally| tally.gas);
        }
        self.promote(&tallies, writes, share);
        if !self.is_awake() {
            return;
        }
        for it in ran {
            let hot = it.keys.iter().copied();
            let hot: Vec<u64> = hot
                .filter(|name| self.resources.contains_key(name))
                .collect();
            self.history.note(Site::of(it.transaction), it.gas, &hot);
        }
    }

    fn promote(&mut self, tallies: &HashMap<u64, Tally>, writes: &WriteSet, share: u64) {
        let hot = tallies.iter().filter(|(name, tally)| {
            tally.several && tally.gas >= share && !self.resources.contains_key(*name)
        });
        let mut hot: Vec<(u64, u64)> = hot.map(|(name, tally)| (tally.gas, *name)).collect();
        if hot.is_empty() {
            return;
        }
        hot.sort_unstable_by_key(|(gas, _)| Reverse(*gas));
        hot.truncate(RESOURCES);
        let names: HashSet<u64> = hot.iter().map(|(_, name)| *name).collect();
        for key in writes.keys() {
            let name = name_of(key);
            if names.contains(&name) {
                let resource = Resource {
                    key: key.clone(),
                    price: 0,
                    gas: tallies.get(&name).map_or(0, |tally| tally.gas),
                    waiting: 0,
                    calm: 0,
                };
                self.resources.insert(name, resource);
            }
        }
        self.evict();
    }

    /// Keeps the dearest.
    fn evict(&mut self) {
        if self.resources.len() <= RESOURCES {
            return;
        }
        let ranks = self.resources.iter();
        let mut ranks: Vec<_> = ranks.map(|(name, it)| (it.price, it.gas, *name)).collect();
        ranks.sort_unstable();
        let surplus = ranks.len().saturating_sub(RESOURCES);
        for (_, _, name) in ranks.into_iter().take(surplus) {
            self.resources.remove(&name);
        }
    }

    /// Sets the prices for the next block; forgets what has cooled down.
    pub(super) fn settle(
        &mut self,
        pressure: &HashMap<u64, Pressure>,
        contested: bool,
        share: u64,
    ) {
        let idle = Pressure::default();
        self.resources.retain(|name, resource| {
            let pressure = pressure.get(name);
            resource.waiting = pressure.map_or(0, |it| it.waiting);
            let pressure = pressure.or(contested.then_some(&idle));
            resource.price = next_price(resource.price, pressure, share);
            let is_hot = resource.price > 0 || resource.waiting > 0 || resource.gas >= share;
            resource.calm = match is_hot {
                true => 0,
                false => resource.calm.saturating_add(1),
            };
            resource.calm < PATIENCE
        });
        if !self.is_awake() {
            self.history = History::default();
        }
    }
}

/// Whose transaction it is, whoever brings it.
fn sender_of(transaction: &Transaction) -> AccountId {
    let inner = transaction.carried().map(Carried::sender);
    inner.unwrap_or_else(|| AccountId::from_evm(transaction.sender()))
}

/// The gas that wrote each key. Hot ones are always counted.
fn tally(ran: &[Included<'_>], hot: &HashMap<u64, Resource>) -> HashMap<u64, Tally> {
    let mut tallies: HashMap<u64, Tally> = HashMap::default();
    for it in ran {
        let sender = sender_of(it.transaction);
        for name in it.keys {
            if let Some(tally) = tallies.get_mut(name) {
                tally.gas = tally.gas.saturating_add(it.gas);
                tally.several |= tally.first != sender;
            } else if tallies.len() < COUNTED || hot.contains_key(name) {
                let tally = Tally {
                    gas: it.gas,
                    first: sender,
                    several: false,
                };
                tallies.insert(*name, tally);
            }
        }
    }
    tallies
}
