//! What the exit code tells about a failure.

use lumio_node::{ConfigError, FailureKind, NodeError, inspect::InspectError};
use std::process::ExitCode;

const FAILURE: u8 = 1;
const USAGE: u8 = 2;
const DATA_FOLDER: u8 = 3;
const PORT: u8 = 4;

/// The exit code of an error, by what the user can do about it.
pub(crate) fn code_of(error: &anyhow::Error) -> ExitCode {
    let kind = None
        .or_else(|| {
            error
                .downcast_ref::<ConfigError>()
                .map(|_| FailureKind::Usage)
        })
        .or_else(|| error.downcast_ref().map(NodeError::kind))
        .or_else(|| error.downcast_ref().map(InspectError::kind));
    let code = match kind {
        Some(FailureKind::Usage) => USAGE,
        Some(FailureKind::DataFolder) => DATA_FOLDER,
        Some(FailureKind::Port) => PORT,
        Some(FailureKind::Other) | None => FAILURE,
    };
    ExitCode::from(code)
}
