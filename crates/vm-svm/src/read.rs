//! Accounts for those who look from outside: as programs would see them, with sysvars, which are
//! made from the block, and with the tokens that contracts of ERC-20s keep.

use lumio_state::{Fault, Journal, StateView};
use lumio_vm_bus::{BlockContext, Host};
use solana_account::AccountSharedData;
use solana_pubkey::Pubkey;

use crate::{
    account::Record,
    erc20::{Gas, TokenError},
    host,
    shown::Shown,
    sysvars::{Facts, Sysvars},
    tokens::token_of,
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

/// Whether an account is a token account or a mint of SPL Token, whose tokens an ERC-20 may keep.
pub fn may_show_tokens(account: &AccountSharedData) -> bool {
    token_of(account).is_some()
}

/// Gives a token account, or a mint, that shows an ERC-20 the amount that the contract says, for the
/// host's gas. If the contract does not say, it is none.
///
/// # Errors
/// When the state cannot be read.
pub fn show_tokens(
    host: &mut dyn Host<'_>,
    account: &mut (Pubkey, AccountSharedData),
) -> Result<(), Fault> {
    let mut gas = Gas::new(host.meter().remaining());
    match Shown::load(host, std::slice::from_mut(account), &mut gas) {
        Err(TokenError::Fault(fault)) => Err(fault),
        Ok(_) | Err(TokenError::OutOfGas | TokenError::Refused(_)) => Ok(()),
    }
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
