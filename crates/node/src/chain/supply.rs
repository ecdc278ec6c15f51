//! Wei are conserved: what a transaction adds to the sum of all balances is what a deposit minted.
//!
//! The supply is kept in the state, so that it is rewound with it, and so that a scan of all
//! balances can be compared with it.
//!
//! It is counted in 512 bits: a development chain may give any account any balance, and the sum
//! of many 256-bit balances must neither overflow nor stop the chain.

use alloy_primitives::{Bytes, U512};
use lumio_executor::{BalanceChange, SupplyError};
use lumio_state::{Fault, StateKey, StateView, Value};

/// Where the supply is in the state.
pub const SUPPLY_KEY: StateKey = StateKey::System(Bytes::from_static(b"wei-supply"));

/// The sum of all balances while a block is built, in wei.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Supply {
    start: U512,
    now: U512,
}

impl Supply {
    /// The supply that a state records.
    pub(crate) fn of(view: &dyn StateView) -> Result<Self, SupplyError> {
        let start = match view.get(&SUPPLY_KEY)? {
            Some(value) => supply_of(&value)?,
            None => U512::ZERO,
        };
        Ok(Self { start, now: start })
    }

    /// How many wei there are.
    pub(crate) const fn wei(&self) -> U512 {
        self.now
    }

    /// Counts writes: of transactions that were checked each for itself, and those that may set
    /// balances at will, of genesis and development methods.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub(crate) fn count<'w>(
        &mut self,
        before: &dyn StateView,
        writes: impl IntoIterator<Item = (&'w StateKey, &'w Option<Value>)>,
    ) -> Result<(), SupplyError> {
        let change = BalanceChange::of(before, writes)?;
        let rest = self.now.checked_sub(change.before);
        self.now = rest
            .and_then(|rest| rest.checked_add(change.after))
            .ok_or(SupplyError::Negative)?;
        Ok(())
    }

    /// The write that records the supply, if it changed.
    pub(crate) fn write(&self) -> Option<(StateKey, Option<Value>)> {
        (self.now != self.start).then(|| {
            (
                SUPPLY_KEY,
                Some(Value::from(self.now.to_be_bytes::<64>().as_slice())),
            )
        })
    }
}

/// Reads the recorded supply.
pub(super) fn supply_of(value: &Value) -> Result<U512, SupplyError> {
    let bytes: &[u8; 64] = value
        .as_ref()
        .try_into()
        .map_err(|_| SupplyError::State(Fault::Storage("the supply is not 64 bytes".into())))?;
    Ok(U512::from_be_bytes(*bytes))
}
