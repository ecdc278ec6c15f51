//! Blocks, transactions and receipts.

use crate::{
    backend::{NodeBackend, Result},
    producer::context_after,
};
use alloy_consensus::Header;
use alloy_eips::BlockId;
use alloy_primitives::B256;
use lumio_rpc::eth::{ChainEvent, ChainReader, LocatedTransaction};
use lumio_types::{Block, Receipt};
use std::sync::Arc;
use tokio::sync::broadcast;

impl ChainReader for NodeBackend {
    fn chain_id(&self) -> u64 {
        self.chain.executor().spec().chain_id
    }

    fn head_number(&self) -> u64 {
        self.chain.snapshot().head().map_or(0, |head| head.number)
    }

    fn resolve(&self, id: BlockId) -> Result<Option<u64>> {
        Ok(self.chain.resolve(id)?)
    }

    fn header(&self, number: u64) -> Result<Option<(Header, B256)>> {
        let header = self.chain.snapshot().header(number);
        let header = header.map_err(crate::chain::ChainError::from)?;
        Ok(header.map(|sealed| (sealed.header, sealed.hash)))
    }

    fn block(&self, number: u64) -> Result<Option<Arc<Block>>> {
        Ok(self.chain.filled(number)?.map(|(block, _)| block))
    }

    fn receipts(&self, number: u64) -> Result<Option<Arc<Vec<Receipt>>>> {
        Ok(self.chain.filled(number)?.map(|(_, receipts)| receipts))
    }

    fn pending_block(&self) -> Result<(Arc<Block>, Arc<Vec<Receipt>>)> {
        let pending = self.pending()?;
        Ok((pending.block, pending.receipts))
    }

    fn transaction(&self, hash: B256) -> Result<Option<LocatedTransaction>> {
        Ok(self.chain.transaction(hash)?)
    }

    fn next_base_fee(&self) -> Result<u64> {
        let head = self.chain.head()?;
        let settings = *self.settings.read();
        Ok(context_after(&head, &settings)?.base_fee)
    }

    fn subscribe(&self) -> broadcast::Receiver<ChainEvent> {
        self.chain.subscribe()
    }
}
