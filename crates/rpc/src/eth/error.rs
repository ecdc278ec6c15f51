//! What a request that fails is answered with: the codes, words and `data`
//! that wallets and libraries know from geth.

use super::BackendError;
use alloy_primitives::B256;
use jsonrpsee::types::ErrorObjectOwned;

/// A failed request.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum RpcError {
    /// -32601
    #[error("the method {0} does not exist/is not available")]
    MethodNotFound(String),
    /// -32601, of a subscription
    #[error("no {0:?} subscription in eth namespace")]
    SubscriptionNotFound(String),
    /// -32602
    #[error("missing value for required argument {0}")]
    MissingArgument(usize),
    /// -32602
    #[error("invalid argument {index}: {reason}")]
    InvalidArgument { index: usize, reason: String },
    /// -32602
    #[error("{0}")]
    InvalidParams(String),
    /// -32005, as hosted nodes answer when a limit is passed.
    #[error("{0}")]
    LimitExceeded(String),
    /// -32000
    #[error("filter not found")]
    FilterNotFound,
    /// -32000
    #[error("{0}")]
    Refused(String),
    /// 4, of EIP-7966; the hash is the `data`.
    #[error(
        "transaction {hash} was taken but is in no block after {millis} ms; ask for its receipt later"
    )]
    Timeout { hash: B256, millis: u64 },
    /// What the node said.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// -32603
    #[error("internal error: {0}")]
    Internal(String),
}

impl RpcError {
    /// The JSON-RPC code.
    pub(super) const fn code(&self) -> i32 {
        match self {
            Self::MethodNotFound(_) | Self::SubscriptionNotFound(_) => -32601,
            Self::MissingArgument(_) | Self::InvalidArgument { .. } | Self::InvalidParams(_) => {
                -32602
            }
            Self::LimitExceeded(_) => -32005,
            Self::FilterNotFound | Self::Refused(_) => -32000,
            Self::Timeout { .. } => 4,
            Self::Internal(_) => -32603,
            Self::Backend(error) => match error {
                BackendError::InvalidParams(_) => -32602,
                BackendError::Reverted { .. } => 3,
                BackendError::Coded { code, .. } => *code,
                BackendError::Internal(_) => -32603,
                BackendError::Rejected(_)
                | BackendError::NotFound(_)
                | BackendError::Halted(_)
                | BackendError::Unsupported(_) => -32000,
            },
        }
    }

    /// The `data` of the error object, as a hex string.
    fn data(&self) -> Option<String> {
        match self {
            Self::Backend(BackendError::Reverted { data, .. }) => Some(data.to_string()),
            Self::Timeout { hash, .. } => Some(hash.to_string()),
            _ => None,
        }
    }

    /// The error object on the wire.
    pub(super) fn into_object(self) -> ErrorObjectOwned {
        ErrorObjectOwned::owned(self.code(), self.to_string(), self.data())
    }
}
