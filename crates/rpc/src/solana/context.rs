//! What every method can reach: the node and the limits.

use super::{Backend, BlockHead, SolanaConfig, State, error::RpcError};
use solana_rpc_client_types::response::{Response, RpcResponseContext};
use std::{net::SocketAddr, sync::Arc};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Shared by all connections.
pub(super) struct Context {
    pub(super) backend: Arc<dyn Backend>,
    pub(super) config: SolanaConfig,
    /// One place for each execution that may be under way.
    executions: Arc<Semaphore>,
}

impl Context {
    pub(super) fn new(backend: Arc<dyn Backend>, config: SolanaConfig) -> Self {
        let executions = Arc::new(Semaphore::new(config.max_executions.max(1)));
        Self {
            backend,
            config,
            executions,
        }
    }

    /// Where WebSocket is: on the port after that of HTTP.
    pub(super) fn websocket_address(&self) -> SocketAddr {
        let http = self.config.listen;
        SocketAddr::new(http.ip(), http.port().saturating_add(1))
    }

    /// The newest block, which must not be before `least`.
    pub(super) fn head(&self, least: Option<u64>) -> Result<BlockHead, RpcError> {
        let head = self.backend.head()?;
        reached(head.slot, least)?;
        Ok(head)
    }

    /// The newest state, which must not be before `least`.
    pub(super) fn state(&self, least: Option<u64>) -> Result<Box<dyn State + '_>, RpcError> {
        let state = self.backend.state()?;
        reached(state.head().slot, least)?;
        Ok(state)
    }

    /// Waits for its turn on a thread for blocking work.
    async fn turn(&self) -> Result<OwnedSemaphorePermit, RpcError> {
        let patience = self.config.execution_patience;
        let place = Arc::clone(&self.executions).acquire_owned();
        match tokio::time::timeout(patience, place).await {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(RpcError::Unhealthy(format!(
                "busy with other requests for {patience:?}; try again later"
            ))),
        }
    }

    /// Does something long on a thread for blocking work; the number of these is bounded.
    pub(super) async fn execute<T: Send + 'static>(
        self: Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, RpcError> + Send + 'static,
    ) -> Result<T, RpcError> {
        let permit = self.turn().await?;
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work(&self)
        });
        done.await.unwrap_or_else(|_| {
            tracing::error!("a request's handler panicked");
            Err(RpcError::Internal(
                "the method failed unexpectedly; the node's log has details".into(),
            ))
        })
    }
}

fn reached(head: u64, least: Option<u64>) -> Result<(), RpcError> {
    match least {
        Some(least) if head < least => Err(RpcError::MinContextSlot { head }),
        _ => Ok(()),
    }
}

/// A value with the slot at which it holds.
pub(super) fn at<T>(slot: u64, value: T) -> Response<T> {
    Response {
        context: RpcResponseContext::new(slot),
        value,
    }
}
