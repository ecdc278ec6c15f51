//! Wei are conserved: what a transaction adds to the sum of all balances is what a deposit minted.
//!
//! The supply is kept in the state, so that it is rewound with it, and so that a scan of all
//! balances can be compared with it.
//!
//! It is counted in 512 bits: a development chain may give any account any balance, and the sum
//! of many 256-bit balances must neither overflow nor stop the chain.

use alloy_primitives::{Bytes, U256, U512};
use lumio_executor::Executed;
use lumio_state::{Fault, StateKey, StateView, Value};
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
        grew: U512,
        /// What a deposit minted, in wei.
        minted: U256,
    },
    /// The balances add up to less than nothing: the recorded supply is wrong.
    #[error("more wei are gone than there were")]
    Negative,
}

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

    /// Checks what a transaction does to the sum of all balances.
    ///
    /// # Errors
    /// [`SupplyError::Grew`] when it makes wei out of nothing. Fewer wei are legal: a contract
    /// that destroys itself in favour of itself burns its balance.
    pub(crate) fn check(
        before: &dyn StateView,
        executed: &Executed,
        transaction: &Transaction,
    ) -> Result<(), SupplyError> {
        let mut change = change(before, &executed.writes)?;
        for (_, wei) in &executed.credits {
            change.after = change.after.saturating_add(U512::from(*wei));
        }
        let minted = match transaction.envelope() {
            Envelope::Deposit(deposit) => U256::from(deposit.mint),
            _ => U256::ZERO,
        };
        let grew = change.after.saturating_sub(change.before);
        if grew > U512::from(minted) {
            return Err(SupplyError::Grew { grew, minted });
        }
        Ok(())
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
        self.add(change(before, writes)?)
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

    fn add(&mut self, change: Change) -> Result<(), SupplyError> {
        let rest = self.now.checked_sub(change.before);
        self.now = rest
            .and_then(|rest| rest.checked_add(change.after))
            .ok_or(SupplyError::Negative)?;
        Ok(())
    }
}

/// The balances that writes touch, added up.
struct Change {
    before: U512,
    after: U512,
}

fn change<'w>(
    before: &dyn StateView,
    writes: impl IntoIterator<Item = (&'w StateKey, &'w Option<Value>)>,
) -> Result<Change, SupplyError> {
    let mut change = Change {
        before: U512::ZERO,
        after: U512::ZERO,
    };
    for (key, value) in writes {
        if let StateKey::Balance(_) = key {
            change.before = plus(change.before, before.get(key)?.as_ref())?;
            change.after = plus(change.after, value.as_ref())?;
        }
    }
    Ok(change)
}

/// Cannot overflow: there are far fewer than 2^256 balances.
fn plus(sum: U512, balance: Option<&Value>) -> Result<U512, SupplyError> {
    let Some(balance) = balance else {
        return Ok(sum);
    };
    let wei = balance
        .as_word()
        .ok_or_else(|| SupplyError::State(Fault::Storage("a balance is not 32 bytes".into())))?;
    Ok(sum.saturating_add(U512::from(wei)))
}

/// Reads the recorded supply.
pub(super) fn supply_of(value: &Value) -> Result<U512, SupplyError> {
    let bytes: &[u8; 64] = value
        .as_ref()
        .try_into()
        .map_err(|_| SupplyError::State(Fault::Storage("the supply is not 64 bytes".into())))?;
    Ok(U512::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use alloy_primitives::Address;
    use lumio_state::{Overlay, WriteSet};
    use op_alloy_consensus::TxDeposit;

    const HERE: Address = Address::repeat_byte(1);
    const THERE: Address = Address::repeat_byte(2);

    fn balances(of: &[(Address, u64)]) -> WriteSet {
        of.iter()
            .map(|(owner, wei)| {
                let value = (*wei > 0).then(|| Value::word(U256::from(*wei)));
                (StateKey::Balance(*owner), value)
            })
            .collect()
    }

    fn start() -> (Overlay<lumio_state::EmptyView>, Supply) {
        let first = balances(&[(HERE, 100)]);
        let mut supply = Supply::of(&lumio_state::EmptyView).unwrap();
        supply.count(&lumio_state::EmptyView, &first).unwrap();
        let mut state = Overlay::new(lumio_state::EmptyView);
        state.apply(first);
        (state, supply)
    }

    fn executed(writes: WriteSet, credits: &[(Address, u64)]) -> Executed {
        let credits = credits.iter();
        Executed {
            success: true,
            gas_used: 0,
            output: Bytes::new(),
            halt: None,
            events: Vec::new(),
            writes,
            credits: credits.map(|(to, wei)| (*to, U256::from(*wei))).collect(),
            contract_address: None,
            deposit_nonce: None,
            carried: None,
        }
    }

    fn deposit(mint: u128) -> Transaction {
        let deposit = TxDeposit {
            mint,
            ..TxDeposit::default()
        };
        Transaction::recover(Envelope::Deposit(alloy_consensus::Sealed::new(deposit))).unwrap()
    }

    #[test]
    fn moving_wei_changes_nothing() {
        let (state, mut supply) = start();
        let moved = executed(balances(&[(HERE, 0), (THERE, 90)]), &[(HERE, 10)]);
        Supply::check(&state, &moved, &deposit(0)).unwrap();
        supply
            .count(&state, &balances(&[(HERE, 10), (THERE, 90)]))
            .unwrap();
        assert_eq!(supply.now, U512::from(100));
    }

    #[test]
    fn a_deposit_adds_what_it_mints_and_no_more() {
        let (state, mut supply) = start();
        let writes = balances(&[(THERE, 5)]);
        let grown = executed(writes, &[(HERE, 2)]);
        let error = Supply::check(&state, &grown, &deposit(6)).unwrap_err();
        assert!(matches!(error, SupplyError::Grew { .. }), "{error}");
        Supply::check(&state, &grown, &deposit(7)).unwrap();
        supply.count(&state, &balances(&[(THERE, 7)])).unwrap();
        assert_eq!(supply.now, U512::from(107));
    }

    #[test]
    fn burnt_wei_are_gone() {
        let (state, mut supply) = start();
        let burnt = balances(&[(HERE, 40)]);
        Supply::check(&state, &executed(burnt.clone(), &[]), &deposit(0)).unwrap();
        supply.count(&state, &burnt).unwrap();
        let (key, value) = supply.write().unwrap();
        assert_eq!(key, SUPPLY_KEY);
        assert_eq!(supply_of(&value.unwrap()).unwrap(), U512::from(40));
    }
}
