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
        // The block that was announced last.
        let mut last = self.head().map_or(0, |head| head.slot);
        tokio::spawn(async move {
            loop {
                match events.recv().await {
                    Ok(eth::ChainEvent::Pending(_)) => continue,
                    Ok(eth::ChainEvent::Removed { head, .. }) => {
                        last = head.0;
                        backend.announce_return();
                        continue;
                    }
                    // Whatever was missed: the blocks are read from the chain.
                    Ok(eth::ChainEvent::Block(..)) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return,
                }
                match backend.announce_after(last) {
                    Ok(head) => last = head,
                    Err(error) => {
                        tracing::error!(%error, "a block could not be told to Solana's clients");
                    }
                }
            }
        })
    }

    /// Tells subscribers that the head was moved back.
    fn announce_return(&self) {
        if let Ok(head) = self.head() {
            // Nobody may listen.
            let _ = self.events.send(ChainEvent::Back(head));
        }
    }

    /// Tells subscribers of the blocks after one. Returns the head.
    fn announce_after(&self, last: u64) -> Result<u64> {
        let head = self.head()?;
        if self.events.receiver_count() == 0 {
            return Ok(head.slot);
        }
        for slot in last.saturating_add(1)..=head.slot {
            if let Some(block) = self.block(slot)? {
                // Nobody may listen any more.
                let _ = self.events.send(ChainEvent::Block(block));
            }
        }
        Ok(head.slot)
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
