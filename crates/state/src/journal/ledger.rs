//! The one ledger: wei under the EVM address form of each account.

use super::{Journal, undo::Undo};
use crate::Fault;
use alloy_primitives::{Address, U256};

/// Why a transfer did not happen. Nothing was moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransferError {
    /// The payer owns less.
    #[error("insufficient balance for the transfer")]
    OutOfFunds,
    /// The payee would own more than 256 bits hold.
    #[error("the payee's balance would exceed 256 bits")]
    Overflow,
}

impl Journal<'_> {
    /// Wei that an account owns.
    ///
    /// # Errors
    /// When the view fails.
    pub fn balance(&mut self, owner: Address) -> Result<U256, Fault> {
        Ok(self.load_balance(owner)?.0.balance)
    }

    /// Sets a balance. Only fees, deposits and genesis make or burn wei this
    /// way; everything else is a [`transfer`](Self::transfer).
    ///
    /// # Errors
    /// When the view fails.
    pub fn set_balance(&mut self, owner: Address, wei: U256) -> Result<(), Fault> {
        let (account, undo) = self.load_balance(owner)?;
        account.touch(owner, undo);
        let old = core::mem::replace(&mut account.balance, wei);
        if old != wei {
            undo.push(Undo::Balance(owner, old));
        }
        Ok(())
    }

    /// Gives a balance the value that a function makes of it, if it makes one; tells whether it did.
    ///
    /// # Errors
    /// When the view fails.
    pub fn change_balance(
        &mut self,
        owner: Address,
        change: impl FnOnce(U256) -> Option<U256>,
    ) -> Result<bool, Fault> {
        let (account, undo) = self.load_balance(owner)?;
        let old = account.balance;
        let Some(wei) = change(old) else {
            return Ok(false);
        };
        account.touch(owner, undo);
        account.balance = wei;
        if old != wei {
            undo.push(Undo::Balance(owner, old));
        }
        Ok(true)
    }

    /// Pays wei that came from elsewhere: a fee. What would exceed 256 bits is not paid.
    ///
    /// # Errors
    /// When the view fails.
    pub fn credit(&mut self, owner: Address, wei: U256) -> Result<(), Fault> {
        if self.puts_aside(owner) {
            if !wei.is_zero() {
                self.credits.push((owner, wei));
                self.undo.push(Undo::Credit(owner, wei));
            }
            return Ok(());
        }
        self.change_balance(owner, |has| has.checked_add(wei))?;
        Ok(())
    }

    /// Whether what an account is credited is put aside: it may be, and nobody has looked at it.
    pub fn puts_aside(&self, owner: Address) -> bool {
        self.deferred.contains(&owner) && !self.accounts.contains_key(&owner)
    }

    /// What was put aside for an account that gets a cell now.
    pub(super) fn take_credits(&mut self, owner: Address) -> U256 {
        let mut sum = U256::ZERO;
        self.credits.retain(|(to, wei)| {
            if *to == owner {
                sum = sum.saturating_add(*wei);
            }
            *to != owner
        });
        sum
    }

    /// Takes the newest credit of an account back, from where it is by now.
    pub(super) fn take_back_credit(&mut self, owner: Address, wei: U256) {
        match self.credits.iter().rposition(|(to, _)| *to == owner) {
            Some(newest) => {
                self.credits.remove(newest);
            }
            None => {
                if let Some(account) = self.accounts.get_mut(&owner) {
                    account.balance = account.balance.saturating_sub(wei);
                }
            }
        }
    }

    /// Moves wei. Both accounts are touched, the payee even by zero wei.
    ///
    /// # Errors
    /// The outer result when the view fails, the inner one when the accounts
    /// do not allow it.
    pub fn transfer(
        &mut self,
        payer: Address,
        payee: Address,
        wei: U256,
    ) -> Result<Result<(), TransferError>, Fault> {
        let Some(rest) = self.balance(payer)?.checked_sub(wei) else {
            return Ok(Err(TransferError::OutOfFunds));
        };
        if payer == payee {
            return Ok(Ok(()));
        }
        let Some(sum) = self.balance(payee)?.checked_add(wei) else {
            return Ok(Err(TransferError::Overflow));
        };
        if !wei.is_zero() {
            self.set_balance(payer, rest)?;
        }
        self.set_balance(payee, sum)?;
        Ok(Ok(()))
    }
}
