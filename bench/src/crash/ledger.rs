//! What a server acknowledged before it was killed, and whether it still says
//! the same afterwards.

use crate::{
    http::Connection,
    load::{head, parse_quantity, quantity},
};
use alloy_primitives::B256;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Calls in one batch.
const BATCH: u64 = 64;

/// Everything that a server said about its blocks and receipts.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// The highest block number that it gave as its head.
    head: u64,
    /// The hash of each block that it showed.
    blocks: BTreeMap<u64, B256>,
    /// The text of each receipt that it showed.
    receipts: HashMap<B256, String>,
    /// Receipts that were added since the last check.
    fresh: Vec<B256>,
    /// Transactions that it took, and that it has not shown in a block yet.
    accepted: HashSet<B256>,
}

/// A block as a server shows it.
#[derive(Debug, Clone)]
pub(crate) struct ShownBlock {
    number: u64,
    hash: B256,
    parent: B256,
    receipts: Vec<(B256, String)>,
}

impl Ledger {
    /// Blocks that were acknowledged.
    pub(crate) fn block_count(&self) -> usize {
        self.blocks.len()
    }

    /// Receipts that were acknowledged.
    pub(crate) fn receipt_count(&self) -> usize {
        self.receipts.len()
    }

    /// Transactions that were accepted and have not been seen in a block.
    pub(crate) fn open_count(&self) -> usize {
        self.accepted.len()
    }

    /// Notes transactions that the server took.
    pub(crate) fn accept(&mut self, hashes: Vec<B256>) {
        let open = hashes
            .into_iter()
            .filter(|hash| !self.receipts.contains_key(hash));
        self.accepted.extend(open);
    }

    /// Asks for every accepted transaction that is in no block yet. Each
    /// finding is one line.
    ///
    /// # Errors
    /// When the server does not answer.
    pub(crate) async fn check_accepted(&self, connection: &mut Connection) -> Result<Vec<String>> {
        let open: Vec<B256> = self.accepted.iter().copied().collect();
        let mut findings = Vec::new();
        for hashes in open.chunks(64) {
            let calls: Vec<(&str, Value)> = hashes
                .iter()
                .map(|hash| ("eth_getTransactionByHash", json!([hash])))
                .collect();
            for (hash, found) in hashes.iter().zip(connection.batch(&calls).await?) {
                if found.is_null() {
                    findings.push(format!("transaction {hash} was accepted and is unknown"));
                }
            }
        }
        Ok(findings)
    }

    /// Asks for the head and everything new below it, and keeps the answers.
    ///
    /// # Errors
    /// When the server does not answer: what it answered before is kept.
    pub(crate) async fn witness(&mut self, connection: &mut Connection) -> Result<()> {
        self.head = self.head.max(head(connection).await?);
        loop {
            let next = match self.blocks.last_key_value() {
                Some((number, _)) => number.saturating_add(1),
                None => 0,
            };
            if next > self.head {
                return Ok(());
            }
            let last = self.head.min(next.saturating_add(BATCH));
            for block in show(connection, next, last).await? {
                self.keep(block);
            }
        }
    }

    fn keep(&mut self, block: ShownBlock) {
        self.blocks.insert(block.number, block.hash);
        for (hash, receipt) in block.receipts {
            self.fresh.push(hash);
            self.accepted.remove(&hash);
            self.receipts.insert(hash, receipt);
        }
    }

    /// Compares everything that was acknowledged with what the server says
    /// now. Each finding is one line; none means that nothing was lost.
    ///
    /// # Errors
    /// When the server does not answer.
    pub(crate) async fn check(&mut self, connection: &mut Connection) -> Result<Vec<String>> {
        let mut findings = Vec::new();
        let now = head(connection).await?;
        if now < self.head {
            let lost = self.head;
            findings.push(format!("head {lost} was acknowledged, the head is {now}"));
        }
        let mut audit = Audit::default();
        let mut next = 0;
        while next <= now {
            let last = now.min(next.saturating_add(BATCH));
            for block in show(connection, next, last).await? {
                audit.block(self, &block);
            }
            next = last.saturating_add(1);
        }
        audit.finish(self);
        findings.append(&mut audit.findings);
        self.check_by_hash(connection, &mut findings).await?;
        Ok(findings)
    }

    /// The receipts of the last round once more, through the index by hash.
    async fn check_by_hash(
        &mut self,
        connection: &mut Connection,
        findings: &mut Vec<String>,
    ) -> Result<()> {
        for hashes in std::mem::take(&mut self.fresh).chunks(64) {
            let calls: Vec<(&str, Value)> = hashes
                .iter()
                .map(|hash| ("eth_getTransactionReceipt", json!([hash])))
                .collect();
            for (hash, receipt) in hashes.iter().zip(connection.batch(&calls).await?) {
                if self.receipts.get(hash) != Some(&receipt.to_string()) {
                    findings.push(format!("receipt {hash} by its hash is now {receipt}"));
                }
            }
        }
        Ok(())
    }
}

/// One walk over a chain, from its first block to its head.
#[derive(Debug, Default)]
struct Audit {
    parent: Option<B256>,
    blocks: usize,
    receipts: usize,
    findings: Vec<String>,
}

impl Audit {
    fn block(&mut self, ledger: &Ledger, block: &ShownBlock) {
        let number = block.number;
        if self.parent.is_some_and(|parent| parent != block.parent) {
            self.findings
                .push(format!("block {number} does not follow on its parent"));
        }
        self.parent = Some(block.hash);
        match ledger.blocks.get(&number) {
            Some(hash) if *hash == block.hash => self.blocks = self.blocks.saturating_add(1),
            Some(hash) => self
                .findings
                .push(format!("block {number} was {hash}, is now {}", block.hash)),
            None => {}
        }
        for (hash, receipt) in &block.receipts {
            match ledger.receipts.get(hash) {
                Some(known) if known == receipt => {
                    self.receipts = self.receipts.saturating_add(1);
                }
                Some(known) => self
                    .findings
                    .push(format!("receipt {hash} was {known}, is now {receipt}")),
                None => {}
            }
        }
    }

    fn finish(&mut self, ledger: &Ledger) {
        let blocks = ledger.block_count().saturating_sub(self.blocks);
        let receipts = ledger.receipt_count().saturating_sub(self.receipts);
        if blocks > 0 {
            self.findings
                .push(format!("{blocks} acknowledged blocks are gone or changed"));
        }
        if receipts > 0 {
            self.findings.push(format!(
                "{receipts} acknowledged receipts are gone or changed"
            ));
        }
    }
}

/// Asks for blocks `first..=last` with their receipts.
async fn show(connection: &mut Connection, first: u64, last: u64) -> Result<Vec<ShownBlock>> {
    let calls: Vec<(&str, Value)> = (first..=last)
        .flat_map(|number| {
            let number = quantity(number);
            [
                ("eth_getBlockByNumber", json!([number, false])),
                ("eth_getBlockReceipts", json!([number])),
            ]
        })
        .collect();
    let answers = connection.batch(&calls).await?;
    answers.chunks(2).map(shown_block).collect()
}

fn shown_block(answers: &[Value]) -> Result<ShownBlock> {
    let [block, receipts] = answers else {
        anyhow::bail!("a block without receipts");
    };
    let hash = |value: &Value, field: &str| -> Result<B256> {
        let text = value.get(field).and_then(Value::as_str);
        Ok(text.with_context(|| format!("no {field}"))?.parse()?)
    };
    let receipts = receipts.as_array().context("no receipts")?;
    Ok(ShownBlock {
        number: parse_quantity(block.get("number").context("no number")?)?,
        hash: hash(block, "hash")?,
        parent: hash(block, "parentHash")?,
        receipts: receipts
            .iter()
            .map(|receipt| Ok((hash(receipt, "transactionHash")?, receipt.to_string())))
            .collect::<Result<_>>()?,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn chain(length: u8) -> Vec<ShownBlock> {
        (0..length)
            .map(|number| ShownBlock {
                number: number.into(),
                hash: B256::repeat_byte(number + 1),
                parent: B256::repeat_byte(number),
                receipts: vec![(
                    B256::repeat_byte(0x80 + number),
                    format!("receipt {number}"),
                )],
            })
            .collect()
    }

    fn findings(acknowledged: &[ShownBlock], now: &[ShownBlock]) -> Vec<String> {
        let mut ledger = Ledger::default();
        acknowledged
            .iter()
            .cloned()
            .for_each(|block| ledger.keep(block));
        let mut audit = Audit::default();
        now.iter().for_each(|block| audit.block(&ledger, block));
        audit.finish(&ledger);
        audit.findings
    }

    #[test]
    fn a_chain_that_only_grew_is_sound() {
        assert!(findings(&chain(3), &chain(5)).is_empty());
    }

    #[test]
    fn lost_changed_and_broken_blocks_are_found() {
        assert_eq!(findings(&chain(3), &chain(2)).len(), 2);
        let mut changed = chain(3);
        changed[1].receipts[0].1 = "another".to_owned();
        assert_eq!(findings(&chain(3), &changed).len(), 2);
        let mut gone = chain(3);
        gone[2].receipts.clear();
        assert_eq!(findings(&chain(3), &gone).len(), 1);
        let mut unlinked = chain(3);
        unlinked[1].hash = B256::repeat_byte(0x77);
        assert_eq!(findings(&[], &unlinked).len(), 1);
    }
}
