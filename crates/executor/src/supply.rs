//! Wei are conserved: what a transaction adds to the sum of all balances is what a deposit minted.
//!
//! Sums are of 512 bits: a development chain may give any account any balance, and the sum of many
//! 256-bit balances must not overflow.

use crate::Executed;
use alloy_primitives::{U256, U512};
use lumio_state::{Fault, StateKey, StateView, Value};
use lumio_types::{Envelope, Transaction};

/// Wei were made or lost.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SupplyError {
    /// The state cannot be read.
    #[error(transparent)]
    State(#[from] Fault),
    /// A transaction left more wei than there were.
    #[error("wei are not conserved: the balances grew by {grew} and {minted} were minted")]
    Grew {
        /// By how much, in wei.
        grew: U512,
        /// What a deposit minted, in wei.
        minted: U256,
    },
    /// The balances add up to less than nothing: the recorded supply is wrong.
    #[error("more wei are gone than there were")]
    Negative,
}

/// The balances that writes touch, added up, in wei.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BalanceChange {
    /// Before the writes.
    pub before: U512,
    /// After them.
    pub after: U512,
}

impl BalanceChange {
    /// Adds up what writes do to balances.
    ///
    /// # Errors
    /// When a balance cannot be read.
    pub fn of<'w>(
        before: &dyn StateView,
        writes: impl IntoIterator<Item = (&'w StateKey, &'w Option<Value>)>,
    ) -> Result<Self, Fault> {
        let mut change = Self::default();
        for (key, value) in writes {
            if let StateKey::Balance(_) = key {
                change.before = plus(change.before, before.get(key)?.as_ref())?;
                change.after = plus(change.after, value.as_ref())?;
            }
        }
        Ok(change)
    }
}

impl Executed {
    /// Checks what the transaction does to the sum of all balances, by the journal's count.
    ///
    /// # Errors
    /// [`SupplyError::Grew`] when it makes wei out of nothing. Fewer wei are legal: a contract
    /// that destroys itself in favour of itself burns its balance.
    pub fn check_supply(&self, transaction: &Transaction) -> Result<(), SupplyError> {
        let minted = match transaction.envelope() {
            Envelope::Deposit(deposit) => U256::from(deposit.mint),
            _ => U256::ZERO,
        };
        if self.grew > U512::from(minted) {
            let grew = self.grew;
            return Err(SupplyError::Grew { grew, minted });
        }
        Ok(())
    }
}

/// Cannot overflow: there are far fewer than 2^256 balances.
fn plus(sum: U512, balance: Option<&Value>) -> Result<U512, Fault> {
    let Some(balance) = balance else {
        return Ok(sum);
    };
    let wei = balance
        .as_word()
        .ok_or_else(|| Fault::Storage("a balance is not 32 bytes".into()))?;
    Ok(sum.saturating_add(U512::from(wei)))
}
