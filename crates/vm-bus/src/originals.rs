//! Mints on Solana that show an ERC-20: which contract keeps what their token accounts hold, and for
//! whom.
//!
//! The registry `Faces` makes them, and notes the contract in a slot whose number is the mint.
//!
//! **Invariant:** no two token accounts of a mint have one holder, and whoever has the key of a token
//! account's address, or had it before it was one, does not speak for its holder.

use crate::{
    Call, REGISTRY_ADDRESS, SolanaAccount,
    derived::{SeedsError, find_program_address},
};
use alloy_primitives::{Address, B256, Bytes, U256, b256, keccak256};
use alloy_sol_types::{SolCall, sol};
use core::ops::Range;
use lumio_state::{Fault, Journal};
use lumio_types::{AccountId, VmId};

sol! {
    function balanceOf(address account) returns (uint256);
    function totalSupply() returns (uint256);
}

/// SPL Token, of which these mints are.
pub const TOKEN_PROGRAM: B256 =
    b256!("06ddf6e1d765a193d9cbe146ceeb79ac1cb485ed5f5b37913a8cf5857eff00a9");
/// SPL Associated Token Account.
pub const ASSOCIATED_TOKEN_PROGRAM: B256 =
    b256!("8c97258f4e2489f1bb3d1029148e0d830b5a1399daff1084048e7bd8dbe9f859");

/// What is hashed with the address of a token account that is nobody's associated one.
const HOLDER: &[u8] = b"lumio/token-account";

/// The most decimals of a contract's that its mint has not.
const MOST_EXPONENT: u8 = 57;

/// The ERC-20 that a mint shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Original {
    /// The contract, which keeps the balances.
    pub contract: Address,
    /// What of the contract's own units is one of the mint's.
    pub unit: U256,
}

impl Original {
    /// Reads what the registry has noted of a mint.
    ///
    /// # Errors
    /// When the registry did not write that.
    fn read(word: U256) -> Result<Option<Self>, Fault> {
        let bytes = word.to_be_bytes::<32>();
        let contract = Address::from_slice(bytes.get(12..).unwrap_or_default());
        if contract.is_zero() {
            return Ok(None);
        }
        let exponent = bytes.get(11).copied().unwrap_or_default();
        if exponent > MOST_EXPONENT {
            let what = "the registry's note of a mint is damaged";
            return Err(Fault::Bug(what.into()));
        }
        let unit = U256::from(10).pow(U256::from(exponent));
        Ok(Some(Self { contract, unit }))
    }

    /// So much of the contract's as a token account shows it: whole units, and 2^64 - 1 if there are
    /// more.
    pub fn shown(&self, amount: U256) -> u64 {
        let units = amount.checked_div(self.unit).unwrap_or_default();
        units.saturating_to()
    }

    /// So many of the mint's units in the contract's own. Fits, because a unit has less than 190
    /// bits.
    pub fn kept(&self, units: u64) -> U256 {
        U256::from(units).saturating_mul(self.unit)
    }
}

/// The ERC-20 that a mint shows, if it shows one.
///
/// # Errors
/// When the state cannot be read.
pub fn original_of(journal: &Journal<'_>, mint: B256) -> Result<Option<Original>, Fault> {
    Original::read(journal.peek_slot(REGISTRY_ADDRESS, U256::from_be_bytes(mint.0))?)
}

// The layouts of SPL Token's mints and token accounts.
const MINT_BYTES: usize = 82;
const ACCOUNT_BYTES: usize = 165;
const SUPPLY: Range<usize> = 36..44;
const MINT: Range<usize> = 0..32;
const OWNER: Range<usize> = 32..64;
const AMOUNT: Range<usize> = 64..72;
const STATE: usize = 108;

/// A mint or a token account that shows an ERC-20, for other VMs, which read its record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Showing {
    original: Original,
    /// Of a token account, who has what it shows.
    holder: Option<AccountId>,
    /// Addresses that were tried to find the holder.
    pub tries: u64,
}

/// What an account of Solana is to the ERC-20 that it shows, if it shows one.
///
/// # Errors
/// When the state cannot be read.
pub fn showing(
    journal: &Journal<'_>,
    id: B256,
    account: &SolanaAccount,
) -> Result<Option<Showing>, Fault> {
    if account.owner != TOKEN_PROGRAM {
        return Ok(None);
    }
    let data = &account.data;
    let key = |place: Range<usize>| data.get(place).map(B256::from_slice);
    let (mint, owner) = match data.len() {
        MINT_BYTES => (Some(id), None),
        ACCOUNT_BYTES if data.get(STATE) != Some(&0) => (key(MINT), key(OWNER)),
        _ => (None, None),
    };
    let Some(mint) = mint else { return Ok(None) };
    let Some(original) = original_of(journal, mint)? else {
        return Ok(None);
    };
    let mut tries = 0_u64;
    let holder = owner.map(|owner| {
        holder_of::<SeedsError>(id, owner, mint, || {
            tries = tries.saturating_add(1);
            Ok(())
        })
    });
    let holder = holder.transpose();
    let holder = holder.map_err(|error| Fault::Bug(alloc::format!("a token account: {error}")))?;
    Ok(Some(Showing {
        original,
        holder,
        tries,
    }))
}

impl Showing {
    /// What the contract is to be asked.
    pub fn question(&self, caller: AccountId, gas: u64) -> Call {
        let input = match self.holder {
            None => totalSupplyCall {}.abi_encode(),
            Some(holder) => {
                let account = holder.evm_address();
                balanceOfCall { account }.abi_encode()
            }
        };
        let contract = AccountId::from_evm(self.original.contract);
        Call {
            is_static: true,
            ..Call::new(VmId::Evm, caller, contract, input.into(), gas)
        }
    }

    /// The account's data with what the contract has answered. None if that is no number.
    pub fn filled(&self, data: &[u8], answer: &[u8]) -> Option<Bytes> {
        let answer = U256::from_be_bytes(*answer.first_chunk::<32>()?);
        let mut data = data.to_vec();
        let place = match self.holder {
            None => SUPPLY,
            Some(_) => AMOUNT,
        };
        let shown = self.original.shown(answer);
        data.get_mut(place)?.copy_from_slice(&shown.to_le_bytes());
        Some(data.into())
    }
}

/// Why an account cannot be shown whose contract does not answer.
pub const NO_ANSWER: &str =
    "the account shows an ERC-20, whose contract does not say how much there is";

/// Who has, in the contract, what a token account shows: the owner, if it is his associated one, and
/// else an account of its own, for which nobody speaks. `pay` is asked before each try of an address.
///
/// # Errors
/// What `pay` stopped with.
pub fn holder_of<E: From<SeedsError>>(
    token_account: B256,
    owner: B256,
    mint: B256,
    pay: impl FnMut() -> Result<(), E>,
) -> Result<AccountId, E> {
    Ok(
        match is_associated(token_account, [owner, TOKEN_PROGRAM, mint], pay)? {
            true => AccountId(owner),
            false => separate_holder(token_account),
        },
    )
}

/// Whether a token account is the associated one of this owner, token program and mint. `pay` is asked
/// before each try of an address.
///
/// # Errors
/// What `pay` stopped with, or that there is no such address.
pub fn is_associated<E: From<SeedsError>>(
    token_account: B256,
    owner_program_mint: [B256; 3],
    pay: impl FnMut() -> Result<(), E>,
) -> Result<bool, E> {
    let found = find_program_address(&owner_program_mint, ASSOCIATED_TOKEN_PROGRAM, pay)?;
    Ok(found.0 == token_account)
}

/// Who has what is in a token account that is nobody's associated one.
pub fn separate_holder(token_account: B256) -> AccountId {
    let text = [HOLDER, token_account.as_slice()].concat();
    AccountId(keccak256(text))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn noted(exponent: u8, contract: Address) -> Result<Option<Original>, Fault> {
        let mut bytes = [0; 32];
        bytes[11] = exponent;
        bytes[12..].copy_from_slice(contract.as_slice());
        Original::read(U256::from_be_bytes(bytes))
    }

    #[test]
    fn amounts_are_whole_units_and_the_largest_stays_the_largest() {
        let contract = Address::repeat_byte(1);
        let original = noted(10, contract).unwrap().unwrap();
        assert_eq!(original.contract, contract);
        let unit = U256::from(10_000_000_000_u64);
        assert_eq!(original.unit, unit);
        assert_eq!(original.shown(unit - U256::from(1)), 0);
        assert_eq!(original.shown(unit * U256::from(7) + U256::from(3)), 7);
        assert_eq!(original.shown(U256::MAX), u64::MAX);
        assert_eq!(original.kept(7), unit * U256::from(7));
        let largest = noted(57, contract).unwrap().unwrap();
        assert_eq!(
            largest.kept(u64::MAX).checked_div(largest.unit),
            Some(U256::from(u64::MAX))
        );
    }

    #[test]
    fn a_damaged_note_is_a_bug_and_no_note_is_none() {
        assert_eq!(noted(10, Address::ZERO), Ok(None));
        assert!(noted(58, Address::repeat_byte(1)).is_err());
    }

    #[test]
    fn an_associated_account_is_its_owners_and_any_other_its_own() {
        let (owner, mint) = (B256::repeat_byte(1), B256::repeat_byte(2));
        let seeds = [owner, TOKEN_PROGRAM, mint];
        let associated =
            find_program_address::<SeedsError>(&seeds, ASSOCIATED_TOKEN_PROGRAM, || Ok(()));
        let (associated, _) = associated.unwrap();
        let holder = |account, owner| holder_of::<SeedsError>(account, owner, mint, || Ok(()));
        assert_eq!(holder(associated, owner), Ok(AccountId(owner)));
        let other = B256::repeat_byte(3);
        assert_eq!(holder(associated, other), Ok(separate_holder(associated)));
        assert_ne!(separate_holder(other), AccountId(other));
    }
}
