//! The node as the servers of Solana's API see it: their query traits over chain, pool and
//! producer.
//!
//! A slot is a block's number, a blockhash its hash.

mod carrier;
mod faucet;
mod key;
mod ledger;
mod pool;
mod show;
mod simulate;
mod state;

pub use key::SolanaKey;

use crate::{backend::NodeBackend, chain::ChainError};
use alloy_primitives::{B256, keccak256};
use lru::LruCache;
use lumio_rpc::{
    eth,
    solana::{Backend, BackendError, Block, BlockHead, ChainEvent, Changed, Ledger as _},
};
use lumio_state::Fault;
use lumio_storage::StorageError;
use parking_lot::Mutex;
use solana_hash::Hash;
use solana_pubkey::Pubkey;
use std::{
    num::NonZeroUsize,
    sync::{Arc, atomic::AtomicU64},
};
use tokio::{
    sync::broadcast::{self, error::RecvError},
    task::JoinHandle,
};

type Result<T> = std::result::Result<T, BackendError>;

/// Blocks that are kept in the form in which they are asked for.
const RECENT: NonZeroUsize = NonZeroUsize::new(32).unwrap();
/// Events that a slow subscriber may lag behind.
const EVENTS: usize = 1024;

/// The node behind Solana's API.
#[derive(Debug)]
pub(crate) struct SolanaBackend {
    node: Arc<NodeBackend>,
    identity: Pubkey,
    faucet: SolanaKey,
    /// How many airdrops there were: each differs from all others.
    airdrops: AtomicU64,
    blocks: Mutex<LruCache<B256, Arc<Block>>>,
    changes: Mutex<LruCache<B256, Arc<Changed>>>,
    events: broadcast::Sender<ChainEvent>,
}

impl SolanaBackend {
    pub(crate) fn new(node: Arc<NodeBackend>, faucet: SolanaKey) -> Result<Arc<Self>> {
        let genesis = node.chain.snapshot().header(0).map_err(of_storage)?;
        let genesis = genesis.ok_or_else(|| internal("there is no genesis"))?;
        let identity = [b"lumio/sequencer".as_slice(), genesis.hash.as_slice()].concat();
        Ok(Arc::new(Self {
            node,
            identity: Pubkey::new_from_array(keccak256(identity).0),
            faucet,
            airdrops: AtomicU64::new(faucet::first_number()),
            blocks: Mutex::new(LruCache::new(RECENT)),
            changes: Mutex::new(LruCache::new(RECENT)),
            events: broadcast::channel(EVENTS).0,
        }))
    }

    /// Follows the chain and tells subscribers, until it is aborted.
    pub(crate) fn follow(self: &Arc<Self>) -> JoinHandle<()> {
        let backend = Arc::clone(self);
        let mut events = backend.node.chain.subscribe();
        tokio::spawn(async move {
            loop {
                let event = match events.recv().await {
                    Ok(event) => event,
                    // Subscribers that need each block notice that one is missing.
                    Err(RecvError::Lagged(_)) => continue,
                    Err(RecvError::Closed) => return,
                };
                if backend.events.receiver_count() > 0
                    && let Err(error) = backend.announce(&event)
                {
                    tracing::error!(%error, "a block could not be announced to Solana's clients");
                }
            }
        })
    }

    fn announce(&self, event: &eth::ChainEvent) -> Result<()> {
        let event = match event {
            eth::ChainEvent::Pending(_) => return Ok(()),
            eth::ChainEvent::Block(block, receipts) => {
                let snapshot = self.node.chain.snapshot();
                ChainEvent::Block(self.shown(&snapshot, block, receipts)?)
            }
            eth::ChainEvent::Removed { .. } => ChainEvent::Back(self.head()?),
        };
        // Nobody may listen any more.
        let _ = self.events.send(event);
        Ok(())
    }
}

impl Backend for SolanaBackend {
    fn state(&self) -> Result<Box<dyn lumio_rpc::solana::State + '_>> {
        Ok(Box::new(state::SolanaState::newest(&self.node)?))
    }

    fn identity(&self) -> Pubkey {
        self.identity
    }
}

fn hash_of(hash: B256) -> Hash {
    Hash::new_from_array(hash.0)
}

/// A failure of the node itself.
fn internal(error: impl std::fmt::Display) -> BackendError {
    BackendError::Internal(error.to_string())
}

fn of_chain(error: ChainError) -> BackendError {
    internal(error)
}

fn of_storage(error: StorageError) -> BackendError {
    internal(error)
}

fn of_fault(fault: Fault) -> BackendError {
    internal(fault)
}

fn of_eth(error: eth::BackendError) -> BackendError {
    match error {
        eth::BackendError::Internal(message) => BackendError::Internal(message),
        error => BackendError::InvalidParams(error.to_string()),
    }
}

/// The newest block of a snapshot, or any.
fn block_head(snapshot: &lumio_storage::Snapshot, slot: u64) -> Result<Option<BlockHead>> {
    let Some(header) = snapshot.header(slot).map_err(of_storage)? else {
        return Ok(None);
    };
    let range = snapshot.version_range(slot).map_err(of_storage)?;
    // Each block but genesis has a version for its beginning, besides those of its transactions.
    let (_, last) = range.ok_or_else(|| internal("a block has no versions"))?;
    Ok(Some(BlockHead {
        slot,
        blockhash: hash_of(header.hash),
        previous_blockhash: hash_of(header.header.parent_hash),
        timestamp: i64::try_from(header.header.timestamp).unwrap_or(i64::MAX),
        transaction_count: last.saturating_sub(slot),
    }))
}
