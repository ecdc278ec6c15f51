//! States before and after a run, in the forms that tracers read.

use crate::database::{DbFault, analysed, history_slot};
use alloy_eips::eip2935::HISTORY_STORAGE_ADDRESS;
use alloy_primitives::{Address, B256, U256};
use lumio_state::{Fault, Journal, StateKey, StateView};
use revm::{
    DatabaseRef,
    state::{Account, AccountInfo, AccountStatus, Bytecode, EvmState, EvmStorageSlot},
};

/// The accounts that a transaction has looked at, in revm's form.
///
/// # Errors
/// When the state cannot be read.
pub fn inspected_state(journal: &mut Journal<'_>) -> Result<EvmState, Fault> {
    let mut state = EvmState::default();
    for loaded in journal.loaded_accounts()? {
        let flags = loaded.info.flags;
        let mut status = AccountStatus::empty();
        status.set(AccountStatus::Touched, flags.touched);
        status.set(AccountStatus::Created, flags.created);
        status.set(AccountStatus::SelfDestructed, flags.destroyed);
        status.set(AccountStatus::LoadedAsNotExisting, !loaded.info.existed);
        let code = journal.code(loaded.info.code_hash)?;
        let mut account = Account {
            info: AccountInfo {
                balance: loaded.info.balance,
                nonce: loaded.info.nonce,
                code_hash: loaded.info.code_hash,
                account_id: None,
                code: Some(analysed(code)),
            },
            status,
            ..Account::default()
        };
        for (slot, original, present) in loaded.slots {
            account
                .storage
                .insert(slot, EvmStorageSlot::new_changed(original, present, 0));
        }
        state.insert(loaded.address, account);
    }
    Ok(state)
}

/// A state before a transaction, as tracers read it.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "a view need not be printable")]
pub struct ViewDb<'a>(pub &'a dyn StateView);

impl DatabaseRef for ViewDb<'_> {
    type Error = DbFault;

    fn basic_ref(&self, address: Address) -> Result<Option<AccountInfo>, DbFault> {
        let mut journal = Journal::new(self.0);
        let account = journal.account(address)?;
        if !account.existed {
            return Ok(None);
        }
        Ok(Some(AccountInfo {
            balance: account.balance,
            nonce: account.nonce,
            code_hash: account.code_hash,
            account_id: None,
            code: None,
        }))
    }

    fn code_by_hash_ref(&self, hash: B256) -> Result<Bytecode, DbFault> {
        let code = Journal::new(self.0).code(hash)?;
        Ok(analysed(code))
    }

    fn storage_ref(&self, address: Address, slot: U256) -> Result<U256, DbFault> {
        Ok(self.0.word(&StateKey::EvmStorage(address, slot))?)
    }

    fn block_hash_ref(&self, number: u64) -> Result<B256, DbFault> {
        let slot = history_slot(number);
        Ok(self.storage_ref(HISTORY_STORAGE_ADDRESS, slot)?.into())
    }
}
