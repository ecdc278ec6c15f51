//! The way of a transaction: try it, sign it, send it, wait for its block, tell how it went.

use super::{
    advice::{advised, of_refusal},
    answer::{Executed, Progress},
    args::GasArgs,
    failure::explained,
    money::eth_of_octas,
    node::{Node, hash_text},
    sender::Sender,
};
use anyhow::{Context as _, anyhow, bail};
use lumio_move_engine::U256;
use lumio_move_transaction::{RawTransaction, TransactionPayload};
use serde_json::{Value, json};
use std::{
    fmt::Write as _,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// What a simulation may take if nothing bounds it; more than a transaction may.
const GAS_MAX: u64 = 2_000_000;
/// Gas units that no transaction does without.
const GAS_MIN: u64 = 400;

/// A transaction to send.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) node: &'a Node,
    pub(crate) sender: &'a Sender,
    pub(crate) gas: &'a GasArgs,
    pub(crate) payload: TransactionPayload,
}

/// A transaction that succeeded, for real or as a simulation.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) executed: Executed,
    is_simulation: bool,
}

/// Sends a transaction and waits until it is in a block.
///
/// # Errors
/// What the node says against it, with advice; or that it was executed and failed.
pub(crate) fn send(request: Request<'_>) -> anyhow::Result<Done> {
    let Request {
        node,
        sender,
        gas,
        payload,
    } = request;
    let ledger = node.ledger()?;
    let account = node.account(sender.address)?;
    let expected = hash_text(&sender.key.authentication_key());
    if account.authentication_key != expected {
        bail!(
            "the key is not that of {}: its authentication key is {}, not {expected}. \
             Give the account's key, or name another account with --sender-account",
            sender.address,
            account.authentication_key
        );
    }
    // The chain's clock may be ahead of this one's, and may stand still between blocks.
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_or(0, |since| since.as_secs());
    let start = now.max(ledger.ledger_timestamp / 1_000_000);
    let mut raw = RawTransaction {
        sender: sender.address,
        sequence_number: account.sequence_number,
        payload,
        max_gas_amount: gas.max_gas.unwrap_or(GAS_MAX),
        gas_unit_price: gas.gas_unit_price.unwrap_or(0),
        expiration_timestamp_secs: start.saturating_add(gas.expiration_secs),
        chain_id: ledger.chain_id,
    };

    let fill_in = (gas.gas_unit_price.is_none(), gas.max_gas.is_none());
    let unsigned = sender.key.unsigned(raw.clone());
    let tried = node.simulate(&unsigned, fill_in);
    let tried = tried.map_err(|error| advised(error, sender.address))?;
    if !tried.success {
        return Err(refused(node, &tried, gas).context("a simulation of the transaction fails"));
    }
    if gas.simulate {
        return Ok(Done {
            executed: tried,
            is_simulation: true,
        });
    }
    raw.gas_unit_price = tried.gas_unit_price;
    if gas.max_gas.is_none() {
        let half_more = tried.gas_used.saturating_add(tried.gas_used / 2);
        raw.max_gas_amount = half_more.max(GAS_MIN).min(tried.max_gas_amount);
    }

    let signed = sender.key.sign(raw)?;
    let hash = hash_text(&signed.hash());
    node.submit(&signed)
        .map_err(|error| advised(error, sender.address))?;
    // A block may still come at the last moment.
    let patience = Duration::from_secs(gas.expiration_secs.saturating_add(5));
    let executed = wait(node, &hash, patience)?;
    let executed: Executed =
        serde_json::from_value(executed).context("the node tells nothing of the transaction")?;
    if !executed.success {
        return Err(refused(node, &executed, gas).context(format!(
            "transaction {hash} failed, and its sender paid for {} gas units",
            executed.gas_used
        )));
    }
    Ok(Done {
        executed,
        is_simulation: false,
    })
}

fn refused(node: &Node, executed: &Executed, gas: &GasArgs) -> anyhow::Error {
    let status = &executed.vm_status;
    let advice = of_refusal(status, &executed.sender, gas.max_gas.is_some());
    match advice.or_else(|| explained(node, status)) {
        Some(advice) => anyhow!("{status}\n{advice}"),
        None => anyhow!("{status}"),
    }
}

/// Waits until a transaction is in a block; returns it.
pub(crate) fn wait(node: &Node, hash: &str, patience: Duration) -> anyhow::Result<Value> {
    let started = Instant::now();
    loop {
        let what = match node.progress(hash)? {
            Progress::Done(value) => return Ok(value),
            Progress::Pending => "still waits for a block",
            Progress::Unknown => "is not known any more",
        };
        if started.elapsed() >= patience {
            bail!(
                "transaction {hash} {what} after {} s. A node with --no-mining makes blocks only \
                 when asked to; with one that is slow, raise --expiration-secs",
                patience.as_secs()
            );
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

impl Done {
    /// Whether nothing was sent.
    pub(crate) const fn is_simulation(&self) -> bool {
        self.is_simulation
    }

    /// For people.
    pub(crate) fn text(&self) -> String {
        let executed = &self.executed;
        let mut text = String::new();
        // Writing to a string cannot fail.
        if self.is_simulation {
            text.push_str("simulation   nothing was sent\n");
        } else {
            let _ = writeln!(text, "transaction  {}", executed.hash);
            let _ = writeln!(text, "version      {}", executed.version);
        }
        let _ = writeln!(
            text,
            "gas          {} units at {} octas: {} ETH",
            executed.gas_used,
            executed.gas_unit_price,
            eth_of_octas(self.fee())
        );
        let _ = writeln!(text, "status       {}", executed.vm_status);
        text
    }

    /// For programs.
    pub(crate) fn json(&self) -> Value {
        let executed = &self.executed;
        let mut object = json!({
            "sender": executed.sender,
            "gas_used": executed.gas_used,
            "gas_unit_price": executed.gas_unit_price,
            "fee_octas": self.fee().to_string(),
            "success": executed.success,
            "vm_status": executed.vm_status,
            "simulated": self.is_simulation,
        });
        if let (Some(object), false) = (object.as_object_mut(), self.is_simulation) {
            object.insert("transaction_hash".into(), json!(executed.hash));
            object.insert("version".into(), json!(executed.version));
        }
        object
    }

    /// As text or as JSON.
    pub(crate) fn show(&self, as_json: bool) -> String {
        match as_json {
            true => shown(&self.json()),
            false => self.text(),
        }
    }

    fn fee(&self) -> U256 {
        let executed = &self.executed;
        U256::from(executed.gas_used).saturating_mul(U256::from(executed.gas_unit_price))
    }
}

/// JSON with line breaks, and one at its end.
pub(crate) fn shown(value: &Value) -> String {
    format!("{value:#}\n")
}
