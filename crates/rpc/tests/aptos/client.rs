//! A server on a free port and a plain HTTP client for it.

use crate::chain::Chain;
use lumio_rpc::{
    Server,
    aptos::{ApiConfig, serve},
};
use serde_json::Value;
use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

pub const SIGNED: &str = "application/x.aptos.signed_transaction+bcs";
pub const BCS: &str = "application/x-bcs";

/// A running server.
pub struct Api {
    pub chain: Arc<Chain>,
    pub server: Server,
    pub address: SocketAddr,
}

/// An HTTP answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("not JSON: {}", String::from_utf8_lossy(&self.body)))
    }

    /// The JSON of an answer that must be a good one.
    pub fn ok(&self) -> Value {
        let json = self.json();
        assert!((200..300).contains(&self.status), "{} {json}", self.status);
        json
    }

    /// Status and code of an error, which has its whole body.
    pub fn error(&self) -> (u16, String) {
        let json = self.json();
        assert!(json["message"].is_string(), "{json}");
        assert!(json.get("vm_error_code").is_some(), "{json}");
        let code = json["error_code"].as_str();
        let code = code.unwrap_or_else(|| panic!("no error: {json}"));
        (self.status, code.to_owned())
    }
}

/// A request.
pub struct Request<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub headers: &'a [(&'a str, &'a str)],
    pub body: &'a [u8],
}

pub fn config() -> ApiConfig {
    ApiConfig {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        ..ApiConfig::default()
    }
}

/// Sends bytes as they are and reads until the server closes.
pub async fn exchange(address: SocketAddr, bytes: &[u8]) -> Answer {
    let mut socket = TcpStream::connect(address).await.unwrap();
    // The server may answer and close before it has read everything.
    let _refused = socket.write_all(bytes).await;
    let mut answer = Vec::new();
    let _reset = socket.read_to_end(&mut answer).await;
    let split = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let (head, body) = answer.split_at(split.map_or(answer.len(), |at| at + 4));
    let head = String::from_utf8(head.to_vec()).unwrap();
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let headers = lines.filter_map(|line| line.split_once(": "));
    Answer {
        status: status.map_or(0, |code| code.parse().unwrap()),
        headers: headers
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect(),
        body: body.to_vec(),
    }
}

/// Sends a request over a connection of its own.
pub async fn send(address: SocketAddr, request: Request<'_>) -> Answer {
    let mut head = format!(
        "{} {} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n",
        request.method,
        request.path,
        request.body.len()
    );
    for (name, value) in request.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let mut bytes = format!("{head}\r\n").into_bytes();
    bytes.extend(request.body);
    exchange(address, &bytes).await
}

impl Api {
    pub async fn start() -> Self {
        Self::with(Chain::new(), config()).await
    }

    pub async fn with(chain: Arc<Chain>, config: ApiConfig) -> Self {
        let server = serve(config, chain.clone()).await.unwrap();
        let address = server.local_addr();
        Self {
            chain,
            server,
            address,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.get_as(path, "application/json").await
    }

    pub async fn get_as(&self, path: &str, accept: &str) -> Answer {
        let request = Request {
            method: "GET",
            path: &format!("/v1{path}"),
            headers: &[("accept", accept)],
            body: &[],
        };
        send(self.address, request).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        let body = body.to_string();
        self.post_as(path, "application/json", body.as_bytes(), "*/*")
            .await
    }

    pub async fn post_as(&self, path: &str, kind: &str, body: &[u8], accept: &str) -> Answer {
        let request = Request {
            method: "POST",
            path: &format!("/v1{path}"),
            headers: &[("content-type", kind), ("accept", accept)],
            body,
        };
        send(self.address, request).await
    }

    pub async fn bcs(&self, path: &str) -> Vec<u8> {
        let answer = self.get_as(path, BCS).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.headers["content-type"], BCS, "{path}");
        answer.body
    }
}
