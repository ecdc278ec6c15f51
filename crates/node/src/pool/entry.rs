//! A transaction in the pool with what is asked of it again and again.

use crate::pool::{Lane, PoolError, bid, carried_move, lane::place};
use alloy_consensus::Transaction as _;
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{B256, U256};
use lumio_types::{AccountId, Carried, Transaction};
use std::{cmp::Reverse, sync::Arc};

/// The place of a transaction among all: the cheapest first, of equals the newest.
pub(super) type Rank = (u128, Reverse<u64>);

#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) transaction: Arc<Transaction>,
    pub(super) lane: Lane,
    /// Its place in the lane.
    pub(super) nonce: u64,
    /// The most wei that it takes from the lane's account.
    pub(super) cost: U256,
    /// The tip that it paid when it came.
    pub(super) price: u128,
    /// The order of arrival, set by the queue.
    pub(super) arrival: u64,
    /// Encoded bytes.
    pub(super) size: usize,
    /// From when on it cannot run any more, in seconds since 1970.
    pub(super) expiry: Option<u64>,
}

impl Entry {
    pub(super) fn new(transaction: Arc<Transaction>, base_fee: u64) -> Result<Self, PoolError> {
        let envelope = transaction.envelope();
        let cost = bid::max_cost(&transaction).ok_or(PoolError::InsufficientFunds {
            balance: U256::ZERO,
            cost: U256::MAX,
        })?;
        let price = bid::tip(&transaction, base_fee).unwrap_or(0);
        let size = envelope.encode_2718_len();
        let expiry =
            carried_move(&transaction).map(|inner| inner.signed.raw.expiration_timestamp_secs);
        let (lane, nonce) = place(&transaction);
        Ok(Self {
            expiry,
            lane,
            nonce,
            transaction,
            cost,
            price,
            arrival: 0,
            size,
        })
    }

    pub(super) const fn nonce(&self) -> u64 {
        self.nonce
    }

    pub(super) const fn rank(&self) -> Rank {
        (self.price, Reverse(self.arrival))
    }

    /// The own hash of the transaction that it brings.
    pub(super) fn inner_hash(&self) -> Option<B256> {
        self.transaction.carried().map(Carried::hash)
    }

    /// Whose transaction it brings, if it is in the lane of somebody else.
    pub(super) fn brought_for(&self) -> Option<AccountId> {
        let inner = self.transaction.carried()?;
        matches!(self.lane, Lane::Evm(_)).then(|| inner.sender())
    }

    /// Whether it may take the place of `old`: a tenth more of fee cap and of tip, or a higher
    /// price between two Move transactions.
    pub(super) fn outbids(&self, old: &Self) -> bool {
        if let (Some(new), Some(old)) = (
            carried_move(&self.transaction),
            carried_move(&old.transaction),
        ) {
            return new.signed.raw.gas_unit_price > old.signed.raw.gas_unit_price;
        }
        let (new, old) = (self.transaction.envelope(), old.transaction.envelope());
        let tip = |tx: &lumio_types::Envelope| {
            tx.max_priority_fee_per_gas()
                .unwrap_or_else(|| tx.max_fee_per_gas())
        };
        is_tenth_more(new.max_fee_per_gas(), old.max_fee_per_gas())
            && is_tenth_more(tip(new), tip(old))
    }
}

fn is_tenth_more(new: u128, old: u128) -> bool {
    let needed = U256::from(old) * U256::from(110) / U256::from(100);
    new > old && U256::from(new) >= needed
}
