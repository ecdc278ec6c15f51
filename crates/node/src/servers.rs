//! The servers: which are started, in which order, and how they stop.

use crate::{
    aptos::{AptosBackend, NodeFaucet, NodeReadiness},
    backend::NodeBackend,
    config::Config,
    failure::NodeError,
    solana::{SolanaBackend, SolanaKey},
    telemetry::Telemetry,
};
use lumio_rpc::{
    Server,
    aptos::{self, ApiConfig, Indexer, IndexerConfig, IndexerError, TableTypes},
    eth::{EthConfig, serve},
    solana::{self, SolanaConfig, SolanaServer},
};
use metrics_exporter_prometheus::PrometheusHandle;
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::task::JoinHandle;

/// How long requests may take to finish when the node stops.
const PATIENCE: Duration = Duration::from_secs(5);

/// Everything that listens.
#[derive(Debug)]
pub(crate) struct Servers {
    pub(crate) eth: Server,
    pub(crate) aptos: Option<AptosServers>,
    pub(crate) solana: Option<SolanaServers>,
    pub(crate) telemetry: Option<Telemetry>,
}

/// What Aptos' clients speak to.
#[derive(Debug)]
pub(crate) struct AptosServers {
    pub(crate) api: Server,
    pub(crate) faucet: Server,
    pub(crate) indexer: Indexer,
    pub(crate) readiness: Server,
    ready: NodeReadiness,
    /// Follows the chain for those who wait for a version.
    following: JoinHandle<()>,
}

impl Servers {
    /// Starts all. If one does not start, none is left.
    pub(crate) async fn start(
        config: &Config,
        backend: &Arc<NodeBackend>,
        faucet: SolanaKey,
        recorder: PrometheusHandle,
    ) -> Result<Self, NodeError> {
        let eth = EthConfig {
            listen: SocketAddr::new(config.host, config.eth_port),
            ..EthConfig::default()
        };
        let eth = serve(eth, Arc::clone(backend) as _)
            .await
            .map_err(|source| NodeError::Port {
                flag: "--eth-port",
                source,
            })?;
        let mut servers = Self {
            eth,
            aptos: None,
            solana: None,
            telemetry: None,
        };
        match servers
            .start_others(config, backend, faucet, recorder)
            .await
        {
            Ok(()) => Ok(servers),
            Err(error) => {
                servers.stop_serving().await;
                Err(error)
            }
        }
    }

    async fn start_others(
        &mut self,
        config: &Config,
        backend: &Arc<NodeBackend>,
        faucet: SolanaKey,
        recorder: PrometheusHandle,
    ) -> Result<(), NodeError> {
        if !config.no_aptos {
            self.aptos = Some(AptosServers::start(config, backend).await?);
        }
        if !config.no_solana {
            self.solana = Some(SolanaServers::start(config, backend, faucet).await?);
        }
        if config.metrics_port != 0 {
            let listen = SocketAddr::new(config.host, config.metrics_port);
            let telemetry = Telemetry::start(listen, recorder, Arc::clone(backend)).await?;
            self.telemetry = Some(telemetry);
        }
        Ok(())
    }

    /// Says that the node takes no more requests.
    pub(crate) fn not_ready(&self) {
        if let Some(telemetry) = &self.telemetry {
            telemetry.not_ready();
        }
        if let Some(aptos) = &self.aptos {
            aptos.ready.not_ready();
        }
    }

    /// Lets requests finish. What tells of the node's health still answers.
    pub(crate) async fn stop_serving(self) -> Option<Telemetry> {
        let aptos = async {
            if let Some(aptos) = self.aptos {
                aptos.stop().await;
            }
        };
        let solana = async {
            if let Some(solana) = self.solana {
                solana.stop().await;
            }
        };
        tokio::join!(self.eth.stop(PATIENCE), aptos, solana);
        self.telemetry
    }
}

impl AptosServers {
    async fn start(config: &Config, node: &Arc<NodeBackend>) -> Result<Self, NodeError> {
        let listen = |port| SocketAddr::new(config.host, port);
        let refused = |flag| move |source| NodeError::Listen { flag, source };
        let backend = AptosBackend::new(Arc::clone(node));
        let tables = TableTypes::default();
        let api = ApiConfig {
            listen: listen(config.aptos_port),
            tables: tables.clone(),
            ..ApiConfig::default()
        };
        let api = aptos::serve(api, Arc::clone(&backend) as _)
            .await
            .map_err(refused("--aptos-port"))?;
        let faucet = NodeFaucet::new(Arc::clone(node));
        let faucet = aptos::serve_faucet(listen(config.faucet_port), Arc::new(faucet))
            .await
            .map_err(refused("--faucet-port"))?;
        let indexer = IndexerConfig {
            listen: listen(config.indexer_port),
            tables,
            ..IndexerConfig::default()
        };
        let indexer = aptos::serve_indexer(indexer, Arc::clone(&backend) as _)
            .await
            .map_err(|error| match error {
                IndexerError::Listen(source) => refused("--indexer-port")(source),
                IndexerError::Schema(error) => NodeError::Indexer(error),
            })?;
        let ready = NodeReadiness::new([
            format!("Node API at {}", api.local_addr()),
            format!("Faucet at {}", faucet.local_addr()),
            format!("Indexer at {}", indexer.local_addr()),
        ]);
        let readiness =
            aptos::serve_readiness(listen(config.readiness_port), Arc::new(ready.clone()))
                .await
                .map_err(refused("--readiness-port"))?;
        Ok(Self {
            api,
            faucet,
            indexer,
            readiness,
            ready,
            following: backend.follow(),
        })
    }

    async fn stop(self) {
        tokio::join!(
            self.api.stop(PATIENCE),
            self.faucet.stop(PATIENCE),
            self.indexer.stop(PATIENCE),
            self.readiness.stop(PATIENCE)
        );
        self.following.abort();
    }
}

/// What Solana's clients speak to.
#[derive(Debug)]
pub(crate) struct SolanaServers {
    pub(crate) server: SolanaServer,
    /// Follows the chain for subscribers.
    following: JoinHandle<()>,
}

impl SolanaServers {
    async fn start(
        config: &Config,
        node: &Arc<NodeBackend>,
        faucet: SolanaKey,
    ) -> Result<Self, NodeError> {
        let backend = SolanaBackend::new(Arc::clone(node), faucet)
            .map_err(|error| NodeError::Solana(error.to_string()))?;
        let settings = SolanaConfig {
            listen: SocketAddr::new(config.host, config.solana_port),
            ..SolanaConfig::default()
        };
        let server = solana::serve(settings, Arc::clone(&backend) as _)
            .await
            .map_err(|error| match error {
                solana::ServeError::Listen(source) => NodeError::Listen {
                    flag: "--solana-port",
                    source,
                },
                solana::ServeError::Registry(error) => NodeError::Solana(error),
            })?;
        Ok(Self {
            server,
            following: backend.follow(),
        })
    }

    async fn stop(self) {
        self.server.stop(PATIENCE).await;
        self.following.abort();
    }
}
