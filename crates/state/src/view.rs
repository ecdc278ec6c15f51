//! Reading the state as it is before a transaction.

use crate::{AccountRecord, Fault, StateKey, Value};
use alloc::{format, vec::Vec};
use alloy_primitives::{Address, U256};

/// A snapshot of the world state. The only I/O that execution does.
pub trait StateView {
    /// The value under a key, or `None` where there is none.
    ///
    /// # Errors
    /// [`Fault::Storage`] when the database fails, [`Fault::Retry`] when a
    /// parallel execution must wait for another transaction.
    fn get(&self, key: &StateKey) -> Result<Option<Value>, Fault>;

    /// The slots of a contract's storage that are not zero, in order. Asked
    /// only when a whole contract is wiped by a `SELFDESTRUCT` of an old fork.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    fn storage_slots(&self, owner: Address) -> Result<Vec<U256>, Fault>;

    /// A balance in wei or a word of storage; zero where there is none.
    ///
    /// # Errors
    /// As [`get`](Self::get), and when the value is not 32 bytes.
    fn word(&self, key: &StateKey) -> Result<U256, Fault> {
        let Some(value) = self.get(key)? else {
            return Ok(U256::ZERO);
        };
        value
            .as_word()
            .ok_or_else(|| Fault::Storage(format!("{key:?} is not a 256-bit word: {value:?}")))
    }

    /// The record of an EVM account, if it has one.
    ///
    /// # Errors
    /// As [`get`](Self::get), and when the value is no record.
    fn record(&self, owner: Address) -> Result<Option<AccountRecord>, Fault> {
        let value = self.get(&StateKey::EvmAccount(owner))?;
        let record = value.map(|value| AccountRecord::decode(&value)).transpose();
        record.map_err(|error| Fault::Storage(format!("the account {owner}: {error}")))
    }
}

impl<V: StateView + ?Sized> StateView for &V {
    fn get(&self, key: &StateKey) -> Result<Option<Value>, Fault> {
        (**self).get(key)
    }

    fn storage_slots(&self, owner: Address) -> Result<Vec<U256>, Fault> {
        (**self).storage_slots(owner)
    }
}

/// A state without a single value.
#[derive(Clone, Copy, Debug, Default)]
pub struct EmptyView;

impl StateView for EmptyView {
    fn get(&self, _: &StateKey) -> Result<Option<Value>, Fault> {
        Ok(None)
    }

    fn storage_slots(&self, _: Address) -> Result<Vec<U256>, Fault> {
        Ok(Vec::new())
    }
}
