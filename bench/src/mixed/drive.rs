//! The open loop: each transaction is sent at its moment, on one of many connections, whatever
//! became of those before it; one poller of Ethereum's blocks, in which the transactions of all
//! machines are, notes when it first sees each. All on one thread.

use super::{
    kinds::{Door, Kind},
    solana::{Recipe, Wallets},
};
use crate::{
    http::{Connection, request},
    load::{head, quantity},
};
use alloy_primitives::{B256, map::HashMap};
use anyhow::{Context as _, Result, anyhow, ensure};
use serde::Deserialize;
use serde_json::json;
use solana_hash::Hash;
use std::{
    cell::{Cell, RefCell},
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::{
    task::{JoinSet, LocalSet},
    time::{sleep, sleep_until},
};

/// How long no transaction may land before a run is given up.
const STALL: Duration = Duration::from_secs(20);
const JSON: &str = "application/json";
const BCS: &str = "application/x.aptos.signed_transaction+bcs";

/// A transaction with its moment.
pub(super) struct Sending {
    /// From the start of the run.
    pub(super) due: Duration,
    pub(super) kind: Kind,
    /// The number of its account, whose transactions go over one connection.
    pub(super) sender: usize,
    pub(super) job: Job,
}

/// What is sent.
pub(super) enum Job {
    /// A body, and the hash of the Ethereum transaction in which the blocks show it.
    Ready { request: Vec<u8>, hash: B256 },
    /// Yet to be signed.
    Sign(Recipe),
}

/// Where the node listens, and how it is talked to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    pub(super) eth: SocketAddr,
    pub(super) aptos: SocketAddr,
    pub(super) solana: SocketAddr,
    /// Connections to each of the three.
    pub(super) connections: usize,
    /// Between two looks for a new block.
    pub(super) poll: Duration,
}

/// What became of a transaction.
#[derive(Debug, Clone, Copy)]
pub(super) struct Landed {
    pub(super) kind: Kind,
    pub(super) hash: B256,
    pub(super) due: Duration,
    /// When its request was written, when it was answered, and when a block was seen that has it.
    pub(super) sent: Duration,
    pub(super) answered: Duration,
    pub(super) seen: Duration,
}

/// What a run came to.
pub(super) struct Outcome {
    pub(super) transactions: Vec<Landed>,
    /// The last block before it, and its last block.
    pub(super) blocks: (u64, u64),
}

struct Run {
    target: Target,
    wallets: Rc<Wallets>,
    began: Instant,
    blockhash: Cell<Hash>,
    waiting: RefCell<HashMap<B256, usize>>,
    transactions: RefCell<Vec<Landed>>,
    missing: Cell<usize>,
}

/// A block as far as the poller reads it.
#[derive(Deserialize)]
struct Block {
    hash: B256,
    transactions: Vec<B256>,
}

#[derive(Deserialize)]
struct Answer {
    result: Option<Block>,
}

/// Sends everything, and waits until all of it is in blocks.
///
/// # Errors
/// When the node refuses a transaction, or none lands for a while.
pub(super) async fn drive(
    target: Target,
    wallets: &Rc<Wallets>,
    sendings: Vec<Sending>,
) -> Result<Outcome> {
    let mut control = Connection::open(target.eth).await?;
    let first = head(&mut control).await?;
    let run = Rc::new(Run {
        target,
        wallets: Rc::clone(wallets),
        began: Instant::now(),
        blockhash: Cell::default(),
        waiting: RefCell::default(),
        transactions: RefCell::new(sendings.iter().map(Landed::before).collect()),
        missing: Cell::new(sendings.len()),
    });
    let mut lanes: [Vec<Vec<(usize, Sending)>>; 3] = Default::default();
    for lanes in &mut lanes {
        lanes.resize_with(target.connections.max(1), Vec::new);
    }
    for (index, sending) in sendings.into_iter().enumerate() {
        let place = Door::ALL.iter().position(|it| *it == sending.kind.door());
        let lanes = place.and_then(|place| lanes.get_mut(place));
        let lanes = lanes.context("no such door")?;
        let lane = sending.sender % lanes.len();
        lanes
            .get_mut(lane)
            .context("no such lane")?
            .push((index, sending));
    }
    let local = LocalSet::new();
    let work = async {
        // The first look tells the blockhash that Solana's transactions name.
        run.look(&mut control, first).await?;
        let mut workers = JoinSet::new();
        for (door, lanes) in Door::ALL.into_iter().zip(lanes) {
            for lane in lanes.into_iter().filter(|lane| !lane.is_empty()) {
                workers.spawn_local(Rc::clone(&run).send_lane(door, lane));
            }
        }
        workers.spawn_local(Rc::clone(&run).watch(control, first));
        while let Some(done) = workers.join_next().await {
            done.map_err(|error| anyhow!("a worker panicked: {error}"))??;
        }
        Ok::<_, anyhow::Error>(())
    };
    local.run_until(work).await?;
    let last = head(&mut Connection::open(target.eth).await?).await?;
    let transactions = run.transactions.take();
    Ok(Outcome {
        transactions,
        blocks: (first, last),
    })
}

impl Landed {
    const fn before(sending: &Sending) -> Self {
        Self {
            kind: sending.kind,
            hash: B256::ZERO,
            due: sending.due,
            sent: Duration::ZERO,
            answered: Duration::ZERO,
            seen: Duration::ZERO,
        }
    }
}

impl Run {
    /// Sends, in order, what one connection is responsible for.
    async fn send_lane(self: Rc<Self>, door: Door, lane: Vec<(usize, Sending)>) -> Result<()> {
        let address = match door {
            Door::Eth => self.target.eth,
            Door::Aptos => self.target.aptos,
            Door::Solana => self.target.solana,
        };
        let mut connection = Connection::open(address).await?;
        let start = tokio::time::Instant::from_std(self.began);
        for (index, sending) in lane {
            if let Some(moment) = start.checked_add(sending.due) {
                sleep_until(moment).await;
            }
            let (request, hash) = match sending.job {
                Job::Ready { request, hash } => (request, hash),
                Job::Sign(recipe) => {
                    let signed = self.wallets.sign(recipe, self.blockhash.get())?;
                    (signed.request, signed.hash)
                }
            };
            self.waiting.borrow_mut().insert(hash, index);
            let sent = self.began.elapsed();
            self.note(index, |it| (it.hash, it.sent) = (hash, sent));
            let (status, answer) = match door {
                Door::Aptos => {
                    connection
                        .send("POST /v1/transactions", BCS, &request)
                        .await?
                }
                Door::Eth | Door::Solana => connection.send("POST /", JSON, &request).await?,
            };
            let expected = if door == Door::Aptos { 202 } else { 200 };
            // Refusals are rare and end the run: look for one without parsing.
            let refused = answer.windows(8).any(|window| window == b"\"error\":");
            if status != expected || refused {
                let text = String::from_utf8_lossy(answer.get(..500).unwrap_or(answer));
                let name = sending.kind.name();
                return Err(anyhow!("a {name} was refused with HTTP {status}: {text}"));
            }
            let answered = self.began.elapsed();
            self.note(index, |it| it.answered = answered);
        }
        Ok(())
    }

    fn note(&self, index: usize, change: impl FnOnce(&mut Landed)) {
        if let Some(landed) = self.transactions.borrow_mut().get_mut(index) {
            change(landed);
        }
    }

    /// Asks for a block, and notes what it has. False if there is none yet.
    async fn look(&self, control: &mut Connection, number: u64) -> Result<bool> {
        let params = json!([quantity(number), false]);
        let body = request(0, "eth_getBlockByNumber", &params);
        let answer = control.post(body.as_bytes()).await?;
        let Some(block) = serde_json::from_slice::<Answer>(answer)?.result else {
            return Ok(false);
        };
        let seen = self.began.elapsed();
        self.blockhash.set(Hash::new_from_array(block.hash.0));
        for hash in &block.transactions {
            if let Some(index) = self.waiting.borrow_mut().remove(hash) {
                self.note(index, |it| it.seen = seen);
                self.missing.set(self.missing.get().saturating_sub(1));
            }
        }
        Ok(true)
    }

    /// Reads each new block until nothing is missing.
    async fn watch(self: Rc<Self>, mut control: Connection, first: u64) -> Result<()> {
        let mut next = first.saturating_add(1);
        let mut progress = (self.missing.get(), Instant::now());
        while self.missing.get() > 0 {
            if self.look(&mut control, next).await? {
                next = next.saturating_add(1);
            } else {
                sleep(self.target.poll).await;
            }
            if self.missing.get() < progress.0 {
                progress = (self.missing.get(), Instant::now());
            }
            ensure!(
                progress.1.elapsed() < STALL,
                "{} transactions do not land",
                progress.0
            );
        }
        Ok(())
    }
}
