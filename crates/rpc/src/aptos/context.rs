//! What every request can reach: the node and the limits.

use super::{
    ApiConfig,
    args::Args,
    backend::{Backend, LedgerInfo},
    error::ApiError,
    module_cache::ModuleCache,
    types::Types,
};
use std::sync::Arc;

/// Shared by all connections.
pub(super) struct Context {
    pub(super) backend: Arc<dyn Backend>,
    pub(super) config: ApiConfig,
    pub(super) modules: ModuleCache,
}

impl Context {
    pub(super) fn info(&self) -> LedgerInfo {
        self.backend.info()
    }

    /// A version that exists and is kept.
    pub(super) fn check_version(&self, version: u64) -> Result<u64, ApiError> {
        let info = self.info();
        if version > info.version {
            return Err(ApiError::VersionNotFound(version));
        }
        if version < info.oldest_version {
            return Err(ApiError::VersionPruned(version));
        }
        Ok(version)
    }

    /// The state that the query's `ledger_version` names, or the newest.
    pub(super) fn state(&self, args: &Args) -> Result<Types<'_>, ApiError> {
        let version = match args.option("ledger_version")? {
            Some(version) => self.check_version(version)?,
            None => self.info().version,
        };
        self.state_at(version)
    }

    /// The newest state: what transactions of any age are shown with, since
    /// types of published modules stay.
    pub(super) fn newest(&self) -> Result<Types<'_>, ApiError> {
        self.state_at(self.info().version)
    }

    fn state_at(&self, version: u64) -> Result<Types<'_>, ApiError> {
        Ok(Types::new(
            self.backend.state(version)?,
            version,
            &self.modules,
            &self.config.tables,
        ))
    }
}
