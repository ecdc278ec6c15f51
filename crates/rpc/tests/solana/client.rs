//! A server on free ports and a plain HTTP client for it.

use crate::chain::Chain;
use jsonrpsee::ws_client::{WsClient, WsClientBuilder};
use lumio_rpc::solana::{SolanaConfig, SolanaServer, serve};
use serde_json::{Value, json};
use std::{net::SocketAddr, sync::Arc};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// A running server.
pub struct Rpc {
    pub chain: Arc<Chain>,
    pub server: SolanaServer,
}

/// A JSON-RPC error.
#[derive(Debug, PartialEq)]
pub struct Failure {
    pub code: i64,
    pub message: String,
    pub data: Value,
}

impl Rpc {
    pub async fn start() -> Self {
        let config = SolanaConfig {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            ..SolanaConfig::default()
        };
        let chain = Chain::new();
        let server = serve(config, chain.clone()).await.unwrap();
        Self { chain, server }
    }

    /// Sends a request and reads until the server closes: status and body.
    pub async fn exchange(&self, line: &str, body: &str) -> (u16, String) {
        let mut socket = TcpStream::connect(self.server.http_addr()).await.unwrap();
        let request = format!(
            "{line} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, body.to_owned())
    }

    pub async fn call(&self, method: &str, params: Value) -> Result<Value, Failure> {
        let body = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });
        let (status, body) = self.exchange("POST /", &body.to_string()).await;
        assert_eq!(status, 200, "{body}");
        let answer: Value = serde_json::from_str(&body).unwrap();
        match answer.get("error") {
            None => Ok(answer["result"].clone()),
            Some(error) => Err(Failure {
                code: error["code"].as_i64().unwrap(),
                message: error["message"].as_str().unwrap().to_owned(),
                data: error["data"].clone(),
            }),
        }
    }

    pub async fn ok(&self, method: &str, params: Value) -> Value {
        let shown = params.to_string();
        self.call(method, params)
            .await
            .unwrap_or_else(|error| panic!("{method} {shown}: {error:?}"))
    }

    pub async fn fails(&self, method: &str, params: Value) -> Failure {
        let shown = params.to_string();
        match self.call(method, params).await {
            Ok(value) => panic!("{method} {shown} answered {value}"),
            Err(failure) => failure,
        }
    }

    pub async fn websocket(&self) -> WsClient {
        let url = format!("ws://{}", self.server.websocket_addr());
        WsClientBuilder::default().build(url).await.unwrap()
    }
}
