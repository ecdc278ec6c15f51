//! Wei are conserved: what a transaction adds to the sum of all balances is what a deposit minted.
//!
//! The supply is kept in the state, so that it is rewound with it, and so that a scan of all
//! balances can be compared with it.

use alloy_primitives::{Bytes, I256, U256};
use lumio_state::{Fault, StateKey, StateView, Value, WriteSet};
use lumio_types::{Envelope, Transaction};

/// Where the supply is in the state.
pub const SUPPLY_KEY: StateKey = StateKey::System(Bytes::from_static(b"wei-supply"));

/// Wei were made or lost.
#[derive(Debug, thiserror::Error)]
pub enum SupplyError {
    /// The state cannot be read.
    #[error(transparent)]
    State(#[from] Fault),
    /// A transaction left more wei than there were.
    #[error("wei are not conserved: the balances grew by {grew} and {minted} were minted")]
    Grew {
        /// By how much, in wei.
        grew: I256,
        /// What a deposit minted, in wei.
        minted: U256,
    },
    /// The sum left the range of 256 bits.
    #[error("the balances add up to more than 2^255 wei")]
    Range,
}

/// The sum of all balances while a block is built, in wei.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Supply {
    start: U256,
    now: U256,
}

impl Supply {
    /// The supply that a state records.
    pub(crate) fn of(view: &dyn StateView) -> Result<Self, SupplyError> {
        let start = match view.get(&SUPPLY_KEY)? {
            Some(value) => word(&value)?,
            None => U256::ZERO,
        };
        Ok(Self { start, now: start })
    }

    /// Counts the writes of a transaction.
    ///
    /// # Errors
    /// [`SupplyError::Grew`] when they make wei out of nothing; nothing is then counted. Fewer
    /// wei are legal: a contract that destroys itself in favour of itself burns its balance.
    pub(crate) fn count(
        &mut self,
        before: &dyn StateView,
        writes: &WriteSet,
        transaction: &Transaction,
    ) -> Result<(), SupplyError> {
        let grew = growth(before, writes)?;
        let minted = match transaction.envelope() {
            Envelope::Deposit(deposit) => U256::from(deposit.mint),
            _ => U256::ZERO,
        };
        if grew.is_positive() && grew.into_raw() > minted {
            return Err(SupplyError::Grew { grew, minted });
        }
        self.add(grew)
    }

    /// Counts writes that may set balances at will: genesis and development methods.
    pub(crate) fn count_edits(
        &mut self,
        before: &dyn StateView,
        edits: &WriteSet,
    ) -> Result<(), SupplyError> {
        self.add(growth(before, edits)?)
    }

    /// The write that records the supply, if it changed.
    pub(crate) fn write(&self) -> Option<(StateKey, Option<Value>)> {
        (self.now != self.start).then(|| (SUPPLY_KEY, Some(Value::word(self.now))))
    }

    fn add(&mut self, grew: I256) -> Result<(), SupplyError> {
        let sum = if grew.is_negative() {
            self.now.checked_sub(grew.unsigned_abs())
        } else {
            self.now.checked_add(grew.into_raw())
        };
        self.now = sum.ok_or(SupplyError::Range)?;
        Ok(())
    }
}

/// By how much writes change the sum of all balances.
fn growth(before: &dyn StateView, writes: &WriteSet) -> Result<I256, SupplyError> {
    let mut sum = I256::ZERO;
    for (key, value) in writes {
        if let StateKey::Balance(_) = key {
            let old = before.get(key)?;
            for (value, sign) in [(old.as_ref(), -1), (value.as_ref(), 1)] {
                let wei = value.map_or(Ok(U256::ZERO), word)?;
                let wei = I256::try_from(wei).map_err(|_| SupplyError::Range)?;
                let next = if sign < 0 {
                    sum.checked_sub(wei)
                } else {
                    sum.checked_add(wei)
                };
                sum = next.ok_or(SupplyError::Range)?;
            }
        }
    }
    Ok(sum)
}

fn word(value: &Value) -> Result<U256, SupplyError> {
    value
        .as_word()
        .ok_or_else(|| SupplyError::State(Fault::Storage("a balance is not 32 bytes".into())))
}
