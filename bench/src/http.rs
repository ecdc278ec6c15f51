//! A small HTTP/1.1 client over one keep-alive connection.
//!
//! It does as little work as possible for each request, because the load
//! generator shares its cores with the server that it measures.

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde_json::{Value, json};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Longest answer that is accepted, in bytes.
const MAX_RESPONSE: usize = 256 << 20;
/// How long a server may take for one answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// One keep-alive connection to a server.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    address: SocketAddr,
    request: Vec<u8>,
    response: Vec<u8>,
    read: usize,
}

/// An error object that a JSON-RPC server answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RpcError {
    /// The JSON-RPC code.
    pub(crate) code: i64,
    /// What the server says.
    pub(crate) message: String,
}

impl std::fmt::Display for RpcError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "error {}: {}", self.code, self.message)
    }
}

impl std::error::Error for RpcError {}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens there.
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)
            .await
            .with_context(|| format!("cannot connect to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            address,
            request: Vec::new(),
            response: Vec::new(),
            read: 0,
        })
    }

    /// Posts a body of JSON-RPC and returns the body of the answer.
    ///
    /// # Errors
    /// When the connection breaks, or the answer is not HTTP/1.1 or has another status than 200.
    pub(crate) async fn post(&mut self, body: &[u8]) -> Result<&[u8]> {
        let (status, body) = self.send("POST /", "application/json", body).await?;
        ensure!(status == 200, "HTTP status {status}");
        Ok(body)
    }

    /// Sends a request, and returns status and body of the answer.
    ///
    /// # Errors
    /// When the connection breaks or the answer is not HTTP/1.1.
    pub(crate) async fn send(
        &mut self,
        what: &str,
        kind: &str,
        body: &[u8],
    ) -> Result<(u16, &[u8])> {
        self.request.clear();
        let head = format!(
            "{what} HTTP/1.1\r\nHost: {}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        self.request.extend_from_slice(head.as_bytes());
        self.request.extend_from_slice(body);
        self.stream.write_all(&self.request).await?;
        let address = self.address;
        timeout(ANSWER_TIMEOUT, self.answer())
            .await
            .map_err(|_| anyhow!("no answer from {address} within a minute"))?
    }

    async fn answer(&mut self) -> Result<(u16, &[u8])> {
        self.response.clear();
        self.read = 0;
        let head_end = loop {
            if let Some(at) = find(&self.response, b"\r\n\r\n") {
                break at.saturating_add(4);
            }
            self.fill().await?;
        };
        let head = Head::parse(self.response.get(..head_end).unwrap_or_default())?;
        let body = match head.length {
            Some(length) => {
                let end = head_end.saturating_add(length);
                while self.response.len() < end {
                    self.fill().await?;
                }
                self.response
                    .get(head_end..end)
                    .context("answer is shorter than its length")
            }
            None => self.chunked(head_end).await,
        };
        Ok((head.status, body?))
    }

    /// Reads a chunked body and moves its chunks together in place.
    async fn chunked(&mut self, start: usize) -> Result<&[u8]> {
        let (mut source, mut target) = (start, start);
        loop {
            let line_end = loop {
                let rest = self.response.get(source..).unwrap_or_default();
                if let Some(at) = find(rest, b"\r\n") {
                    break source.saturating_add(at);
                }
                self.fill().await?;
            };
            let line = self.response.get(source..line_end).unwrap_or_default();
            let size = usize::from_str_radix(std::str::from_utf8(line)?.trim(), 16)
                .context("malformed chunk size")?;
            let data = line_end.saturating_add(2);
            let next = data.saturating_add(size).saturating_add(2);
            while self.response.len() < next {
                self.fill().await?;
            }
            if size == 0 {
                return self.response.get(start..target).context("malformed chunks");
            }
            self.response
                .copy_within(data..data.saturating_add(size), target);
            target = target.saturating_add(size);
            source = next;
        }
    }

    async fn fill(&mut self) -> Result<()> {
        let count = self.stream.read_buf(&mut self.response).await?;
        ensure!(count > 0, "{} closed the connection", self.address);
        ensure!(self.response.len() <= MAX_RESPONSE, "answer is too long");
        Ok(())
    }

    /// Calls one method.
    ///
    /// # Errors
    /// [`RpcError`] when the server refuses; otherwise when the connection
    /// breaks or the answer is not JSON-RPC.
    pub(crate) async fn call(&mut self, method: &str, params: Value) -> Result<Value> {
        let body = request(0, method, &params);
        let answer: Value = serde_json::from_slice(self.post(body.as_bytes()).await?)?;
        result_of(answer).with_context(|| method.to_owned())
    }

    /// Calls several methods in one batch; results are in the order of the
    /// calls.
    ///
    /// # Errors
    /// As [`call`](Self::call), for the first call that fails.
    pub(crate) async fn batch(&mut self, calls: &[(&str, Value)]) -> Result<Vec<Value>> {
        let bodies: Vec<String> = (0_u64..)
            .zip(calls)
            .map(|(id, (method, params))| request(id, method, params))
            .collect();
        let body = format!("[{}]", bodies.join(","));
        let answers: Value = serde_json::from_slice(self.post(body.as_bytes()).await?)?;
        let Value::Array(mut answers) = answers else {
            bail!("a batch was answered with {answers}");
        };
        answers.sort_by_key(|answer| answer.get("id").and_then(Value::as_u64));
        ensure!(answers.len() == calls.len(), "a batch lost answers");
        answers.into_iter().map(result_of).collect()
    }
}

/// The text of one request.
pub(crate) fn request(id: u64, method: &str, params: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string()
}

fn result_of(mut answer: Value) -> Result<Value> {
    if let Some(error) = answer.get("error") {
        let code = error.get("code").and_then(Value::as_i64).unwrap_or(0);
        let message = error.get("message").and_then(Value::as_str).unwrap_or("");
        bail!(RpcError {
            code,
            message: message.to_owned(),
        });
    }
    match answer.get_mut("result") {
        Some(result) => Ok(result.take()),
        None => bail!("neither a result nor an error: {answer}"),
    }
}

struct Head {
    status: u16,
    /// `None` when the body is chunked.
    length: Option<usize>,
}

impl Head {
    fn parse(bytes: &[u8]) -> Result<Self> {
        let text = std::str::from_utf8(bytes).context("malformed HTTP head")?;
        let mut lines = text.split("\r\n");
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1))
            .and_then(|code| code.parse().ok())
            .context("malformed HTTP status line")?;
        let mut length = None;
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            if name.eq_ignore_ascii_case("content-length") {
                length = Some(value.trim().parse().context("malformed Content-Length")?);
            }
        }
        Ok(Self { status, length })
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use tokio::net::TcpListener;

    /// Answers each request with the next of `answers`, cut in small pieces.
    async fn server(answers: Vec<&'static str>) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            for answer in answers {
                let mut request = [0; 4096];
                assert!(stream.read(&mut request).await.unwrap() > 0);
                for piece in answer.as_bytes().chunks(7) {
                    stream.write_all(piece).await.unwrap();
                    stream.flush().await.unwrap();
                    tokio::task::yield_now().await;
                }
            }
        });
        address
    }

    #[tokio::test]
    async fn reads_sized_and_chunked_answers_on_one_connection() {
        let address = server(vec![
            "HTTP/1.1 200 OK\r\ncontent-length: 39\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":\"0x1\"}",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n14\r\n{\"jsonrpc\":\"2.0\",\"id\r\n11\r\n\":0,\"result\":[2]}\r\n0\r\n\r\n",
        ])
        .await;
        let mut connection = Connection::open(address).await.unwrap();
        assert_eq!(connection.call("a", json!([])).await.unwrap(), json!("0x1"));
        assert_eq!(connection.call("b", json!([])).await.unwrap(), json!([2]));
    }

    #[tokio::test]
    async fn an_error_object_keeps_its_code() {
        let address = server(vec![
            "HTTP/1.1 200 OK\r\ncontent-length: 65\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":0,\"error\":{\"code\":-32601,\"message\":\"none\"}}",
        ])
        .await;
        let mut connection = Connection::open(address).await.unwrap();
        let error = connection.call("a", json!([])).await.unwrap_err();
        let error = error.downcast_ref::<RpcError>().unwrap();
        assert_eq!(error.code, -32601);
    }
}
