//! The generator against a small server that seals a block at each look.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::workload::{Size, Workload};
use alloy_primitives::keccak256;
use std::sync::Mutex;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

#[derive(Default)]
struct Chain {
    pending: Vec<B256>,
    blocks: Vec<Vec<B256>>,
    /// The most transactions that were ever pending.
    crowd: usize,
    refuses: bool,
}

impl Chain {
    fn answer(&mut self, request: &Value) -> Value {
        let id = &request["id"];
        let result = match request["method"].as_str().unwrap() {
            "eth_sendRawTransaction" if self.refuses => {
                let error = json!({"code": -32000, "message": "nonce too low"});
                return json!({"jsonrpc": "2.0", "id": id, "error": error});
            }
            "eth_sendRawTransaction" => {
                let raw = hex::decode(request["params"][0].as_str().unwrap()).unwrap();
                self.pending.push(keccak256(raw));
                self.crowd = self.crowd.max(self.pending.len());
                json!(self.pending.last())
            }
            "eth_blockNumber" => {
                self.blocks.push(std::mem::take(&mut self.pending));
                json!(quantity(self.blocks.len() as u64))
            }
            "eth_getBlockByNumber" => {
                let number = parse_quantity(&request["params"][0]).unwrap();
                json!({"transactions": self.blocks[number as usize - 1]})
            }
            other => panic!("{other}"),
        };
        json!({"jsonrpc": "2.0", "id": id, "result": result})
    }
}

async fn serve(mut stream: TcpStream, chain: Arc<Mutex<Chain>>) {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let parts = text.split_once("\r\n\r\n").and_then(|(head, body)| {
            let length = head.split("Content-Length: ").nth(1)?;
            let length: usize = length.split("\r\n").next()?.parse().ok()?;
            Some((head.len() + 4 + length, body.get(..length)?.to_owned()))
        });
        let Some((used, body)) = parts else {
            if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
                return;
            }
            continue;
        };
        bytes.drain(..used);
        let request: Value = serde_json::from_str(&body).unwrap();
        let answer = {
            let mut chain = chain.lock().unwrap();
            match request.as_array() {
                Some(batch) => batch.iter().map(|it| chain.answer(it)).collect(),
                None => chain.answer(&request),
            }
        };
        let body = answer.to_string();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
    }
}

async fn start(refuses: bool) -> (SocketAddr, Arc<Mutex<Chain>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let chain = Arc::new(Mutex::new(Chain {
        refuses,
        ..Chain::default()
    }));
    let shared = chain.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, shared.clone()));
        }
    });
    (address, chain)
}

async fn run(style: &Style, refuses: bool) -> (Result<Outcome>, Arc<Mutex<Chain>>) {
    let size = Size {
        transactions: 200,
        senders: 9,
    };
    let plan = Workload::Transfer.plan(size).unwrap();
    let (address, chain) = start(refuses).await;
    let load = Load::new(&plan.load, plan.senders, style.confirm);
    (load.run(address, style).await, chain)
}

fn style(batch: usize, rate: Option<f64>) -> Style {
    Style {
        connections: 4,
        batch,
        inflight: 30,
        rate,
        confirm: Confirm::Blocks,
        poll_ms: 1,
    }
}

#[tokio::test]
async fn a_closed_loop_never_exceeds_its_limit_and_lands_everything() {
    for batch in [1, 7] {
        let (outcome, chain) = run(&style(batch, None), false).await;
        assert_eq!(outcome.unwrap().latencies.len(), 200);
        let chain = chain.lock().unwrap();
        assert_eq!(chain.blocks.iter().map(Vec::len).sum::<usize>(), 200);
        assert!(chain.crowd <= 30, "{} pending", chain.crowd);
    }
}

#[tokio::test]
async fn an_open_loop_keeps_its_pace() {
    let (outcome, _) = run(&style(1, Some(1_000.0)), false).await;
    let outcome = outcome.unwrap();
    // The last of 200 transactions is due after 199 ms.
    assert!(outcome.wall >= Duration::from_millis(199));
    assert_eq!(outcome.latencies.len(), 200);
}

#[tokio::test]
async fn a_refused_transaction_ends_the_run() {
    let (outcome, _) = run(&style(1, None), true).await;
    let error = outcome.unwrap_err().to_string();
    assert!(error.contains("nonce too low"), "{error}");
}
