//! EVM accounts: nonce, code, creation and destruction.

use super::{Journal, storage::Slot, undo::Undo};
use crate::{AccountRecord, EMPTY_CODE_HASH, Fault, StateKey, StateView};
use alloc::{format, vec::Vec};
use alloy_primitives::{
    Address, B256, Bytes, U256,
    map::{HashMap, hash_map::Entry},
};

/// Facts about an account that live for one transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountFlags {
    /// Its first access has been paid for (EIP-2929).
    pub warm: bool,
    /// Changed, or addressed in a way that clears it if it is empty (EIP-161).
    pub touched: bool,
    /// Created by this transaction.
    pub created: bool,
    /// Will be gone after this transaction.
    pub destroyed: bool,
}

/// An account as it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountInfo {
    /// Wei.
    pub balance: U256,
    /// Transactions sent and contracts created.
    pub nonce: u64,
    /// keccak256 of its code.
    pub code_hash: B256,
    /// Facts of this transaction.
    pub flags: AccountFlags,
    /// Whether it was there before the transaction, if only as an empty one.
    pub existed: bool,
}

impl AccountInfo {
    /// No balance, no nonce, no code (EIP-161).
    pub fn is_empty(&self) -> bool {
        self.balance.is_zero() && self.nonce == 0 && self.code_hash == EMPTY_CODE_HASH
    }
}

#[derive(Clone, Debug)]
pub(super) struct AccountCell {
    pub(super) original_balance: U256,
    /// `None` as long as the record was not read, too.
    pub(super) original_record: Option<AccountRecord>,
    /// Whether the record was read: many accounts are only paid.
    has_record: bool,
    pub(super) balance: U256,
    pub(super) nonce: u64,
    pub(super) code_hash: B256,
    pub(super) flags: AccountFlags,
    pub(super) slots: HashMap<U256, Slot>,
}

impl AccountCell {
    /// The balance after the transaction, in wei.
    pub(super) const fn final_balance(&self) -> U256 {
        if self.flags.destroyed {
            return U256::ZERO;
        }
        self.balance
    }

    /// An account whose record was not read.
    fn new(balance: U256) -> Self {
        let AccountRecord { nonce, code_hash } = AccountRecord::default();
        Self {
            original_balance: balance,
            original_record: None,
            has_record: false,
            balance,
            nonce,
            code_hash,
            flags: AccountFlags::default(),
            slots: HashMap::default(),
        }
    }

    /// Reads the record, unless it was read already.
    pub(super) fn read_record(
        &mut self,
        view: &dyn StateView,
        owner: Address,
    ) -> Result<(), Fault> {
        if !self.has_record {
            self.original_record = view.record(owner)?;
            self.has_record = true;
            let record = self.original_record.unwrap_or_default();
            (self.nonce, self.code_hash) = (record.nonce, record.code_hash);
        }
        Ok(())
    }

    pub(super) fn existed(&self) -> bool {
        self.original_record.is_some() || !self.original_balance.is_zero()
    }

    /// The record as it would be written now; `None` for one that says nothing.
    pub(super) fn record(&self) -> Option<AccountRecord> {
        let record = AccountRecord {
            nonce: self.nonce,
            code_hash: self.code_hash,
        };
        (record != AccountRecord::default()).then_some(record)
    }

    pub(super) fn touch(&mut self, owner: Address, undo: &mut Vec<Undo>) {
        let flags = AccountFlags {
            touched: true,
            ..self.flags
        };
        self.set_flags(owner, flags, undo);
    }

    fn set_flags(&mut self, owner: Address, flags: AccountFlags, undo: &mut Vec<Undo>) {
        let old = core::mem::replace(&mut self.flags, flags);
        if old != flags {
            undo.push(Undo::Flags(owner, old));
        }
    }

    pub(super) fn info(&self) -> AccountInfo {
        AccountInfo {
            balance: self.balance,
            nonce: self.nonce,
            code_hash: self.code_hash,
            flags: self.flags,
            existed: self.existed(),
        }
    }
}

/// Whether a contract could be created at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Created {
    /// It is there now, with its endowment.
    Yes,
    /// The address has code, a nonce or storage already.
    Collision,
    /// The balance would exceed 256 bits.
    Overflow,
}

/// What a `SELFDESTRUCT` found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SelfDestruct {
    /// The contract held wei.
    pub had_value: bool,
    /// It had destroyed itself before in this transaction.
    pub again: bool,
}

impl Journal<'_> {
    /// The account now. Does not make it warm.
    ///
    /// # Errors
    /// When the view fails.
    pub fn account(&mut self, owner: Address) -> Result<AccountInfo, Fault> {
        Ok(self.load(owner)?.info())
    }

    /// Whether the first access to the account has been paid for.
    pub fn is_warm(&self, owner: Address) -> bool {
        self.accounts
            .get(&owner)
            .is_some_and(|account| account.flags.warm)
    }

    /// Makes an account warm and returns it. Its flags tell whether it was
    /// warm before.
    ///
    /// # Errors
    /// When the view fails.
    pub fn access(&mut self, owner: Address) -> Result<AccountInfo, Fault> {
        let account = self.load(owner)?;
        let before = account.info();
        if !before.flags.warm {
            account.flags.warm = true;
            self.undo.push(Undo::Flags(owner, before.flags));
        }
        Ok(before)
    }

    /// Marks the account as changed.
    ///
    /// # Errors
    /// When the view fails.
    pub fn touch(&mut self, owner: Address) -> Result<(), Fault> {
        let (account, undo) = self.load_for_change(owner)?;
        account.touch(owner, undo);
        Ok(())
    }

    /// Sets the nonce.
    ///
    /// # Errors
    /// When the view fails.
    pub fn set_nonce(&mut self, owner: Address, nonce: u64) -> Result<(), Fault> {
        let (account, undo) = self.load_for_change(owner)?;
        account.touch(owner, undo);
        let old = core::mem::replace(&mut account.nonce, nonce);
        if old != nonce {
            undo.push(Undo::Nonce(owner, old));
        }
        Ok(())
    }

    /// Sets the code. `hash` must be its keccak256.
    ///
    /// # Errors
    /// When the view fails.
    pub fn set_code(&mut self, owner: Address, hash: B256, code: Bytes) -> Result<(), Fault> {
        let (account, undo) = self.load_for_change(owner)?;
        account.touch(owner, undo);
        let old = core::mem::replace(&mut account.code_hash, hash);
        undo.push(Undo::CodeHash(owner, old));
        // Content-addressed, so nothing to undo: an unused entry is not written.
        self.codes.insert(hash, code);
        Ok(())
    }

    /// Makes a contract account and moves its endowment there. The caller must
    /// own that much. With EIP-161 its nonce starts at one.
    ///
    /// # Errors
    /// When the view fails.
    pub fn create_account(
        &mut self,
        creator: Address,
        owner: Address,
        endowment_wei: U256,
        nonce: u64,
    ) -> Result<Created, Fault> {
        let account = self.load(owner)?;
        if account.code_hash != EMPTY_CODE_HASH || account.nonce != 0 {
            return Ok(Created::Collision);
        }
        // EIP-7610. Only an account that was there can have storage, so that
        // an ordinary creation scans nothing.
        if account.existed() && !self.view.storage_slots(owner)?.is_empty() {
            return Ok(Created::Collision);
        }
        let (account, undo) = self.load_for_change(owner)?;
        let flags = AccountFlags {
            created: true,
            touched: true,
            ..account.flags
        };
        account.set_flags(owner, flags, undo);
        self.set_nonce(owner, nonce)?;
        match self.transfer(creator, owner, endowment_wei)? {
            Ok(()) => Ok(Created::Yes),
            Err(_) => Ok(Created::Overflow),
        }
    }

    /// `SELFDESTRUCT`: moves the whole balance to the heir, and deletes the
    /// account at the end of the transaction. With `only_if_created`
    /// (EIP-6780) it deletes an account of this transaction alone, and any
    /// other keeps its balance when it is its own heir.
    ///
    /// # Errors
    /// When the view fails.
    pub fn self_destruct(
        &mut self,
        owner: Address,
        heir: Address,
        only_if_created: bool,
    ) -> Result<SelfDestruct, Fault> {
        let before = self.account(owner)?;
        let found = SelfDestruct {
            had_value: !before.balance.is_zero(),
            again: before.flags.destroyed,
        };
        if owner != heir {
            self.touch(heir)?;
            let inherited = self.balance(heir)?.checked_add(before.balance);
            let inherited = inherited
                .ok_or_else(|| Fault::Bug(format!("the balance of {heir} exceeds 256 bits")))?;
            self.set_balance(heir, inherited)?;
        }
        let destroy = before.flags.created || !only_if_created;
        if destroy {
            let (account, undo) = self.load_for_change(owner)?;
            let flags = AccountFlags {
                destroyed: true,
                touched: true,
                ..account.flags
            };
            account.set_flags(owner, flags, undo);
        }
        if destroy || owner != heir {
            self.set_balance(owner, U256::ZERO)?;
        }
        Ok(found)
    }

    pub(super) fn load(&mut self, owner: Address) -> Result<&mut AccountCell, Fault> {
        Ok(self.load_for_change(owner)?.0)
    }

    /// An account, and the undo log to which whoever changes it pushes.
    pub(super) fn load_for_change(
        &mut self,
        owner: Address,
    ) -> Result<(&mut AccountCell, &mut Vec<Undo>), Fault> {
        let view = self.view;
        let (account, undo) = self.load_balance(owner)?;
        account.read_record(view, owner)?;
        Ok((account, undo))
    }

    /// The same for whoever looks at its balance and flags alone.
    pub(super) fn load_balance(
        &mut self,
        owner: Address,
    ) -> Result<(&mut AccountCell, &mut Vec<Undo>), Fault> {
        let credits = match self.credits.is_empty() {
            true => U256::ZERO,
            false => self.take_credits(owner),
        };
        let account = match self.accounts.entry(owner) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let balance = self.view.word(&StateKey::Balance(owner))?;
                let mut account = AccountCell::new(balance);
                if !credits.is_zero() {
                    account.balance = balance.saturating_add(credits);
                    account.flags.touched = true;
                }
                entry.insert(account)
            }
        };
        Ok((account, &mut self.undo))
    }
}

/// An account that the transaction has looked at, for tracers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedAccount {
    /// Its address.
    pub address: Address,
    /// The account now.
    pub info: AccountInfo,
    /// Slots that were looked at: before the transaction, and now.
    pub slots: Vec<(U256, U256, U256)>,
}

impl Journal<'_> {
    /// Every account that the transaction has looked at, by address.
    ///
    /// # Errors
    /// When the view fails.
    pub fn loaded_accounts(&mut self) -> Result<Vec<LoadedAccount>, Fault> {
        for (owner, account) in &mut self.accounts {
            account.read_record(self.view, *owner)?;
        }
        let mut accounts: Vec<_> = self
            .accounts
            .iter()
            .map(|(address, account)| LoadedAccount {
                address: *address,
                info: account.info(),
                slots: account
                    .slots
                    .iter()
                    .map(|(k, s)| (*k, s.original, s.present))
                    .collect(),
            })
            .collect();
        accounts.sort_by_key(|account| account.address);
        Ok(accounts)
    }
}
