//! Sending Move transactions over Aptos' REST API, in BCS.

use super::{Load, STALL};
use crate::http::Connection;
use alloy_primitives::B256;
use anyhow::{Context as _, Result, ensure};
use lumio_move_engine::bcs::put_uleb;
use std::time::Instant;

const SIGNED: &str = "application/x.aptos.signed_transaction+bcs";

/// Submits one transaction, or several in one request.
pub(super) async fn send(
    load: &Load,
    connection: &mut Connection,
    indices: &[usize],
) -> Result<()> {
    let request = |index: &usize| load.requests.get(*index).context("no such transaction");
    let (status, answer) = match indices {
        [one] => {
            let body = request(one)?;
            connection
                .send("POST /v1/transactions", SIGNED, body)
                .await?
        }
        many => {
            let mut body = Vec::new();
            put_uleb(&mut body, u64::try_from(many.len())?);
            for index in many {
                body.extend_from_slice(request(index)?);
            }
            let what = "POST /v1/transactions/batch";
            connection.send(what, SIGNED, &body).await?
        }
    };
    let text = || String::from_utf8_lossy(answer.get(..500).unwrap_or(answer));
    // 206 says that some were refused.
    ensure!(status == 202, "refused with HTTP {status}: {}", text());
    Ok(())
}

/// Waits, as the SDK does, until a transaction is in a block.
pub(super) async fn committed(connection: &mut Connection, hash: &B256) -> Result<()> {
    let what = format!("GET /v1/transactions/wait_by_hash/{hash}");
    let asked = Instant::now();
    loop {
        let (status, answer) = connection.send(&what, "application/json", b"").await?;
        let has = |part: &[u8]| answer.windows(part.len()).any(|window| window == part);
        if status == 200 && !has(b"\"pending_transaction\"") {
            let text = || String::from_utf8_lossy(answer);
            ensure!(has(b"\"success\":true"), "failed: {}", text());
            return Ok(());
        }
        ensure!(asked.elapsed() < STALL, "{hash} does not land");
    }
}
