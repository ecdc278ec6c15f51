//! Token accounts whose amounts an ERC-20 contract keeps: what programs see of them, and what becomes
//! of what they change.
//!
//! ```text
//! load ──► amounts are what the contract says ──► run ──► due ──► pay: transfers in the holders' names
//! ```
//!
//! The state has these accounts with an amount of 0. What programs have moved is paid at the end, and
//! before another VM is called, so that there the contract says the same.
//!
//! **Invariant:** the contract is not believed: after it was asked to move something, each holder has
//! what he had before, less or more by just that.

use alloy_primitives::{B256, U256};
use lumio_types::AccountId;
use lumio_vm_bus::{
    Host,
    originals::{Original, holder_of, original_of},
};
use solana_account::AccountSharedData;
use solana_pubkey::Pubkey;
use std::borrow::Cow;

use crate::{
    due::{Due, Net},
    erc20::{Erc20, Gas, TokenError},
    prices::FACE_TRY_GAS,
    tokens::{self, Token},
};

/// What a run's token accounts show of ERC-20s.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown {
    /// Every mint that was met, and what it shows.
    mints: Vec<(Pubkey, Option<Original>)>,
    /// Supplies of mints that are accounts of the run.
    supplies: Vec<(Pubkey, u64)>,
    /// The token accounts as the contracts have them.
    accounts: Vec<Shares>,
    /// What each holder had when the contract was asked last.
    holders: Vec<Holder>,
}

/// A token account, and who has in the contract what it shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shares {
    pub(crate) key: Pubkey,
    owner: Pubkey,
    pub(crate) mint: Pubkey,
    pub(crate) original: Original,
    pub(crate) holder: AccountId,
    amount: u64,
}

/// In the contract's own units.
#[derive(Clone, Copy, Debug)]
struct Holder {
    mint: Pubkey,
    id: AccountId,
    has: U256,
}

fn b256(key: &Pubkey) -> B256 {
    B256::from(key.to_bytes())
}

impl Shown {
    /// Gives accounts that were just loaded the amounts that contracts keep.
    ///
    /// # Errors
    /// When a contract does not say.
    pub(crate) fn load(
        host: &mut dyn Host<'_>,
        accounts: &mut [(Pubkey, AccountSharedData)],
        gas: &mut Gas,
    ) -> Result<Self, TokenError> {
        let mut shown = Self::default();
        for (key, account) in accounts {
            match tokens::token_of(account) {
                None => {}
                Some(Token::Mint { .. }) => {
                    if let Some(original) = shown.original(host, key)? {
                        let contract = original.contract;
                        let supply = Erc20 {
                            host,
                            gas,
                            contract,
                        }
                        .supply()?;
                        let supply = original.shown(supply);
                        shown.supplies.push((*key, supply));
                        tokens::set_supply(account, supply);
                    }
                }
                Some(Token::Account { mint, owner, .. }) => {
                    if let Some(mut shares) = shown.shares(host, (key, &mint, &owner), gas)? {
                        let has = shown.has(host, &shares, gas)?;
                        shares.amount = shares.original.shown(has);
                        shown.accounts.push(shares);
                        tokens::set_amount(account, shares.amount);
                    }
                }
            }
        }
        Ok(shown)
    }

    /// The contract behind a mint.
    fn original(
        &mut self,
        host: &mut dyn Host<'_>,
        mint: &Pubkey,
    ) -> Result<Option<Original>, TokenError> {
        if let Some((_, original)) = self.mints.iter().find(|(known, _)| known == mint) {
            return Ok(*original);
        }
        let original = original_of(host.journal_ref(), b256(mint))?;
        self.mints.push((*mint, original));
        Ok(original)
    }

    /// Who has what a token account shows, the amount left open. None if a program keeps it.
    fn shares(
        &mut self,
        host: &mut dyn Host<'_>,
        (key, mint, owner): (&Pubkey, &Pubkey, &Pubkey),
        gas: &mut Gas,
    ) -> Result<Option<Shares>, TokenError> {
        let Some(original) = self.original(host, mint)? else {
            return Ok(None);
        };
        let is_known =
            |known: &&Shares| (&known.key, &known.mint, &known.owner) == (key, mint, owner);
        let holder = match self.accounts.iter().find(is_known) {
            Some(known) => known.holder,
            None => holder_of(b256(key), b256(owner), b256(mint), || {
                gas.spend(FACE_TRY_GAS)
            })?,
        };
        Ok(Some(Shares {
            key: *key,
            owner: *owner,
            mint: *mint,
            original,
            holder,
            amount: 0,
        }))
    }

    /// What the holder of a token account has, which is asked once.
    fn has(
        &mut self,
        host: &mut dyn Host<'_>,
        shares: &Shares,
        gas: &mut Gas,
    ) -> Result<U256, TokenError> {
        if let Some(known) = self.holder(shares) {
            return Ok(known.has);
        }
        let contract = shares.original.contract;
        let has = Erc20 {
            host,
            gas,
            contract,
        }
        .balance(shares.holder)?;
        self.holders.push(Holder {
            mint: shares.mint,
            id: shares.holder,
            has,
        });
        Ok(has)
    }

    fn holder(&mut self, shares: &Shares) -> Option<&mut Holder> {
        let mut holders = self.holders.iter_mut();
        holders.find(|holder| holder.mint == shares.mint && holder.id == shares.holder)
    }

    /// What of a run's tokens, in the order of its accounts, is not in the contracts yet.
    ///
    /// # Errors
    /// When the supply of a mint is another one, two token accounts are one holder's, or a contract
    /// does not say what somebody has.
    pub(crate) fn due(
        &mut self,
        host: &mut dyn Host<'_>,
        tokens: impl Iterator<Item = (Pubkey, Option<Token>)>,
        gas: &mut Gas,
    ) -> Result<Due, TokenError> {
        let mut due = Due::default();
        for (key, token) in tokens {
            let before = self.accounts.iter().find(|shares| shares.key == key);
            if let Some(before) = before.copied() {
                due.add(&before, -i128::from(before.amount));
            }
            match token {
                None => {}
                Some(Token::Mint { supply }) => self.check_supply(&key, supply)?,
                Some(Token::Account {
                    mint,
                    owner,
                    amount,
                }) => {
                    if let Some(shares) = self.shares(host, (&key, &mint, &owner), gas)? {
                        let shares = Shares { amount, ..shares };
                        self.has(host, &shares, gas)?;
                        due.add(&shares, i128::from(amount));
                        due.accounts.push(shares);
                    }
                }
            }
        }
        due.nets.retain(|net| net.units != 0);
        due.check()?;
        Ok(due)
    }

    fn check_supply(&self, mint: &Pubkey, now: u64) -> Result<(), TokenError> {
        let before = self.supplies.iter().find(|(known, _)| known == mint);
        match before {
            Some((_, before)) if *before != now => Err(TokenError::Refused(format!(
                "the mint {mint} shows an ERC-20, which alone mints and burns"
            ))),
            _ => Ok(()),
        }
    }

    /// Has the contracts move what is due.
    ///
    /// # Errors
    /// When one refuses, or moves something else. Then the caller takes everything back.
    pub(crate) fn pay(
        &mut self,
        host: &mut dyn Host<'_>,
        due: Due,
        gas: &mut Gas,
    ) -> Result<(), TokenError> {
        for payment in due.payments() {
            let contract = payment.original.contract;
            let amount = payment.original.kept(payment.units);
            Erc20 {
                host,
                gas,
                contract,
            }
            .transfer(payment.from, payment.to, amount)?;
        }
        for net in &due.nets {
            self.check_holder(host, net, gas)?;
        }
        self.keep(due);
        Ok(())
    }

    /// Notes that everything is paid.
    pub(crate) fn keep(&mut self, due: Due) {
        self.accounts = due.accounts;
    }

    fn check_holder(
        &mut self,
        host: &mut dyn Host<'_>,
        net: &Net,
        gas: &mut Gas,
    ) -> Result<(), TokenError> {
        let mut holders = self.holders.iter_mut();
        let holder = holders.find(|holder| holder.mint == net.mint && holder.id == net.holder);
        let units = u64::try_from(net.units.unsigned_abs()).unwrap_or(u64::MAX);
        let moved = net.original.kept(units);
        let expected = holder.as_ref().and_then(|holder| match net.units < 0 {
            true => holder.has.checked_sub(moved),
            false => holder.has.checked_add(moved),
        });
        let contract = net.original.contract;
        let now = Erc20 {
            host,
            gas,
            contract,
        }
        .balance(net.holder)?;
        if expected != Some(now) {
            return Err(TokenError::Refused(format!(
                "transfer of {contract} moved another amount than {moved}: tokens with a fee on \
                 transfers, or whose balances change by themselves, cannot be moved on Solana"
            )));
        }
        if let Some(holder) = holder {
            holder.has = now;
        }
        Ok(())
    }

    /// Asks the contracts again, after they may have moved something. The token accounts that hold
    /// another amount now, and which.
    ///
    /// # Errors
    /// When a contract does not say.
    pub(crate) fn refresh(
        &mut self,
        host: &mut dyn Host<'_>,
        gas: &mut Gas,
    ) -> Result<Vec<(Pubkey, u64)>, TokenError> {
        let mut changed = Vec::new();
        let mut accounts = std::mem::take(&mut self.accounts);
        for shares in &mut accounts {
            let contract = shares.original.contract;
            let now = Erc20 {
                host,
                gas,
                contract,
            }
            .balance(shares.holder)?;
            let Some(holder) = self.holder(shares) else {
                continue;
            };
            // An account that was made in this run shows what it got in it.
            if std::mem::replace(&mut holder.has, now) == now {
                continue;
            }
            let amount = shares.original.shown(now);
            if std::mem::replace(&mut shares.amount, amount) != amount {
                changed.push((shares.key, amount));
            }
        }
        let is_here = |holder: &Holder| {
            let mut shares = accounts.iter();
            shares.any(|shares| shares.mint == holder.mint && shares.holder == holder.id)
        };
        self.holders.retain(is_here);
        self.accounts = accounts;
        Ok(changed)
    }

    /// Gives accounts the amounts that the contracts have after everything was paid.
    pub(crate) fn show(&mut self, accounts: &mut [(Pubkey, AccountSharedData)]) {
        for shares in self.accounts.clone() {
            let Some(has) = self.holder(&shares).map(|holder| holder.has) else {
                continue;
            };
            let found = accounts.iter_mut().find(|(key, _)| *key == shares.key);
            if let Some((_, account)) = found {
                tokens::set_amount(account, shares.original.shown(has));
            }
        }
    }

    /// An account as the state has it: without what a contract keeps.
    pub(crate) fn stored<'a>(
        &self,
        key: &Pubkey,
        account: &'a AccountSharedData,
    ) -> Cow<'a, AccountSharedData> {
        let is_shown = |mint: &Pubkey| {
            let mut mints = self.mints.iter();
            mints.any(|(known, original)| known == mint && original.is_some())
        };
        match tokens::token_of(account) {
            Some(Token::Mint { .. }) if is_shown(key) => {
                let mut account = account.clone();
                tokens::set_supply(&mut account, 0);
                Cow::Owned(account)
            }
            Some(Token::Account { mint, .. }) if is_shown(&mint) => {
                let mut account = account.clone();
                tokens::set_amount(&mut account, 0);
                Cow::Owned(account)
            }
            _ => Cow::Borrowed(account),
        }
    }
}
