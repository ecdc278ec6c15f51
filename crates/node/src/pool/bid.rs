//! What a transaction pays, in wei for each EVM gas, whichever VM runs it.

use alloy_consensus::Transaction as _;
use alloy_primitives::U256;
use lumio_executor::SolanaBid;
use lumio_types::{
    CARRIER, Carried, LAMPORT_WEI, OCTA_WEI, Transaction, wei_of_lamports, wei_of_octas,
};
use lumio_vm_move::GAS_PER_UNIT;

/// What a transaction pays for each EVM gas at a base fee, above that fee. None if it pays less.
pub(crate) fn tip(transaction: &Transaction, base_fee: u64) -> Option<u128> {
    match transaction.carried() {
        Some(Carried::Move(inner)) => {
            let price = u128::from(inner.signed.raw.gas_unit_price);
            let wei = price.saturating_mul(u128::from(OCTA_WEI / GAS_PER_UNIT));
            wei.checked_sub(u128::from(base_fee))
        }
        // Its fee is what it is, whatever the base fee.
        Some(Carried::Solana(inner)) => {
            let bid = SolanaBid::of(&inner.versioned).ok()?;
            let wei = u128::from(bid.fee).saturating_mul(u128::from(LAMPORT_WEI));
            wei.checked_div(u128::from(bid.gas_limit))
        }
        None => transaction.envelope().effective_tip_per_gas(base_fee),
    }
}

/// The most wei that a transaction can take from the account whose lane it is in, unless that is
/// more than 256 bits hold.
pub(super) fn max_cost(transaction: &Transaction) -> Option<U256> {
    let Some(inner) = transaction.carried() else {
        return transaction.max_cost();
    };
    // The envelope costs nothing.
    if transaction.sender() != CARRIER {
        return Some(U256::ZERO);
    }
    match inner {
        // Who pays may be another account.
        Carried::Move(inner) if inner.fee_payer.is_some() => Some(U256::ZERO),
        Carried::Move(inner) => {
            let raw = &inner.signed.raw;
            wei_of_octas(raw.gas_unit_price).checked_mul(U256::from(raw.max_gas_amount))
        }
        Carried::Solana(inner) => {
            let bid = SolanaBid::of(&inner.versioned);
            Some(bid.map_or(U256::ZERO, |bid| wei_of_lamports(bid.fee)))
        }
    }
}
