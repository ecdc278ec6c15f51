//! Preparing a server over its RPC: funds and contracts.

use crate::{
    http::Connection,
    load::quantity,
    server::Server,
    signer::Signed,
    workload::{FUNDS, Plan},
};
use alloy_primitives::{Address, U256, hex};
use anyhow::{Result, ensure};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Calls in one batch while a server is prepared.
const SETUP_BATCH: usize = 50;
/// How long a stage of the set-up may take.
const SETUP_TIMEOUT: Duration = Duration::from_secs(60);

/// Funds the accounts and sets the contracts up.
///
/// # Errors
/// When the server refuses, or a transaction of the set-up fails.
pub(crate) async fn prepare(server: &Server, plan: &Plan, block_gas: u64) -> Result<()> {
    let mut connection = fund(server, &plan.funded, block_gas).await?;
    for stage in &plan.setup {
        run_stage(&mut connection, stage).await?;
    }
    Ok(())
}

/// Sets the block gas limit, unless it is zero, and funds accounts.
///
/// # Errors
/// When the server refuses.
pub(crate) async fn fund(
    server: &Server,
    accounts: &[Address],
    block_gas: u64,
) -> Result<Connection> {
    let mut connection = Connection::open(server.address()).await?;
    if block_gas > 0 {
        let limit = json!([quantity(block_gas)]);
        connection.call("evm_setBlockGasLimit", limit).await?;
    }
    let funds = U256::from(FUNDS);
    for accounts in accounts.chunks(SETUP_BATCH) {
        let calls: Vec<(&str, Value)> = accounts
            .iter()
            .map(|account| ("anvil_setBalance", json!([account, funds])))
            .collect();
        connection.batch(&calls).await?;
    }
    Ok(connection)
}

/// Sends transactions and waits until all have succeeded.
///
/// # Errors
/// When the server refuses or fails one, or does not include it.
pub(crate) async fn run_stage(connection: &mut Connection, stage: &[Signed]) -> Result<()> {
    for transactions in stage.chunks(SETUP_BATCH) {
        let calls: Vec<(&str, Value)> = transactions
            .iter()
            .map(|signed| {
                let raw = hex::encode_prefixed(&signed.raw);
                ("eth_sendRawTransaction", json!([raw]))
            })
            .collect();
        connection.batch(&calls).await?;
    }
    let began = Instant::now();
    for signed in stage {
        let hash = signed.transaction.hash();
        loop {
            let params = json!([hash]);
            let receipt = connection.call("eth_getTransactionReceipt", params).await?;
            if !receipt.is_null() {
                let status = receipt.get("status").and_then(Value::as_str);
                ensure!(status == Some("0x1"), "the set-up failed: {receipt}");
                break;
            }
            ensure!(
                began.elapsed() < SETUP_TIMEOUT,
                "the set-up does not land: {hash}"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    Ok(())
}
