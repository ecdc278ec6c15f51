//! The unmodified TypeScript SDK against the indexer, where it is installed with
//! the other client tests.

use crate::{Running, sample};
use std::{path::Path, process::Stdio};
use tokio::process::Command;

#[tokio::test(flavor = "multi_thread")]
async fn the_sdk_reads_what_it_asks_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let packages = root.join("../../tests/clients/node_modules");
    if !packages.join("@aptos-labs/ts-sdk").exists() {
        eprintln!("skipped: the SDK is not installed, see tests/clients/README.md");
        return;
    }
    let running = Running::sample().await;
    let done = Command::new("node")
        .arg(root.join("tests/aptos_indexer/sdk.mjs"))
        .arg(format!("http://{}/v1/graphql", running.address))
        .arg(packages)
        .args([sample::ALICE, sample::BOB, sample::GOLD])
        .args([sample::COLLECTION, sample::TOKEN, sample::TABLE])
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    let shown = format!(
        "{}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(done.status.success(), "{shown}");
}
