//! The faucet and the readiness check.

use crate::{
    chain::Chain,
    client::{Request, send},
};
use lumio_rpc::aptos::{serve_faucet, serve_readiness};
use serde_json::json;
use std::{net::SocketAddr, sync::atomic::Ordering};

fn anywhere() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

#[tokio::test]
async fn the_faucet_answers_hashes() {
    let faucet = serve_faucet(anywhere(), Chain::new()).await.unwrap();
    let address = faucet.local_addr();
    let post = |path: &'static str, body: &'static str| {
        send(
            address,
            Request {
                method: "POST",
                path,
                headers: &[("content-type", "application/json")],
                body: body.as_bytes(),
            },
        )
    };
    let funded = post("/fund", r#"{"address":"0xb0","amount":100}"#)
        .await
        .ok();
    let hash = funded["txn_hashes"][0].as_str().unwrap();
    assert_eq!(hash.len(), 66);
    let minted = post("/mint?address=b0&amount=100", "").await.ok();
    assert_eq!(minted, json!([hash]));
    for (path, body) in [
        ("/fund", "{}"),
        ("/fund", "["),
        ("/fund", r#"{"address":"zz"}"#),
        ("/fund", r#"{"address":"0x1","amount":-1}"#),
        ("/fund", r#"{"address":"0x1","amount":9000000000000000}"#),
        ("/mint?amount=x", ""),
        ("/mint", ""),
    ] {
        assert_eq!(post(path, body).await.error().0, 400, "{path} {body}");
    }
}

#[tokio::test]
async fn readiness_needs_every_service() {
    let chain = Chain::new();
    let server = serve_readiness(anywhere(), chain.clone()).await.unwrap();
    let ask = || {
        let request = Request {
            method: "GET",
            path: "/",
            headers: &[],
            body: &[],
        };
        send(server.local_addr(), request)
    };
    let waiting = ask().await;
    assert_eq!(waiting.status, 503);
    let expected = json!({ "ready": ["Node API"], "not_ready": ["Faucet"] });
    assert_eq!(waiting.json(), expected);
    chain.automatic.store(true, Ordering::Relaxed);
    assert_eq!(ask().await.ok()["not_ready"], json!([]));
}
