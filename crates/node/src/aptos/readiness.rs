//! What of the node is ready.

use lumio_rpc::aptos::Readiness;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Says that all services are ready, until the node stops.
#[derive(Debug, Clone)]
pub(crate) struct NodeReadiness {
    ready: Arc<AtomicBool>,
    services: Arc<[String]>,
}

impl NodeReadiness {
    pub(crate) fn new(services: impl IntoIterator<Item = String>) -> Self {
        Self {
            ready: Arc::new(AtomicBool::new(true)),
            services: services.into_iter().collect(),
        }
    }

    /// The node takes no more requests.
    pub(crate) fn not_ready(&self) {
        self.ready.store(false, Ordering::Release);
    }
}

impl Readiness for NodeReadiness {
    fn services(&self) -> Vec<(String, bool)> {
        let ready = self.ready.load(Ordering::Acquire);
        let services = self.services.iter();
        services.map(|name| (name.clone(), ready)).collect()
    }
}
