//! The pending block that was made last. It holds a snapshot of the database, whose space cannot
//! be reused meanwhile, so it is forgotten as soon as the database changes.

use crate::chain::{Chain, Sealed};
use lumio_executor::BlockContext;
use lumio_state::WriteSet;
use lumio_storage::Snapshot;
use std::sync::Arc;

/// A pending block and what it was made of.
#[derive(Debug)]
pub(crate) struct Pending {
    /// The context, which names the parent.
    pub(crate) context: BlockContext,
    /// The edits that it begins with.
    pub(crate) edits: Arc<WriteSet>,
    /// The pool's version.
    pub(crate) pool: u64,
    /// The block.
    pub(crate) sealed: Sealed,
}

impl Chain {
    /// The pending block that is kept, if it was made of the same things.
    pub(crate) fn kept_pending(
        &self,
        context: &BlockContext,
        snapshot: &Snapshot,
        pool: u64,
    ) -> Option<Sealed> {
        let kept = self.pending.lock();
        let kept = kept.as_ref()?;
        (kept.context == *context
            && kept.pool == pool
            && Arc::ptr_eq(&kept.edits, &snapshot.edits()))
        .then(|| kept.sealed.clone())
    }

    /// Keeps a pending block, unless the database has changed since it was begun.
    pub(crate) fn keep_pending(&self, pending: Pending) {
        let mut kept = self.pending.lock();
        // Whoever changes the database forgets the block after that, under the same lock.
        let now = self.snapshot();
        let current = now
            .head()
            .is_some_and(|head| head.hash == pending.context.parent_hash)
            && Arc::ptr_eq(&now.edits(), &pending.edits);
        if current {
            *kept = Some(pending);
        }
    }

    /// The database has changed.
    pub(super) fn forget_pending(&self) {
        let forgotten = self.pending.lock().take();
        drop(forgotten);
    }
}
