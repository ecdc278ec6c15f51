//! Fees: who gets them, and the base fee (EIP-1559) with the OP stack's parameters.

use alloy_primitives::Address;
use lumio_vm_bus::BlockContext;
use lumio_vm_evm::FEE_RECIPIENTS;
use lumio_vm_move::FEE_VAULT;

/// To whom fees of a block's transactions go.
pub(crate) fn recipients(block: &BlockContext) -> impl Iterator<Item = Address> {
    [block.beneficiary, FEE_VAULT]
        .into_iter()
        .chain(FEE_RECIPIENTS)
}

/// How the base fee follows demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeParameters {
    /// The gas limit over the gas target.
    pub elasticity: u32,
    /// The largest change from one block to the next is one part in so many.
    pub denominator: u32,
    /// It never falls below so many wei (Jovian).
    pub minimum_wei: u64,
}

impl FeeParameters {
    /// Those of OP mainnet since Canyon, without a minimum.
    pub const OPTIMISM: Self = Self {
        elasticity: 6,
        denominator: 250,
        minimum_wei: 0,
    };
}

/// The base fee in wei of the block after one with these figures.
pub fn next_base_fee(
    gas_used: u64,
    gas_limit: u64,
    base_fee_wei: u64,
    parameters: FeeParameters,
) -> u64 {
    let target = gas_limit / u64::from(parameters.elasticity.max(1));
    let change = |gas: u64| {
        let numerator = u128::from(base_fee_wei) * u128::from(gas);
        let divisor = u128::from(target.max(1)) * u128::from(parameters.denominator.max(1));
        u64::try_from(numerator / divisor).unwrap_or(u64::MAX)
    };
    let next = if gas_used > target {
        base_fee_wei.saturating_add(change(gas_used - target).max(1))
    } else {
        base_fee_wei.saturating_sub(change(target - gas_used))
    };
    next.max(parameters.minimum_wei)
}
