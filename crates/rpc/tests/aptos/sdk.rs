//! The real SDK against the server, if it is there: `npm ci` in `tests/clients`
//! fetches it.

use crate::{
    chain::Chain,
    client::{Api, config},
};
use lumio_rpc::aptos::serve_faucet;
use std::{net::SocketAddr, path::Path, sync::atomic::Ordering};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js and `npm ci` in tests/clients"]
async fn the_sdk_understands_every_answer() {
    let chain = Chain::new();
    chain.automatic.store(true, Ordering::Relaxed);
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let faucet = serve_faucet(listen, chain.clone()).await.unwrap();
    let api = Api::with(chain, config()).await;
    let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clients");
    let status = tokio::process::Command::new("node")
        .arg("aptos/shapes.mjs")
        .current_dir(clients)
        .env("APTOS_URL", format!("http://{}/v1", api.address))
        .env("FAUCET_URL", format!("http://{}", faucet.local_addr()))
        .env("ALICE", api.chain.alice.long())
        .status()
        .await
        .unwrap();
    assert!(status.success());
}
