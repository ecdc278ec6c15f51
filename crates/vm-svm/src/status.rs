//! How a transaction or a call ends, in words that clients and callers know.

use alloy_primitives::{B256, Bytes};
use alloy_sol_types::SolError;
use lumio_state::Fault;
use lumio_vm_bus::message::{SolanaFailure, SolanaProgramError};
use solana_instruction::error::InstructionError;
use solana_pubkey::Pubkey;
use solana_transaction_error::{AddressLoaderError, TransactionError};

use crate::host::{LoadError, unusable};

/// What stands before a message of a deployed program.
const LOG: &str = "Program log: ";
/// What a line starts with that is the runtime's own.
const RUNTIME: &str = "Program ";

/// The data of a revert for a call of a program that failed.
pub(crate) fn revert(program: &Pubkey, error: &TransactionError, logs: &[String]) -> Bytes {
    let program = B256::from(program.to_bytes());
    let last = logs.iter().rev().find_map(|line| {
        let of_builtin = (!line.starts_with(RUNTIME)).then_some(line.as_str());
        line.strip_prefix(LOG).or(of_builtin)
    });
    let (status, text) = match error {
        TransactionError::InstructionError(_, InstructionError::Custom(code)) => {
            let message = last.unwrap_or("the program gave no message").into();
            let error = SolanaProgramError {
                program,
                code: *code,
                message,
            };
            return error.abi_encode().into();
        }
        TransactionError::InstructionError(_, error) => (name(error), error.to_string()),
        error => (name(error), error.to_string()),
    };
    let message = match last {
        Some(last) => format!("{text}; its last log: {last}"),
        None => text,
    };
    let failure = SolanaFailure {
        program,
        status,
        message,
    };
    failure.abi_encode().into()
}

/// The name of an error's variant.
fn name(error: &impl std::fmt::Debug) -> String {
    let text = format!("{error:?}");
    let end = text.find(|c: char| !c.is_ascii_alphanumeric());
    text.get(..end.unwrap_or(text.len()))
        .unwrap_or_default()
        .into()
}

/// A Solana transaction that did not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SvmTransactError {
    /// No block may contain it.
    Refused(TransactionError),
    /// An account that it names owns more than Solana's programs can count: the reason.
    Amount(String),
    /// The machinery failed.
    Fault(Fault),
}

impl From<TransactionError> for SvmTransactError {
    fn from(error: TransactionError) -> Self {
        Self::Refused(error)
    }
}

impl From<AddressLoaderError> for SvmTransactError {
    fn from(error: AddressLoaderError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<Fault> for SvmTransactError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<LoadError> for SvmTransactError {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Fault(fault) => Self::Fault(fault),
            LoadError::Amount(key, error) => Self::Amount(unusable(&key, &error)),
        }
    }
}

impl std::fmt::Display for SvmTransactError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(error) => write!(f, "{error}"),
            Self::Amount(reason) => f.write_str(reason),
            Self::Fault(fault) => write!(f, "{fault}"),
        }
    }
}

impl std::error::Error for SvmTransactError {}
