//! What a transaction pays, in wei for each EVM gas, whichever VM runs it.

use crate::pool::carried;
use alloy_consensus::Transaction as _;
use alloy_primitives::U256;
use lumio_types::{OCTA_WEI, Transaction, wei_of_octas};
use lumio_vm_move::GAS_PER_UNIT;

/// What a transaction pays for each EVM gas at a base fee, above that fee. None if it pays less.
pub(super) fn tip(transaction: &Transaction, base_fee: u64) -> Option<u128> {
    match carried(transaction) {
        Some(inner) => {
            let price = u128::from(inner.signed.raw.gas_unit_price);
            let wei = price.saturating_mul(u128::from(OCTA_WEI / GAS_PER_UNIT));
            wei.checked_sub(u128::from(base_fee))
        }
        None => transaction.envelope().effective_tip_per_gas(base_fee),
    }
}

/// The most wei that a transaction can take from the account whose lane it is in, unless that is
/// more than 256 bits hold.
pub(super) fn max_cost(transaction: &Transaction) -> Option<U256> {
    let Some(inner) = carried(transaction) else {
        return transaction.max_cost();
    };
    // The envelope costs nothing, and who pays may be another account.
    let is_own = transaction.sender() == lumio_types::CARRIER && inner.fee_payer.is_none();
    let raw = &inner.signed.raw;
    let fee = wei_of_octas(raw.gas_unit_price).checked_mul(U256::from(raw.max_gas_amount));
    if is_own { fee } else { Some(U256::ZERO) }
}
