//! Transactions of a batch, one after another, over the state before them.

use crate::view::Speculative;
use alloy_primitives::{Address, U256};
use lumio_block_stm::{Block as Parallel, Ran, Sum, View, Writes};
use lumio_executor::Executed;
use lumio_state::{Fault, StateKey, StateView, Value, slots_after};
use smallvec::{SmallVec, smallvec};
use std::mem;

/// Keys that a usual transaction writes, or fewer.
const WRITES: usize = 4;

/// Wei that is paid to an account in parts, each of which counts only if the balance does not
/// exceed 256 bits with it, as in the journal of a transaction that pays at once.
#[derive(Clone, Debug)]
pub(crate) struct Credits {
    /// The parts, and how often each comes in a row: fees are often the same.
    parts: SmallVec<[(U256, u32); 1]>,
    /// All of them, if that is no more than 256 bits.
    sum: Option<U256>,
}

impl Credits {
    fn of(wei: U256) -> Self {
        Self {
            parts: smallvec![(wei, 1)],
            sum: Some(wei),
        }
    }

    fn push(&mut self, wei: U256) {
        match self.parts.last_mut() {
            Some((last, times)) if *last == wei && *times < u32::MAX => {
                *times = times.saturating_add(1);
            }
            _ => self.parts.push((wei, 1)),
        }
        self.sum = self.sum.and_then(|sum| sum.checked_add(wei));
    }

    fn added_to(&self, balance: U256) -> U256 {
        let with_all = self.sum.and_then(|sum| balance.checked_add(sum));
        with_all.unwrap_or_else(|| {
            let paid = |balance: U256, wei: &U256| balance.checked_add(*wei).unwrap_or(balance);
            let parts = self.parts.iter();
            parts.fold(balance, |balance, (wei, times)| {
                (0..*times).fold(balance, |balance, _| paid(balance, wei))
            })
        })
    }
}

/// Wei added to a balance.
///
/// # Errors
/// When the value is no balance.
pub(crate) fn credited(value: Option<&Value>, credits: &Credits) -> Result<Option<Value>, Fault> {
    let balance = match value {
        None => U256::ZERO,
        Some(value) => value
            .as_word()
            .ok_or_else(|| Fault::Storage("a balance is not 32 bytes".into()))?,
    };
    Ok(Some(Value::word(credits.added_to(balance))))
}

/// The state in the middle of a batch.
pub(crate) struct Batch<'a, 'b, B: Parallel, V> {
    view: &'a View<'b, B>,
    /// The state before it.
    before: &'a Speculative<'a, 'b, B, V>,
    writes: Writes<StateKey, Option<Value>>,
    /// What it has credited to balances that it did not write.
    credits: Vec<(Address, Sum, Credits)>,
}

impl<'a, 'b, B, V> Batch<'a, 'b, B, V>
where
    B: Parallel<Key = StateKey, Value = Option<Value>, Delta = Credits>,
    V: StateView,
{
    /// One of so many transactions.
    pub(crate) fn new(
        view: &'a View<'b, B>,
        before: &'a Speculative<'a, 'b, B, V>,
        transactions: usize,
    ) -> Self {
        Self {
            view,
            before,
            writes: Writes::with_capacity(transactions.saturating_mul(WRITES)),
            credits: Vec::new(),
        }
    }

    /// Takes what a transaction changed out of it, for those after it to see.
    ///
    /// # Errors
    /// When a balance cannot be read, or is none.
    pub(crate) fn take_changes(&mut self, executed: &mut Executed) -> Result<(), Fault> {
        // What is written has what was credited before in it.
        let writes = mem::take(&mut executed.writes);
        for (key, value) in writes {
            if let StateKey::Balance(written) = &key {
                self.credits.retain(|(owner, ..)| owner != written);
            }
            self.writes.insert(self.view.hash(&key), key, value);
        }
        for (owner, wei) in mem::take(&mut executed.credits) {
            self.credit(owner, wei)?;
        }
        Ok(())
    }

    fn credit(&mut self, owner: Address, wei: U256) -> Result<(), Fault> {
        if let Some((_, _, so_far)) = self.credits.iter_mut().find(|(to, ..)| *to == owner) {
            so_far.push(wei);
            return Ok(());
        }
        let key = StateKey::Balance(owner);
        let hash = self.view.hash(&key);
        if let Some(written) = self.writes.get(hash, &key) {
            let value = credited(written.as_ref(), &Credits::of(wei))?;
            self.writes.insert(hash, key, value);
            return Ok(());
        }
        let bug = || Fault::Bug("a fee was put aside that may not be".into());
        let sum = self.view.sum(&key).ok_or_else(bug)?;
        self.credits.push((owner, sum, Credits::of(wei)));
        Ok(())
    }

    /// What the batch writes and adds, with what its transactions came to.
    pub(crate) fn into_ran(self, output: B::Output) -> Ran<B> {
        let credits = self.credits.into_iter();
        Ran {
            added: credits.map(|(_, sum, credits)| (sum, credits)).collect(),
            writes: self.writes,
            output,
        }
    }
}

/// What the next transaction sees.
impl<B, V> StateView for Batch<'_, '_, B, V>
where
    B: Parallel<Key = StateKey, Value = Option<Value>, Delta = Credits>,
    V: StateView,
{
    fn get(&self, key: &StateKey) -> Result<Option<Value>, Fault> {
        let hash = self.view.hash(key);
        if let Some(value) = self.writes.get(hash, key) {
            return Ok(value.clone());
        }
        let value = self.before.read(hash, key)?;
        let StateKey::Balance(owner) = key else {
            return Ok(value);
        };
        match self.credits.iter().find(|(to, ..)| to == owner) {
            Some((_, _, credits)) => credited(value.as_ref(), credits),
            None => Ok(value),
        }
    }

    fn storage_slots(&self, owner: Address) -> Result<Vec<U256>, Fault> {
        let slots = self.before.storage_slots(owner)?;
        let writes = self.writes.iter().map(|(key, value)| (key, value));
        Ok(slots_after(slots, owner, writes))
    }
}

#[cfg(test)]
mod tests {
    use super::Credits;
    use alloy_primitives::U256;

    fn credits(parts: &[U256]) -> Credits {
        let mut credits = Credits::of(U256::ZERO);
        parts.iter().for_each(|wei| credits.push(*wei));
        credits
    }

    #[test]
    fn what_exceeds_256_bits_is_not_paid_and_what_comes_after_it_is() {
        let wei = |wei: u64| U256::from(wei);
        assert_eq!(credits(&[wei(5), wei(7)]).added_to(wei(10)), wei(22));
        // Of the balance, with parts that are small together; and of the parts.
        let nearly = U256::MAX - wei(5);
        assert_eq!(
            credits(&[wei(3), wei(4), wei(1)]).added_to(nearly),
            U256::MAX - wei(1)
        );
        assert_eq!(
            credits(&[wei(5), U256::MAX, wei(7)]).added_to(U256::ZERO),
            wei(12)
        );
        // Of equal parts some may be.
        assert_eq!(
            credits(&[wei(2), wei(2), wei(2), wei(1)]).added_to(nearly),
            U256::MAX
        );
    }
}
