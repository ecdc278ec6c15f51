//! The block that would be sealed now. Made when asked for, and kept until something changes.

use crate::{
    backend::{NodeBackend, Result},
    chain::{ChainError, Pending, Sealed},
    producer::{context_after, execute, unsealed},
};
use lumio_executor::BlockContext;
use lumio_storage::Snapshot;

impl NodeBackend {
    /// What the next block would be.
    pub(super) fn pending(&self) -> Result<Sealed> {
        // One at a time: the others find what the first has made.
        let _making = self.pending.lock();
        let pool = self.pool.version();
        let snapshot = self.chain.snapshot();
        let context = self.context_on(&snapshot)?;
        if let Some(kept) = self.chain.kept_pending(&context, &snapshot, pool) {
            return Ok(kept);
        }
        let market = &self.market;
        let choice = market.choose(&self.pool, context.base_fee, context.gas_limit);
        let executed = execute(&self.chain, &snapshot, &context, choice.candidates)?;
        let sealed = self
            .chain
            .seal_only(unsealed(&context, executed), &snapshot)?;
        self.chain.keep_pending(Pending {
            context,
            edits: snapshot.edits(),
            pool,
            sealed: sealed.clone(),
        });
        Ok(sealed)
    }

    /// The context of the block after a snapshot's head.
    ///
    /// What runs in it must run on the state of that very snapshot: the head may move on at any
    /// time, and the Solana VM keeps what a block's transactions share by who its parent is.
    pub(crate) fn context_on(&self, snapshot: &Snapshot) -> Result<BlockContext> {
        let head = snapshot.head_header().ok_or(ChainError::NoGenesis)?;
        Ok(context_after(head, &self.settings.read())?)
    }
}
