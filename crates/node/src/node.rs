//! A running node: what is started in which order, and how it ends.

use crate::{
    backend::NodeBackend,
    chain::{Chain, ChainError},
    config::{Config, ConfigError},
    genesis::{GenesisError, GenesisPlan},
    keys::{KeyError, Keyring},
    pool::{AdmissionRules, JournalError, Pool, PoolJournal, PoolLimits},
    producer::{Clock, Producer, ProducerHandle, Schedule, Settings, Waiting, context_after},
    telemetry::{Telemetry, TelemetryError},
};
use alloy_primitives::{Address, address};
use lumio_executor::{ChainSpec, Executor, Rules, SpecId};
use lumio_rpc::eth::{Backend, EthConfig, EthServer, ServeError, serve};
use lumio_simulator::Simulator;
use lumio_storage::{Database, Options, StorageError};
use parking_lot::RwLock;
use std::{net::SocketAddr, sync::Arc, thread::JoinHandle, time::Duration};
use tokio::sync::oneshot;

/// The OP stack's vault of tips.
const SEQUENCER_FEE_VAULT: Address = address!("4200000000000000000000000000000000000011");
/// How long requests may take to finish when the node stops.
const PATIENCE: Duration = Duration::from_secs(5);
const POOL_JOURNAL: &str = "pool.journal";

/// What the user can do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// Change a flag, a variable or a file.
    Usage,
    /// Look after the data folder.
    DataFolder,
    /// Free a port or take another one.
    Port,
    /// Read the message.
    Other,
}

/// Why a node did not start, or ended.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// The configuration makes no sense.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The mnemonic makes no sense.
    #[error("--mnemonic: {0}")]
    Keys(#[from] KeyError),
    /// The genesis file makes no sense.
    #[error(transparent)]
    Genesis(#[from] GenesisError),
    /// The data folder cannot be used.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The pool's journal in the data folder cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The chain in the data folder cannot be read.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A port is taken.
    #[error("{flag}: {source}")]
    Port {
        /// The flag that chooses another one.
        flag: &'static str,
        /// What went wrong.
        source: ServeError,
    },
    /// The metrics' port is taken, or metrics cannot be recorded.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// A thread could not be started.
    #[error("the producer's thread could not be started: {0}")]
    Thread(std::io::Error),
    /// The producer ended by itself.
    #[error("block production has stopped, see the log")]
    Producer,
}

impl NodeError {
    /// What the user can do about it.
    pub const fn kind(&self) -> FailureKind {
        match self {
            Self::Config(_) | Self::Keys(_) => FailureKind::Usage,
            Self::Genesis(GenesisError::Chain(_)) => FailureKind::DataFolder,
            Self::Genesis(_) => FailureKind::Usage,
            Self::Storage(_) | Self::Journal(_) | Self::Chain(_) => FailureKind::DataFolder,
            Self::Port {
                source: ServeError::Bind { .. },
                ..
            }
            | Self::Telemetry(TelemetryError::Bind { .. }) => FailureKind::Port,
            Self::Port { .. } | Self::Telemetry(_) | Self::Thread(_) | Self::Producer => {
                FailureKind::Other
            }
        }
    }
}

/// A running development node.
#[derive(Debug)]
pub struct Node {
    config: Config,
    backend: Arc<NodeBackend>,
    server: EthServer,
    telemetry: Option<Telemetry>,
    thread: JoinHandle<()>,
    ended: oneshot::Receiver<()>,
}

impl Node {
    /// Opens the data folder, starts the producer, then the servers.
    ///
    /// # Errors
    /// What stands in the way; nothing is left running.
    pub async fn start(config: Config) -> Result<Self, NodeError> {
        let keyring = Keyring::from_mnemonic(&config.mnemonic, config.accounts)?;
        let recorder = crate::telemetry::install()?;
        let (chain, journal) = open_chain(&config, &keyring)?;
        let chain = Arc::new(chain);
        if config.balance > 0 {
            warn_of_empty_accounts(&chain, &keyring);
        }
        let settings = settings(&config, chain.head()?.header.timestamp);
        let (pool, found) = match journal {
            Some((journal, found)) => (new_pool(&chain, &settings, Some(journal))?, found),
            None => (new_pool(&chain, &settings, None)?, Vec::new()),
        };
        if !found.is_empty() {
            let kept = pool.restore(found, &*chain);
            if kept > 0 {
                tracing::info!(transactions = kept, "the pool is restored");
            }
        }
        let waiting = Arc::new(Waiting::default());
        let shared = Arc::new(RwLock::new(settings));
        let producer = Producer::new(
            Arc::clone(&chain),
            Arc::clone(&pool),
            Arc::clone(&waiting),
            Arc::clone(&shared),
            settings,
        );
        let (handle, thread, ended) = ProducerHandle::start(producer).map_err(NodeError::Thread)?;
        let backend = Arc::new(NodeBackend {
            simulator: Simulator::new(chain.executor().clone()),
            chain,
            pool,
            waiting,
            settings: shared,
            producer: handle,
            keyring,
            impersonated: RwLock::default(),
            pending: Default::default(),
        });
        let served = start_servers(&config, &backend, recorder).await;
        let (server, telemetry) = match served {
            Ok(served) => served,
            Err(error) => {
                backend.producer.stop();
                let _ = tokio::task::spawn_blocking(move || thread.join()).await;
                return Err(error);
            }
        };
        Ok(Self {
            config,
            backend,
            server,
            telemetry,
            thread,
            ended,
        })
    }

    /// Waits until something essential ends by itself.
    pub async fn failed(&mut self) -> NodeError {
        // Whether it is told or dropped, the thread has ended.
        let _ = (&mut self.ended).await;
        NodeError::Producer
    }

    /// Takes no more requests, finishes the block that is being made, closes the data folder.
    ///
    /// # Errors
    /// [`NodeError::Producer`] when the producer had failed.
    pub async fn stop(self) -> Result<(), NodeError> {
        if let Some(telemetry) = &self.telemetry {
            telemetry.not_ready();
        }
        self.backend.producer.interrupt();
        self.server.stop(PATIENCE).await;
        self.backend.producer.stop();
        let thread = self.thread;
        let joined = tokio::task::spawn_blocking(move || thread.join()).await;
        if let Some(telemetry) = self.telemetry {
            telemetry.stop().await;
        }
        match joined {
            Ok(Ok(())) => Ok(()),
            _ => Err(NodeError::Producer),
        }
    }

    /// What it was started with.
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// The accounts that it signs for.
    pub fn keyring(&self) -> &Keyring {
        &self.backend.keyring
    }

    /// Where Ethereum's JSON-RPC is.
    pub const fn eth_address(&self) -> SocketAddr {
        self.server.local_addr()
    }

    /// Where metrics are, if anywhere.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.telemetry.as_ref().map(Telemetry::local_addr)
    }

    /// The node as its servers see it, for whoever runs in the same process.
    pub fn backend(&self) -> Arc<dyn Backend> {
        Arc::clone(&self.backend) as _
    }

    /// The chain id of EIP-155.
    pub fn chain_id(&self) -> u64 {
        self.backend.chain.executor().spec().chain_id
    }

    /// Height of the newest block.
    pub fn head_number(&self) -> u64 {
        let head = self.backend.chain.snapshot().head();
        head.map_or(0, |head| head.number)
    }
}

type Journal = Option<(PoolJournal, Vec<lumio_types::Transaction>)>;

fn open_chain(config: &Config, keyring: &Keyring) -> Result<(Chain, Journal), NodeError> {
    let options = Options {
        history_blocks: config.history_blocks,
        ..Options::default()
    };
    let (database, journal) = if config.ephemeral {
        (Database::ephemeral(options)?, None)
    } else {
        let database = Database::open(&config.datadir, options)?;
        let journal = PoolJournal::open(&config.datadir.join(POOL_JOURNAL))?;
        (database, Some(journal))
    };
    let plan = GenesisPlan {
        chain_id: config.chain_id,
        gas_limit: config.gas_limit,
        base_fee: config.base_fee,
        funded: keyring.addresses().collect(),
        ether: config.balance,
    };
    if database.head().is_none() {
        plan.write(&database, config.genesis.as_deref())?;
    } else {
        database.require_chain(config.chain_id)?;
    }
    let executor = Executor::new(ChainSpec {
        chain_id: config.chain_id,
        rules: Rules::NEWEST,
    });
    // Only impersonated senders can have code of their own, and they may send.
    let checks = lumio_vm_evm::Checks {
        sender_without_code: false,
        ..lumio_vm_evm::Checks::ALL
    };
    let evm = executor.evm().with_checks(checks);
    Ok((Chain::open(database, executor.with_evm(evm))?, journal))
}

/// The chain of the folder may have been made for other accounts.
fn warn_of_empty_accounts(chain: &Chain, keyring: &Keyring) {
    let empty = keyring.addresses().filter(|address| {
        let account = chain.account(*address);
        account.is_ok_and(|account| account.nonce == 0 && account.balance.is_zero())
    });
    let empty = empty.count();
    if empty > 0 {
        tracing::warn!(
            accounts = empty,
            "accounts of the mnemonic have no ether: the chain was made with other settings"
        );
    }
}

fn settings(config: &Config, head_timestamp: u64) -> Settings {
    let interval = config.block_interval();
    Settings {
        schedule: Schedule {
            at_once: interval.is_none() && !config.no_mining,
            interval,
        },
        clock: Clock::after(head_timestamp),
        beneficiary: SEQUENCER_FEE_VAULT,
        gas_limit: config.gas_limit,
        next_base_fee: None,
        next_prev_randao: None,
    }
}

fn new_pool(
    chain: &Chain,
    settings: &Settings,
    journal: Option<PoolJournal>,
) -> Result<Arc<Pool>, NodeError> {
    let spec = chain.executor().spec();
    let head = chain.head()?;
    let base_fee = match context_after(&head, settings) {
        Ok(context) => context.base_fee,
        Err(_) => 0,
    };
    let rules = AdmissionRules {
        chain_id: spec.chain_id,
        block_gas_limit: settings.gas_limit,
        gas_cap: spec.rules.ethereum_fork().is_enabled_in(SpecId::OSAKA),
        min_gas_price: 0,
        base_fee,
    };
    Ok(Arc::new(Pool::new(PoolLimits::default(), rules, journal)))
}

async fn start_servers(
    config: &Config,
    backend: &Arc<NodeBackend>,
    recorder: metrics_exporter_prometheus::PrometheusHandle,
) -> Result<(EthServer, Option<Telemetry>), NodeError> {
    let eth = EthConfig {
        listen: SocketAddr::new(config.host, config.eth_port),
        ..EthConfig::default()
    };
    let server = serve(eth, Arc::clone(backend) as _)
        .await
        .map_err(|source| NodeError::Port {
            flag: "--eth-port",
            source,
        })?;
    if config.metrics_port == 0 {
        return Ok((server, None));
    }
    let listen = SocketAddr::new(config.host, config.metrics_port);
    match Telemetry::start(listen, recorder, Arc::clone(backend)).await {
        Ok(telemetry) => Ok((server, Some(telemetry))),
        Err(error) => {
            server.stop(PATIENCE).await;
            Err(error.into())
        }
    }
}
