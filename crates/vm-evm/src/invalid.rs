//! Why a transaction cannot be in a block, in the words that wallets look for.

use alloc::{
    borrow::ToOwned,
    format,
    string::{String, ToString},
};
use op_revm::OpTransactionError;
use revm::context_interface::result::InvalidTransaction;

/// A transaction that no block may contain. The message is geth's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Invalid {
    /// What is wrong, in geth's words.
    pub message: String,
    /// Whether a later block could contain it: its nonce is ahead, or its fee
    /// cap below the base fee.
    pub may_come_later: bool,
}

impl Invalid {
    /// Something that no later block allows either.
    pub fn never(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            may_come_later: false,
        }
    }

    /// A nonce that is not the sender's next one.
    pub fn nonce(found: u64, next: u64) -> Self {
        let order = if found < next { "low" } else { "high" };
        Self {
            message: format!("nonce too {order}: next nonce {next}, tx nonce {found}"),
            may_come_later: found > next,
        }
    }
}

impl From<OpTransactionError> for Invalid {
    fn from(error: OpTransactionError) -> Self {
        match error {
            OpTransactionError::Base(error) => error.into(),
            OpTransactionError::DepositSystemTxPostRegolith
            | OpTransactionError::HaltedDepositPostRegolith
            | OpTransactionError::MissingEnvelopedTx => Self {
                message: error.to_string(),
                may_come_later: false,
            },
        }
    }
}

impl From<InvalidTransaction> for Invalid {
    fn from(error: InvalidTransaction) -> Self {
        use InvalidTransaction as E;
        let may_come_later = matches!(error, E::NonceTooHigh { .. } | E::GasPriceLessThanBasefee);
        let message = match &error {
            E::NonceTooLow { tx, state } => {
                format!("nonce too low: next nonce {state}, tx nonce {tx}")
            }
            E::NonceTooHigh { tx, state } => {
                format!("nonce too high: next nonce {state}, tx nonce {tx}")
            }
            E::NonceOverflowInTransaction => "nonce has max value".to_owned(),
            E::LackOfFundForMaxFee { fee, balance } => format!(
                "insufficient funds for gas * price + value: balance {balance}, tx cost {fee}, \
                 overshot {}",
                fee.saturating_sub(**balance)
            ),
            E::OverflowPaymentInTransaction => {
                "insufficient funds for gas * price + value: the cost exceeds 256 bits".to_owned()
            }
            E::CallGasCostMoreThanGasLimit {
                initial_gas,
                gas_limit,
            } => {
                format!("intrinsic gas too low: have {gas_limit}, want {initial_gas}")
            }
            E::GasFloorMoreThanGasLimit {
                gas_floor,
                gas_limit,
            } => format!(
                "insufficient gas for floor data gas cost: have {gas_limit}, want {gas_floor}"
            ),
            E::CallerGasLimitMoreThanBlock => "exceeds block gas limit".to_owned(),
            E::TxGasLimitGreaterThanCap { gas_limit, cap } => {
                format!("transaction gas limit too high: cap {cap}, tx {gas_limit}")
            }
            E::GasPriceLessThanBasefee => "max fee per gas less than block base fee".to_owned(),
            E::PriorityFeeGreaterThanMaxFee => {
                "max priority fee per gas higher than max fee per gas".to_owned()
            }
            E::RejectCallerWithCode => "sender not an eoa".to_owned(),
            E::CreateInitCodeSizeLimit => "max initcode size exceeded".to_owned(),
            E::InvalidChainId => "invalid chain id for signer".to_owned(),
            _ => error.to_string(),
        };
        Self {
            message,
            may_come_later,
        }
    }
}
