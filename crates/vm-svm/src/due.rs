//! What programs have moved of ERC-20s, and the contracts have not yet: who owes how much, and who
//! pays whom.

use lumio_types::AccountId;
use lumio_vm_bus::originals::Original;
use solana_pubkey::Pubkey;

use crate::{erc20::TokenError, shown::Shares};

/// Units that holders have got, and have given.
#[derive(Debug, Default)]
pub(crate) struct Due {
    pub(crate) nets: Vec<Net>,
    /// The token accounts as the run has them.
    pub(crate) accounts: Vec<Shares>,
}

/// What one holder has more or less than the contract says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Net {
    pub(crate) mint: Pubkey,
    pub(crate) original: Original,
    pub(crate) holder: AccountId,
    pub(crate) units: i128,
}

/// So many units of one holder to another.
pub(crate) struct Payment {
    pub(crate) original: Original,
    pub(crate) from: AccountId,
    pub(crate) to: AccountId,
    pub(crate) units: u64,
}

impl Due {
    /// Whether nothing is to be moved.
    pub(crate) fn is_nothing(&self) -> bool {
        self.nets.is_empty()
    }

    /// Notes that a holder has so many units more, in a token account of his.
    pub(crate) fn add(&mut self, shares: &Shares, units: i128) {
        let mut nets = self.nets.iter_mut();
        let found = nets.find(|net| net.mint == shares.mint && net.holder == shares.holder);
        match found {
            Some(net) => net.units = net.units.saturating_add(units),
            None => self.nets.push(Net {
                mint: shares.mint,
                original: shares.original,
                holder: shares.holder,
                units,
            }),
        }
    }

    /// # Errors
    /// When units have come from nowhere or gone there, or an account shows another one's.
    pub(crate) fn check(&self) -> Result<(), TokenError> {
        for net in &self.nets {
            let of_mint = self.nets.iter().filter(|other| other.mint == net.mint);
            // At most 256 amounts of 64 bits: cannot overflow.
            if of_mint.map(|other| other.units).sum::<i128>() != 0 {
                return Err(TokenError::Refused(format!(
                    "tokens of the mint {} were minted or burnt, but it shows the ERC-20 {}, which \
                     alone does that",
                    net.mint, net.original.contract
                )));
            }
        }
        for (at, shares) in self.accounts.iter().enumerate() {
            let address = shares.holder.evm_address();
            let twin =
                self.accounts.iter().take(at).find(|other| {
                    other.mint == shares.mint && other.holder.evm_address() == address
                });
            if let Some(twin) = twin {
                return Err(TokenError::Refused(format!(
                    "{} and {} show the tokens of one holder: name one of them",
                    twin.key, shares.key
                )));
            }
        }
        Ok(())
    }

    /// Who pays whom: those who have less, in the order of accounts, those who have more, in that
    /// order.
    pub(crate) fn payments(&self) -> Vec<Payment> {
        let mut payments = Vec::new();
        let mut owing: Vec<Net> = self
            .nets
            .iter()
            .filter(|net| net.units < 0)
            .copied()
            .collect();
        for taker in self.nets.iter().filter(|net| net.units > 0) {
            let mut wanted = taker.units;
            for giver in owing.iter_mut().filter(|giver| giver.mint == taker.mint) {
                let units = wanted.min(-giver.units);
                if units <= 0 {
                    continue;
                }
                wanted -= units;
                giver.units += units;
                payments.push(Payment {
                    original: taker.original,
                    from: giver.holder,
                    to: taker.holder,
                    units: u64::try_from(units).unwrap_or(u64::MAX),
                });
            }
        }
        payments
    }
}
