//! The last step of a block: on disk first, then the pool, subscribers, and those who wait.

use crate::{
    chain::{Filled, Unsealed},
    producer::{ProduceError, Producer, context_after},
};
use std::time::Instant;

impl Producer {
    /// Commits a block. Nobody hears of it before it is durable.
    pub(super) fn commit(&mut self, unsealed: Unsealed) -> Result<Filled, ProduceError> {
        let started = Instant::now();
        let keep = self.remembered.iter().map(|moment| moment.number).min();
        let (filled, writes) = self.chain.append(unsealed, keep)?;
        metrics::histogram!("lumio_commit_seconds").record(started.elapsed().as_secs_f64());

        let header = filled.0.header.clone();
        self.settings.write().sealed(header.header.timestamp);
        let next = context_after(&header, &self.settings.read())?;
        self.pool.sealed(&writes, next.base_fee);
        self.pool
            .settle(&filled.0.transactions, header.header.timestamp);
        self.chain.announce(lumio_rpc::eth::ChainEvent::Block(
            filled.0.clone(),
            filled.1.clone(),
        ));
        record(&filled);
        Ok(filled)
    }
}

fn record((block, _): &Filled) {
    let header = &block.header.header;
    // Gauges are floating-point; the values stay far below 2^53.
    #[allow(clippy::cast_precision_loss, clippy::as_conversions)]
    let gauge = |value: u64| value as f64;
    metrics::gauge!("lumio_head_block").set(gauge(header.number));
    metrics::gauge!("lumio_head_timestamp_seconds").set(gauge(header.timestamp));
    metrics::gauge!("lumio_base_fee_wei").set(gauge(header.base_fee_per_gas.unwrap_or_default()));
    metrics::counter!("lumio_gas_total").increment(header.gas_used);
    let count = u64::try_from(block.transactions.len()).unwrap_or(u64::MAX);
    metrics::counter!("lumio_transactions_total").increment(count);
    metrics::counter!("lumio_blocks_total").increment(1);
    tracing::debug!(
        number = header.number,
        hash = %block.header.hash,
        transactions = count,
        gas = header.gas_used,
        "block sealed"
    );
}
