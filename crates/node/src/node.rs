//! A running node: what is started in which order, and how it ends.

use crate::{
    backend::NodeBackend,
    config::Config,
    failure::NodeError,
    keys::Keyring,
    market::Market,
    open::{new_pool, open_chain, settings, warn_of_empty_accounts},
    producer::{Producer, ProducerHandle, Waiting},
    servers::Servers,
    solana::SolanaKey,
    telemetry::Telemetry,
};
use alloy_primitives::{Address, utils::format_ether};
use lumio_rpc::eth::Backend;
use lumio_simulator::Simulator;
use parking_lot::RwLock;
use std::{net::SocketAddr, sync::Arc, thread::JoinHandle};
use tokio::sync::oneshot;

/// A running development node.
#[derive(Debug)]
pub struct Node {
    config: Config,
    backend: Arc<NodeBackend>,
    solana_faucet: SolanaKey,
    servers: Servers,
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
        let solana_faucet = SolanaKey::from_mnemonic(&config.mnemonic)?;
        let recorder = crate::telemetry::install()?;
        let (chain, journal) = open_chain(&config, &keyring, &solana_faucet)?;
        let chain = Arc::new(chain);
        if config.balance > 0 {
            warn_of_empty_accounts(&chain, &keyring);
        }
        let settings = settings(&config, chain.head()?.header.timestamp);
        let market = Arc::new(Market::new(!config.no_local_fees));
        let (journal, found) = journal.unzip();
        let found = found.unwrap_or_default();
        let pool = new_pool(&chain, &settings, journal, &market)?;
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
            (Arc::clone(&pool), Arc::clone(&market)),
            Arc::clone(&waiting),
            Arc::clone(&shared),
            settings,
        );
        let (handle, thread, ended) = ProducerHandle::start(producer).map_err(NodeError::Thread)?;
        let backend = Arc::new(NodeBackend {
            simulator: Simulator::new(chain.executor().clone()),
            chain,
            pool,
            market,
            waiting,
            settings: shared,
            producer: handle,
            keyring,
            impersonated: RwLock::default(),
            pending: Default::default(),
        });
        let faucet = solana_faucet.clone();
        let servers = match Servers::start(&config, &backend, faucet, recorder).await {
            Ok(servers) => servers,
            Err(error) => {
                backend.producer.stop();
                let _ = tokio::task::spawn_blocking(move || thread.join()).await;
                return Err(error);
            }
        };
        Ok(Self {
            config,
            backend,
            solana_faucet,
            servers,
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
        self.servers.not_ready();
        self.backend.producer.interrupt();
        let telemetry = self.servers.stop_serving().await;
        self.backend.producer.stop();
        let thread = self.thread;
        let joined = tokio::task::spawn_blocking(move || thread.join()).await;
        if let Some(telemetry) = telemetry {
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
        self.servers.eth.local_addr()
    }

    /// Where Aptos' REST API is, if anywhere.
    pub fn aptos_address(&self) -> Option<SocketAddr> {
        let aptos = self.servers.aptos.as_ref();
        aptos.map(|servers| servers.api.local_addr())
    }

    /// Where the faucet is, if anywhere.
    pub fn faucet_address(&self) -> Option<SocketAddr> {
        let aptos = self.servers.aptos.as_ref();
        aptos.map(|servers| servers.faucet.local_addr())
    }

    /// Where Aptos' indexer is, if anywhere.
    pub fn indexer_address(&self) -> Option<SocketAddr> {
        let aptos = self.servers.aptos.as_ref();
        aptos.map(|servers| servers.indexer.local_addr())
    }

    /// Where Aptos' tools ask what is ready, if anywhere.
    pub fn readiness_address(&self) -> Option<SocketAddr> {
        let aptos = self.servers.aptos.as_ref();
        aptos.map(|servers| servers.readiness.local_addr())
    }

    /// Where Solana's JSON-RPC is, if anywhere: over HTTP, and over WebSocket.
    pub fn solana_addresses(&self) -> Option<(SocketAddr, SocketAddr)> {
        let solana = self.servers.solana.as_ref();
        solana.map(|solana| (solana.server.http_addr(), solana.server.websocket_addr()))
    }

    /// The key of the account that `requestAirdrop` gives from.
    pub const fn solana_faucet(&self) -> &SolanaKey {
        &self.solana_faucet
    }

    /// Where metrics are, if anywhere.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        let telemetry = self.servers.telemetry.as_ref();
        telemetry.map(Telemetry::local_addr)
    }

    /// The node as its servers see it, for whoever runs in the same process.
    pub fn backend(&self) -> Arc<dyn Backend> {
        Arc::clone(&self.backend) as _
    }

    /// What an account owns at the head, in ether.
    pub fn ether_of(&self, address: Address) -> String {
        let account = self.backend.chain.account(address);
        let ether = account.map(|account| format_ether(account.balance));
        ether.map_or_else(
            |_| "?".into(),
            |ether| {
                let ether = ether.trim_end_matches('0').trim_end_matches('.');
                ether.to_owned()
            },
        )
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
