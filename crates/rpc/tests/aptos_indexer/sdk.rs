//! The unmodified TypeScript SDK against the indexer, if it is there: `npm ci` in
//! `tests/clients` fetches it.

use crate::{Running, sample};
use std::path::Path;
use tokio::process::Command;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js and `npm ci` in tests/clients"]
async fn the_sdk_reads_what_it_asks_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let running = Running::sample().await;
    let status = Command::new("node")
        .arg(root.join("tests/aptos_indexer/sdk.mjs"))
        .arg(format!("http://{}/v1/graphql", running.address))
        .arg(root.join("../../tests/clients/node_modules"))
        .args([sample::ALICE, sample::BOB, sample::GOLD])
        .args([sample::COLLECTION, sample::TOKEN, sample::TABLE])
        .status()
        .await
        .unwrap();
    assert!(status.success());
}
