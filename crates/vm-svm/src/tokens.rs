//! Token accounts and mints: what is in them, and what those of a transaction hold before it and
//! after, which clients are told.

use lumio_state::{Fault, Journal};
use lumio_types::TokenBalance;
use solana_account::{AccountSharedData, ReadableAccount, WritableAccount};
use solana_pubkey::Pubkey;
use std::ops::Range;

use crate::{
    account::{Record, account_id, account_key},
    genesis::{TOKEN, TOKEN_2022},
};

// The layouts of SPL Token's accounts and mints, with which those of Token-2022 begin.
const MINT: Range<usize> = 0..32;
const OWNER: Range<usize> = 32..64;
const AMOUNT: Range<usize> = 64..72;
const STATE: usize = 108;
const ACCOUNT_BYTES: usize = 165;
const SUPPLY: Range<usize> = 36..44;
const DECIMALS: usize = 44;
const IS_INITIALIZED: usize = 45;
const MINT_BYTES: usize = 82;
/// An account of several signers: its keys could make it look like any other.
const MULTISIG_BYTES: usize = 355;
/// What Token-2022 writes after the bytes of an account that has extensions.
const IS_ACCOUNT: u8 = 2;
const IS_MINT: u8 = 1;

/// What an account of SPL Token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    Mint {
        supply: u64,
    },
    Account {
        mint: Pubkey,
        owner: Pubkey,
        amount: u64,
    },
}

/// What an account is, if it is one of SPL Token that is in use. Token-2022's are none.
pub(crate) fn token_of(account: &impl ReadableAccount) -> Option<Token> {
    if *account.owner() != TOKEN {
        return None;
    }
    let data = account.data();
    if data.len() == MINT_BYTES {
        let is_in_use = *data.get(IS_INITIALIZED)? != 0;
        let supply = u64::from_le_bytes(data.get(SUPPLY)?.try_into().ok()?);
        return is_in_use.then_some(Token::Mint { supply });
    }
    let (mint, owner, amount) = held(data).filter(|_| data.len() == ACCOUNT_BYTES)?;
    Some(Token::Account {
        mint,
        owner,
        amount,
    })
}

/// Sets the amount of a token account.
pub(crate) fn set_amount(account: &mut AccountSharedData, amount: u64) {
    set(account, AMOUNT, amount);
}

/// Sets the supply of a mint.
pub(crate) fn set_supply(account: &mut AccountSharedData, supply: u64) {
    set(account, SUPPLY, supply);
}

/// The data of a token account with another amount.
pub(crate) fn with_amount(data: &[u8], amount: u64) -> Vec<u8> {
    let mut data = data.to_vec();
    if let Some(place) = data.get_mut(AMOUNT) {
        place.copy_from_slice(&amount.to_le_bytes());
    }
    data
}

fn set(account: &mut AccountSharedData, place: Range<usize>, number: u64) {
    let number = number.to_le_bytes();
    let is_there = account.data().get(place.clone()) == Some(number.as_slice());
    if !is_there && let Some(place) = account.data_as_mut_slice().get_mut(place) {
        place.copy_from_slice(&number);
    }
}

/// The tokens of those accounts that hold some.
///
/// # Errors
/// When a mint cannot be read.
pub(crate) fn balances(
    journal: &mut Journal<'_>,
    keys: &[Pubkey],
    accounts: &[AccountSharedData],
) -> Result<Vec<TokenBalance>, Fault> {
    let mut found = Vec::new();
    for (place, account) in (0_u8..=u8::MAX).zip(accounts) {
        let program = account.owner();
        if *program != TOKEN && *program != TOKEN_2022 {
            continue;
        }
        let Some((mint, owner, amount)) = held(account.data()) else {
            continue;
        };
        let known = keys.iter().zip(accounts).find(|(key, _)| **key == mint);
        let decimals = match known {
            Some((_, account)) => decimals(account.data()),
            None => match journal.read(&account_key(&mint))? {
                Some(record) => decimals(Record::decode(&mint, &record)?.data),
                None => None,
            },
        };
        // Without its mint, nobody can say what an amount is.
        let Some(decimals) = decimals else {
            continue;
        };
        found.push(TokenBalance {
            account: place,
            mint: account_id(&mint),
            owner: account_id(&owner),
            program: account_id(program),
            amount,
            decimals,
        });
    }
    Ok(found)
}

/// Mint, owner and amount of a token account that is in use.
pub(crate) fn held(data: &[u8]) -> Option<(Pubkey, Pubkey, u64)> {
    let is_account = match data.get(ACCOUNT_BYTES) {
        None => data.len() == ACCOUNT_BYTES,
        Some(kind) => *kind == IS_ACCOUNT && data.len() != MULTISIG_BYTES,
    };
    if !is_account || *data.get(STATE)? == 0 {
        return None;
    }
    let amount = data.get(AMOUNT)?.try_into().ok()?;
    Some((
        Pubkey::try_from(data.get(MINT)?).ok()?,
        Pubkey::try_from(data.get(OWNER)?).ok()?,
        u64::from_le_bytes(amount),
    ))
}

fn decimals(data: &[u8]) -> Option<u8> {
    let is_mint = match data.get(ACCOUNT_BYTES) {
        None => data.len() == MINT_BYTES,
        Some(kind) => *kind == IS_MINT && data.len() != MULTISIG_BYTES,
    };
    data.get(DECIMALS).filter(|_| is_mint).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_and_mints_are_what_their_bytes_say() {
        let mut data = vec![7; 165];
        let held_of = |data: &[u8]| held(data).map(|(_, _, amount)| amount);
        assert_eq!(held_of(&data), Some(0x0707_0707_0707_0707));
        assert_eq!(decimals(&data), None);
        data[STATE] = 0;
        assert_eq!(held_of(&data), None);
        data[STATE] = 1;
        for (length, is_account) in [(164, false), (170, true), (354, true), (355, false)] {
            data.resize(length, 0);
            if length > ACCOUNT_BYTES {
                data[ACCOUNT_BYTES] = IS_ACCOUNT;
            }
            assert_eq!(held_of(&data).is_some(), is_account, "{length}");
        }
        for (length, is_mint) in [
            (81, false),
            (82, true),
            (83, false),
            (234, true),
            (355, false),
        ] {
            let mut data = vec![6; length];
            if length > ACCOUNT_BYTES {
                data[ACCOUNT_BYTES] = IS_MINT;
            }
            assert_eq!(decimals(&data).is_some(), is_mint, "{length}");
        }
    }
}
