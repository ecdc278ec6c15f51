//! A node on free ports and a plain HTTP client for it.

pub use crate::started::Started;
use crate::user::User;
use lumio_move_transaction::{Bcs as _, SignedTransaction};
use lumio_node::Node;
use lumio_types::wei_of_octas;
use serde_json::{Value, json};
use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// An HTTP answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub json: Value,
}

impl Started {
    pub fn node(&self) -> &Node {
        self.node.as_ref().unwrap()
    }

    pub fn get(&self, path: &str) -> Answer {
        let address = self.node().aptos_address().unwrap();
        request(address, "GET", &format!("/v1{path}"), "", b"")
    }

    pub fn post(&self, path: &str, kind: &str, body: &[u8]) -> Answer {
        let address = self.node().aptos_address().unwrap();
        request(address, "POST", &format!("/v1{path}"), kind, body)
    }

    /// What a path has, which must be there.
    pub fn json(&self, path: &str) -> Value {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.json);
        answer.json
    }

    /// Funds an account by the faucet and waits for it.
    pub fn fund(&self, user: &User, octas: u64) -> Value {
        let body = json!({ "address": user.address_text(), "amount": octas }).to_string();
        let address = self.node().faucet_address().unwrap();
        let answer = request(
            address,
            "POST",
            "/fund",
            "application/json",
            body.as_bytes(),
        );
        assert_eq!(answer.status, 200, "{}", answer.json);
        let hash = answer.json["txn_hashes"][0].as_str().unwrap().to_owned();
        self.committed(&hash)
    }

    pub fn submit(&self, transaction: &SignedTransaction) -> Answer {
        let kind = "application/x.aptos.signed_transaction+bcs";
        self.post("/transactions", kind, &transaction.to_bytes())
    }

    pub fn simulate(&self, transaction: &SignedTransaction) -> Answer {
        let kind = "application/x.aptos.signed_transaction+bcs";
        self.post("/transactions/simulate", kind, &transaction.to_bytes())
    }

    /// Submits what must be taken, and waits until it is in a block.
    pub fn send(&self, transaction: &SignedTransaction) -> Value {
        let answer = self.submit(transaction);
        assert_eq!(answer.status, 202, "{}", answer.json);
        let hash = answer.json["hash"].as_str().unwrap().to_owned();
        self.committed(&hash)
    }

    /// Waits until a transaction is in a block.
    pub fn committed(&self, hash: &str) -> Value {
        for _ in 0..20 {
            let answer = self.get(&format!("/transactions/wait_by_hash/{hash}"));
            let is_pending = answer.json["type"] == "pending_transaction";
            if answer.status == 200 && !is_pending {
                return answer.json;
            }
        }
        panic!("{hash} does not get into a block");
    }

    pub fn view(&self, function: &str, types: &[&str], arguments: Value) -> Answer {
        let call = json!({
            "function": function,
            "type_arguments": types,
            "arguments": arguments,
        });
        self.post("/view", "application/json", call.to_string().as_bytes())
    }

    /// Octas of an account, as Move sees them.
    pub fn octas(&self, user: &User) -> u64 {
        let coin = ["0x1::aptos_coin::AptosCoin"];
        let answer = self.view("0x1::coin::balance", &coin, json!([user.address_text()]));
        assert_eq!(answer.status, 200, "{}", answer.json);
        answer.json[0].as_str().unwrap().parse().unwrap()
    }

    /// An answer of Ethereum's JSON-RPC.
    pub fn eth(&self, method: &str, params: Value) -> Value {
        let call = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let address = self.node().eth_address();
        let body = call.to_string();
        let answer = request(address, "POST", "/", "application/json", body.as_bytes());
        assert!(answer.json["error"].is_null(), "{method}: {}", answer.json);
        answer.json["result"].clone()
    }

    /// Wei of an account as Ethereum sees them, in hexadecimal.
    pub fn has_octas(&self, user: &User, octas: u64) -> bool {
        let wei = self.eth("eth_getBalance", json!([user.evm_address(), "latest"]));
        wei == format!("{:#x}", wei_of_octas(octas))
    }
}

/// One request on a connection of its own.
pub fn request(to: SocketAddr, method: &str, path: &str, kind: &str, body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(to).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\ncontent-type: {kind}\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer {
        status,
        head: head.to_ascii_lowercase(),
        json: serde_json::from_str(body).unwrap_or_else(|_| json!(body)),
    }
}
