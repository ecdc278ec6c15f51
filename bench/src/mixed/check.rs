//! Afterwards: is each transaction in a block, and did it succeed?

use super::Outcome;
use crate::{
    http::{Connection, request},
    load::quantity,
    server::Server,
};
use alloy_primitives::{B256, map::HashMap};
use anyhow::Result;
use serde::Deserialize;
use serde_json::json;

/// What was found.
#[derive(Debug)]
pub(super) struct Verdict {
    /// Transactions without a receipt.
    pub(super) lost: usize,
    /// Those whose receipt says that they failed.
    pub(super) failed: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Receipt {
    transaction_hash: B256,
    status: String,
}

#[derive(Deserialize)]
struct Answer {
    result: Vec<Receipt>,
}

impl Verdict {
    pub(super) const fn is_clean(&self) -> bool {
        self.lost == 0 && self.failed == 0
    }
}

/// Reads the receipts of all blocks of a run.
///
/// # Errors
/// When the node does not answer.
pub(super) async fn check(server: &Server, outcome: &Outcome) -> Result<Verdict> {
    let mut missing: HashMap<B256, usize> = HashMap::default();
    for it in &outcome.transactions {
        let count = missing.entry(it.hash).or_default();
        *count = count.saturating_add(1);
    }
    let mut connection = Connection::open(server.address()).await?;
    let mut failed = 0_usize;
    let (first, last) = outcome.blocks;
    for number in first.saturating_add(1)..=last {
        let body = request(0, "eth_getBlockReceipts", &json!([quantity(number)]));
        let answer = connection.post(body.as_bytes()).await?;
        for receipt in serde_json::from_slice::<Answer>(answer)?.result {
            if missing.remove(&receipt.transaction_hash).is_some() && receipt.status != "0x1" {
                failed = failed.saturating_add(1);
            }
        }
    }
    Ok(Verdict {
        lost: missing.values().sum(),
        failed,
    })
}
