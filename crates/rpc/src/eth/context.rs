//! What every method can reach: the node, the limits, the filters.

use super::{Backend, DevControl, EthConfig, error::RpcError, fees::TipCache, filters::Filters};
use alloy_eips::{BlockId, BlockNumberOrTag};
use lumio_types::{Block, Receipt};
use std::sync::Arc;

/// A block with its receipts.
pub(super) type Filled = (Arc<Block>, Arc<Vec<Receipt>>);

/// Shared by all connections.
pub(super) struct Context {
    pub(super) backend: Arc<dyn Backend>,
    pub(super) config: EthConfig,
    pub(super) filters: Filters,
    pub(super) tips: TipCache,
}

/// Whether a block id is the block that is being built.
pub(super) fn is_pending(id: BlockId) -> bool {
    matches!(id, BlockId::Number(BlockNumberOrTag::Pending))
}

impl Context {
    pub(super) fn new(backend: Arc<dyn Backend>, config: EthConfig) -> Self {
        let filters = Filters::new(config.max_filters, config.filter_idle);
        Self {
            backend,
            config,
            filters,
            tips: TipCache::default(),
        }
    }

    /// The development methods; callers check [`super::registry::Method::is_dev`] first.
    pub(super) fn dev(&self) -> Result<&dyn DevControl, RpcError> {
        self.backend.dev().ok_or_else(|| {
            RpcError::Refused("this is not a development chain; start it with `lumio dev`".into())
        })
    }

    /// A committed or pending block, or none for an unknown one.
    pub(super) fn block(&self, id: BlockId) -> Result<Option<Arc<Block>>, RpcError> {
        if is_pending(id) {
            return Ok(Some(self.backend.pending_block()?.0));
        }
        match self.backend.resolve(id)? {
            Some(number) => Ok(self.backend.block(number)?),
            None => Ok(None),
        }
    }

    /// As [`Context::block`], with receipts.
    pub(super) fn filled(&self, id: BlockId) -> Result<Option<Filled>, RpcError> {
        if is_pending(id) {
            return Ok(Some(self.backend.pending_block()?));
        }
        match self.backend.resolve(id)? {
            Some(number) => self.filled_at(number),
            None => Ok(None),
        }
    }

    /// A committed block with its receipts.
    pub(super) fn filled_at(&self, number: u64) -> Result<Option<Filled>, RpcError> {
        let Some(block) = self.backend.block(number)? else {
            return Ok(None);
        };
        let receipts = self
            .backend
            .receipts(number)?
            .ok_or_else(|| RpcError::Internal(format!("block {number} has no receipts")))?;
        Ok(Some((block, receipts)))
    }
}
