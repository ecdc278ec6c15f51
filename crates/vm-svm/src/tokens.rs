//! Tokens that the accounts of a transaction hold, as its receipt shows them.
//!
//! SPL Token and Token-2022 lay their accounts out alike. What Token-2022 adds comes after the 165
//! bytes of an account, and begins with a byte that says whether it is an account or a mint.

use lumio_state::{Fault, Journal};
use lumio_types::TokenBalance;
use solana_account::{AccountSharedData, ReadableAccount};
use solana_pubkey::Pubkey;

use crate::{
    SvmTransacted,
    account::{Record, account_id, account_key},
    genesis::{TOKEN, TOKEN_2022},
};

/// Bytes of a mint, of an account, and of a list of signers, which is no account.
const MINT: usize = 82;
const ACCOUNT: usize = 165;
const MULTISIG: usize = 355;
/// What Token-2022 writes after an account's 165 bytes.
const IS_MINT: u8 = 1;
const IS_ACCOUNT: u8 = 2;

/// Before and after a transaction.
pub(crate) struct Tokens {
    pub(crate) before: Vec<TokenBalance>,
    pub(crate) after: Vec<TokenBalance>,
}

impl Tokens {
    /// The tokens of a transaction whose changes the journal has.
    pub(crate) fn of(transacted: &SvmTransacted, journal: &mut Journal<'_>) -> Result<Self, Fault> {
        let mut mints = Mints {
            transacted,
            known: Vec::new(),
        };
        Ok(Self {
            before: mints.balances(&transacted.before, journal)?,
            after: mints.balances(&transacted.after, journal)?,
        })
    }
}

/// The decimals of mints, each looked up once.
struct Mints<'t> {
    transacted: &'t SvmTransacted,
    known: Vec<(Pubkey, Option<u8>)>,
}

impl Mints<'_> {
    fn balances(
        &mut self,
        accounts: &[AccountSharedData],
        journal: &mut Journal<'_>,
    ) -> Result<Vec<TokenBalance>, Fault> {
        let mut balances = Vec::new();
        for (at, account) in (0_u8..=u8::MAX).zip(accounts) {
            let Some(held) = held(account) else { continue };
            // Without its mint nobody can say what the amount means.
            let Some(decimals) = self.decimals(&held.mint, account.owner(), journal)? else {
                continue;
            };
            balances.push(TokenBalance {
                account: at,
                mint: account_id(&held.mint),
                owner: account_id(&held.owner),
                program: account_id(account.owner()),
                amount: held.amount,
                decimals,
            });
        }
        Ok(balances)
    }

    fn decimals(
        &mut self,
        mint: &Pubkey,
        program: &Pubkey,
        journal: &mut Journal<'_>,
    ) -> Result<Option<u8>, Fault> {
        if let Some((_, decimals)) = self.known.iter().find(|(key, _)| key == mint) {
            return Ok(*decimals);
        }
        let decimals = match self.named(mint) {
            Some(decimals) => Some(decimals),
            None => match journal.read(&account_key(mint))? {
                None => None,
                Some(record) => {
                    let record = Record::decode(mint, &record)?;
                    let is_theirs = record.owner == *program;
                    is_theirs.then(|| decimals(record.data)).flatten()
                }
            },
        };
        self.known.push((*mint, decimals));
        Ok(decimals)
    }

    /// The decimals of a mint that is among the accounts: the transaction may have made it, or
    /// closed it.
    fn named(&self, mint: &Pubkey) -> Option<u8> {
        let SvmTransacted {
            keys,
            before,
            after,
            ..
        } = self.transacted;
        let at = keys.iter().position(|key| key == mint)?;
        let of = |accounts: &[AccountSharedData]| {
            let account = accounts.get(at)?;
            is_token_program(account.owner())
                .then(|| decimals(account.data()))
                .flatten()
        };
        of(after).or_else(|| of(before))
    }
}

fn is_token_program(owner: &Pubkey) -> bool {
    *owner == TOKEN || *owner == TOKEN_2022
}

/// What a token account says.
struct Held {
    mint: Pubkey,
    owner: Pubkey,
    amount: u64,
}

/// The tokens in an account, if it is one that holds some and is initialised.
fn held(account: &AccountSharedData) -> Option<Held> {
    if !is_token_program(account.owner()) || !is(account.data(), ACCOUNT, IS_ACCOUNT) {
        return None;
    }
    let (mint, rest) = account.data().split_first_chunk::<32>()?;
    let (owner, rest) = rest.split_first_chunk::<32>()?;
    let amount = rest.first_chunk::<8>()?;
    // Initialised, or frozen.
    matches!(account.data().get(108), Some(1 | 2)).then(|| Held {
        mint: Pubkey::new_from_array(*mint),
        owner: Pubkey::new_from_array(*owner),
        amount: u64::from_le_bytes(*amount),
    })
}

/// The decimals of a mint that is initialised.
fn decimals(data: &[u8]) -> Option<u8> {
    let is_initialised = data.get(45) == Some(&1);
    let decimals = data.get(44).copied();
    decimals.filter(|_| is_initialised && is(data, MINT, IS_MINT))
}

/// Whether data are those of a thing with so many bytes, or with extensions of Token-2022.
fn is(data: &[u8], bytes: usize, kind: u8) -> bool {
    data.len() == bytes || (data.len() != MULTISIG && data.get(ACCOUNT) == Some(&kind))
}
