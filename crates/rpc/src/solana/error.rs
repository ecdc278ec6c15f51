//! What a request that fails is answered with: the codes, words and `data` that Solana's clients
//! know.

use super::BackendError;
use jsonrpsee::types::ErrorObjectOwned;
use serde::Serialize;
use serde_json::{Value, json};

/// A failed request.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum RpcError {
    /// -32601
    #[error("Method not found")]
    MethodNotFound,
    /// -32601, of what there is for WebSocket alone.
    #[error("subscriptions are answered over WebSocket only")]
    NeedsWebSocket,
    /// -32600: a well-formed request that cannot be answered in the form that it asks for.
    #[error("{0}")]
    InvalidRequest(String),
    /// -32602
    #[error("{0}")]
    InvalidParams(String),
    /// -32002, with the whole simulation.
    #[error("Transaction simulation failed: {reason}")]
    Preflight { reason: String, data: Value },
    /// -32003
    #[error("Transaction signature verification failure")]
    Signature,
    /// -32004
    #[error("Block not available for slot {0}")]
    BlockNotAvailable(u64),
    /// -32005
    #[error("Node is unhealthy: {0}")]
    Unhealthy(String),
    /// -32008
    #[error("No snapshot")]
    NoSnapshot,
    /// -32012: more to look through than one request may.
    #[error("{0}")]
    Scan(String),
    /// -32015
    #[error(
        "Transaction version ({0}) is not supported by the requesting client. Please try the \
         request again with the following configuration parameter: \
         \"maxSupportedTransactionVersion\": {0}"
    )]
    TransactionVersion(u8),
    /// -32016
    #[error("Minimum context slot has not been reached")]
    MinContextSlot { head: u64 },
    /// -32603
    #[error("Internal error: {0}")]
    Internal(String),
}

impl From<BackendError> for RpcError {
    fn from(error: BackendError) -> Self {
        match error {
            BackendError::InvalidParams(reason) => Self::InvalidParams(reason),
            BackendError::TooMuch(reason) => Self::Scan(reason),
            BackendError::Unavailable(reason) => Self::Unhealthy(reason),
            BackendError::Internal(reason) => Self::Internal(reason),
        }
    }
}

impl RpcError {
    /// A parameter that makes no sense, in the words of Solana's nodes.
    pub(super) fn param(reason: impl std::fmt::Display) -> Self {
        Self::InvalidParams(format!("Invalid param: {reason}"))
    }

    /// The JSON-RPC code.
    pub(super) const fn code(&self) -> i32 {
        match self {
            Self::InvalidRequest(_) => -32600,
            Self::MethodNotFound | Self::NeedsWebSocket => -32601,
            Self::InvalidParams(_) => -32602,
            Self::Internal(_) => -32603,
            Self::Preflight { .. } => -32002,
            Self::Signature => -32003,
            Self::BlockNotAvailable(_) => -32004,
            Self::Unhealthy(_) => -32005,
            Self::NoSnapshot => -32008,
            Self::Scan(_) => -32012,
            Self::TransactionVersion(_) => -32015,
            Self::MinContextSlot { .. } => -32016,
        }
    }

    fn data(&self) -> Option<Value> {
        match self {
            Self::Preflight { data, .. } => Some(data.clone()),
            Self::MinContextSlot { head } => Some(json!({ "contextSlot": head })),
            Self::Unhealthy(_) => Some(json!({ "numSlotsBehind": null })),
            _ => None,
        }
    }

    /// The error object on the wire.
    pub(super) fn into_object(self) -> ErrorObjectOwned {
        ErrorObjectOwned::owned(self.code(), self.to_string(), self.data())
    }

    /// A transaction that would fail, with what it did.
    pub(super) fn preflight(reason: String, simulated: &impl Serialize) -> Self {
        match serde_json::to_value(simulated) {
            Ok(data) => Self::Preflight { reason, data },
            Err(error) => Self::Internal(error.to_string()),
        }
    }
}
