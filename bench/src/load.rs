//! The load generator: sends signed transactions and watches them land.
//!
//! Closed loop: at most so many transactions are sent and not yet in a block.
//! Open loop: each transaction has its moment, and its latency counts from
//! that moment even when the generator or the server is late.

use crate::{
    http::Connection,
    move_chain::Carrier,
    report::{micros_each, millis, per_second, percentile},
    signer::Signed,
};
use alloy_primitives::{B256, hex};
use anyhow::{Context, Result, anyhow, ensure};
use clap::ValueEnum;
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    sync::Semaphore,
    task::JoinSet,
    time::{sleep, sleep_until},
};

/// Most blocks that are asked for in one request.
const BLOCKS_PER_REQUEST: u64 = 64;
/// How long no transaction may land before a run is given up.
const STALL: Duration = Duration::from_secs(30);

/// How the generator learns that a transaction landed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Confirm {
    /// One poller reads new blocks: cheap, as exact as its interval.
    Blocks,
    /// Each sender asks for its receipt until there is one; over REST it waits by hash.
    Receipts,
    /// `eth_sendRawTransactionSync` answers with the receipt.
    Sync,
}

/// How transactions are sent.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Style {
    /// Keep-alive connections
    #[arg(long, default_value_t = 8)]
    pub(crate) connections: usize,
    /// Transactions in one JSON-RPC batch; 1 sends single requests
    #[arg(long, default_value_t = 1)]
    pub(crate) batch: usize,
    /// Closed loop: most transactions that are sent and not in a block yet
    #[arg(long, default_value_t = 10_000)]
    pub(crate) inflight: usize,
    /// Open loop: transactions in a second, whatever the server manages
    #[arg(long)]
    pub(crate) rate: Option<f64>,
    /// How confirmation is noticed
    #[arg(long, value_enum, default_value = "blocks")]
    pub(crate) confirm: Confirm,
    /// Pause between two looks for new blocks, in ms
    #[arg(long, default_value_t = 10)]
    pub(crate) poll_ms: u64,
}

impl Style {
    /// As reports name it.
    pub(crate) fn label(&self) -> String {
        let pace = match self.rate {
            Some(rate) => format!("open loop {rate}/s"),
            None => format!("closed loop {}", self.inflight),
        };
        let confirm = match self.confirm {
            Confirm::Blocks => "blocks",
            Confirm::Receipts => "receipts",
            Confirm::Sync => "sync",
        };
        format!(
            "{pace}, {} connections, batch {}, confirmed by {confirm}",
            self.connections, self.batch
        )
    }
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// From the first request to the last confirmation.
    pub(crate) wall: Duration,
    /// Time from sending, or from the planned moment, to confirmation, in ms,
    /// in order.
    pub(crate) latencies: Vec<f64>,
    /// The last block before the load and the last block of the load.
    pub(crate) blocks: (u64, u64),
}

impl Outcome {
    /// Median latency in ms.
    pub(crate) fn p50(&mut self) -> f64 {
        percentile(&mut self.latencies, 0.5)
    }

    /// 99th percentile of the latency in ms.
    pub(crate) fn p99(&mut self) -> f64 {
        percentile(&mut self.latencies, 0.99)
    }

    /// Confirmed transactions in a second.
    pub(crate) fn tx_per_s(&self) -> f64 {
        per_second(self.latencies.len(), self.wall)
    }

    /// A share of CPU time for each transaction, in µs.
    pub(crate) fn micros_each(&self, cpu: Duration) -> f64 {
        micros_each(cpu, self.latencies.len())
    }
}

/// A load ready to be sent: requests are rendered beforehand.
#[derive(Debug)]
pub(crate) struct Load {
    /// Hashes by which the blocks show the transactions.
    hashes: Vec<B256>,
    requests: Vec<Vec<u8>>,
    senders: usize,
    door: Door,
}

/// How transactions get into the server.
#[derive(Debug)]
enum Door {
    /// Ethereum's JSON-RPC.
    Rpc,
    /// Aptos' REST API, which listens there and knows the transactions by these hashes.
    Rest(SocketAddr, Vec<B256>),
}

impl Load {
    /// Renders requests. The sender of transaction `i` is `i % senders`.
    pub(crate) fn new(transactions: &[Signed], senders: usize, confirm: Confirm) -> Self {
        let method = match confirm {
            Confirm::Blocks | Confirm::Receipts => "eth_sendRawTransaction",
            Confirm::Sync => "eth_sendRawTransactionSync",
        };
        let render = |(id, signed): (usize, &Signed)| {
            let raw = hex::encode(&signed.raw);
            format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":["0x{raw}"]}}"#)
                .into_bytes()
        };
        Self {
            hashes: transactions
                .iter()
                .map(|it| it.transaction.hash())
                .collect(),
            requests: transactions.iter().enumerate().map(render).collect(),
            senders,
            door: Door::Rpc,
        }
    }

    /// Move transactions for a REST API. Their senders are as in [`Load::new`].
    pub(crate) fn over_rest(transactions: &[Carrier], senders: usize, api: SocketAddr) -> Self {
        let own = transactions.iter().map(|it| it.hash).collect();
        Self {
            hashes: transactions
                .iter()
                .map(|it| it.transaction.hash())
                .collect(),
            requests: transactions.iter().map(|it| it.signed.clone()).collect(),
            senders,
            door: Door::Rest(api, own),
        }
    }

    /// Sends everything and waits until all of it has landed.
    ///
    /// # Errors
    /// When the server refuses a transaction, breaks a connection, or makes no
    /// progress for half a minute.
    pub(crate) async fn run(self, server: SocketAddr, style: &Style) -> Result<Outcome> {
        let total = self.requests.len();
        let mut control = Connection::open(server).await?;
        let first = head(&mut control).await?;
        let shared = Arc::new(Shared {
            style: style.clone(),
            server,
            permits: Semaphore::new(style.inflight.max(style.batch)),
            times: (0..total).map(|_| Times::default()).collect(),
            began: Instant::now(),
            load: self,
        });
        let mut workers = JoinSet::new();
        for lane in 0..style.connections.max(1) {
            workers.spawn(send_lane(shared.clone(), lane));
        }
        if style.confirm == Confirm::Blocks {
            workers.spawn(watch_blocks(shared.clone(), control, first));
        }
        while let Some(done) = workers.join_next().await {
            done.map_err(|error| anyhow!("a worker panicked: {error}"))??;
        }
        let last = head(&mut Connection::open(server).await?).await?;
        shared.outcome((first, last))
    }
}

/// Nanoseconds from the start of the run; zero: not yet.
#[derive(Debug, Default)]
struct Times {
    sent: AtomicU64,
    landed: AtomicU64,
}

struct Shared {
    style: Style,
    server: SocketAddr,
    permits: Semaphore,
    times: Vec<Times>,
    began: Instant,
    load: Load,
}

impl Shared {
    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_nanos())
            .unwrap_or(u64::MAX)
            .max(1)
    }

    fn sent(&self, index: usize, at: u64) {
        if let Some(times) = self.times.get(index) {
            times.sent.store(at, Ordering::Relaxed);
        }
    }

    fn landed(&self, index: usize) {
        if let Some(times) = self.times.get(index) {
            times.landed.store(self.now(), Ordering::Relaxed);
        }
    }

    /// When transaction `index` is due in an open loop.
    fn due(&self, index: usize) -> Option<Duration> {
        #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let seconds = index as f64 / self.style.rate?;
        Some(Duration::from_secs_f64(seconds))
    }

    fn outcome(&self, blocks: (u64, u64)) -> Result<Outcome> {
        let mut end = Duration::ZERO;
        let mut latencies = Vec::with_capacity(self.times.len());
        for times in &self.times {
            let sent = Duration::from_nanos(times.sent.load(Ordering::Relaxed));
            let landed = Duration::from_nanos(times.landed.load(Ordering::Relaxed));
            ensure!(!landed.is_zero(), "a transaction has not landed");
            end = end.max(landed);
            latencies.push(millis(landed.saturating_sub(sent)));
        }
        Ok(Outcome {
            wall: end,
            latencies,
            blocks,
        })
    }
}

/// Sends, in order, what one connection is responsible for: all transactions
/// of every `connections`-th sender.
async fn send_lane(shared: Arc<Shared>, lane: usize) -> Result<()> {
    let lanes = shared.style.connections.max(1);
    let mine: Vec<usize> = (0..shared.load.requests.len())
        .filter(|index| (index % shared.load.senders) % lanes == lane)
        .collect();
    let server = match &shared.load.door {
        Door::Rpc => shared.server,
        Door::Rest(api, _) => *api,
    };
    let mut connection = Connection::open(server).await?;
    for indices in mine.chunks(shared.style.batch.max(1)) {
        wait_for_turn(&shared, indices).await?;
        let now = shared.now();
        for index in indices {
            let due = shared.due(*index).map(|due| due.as_nanos());
            let due = due.and_then(|due| u64::try_from(due).ok());
            shared.sent(*index, due.unwrap_or(now).max(1));
        }
        match shared.load.door {
            Door::Rpc => send(&shared, &mut connection, indices).await?,
            Door::Rest(..) => rest::send(&shared.load, &mut connection, indices).await?,
        }
        match shared.style.confirm {
            Confirm::Blocks => {}
            Confirm::Sync => indices.iter().for_each(|index| shared.landed(*index)),
            Confirm::Receipts => {
                for index in indices {
                    match &shared.load.door {
                        Door::Rpc => await_receipt(&shared, &mut connection, *index).await?,
                        Door::Rest(_, hashes) => {
                            let hash = hashes.get(*index).context("no such transaction")?;
                            rest::committed(&mut connection, hash).await?;
                            shared.landed(*index);
                        }
                    }
                }
            }
        }
    }
    Ok(())
}

async fn wait_for_turn(shared: &Shared, indices: &[usize]) -> Result<()> {
    if let Some(due) = indices.last().and_then(|last| shared.due(*last)) {
        let start = tokio::time::Instant::from_std(shared.began);
        if let Some(moment) = start.checked_add(due) {
            sleep_until(moment).await;
        }
    } else if shared.style.confirm == Confirm::Blocks {
        let count = u32::try_from(indices.len())?;
        // Given back by the poller when they land.
        shared.permits.acquire_many(count).await?.forget();
    }
    Ok(())
}

async fn send(shared: &Shared, connection: &mut Connection, indices: &[usize]) -> Result<()> {
    let request = |index: &usize| shared.load.requests.get(*index).map(Vec::as_slice);
    let answer = match indices {
        [one] => {
            let body = request(one).unwrap_or_default();
            connection.post(body).await?
        }
        many => {
            let bodies: Vec<&[u8]> = many.iter().filter_map(request).collect();
            let body = [b"[", bodies.join(b",".as_slice()).as_slice(), b"]"].concat();
            connection.post(&body).await?
        }
    };
    // Refusals are rare and end the run: look for one before parsing.
    if answer.windows(8).any(|window| window == b"\"error\":") {
        let text = String::from_utf8_lossy(answer);
        let text: String = text.chars().take(500).collect();
        return Err(anyhow!("the server refused a transaction: {text}"));
    }
    Ok(())
}

async fn await_receipt(shared: &Shared, connection: &mut Connection, index: usize) -> Result<()> {
    let hash = shared
        .load
        .hashes
        .get(index)
        .context("no such transaction")?;
    let body = crate::http::request(0, "eth_getTransactionReceipt", &json!([hash]));
    let asked = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        let answer = connection.post(body.as_bytes()).await?;
        // A receipt is several hundred bytes, its absence under a hundred.
        if answer.len() > 100 {
            let answer: Value = serde_json::from_slice(answer)?;
            let status = answer.pointer("/result/status").and_then(Value::as_str);
            ensure!(status == Some("0x1"), "a transaction failed: {answer}");
            shared.landed(index);
            return Ok(());
        }
        ensure!(asked.elapsed() < STALL, "no receipt for {hash}");
        sleep(pause).await;
        pause = (pause * 2).min(Duration::from_millis(4));
    }
}

/// Notes when the blocks show each transaction, and lets senders go on.
async fn watch_blocks(shared: Arc<Shared>, mut control: Connection, first: u64) -> Result<()> {
    let mut waiting: HashMap<B256, usize> = shared
        .load
        .hashes
        .iter()
        .enumerate()
        .map(|(index, hash)| (*hash, index))
        .collect();
    let mut seen = first;
    let mut progress = Instant::now();
    while !waiting.is_empty() {
        let head = head(&mut control).await?;
        if head == seen {
            ensure!(
                progress.elapsed() < STALL,
                "{} transactions do not land",
                waiting.len()
            );
            sleep(Duration::from_millis(shared.style.poll_ms)).await;
            continue;
        }
        let upto = head.min(seen.saturating_add(BLOCKS_PER_REQUEST));
        let calls: Vec<(&str, Value)> = (seen.saturating_add(1)..=upto)
            .map(|number| ("eth_getBlockByNumber", json!([quantity(number), false])))
            .collect();
        for block in control.batch(&calls).await? {
            let hashes = block.get("transactions").and_then(Value::as_array);
            let mut landed = 0;
            for hash in hashes.context("a block without transactions")? {
                let hash: B256 = hash.as_str().unwrap_or_default().parse()?;
                if let Some(index) = waiting.remove(&hash) {
                    shared.landed(index);
                    landed += 1;
                    progress = Instant::now();
                }
            }
            shared.permits.add_permits(landed);
        }
        seen = upto;
    }
    Ok(())
}

/// The number of the newest block.
///
/// # Errors
/// When the server does not tell it.
pub(crate) async fn head(connection: &mut Connection) -> Result<u64> {
    let number = connection.call("eth_blockNumber", json!([])).await?;
    parse_quantity(&number)
}

/// A number as JSON-RPC writes it.
pub(crate) fn quantity(number: u64) -> String {
    format!("{number:#x}")
}

/// Reads a number as JSON-RPC writes it.
///
/// # Errors
/// When it is none, or longer than 64 bits.
pub(crate) fn parse_quantity(value: &Value) -> Result<u64> {
    let text = value.as_str().context("expected a quantity")?;
    let digits = text.strip_prefix("0x").context("expected a quantity")?;
    Ok(u64::from_str_radix(digits, 16)?)
}

mod rest;
#[cfg(test)]
mod tests;
