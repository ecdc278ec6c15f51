//! The block that would be sealed now. Made when asked for, and kept until something changes.

use crate::{
    backend::{NodeBackend, Result},
    chain::{ChainError, Pending, Sealed},
    producer::{context_after, execute, unsealed},
};
use lumio_executor::BlockContext;

impl NodeBackend {
    /// What the next block would be.
    pub(super) fn pending(&self) -> Result<Sealed> {
        // One at a time: the others find what the first has made.
        let _making = self.pending.lock();
        let pool = self.pool.version();
        let snapshot = self.chain.snapshot();
        let parent = snapshot.head_header().ok_or(ChainError::NoGenesis)?;
        let context = context_after(parent, &self.settings.read())?;
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

    /// The context of the next block.
    pub(crate) fn next_context(&self) -> Result<BlockContext> {
        let head = self.chain.head()?;
        let settings = *self.settings.read();
        Ok(context_after(&head, &settings)?)
    }
}
