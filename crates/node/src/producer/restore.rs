//! What a development chain's user asks of the producer: blocks, edits, going back.

use crate::producer::{Clock, Empty, ProduceError, Producer, Settings, context_after};
use alloy_primitives::B256;
use lumio_state::WriteSet;
use lumio_storage::View;
use lumio_types::Transaction;
use std::sync::{Arc, atomic::Ordering};

/// A moment to go back to.
#[derive(Debug)]
pub(super) struct Remembered {
    id: u64,
    pub(super) number: u64,
    hash: B256,
    edits: Arc<WriteSet>,
    pool: Vec<Arc<Transaction>>,
    settings: Settings,
}

impl Producer {
    /// Seals blocks, `interval` seconds apart.
    pub(crate) fn mine(&mut self, blocks: u64, interval: u64) -> Result<Vec<u64>, ProduceError> {
        let mut numbers = Vec::new();
        for index in 0..blocks {
            if self.stopping.load(Ordering::Acquire) {
                return Err(ProduceError::Stopping);
            }
            if index > 0 {
                let seconds = i64::try_from(interval).unwrap_or(i64::MAX);
                self.settings.write().clock.advance(seconds)?;
            }
            if let Some((block, _)) = self.round(Empty::Seal)? {
                numbers.push(block.number());
            }
        }
        Ok(numbers)
    }

    /// Adds to the changes that the next block begins with. They are visible at once.
    pub(crate) fn edit(&mut self, changes: WriteSet) -> Result<(), ProduceError> {
        let mut edits = (*self.chain.snapshot().edits()).clone();
        edits.extend(changes);
        self.chain.set_edits(edits.clone())?;
        self.pool.sealed(&edits, self.next_base_fee()?);
        Ok(())
    }

    /// The state that the next block starts from.
    pub(crate) fn latest_state(&self) -> View {
        self.chain.snapshot().latest_state()
    }

    /// The timestamp of the head.
    pub(crate) fn head_timestamp(&self) -> Result<u64, ProduceError> {
        Ok(self.chain.head()?.header.timestamp)
    }

    /// Remembers head, edits, pool and settings.
    pub(crate) fn remember(&mut self) -> Result<u64, ProduceError> {
        let snapshot = self.chain.snapshot();
        let head = self.chain.head()?;
        let content = self.pool.content();
        let id = self.next_snapshot;
        self.next_snapshot = id.saturating_add(1);
        self.remembered.push(Remembered {
            id,
            number: head.header.number,
            hash: head.hash,
            edits: snapshot.edits(),
            pool: content.pending.into_iter().chain(content.queued).collect(),
            settings: *self.settings.read(),
        });
        Ok(id)
    }

    /// Goes back to a remembered moment, which is used up with all later ones. False if there is
    /// none of this id. On failure it is still remembered.
    pub(crate) fn revert(&mut self, id: u64) -> Result<bool, ProduceError> {
        let Some(index) = self.remembered.iter().position(|moment| moment.id == id) else {
            return Ok(false);
        };
        let Some(moment) = self.remembered.get(index) else {
            return Ok(false);
        };
        let header = self.chain.snapshot().header(moment.number);
        let header = header.map_err(crate::chain::ChainError::from)?;
        if header.is_none_or(|header| header.hash != moment.hash) {
            return Ok(false);
        }
        self.chain.rewind(moment.number, (*moment.edits).clone())?;
        let Some(moment) = self.remembered.drain(index..).next() else {
            return Ok(false);
        };
        let settings = moment.settings;
        self.change(|now| {
            // When blocks are sealed is not part of the chain.
            let schedule = now.schedule;
            *now = Settings {
                schedule,
                ..settings
            };
        })?;
        self.replace_pool(moment.pool)?;
        Ok(true)
    }

    /// Goes back to genesis and to the settings of the start.
    pub(crate) fn reset(&mut self) -> Result<(), ProduceError> {
        self.chain.rewind(0, WriteSet::new())?;
        self.remembered.clear();
        let mut settings = self.defaults;
        settings.clock = Clock::after(self.chain.head()?.header.timestamp);
        self.change(|now| *now = settings)?;
        self.replace_pool(Vec::new())
    }

    /// Changes the settings from the next block on.
    pub(crate) fn change<T>(
        &mut self,
        change: impl FnOnce(&mut Settings) -> T,
    ) -> Result<T, ProduceError> {
        let result = change(&mut self.settings.write());
        let (gas_limit, base_fee) = (self.settings.read().gas_limit, self.next_base_fee()?);
        self.pool.update_rules(|rules| {
            rules.block_gas_limit = gas_limit;
            rules.base_fee = base_fee;
        });
        Ok(result)
    }

    fn next_base_fee(&self) -> Result<u64, ProduceError> {
        let head = self.chain.head()?;
        Ok(context_after(&head, &self.settings.read())?.base_fee)
    }

    fn replace_pool(&mut self, transactions: Vec<Arc<Transaction>>) -> Result<(), ProduceError> {
        self.pool.remove_all(None);
        self.market.forget();
        let base_fee = self.next_base_fee()?;
        self.pool.reset(&*self.chain, base_fee)?;
        for transaction in transactions {
            let hash = transaction.hash();
            if let Err(error) = self.pool.add(transaction, &*self.chain) {
                tracing::debug!(%hash, %error, "transaction of the snapshot dropped");
            }
        }
        Ok(())
    }
}
