//! SPL mints with an ERC-20 contract: what the contract may sign, and which of its logs say what
//! token accounts have moved.
//!
//! **Invariant:** a contract that the registry has made of a mint signs for any owner in the token
//! program's `TransferChecked` of that mint, with four accounts, and in nothing else. That program
//! hands the signature to nobody: mints with a transfer hook get no contract.

use alloy_primitives::{Address, B256, U256, map::HashMap};
use lumio_state::{Fault, Journal};
use lumio_types::AccountId;
use lumio_vm_bus::{
    Call,
    derived::SeedsError,
    erc20_in_slot,
    faces::{emit_log, transfer_log},
    ledger_address,
    message::SolanaCall,
    mint_shown_by,
    originals::is_associated,
    slot_of_mint, solana_account,
};
use solana_account::{AccountSharedData, ReadableAccount};
use solana_pubkey::Pubkey;
use std::cell::RefCell;

use crate::{
    account::{account_id, public_key},
    genesis::{TOKEN, TOKEN_2022},
    prices::{FACE_LOG_GAS, FACE_TRY_GAS},
    tokens::held,
};

/// The token programs' instruction that moves tokens and names their mint, and its bytes: itself, the
/// amount, the decimals.
const TRANSFER_CHECKED: u8 = 12;
const TRANSFER_CHECKED_BYTES: usize = 10;

/// The owner for whom the caller may sign this call: who gives, if the caller is the contract of the
/// mint that moves.
pub(crate) fn owner_signing(
    journal: &mut Journal<'_>,
    call: &Call,
    input: &SolanaCall,
) -> Result<Option<Pubkey>, Fault> {
    let program = public_key(call.target);
    let is_transfer = input.data.first() == Some(&TRANSFER_CHECKED)
        && input.data.len() == TRANSFER_CHECKED_BYTES
        && input.seeds.is_empty();
    if !is_transfer || (program != TOKEN && program != TOKEN_2022) {
        return Ok(None);
    }
    // Each account: its id, whether it signs, whether it may be written.
    let [
        (from, false, true),
        (mint, false, false),
        (to, false, true),
        (owner, true, false),
    ] = input.accounts.as_slice()
    else {
        return Ok(None);
    };
    if [from, mint, to].contains(&owner) || mint_shown_by(journal, call.caller)? != Some(*mint) {
        return Ok(None);
    }
    let keeper = solana_account(journal, AccountId(*mint))?.map(|account| account.owner);
    let is_its_program = keeper == Some(call.target.0);
    Ok(is_its_program.then(|| public_key(AccountId(*owner))))
}

/// Tokens that have gone from one holder to another: from nobody if they are new, to nobody if they
/// are gone.
#[derive(Debug, PartialEq, Eq)]
struct Movement {
    contract: Address,
    from: Option<AccountId>,
    to: Option<AccountId>,
    amount: u64,
}

/// What a run has moved of mints with a contract.
#[derive(Debug, Default)]
pub(crate) struct Movements {
    all: Vec<Movement>,
    /// EVM gas of finding and announcing them.
    pub(crate) gas: u64,
}

/// What a token account holds, and for whom.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Holding {
    program: Pubkey,
    mint: Pubkey,
    owner: Pubkey,
    amount: u64,
}

impl Holding {
    fn of(account: &AccountSharedData) -> Option<Self> {
        let program = *account.owner();
        if program != TOKEN && program != TOKEN_2022 {
            return None;
        }
        let (mint, owner, amount) = held(account.data())?;
        Some(Self {
            program,
            mint,
            owner,
            amount,
        })
    }
}

/// A mint with a contract, and who has more or less of it than before.
struct Changed {
    mint: Pubkey,
    contract: Address,
    debits: Vec<(AccountId, u64)>,
    credits: Vec<(AccountId, u64)>,
}

/// Finds out what has moved: each account's key, and what it was and is. What the contract of a mint
/// has begun itself is in its own logs.
pub(crate) fn movements<'a>(
    journal: &Journal<'_>,
    accounts: impl Iterator<Item = (&'a Pubkey, &'a AccountSharedData, &'a AccountSharedData)>,
    caller: Option<AccountId>,
) -> Result<Movements, Fault> {
    let (mut mints, mut without, mut gas) = (Vec::<Changed>::new(), Vec::new(), 0_u64);
    for (key, before, after) in accounts {
        let (before, after) = (Holding::of(before), Holding::of(after));
        if before == after {
            continue;
        }
        for (holding, is_after) in [(before, false), (after, true)] {
            let Some(holding) = holding else { continue };
            if without.contains(&holding.mint) {
                continue;
            }
            let place = match mints.iter().position(|known| known.mint == holding.mint) {
                Some(place) => place,
                None => {
                    let contract = erc20_in_slot(journal, remembered_slot(&holding.mint))?
                        .filter(|contract| caller != Some(AccountId::from_evm(*contract)));
                    let Some(contract) = contract else {
                        without.push(holding.mint);
                        continue;
                    };
                    mints.push(Changed {
                        mint: holding.mint,
                        contract,
                        debits: Vec::new(),
                        credits: Vec::new(),
                    });
                    mints.len().saturating_sub(1)
                }
            };
            let Some(changed) = mints.get_mut(place) else {
                continue;
            };
            let other = if is_after { before } else { after };
            // What stays with the same holder has not moved.
            let same = other.filter(|it| (it.mint, it.owner) == (holding.mint, holding.owner));
            let amount = holding
                .amount
                .saturating_sub(same.map_or(0, |same| same.amount));
            if amount == 0 {
                continue;
            }
            let (holder, tries) = holder(key, &holding);
            gas = gas.saturating_add(FACE_TRY_GAS.saturating_mul(tries));
            match is_after {
                false => changed.debits.push((holder, amount)),
                true => changed.credits.push((holder, amount)),
            }
        }
    }
    let all: Vec<Movement> = mints.into_iter().flat_map(paired).collect();
    let gas = gas.saturating_add(FACE_LOG_GAS.saturating_mul(all.len() as u64));
    Ok(Movements { all, gas })
}

/// Mints whose slots a thread remembers.
const MAX_SLOTS: usize = 4_096;

thread_local! {
    static SLOTS: RefCell<HashMap<Pubkey, U256>> = RefCell::default();
}

/// [`slot_of_mint`], hashed once: every movement of tokens asks for it.
fn remembered_slot(mint: &Pubkey) -> U256 {
    SLOTS.with_borrow_mut(|slots| {
        if let Some(slot) = slots.get(mint) {
            return *slot;
        }
        if slots.len() >= MAX_SLOTS {
            slots.clear();
        }
        let slot = slot_of_mint(B256::from(mint.to_bytes()));
        slots.insert(*mint, slot);
        slot
    })
}

/// Whose a token account is: its owner's if it is his associated one, else its own. And how many
/// addresses were tried to find out.
fn holder(key: &Pubkey, holding: &Holding) -> (AccountId, u64) {
    let seeds = [&holding.owner, &holding.program, &holding.mint].map(|key| account_id(key).0);
    let mut tries = 0_u64;
    let is_associated = is_associated::<SeedsError>(account_id(key).0, seeds, || {
        tries = tries.saturating_add(1);
        Ok(())
    });
    let holder = match is_associated {
        Ok(true) => &holding.owner,
        Ok(false) | Err(_) => key,
    };
    (account_id(holder), tries)
}

/// Pairs what some have lost with what others have got, in order. The rest is new, or gone.
fn paired(changed: Changed) -> Vec<Movement> {
    let contract = changed.contract;
    let mut movements = Vec::new();
    let mut credits = changed.credits.into_iter();
    let mut credit = credits.next();
    for (from, mut left) in changed.debits {
        while left > 0 {
            let Some((to, wanted)) = credit else { break };
            let amount = left.min(wanted);
            movements.push(Movement {
                contract,
                from: Some(from),
                to: Some(to),
                amount,
            });
            left = left.saturating_sub(amount);
            credit = match wanted.saturating_sub(amount) {
                0 => credits.next(),
                rest => Some((to, rest)),
            };
        }
        if left > 0 {
            movements.push(Movement {
                contract,
                from: Some(from),
                to: None,
                amount: left,
            });
        }
    }
    for (to, amount) in credit.into_iter().chain(credits) {
        movements.push(Movement {
            contract,
            from: None,
            to: Some(to),
            amount,
        });
    }
    movements
}

impl Movements {
    /// Puts the logs in the transaction's list, with what they mean to Move's clients. Whoever is
    /// named can be found from his address afterwards.
    pub(crate) fn emit(self, journal: &mut Journal<'_>) -> Result<(), Fault> {
        for movement in self.all {
            let mut party = |holder: Option<AccountId>| match holder {
                Some(holder) => ledger_address(journal, holder),
                None => Ok(Address::ZERO),
            };
            let (from, to) = (party(movement.from)?, party(movement.to)?);
            let log = transfer_log(movement.contract, from, to, movement.amount);
            emit_log(journal, log)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(byte: u8) -> AccountId {
        AccountId(B256::repeat_byte(byte))
    }

    fn pairs(debits: &[(u8, u64)], credits: &[(u8, u64)]) -> Vec<(u8, u8, u64)> {
        let all = |list: &[(u8, u64)]| list.iter().map(|(who, n)| (id(*who), *n)).collect();
        let changed = Changed {
            mint: Pubkey::default(),
            contract: Address::ZERO,
            debits: all(debits),
            credits: all(credits),
        };
        let byte = |id: Option<AccountId>| id.map_or(0, |id| id.0[0]);
        let movements = paired(changed).into_iter();
        movements
            .map(|movement| (byte(movement.from), byte(movement.to), movement.amount))
            .collect()
    }

    #[test]
    fn what_leaves_is_paired_with_what_arrives() {
        assert_eq!(pairs(&[], &[]), []);
        assert_eq!(pairs(&[(1, 5)], &[(2, 5)]), [(1, 2, 5)]);
        assert_eq!(pairs(&[(1, 5)], &[]), [(1, 0, 5)]);
        assert_eq!(pairs(&[], &[(1, 5), (2, 1)]), [(0, 1, 5), (0, 2, 1)]);
        let split = [(1, 3, 4), (1, 4, 1), (2, 4, 3), (2, 0, 2)];
        assert_eq!(pairs(&[(1, 5), (2, 5)], &[(3, 4), (4, 4)]), split);
        let minted = [(1, 2, 3), (0, 2, 4), (0, 3, 1)];
        assert_eq!(pairs(&[(1, 3)], &[(2, 7), (3, 1)]), minted);
    }
}
