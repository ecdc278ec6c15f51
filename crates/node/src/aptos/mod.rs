//! The node as the servers of Aptos' API see it: their query traits over chain, pool and producer.
//!
//! A version numbers what Move's clients can name: genesis is version 0, each later block has one
//! for its start and one for each of its transactions, of whichever VM.

mod carrier;
mod faucet;
mod ledger;
mod listing;
mod native_coin;
mod pool;
mod readiness;
mod show;
mod simulate;
mod state;

pub(crate) use faucet::NodeFaucet;
pub(crate) use readiness::NodeReadiness;

use crate::{backend::NodeBackend, chain::ChainError};
use lumio_executor::ExecuteError;
use lumio_move_engine::Address;
use lumio_rpc::{
    aptos::{BackendError, Ledger as _},
    eth,
};
use lumio_state::Fault;
use lumio_storage::StorageError;
use lumio_types::AccountId;
use std::sync::Arc;
use tokio::{
    sync::{broadcast::error::RecvError, watch},
    task::JoinHandle,
};

type Result<T> = std::result::Result<T, BackendError>;

/// The node behind Aptos' API.
#[derive(Debug)]
pub(crate) struct AptosBackend {
    node: Arc<NodeBackend>,
    newest: watch::Sender<u64>,
}

impl AptosBackend {
    pub(crate) fn new(node: Arc<NodeBackend>) -> Arc<Self> {
        let backend = Self {
            node,
            newest: watch::Sender::new(0),
        };
        let version = backend.info().version;
        backend.newest.send_replace(version);
        Arc::new(backend)
    }

    /// Follows the chain and tells the newest version, until it is aborted.
    pub(crate) fn follow(self: &Arc<Self>) -> JoinHandle<()> {
        let backend = Arc::clone(self);
        let mut events = backend.node.chain.subscribe();
        tokio::spawn(async move {
            loop {
                match events.recv().await {
                    Ok(eth::ChainEvent::Pending(_)) => continue,
                    // Whatever was missed: the newest version is what counts.
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return,
                }
                let version = backend.info().version;
                backend.newest.send_if_modified(|newest| {
                    let moved = *newest != version;
                    *newest = version;
                    moved
                });
            }
        })
    }
}

fn address_of(id: AccountId) -> Address {
    Address(id.0.0)
}

fn account_of(address: Address) -> AccountId {
    AccountId(address.0.into())
}

/// A failure of the node itself.
fn internal(error: impl std::fmt::Display) -> BackendError {
    BackendError::Internal(error.to_string())
}

fn of_chain(error: ChainError) -> BackendError {
    match error {
        ChainError::Storage(error) => of_storage(error),
        error => internal(error),
    }
}

fn of_storage(error: StorageError) -> BackendError {
    match error {
        StorageError::Pruned { .. } => BackendError::Pruned(error.to_string()),
        error => internal(error),
    }
}

fn of_fault(fault: Fault) -> BackendError {
    internal(fault)
}

fn of_eth(error: eth::BackendError) -> BackendError {
    match error {
        eth::BackendError::Internal(message) => BackendError::Internal(message),
        eth::BackendError::Rejected(message) | eth::BackendError::InvalidParams(message) => {
            BackendError::InvalidInput(message)
        }
        error => internal(error),
    }
}

fn of_execution(error: ExecuteError) -> BackendError {
    match error {
        ExecuteError::Move(refusal) => BackendError::Vm {
            code: refusal.status.number,
            message: refusal.to_string(),
        },
        ExecuteError::Solana(refusal) => BackendError::InvalidInput(refusal.to_string()),
        ExecuteError::Invalid(invalid) => BackendError::InvalidInput(invalid.to_string()),
        ExecuteError::Fault(fault) => internal(fault),
    }
}
