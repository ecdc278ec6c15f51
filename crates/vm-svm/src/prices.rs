//! Fees in lamports, and what a compute unit is in the chain's gas.

use crate::events::MAX_EVENT_BYTES;

/// Lamports that each signature of a transaction costs.
pub const LAMPORTS_PER_SIGNATURE: u64 = 5_000;

/// Compute units that one EVM gas buys. To be calibrated by measurement.
pub const UNITS_PER_GAS: u64 = 4;

/// EVM gas of a transaction or a call besides its compute units: to load and to write back.
pub const BASE_GAS: u64 = 3_000;

/// EVM gas of each account that is loaded.
pub const ACCOUNT_GAS: u64 = 500;

/// Bytes of accounts and of programs' code that one EVM gas loads.
pub const LOADED_BYTES_PER_GAS: u64 = 32;

/// EVM gas of each byte of the events that programs log.
pub const EVENT_BYTE_GAS: u64 = 8;

/// Bytes that an event counts besides its data: its address and topics, and finding it.
pub const EVENT_BYTES: u64 = 160;

/// Compute units that a call by another VM can use at most, as a Solana transaction.
pub const MAX_CALL_UNITS: u64 = 1_400_000;

/// EVM gas for so many compute units, accounts, and bytes of accounts and code.
pub const fn gas_of(units: u64, accounts: u64, bytes: u64) -> u64 {
    fixed_gas(accounts, bytes).saturating_add(units.div_ceil(UNITS_PER_GAS))
}

/// EVM gas for so many bytes of events.
pub(crate) const fn event_gas(bytes: u64) -> u64 {
    bytes.saturating_mul(EVENT_BYTE_GAS)
}

/// The same, and for the most events that so many compute units can make.
pub fn most_gas_of(units: u64, accounts: u64, bytes: u64) -> u64 {
    // An event takes 100 units, and one for each byte; its smallest data are 96 bytes.
    let events = event_gas(units.saturating_mul(4).min(MAX_EVENT_BYTES));
    gas_of(units, accounts, bytes).saturating_add(events)
}

/// Compute units that so much EVM gas buys once the accounts are paid. None if it does not even
/// pay these.
pub(crate) const fn units_of(gas: u64, accounts: u64, bytes: u64) -> Option<u64> {
    match gas.checked_sub(fixed_gas(accounts, bytes)) {
        Some(rest) => Some(rest.saturating_mul(UNITS_PER_GAS)),
        None => None,
    }
}

const fn fixed_gas(accounts: u64, bytes: u64) -> u64 {
    BASE_GAS
        .saturating_add(ACCOUNT_GAS.saturating_mul(accounts))
        .saturating_add(bytes.div_ceil(LOADED_BYTES_PER_GAS))
}
