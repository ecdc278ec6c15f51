//! Why a simulation has no result.

use alloy_primitives::Bytes;
use alloy_sol_types::{Panic, Revert, SolError};
use lumio_executor::{ExecuteError, Executed, Fault};

/// A simulation that failed, in the terms of Ethereum's API.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SimulateError {
    /// The request contradicts itself.
    #[error("{0}")]
    InvalidParams(String),
    /// No block may contain the transaction. The words are geth's.
    #[error("{0}")]
    Rejected(String),
    /// It reverted.
    #[error("execution reverted")]
    Reverted {
        /// The decoded `Error(string)` or `Panic(uint256)`, if it is one.
        reason: Option<String>,
        /// What the contract returned.
        data: Bytes,
    },
    /// It halted: out of gas, an invalid opcode, …
    #[error("{0}")]
    Halted(String),
    /// The machinery failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<ExecuteError> for SimulateError {
    fn from(error: ExecuteError) -> Self {
        match error {
            ExecuteError::Move(refusal) => Self::Rejected(refusal.to_string()),
            ExecuteError::Solana(refusal) => Self::Rejected(refusal.to_string()),
            ExecuteError::Invalid(invalid) => Self::Rejected(invalid.message),
            ExecuteError::Fault(fault) => Self::Fault(fault),
        }
    }
}

impl SimulateError {
    /// The error of a run whose effects do not stand.
    pub(crate) fn of_failure(executed: Executed) -> Self {
        match executed.halt {
            Some(halt) => Self::Halted(halt),
            None => Self::Reverted {
                reason: revert_reason(&executed.output),
                data: executed.output,
            },
        }
    }
}

/// The text of a Solidity `Error(string)` or `Panic(uint256)`.
pub fn revert_reason(data: &[u8]) -> Option<String> {
    if let Ok(revert) = Revert::abi_decode(data) {
        return Some(revert.reason);
    }
    Panic::abi_decode(data).ok().map(|panic| panic.to_string())
}
