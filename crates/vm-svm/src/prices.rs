//! Fees in lamports, and what work is in the chain's gas. `docs/solana-gas.md` has the measurements.

use solana_message::inner_instruction::InnerInstructionsList;

use crate::events::MAX_EVENT_BYTES;

/// Lamports that each signature of a transaction costs.
pub const LAMPORTS_PER_SIGNATURE: u64 = 5_000;

/// EVM gas of a compute unit.
pub const GAS_PER_COMPUTE_UNIT: u64 = 4;

/// EVM gas of a transaction or a call: to check it, and to note that it was there.
pub const BASE_GAS: u64 = 3_000;

/// EVM gas of each account that is loaded.
pub const ACCOUNT_GAS: u64 = 800;

/// Bytes of accounts and of programs' code that one EVM gas loads.
pub const LOADED_BYTES_PER_GAS: u64 = 32;

/// EVM gas of each instruction, those included that programs invoke: a program's stack and heap are
/// made for it, which takes no compute units.
pub const INVOCATION_GAS: u64 = 6_000;

/// EVM gas of each byte of an account that is passed to a program: it is copied for each
/// instruction that names the account.
pub const PASSED_BYTE_GAS: u64 = 1;

/// Bytes of accounts that each transaction may pass to programs.
pub const PASSED_BYTES: u64 = 32_768;

/// Bytes of accounts that it may pass besides for each compute unit that it may use.
pub const PASSED_BYTES_PER_UNIT: u64 = 8;

/// EVM gas of each signature, those included that programs of the runtime check: as of the EVM's
/// own precompile.
pub const SIGNATURE_GAS: u64 = 3_000;

/// EVM gas of each byte of the events that programs log.
pub const EVENT_BYTE_GAS: u64 = 8;

/// Bytes that an event counts besides its data: its address and topics, and finding it.
pub const EVENT_BYTES: u64 = 160;

/// EVM gas of a log in which the ERC-20 contract of a mint says what has moved.
pub const FACE_LOG_GAS: u64 = 2_500;

/// EVM gas of each address that is tried to find out whose a token account of such a mint is.
pub const FACE_TRY_GAS: u64 = 2_000;

/// Compute units that a call by another VM can use at most, as a Solana transaction.
pub const MAX_CALL_UNITS: u64 = 1_400_000;

/// The least compute units with which a program invokes another one.
const UNITS_OF_INVOCATION: u64 = 900;
/// Instructions of one transaction, with those that programs invoke.
const MAX_INVOCATIONS: u64 = 64;

/// EVM gas that so many compute units are.
pub(crate) const fn gas_of_units(units: u64) -> u64 {
    units.saturating_mul(GAS_PER_COMPUTE_UNIT)
}

/// Compute units that so much EVM gas pays.
pub(crate) const fn units_for_gas(gas: u64) -> u64 {
    gas / GAS_PER_COMPUTE_UNIT
}

/// Compute units that so much used EVM gas takes: a part of a unit is a whole one.
pub(crate) const fn units_of_gas(gas: u64) -> u64 {
    gas.div_ceil(GAS_PER_COMPUTE_UNIT)
}

/// Bytes of accounts that a transaction may pass to programs which may use so many compute units.
pub(crate) const fn passable(units: u64) -> u64 {
    PASSED_BYTES.saturating_add(units.saturating_mul(PASSED_BYTES_PER_UNIT))
}

/// What a transaction or a call takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Compute units.
    pub units: u64,
    /// Accounts that it loads.
    pub accounts: u64,
    /// Bytes of accounts and of programs' code that it loads.
    pub bytes: u64,
    /// Bytes of accounts that are passed to deployed programs, and that these pass on.
    pub passed: u64,
    /// Signatures that are checked for it.
    pub signatures: u64,
    /// Instructions, with those that programs invoke.
    pub invocations: u64,
    /// Bytes of events, each with [`EVENT_BYTES`].
    pub event_bytes: u64,
    /// EVM gas of saying what has moved of mints with an ERC-20 contract.
    pub face_gas: u64,
}

impl Usage {
    /// Its EVM gas.
    pub const fn gas(self) -> u64 {
        self.fixed_gas()
            .saturating_add(gas_of_units(self.units))
            .saturating_add(EVENT_BYTE_GAS.saturating_mul(self.event_bytes))
            .saturating_add(self.face_gas)
    }

    /// The most EVM gas of a transaction with so many top-level instructions that may use so many
    /// compute units, and pass what these allow.
    pub fn most_gas(self) -> u64 {
        let invoked = self.units / UNITS_OF_INVOCATION;
        let invoked = invoked.min(MAX_INVOCATIONS.saturating_sub(self.invocations));
        // An event takes 100 units, and one for each byte; its smallest data are 96 bytes.
        let event_bytes = self.units.saturating_mul(4).min(MAX_EVENT_BYTES);
        let most = Self {
            invocations: self.invocations.saturating_add(invoked),
            event_bytes,
            passed: passable(self.units),
            ..self
        };
        most.gas()
    }

    /// The same with the instructions that programs have invoked.
    #[must_use]
    pub(crate) fn invoking(mut self, lists: &InnerInstructionsList) -> Self {
        for list in lists {
            self.invocations = self.invocations.saturating_add(list.len() as u64);
        }
        self
    }

    /// Compute units that so much EVM gas buys besides the rest. None if it does not even pay that.
    pub(crate) const fn units_of(self, gas: u64) -> Option<u64> {
        match gas.checked_sub(self.fixed_gas()) {
            Some(rest) => Some(units_for_gas(rest)),
            None => None,
        }
    }

    const fn fixed_gas(self) -> u64 {
        BASE_GAS
            .saturating_add(ACCOUNT_GAS.saturating_mul(self.accounts))
            .saturating_add(self.bytes.div_ceil(LOADED_BYTES_PER_GAS))
            .saturating_add(PASSED_BYTE_GAS.saturating_mul(self.passed))
            .saturating_add(SIGNATURE_GAS.saturating_mul(self.signatures))
            .saturating_add(INVOCATION_GAS.saturating_mul(self.invocations))
    }
}
