//! Configuration: what a flag, an environment variable or the configuration file can say.
//!
//! A flag wins over an environment variable, that over the file, and that over the default.

use crate::keys::{DEFAULT_MNEMONIC, MAX_ACCOUNTS};
use figment::{
    Figment,
    providers::{Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};
use std::{
    net::{IpAddr, Ipv4Addr},
    num::NonZeroUsize,
    path::{Path, PathBuf},
    time::Duration,
};

/// The chain id of a development chain: the letters of the name on a telephone's keypad.
pub const DEFAULT_CHAIN_ID: u64 = 58_646;

/// The chain as Move counts chains: the number that its clients take for a local test network.
pub const MOVE_CHAIN_ID: u8 = 4;

/// The largest chain id that wallets take: MetaMask multiplies it by two and adds 36.
const MAX_CHAIN_ID: u64 = 4_503_599_627_370_476;
/// More threads than that only take memory.
const MAX_THREADS: usize = 1024;
/// State of at least so many blocks can be read.
const MIN_HISTORY: u64 = 256;
/// Blocks are not sealed more often than that, nor more rarely than once a day.
const BLOCK_TIMES: std::ops::RangeInclusive<f64> = 0.001..=86_400.0;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object for each line.
    Json,
}

/// Everything that can be set about a development node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Config {
    /// The folder that holds the chain.
    pub datadir: PathBuf,
    /// Keep nothing: the chain is in a temporary folder that goes with the process.
    pub ephemeral: bool,
    /// The address that all servers listen at.
    pub host: IpAddr,
    /// Port of Ethereum's JSON-RPC, HTTP and WebSocket.
    pub eth_port: u16,
    /// Port of Aptos' REST API; zero for any free one.
    pub aptos_port: u16,
    /// Port of the faucet; zero for any free one.
    pub faucet_port: u16,
    /// Port of Aptos' indexer, GraphQL; zero for any free one.
    pub indexer_port: u16,
    /// Port of the readiness check of Aptos' tools; zero for any free one.
    pub readiness_port: u16,
    /// Serve neither Aptos' API nor faucet, indexer and readiness check.
    pub no_aptos: bool,
    /// Port of Solana's JSON-RPC; the next one is its WebSocket. Zero for any two free ones.
    pub solana_port: u16,
    /// Do not serve Solana's API.
    pub no_solana: bool,
    /// Port of metrics and health; zero for none.
    pub metrics_port: u16,
    /// Seconds between blocks. Without it, blocks are sealed as transactions come.
    pub block_time: Option<f64>,
    /// Seal blocks only when asked to.
    pub no_mining: bool,
    /// The chain id of EIP-155. Without it, that of the data folder, else that of the genesis
    /// file, else [`DEFAULT_CHAIN_ID`].
    pub chain_id: Option<u64>,
    /// Gas of a block.
    pub gas_limit: u64,
    /// One fee for all: hot accounts and contracts have no price of their own.
    pub no_local_fees: bool,
    /// Base fee of the first block, in wei.
    pub base_fee: u64,
    /// A genesis file in geth's format, in place of the development accounts.
    pub genesis: Option<PathBuf>,
    /// How many accounts of the mnemonic have ether.
    pub accounts: u32,
    /// Ether of each of them.
    pub balance: u64,
    /// The phrase that they come from.
    pub mnemonic: String,
    /// Threads that serve requests; zero for one a core.
    pub threads: usize,
    /// Threads that run the transactions of a block; zero for one a core.
    pub execution_threads: usize,
    /// Run each block in order as well, and make none when that comes to something else.
    pub verify_parallel: bool,
    /// Blocks whose state can be read.
    pub history_blocks: u64,
    /// How log lines look.
    pub log_format: LogFormat,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            datadir: default_datadir(),
            ephemeral: false,
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            eth_port: 8545,
            aptos_port: 8080,
            faucet_port: 8081,
            indexer_port: 8090,
            readiness_port: 8070,
            no_aptos: false,
            solana_port: 8899,
            no_solana: false,
            metrics_port: 9545,
            block_time: None,
            no_mining: false,
            chain_id: None,
            gas_limit: 100_000_000,
            no_local_fees: false,
            base_fee: 1_000_000_000,
            genesis: None,
            accounts: 10,
            balance: 10_000,
            mnemonic: DEFAULT_MNEMONIC.into(),
            threads: 0,
            execution_threads: 0,
            verify_parallel: false,
            history_blocks: 1024,
            log_format: LogFormat::Text,
        }
    }
}

/// The configuration is unusable.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the configuration file {path} cannot be read: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A key or a value that is not understood.
    #[error("{place}: {problem}")]
    Invalid {
        /// The file, or the command line.
        place: String,
        /// What is wrong, with the key.
        problem: String,
    },
    /// A value out of range, or two that contradict each other.
    #[error("{0}")]
    Contradiction(String),
}

impl Config {
    /// Puts flags over the file over the defaults. `flags` serialises to the keys that were
    /// given and to no other.
    ///
    /// # Errors
    /// When the file is missing or has an unknown key, or a value makes no sense.
    pub fn load(file: Option<&Path>, flags: &impl Serialize) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        let mut place = "command line".to_owned();
        if let Some(path) = file {
            let text = std::fs::read_to_string(path).map_err(|source| ConfigError::File {
                path: path.to_owned(),
                source,
            })?;
            place = format!("configuration file {}", path.display());
            figment = figment.merge(Toml::string(&text));
        }
        let config: Self = figment
            .merge(Serialized::defaults(flags))
            .extract()
            .map_err(|error| {
                let key = error.path.join(".");
                let problem = match key.as_str() {
                    "" => error.kind.to_string(),
                    key => format!("{key}: {}", error.kind),
                };
                ConfigError::Invalid { place, problem }
            })?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let refuse = |problem: String| Err(ConfigError::Contradiction(problem));
        if let Some(seconds) = self.block_time {
            if !BLOCK_TIMES.contains(&seconds) {
                return refuse(format!(
                    "block-time: {seconds} is not between {} and {} seconds",
                    BLOCK_TIMES.start(),
                    BLOCK_TIMES.end()
                ));
            }
            if self.no_mining {
                return refuse("block-time and no-mining contradict each other".into());
            }
        }
        if self.accounts > MAX_ACCOUNTS {
            return refuse(format!(
                "accounts: {} are more than {MAX_ACCOUNTS}",
                self.accounts
            ));
        }
        if let Some(id) = self.chain_id
            && !(1..=MAX_CHAIN_ID).contains(&id)
        {
            return refuse(format!(
                "chain-id: {id} is not between 1 and {MAX_CHAIN_ID}"
            ));
        }
        for (flag, threads) in [
            ("threads", self.threads),
            ("execution-threads", self.execution_threads),
        ] {
            if threads > MAX_THREADS {
                return refuse(format!("{flag}: {threads} are more than {MAX_THREADS}"));
            }
        }
        if self.gas_limit < 5_000_000 {
            return refuse(format!(
                "gas-limit: {} is less than 5000000, the least that a block can have",
                self.gas_limit
            ));
        }
        if self.history_blocks < MIN_HISTORY {
            return refuse(format!(
                "history-blocks: {} are fewer than {MIN_HISTORY}",
                self.history_blocks
            ));
        }
        let mut ports = self.ports();
        ports.retain(|(_, port)| *port != 0);
        for (index, (flag, port)) in ports.iter().enumerate() {
            if let Some((other, _)) = ports.iter().take(index).find(|(_, taken)| taken == port) {
                return refuse(format!("{other} and {flag} are both {port}"));
            }
        }
        Ok(())
    }

    /// All ports with the flags that set them.
    fn ports(&self) -> Vec<(&'static str, u16)> {
        vec![
            ("eth-port", self.eth_port),
            ("aptos-port", self.aptos_port),
            ("faucet-port", self.faucet_port),
            ("indexer-port", self.indexer_port),
            ("readiness-port", self.readiness_port),
            ("solana-port", self.solana_port),
            (
                "solana-port (the next one, for WebSocket)",
                self.solana_port
                    .saturating_add(u16::from(self.solana_port != 0)),
            ),
            ("metrics-port", self.metrics_port),
        ]
    }

    /// How many threads run the transactions of a block.
    pub(crate) fn execution_threads(&self) -> NonZeroUsize {
        let cores = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        NonZeroUsize::new(self.execution_threads).unwrap_or_else(cores)
    }

    /// The time between blocks, if they are sealed by the clock.
    pub fn block_interval(&self) -> Option<Duration> {
        self.block_time
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
    }
}

/// Where data of a user's programs belongs; the working directory without a home.
fn default_datadir() -> PathBuf {
    let absolute = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    absolute("XDG_DATA_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/share")))
        .map_or_else(
            || PathBuf::from(".lumio/dev"),
            |folder| folder.join("lumio/dev"),
        )
}
