//! The block that would be sealed now. Made when asked for, and kept until something changes.

use crate::{
    backend::{NodeBackend, Result},
    chain::Sealed,
    producer::{context_after, execute, unsealed},
};
use alloy_primitives::B256;
use lumio_executor::BlockContext;
use lumio_state::WriteSet;
use std::sync::Arc;

/// The pending block and what it was made of.
#[derive(Debug)]
pub(crate) struct PendingCache {
    parent: B256,
    edits: Arc<WriteSet>,
    pool: u64,
    timestamp: u64,
    sealed: Sealed,
}

impl NodeBackend {
    /// What the next block would be.
    pub(super) fn pending(&self) -> Result<Sealed> {
        let pool = self.pool.version();
        let snapshot = self.chain.snapshot();
        let context = self.next_context()?;
        let mut cache = self.pending.lock();
        if let Some(kept) = &*cache
            && kept.parent == context.parent_hash
            && kept.timestamp == context.timestamp
            && kept.pool == pool
            && *kept.edits == *snapshot.edits()
        {
            return Ok(kept.sealed.clone());
        }
        let candidates = self.pool.best(context.base_fee, context.gas_limit);
        let executed = execute(&snapshot, self.chain.executor(), &context, candidates)?;
        let sealed = self
            .chain
            .seal_only(unsealed(&context, executed), &snapshot)?;
        *cache = Some(PendingCache {
            parent: context.parent_hash,
            edits: snapshot.edits(),
            pool,
            timestamp: context.timestamp,
            sealed: sealed.clone(),
        });
        Ok(sealed)
    }

    /// The context of the next block.
    pub(super) fn next_context(&self) -> Result<BlockContext> {
        let head = self.chain.head()?;
        let settings = *self.settings.read();
        Ok(context_after(&head, &settings)?)
    }
}
