//! Blocks that only read and write what real transactions did: what is left is the machinery.

use super::{clock::count_nanos, step::Accesses};
use alloy_primitives::U256;
use lumio_block_stm::{Added, Block, Ran, Stopped, View, Writes};
use lumio_state::{Fault, StateKey, StateView, Value};
use std::{sync::atomic::AtomicU64, time::Instant};

/// A block's accesses, without the work between them.
pub(super) struct Replay<'a, V> {
    pub(super) state: &'a V,
    pub(super) accesses: &'a [Accesses],
    /// How many transactions they are of.
    pub(super) transactions: usize,
    pub(super) sums: &'a [StateKey],
    pub(super) parts: Parts,
    /// Time within transactions, in ns.
    pub(super) inside: AtomicU64,
}

/// What of it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parts {
    Nothing,
    Reads,
    All,
    /// The same, and the last transaction stops the block: so that nothing is collected.
    Uncollected,
}

impl<V: StateView + Sync> Block for Replay<'_, V> {
    type Key = StateKey;
    type Value = Option<Value>;
    type Delta = U256;
    type Output = ();
    type Error = Fault;

    fn len(&self) -> usize {
        let more = usize::from(self.parts == Parts::Uncollected);
        self.accesses.len().saturating_add(more)
    }

    fn run(&self, transaction: usize, view: &View<'_, Self>) -> Result<Ran<Self>, Stopped<Self>> {
        let began = Instant::now();
        let Some(accesses) = self.accesses.get(transaction) else {
            return Err(Stopped::Failed(Fault::Bug("the end".into())));
        };
        if self.parts != Parts::Nothing {
            for key in &accesses.reads {
                view.read(key)?;
            }
        }
        let mut ran: Ran<Self> = Ran {
            writes: Writes::default(),
            added: Added::<Self>::new(),
            output: (),
        };
        if let Parts::All | Parts::Uncollected = self.parts {
            for (key, value) in &accesses.writes {
                ran.writes
                    .insert(view.hash(key), key.clone(), value.clone());
            }
            let credits = accesses.credits.iter();
            let added = credits
                .filter_map(|(owner, wei)| Some((view.sum(&StateKey::Balance(*owner))?, *wei)));
            ran.added.extend(added);
        }
        count_nanos(&self.inside, began);
        Ok(ran)
    }

    fn batch(&self) -> usize {
        self.transactions.div_ceil(self.len().max(1))
    }

    fn sums(&self) -> &[StateKey] {
        self.sums
    }

    fn base(&self, key: &StateKey) -> Result<Option<Value>, Fault> {
        self.state.get(key)
    }

    fn add(&self, value: &Option<Value>, wei: &U256) -> Result<Option<Value>, Fault> {
        let balance = value.as_ref().and_then(Value::as_word).unwrap_or_default();
        Ok(Some(Value::word(balance.saturating_add(*wei))))
    }
}
