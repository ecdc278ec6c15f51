//! The node as the servers see it: their query traits over chain, pool and producer.

mod build;
mod carried;
mod chain;
mod dev;
mod dump;
mod fees;
mod pending;
mod pool;
mod sign;
mod simulate;
mod simulate_blocks;
mod state;

pub(crate) use pool::{Refusal, committed};
pub(crate) use simulate::context_of;

use crate::{
    chain::{Chain, ChainError},
    keys::Keyring,
    market::Market,
    pool::{Pool, PoolError},
    producer::{ProduceError, ProducerHandle, Settings, Waiting},
    state::internal,
};
use alloy_primitives::Address;
use lumio_rpc::eth::{Backend, BackendError, DevControl, NodeInfo};
use lumio_storage::StorageError;
use parking_lot::{Mutex, RwLock};
use std::{collections::BTreeSet, sync::Arc};

type Result<T> = std::result::Result<T, BackendError>;

/// Addresses whose transactions need no signature.
#[derive(Debug, Default)]
pub(crate) struct Impersonated {
    addresses: BTreeSet<Address>,
    everyone: bool,
}

/// The node behind the servers.
#[derive(Debug)]
pub(crate) struct NodeBackend {
    pub(crate) chain: Arc<Chain>,
    pub(crate) pool: Arc<Pool>,
    pub(crate) market: Arc<Market>,
    pub(crate) waiting: Arc<Waiting>,
    pub(crate) settings: Arc<RwLock<Settings>>,
    pub(crate) producer: ProducerHandle,
    pub(crate) simulator: lumio_simulator::Simulator,
    pub(crate) keyring: Keyring,
    pub(crate) impersonated: RwLock<Impersonated>,
    /// Held while a pending block is made.
    pub(crate) pending: Mutex<()>,
}

impl Backend for NodeBackend {
    fn dev(&self) -> Option<&dyn DevControl> {
        Some(self)
    }

    fn info(&self) -> NodeInfo {
        let settings = *self.settings.read();
        let parent = self.chain.head().map_or(0, |head| head.header.timestamp);
        NodeInfo {
            client_version: crate::client_version(),
            hard_fork: crate::HARD_FORK.into(),
            pending_timestamp: settings.clock.timestamp(parent),
            gas_limit: settings.gas_limit,
            automine: settings.schedule.at_once,
            interval_ms: settings
                .schedule
                .interval
                .map(|interval| u64::try_from(interval.as_millis()).unwrap_or(u64::MAX)),
        }
    }
}

impl From<ChainError> for BackendError {
    fn from(error: ChainError) -> Self {
        match error {
            ChainError::Storage(
                StorageError::Pruned { .. } | StorageError::UnknownBlock { .. },
            ) => Self::NotFound(error.to_string()),
            error => internal(error),
        }
    }
}

impl From<PoolError> for BackendError {
    fn from(error: PoolError) -> Self {
        if error.is_internal() {
            internal(error)
        } else {
            Self::Rejected(error.to_string())
        }
    }
}

impl From<ProduceError> for BackendError {
    fn from(error: ProduceError) -> Self {
        match error {
            ProduceError::Chain(error) => error.into(),
            ProduceError::Pool(error) => error.into(),
            ProduceError::Clock(error) => Self::InvalidParams(error.to_string()),
            error @ (ProduceError::Range(_) | ProduceError::Stopping) => internal(error),
        }
    }
}
