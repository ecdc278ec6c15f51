//! A server on a free port and a plain HTTP client for it.

use crate::chain::Chain;
use lumio_rpc::{
    Server,
    eth::{EthConfig, serve},
};
use serde_json::{Value, json};
use std::{net::SocketAddr, sync::Arc};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// A running server.
pub struct Rpc {
    pub chain: Arc<Chain>,
    pub server: Server,
    pub address: SocketAddr,
}

/// An HTTP answer.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.body))
    }
}

/// A JSON-RPC error.
#[derive(Debug, PartialEq)]
pub struct Failure {
    pub code: i64,
    pub message: String,
    pub data: Value,
}

pub fn config() -> EthConfig {
    EthConfig {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        ..EthConfig::default()
    }
}

impl Rpc {
    pub async fn start() -> Self {
        Self::with(Chain::new(), config()).await
    }

    pub async fn with(chain: Arc<Chain>, config: EthConfig) -> Self {
        let server = serve(config, chain.clone()).await.unwrap();
        let address = server.local_addr();
        Self {
            chain,
            server,
            address,
        }
    }

    /// Sends bytes as they are and reads until the server closes.
    pub async fn exchange(&self, bytes: &[u8]) -> Answer {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        // The server may answer and close before it has read everything.
        let _refused = socket.write_all(bytes).await;
        let mut answer = Vec::new();
        let _reset = socket.read_to_end(&mut answer).await;
        let text = String::from_utf8(answer).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|code| code.parse().ok())
            .unwrap_or(0);
        Answer {
            status,
            head: head.to_lowercase(),
            body: body.to_owned(),
        }
    }

    pub async fn post(&self, body: &str) -> Answer {
        let request = format!(
            "POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        self.exchange(request.as_bytes()).await
    }

    pub async fn call(&self, method: &str, params: Value) -> Result<Value, Failure> {
        let body = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });
        let answer = self.post(&body.to_string()).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        outcome(&answer.json())
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
}

/// Result or error of a JSON-RPC answer.
pub fn outcome(answer: &Value) -> Result<Value, Failure> {
    match answer.get("error") {
        None => Ok(answer["result"].clone()),
        Some(error) => Err(Failure {
            code: error["code"].as_i64().unwrap(),
            message: error["message"].as_str().unwrap().to_owned(),
            data: error["data"].clone(),
        }),
    }
}
