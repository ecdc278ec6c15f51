//! A node in this process, on free ports and with nothing kept, unless a test changes that.

use lumio_node::{Config, Node};
use lumio_rpc::eth::{Backend, DevControl};
use std::{net::Ipv4Addr, path::Path, sync::Arc};
use tokio::runtime::Runtime;

/// A running node.
pub struct Started {
    pub runtime: Runtime,
    pub node: Option<Node>,
    pub backend: Arc<dyn Backend>,
}

impl Started {
    /// Starts a node with a configuration of free ports.
    pub fn new(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config {
            ephemeral: true,
            host: Ipv4Addr::LOCALHOST.into(),
            eth_port: 0,
            aptos_port: 0,
            faucet_port: 0,
            indexer_port: 0,
            readiness_port: 0,
            solana_port: 0,
            metrics_port: 0,
            ..Config::default()
        };
        change(&mut config);
        let runtime = Runtime::new().unwrap();
        let node = runtime.block_on(Node::start(config)).unwrap();
        let backend = node.backend();
        Self {
            runtime,
            node: Some(node),
            backend,
        }
    }

    /// The same, with its data in a folder.
    pub fn in_folder(folder: &Path, change: impl FnOnce(&mut Config)) -> Self {
        Self::new(|config| {
            config.ephemeral = false;
            config.datadir = folder.to_owned();
            change(config);
        })
    }

    /// The methods of development chains.
    pub fn dev(&self) -> &dyn DevControl {
        self.backend.dev().unwrap()
    }

    /// Stops it as a signal does.
    pub fn stop(mut self) {
        let node = self.node.take().unwrap();
        drop(self.backend);
        self.runtime.block_on(node.stop()).unwrap();
    }
}
