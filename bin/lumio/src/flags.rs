//! The flags of `lumio dev`: each has an environment variable and a key of the configuration file.

use clap::{Args, ValueEnum};
use serde::Serialize;
use std::{net::IpAddr, path::PathBuf};

/// The flags that were given, under the keys of the configuration file.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Flags {
    /// The folder that holds the chain [default: lumio/dev in the user's data folder]
    #[arg(
        long,
        env = "LUMIO_DATADIR",
        value_name = "FOLDER",
        help_heading = "Storage"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    datadir: Option<PathBuf>,
    /// Keep nothing after the process ends
    #[arg(long, env = "LUMIO_EPHEMERAL", value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", help_heading = "Storage")]
    #[serde(skip_serializing_if = "Option::is_none")]
    ephemeral: Option<bool>,
    /// Blocks whose state can be read, 256 or more [default: 1024]
    #[arg(
        long,
        env = "LUMIO_HISTORY_BLOCKS",
        value_name = "BLOCKS",
        help_heading = "Storage"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    history_blocks: Option<u64>,

    /// Address that all servers listen at [default: 127.0.0.1]
    #[arg(
        long,
        env = "LUMIO_HOST",
        value_name = "ADDRESS",
        help_heading = "Servers"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<IpAddr>,
    /// Ethereum JSON-RPC, HTTP and WebSocket; 0 for any free port [default: 8545]
    #[arg(
        long,
        env = "LUMIO_ETH_PORT",
        value_name = "PORT",
        help_heading = "Servers"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    eth_port: Option<u16>,
    /// Aptos REST API; 0 for any free port [default: 8080]
    #[arg(
        long,
        env = "LUMIO_APTOS_PORT",
        value_name = "PORT",
        help_heading = "Servers"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    aptos_port: Option<u16>,
    /// Faucet; 0 for any free port [default: 8081]
    #[arg(
        long,
        env = "LUMIO_FAUCET_PORT",
        value_name = "PORT",
        help_heading = "Servers"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    faucet_port: Option<u16>,
    /// Aptos indexer, GraphQL; 0 for any free port [default: 8090]
    #[arg(
        long,
        env = "LUMIO_INDEXER_PORT",
        value_name = "PORT",
        help_heading = "Servers"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    indexer_port: Option<u16>,
    /// Readiness check of Aptos tools; 0 for any free port [default: 8070]
    #[arg(
        long,
        env = "LUMIO_READINESS_PORT",
        value_name = "PORT",
        help_heading = "Servers"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    readiness_port: Option<u16>,
    /// Serve no Aptos REST API, no faucet, no indexer and no readiness check
    #[arg(long, env = "LUMIO_NO_APTOS", value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", help_heading = "Servers")]
    #[serde(skip_serializing_if = "Option::is_none")]
    no_aptos: Option<bool>,
    /// Solana JSON-RPC, its WebSocket on the next port; 0 for two free ones [default: 8899]
    #[arg(
        long,
        env = "LUMIO_SOLANA_PORT",
        value_name = "PORT",
        help_heading = "Servers"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    solana_port: Option<u16>,
    /// Serve no Solana JSON-RPC
    #[arg(long, env = "LUMIO_NO_SOLANA", value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", help_heading = "Servers")]
    #[serde(skip_serializing_if = "Option::is_none")]
    no_solana: Option<bool>,
    /// Prometheus metrics, health and readiness; 0 for none [default: 9545]
    #[arg(
        long,
        env = "LUMIO_METRICS_PORT",
        value_name = "PORT",
        help_heading = "Servers"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics_port: Option<u16>,
    /// Threads that serve requests; 0 for one a core [default: 0]
    #[arg(
        long,
        env = "LUMIO_THREADS",
        value_name = "THREADS",
        help_heading = "Servers"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    threads: Option<usize>,

    /// Threads that run the transactions of a block; 0 for one a core, 1 to run them in order
    /// [default: 0]
    #[arg(
        long,
        env = "LUMIO_EXECUTION_THREADS",
        value_name = "THREADS",
        help_heading = "Blocks"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    execution_threads: Option<usize>,
    /// Run each block in order as well, and make none when that comes to something else
    #[arg(long, env = "LUMIO_VERIFY_PARALLEL", value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", help_heading = "Blocks")]
    #[serde(skip_serializing_if = "Option::is_none")]
    verify_parallel: Option<bool>,
    /// Seal a block every so many seconds, such as 0.2 [default: as transactions come]
    #[arg(
        long,
        env = "LUMIO_BLOCK_TIME",
        value_name = "SECONDS",
        conflicts_with = "no_mining",
        help_heading = "Blocks"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    block_time: Option<f64>,
    /// Seal blocks only when evm_mine and the like ask for one
    #[arg(long, env = "LUMIO_NO_MINING", value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", help_heading = "Blocks")]
    #[serde(skip_serializing_if = "Option::is_none")]
    no_mining: Option<bool>,
    /// Gas of a block [default: 100000000]
    #[arg(
        long,
        env = "LUMIO_GAS_LIMIT",
        value_name = "GAS",
        help_heading = "Blocks"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    gas_limit: Option<u64>,
    /// Have one fee for all: no prices of their own for hot accounts and contracts
    #[arg(long, env = "LUMIO_NO_LOCAL_FEES", value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", help_heading = "Blocks")]
    #[serde(skip_serializing_if = "Option::is_none")]
    no_local_fees: Option<bool>,
    /// Base fee of the first block, in wei [default: 1000000000]
    #[arg(
        long,
        env = "LUMIO_BASE_FEE",
        value_name = "WEI",
        help_heading = "Blocks"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    base_fee: Option<u64>,

    /// Chain id of a new chain [default: 58646]
    #[arg(
        long,
        env = "LUMIO_CHAIN_ID",
        value_name = "ID",
        help_heading = "Genesis"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    chain_id: Option<u64>,
    /// Genesis file in geth's format; its accounts join those of the mnemonic
    #[arg(
        long,
        env = "LUMIO_GENESIS",
        value_name = "FILE",
        help_heading = "Genesis"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    genesis: Option<PathBuf>,
    /// Accounts to fund and to sign for [default: 10]
    #[arg(
        long,
        env = "LUMIO_ACCOUNTS",
        value_name = "COUNT",
        help_heading = "Genesis"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    accounts: Option<u32>,
    /// Ether of each account [default: 10000]
    #[arg(
        long,
        env = "LUMIO_BALANCE",
        value_name = "ETHER",
        help_heading = "Genesis"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    balance: Option<u64>,
    /// BIP-39 phrase of the accounts [default: Foundry's, "test test … junk"]
    #[arg(
        long,
        env = "LUMIO_MNEMONIC",
        value_name = "PHRASE",
        hide_env_values = true,
        help_heading = "Genesis"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    mnemonic: Option<String>,

    /// How log lines look [default: text]
    #[arg(
        long,
        env = "LUMIO_LOG_FORMAT",
        value_name = "FORMAT",
        help_heading = "Logs"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    log_format: Option<LogFormatFlag>,
}

#[derive(Debug, Clone, Copy, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
enum LogFormatFlag {
    /// For people
    Text,
    /// One JSON object for each line
    Json,
}
