//! What a request that fails is answered with: the HTTP status, code and words
//! that Aptos clients know.

use super::{
    answer::Answer,
    backend::{BackendError, SubmitError},
};
use axum::http::StatusCode;
use lumio_move_engine::{Address, ModuleId, StructTag};
use serde_json::{Value, json};
use std::time::Duration;

/// A failed request.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum ApiError {
    /// No such path.
    #[error("there is nothing at this path: the API is below /v1, and /v1/spec lists its paths")]
    NoRoute,
    /// The path is for other methods.
    #[error("this path is for another method: GET reads, POST sends and views")]
    WrongMethod,
    /// The body is too long.
    #[error("the request's body is longer than {0} bytes")]
    TooLarge(usize),
    /// The body did not come in time, or its connection broke.
    #[error("the request's body did not arrive: {0}")]
    NoBody(String),
    /// The body is of a type that is not read here.
    #[error(
        "the provided content type is not supported: {given:?}; send application/json or {expected}"
    )]
    ContentType {
        given: String,
        expected: &'static str,
    },
    /// A part of the path or of the query cannot be read.
    #[error("failed to parse {place} `{name}`: {reason}")]
    Parameter {
        place: &'static str,
        name: &'static str,
        reason: String,
    },
    /// The body is no JSON, or not that of this request.
    #[error("parse request payload error: {0}")]
    Payload(String),
    /// The request can be read, but not carried out.
    #[error("{0}")]
    InvalidInput(String),
    #[error(
        "Resource not found by Address({address}), Struct tag({tag}) and Ledger version({version})"
    )]
    ResourceNotFound {
        address: Address,
        tag: StructTag,
        version: u64,
    },
    #[error(
        "Module not found by Address({}), Module name({}) and Ledger version({version})", .id.address, .id.name
    )]
    ModuleNotFound { id: ModuleId, version: u64 },
    #[error("Struct Field not found by Struct tag({tag}), Field name({field})")]
    FieldNotFound { tag: StructTag, field: String },
    #[error("Ledger version not found by Ledger version({0})")]
    VersionNotFound(u64),
    /// By a hash or a version.
    #[error("Transaction not found by {0}")]
    TransactionNotFound(String),
    #[error(
        "Table Item not found by Table handle({handle}), Table key({key}) and Ledger version({version})"
    )]
    TableItemNotFound {
        handle: Address,
        key: String,
        version: u64,
    },
    /// By a height or a version.
    #[error("Block not found by {0}")]
    BlockNotFound(String),
    #[error("Ledger version({0}) has been pruned")]
    VersionPruned(u64),
    #[error("Block({0}) has been pruned")]
    BlockPruned(u64),
    /// There is no such answer in BCS.
    #[error("BCS is not supported for this endpoint")]
    NoBcs,
    /// The node is too far behind.
    #[error("{0}")]
    Unhealthy(String),
    /// The node has had other things to do for too long.
    #[error("the node has been busy with other requests for {0:?}; try again later")]
    Busy(Duration),
    #[error(transparent)]
    Submit(#[from] SubmitError),
    #[error(transparent)]
    Backend(#[from] BackendError),
    #[error("internal error: {0}")]
    Internal(String),
}

impl ApiError {
    /// HTTP status and error code.
    pub(super) const fn kind(&self) -> (StatusCode, &'static str) {
        const FRAMEWORK: &str = "web_framework_error";
        match self {
            Self::NoRoute => (StatusCode::NOT_FOUND, FRAMEWORK),
            Self::WrongMethod => (StatusCode::METHOD_NOT_ALLOWED, FRAMEWORK),
            Self::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, FRAMEWORK),
            Self::ContentType { .. } => (StatusCode::UNSUPPORTED_MEDIA_TYPE, FRAMEWORK),
            Self::NoBody(_) | Self::Parameter { .. } | Self::Payload(_) => {
                (StatusCode::BAD_REQUEST, FRAMEWORK)
            }
            Self::InvalidInput(_) => (StatusCode::BAD_REQUEST, "invalid_input"),
            Self::ResourceNotFound { .. } => (StatusCode::NOT_FOUND, "resource_not_found"),
            Self::ModuleNotFound { .. } => (StatusCode::NOT_FOUND, "module_not_found"),
            Self::FieldNotFound { .. } => (StatusCode::NOT_FOUND, "struct_field_not_found"),
            Self::VersionNotFound(_) => (StatusCode::NOT_FOUND, "version_not_found"),
            Self::TransactionNotFound(_) => (StatusCode::NOT_FOUND, "transaction_not_found"),
            Self::TableItemNotFound { .. } => (StatusCode::NOT_FOUND, "table_item_not_found"),
            Self::BlockNotFound(_) => (StatusCode::NOT_FOUND, "block_not_found"),
            Self::VersionPruned(_) => (StatusCode::GONE, "version_pruned"),
            Self::BlockPruned(_) => (StatusCode::GONE, "block_pruned"),
            Self::NoBcs => (StatusCode::BAD_REQUEST, "bcs_not_supported"),
            Self::Unhealthy(_) => (StatusCode::SERVICE_UNAVAILABLE, "health_check_failed"),
            Self::Busy(_) => (StatusCode::SERVICE_UNAVAILABLE, "internal_error"),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal_error"),
            Self::Submit(error) => match error {
                SubmitError::Invalid { .. } => (StatusCode::BAD_REQUEST, "vm_error"),
                SubmitError::SequenceNumberTooOld(_) => {
                    (StatusCode::BAD_REQUEST, "sequence_number_too_old")
                }
                SubmitError::InvalidUpdate(_) => {
                    (StatusCode::BAD_REQUEST, "invalid_transaction_update")
                }
                SubmitError::Filtered(_) => (StatusCode::FORBIDDEN, "rejected_by_filter"),
                SubmitError::PoolFull(_) => (StatusCode::INSUFFICIENT_STORAGE, "mempool_is_full"),
                SubmitError::Backend(error) => of_backend(error),
            },
            Self::Backend(error) => of_backend(error),
        }
    }

    fn vm_code(&self) -> Option<u64> {
        match self {
            Self::Submit(
                SubmitError::Invalid { code, .. }
                | SubmitError::Backend(BackendError::Vm { code, .. }),
            )
            | Self::Backend(BackendError::Vm { code, .. }) => Some(*code),
            _ => None,
        }
    }

    /// The body on the wire.
    pub(super) fn json(&self) -> Value {
        json!({
            "message": self.to_string(),
            "error_code": self.kind().1,
            "vm_error_code": self.vm_code(),
        })
    }

    /// As an answer. Errors are JSON whatever the client accepts.
    pub(super) fn answer(&self) -> Answer {
        Answer::json(self.json()).with_status(self.kind().0)
    }
}

const fn of_backend(error: &BackendError) -> (StatusCode, &'static str) {
    match error {
        BackendError::InvalidInput(_) | BackendError::Vm { .. } => {
            (StatusCode::BAD_REQUEST, "invalid_input")
        }
        BackendError::Pruned(_) => (StatusCode::GONE, "version_pruned"),
        BackendError::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "internal_error"),
        BackendError::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal_error"),
    }
}
