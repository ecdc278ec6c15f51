//! Units of the one ETH ledger: wei, octas (8 decimals), lamports (9 decimals).
//!
//! Every amount that crosses a VM goes through here. The remainder that a
//! coarser unit cannot show stays in the same account.

use alloy_primitives::U256;

/// Wei in one octa, Move's unit.
pub const OCTA_WEI: u64 = 10_000_000_000;
/// Wei in one lamport, Solana's unit.
pub const LAMPORT_WEI: u64 = 1_000_000_000;

/// A balance as a VM with a coarser unit sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// Whole units.
    pub units: u64,
    /// Wei that stay in the account besides, less than one unit.
    pub remainder_wei: u64,
}

/// An amount that does not fit the unit of the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// More than 64 bits of the coarser unit.
    #[error("{wei} wei are more than 2^64 - 1 units of {unit_wei} wei")]
    TooLarge {
        /// The amount in wei.
        wei: U256,
        /// Wei in one unit.
        unit_wei: u64,
    },
}

/// Wei as octas and a remainder.
///
/// # Errors
/// When there are more octas than 64 bits hold.
pub fn octas_of(wei: U256) -> Result<Split, AmountError> {
    split(wei, OCTA_WEI)
}

/// Wei as lamports and a remainder.
///
/// # Errors
/// When there are more lamports than 64 bits hold.
pub fn lamports_of(wei: U256) -> Result<Split, AmountError> {
    split(wei, LAMPORT_WEI)
}

/// Octas as wei. Cannot overflow: 64 bits times 34 bits.
pub fn wei_of_octas(octas: u64) -> U256 {
    U256::from(u128::from(octas) * u128::from(OCTA_WEI))
}

/// Lamports as wei. Cannot overflow: 64 bits times 30 bits.
pub fn wei_of_lamports(lamports: u64) -> U256 {
    U256::from(u128::from(lamports) * u128::from(LAMPORT_WEI))
}

fn split(wei: U256, unit_wei: u64) -> Result<Split, AmountError> {
    let (units, remainder) = wei.div_rem(U256::from(unit_wei));
    let too_large = AmountError::TooLarge { wei, unit_wei };
    Ok(Split {
        units: u64::try_from(units).map_err(|_| too_large)?,
        remainder_wei: u64::try_from(remainder).map_err(|_| too_large)?,
    })
}
