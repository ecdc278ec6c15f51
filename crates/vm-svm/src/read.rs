//! Accounts for those who look from outside: as programs would see them, with sysvars, which are
//! made from the block.

use lumio_state::{Fault, Journal, StateView};
use lumio_vm_bus::BlockContext;
use solana_account::AccountSharedData;
use solana_pubkey::Pubkey;

use crate::{
    account::Record,
    host,
    sysvars::{Facts, Sysvars},
};

/// What the keys of all sysvars begin with.
const SYSVAR: [u8; 4] = [0x06, 0xa7, 0xd5, 0x17];

/// An account that has so many lamports, and this record if it has one. None if it has no lamports:
/// then it is not alive.
///
/// # Errors
/// [`Fault::Storage`] when the record is broken.
pub fn account_of(
    key: &Pubkey,
    lamports: u64,
    record: Option<&[u8]>,
) -> Result<Option<AccountSharedData>, Fault> {
    if lamports == 0 {
        return Ok(None);
    }
    Ok(Some(match record {
        Some(record) => Record::decode(key, record)?.into_account(lamports),
        None => host::empty(lamports),
    }))
}

/// The owner and the data of an account's record.
///
/// # Errors
/// [`Fault::Storage`] when the record is broken.
pub fn record_of<'a>(key: &Pubkey, record: &'a [u8]) -> Result<(Pubkey, &'a [u8]), Fault> {
    let record = Record::decode(key, record)?;
    Ok((record.owner, record.data))
}

/// A sysvar as programs of a block see it, with so many lamports. None if the key is no sysvar's.
///
/// # Errors
/// When the state cannot be read.
pub fn sysvar_of(
    view: &dyn StateView,
    block: &BlockContext,
    key: &Pubkey,
    lamports: u64,
) -> Result<Option<AccountSharedData>, Fault> {
    if lamports == 0 || !key.as_ref().starts_with(&SYSVAR) {
        return Ok(None);
    }
    let mut journal = Journal::new(view);
    let facts = Facts::read(&mut journal, block)?;
    Ok(Sysvars::new(&facts)?.account(key, lamports))
}
