//! One round of the producer: the four steps for a block of what the pool holds.

use crate::{
    chain::Filled,
    market::Included,
    producer::{Executed, ProduceError, Producer, context_after, execute, unsealed},
};
use std::time::Instant;

/// Whether a block is worth sealing without transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Empty {
    Seal,
    Skip,
}

impl Producer {
    /// Seals a block of the best transactions of the pool and tells those who wait for them.
    pub(super) fn round(&mut self, empty: Empty) -> Result<Option<Filled>, ProduceError> {
        // Who waits now has its transaction in the pool already.
        let waiting = self.waiting.take();
        let sealed = self.seal(empty);
        self.waiting
            .resolve(waiting, &sealed, &self.pool, &self.chain);
        sealed
    }

    fn seal(&mut self, empty: Empty) -> Result<Option<Filled>, ProduceError> {
        let started = Instant::now();
        let snapshot = self.chain.snapshot();
        let parent = self.chain.head()?;
        let context = context_after(&parent, &self.settings.read())?;
        let (base_fee, gas_limit) = (context.base_fee, context.gas_limit);
        let mut choice = self.market.choose(&self.pool, base_fee, gas_limit);
        let candidates = std::mem::take(&mut choice.candidates);
        if candidates.is_empty() && empty == Empty::Skip {
            return Ok(None);
        }
        let mut executed = execute(&self.chain, &snapshot, &context, candidates)?;
        // The database cannot reuse the space of a snapshot that lives.
        drop(snapshot);
        for (hash, reason) in std::mem::take(&mut executed.dropped) {
            tracing::debug!(%hash, %reason, "transaction dropped");
            metrics::counter!("lumio_transactions_dropped_total").increment(1);
            self.waiting.refused(hash, reason);
            self.pool.discard(hash);
        }
        if executed.transactions.is_empty() && empty == Empty::Skip {
            return Ok(None);
        }
        metrics::histogram!("lumio_execute_seconds").record(started.elapsed().as_secs_f64());
        self.market
            .learn(&choice, &executed.ran(), &executed.writes, gas_limit);
        let unsealed = unsealed(&context, executed);
        let filled = self.commit(unsealed)?;
        metrics::histogram!("lumio_block_seconds").record(started.elapsed().as_secs_f64());
        Ok(Some(filled))
    }
}

impl Executed {
    /// Its transactions, as the market looks at them.
    fn ran(&self) -> Vec<Included<'_>> {
        let used = self.receipts.iter().zip(&self.contended);
        let ran = self.transactions.iter().zip(used);
        ran.map(|(transaction, (receipt, keys))| Included {
            transaction,
            gas: receipt.gas_used,
            keys,
        })
        .collect()
    }
}
