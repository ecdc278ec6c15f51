//! The indexer over a chain that the tests write: what queries answer, that
//! reverts are followed, and that bad requests are refused.
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

mod chain;
mod layouts;
mod limits;
mod queries;
mod reverts;
mod sample;
mod sdk;

use lumio_rpc::aptos::{Indexer, IndexerConfig, serve_indexer};
use serde_json::{Value, json};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// A running indexer.
struct Running {
    chain: Arc<chain::Chain>,
    indexer: Indexer,
    address: SocketAddr,
}

impl Running {
    async fn sample() -> Self {
        Self::with(sample::chain(), config()).await
    }

    async fn with(chain: Arc<chain::Chain>, config: IndexerConfig) -> Self {
        let indexer = serve_indexer(config, chain.clone()).await.unwrap();
        let address = indexer.local_addr();
        let running = Self {
            chain,
            indexer,
            address,
        };
        running.wait().await;
        running
    }

    /// Until the index is where the chain is.
    async fn wait(&self) {
        use lumio_rpc::aptos::Ledger as _;
        let version = self.chain.info().version;
        let query = "{ processor_status { last_success_version } }";
        for _ in 0..500 {
            let answer = self.query(query).await;
            if answer["processor_status"][0]["last_success_version"] == json!(version) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the index does not reach version {version}");
    }

    /// The data of an answer without errors.
    async fn query(&self, query: &str) -> Value {
        self.ask(query, &json!({})).await
    }

    async fn ask(&self, query: &str, variables: &Value) -> Value {
        let answer = self
            .post(&json!({"query": query, "variables": variables}))
            .await;
        assert_eq!(answer.get("errors"), None, "{query}: {answer}");
        answer["data"].clone()
    }

    /// The first error of an answer.
    async fn fail(&self, query: &str) -> String {
        let answer = self.post(&json!({"query": query})).await;
        let message = answer["errors"][0]["message"].as_str();
        message.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    async fn post(&self, body: &Value) -> Value {
        let (_, body) = self.raw(body.to_string().as_bytes()).await;
        serde_json::from_str(&body).unwrap_or_else(|_| panic!("not JSON: {body}"))
    }

    /// The head and body of an answer.
    async fn raw(&self, body: &[u8]) -> (String, String) {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let head = format!(
            "POST /v1/graphql HTTP/1.1\r\nhost: x\r\norigin: http://dapp\r\n\
             content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }
}

fn config() -> IndexerConfig {
    IndexerConfig {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        ..IndexerConfig::default()
    }
}
