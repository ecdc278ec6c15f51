//! What a node's Aptos API answers, as far as the commands read it.

use serde::Deserialize;
use serde_json::Value;
use std::fmt;

/// A refusal of a node, in its own words.
#[derive(Debug)]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    pub(crate) message: String,
    /// Such as `module_not_found`.
    pub(crate) code: String,
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ApiError {}

/// The chain as it is now.
#[derive(Debug, Deserialize)]
pub(crate) struct Ledger {
    pub(crate) chain_id: u8,
    /// Microseconds since 1970.
    #[serde(deserialize_with = "number")]
    pub(crate) ledger_timestamp: u64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Account {
    #[serde(deserialize_with = "number")]
    pub(crate) sequence_number: u64,
    pub(crate) authentication_key: String,
}

/// A function that others may call, as a module's ABI tells.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) is_entry: bool,
    pub(crate) is_view: bool,
    pub(crate) generic_type_params: Vec<Value>,
    pub(crate) params: Vec<String>,
}

/// A transaction that was executed, or tried.
#[derive(Debug, Deserialize)]
pub(crate) struct Executed {
    pub(crate) hash: String,
    #[serde(deserialize_with = "number")]
    pub(crate) version: u64,
    pub(crate) sender: String,
    #[serde(deserialize_with = "number")]
    pub(crate) gas_used: u64,
    #[serde(deserialize_with = "number")]
    pub(crate) gas_unit_price: u64,
    #[serde(deserialize_with = "number")]
    pub(crate) max_gas_amount: u64,
    pub(crate) success: bool,
    pub(crate) vm_status: String,
    #[serde(default)]
    pub(crate) events: Vec<Event>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) data: Value,
}

/// Numbers of 64 bits are texts in JSON.
fn number<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map_err(serde::de::Error::custom)
}

/// How far a transaction has come.
#[derive(Debug)]
pub(crate) enum Progress {
    /// It waits for a block.
    Pending,
    /// Nobody knows it.
    Unknown,
    /// It is in a block. What a faucet sends need not be a Move transaction.
    Done(Value),
}
