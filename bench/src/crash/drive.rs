//! Sends transfers and token transfers at a steady rate until the server is
//! gone.

use crate::{
    http::{Connection, RpcError},
    load::parse_quantity,
    setup::run_stage,
    signer::{Action, Signed, Signer},
    workload::{deploy_token, recipient, token_transfer},
};
use alloy_primitives::{Address, B256, U256, hex};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until},
};

/// The first of the well-known development accounts, funded in genesis.
const DEV_KEY: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
/// Wei that each sender gets: 10 ETH.
const FUNDS: u128 = 10_000_000_000_000_000_000;
/// Keep-alive connections that send.
const CONNECTIONS: usize = 16;

/// The accounts that send, and the token that half of their transactions use.
#[derive(Debug)]
pub(crate) struct Traffic {
    senders: Vec<Signer>,
    token: Address,
    next_recipient: usize,
}

impl Traffic {
    /// Funds the senders and deploys the token, all by transactions.
    ///
    /// # Errors
    /// When the server refuses or fails one.
    pub(crate) async fn set_up(connection: &mut Connection, senders: usize) -> Result<Self> {
        let mut dev = Signer::from_secret(DEV_KEY.parse()?)?;
        let senders = (0..senders)
            .map(|index| Signer::new("sender", index))
            .collect::<Result<Vec<_>>>()?;
        let (token, create) = deploy_token(&mut dev)?;
        run_stage(connection, &[create]).await?;
        let mut stage = Vec::new();
        for sender in &senders {
            let account = sender.address();
            stage.push(dev.sign(Action::transfer(account, U256::from(FUNDS)))?);
            stage.push(dev.sign(token_transfer(token, account, 1 << 40))?);
        }
        run_stage(connection, &stage).await?;
        Ok(Self {
            senders,
            token,
            next_recipient: 0,
        })
    }

    /// Signs the next `count` transactions, from the nonces that chain and
    /// pool have together: whether the last one of each sender arrived before
    /// the server died, only the server knows.
    ///
    /// # Errors
    /// When the server does not tell the nonces.
    pub(crate) async fn sign(
        &mut self,
        connection: &mut Connection,
        count: usize,
    ) -> Result<Vec<Signed>> {
        let calls: Vec<(&str, Value)> = self
            .senders
            .iter()
            .map(|it| ("eth_getTransactionCount", json!([it.address(), "pending"])))
            .collect();
        let nonces = connection.batch(&calls).await?;
        for (sender, nonce) in self.senders.iter_mut().zip(&nonces) {
            sender.set_nonce(parse_quantity(nonce)?);
        }
        let lanes = self.senders.len();
        (0..count)
            .map(|index| {
                let to = recipient(self.next_recipient);
                self.next_recipient = self.next_recipient.wrapping_add(1);
                let action = if (index / lanes).wrapping_add(index) % 2 == 0 {
                    Action::transfer(to, U256::ONE)
                } else {
                    token_transfer(self.token, to, 1)
                };
                let sender = self.senders.get_mut(index % lanes);
                sender.context("no senders")?.sign(action)
            })
            .collect()
    }
}

/// What became of the transactions that were sent.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    /// Hashes of the transactions that the server took.
    pub(crate) accepted: Vec<B256>,
    /// What it said to those that it refused.
    pub(crate) refusals: Vec<String>,
}

/// Sends `transactions` at `rate` in a second over several connections, until
/// all are sent or the server is gone.
///
/// # Errors
/// When the server cannot be reached at all.
pub(crate) async fn send(
    server: SocketAddr,
    transactions: Vec<Signed>,
    senders: usize,
    rate: f64,
) -> Result<Sent> {
    let transactions = Arc::new(transactions);
    let began = Instant::now();
    let mut workers = JoinSet::new();
    for lane in 0..CONNECTIONS {
        let connection = Connection::open(server).await?;
        let transactions = transactions.clone();
        workers.spawn(send_lane(connection, transactions, move |index| {
            #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
            let due = Duration::from_secs_f64(index as f64 / rate);
            ((index % senders) % CONNECTIONS == lane).then(|| began + due)
        }));
    }
    let mut sent = Sent::default();
    while let Some(lane) = workers.join_next().await {
        let mut lane = lane.context("a sending task panicked")?;
        sent.accepted.append(&mut lane.accepted);
        sent.refusals.append(&mut lane.refusals);
    }
    Ok(sent)
}

/// Sends what is this lane's own, each at its moment.
async fn send_lane(
    mut connection: Connection,
    transactions: Arc<Vec<Signed>>,
    due: impl Fn(usize) -> Option<Instant>,
) -> Sent {
    let mut sent = Sent::default();
    for (index, signed) in transactions.iter().enumerate() {
        let Some(moment) = due(index) else { continue };
        sleep_until(moment).await;
        let raw = json!([hex::encode_prefixed(&signed.raw)]);
        match connection.call("eth_sendRawTransaction", raw).await {
            Ok(_) => sent.accepted.push(signed.transaction.hash()),
            Err(error) => match error.downcast_ref::<RpcError>() {
                Some(refusal) => sent.refusals.push(refusal.to_string()),
                // The server is gone: that is what this is all about.
                None => return sent,
            },
        }
    }
    sent
}
