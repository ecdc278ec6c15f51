//! Structured logs on standard error.

use crate::cli::Verbosity;
use lumio_node::LogFormat;
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Starts logging. `RUST_LOG` wins over the flags.
pub(crate) fn init(format: LogFormat, verbosity: &Verbosity) {
    let directives = match (verbosity.quiet, verbosity.verbose) {
        (true, _) => "error",
        (false, 0) => "info",
        (false, 1) => "info,lumio=debug,lumio_node=debug,lumio_storage=debug,lumio_rpc=debug",
        (false, 2) => "debug",
        (false, _) => "trace",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(directives));
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // Only fails when a subscriber is set already.
    let _ = match format {
        LogFormat::Text => logs.with_target(false).try_init(),
        LogFormat::Json => logs.json().try_init(),
    };
}
