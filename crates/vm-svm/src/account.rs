//! A Solana account as the state keeps it: all but its lamports, which are in the ledger.

use alloy_primitives::{B256, map::B256Map};
use lumio_state::{Fault, StateKey, Value};
use lumio_types::{AccountId, EvmForm};
use solana_account::{AccountSharedData, ReadableAccount};
use solana_pubkey::Pubkey;
use solana_sdk_ids::system_program;
use std::{cell::RefCell, sync::Arc};

/// What every account's rent epoch is: rent is not collected.
pub(crate) const RENT_EPOCH: u64 = u64::MAX;

/// Bytes before an account's data: a flag, and the owner.
const HEAD: usize = 33;

/// The account id behind a public key.
pub fn account_id(key: &Pubkey) -> AccountId {
    AccountId(B256::from(key.to_bytes()))
}

/// The public key of an account id.
pub fn public_key(id: AccountId) -> Pubkey {
    Pubkey::new_from_array(id.0.0)
}

/// Where an account's record is.
pub fn account_key(key: &Pubkey) -> StateKey {
    StateKey::SvmAccount(account_id(key))
}

/// Address forms that a thread remembers.
const MAX_FORMS: usize = 16_384;

thread_local! {
    // A form is a hash of the key: nothing that it depends on can change.
    static FORMS: RefCell<B256Map<EvmForm>> = RefCell::default();
}

/// The EVM address form of an account, under which its lamports are.
pub(crate) fn form(key: &Pubkey) -> EvmForm {
    let id = account_id(key);
    FORMS.with_borrow_mut(|forms| {
        if let Some(form) = forms.get(&id.0) {
            return *form;
        }
        if forms.len() >= MAX_FORMS {
            forms.clear();
        }
        let form = id.evm_form();
        forms.insert(id.0, form);
        form
    })
}

/// A record taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Record<'a> {
    pub(crate) owner: Pubkey,
    pub(crate) is_executable: bool,
    pub(crate) data: &'a [u8],
}

impl<'a> Record<'a> {
    /// What is stored of an account that is alive; nothing if it is as every account is that has
    /// lamports only.
    pub(crate) fn of(account: &'a AccountSharedData) -> Option<Self> {
        let record = Self {
            owner: *account.owner(),
            is_executable: account.executable(),
            data: account.data(),
        };
        let is_plain = system_program::check_id(&record.owner)
            && !record.is_executable
            && record.data.is_empty();
        (account.lamports() > 0 && !is_plain).then_some(record)
    }

    pub(crate) fn encode(&self) -> Value {
        let mut bytes = Vec::with_capacity(HEAD.saturating_add(self.data.len()));
        bytes.push(u8::from(self.is_executable));
        bytes.extend_from_slice(self.owner.as_ref());
        bytes.extend_from_slice(self.data);
        Value::from(alloy_primitives::Bytes::from(bytes))
    }

    /// # Errors
    /// [`Fault::Storage`] when this is no record.
    pub(crate) fn decode(key: &Pubkey, bytes: &'a [u8]) -> Result<Self, Fault> {
        let broken = || Fault::Storage(format!("the record of the Solana account {key} is broken"));
        let (head, data) = bytes.split_at_checked(HEAD).ok_or_else(broken)?;
        let (flag, owner) = head.split_first().ok_or_else(broken)?;
        Ok(Self {
            owner: Pubkey::try_from(owner).map_err(|_| broken())?,
            is_executable: match flag {
                0 => false,
                1 => true,
                _ => return Err(broken()),
            },
            data,
        })
    }

    pub(crate) fn into_account(self, lamports: u64) -> AccountSharedData {
        AccountSharedData::create_from_existing_shared_data(
            lamports,
            Arc::new(self.data.to_vec()),
            self.owner,
            self.is_executable,
            RENT_EPOCH,
        )
    }
}
