//! The unmodified TypeScript SDK against the indexer, if it is there: `npm ci` in
//! `tests/clients` fetches it.

use crate::{Running, sample};
use std::path::Path;
use tokio::process::Command;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js and `npm ci` in tests/clients"]
async fn the_sdk_reads_what_it_asks_for() {
    let running = Running::sample().await;
    let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clients");
    let status = Command::new("node")
        .arg("aptos/indexed.mjs")
        .arg(format!("http://{}/v1/graphql", running.address))
        .args([sample::ALICE, sample::BOB, sample::GOLD])
        .args([sample::COLLECTION, sample::TOKEN, sample::TABLE])
        .current_dir(clients)
        .status()
        .await
        .unwrap();
    assert!(status.success());
}
