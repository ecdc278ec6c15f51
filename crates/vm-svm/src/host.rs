//! The state behind the runtime: accounts out of the journal and into it, lamports out of the
//! ledger and into it.

use alloy_primitives::U256;
use lumio_state::{Fault, Journal};
use lumio_types::{AmountError, lamports_of, wei_of_lamports};
use lumio_vm_bus::ledger_address_of;
use solana_account::{AccountSharedData, ReadableAccount};
use solana_pubkey::Pubkey;
use solana_sdk_ids::system_program;

use crate::account::{RENT_EPOCH, Record, account_id, account_key, form};

/// Why an account cannot be shown to Solana programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LoadError {
    /// The machinery failed.
    Fault(Fault),
    /// It owns more than lamports can count.
    Amount(Pubkey, AmountError),
}

/// Why an account whose amount Solana cannot count cannot be used there.
pub(crate) fn unusable(key: &Pubkey, error: &AmountError) -> String {
    format!("the account {key} cannot be used on Solana: {error}")
}

impl From<Fault> for LoadError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Lamports of an account: its wei by 10^9. What is below one lamport stays where it is.
pub(crate) fn lamports(journal: &mut Journal<'_>, key: &Pubkey) -> Result<u64, LoadError> {
    let wei = journal.balance(form(key).address())?;
    let split = lamports_of(wei).map_err(|error| LoadError::Amount(*key, error))?;
    Ok(split.units)
}

/// An account, if it is alive: if it has a lamport.
pub(crate) fn load(
    journal: &mut Journal<'_>,
    key: &Pubkey,
) -> Result<Option<AccountSharedData>, LoadError> {
    let lamports = lamports(journal, key)?;
    Ok(load_with(journal, key, lamports)?)
}

/// The same for an account whose lamports are known already.
pub(crate) fn load_with(
    journal: &mut Journal<'_>,
    key: &Pubkey,
    lamports: u64,
) -> Result<Option<AccountSharedData>, Fault> {
    if lamports == 0 {
        return Ok(None);
    }
    Ok(Some(match journal.read_bytes(&account_key(key))? {
        Some(record) => Record::decode(key, record)?.into_account(lamports),
        None => empty(lamports),
    }))
}

/// Bytes of data of an account, if it is alive.
pub(crate) fn data_bytes(
    journal: &mut Journal<'_>,
    key: &Pubkey,
) -> Result<Option<usize>, LoadError> {
    // What has a record is alive.
    Ok(match journal.read_bytes(&account_key(key))? {
        Some(record) => Some(Record::decode(key, record)?.data.len()),
        None => (lamports(journal, key)? > 0).then_some(0),
    })
}

/// An account of the system program with nothing but lamports.
pub(crate) fn empty(lamports: u64) -> AccountSharedData {
    let owner = system_program::id();
    AccountSharedData::create_from_existing_shared_data(
        lamports,
        std::sync::Arc::default(),
        owner,
        false,
        RENT_EPOCH,
    )
}

/// Writes an account that had so many lamports when it was loaded. Lamports are taken from and
/// put on top of its wei, so that the remainder stays; an account without lamports is gone.
pub(crate) fn store(
    journal: &mut Journal<'_>,
    key: &Pubkey,
    lamports_before: u64,
    account: &AccountSharedData,
) -> Result<(), Fault> {
    set_lamports(journal, key, lamports_before, account.lamports())?;
    let state_key = account_key(key);
    let (present, record) = (journal.read_bytes(&state_key)?, Record::of(account));
    let is_same = match (present, &record) {
        (None, None) => true,
        (Some(present), Some(record)) => Record::decode(key, present)? == *record,
        (None, Some(_)) | (Some(_), None) => false,
    };
    if is_same {
        return Ok(());
    }
    journal.write(state_key, record.map(|record| record.encode()))
}

/// Changes the lamports of an account in the ledger, which now has so many.
pub(crate) fn set_lamports(
    journal: &mut Journal<'_>,
    key: &Pubkey,
    before: u64,
    after: u64,
) -> Result<(), Fault> {
    if before == after {
        return Ok(());
    }
    let address = ledger_address_of(journal, account_id(key), form(key))?;
    match journal.change_balance(address, |wei| change(wei, before, after))? {
        true => Ok(()),
        false => Err(Fault::Bug(format!(
            "the lamports of {key} are not those loaded"
        ))),
    }
}

fn change(wei: U256, before: u64, after: u64) -> Option<U256> {
    let rest = wei.checked_sub(wei_of_lamports(before))?;
    rest.checked_add(wei_of_lamports(after))
}
