//! Those who wait until their transaction is in a durable block.

use crate::{
    chain::{Chain, Filled},
    pool::Pool,
    producer::ProduceError,
};
use alloy_primitives::B256;
use lru::LruCache;
use lumio_rpc::eth::BackendError;
use parking_lot::Mutex;
use std::num::NonZeroUsize;
use tokio::sync::oneshot;

/// Reasons of refusal that are remembered.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(4096).unwrap();

type Verdict = Result<(), BackendError>;
type Waiter = (B256, oneshot::Sender<Verdict>);

/// Waiters, and why transactions were refused after the pool had taken them.
#[derive(Debug)]
pub(crate) struct Waiting {
    waiters: Mutex<Vec<Waiter>>,
    refused: Mutex<LruCache<B256, String>>,
}

impl Default for Waiting {
    fn default() -> Self {
        Self {
            waiters: Mutex::default(),
            refused: Mutex::new(LruCache::new(REMEMBERED)),
        }
    }
}

impl Waiting {
    /// Waits for the round that begins after this call. The transaction is in the pool.
    pub(crate) fn wait(&self, hash: B256) -> oneshot::Receiver<Verdict> {
        let (sender, receiver) = oneshot::channel();
        self.waiters.lock().push((hash, sender));
        receiver
    }

    pub(super) fn take(&self) -> Vec<Waiter> {
        std::mem::take(&mut *self.waiters.lock())
    }

    /// Whether anybody waits.
    pub(super) fn is_empty(&self) -> bool {
        self.waiters.lock().is_empty()
    }

    /// Forgets why a transaction was refused, since it is on its way into the pool again.
    pub(crate) fn forget(&self, hash: B256) {
        self.refused.lock().pop(&hash);
    }

    pub(super) fn refused(&self, hash: B256, reason: String) {
        self.refused.lock().put(hash, reason);
    }

    /// Tells each waiter what became of its transaction: in a block, refused, or in the pool for
    /// reasons that the next block will not change.
    pub(super) fn resolve(
        &self,
        waiters: Vec<Waiter>,
        sealed: &Result<Option<Filled>, ProduceError>,
        pool: &Pool,
        chain: &Chain,
    ) {
        for (hash, waiter) in waiters {
            if matches!(sealed, Ok(Some(_))) && pool.is_next(hash) {
                // The block was full: the next one may have it.
                self.waiters.lock().push((hash, waiter));
                continue;
            }
            let verdict = if is_committed(chain, hash) {
                // In this block or in one before this round.
                Ok(())
            } else {
                let refusal = self.refused.lock().get(&hash).cloned();
                match (sealed, refusal) {
                    (_, Some(reason)) => Err(BackendError::Rejected(reason)),
                    (Err(error), None) => Err(BackendError::Internal(error.to_string())),
                    // It waits for a later one.
                    (Ok(_), None) if pool.get(hash).is_some() => Ok(()),
                    (Ok(_), None) => Err(BackendError::Rejected("transaction dropped".into())),
                }
            };
            // The client may have gone.
            let _ = waiter.send(verdict);
        }
    }
}

fn is_committed(chain: &Chain, hash: B256) -> bool {
    matches!(chain.snapshot().place_of(hash), Ok(Some(_)))
}
